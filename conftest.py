"""Starts the embedded servers before Django reads its settings, for `pytest` however it is called."""

import contextlib
import os

import django

from diversion.embedded import servers_for
from diversion.embedded.addresses import numbered_redis_url
from diversion.postgres.wall import begin_as_service

os.environ["DJANGO_SETTINGS_MODULE"] = "diversion.settings"
os.environ.setdefault("DIVERSION_ENV", "test")

_running = contextlib.ExitStack()
if "PYTEST_XDIST_WORKER" not in os.environ:  # workers inherit the addresses, and need no servers of their own
    _running.enter_context(servers_for(["manage.py", "test"]))
    # Never the database of a service that runs beside the tests. Set here only: in a worker the settings are loaded
    # before this file, so another number here would part the worker from the processes that it starts.
    os.environ["REDIS_URL"] = numbered_redis_url(os.environ["REDIS_URL"], 1)
begin_as_service()  # factories write for everybody; what a page of a test client does is for its user
django.setup()


def pytest_unconfigure() -> None:
    _running.close()
