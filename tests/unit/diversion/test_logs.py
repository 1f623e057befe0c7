"""The lines of the service's own log: whoever reads them elsewhere must be able to, and nobody writes into them."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.logs import ACCESS_LOG, JsonLine
from tests.conftest import Cast
from tests.integration.test_production_settings import load_settings

SignIn = Callable[[User], Client]


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is written to the access log's own lines, read again."""
    out, logger = StringIO(), logging.getLogger(ACCESS_LOG)
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLine())
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_nobody_writes_a_second_line() -> None:
    """An attacker would write an entry of somebody else, or hide their own."""
    words = "Not found: /x\n2026-06-10 INFO signed in: kit\r\x1b[2J\u2028"
    line = JsonLine().format(logging.LogRecord("a", logging.WARNING, "", 1, "%s", (words,), None))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == words


def test_a_line_says_when_in_utc_and_where_it_failed() -> None:
    """Entries of two hosts in two summers cannot be put in order otherwise."""
    try:
        raise ValueError("broken\nhere")
    except ValueError as error:
        found = (type(error), error, error.__traceback__)
    record = logging.LogRecord("a.b", logging.ERROR, "", 1, "It broke", (), found)
    record.created = 1_781_083_800.25
    said = json.loads(JsonLine().format(record))
    assert (said["at"], said["level"], said["logger"]) == ("2026-06-10T09:30:00.250+00:00", "ERROR", "a.b")
    assert "test_logs.py" in said["error"]


def test_what_is_done_and_logged_is_sent_on(
    cast: Cast,
    signed_in: SignIn,
    settings: Any,
    lines: Callable[[], list[dict[str, Any]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Whoever breaks in would be seen only where they can remove what is seen. No name of an officer goes along."""
    settings.ACCESS_LOG_LINES = True
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(cast["amara"]).get("/users/")
    event = Event.objects.get(kind="access.denied")
    (line,) = [one for one in lines() if one["kind"] == "access.denied"]
    assert (line["entry"], line["actor_id"], line["detail"]) == (event.pk, cast["amara"].pk, event.detail)
    assert "Amara" not in str(lines())


def test_in_production_web_and_worker_write_such_lines() -> None:
    """In the form of Django or of Celery no program reads both."""
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'diversion.settings'; "
        "from diversion.celery import app; app.log.setup(loglevel='INFO'); import logging; "
        "from django.conf import settings; print(settings.ACCESS_LOG_LINES); "
        "logging.getLogger('celery.worker').warning('It\\nbroke')"
    )
    ran = load_settings(code=code)
    assert ran.stdout.strip() == "True", ran.stderr
    assert [json.loads(line)["message"] for line in ran.stderr.splitlines()] == ["It\nbroke"]
