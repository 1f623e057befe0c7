"""The functions behind the triggers: they cannot be switched off, misled or borrowed by the role of web and worker.

pgtrigger writes a check into each function that lets any session turn it off (``set_config('pgtrigger.ignore', …)``).
Here every trigger function is written anew without it, after each migration, whoever added the trigger:

* names are looked up in the schema of the tables alone, so a temporary table of the same name takes no table's place;
* what writes history does so as the owner, since the app role may not write there at all, and with the time of the
  change (``now()`` is the time at which the transaction began);
* only the owner may execute them: a trigger on a temporary table would otherwise write history of its own making.
"""

import re
from typing import Any

from django.apps import apps
from django.conf import settings
from psycopg2 import sql

IGNORE_FUNCTION = "_pgtrigger_should_ignore"
#: What pgtrigger writes before each trigger's own statements (pgtrigger.compiler.UpsertTriggerSql).
IGNORE_CHECK = re.compile(rf"IF \([^()]*{IGNORE_FUNCTION}\(TG_NAME\) IS TRUE\) THEN.*?END IF;\s*END IF;", re.DOTALL)
NOW = re.compile(r"\bNOW\(\)", re.IGNORECASE)
#: Says whether the clock of the log may be set: for tests and made-up cases, and never in production.
CLOCK_FUNCTION = "diversion_clock_may_be_set"


def harden(cursor: Any, schema: str, *, clock_may_be_set: bool | None = None) -> None:
    """Write every trigger function of ``schema`` anew. Run as the owner, within a transaction."""
    may = not settings.PRODUCTION if clock_may_be_set is None else clock_may_be_set
    cursor.execute(
        sql.SQL("CREATE OR REPLACE FUNCTION {}() RETURNS boolean LANGUAGE sql STABLE AS {}").format(
            sql.Identifier(schema, CLOCK_FUNCTION), sql.Literal(f"SELECT {may}")
        )
    )
    tables = history_tables()
    for name, source in _trigger_functions(cursor, schema):
        writes_history = any(f'INSERT INTO "{table}"' in source for table in tables)
        _write(cursor, schema, name, NOW.sub("CLOCK_TIMESTAMP()", without_check(source)), as_owner=writes_history)
    cursor.execute(sql.SQL("DROP FUNCTION IF EXISTS {}(name)").format(sql.Identifier(schema, IGNORE_FUNCTION)))


def history_tables() -> list[str]:
    """The tables that hold what every row was at each time."""
    from pghistory.models import Event

    return sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, Event))


def without_check(source: str) -> str:
    """The body of a trigger function without pgtrigger's check. Raises ValueError where it cannot be found whole."""
    bare = IGNORE_CHECK.sub("", source)
    if IGNORE_FUNCTION in bare:
        raise ValueError(f"A trigger function can still be switched off: mend IGNORE_CHECK for it.\n{source}")
    return bare


def _trigger_functions(cursor: Any, schema: str) -> list[tuple[str, str]]:
    """Name and body of each function of the schema that a trigger runs."""
    cursor.execute(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace AND prorettype = 'trigger'::regtype"
        " AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') ORDER BY 1",
        [schema],
    )
    found: list[tuple[str, str]] = cursor.fetchall()
    return found


def _write(cursor: Any, schema: str, name: str, body: str, *, as_owner: bool) -> None:
    words = {
        "name": sql.Identifier(schema, name),
        "rights": sql.SQL("SECURITY DEFINER" if as_owner else "SECURITY INVOKER"),
        "schema": sql.Identifier(schema),
        "body": sql.Literal(body),
    }
    cursor.execute(
        sql.SQL(
            "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {rights}"
            " SET search_path = {schema}, pg_temp AS {body}"
        ).format(**words)
    )
    cursor.execute(sql.SQL("REVOKE ALL ON FUNCTION {name}() FROM PUBLIC").format(**words))
