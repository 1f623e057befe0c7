"""What a database holds, in figures that two databases can be compared by: the manifest of a backup."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db import connection
from psycopg2 import sql
from pydantic import BaseModel, ConfigDict

from diversion import clock
from diversion.management.backups.programs import server_version
from diversion.postgres.functions import CLOCK_FUNCTION

#: Tables whose rows no backup holds: who was signed in then is signed in no more.
LEFT_OUT = ("accounts_session",)
#: A row is written as text, which these would change.
AS_TEXT = (
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';"
    " SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
)
#: Eight bytes of each row's SHA-256, added up: no order of rows matters, and no row is lost or altered unseen.
ROWS = """
    SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(one::text, 'UTF8')), 'hex'), 16))
        ::bit(64)::bigint), 0)::text
    FROM {table} AS one"""
#: The ids of what belongs to an extension, by catalogue: the server makes it, and no dump holds it.
OF_EXTENSIONS = sql.SQL("(SELECT objid FROM pg_depend WHERE deptype = 'e' AND classid = {}::regclass)")
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND oid NOT IN {pg_class}
    ORDER BY 1"""
SEQUENCES = """
    SELECT sequencename, last_value
    FROM pg_sequences JOIN pg_class ON relname = sequencename
    WHERE schemaname = current_schema() AND relnamespace = current_schema()::regnamespace AND oid NOT IN {pg_class}"""
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY 1, 2"
#: Functions are compared by their text. PostgreSQL writes the conditions of the others anew (casts move about), so
#: these are compared by name, kind and whether they are at work.
DEFINITIONS = {
    "trigger": """
        SELECT c.relname || ': ' || t.tgname, concat_ws(' ', p.proname, t.tgtype, t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
        AND c.oid NOT IN {pg_class}""",
    "function": """
        SELECT proname || '(' || pg_get_function_identity_arguments(oid) || ')', pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND oid NOT IN {pg_proc}""",
    "constraint": """
        SELECT conrelid::regclass || ': ' || conname, concat_ws(' ', contype, convalidated)
        FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0
        AND conrelid NOT IN {pg_class}""",
    "index": """
        SELECT relname, concat_ws(' ', indisunique, indisvalid)
        FROM pg_class JOIN pg_index ON indexrelid = oid
        WHERE relnamespace = current_schema()::regnamespace AND indrelid NOT IN {pg_class}""",
}
GRANTS = """
    SELECT relname, string_agg(privilege_type, ', ' ORDER BY privilege_type)
    FROM pg_class, LATERAL aclexplode(relacl)
    WHERE relnamespace = current_schema()::regnamespace
    AND grantee = (SELECT oid FROM pg_roles WHERE rolname = %(role)s)
    AND oid NOT IN {pg_class} GROUP BY 1
    UNION ALL
    SELECT proname || '()', 'EXECUTE'
    FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND has_function_privilege(%(role)s, oid, 'EXECUTE')
    AND oid NOT IN {pg_proc}
"""


class Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rows(Stored):
    """The rows of one table: how many, and a figure that changes with any of them."""

    count: int
    digest: str


class Entry(Stored):
    """The last entry of the access log. The log is no chain: the digest of its table stands for all of it."""

    id: int
    at: datetime
    kind: str


class Holdings(Stored):
    """What one database holds. ``grants`` are the app role's, by table, sequence or function."""

    tables: Mapping[str, Rows]
    sequences: Mapping[str, int | None]
    definitions: Mapping[str, str]
    grants: Mapping[str, str]
    migrations: tuple[str, ...]
    last_event: Entry | None

    @property
    def rows(self) -> int:
        return sum(table.count for table in self.tables.values())


class Manifest(Stored):
    """What a backup says of itself. ``postgres`` is the server's major version."""

    form: Literal[1] = 1
    made_at: datetime
    version: str
    postgres: int
    left_out: tuple[str, ...] = LEFT_OUT
    holds: Holdings

    @property
    def about(self) -> dict[str, Any]:
        """What a command's last line and the log say of it."""
        last = self.holds.last_event
        when = {"made_at": self.made_at.isoformat(), "version": self.version, "rows": self.holds.rows}
        return when | {"tables": len(self.holds.tables), "last_event": last.id if last else None}

    @property
    def words(self) -> str:
        """When it was made, by what and of what: "on 1 June 2026 …"."""
        last, size = self.holds.last_event, f"{self.holds.rows} rows of {len(self.holds.tables)} tables"
        log = f"the last of its log is entry {last.id} of {last.at:%-d %B %Y %H:%M:%S} UTC" if last else "no log"
        return (
            f"on {self.made_at:%-d %B %Y at %H:%M:%S} UTC by release {self.version} on PostgreSQL {self.postgres}, and "
            f"holds {size}; {log}"
        )


def manifest() -> Manifest:
    """Of the database as this transaction sees it."""
    return Manifest(made_at=clock.now(), version=version(), postgres=server_version(), holds=holdings())


def version() -> str:
    """The release of this code."""
    text = (Path(settings.BASE_DIR) / "pyproject.toml").read_text()
    return str(tomllib.loads(text)["project"]["version"])


def holdings() -> Holdings:
    """Of the database as this transaction sees it; in a transaction, since it sets how rows are written as text."""
    with connection.cursor() as cursor:
        cursor.execute(AS_TEXT)
        return Holdings(
            tables={name: _rows(cursor, name) for name in _tables(cursor)},
            sequences=dict(_pairs(cursor, SEQUENCES)),
            definitions=dict(_definitions(cursor)),
            grants=dict(_pairs(cursor, GRANTS, role=connection.settings_dict["APP"]["USER"])),
            migrations=tuple(f"{app} {name}" for app, name in _pairs(cursor, MIGRATIONS)),
            last_event=_last_event(cursor),
        )


def differences(before: Holdings, after: Holdings, *, definitions: bool) -> list[str]:
    """In words, what ``after`` has otherwise than ``before``; ``definitions``: whether they count too.

    Grants never do: those of the release that runs are right.
    """
    compared = ["tables", "sequences", *(["definitions"] if definitions else [])]
    found = [f"{kind}: {', '.join(names)}" for kind in compared if (names := _unlike(before, after, kind))]
    if before.migrations != after.migrations:
        found.append("migrations")
    return found


def _unlike(before: Holdings, after: Holdings, kind: str) -> list[str]:
    one, other = getattr(before, kind), getattr(after, kind)
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def without_extensions(query: str) -> sql.Composed:
    """``query`` with ``{pg_class}``, ``{pg_proc}`` and ``{pg_type}`` written out."""
    catalogues = ("pg_class", "pg_proc", "pg_type")
    return sql.SQL(query).format(**{name: OF_EXTENSIONS.format(sql.Literal(name)) for name in catalogues})


def _tables(cursor: Any) -> list[str]:
    cursor.execute(without_extensions(TABLES))
    return [name for (name,) in cursor.fetchall() if name not in LEFT_OUT]


def _rows(cursor: Any, table: str) -> Rows:
    cursor.execute(sql.SQL(ROWS).format(table=sql.Identifier(table)))
    count, digest = cursor.fetchone()
    return Rows(count=count, digest=digest)


def _definitions(cursor: Any) -> Iterator[tuple[str, str]]:
    """``trigger cases_case: name`` and a digest. Whether the log's clock may be set is each server's own matter."""
    for kind, query in DEFINITIONS.items():
        for name, text in _pairs(cursor, query):
            if not name.startswith(CLOCK_FUNCTION):
                yield f"{kind} {name}", hashlib.sha256(text.encode()).hexdigest()[:16]


def _pairs(cursor: Any, query: str, **values: str) -> list[tuple[str, Any]]:
    cursor.execute(without_extensions(query), values or None)
    found: list[tuple[str, Any]] = cursor.fetchall()
    return found


def _last_event(cursor: Any) -> Entry | None:
    cursor.execute("SELECT id, at, kind FROM audit_event ORDER BY id DESC LIMIT 1")
    found = cursor.fetchone()
    return Entry(id=found[0], at=found[1], kind=found[2]) if found else None
