"""Test databases: made, migrated and dropped by the owner, used by the app role, as in production."""

import gc
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import OperationalError
from django.db.backends.postgresql import creation
from psycopg2.errors import ObjectInUse

if TYPE_CHECKING:
    from diversion.postgres.base import DatabaseWrapper


#: What a test writes it takes back, and whoever counted rows meanwhile tells the planner that there are none: a
#: statement that looks for one row among a thousand then reads all of them a thousand times.
UNCOUNTED = """
    DO $$ DECLARE one regclass; BEGIN
        FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)', one);
        END LOOP;
    END $$
"""
#: A statement over many small tables looks dear enough to be shared out, and to start those who would help takes six
#: times as long as the statement. And no test needs what another committed after a power cut.
FOR_TESTS = {"max_parallel_workers_per_gather": "0", "synchronous_commit": "off"}
#: PostgreSQL itself waits five seconds for sessions to end, and on a busy machine one that is closed can take longer.
DROP_ATTEMPTS = 12
#: After so many attempts a session is not ending by itself any more.
WAITED_FOR = 3


class DatabaseCreation(creation.DatabaseCreation):
    connection: "DatabaseWrapper"

    def create_test_db(self, *args: Any, **options: Any) -> str:
        with self.connection.as_owner():
            name = super().create_test_db(*args, **options)
            if settings.ENVIRONMENT == "test":  # a bench measures a database that is kept as that of a service is
                with self.connection.cursor() as cursor:
                    cursor.execute(UNCOUNTED)
                    for setting, value in FOR_TESTS.items():
                        cursor.execute(f"ALTER DATABASE {self.connection.ops.quote_name(name)} SET {setting} = {value}")
            return name

    def _nodb_cursor(self) -> AbstractContextManager[Any]:
        return self.connection.owner_copy()._nodb_cursor()

    def end_sessions(self, name: str) -> None:
        """End what is left open to the database ``name``, and say what it last did: some test should have closed it.

        As the app role, whose sessions they are; the owner may neither end them nor read what they do.
        """
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT state, left(query, 200), pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
                [name],
            )
            for state, query, _ended in cursor.fetchall():
                sys.stderr.write(f"A session was left open to {name}, {state}. It last did: {query}\n")

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        for attempt in range(1, DROP_ATTEMPTS + 1):
            try:
                super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
            except OperationalError as error:
                if attempt == DROP_ATTEMPTS or not isinstance(error.__cause__, ObjectInUse):
                    raise
                gc.collect()  # Django's connection is a cycle: that of a thread which has ended stays open until then
                if attempt >= WAITED_FOR:
                    self.end_sessions(test_database_name)
            else:
                return
