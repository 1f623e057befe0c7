"""Test databases: made, migrated and dropped by the owner, used by the app role, as in production."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import creation

if TYPE_CHECKING:
    from diversion.postgres.base import DatabaseWrapper


class DatabaseCreation(creation.DatabaseCreation):
    connection: "DatabaseWrapper"

    def create_test_db(self, *args: Any, **options: Any) -> str:
        with self.connection.as_owner():
            return super().create_test_db(*args, **options)

    def _nodb_cursor(self) -> AbstractContextManager[Any]:
        return self.connection.owner_copy()._nodb_cursor()
