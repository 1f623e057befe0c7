"""Test databases: made, migrated and dropped by the owner, used by the app role, as in production."""

import gc
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db import OperationalError
from django.db.backends.postgresql import creation
from psycopg2.errors import ObjectInUse

if TYPE_CHECKING:
    from diversion.postgres.base import DatabaseWrapper


#: PostgreSQL itself waits five seconds for sessions to end, and on a busy machine one that is closed can take longer.
DROP_ATTEMPTS = 12


class DatabaseCreation(creation.DatabaseCreation):
    connection: "DatabaseWrapper"

    def create_test_db(self, *args: Any, **options: Any) -> str:
        with self.connection.as_owner():
            return super().create_test_db(*args, **options)

    def _nodb_cursor(self) -> AbstractContextManager[Any]:
        return self.connection.owner_copy()._nodb_cursor()

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        for attempt in range(1, DROP_ATTEMPTS + 1):
            try:
                super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
            except OperationalError as error:
                if attempt == DROP_ATTEMPTS or not isinstance(error.__cause__, ObjectInUse):
                    raise
                gc.collect()  # Django's connection is a cycle: that of a thread which has ended stays open until then
            else:
                return
