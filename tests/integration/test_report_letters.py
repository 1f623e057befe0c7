"""That a report is ready is told by a link to those who may read it, and to nobody twice."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.notifications.tasks import tell
from reporting import tasks
from reporting.actions import letters, reports, schedules
from reporting.models import ReportRun
from tests.conftest import NOW, Cast
from tests.factories.facts import live
from tests.factories.ground import hold

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


def made(run: ReportRun) -> ReportRun:
    tasks.run_report(run.pk)
    run.refresh_from_db()
    return run


@pytest.fixture
def asked(cast: Cast) -> ReportRun:
    """Asked for by the inspector Ian."""
    live(cast["ian"].organisation, 20, happened_on=date(2026, 5, 4))
    start, end = date(2026, 5, 1), date(2026, 5, 31)
    return reports.ask(force=cast["ian"].organisation, start=start, end=end, source="live", by=cast["ian"])


def test_who_asked_hears_once_with_a_link_and_no_figure(asked: ReportRun, cast: Cast, mailoutbox: list[Any]) -> None:
    """They would look again and again; or exact counts of people would travel by e-mail."""
    assert tell("report_ready") == 0
    made(asked)
    assert (tell("report_ready"), tell("report_ready")) == (1, 0)
    (letter,) = mailoutbox
    assert letter.to == [cast["ian"].email]
    assert reverse("report_page", args=[asked.reference]) in letter.body
    assert "20" not in letter.body.replace(asked.reference, "")


def test_one_that_failed_is_told_too(asked: ReportRun, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody waits for a report that nobody makes."""
    monkeypatch.setattr("reporting.monitoring.compute", lambda *_args, **_kwargs: 1 / 0)
    assert made(asked).state == ReportRun.State.FAILED
    assert tell("report_ready") == 1
    assert "could not be made" in mailoutbox[0].subject


def test_what_a_schedule_makes_is_told_to_who_chose_it(cast: Cast, mailoutbox: list[Any], signed_in: SignIn) -> None:
    """Everybody would be written to each month; or the one who presents it never hears."""
    live(cast["ian"].organisation, 20, happened_on=date(2026, 5, 4))
    schedules.add_schedule(name="Each month", every="month", purpose="monitoring", scheme="", by=cast["ian"])
    made(ReportRun.objects.get())
    assert tell("report_ready") == 0
    client = signed_in(cast["david"])
    page = client.get(reverse("notices")).content.decode()
    assert "A report made by schedule is ready" in page
    client.post(reverse("notices"), {"reports_scheduled": "on"})
    assert tell("report_ready") == 1
    assert mailoutbox[0].to == [cast["david"].email]


def test_whoever_may_not_read_it_any_more_and_old_news_are_left_out(
    asked: ReportRun, cast: Cast, mailoutbox: list[Any]
) -> None:
    """Somebody who has moved on would be told of a force's reports; or hears in March of one from January."""
    made(asked)
    with clock.set_to(NOW + timedelta(days=3)):
        assert tell("report_ready") == 0
    hold(cast["ian"])
    assert tell("report_ready") == 0
    assert mailoutbox == []


def test_many_reports_ask_for_their_readers_once(
    asked: ReportRun, cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    """Each report of two days was asked for its readers, again with every run of the queue."""
    made(asked)
    with CaptureQueriesContext(connection) as one:
        assert len(list(letters.due_reports())) == 1
    for month in (2, 3, 4):
        start, end = date(2026, month, 1), date(2026, month, 28)
        made(reports.ask(force=cast["ian"].organisation, start=start, end=end, source="live", by=cast["ian"]))
    with django_assert_max_num_queries(len(one)):
        assert len(list(letters.due_reports())) == 4
