"""Steps of migrations taken together: the same order, the same models, and never more than may go together."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from diversion.postgres.at_once import Together, at_once, before_migrate


def making(name: str, **fields: models.Field) -> migrations.CreateModel:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def link(to: str) -> models.Field:
    return models.ForeignKey(to, on_delete=models.CASCADE, null=True)


FORCE = making("Force")
TEAM = making("Team", force=link("made_up.Force"))
OF_ITSELF = migrations.AddField("Force", "first", link("made_up.Team"))
COUNT = migrations.AddField("Team", "count", models.IntegerField(default=1))


def shape(state: ProjectState) -> dict[tuple[str, str], list[str]]:
    """The names of all that each model has."""
    kept = ("indexes", "constraints", "triggers")
    return {
        key: [*model.fields, *(one.name for name in kept for one in model.options.get(name, []))]
        for key, model in state.models.items()
    }


def test_only_what_makes_and_only_what_adds_go_together() -> None:
    """An index that is made outside of transactions is none of them, and a table is whole before a column comes."""
    slowly = AddIndexConcurrently("Team", models.Index(fields=["count"], name="by_count"))
    told = migrations.RunSQL("SELECT 1")
    found = at_once([FORCE, TEAM, OF_ITSELF, COUNT, slowly, told, COUNT])
    assert [getattr(one, "steps", one) for one in found] == [[FORCE, TEAM], [OF_ITSELF, COUNT], slowly, told, COUNT]


def test_models_are_built_as_one_step_after_another_builds_them() -> None:
    state = ProjectState()
    assert state.apps.get_models() == []  # built already, as when a database is migrated
    for step in at_once([FORCE, TEAM, OF_ITSELF, COUNT]):
        step.state_forwards("made_up", state)
    force, team = state.apps.get_model("made_up", "Force"), state.apps.get_model("made_up", "Team")
    assert team._meta.get_field("force").related_model is force
    assert force._meta.get_field("first").related_model is team
    assert {one.related_model for one in force._meta.related_objects} == {team}
    assert team._meta.get_field("count").default == 1


def test_all_migrations_lead_to_the_same_models() -> None:
    apart, together = (MigrationLoader(None) for _ in range(2))
    before_migrate([(each, False) for each in together.graph.nodes.values()])
    taken = [one for each in together.graph.nodes.values() for one in each.operations if isinstance(one, Together)]
    assert len(taken) > 20
    assert shape(together.project_state()) == shape(apart.project_state())


def test_what_goes_backwards_is_taken_step_by_step() -> None:
    migration = migrations.Migration("0001_initial", "made_up")
    migration.operations = [FORCE, TEAM]
    before_migrate([(migration, True)])
    assert migration.operations == [FORCE, TEAM]
