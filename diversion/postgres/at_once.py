"""Steps of a migration that need nothing of each other, taken together: for a new database, and for every update.

Between any two steps Django builds all models anew that are related to the one that changed, and here each is, by way
of the user, to some seventy. That was nine tenths of the minute that a new database took.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

#: They ask what the model was for the name of its table alone, so what another of them adds to it is no matter to them.
ADDING = (migrations.AddField, migrations.AddIndex, migrations.AddConstraint, AddTrigger, RemoveTrigger)


class Together(Operation):
    """Steps of one migration: the models are built anew after the last, and then each does its work in turn."""

    reversible = False  # a plan that goes back takes the steps apart

    def __init__(self, steps: Sequence[Any]) -> None:
        self.steps = list(steps)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        built = state.__dict__.pop("apps", None)
        for step in self.steps:
            step.state_forwards(app_label, state)
        if built is not None:
            state.__dict__["apps"] = built
            state.reload_models(sorted({(app_label, _model_of(step)) for step in self.steps}), delay=False)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for step in self.steps:
            step.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(step.describe() for step in self.steps)


def before_migrate(plan: Sequence[tuple[migrations.Migration, bool]], **_: Any) -> None:
    """Receiver of ``pre_migrate``: the plan's migrations that only go forwards take their steps so."""
    for migration, backwards in plan:
        if not backwards:
            own = cast(list[Any], migration.operations)
            own[:] = at_once(own)


def at_once(steps: Sequence[Any]) -> list[Any]:
    """The steps in their order, with those in a row taken together that make models, and those that add to models."""
    runs: list[list[Any]] = []
    for step in steps:
        if runs and _goes_with(runs[-1], step):
            runs[-1].append(step)
        else:
            runs.append([step])
    return [run[0] if len(run) == 1 else Together(run) for run in runs]


def _goes_with(run: list[Any], step: Any) -> bool:
    """Not an index that is made outside of transactions, and other such kin of these steps: the very kinds only."""
    kinds = {type(one) for one in run} | {type(step)}
    return kinds == {migrations.CreateModel} or kinds <= set(ADDING)


def _model_of(step: Any) -> str:
    """The name of the model that a step makes or adds to, in small letters."""
    name: str = step.name if isinstance(step, migrations.CreateModel) else step.model_name
    return name.lower()
