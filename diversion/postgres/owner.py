"""Being the tables' owner for a moment."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import cast

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from psycopg2 import errors

from diversion.postgres import grants
from diversion.postgres.base import DatabaseWrapper

#: Any number will do that nobody else in this database uses.
ADVISORY_LOCK = 5_212_050
#: For how long a change of tables waits for a table that somebody reads: pages that read it wait as long.
LOCK_SECONDS = 2
#: After how many seconds it tries again, each time.
WAITS = (1, 2, 5, 10, 20, 30)


def as_owner(using: str = DEFAULT_DB_ALIAS) -> AbstractContextManager[None]:
    """Connect as the owner for the block: for migrating, flushing and weeding, outside any transaction."""
    return cast(DatabaseWrapper, connections[using]).as_owner()


def alone() -> None:
    """Wait for others who make this database ready, and hold their lock until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])


def patiently(change: Callable[[], object], waits: Sequence[float] = WAITS) -> None:
    """Make a change of tables that never keeps readers waiting for longer than `LOCK_SECONDS`, as the owner.

    Whoever waits for a table holds up all who come after, were it only to read. So the change gives up soon, lets them
    pass, and begins again after each of ``waits``, in seconds; migrations that are done stay done. Raises
    OperationalError where the table was never free.
    """
    for wait in (*waits, None):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [f"{int(LOCK_SECONDS * 1000)}ms"])
        try:
            change()
        except OperationalError as error:
            if wait is None or not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            time.sleep(wait)
        else:
            return


def sign_in_as_app() -> None:
    """Connect as web and worker will; an older role whose password came from another secret gets the new one."""
    try:
        connection.ensure_connection()
    except OperationalError:
        with as_owner():
            grants.ensure_role(set_password=True)
        connection.ensure_connection()
