"""The embedded servers for a test run; loaded by ``-p diversion.embedded.pytest_plugin`` before Django's settings are.

Each process of the run joins the servers, so the last one out stops them. Tests queue into a Redis database of their
own, numbered after the process, and so never hand work to a service that runs beside them.
"""

import os
from contextlib import ExitStack

import pytest

from diversion.embedded import servers_for, set_environment
from diversion.embedded.addresses import numbered_redis_url

os.environ.setdefault("DIVERSION_ENV", "test")
set_environment()
_process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
os.environ["REDIS_URL"] = numbered_redis_url(os.environ["REDIS_URL"], 1 + int(_process) % 15)

_servers = pytest.StashKey[ExitStack]()


def pytest_sessionstart(session: pytest.Session) -> None:
    stack = session.config.stash[_servers] = ExitStack()
    stack.enter_context(servers_for(["pytest", "test"]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if stack := config.stash.get(_servers, None):
        stack.close()
