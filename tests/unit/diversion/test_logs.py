"""The lines of the service's own log: whoever reads them elsewhere must be able to, and nobody writes into them."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.test import Client

from diversion import logs
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


@pytest.mark.parametrize(
    ("detail", "sent"),
    [
        ({"from": "Amara Okafor", "holder": 7}, {"from": None, "holder": 7}),
        ({"name": "smith", "every": "month"}, {"name": None, "every": "month"}),
        ({"before": {"name": "John Smith", "is_on": True}}, {"before": {"name": None, "is_on": True}}),
        ({"source": "live", "file": "smith.csv", "gone": 3}, {"source": "live", "file": None, "gone": 3}),
        ({"files": ["John Smith.csv"], "rows": 2}, {"files": None, "rows": 2}),
        ({"roles": ["officer", "a-b"], "to": "0113 496 0000"}, {"roles": ["officer", "a-b"], "to": None}),
        ({"route": "/people/<str:reference>/", "sought": ["DV-7K3M-9QX2"]},) * 2,
        ({"route": "(no such page)", "until": "2026-06-10T09:30:00+00:00", "month": "2026-06"},) * 2,
        ({"sha256": "ab" * 32, "where": {"ethnicity": ["B"], "sex": ["female"]}},
         {"sha256": "ab" * 32, "where": {"ethnicity": [None], "sex": ["female"]}}),
    ],
)  # fmt: skip
def test_no_name_leaves_the_host_with_the_access_log(detail: dict[str, Any], sent: dict[str, Any]) -> None:
    """Whoever runs the system that keeps logs may read none of the records: they would read who was handed what."""
    assert logs.without_names(detail) == sent


def test_the_file_that_was_imported_is_not_named() -> None:
    """Exports are called after whoever they are about."""
    assert logs._unit("import John Smith.csv for avonford") == "import"
    assert logs._unit("GET /people/<str:reference>/") == "GET /people/<str:reference>/"


def test_an_error_of_the_database_is_told_without_the_row() -> None:
    """PostgreSQL shows the whole row that it refuses: names, dates of birth, what somebody is alleged to have done."""
    row = "null value in column\nDETAIL:  Failing row contains (7, Samuel, Price,\n\n1990-01-01)."
    try:
        try:
            raise ValueError(row)
        except ValueError as error:
            raise RuntimeError(row) from error
    except RuntimeError as error:
        found = (type(error), error, error.__traceback__)
    record = logging.LogRecord("a", logging.ERROR, "", 1, "Raised: %s", (repr(row),), found)
    said = json.loads(JsonLine().format(record))
    assert "Price" not in str(said)
    assert "null value in column" in said["message"]
    assert ("RuntimeError" in said["error"], "test_logs.py" in said["error"]) == (True, True)


@pytest.mark.parametrize("path", ["/people/John Smith/", "/people/Zoë Smith/", "/no/such/Smith/?q=Smith"])
def test_the_address_of_a_page_that_was_not_found_is_not_written(
    path: str, cast: Cast, signed_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody types a name into the address bar, and it stood in a log that others read."""
    caplog.handler.addFilter(logs.RouteForPath())
    with caplog.at_level(logging.WARNING, "django.request"):
        assert signed_in(cast["amara"]).get(path).status_code == 404
    (record,) = [one for one in caplog.records if one.name == "django.request"]
    assert "Smith" not in JsonLine().format(record)
    assert record.getMessage().startswith("Not Found: ")
