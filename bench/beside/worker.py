"""One process that answers the pages of the checkout on its path: a line of JSON in, a line of JSON out.

In: ``path``, ``user`` (an e-mail address), for a search ``data`` to post first, ``creates`` where the posting itself is
measured, of something new each time, and ``counted`` to have the statements counted. Out: ``ms`` of the page alone,
``cpu``, of these what processors spent on it, ``status``, ``kb`` as sent, and ``queries``, savepoints included.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import get_resolver  # noqa: E402

from diversion.accounts.models import User  # noqa: E402
from diversion.postgres.wall import begin_as_service  # noqa: E402

_clients: dict[str, Client] = {}
_searches: dict[str, str] = {}


def main() -> None:
    connection.settings_dict["NAME"] = os.environ["BENCH_DATABASE"]
    if settings.ROOT_URLCONF == "diversion.urls":
        import_module("diversion.wsgi")  # loads what a worker of the service starts with
    else:
        begin_as_service()  # says of no page whom it is for: the wall would show it nothing, row by row
    get_resolver().url_patterns  # noqa: B018 - the plain Django does the same
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line))), flush=True)


def answer(
    path: str, user: str, data: dict[str, Any] | None = None, *, creates: bool = False, counted: bool = False
) -> dict[str, Any]:
    client = _client(user)
    address = path if data is None or creates else _searched(client, user, path, data)
    sent = data | _new() if data and creates else None
    queries: list[str] = []
    with _noting(queries) if counted else nullcontext():
        begun, spent = time.perf_counter(), _processor()
        response = client.post(address, sent) if sent else client.get(address)
        seconds = time.perf_counter() - begun
    return {
        "ms": 1000 * seconds,
        "cpu": _processor() - spent,
        "status": 200 if sent and response.status_code == 302 else response.status_code,
        "kb": len(response.content) / 1024,
        "queries": queries,
    }


@contextmanager
def _noting(queries: list[str]) -> Iterator[None]:
    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield


def _processor() -> float:
    """Milliseconds of processor time so far, of this process and its database session: others on the machine do not
    lengthen them. The database is on the same machine; where its process cannot be seen it is not counted.
    """
    connection.ensure_connection()
    session = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    asked = int(session.read_text(encoding="ascii").split()[0]) / 1e6 if session.exists() else 0.0
    return 1000 * time.process_time() + asked


def _client(user: str) -> Client:
    if user not in _clients:
        headers = {"host": "localhost", "accept-encoding": "gzip"}
        _clients[user] = Client(headers=headers, raise_request_exception=False)  # a failure answers 500
        _clients[user].force_login(User.objects.get(email=user))
    return _clients[user]


def _new() -> dict[str, str]:
    """What is another person, another crime and another sending each time."""
    one = uuid.uuid4()
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in one.hex[:10])
    return {"submission": str(one), "family_name": letters.capitalize(), "crimes-0-number": f"AV/{one.hex[:8]}/26"}


def _searched(client: Client, user: str, path: str, data: dict[str, str]) -> str:
    """The address that a search leads to once it is posted."""
    key = json.dumps([user, path, data])
    if key not in _searches:
        _searches[key] = client.post(path, data).headers["location"]
    return _searches[key]


if __name__ == "__main__":
    main()
