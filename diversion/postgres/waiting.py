"""A page waits for the database for a stated time, and then says so: also for one that hangs and ends nothing itself.

PostgreSQL's own limit (``statement_timeout``) ends what waits for a lock or counts for too long. A server that is
paused, or whose network swallows what is sent, keeps no limit: here the web process waits with one of its own, which
psycopg2 offers as a callback. It cannot be used with COPY, so only web processes have it (``gunicorn.conf.py``);
imports and reports take the time that they take.
"""

import select
import threading
import time
from typing import Any

import psycopg2
from django.core.signals import request_started
from django.db.backends.signals import connection_created
from psycopg2 import extensions

#: What is asked once the time is over gets this long: undoing, and a connection made anew. In seconds.
LEAST = 1.0

_request = threading.local()


def limit(seconds: float) -> None:
    """Let each request of this process wait for the database until ``seconds`` after it began, and no longer."""

    def begin(**_: Any) -> None:
        _request.until = time.monotonic() + seconds

    def tell(*, connection: Any, **_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(int(seconds * 1000))])

    request_started.connect(begin, weak=False, dispatch_uid="waiting.begin")
    connection_created.connect(tell, weak=False, dispatch_uid="waiting.tell")
    extensions.set_wait_callback(_wait)


def _wait(connection: Any) -> None:
    """Until the server has answered. OperationalError when the time is over; psycopg2 closes the connection then."""
    until = max(getattr(_request, "until", 0.0), time.monotonic() + LEAST)
    while (state := connection.poll()) != extensions.POLL_OK:
        left = until - time.monotonic()
        reads, writes = [[connection.fileno()] if state == one else [] for one in (_READ, _WRITE)]
        if left <= 0 or not any(select.select(reads, writes, [], left)):
            raise psycopg2.OperationalError("The database has not answered in the time that a page waits for it.")


_READ, _WRITE = extensions.POLL_READ, extensions.POLL_WRITE
