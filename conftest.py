"""Starts the embedded servers before Django reads its settings, for `pytest` however it is called."""

import contextlib
import os

import django

from diversion.embedded import servers_for
from diversion.embedded.addresses import numbered_redis_url

os.environ["DJANGO_SETTINGS_MODULE"] = "diversion.settings"
os.environ.setdefault("DIVERSION_ENV", "test")

_running = contextlib.ExitStack()
if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit the addresses, and need no servers of their own
    _running.enter_context(servers_for(["manage.py", "test"]))
# A database of Redis for each worker: never the one of a service that runs beside the tests.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["REDIS_URL"] = numbered_redis_url(os.environ["REDIS_URL"], 1 + _worker)
django.setup()


def pytest_unconfigure() -> None:
    _running.close()
