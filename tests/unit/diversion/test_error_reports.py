"""Where a fault of ours was is told to whoever collects faults; whom a page was about, and what was typed, is not."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from sentry_sdk import isolation_scope
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from diversion.access import requires
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.celery import app
from diversion.error_reports import SENT, ErrorReports
from diversion.refusals import Refused
from diversion.unit_of_work import current
from diversion.urls import urlpatterns as real
from tests.conftest import Cast
from tests.integration.test_production_settings import load_settings

SignIn = Callable[[User], Client]

DSN = "https://key@errors.example/1"
#: Written alike in an address, in JSON and in a form.
NAME, TELEPHONE, NOTE, PASSWORD, REFERENCE, SOURCE = MARKS = (
    "Zebedee-Quill",
    "07700-900461",
    "seen-by-the-canal",
    "a-zither-in-tune",
    "DV-9Z9Z-8Q8Q",
    "203.0.113.77",
)
FILE = "tests/unit/diversion/test_error_reports.py"


class Kept(Transport):
    """In the place of the network: what would have left."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)

    def the_event(self) -> dict[str, Any]:
        """The one event, of which no byte is of what somebody typed."""
        (envelope,) = self.envelopes
        whole = envelope.serialize().decode()
        assert [mark for mark in MARKS if mark.lower() in whole.lower()] == []
        event = envelope.get_event()
        assert event is not None
        assert set(event) <= SENT
        return dict(event)


@pytest.fixture
def reports(settings: Any) -> Iterator[ErrorReports]:
    settings.SENTRY_DSN = DSN
    handler = ErrorReports(Kept())
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)
    handler.close()


def that_hold_marks(client: Any) -> None:
    """Fill what the client itself keeps of a request, as its own integrations and a careless hand do."""
    with isolation_scope() as scope:
        scope.set_client(client)
        scope.set_user({"username": NAME, "ip_address": SOURCE})
        scope.set_tag("reference", REFERENCE)
        scope.set_context("person", {"telephone": TELEPHONE})
        scope.add_breadcrumb({"message": f"SELECT '{NAME}'", "category": "query"})
        ask_and_refuse(NAME, TELEPHONE)


def ask_and_refuse(name: str, telephone: str) -> None:
    """An error of the database that shows what it was asked, and a sentence of ours that names somebody."""
    note = NOTE
    logging.getLogger(__name__).error("%s on %s: %s", name, telephone, note)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::integer", [note])
    except Exception as error:
        raise Refused(f"{name} has been offered {note} already.") from error


units: list[str] = []


@requires(Permission.VIEW_FORCE_CASES)
def that_fails(request: HttpRequest, reference: str) -> HttpResponse:
    units.append(str(current().id))
    that_hold_marks(request.META["the client"])
    return HttpResponse(reference)


urlpatterns = [*real, path("fails/<str:reference>/", that_fails, name="fails")]


@override_settings(ROOT_URLCONF=__name__)
def test_of_a_page_that_failed_leaves_its_route_and_the_place_alone(
    cast: Cast, signed_in: SignIn, reports: ErrorReports
) -> None:
    """Whoever keeps such a service, and whoever breaks into it, would read who is dealt with and for what."""
    browser = signed_in(cast["elin"])
    browser.raise_request_exception = False
    browser.cookies["noted"] = NAME
    answer = browser.post(
        f"/fails/{REFERENCE}/?name={NAME}",
        {"note": NOTE, "password": PASSWORD, "telephone": TELEPHONE},
        headers={"X-Note": NOTE, "User-Agent": NAME, "Referer": f"http://testserver/{REFERENCE}/"},
        REMOTE_ADDR=SOURCE,
        **{"the client": reports.client},
    )
    transaction.set_rollback(False)  # the test's own transaction was marked in the request's place
    assert answer.status_code == 500
    event = reports.client.transport.the_event()  # type: ignore[union-attr]
    assert (event["transaction"], event["tags"]) == ("fails", {"request_id": units[-1]})
    assert event["release"].startswith("diversion@")
    assert cast["elin"].email not in json.dumps(event)
    kinds = [(one["module"], one["type"]) for one in event["exception"]["values"]]
    assert kinds[1:] == [("django.db.utils", "DataError"), ("diversion.refusals", "Refused")]
    place = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert (place["filename"], place["function"], place["in_app"]) == (FILE, "ask_and_refuse", False)
    assert Path(FILE).read_text().splitlines()[place["lineno"] - 1].strip().startswith("raise Refused(")
    assert {"value", "vars", "context_line"} & {*place, *event["exception"]["values"][-1]} == set()


def test_of_a_task_that_failed_leaves_its_name_and_the_place_alone(db: None, reports: ErrorReports) -> None:
    """The line that Celery logs of it holds what the task was given."""

    @app.task(name="tests.fails")
    def fails(name: str, *, note: str) -> None:
        that_hold_marks(reports.client)

    try:
        fails.apply(args=[NAME], kwargs={"note": NOTE}, task_id="7d6c")
    finally:
        app.tasks.unregister("tests.fails")
    event = reports.client.transport.the_event()  # type: ignore[union-attr]
    assert (event["transaction"], event["tags"]) == ("tests.fails", {"request_id": "7d6c"})
    assert event["exception"]["values"][-1]["type"] == "Refused"
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["function"] == "ask_and_refuse"


@pytest.mark.parametrize(
    ("is_on", "told"),
    [(False, "False ['StreamHandler']"), (True, "True ['StreamHandler', 'ErrorReports']")],
)
def test_without_an_address_the_client_is_not_even_imported(is_on: bool, told: str, tmp_path: Path) -> None:
    """A force that wants none must be able to tell that nothing of it is at work, in web and worker."""
    (tmp_path / "dsn").write_text(f"{DSN}\n")
    code = (
        "import os, sys, logging; os.environ['DJANGO_SETTINGS_MODULE'] = 'diversion.settings'; import django; "
        "django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "from diversion.celery import app; app.log.setup(loglevel='INFO'); "
        "print('sentry_sdk' in sys.modules, [type(one).__name__ for one in logging.getLogger().handlers])"
    )
    ran = load_settings(code=code, SENTRY_DSN_FILE=str(tmp_path / "dsn") if is_on else "")
    assert ran.stdout.strip() == told, ran.stderr


def test_a_report_that_cannot_be_made_is_no_second_fault(
    reports: ErrorReports, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python would print the record that could not be handled, with all that stands in it, and pages would fail."""
    monkeypatch.setattr(reports.client, "capture_event", lambda event: 1 / 0)
    reports.handle(logging.LogRecord("a", logging.ERROR, "", 1, NAME, (), (Refused, Refused(NAME), None)))
    assert NAME not in capsys.readouterr().err
