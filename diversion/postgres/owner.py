"""Being the tables' owner for a moment."""

from contextlib import AbstractContextManager
from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections

from diversion.postgres.base import DatabaseWrapper


def as_owner(using: str = DEFAULT_DB_ALIAS) -> AbstractContextManager[None]:
    """Connect as the owner for the block: for migrating, flushing and weeding, outside any transaction."""
    return cast(DatabaseWrapper, connections[using]).as_owner()
