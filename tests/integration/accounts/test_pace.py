"""Whoever asks for more than anybody reads is stopped, and seen: a program that uses an officer's session."""

from collections.abc import Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ResponseError

from diversion.accounts import pace
from diversion.accounts.models import User
from diversion.audit.models import Event
from reporting.actions import reports
from reporting.models import ReportRun
from tests.conftest import Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def test_a_program_that_reads_everything_is_stopped_and_listed(cast: Cast, settings: Any, signed_in: SignIn) -> None:
    """It would have copied every case before anybody looks at the log."""
    settings.PAGES_A_MINUTE = 3
    client = signed_in(cast["amara"])
    assert [client.get("/cases/").status_code for _ in range(6)] == [200, 200, 200, 429, 429, 429]
    assert Event.objects.get(kind="access.too_fast").actor_id == cast["amara"].pk
    assert Client().get("/accounts/login/").status_code == 200
    assert signed_in(cast["callum"]).get("/cases/").status_code == 200
    page = signed_in(cast["jo"]).get("/access-log/", {"nature": "unusual"}).content.decode()
    assert "More pages in a minute than anybody reads" in page


def test_the_next_minute_begins_anew(
    cast: Cast, settings: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer who held a key down is not shut out of their work."""
    settings.PAGES_A_MINUTE = 1
    minute = iter([7, 7, 8])
    monkeypatch.setattr(pace, "_minute", lambda: next(minute))
    client = signed_in(cast["amara"])
    assert [client.get("/accessibility").status_code, client.get("/cases/").status_code] == [200, 200]
    assert client.get("/your-account/").status_code == 429
    assert client.get("/cases/").status_code == 200


def test_a_minute_whose_number_has_no_end_is_one_minute(
    cast: Cast, settings: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Redis makes such a number where the old one runs out as it is added to: its user would be refused for ever."""
    settings.PAGES_A_MINUTE = 3
    monkeypatch.setattr(pace, "_minute", lambda: 7)
    user = cast["amara"]
    pace.is_too_fast(user)
    cache.set(f"pages:{user.pk}:7", 100, None)
    client = signed_in(user)
    assert client.get("/cases/").status_code == 429
    monkeypatch.setattr(pace, "_minute", lambda: 8)
    assert client.get("/cases/").status_code == 200


def test_where_nothing_can_be_counted_people_work(
    cast: Cast, settings: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit guards against programs: a cache that fails must not keep a force from its cases."""
    settings.PAGES_A_MINUTE = 3

    def refuse(*args: object) -> None:
        raise ResponseError("MISCONF")

    monkeypatch.setattr(pace, "cache", SimpleNamespace(add=refuse, incr=refuse))
    assert signed_in(cast["amara"]).get("/cases/").status_code == 200


def test_whoever_is_stopped_reads_why_and_can_leave(
    cast: Cast, settings: Any, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer at a shared computer would have to leave it signed in, and be told of tries they never made."""
    settings.PAGES_A_MINUTE = 1
    monkeypatch.setattr(pace, "_minute", lambda: 7)
    client = signed_in(cast["amara"])
    client.get("/cases/")
    answer = client.get("/cases/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Wait a minute" in answer.content.decode()
    assert client.post("/accounts/logout/").status_code == 302
    assert "/accounts/login/" in client.get("/cases/").url


def test_one_user_does_not_fill_the_queue_with_reports(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody else's would wait for them."""
    monkeypatch.setattr(reports, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(reports, "enqueue", lambda run: None)
    day = date(2026, 6, 1)
    reports.ask(force=cast["ian"].organisation, source="live", start=day, end=day, by=cast["ian"])
    given = {"source": "live", "start": "2026-06-01", "end": "2026-06-30"}
    answer = signed_in(cast["ian"]).post("/monitoring/reports", given)
    assert answer.status_code == 422
    assert "reports are being made for you" in answer.content.decode()
    assert ReportRun.objects.count() == 1
