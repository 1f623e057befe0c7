"""A host of the release before goes on serving while tables are changed under it (docs/upgrade.md)."""

from collections.abc import Iterator

import pytest
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED, Field

OURS = frozenset({"accounts", "audit", "notifications", "cases", "referrals", "reporting"})
#: Steps that break the rule, each with its reason.
BREAKS_IT = {
    # Taken before this was looked at: a host of before could not say that somebody agreed to texts.
    ("referrals", "0003_of_which_number_it_was_said"),
}
GONE = (migrations.RemoveField, migrations.RenameField, migrations.DeleteModel, migrations.RenameModel)


def later() -> Iterator[migrations.Migration]:
    """Those that find tables with rows, in order."""
    found = MigrationLoader(None).disk_migrations
    yield from (one for (app, name), one in sorted(found.items()) if app in OURS and not name.startswith("0001"))


def refused(migration: migrations.Migration) -> Iterator[str]:
    """What of a migration the code of before cannot live with."""
    if (migration.app_label, migration.name) in BREAKS_IT:
        return
    new = {step.name.lower() for step in migration.operations if isinstance(step, migrations.CreateModel)}
    for step in migration.operations:
        what = f"{migration.app_label} {migration.name}: {step.describe()}"
        if isinstance(step, GONE):
            yield f"{what}: code of before asks for it still; take it away one release after nothing reads it"
        elif isinstance(step, migrations.AddField) and step.model_name_lower not in new and _is_needed(step.field):
            yield f"{what}: code of before inserts rows without it; give it db_default, or null"


def _is_needed(column: "Field[object, object]") -> bool:
    return not (column.null or column.many_to_many) and column.db_default is NOT_PROVIDED


def test_code_of_before_lives_with_each_new_schema() -> None:
    """A rolling upgrade would answer 500 to everybody whose request goes to a host that is not upgraded yet."""
    assert len(found := list(later())) > 40
    assert [fault for migration in found for fault in refused(migration)] == []


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (migrations.RemoveField("case", "closed_at"), "take it away one release after"),
        (migrations.RenameField("case", "closed_at", "ended_at"), "take it away one release after"),
        (migrations.AddField("case", "colour", Field()), "give it db_default, or null"),
    ],
)
def test_what_it_does_not_live_with_is_said(step: migrations.operations.base.Operation, said: str) -> None:
    migration = migrations.Migration("0099_made_up", "cases")
    migration.operations = [step]
    assert said in next(refused(migration))
