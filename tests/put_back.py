"""The database as it was when the ground was laid, put back after a test that commits.

A flush makes some two hundred tables and their indexes anew, and then the ground is laid by all that lays it for a new
server: two seconds for each of a hundred tests. Here what changed is emptied row by row, and filled from a copy. Only
the superuser passes over triggers and walls, so that in a PostgreSQL which is not the embedded one tests flush as ever.
"""

import io
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import psycopg2
from django.db import connection
from psycopg2 import sql

from diversion.embedded import addresses
from diversion.embedded.places import places

#: Of each table, by what its rows are known to be the same ones: an update moves a row, and a new one has a new number.
PRINT = "SELECT {name}, count(*), coalesce(sum(hashtext(ctid::text || xmin::text)), 0)::text FROM {table}"
#: A number that a kept row has is given to no other, also where a test made its sequences begin anew.
NUMBERS = """
    SELECT setval(sequencename::regclass, kept.value) FROM pg_sequences
    JOIN unnest(%s::text[], %s::bigint[]) AS kept (name, value) ON sequencename = kept.name
    WHERE schemaname = 'public' AND coalesce(last_value, 0) < kept.value
"""
Prints = dict[str, tuple[int, str]]


@dataclass
class Kept:
    """What every table held that held anything, as COPY writes it; the prints of all; how far numbers were given."""

    rows: dict[str, bytes] = field(default_factory=dict)
    prints: Prints = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def keep(self) -> None:
        with closing(_superuser()) as server, server, server.cursor() as cursor:
            self.prints = _prints(cursor, _tables())
            self.rows = {name: _copied(cursor, name) for name, (count, _rows) in self.prints.items() if count}
            cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
            self.numbers = {name: last for name, last in cursor.fetchall() if last is not None}

    def put_back(self) -> None:
        """Whoever is still writing is waited for: what they wrote would be found by the next test."""
        connection.close()  # what a test set for its session ends with it
        with closing(_superuser()) as server, server, server.cursor() as cursor:
            cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(_listed(self.prints)))
            cursor.execute("SET LOCAL session_replication_role = replica")
            found = _prints(cursor, list(self.prints))
            changed = [name for name in found if found[name] != self.prints[name]]
            for name in changed:
                self._fill(cursor, name)
            if changed:
                self.prints |= _prints(cursor, changed)
                cursor.execute(NUMBERS, [list(self.numbers), list(self.numbers.values())])

    def _fill(self, cursor: Any, name: str) -> None:
        cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        if name in self.rows:
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            cursor.copy_expert(statement, io.BytesIO(self.rows[name]))


def keeper() -> Callable[[], None] | None:
    """Keep what the database holds now, and tell how it is put back; None where nobody here is the superuser."""
    if connection.settings_dict["HOST"] != str(places().sockets):
        return None
    kept = Kept()
    kept.keep()
    return kept.put_back


def _superuser() -> Any:
    name = connection.settings_dict["NAME"]
    return psycopg2.connect(addresses.database_url(places(), addresses.SUPERUSER, name))


def _tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - {"django_migrations"})


def _listed(names: Any) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _prints(cursor: Any, names: list[str]) -> Prints:
    each = [sql.SQL(PRINT).format(name=sql.Literal(name), table=sql.Identifier(name)) for name in names]
    cursor.execute(sql.SQL(" UNION ALL ").join(each))
    return {name: (count, rows) for name, count, rows in cursor.fetchall()}


def _copied(cursor: Any, name: str) -> bytes:
    found = io.BytesIO()
    cursor.copy_expert(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name)), found)
    return found.getvalue()
