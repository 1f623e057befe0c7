"""Being the tables' owner for a moment."""

from contextlib import AbstractContextManager
from typing import cast

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections

from diversion.postgres import grants
from diversion.postgres.base import DatabaseWrapper

#: Any number will do that nobody else in this database uses.
ADVISORY_LOCK = 5_212_050


def as_owner(using: str = DEFAULT_DB_ALIAS) -> AbstractContextManager[None]:
    """Connect as the owner for the block: for migrating, flushing and weeding, outside any transaction."""
    return cast(DatabaseWrapper, connections[using]).as_owner()


def alone() -> None:
    """Wait for others who make this database ready, and hold their lock until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])


def sign_in_as_app() -> None:
    """Connect as web and worker will; an older role whose password came from another secret gets the new one."""
    try:
        connection.ensure_connection()
    except OperationalError:
        with as_owner():
            grants.ensure_role(set_password=True)
        connection.ensure_connection()
