"""Work that is asked for by its name, and who is there to do it."""

import time
from datetime import date, timedelta

import pytest
from django.db import InterfaceError, OperationalError

from cases.signals import case_changed
from diversion import clock
from diversion.celery import app
from reporting import outbox, tasks
from reporting.actions import reports
from reporting.models import ReportRun
from tests.conftest import Cast


def test_every_task_that_is_sent_by_its_name_is_there() -> None:
    """A worker drops a name that it does not know: no report would ever be made, and nothing would say why."""
    app.loader.import_default_modules()
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {outbox.DRAIN, reports.MAKE} | planned <= set(app.tasks)


def waiting() -> list[tuple[str, list[object]]]:
    """(task, arguments) of each message in the tests' own queue, taken from it."""
    with app.connection_for_read() as broker:
        queue = app.amqp.default_queue.bind(broker.default_channel)
        queue.declare()
        messages = list(iter(lambda: queue.get(no_ack=True), None))
    return [(str(message.headers["task"]), list(message.payload[0])) for message in messages]


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_report_reach_the_queue_once_they_are_committed(cast: Cast) -> None:
    """A message under another name, or without the report's number, is a report that nobody makes."""
    waiting()
    case_changed.send(sender=None, case_id=0)
    run = reports.ask(
        force=cast["ian"].organisation, source="live", start=date(2026, 1, 1), end=date(2026, 3, 31), by=cast["ian"]
    )
    assert waiting() == [("reporting.tasks.refresh_facts", []), ("reporting.tasks.run_report", [run.pk])]


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_counts_for_long_keeps_its_report(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second worker would begin a long report again, and the first one's hour of counting would be thrown away."""
    monkeypatch.setattr(reports, "LEASE", timedelta(seconds=3))
    day = date(2026, 1, 1)
    asked = reports.ask(force=cast["ian"].organisation, source="live", start=day, end=day, by=cast["ian"])
    run = reports.take(asked.pk)
    assert run is not None
    with tasks._renewed(run):
        deadline = time.monotonic() + 60
        while ReportRun.objects.get().leased_until == run.leased_until:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert reports.take(run.pk) is None


@pytest.fixture
def asked(cast: Cast) -> ReportRun:
    day = date(2026, 1, 1)
    return reports.ask(force=cast["ian"].organisation, source="live", start=day, end=day, by=cast["ian"])


@pytest.mark.parametrize("away", [OperationalError, InterfaceError])
def test_a_report_whose_database_went_away_is_begun_again(
    away: type[Exception], asked: ReportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of a second ended every report for good, and whoever asked was to ask again."""

    def interrupted(run: ReportRun) -> None:
        raise away("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "_make", interrupted)
        tasks.run_report(asked.pk)
    assert reports.stuck() == []
    with clock.set_to(clock.now() + reports.LEASE + timedelta(seconds=1)):
        assert reports.stuck() == [asked]
        tasks.run_report(asked.pk)
    assert ReportRun.objects.get().state == ReportRun.State.READY


def test_a_lease_of_a_clock_that_was_ahead_holds_nothing_up(asked: ReportRun) -> None:
    """A host an hour ahead died with a report in hand: nobody else would take it for an hour."""
    hour, now = timedelta(hours=1), clock.now()
    with clock.set_to(now + hour):
        assert reports.take(asked.pk)
    assert reports.stuck() == [asked]
    assert reports.take(asked.pk)
    ReportRun.objects.update(state=ReportRun.State.QUEUED, asked_at=now + hour, leased_until=None)
    assert reports.stuck() == [asked]
