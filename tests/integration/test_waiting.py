"""A database that hangs: whoever waits for a page gets a sentence after a stated time."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from diversion.embedded.places import CHECKOUT
from tests.integration.test_machine_commands import run

ASKED = """
import time, django
django.setup()
from django.core.signals import request_started
from django.db import OperationalError, connection
from diversion.postgres import waiting
waiting.limit(0.4)
waiting.LEAST = 0.2
"""
SLEEPS = """
cursor = connection.cursor()
cursor.execute("SHOW statement_timeout")
print(cursor.fetchone()[0])
if {client}:
    cursor.execute("SET statement_timeout = 0")
else:
    waiting.LEAST = 4  # both limits are as long, and here the server's is looked at
request_started.send(None)
began = time.monotonic()
try:
    cursor.execute("SELECT pg_sleep(20)")
except OperationalError as error:
    print("ended", str(error).strip())
assert time.monotonic() - began < 5
connection.close()
with connection.cursor() as cursor:
    cursor.execute("SELECT 41 + 1")
    print(cursor.fetchone()[0])
"""
PAGE = """
from django.test import Client
began = time.monotonic()
answer = Client(raise_request_exception=False).get("/accounts/login/")
assert time.monotonic() - began < 6
print(answer.status_code, answer.content.decode())
"""


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that takes every connection and says nothing, as one that is paused."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(20)
        yield server.getsockname()[1]


@pytest.mark.parametrize(("client", "told"), [(False, "statement timeout"), (True, "has not answered in the time")])
def test_a_statement_ends_after_the_time_of_a_page(client: bool, told: str) -> None:
    """A page that waited for a lock waited for ever: in a hundred seconds nothing came. A server that hangs keeps no
    limit of its own, and what is asked next is asked of a new connection."""
    done = run("-c", ASKED + SLEEPS.format(client=client))
    assert done.returncode == 0, done.stderr
    timeout, ended, after = done.stdout.splitlines()[0], done.stdout, done.stdout.splitlines()[-1]
    assert (timeout, after) == ("400ms", "42")
    assert told in ended


def test_a_page_of_a_service_whose_database_is_paused_is_a_sentence() -> None:
    """Whoever sees nothing at all presses again and again."""
    with silent_server() as port:
        url = f"postgresql://app:secret@127.0.0.1:{port}/diversion"
        done = run("-c", ASKED + PAGE, DATABASE_URL=url, DATABASE_OWNER_URL="")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("500 ")
    assert "Sorry, there is a problem with the service" in done.stdout


def test_each_web_process_waits_so() -> None:
    """The limit is of no use where gunicorn does not set it."""
    hooks = (
        "import runpy; hooks = runpy.run_path('gunicorn.conf.py'); import django; django.setup();"
        "hooks['post_fork'](None, None); from psycopg2 import extensions; print(extensions.get_wait_callback());"
        "hooks['on_exit'](None)"
    )
    done = subprocess.run([sys.executable, "-c", hooks], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert "function _wait" in done.stdout, done.stderr
