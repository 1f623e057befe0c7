"""Steps of migrations that make tables smaller, each at one go: Django would build all models anew between any two."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from psycopg2 import sql

KEY, OBJECT = "pgh_id", "pgh_obj"
Key = tuple[str, str]


class _Leaner(Operation):
    """Fields that change in their index or the size of their key alone: code from before goes on working."""

    reversible = True

    def changes(self, app_label: str, state: ProjectState) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Each model that changes, with its fields as they become."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        changed = dict(self.changes(app_label, state))
        for key, fields in changed.items():
            state.models[key].fields.update(fields)
        if "apps" in state.__dict__:
            state.reload_models(list(changed), delay=True)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for key, fields in self.changes(app_label, from_state):
            table = from_state.apps.get_model(*key)._meta.db_table
            with schema_editor.connection.cursor() as cursor:
                if KEY in fields:
                    cursor.execute(sql.SQL(WIDER).format(sql.Identifier(table)))
                cursor.execute(INDEXES, [table, [f"{name}_id" for name in fields if name != KEY]])
                for (index,) in cursor.fetchall():
                    cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(index)))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for key, fields in self.changes(app_label, to_state):
            lean, before = from_state.apps.get_model(*key), to_state.apps.get_model(*key)
            for name in fields:
                schema_editor.alter_field(lean, lean._meta.get_field(name), before._meta.get_field(name))


class LeanHistory(_Leaner):
    """Of every table of history of the app: a key of 64 bits, and no index but on it and on the row that it is of.

    PostgreSQL writes each of them anew for it, and lets nobody read or write it meanwhile.
    """

    def changes(self, app_label: str, state: ProjectState) -> Iterator[tuple[Key, dict[str, Any]]]:
        for key, model in state.models.items():
            if key[0] == app_label and KEY in model.fields:
                yield key, dict(_lean(model))

    def describe(self) -> str:
        return "Give history keys of 64 bits, and no index that nobody asks"


class WithoutIndex(_Leaner):
    """Foreign keys (``model.field``) that begin another index, and need none of their own."""

    def __init__(self, *fields: str) -> None:
        self.fields = fields

    def changes(self, app_label: str, state: ProjectState) -> Iterator[tuple[Key, dict[str, Any]]]:
        for model, names in _by_model(self.fields).items():
            found = state.models[app_label, model].fields
            yield (app_label, model), {name: _unindexed(found[name]) for name in names}

    def describe(self) -> str:
        return f"Drop the index that another one begins with: {', '.join(self.fields)}"


WIDER = "ALTER TABLE {} ALTER COLUMN pgh_id TYPE bigint"
#: The indexes of a table that hold one of the columns and nothing else.
INDEXES = """
    SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
    WHERE x.indrelid = %s::regclass AND x.indnatts = 1 AND NOT x.indisunique AND x.indpred IS NULL
    AND a.attname = ANY(%s)"""


def _lean(model: ModelState) -> Iterator[tuple[str, Any]]:
    for name, field in model.fields.items():
        if name == KEY:
            _name, _path, args, kwargs = field.deconstruct()
            yield name, models.BigAutoField(*args, **kwargs)
        elif isinstance(field, models.ForeignKey) and name != OBJECT:
            yield name, _unindexed(field)


def _unindexed(field: Any) -> Any:
    _name, _path, args, kwargs = field.deconstruct()
    return type(field)(*args, **(kwargs | {"db_index": False}))


def _by_model(fields: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for model, name in (field.split(".") for field in fields):
        found.setdefault(model, []).append(name)
    return found
