"""What many assessments say alike is kept once (``cases.models.shared``); what was kept before is rewritten so.

Code from before reads nothing of what is rewritten: stop web and worker first. Each thousand rows are a transaction of
their own, so that an interrupted run goes on where it was. Backwards, every list stands whole on its row again.
"""

import json
from collections.abc import Callable
from typing import Any

import pgtrigger.compiler
import pgtrigger.migrations
from django.apps.registry import Apps
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from psycopg2 import sql
from psycopg2.extras import execute_values

from cases.models.shared import DIGEST, FindingsField, OptionsField

LOT = 1_000
FIELDS = ("findings", "options")
MODELS = ("assessment", "assessmentevent")


def pack(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Writing a list through its field shares what can be shared."""
    for name in MODELS:
        _rewrite(apps, schema_editor, name, "array", lambda one, field, value: field.get_db_prep_save(value, one))


def unpack(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in MODELS:
        _rewrite(apps, schema_editor, name, "object", lambda one, _field, value: json.dumps(value))


def _rewrite(
    apps: Apps, schema_editor: BaseDatabaseSchemaEditor, name: str, kind: str, written: Callable[[Any, Any, Any], Any]
) -> None:
    """Read each row whose lists are of this kind, and write them; a change of how a list is kept is no history."""
    model, connection = apps.get_model("cases", name), schema_editor.connection
    names = {"table": sql.Identifier(model._meta.db_table), "key": sql.Identifier(model._meta.pk.column)}
    waiting, off, write, on = (sql.SQL(statement).format(**names) for statement in STATEMENTS)
    fields, last = [model._meta.get_field(field) for field in FIELDS], 0
    with connection.cursor() as cursor:
        while keys := _lot(cursor, waiting, last, kind):
            rows = [
                (pk, *(written(connection, field, value) for field, value in zip(fields, found, strict=True)))
                for pk, *found in model._base_manager.filter(pk__in=keys).values_list("pk", *FIELDS)
            ]
            with transaction.atomic(using=connection.alias):
                cursor.execute(off)
                execute_values(cursor.cursor, write, rows)
                cursor.execute(on)
            last = keys[-1]


def _lot(cursor: Any, waiting: sql.Composable, last: int, kind: str) -> list[int]:
    cursor.execute(waiting, [last, kind, LOT])
    return [key for (key,) in cursor.fetchall()]


WAITING = """
    SELECT {key} FROM {table} WHERE {key} > %s AND %s IN (jsonb_typeof(findings), jsonb_typeof(options))
    ORDER BY {key} LIMIT %s"""
WRITE = """
    UPDATE {table} SET findings = packed.findings::jsonb, options = packed.options::jsonb
    FROM (VALUES %s) AS packed (key, findings, options) WHERE {table}.{key} = packed.key"""
STATEMENTS = (WAITING, "ALTER TABLE {table} DISABLE TRIGGER USER", WRITE, "ALTER TABLE {table} ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("cases", "0009_lean_history")]

    operations = [
        migrations.CreateModel(
            name="SharedText",
            fields=[
                ("key", models.BigIntegerField(primary_key=True, serialize=False)),
                ("body", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(key=DIGEST), name="shared_text_is_its_key"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharedtext",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'A shared text is never changed and never deleted.';",
                    hash="779870aced2dbbc6b9060882dd5ad2686f7cdfcf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_1d112",
                    table="cases_sharedtext",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(model, name, field)
                for model in MODELS
                for name, field in (("findings", FindingsField()), ("options", OptionsField(default=list, blank=True)))
            ]
        ),
        migrations.RunPython(pack, unpack),
    ]
