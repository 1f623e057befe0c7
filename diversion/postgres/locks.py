"""One at a time, by a name: whoever comes second waits, until the first one's transaction ends."""

from django.db import connection


def one_at_a_time(name: str) -> None:
    """Wait for whoever does the same, which ``name`` says; in a transaction, with whose end the lock goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
