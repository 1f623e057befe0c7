"""Django's PostgreSQL backend, with a second set of credentials: the owner's, for the moments that need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import NotSupportedError
from django.db.backends.postgresql import base

from diversion.postgres import wall
from diversion.postgres.creation import DatabaseCreation


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects as the role in the settings, and as the tables' owner within ``as_owner()``."""

    creation_class = DatabaseCreation
    _owner_for_now = False

    @contextmanager
    def as_owner(self) -> Iterator[None]:
        """Connect as the owner for the block. The block stands outside any transaction: a role cannot change in one."""
        if self.in_atomic_block:
            raise NotSupportedError("as_owner() opens a connection of its own: leave the transaction first.")
        before, self._owner_for_now = self._owner_for_now, True
        self.close()
        try:
            yield
        finally:
            self.close()
            self._owner_for_now = before

    def owner_copy(self) -> "DatabaseWrapper":
        """Another connection to the same database, as the owner; close it after use."""
        return type(self)({**self.settings_dict, **self._owner()}, alias=self.alias)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        if wall.begins_as_service():
            params["options"] = f"{params.get('options', '')} {wall.AS_SERVICE}".strip()
        if self._owner_for_now:
            owner = self._owner()
            params |= {"user": owner["USER"], "password": owner["PASSWORD"]}
        return params

    def _owner(self) -> dict[str, str]:
        owner: dict[str, str] | None = self.settings_dict.get("OWNER")
        if owner is None:
            raise ImproperlyConfigured("This changes tables: set DATABASE_OWNER_URL to the address of their owner.")
        return owner
