"""The inspector's dashboard and report, and the report that a worker makes."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from reporting import monitoring, outbox, tasks
from reporting.actions import reports
from reporting.models import ReportRun
from tests.conftest import Cast
from tests.factories.cases import decision, person, record

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
PERIOD = {"start": "2026-06-01", "end": "2026-06-30", "source": "live"}


@pytest.fixture
def cases(cast: Cast) -> None:
    """Three decisions: two Black people, one of them not offered; one White woman who accepted."""
    record(cast["amara"])
    refused = decision(result="not_offered", disposal="", not_offered_reason="history")
    record(cast["amara"], person=person(given_names="Ty"), decision=refused)
    record(cast["amara"], person=person(given_names="Jo", sex="female", ethnicity_self_defined="W1"))
    outbox.drain()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The reports handed to the queue."""
    handed: list[int] = []
    monkeypatch.setattr(reports, "send", lambda task, pk: handed.append(pk))
    return handed


def test_the_dashboard_shows_who_is_offered_and_who_is_not(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """An inspector who saw only those diverted could not see who is left out."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD)
    text = response.content.decode()
    assert response.status_code == 200
    assert "not for release" in text
    assert "9.5% to 90.5%" in text  # Wilson, 1 of 2: never a ratio without its interval
    assert "Not offered and declined are decisions too" in text
    assert Event.objects.filter(kind="monitoring.viewed", actor_id=cast["ian"].pk).count() == 1


def test_another_force_is_not_counted(cast: Cast, cases: None, signed_in: SignIn) -> None:
    """Figures of one's own force must hold nobody else's cases."""
    record(cast["ben"])
    outbox.drain()
    report = monitoring.compute(cast["ian"].organisation, *_period())
    assert report["totals"]["considered"] == 3


def _period() -> tuple[date, date]:
    return date(2026, 6, 1), date(2026, 6, 30)


def asked_by(user: User) -> ReportRun:
    start, end = _period()
    return reports.ask(force=user.organisation, source="live", start=start, end=end, by=user)


@pytest.mark.parametrize(("who", "status"), [("amara", 403), ("lena", 403), ("fatima", 404), ("ian", 200)])
def test_monitoring_is_for_those_who_monitor(cast: Cast, signed_in: SignIn, who: str, status: int) -> None:
    """Exact counts of small groups identify people."""
    assert signed_in(cast[who]).get("/monitoring/").status_code == status


def test_days_out_of_order_are_said_and_kept(cast: Cast, signed_in: SignIn) -> None:
    """A silent empty report would read as "nobody was diverted"."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD | {"end": "2026-05-01"})
    assert response.status_code == 422
    assert "The last day is before the first" in response.content.decode()


def ask(client: Client, sent: list[int], django_capture_on_commit_callbacks: Any) -> ReportRun:
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/monitoring/reports", PERIOD)
    assert response.status_code == 302
    run = ReportRun.objects.get()
    assert sent == [run.pk]
    return run


def test_a_report_is_asked_for_made_and_read(
    cast: Cast, cases: None, signed_in: SignIn, sent: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    """The whole way of a report, but for the worker's own process."""
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    page = f"/monitoring/reports/{run.reference}"
    assert "being made" in client.get(page).content.decode()
    assert client.get(f"{page}/progress").json()["finished"] is False

    tasks.run_report(run.pk)

    assert client.get(f"{page}/progress").json() == {
        "done": 100,
        "total": 100,
        "message": "Ready",
        "finished": True,
    }
    text = client.get(page).content.decode()
    assert "Ethnicity, as people describe themselves" in text
    assert "<svg" in text
    report = json.loads(client.get(f"{page}/files/json").content)
    by = {table["by"]: {row["group"]: row for row in table["rows"]} for table in report["tables"]}
    assert (by["ethnicity_self_defined"]["Black"]["considered"], by["gender"]["Female"]["diverted"]) == (2, 1)
    assert "not-for-release" in client.get(f"{page}/files/csv")["Content-Disposition"]
    assert Event.objects.filter(kind="report.downloaded").count() == 2


def test_a_failed_report_says_why_and_runs_again(
    cast: Cast,
    cases: None,
    signed_in: SignIn,
    sent: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """A report that fails in silence is waited for until the meeting."""
    client = signed_in(cast["ian"])
    run = ask(client, sent, django_capture_on_commit_callbacks)
    with monkeypatch.context() as broken:
        broken.setattr(monitoring, "compute", lambda *a, **k: 1 / 0)
        tasks.run_report(run.pk)
    page = f"/monitoring/reports/{run.reference}"
    assert "ZeroDivisionError" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{page}/again")
    tasks.run_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("ready", "")


def test_a_report_delivered_twice_is_made_once(cast: Cast, cases: None, sent: list[int]) -> None:
    """Celery delivers at least once: the second worker must leave the first one's work alone."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=_period()[0], end=_period()[1], by=cast["ian"]
    )
    assert reports.take(run.pk) is not None
    assert reports.take(run.pk) is None
    tasks.run_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("running", 1)


def test_the_month_is_scheduled_once_however_many_beats_run(cast: Cast, cases: None, sent: list[int]) -> None:
    """Two beats by mistake must not give two reports of a month."""

    with clock.set_to(datetime(2026, 7, 2, 9, tzinfo=UTC)):
        tasks.run_due_reports()
        tasks.run_due_reports()
    run = ReportRun.objects.get()
    assert (run.scheduled_for, str(run.start), str(run.end)) == ("2026-06", "2026-06-01", "2026-06-30")


def test_a_stranger_to_the_force_finds_no_report(cast: Cast, cases: None, signed_in: SignIn, sent: list[int]) -> None:
    """A colleague of another force must not learn even that a report exists."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=_period()[0], end=_period()[1], by=cast["ian"]
    )
    cast["ian"].organisation = cast["ben"].organisation
    cast["ian"].save()
    for suffix in ("", "/progress", "/files/json"):
        assert (
            signed_in(User.objects.get(pk=cast["ian"].pk))
            .get(f"/monitoring/reports/{run.reference}{suffix}")
            .status_code
            == 404
        )


def test_a_report_that_is_under_way_is_not_begun_again(cast: Cast, signed_in: SignIn, sent: list[int]) -> None:
    """A second press must come back to the report with a sentence, not to a failure."""
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=date(2026, 1, 1), end=date(2026, 2, 1), by=cast["ian"]
    )
    response = signed_in(cast["ian"]).post(f"/monitoring/reports/{run.reference}/again", follow=True)
    assert response.status_code == 200
    assert "has changed since you opened this page" in response.content.decode()


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ({"start": "0001-01-01"}, "on or after 1 January 2000"),
        ({"start": "2010-01-01"}, "at most ten years"),
    ],
)
def test_a_period_is_of_a_length_that_can_be_read(
    cast: Cast, signed_in: SignIn, period: dict[str, str], said: str
) -> None:
    """A slip in the year would make a page of two thousand years of months, and stop the service for everybody."""
    response = signed_in(cast["ian"]).get("/monitoring/", PERIOD | period)
    assert response.status_code == 422
    assert said in response.content.decode()
