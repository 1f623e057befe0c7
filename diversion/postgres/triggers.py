"""The triggers of the models: those of new tables, made at one go, and those that are not there any more."""

from typing import Any

import pgtrigger
from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class InstallTriggers(Operation):
    """Make the triggers that the models of a first migration name in their own options.

    ``AddTrigger``, which `makemigrations` writes, has Django build every related model anew for each of some sixty
    triggers: half the time that a test database took. For a trigger that comes later it is right.
    """

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the models' options hold the triggers already."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for trigger in _triggers(app_label, to_state):
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for trigger in _triggers(app_label, from_state):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def describe(self) -> str:
        return "Create the triggers of the new models"


def _triggers(app_label: str, state: ProjectState) -> list[Any]:
    models = [model for (app, _), model in state.models.items() if app == app_label]
    return [trigger for model in models for trigger in model.options.get("triggers", [])]


def missing() -> list[str]:
    """The triggers of the models that the database lacks, or has switched off, as ``table: trigger``."""
    return sorted(f"{model._meta.db_table}: {trigger.name}" for model, trigger in _missing())


def restore() -> None:
    """Make those that are missing. Run as the owner, and apply the grants after it: they harden the functions."""
    for model, trigger in _missing():
        trigger.install(model)


def _missing() -> list[tuple[Any, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal AND t.tgenabled <> 'D'"
        )
        there = set(cursor.fetchall())
    return [
        (model, trigger)
        for model, trigger in pgtrigger.registered()
        if (model._meta.db_table, trigger.get_pgid(model)) not in there
    ]
