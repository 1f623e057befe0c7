"""Warnings before a time limit: when each is raised, whom it reaches, and what ends it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.celery import app
from diversion.refusals import Outdated, Refused
from referrals import tasks
from referrals.actions import escalating
from referrals.actions.correcting import correct_crime
from referrals.models import Escalation, EscalationMail
from tests.conftest import Cast
from tests.factories.cases import crime, person, record
from tests.integration.referrals.test_law_settings import choose

SignIn = Callable[[User], Client]
LIMIT = date(2026, 12, 6)  # 42 days after 25 October 2026, on which clocks go back


def at(day: date, hour: int = 12, minute: int = 0) -> Any:
    """The clock at a moment of UTC."""
    return clock.set_to(datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC))


@pytest.fixture
def case(cast: Cast) -> Case:
    """A common assault of which nobody can be charged after `LIMIT`, and a condition that keeps the case open."""
    with at(date(2026, 6, 20)):
        assault = crime("common-assault", committed_on=date(2026, 6, 6))
        return record(cast["amara"], crimes=[assault], person=person(given_names="Zebedee"))


def raised() -> list[tuple[int, bool]]:
    return list(Escalation.objects.order_by("-days_before").values_list("days_before", "is_overtaken"))


def test_both_tasks_are_planned() -> None:
    """A warning that no beat asks for is never raised."""
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert {"referrals.tasks.watch_limits", "referrals.tasks.send_escalations"} <= planned


def test_each_is_raised_on_its_day_in_england_and_once(case: Case) -> None:
    """At half past eleven at night UTC it is the next day under summer time: a day's warning would come late."""
    with at(date(2026, 10, 24), 22, 30):
        assert tasks.watch_limits() == 0
    with at(date(2026, 10, 24), 23, 30):  # half past midnight on the 25th, before the clocks go back
        assert tasks.watch_limits() == 1
    for day, minute in [(date(2026, 10, 25), 0), (date(2026, 10, 25), 30), (date(2026, 10, 26), 0)]:
        with at(day, 0, minute):
            assert tasks.watch_limits() == 0
    assert raised() == [(42, False)]


@pytest.mark.parametrize(
    ("day", "kept", "missed"),
    [
        (date(2026, 10, 28), [(42, False)], []),  # three days late: the one that is due, once
        (date(2026, 11, 23), [(42, True), (28, True), (14, False)], [42, 28]),
        (LIMIT, [(42, True), (28, True), (14, False)], [42, 28]),
        (LIMIT + timedelta(days=1), [], None),  # nobody can be charged any more: the board says so
    ],
)
def test_after_the_worker_was_away_the_nearest_is_raised_and_the_log_tells_the_others(
    case: Case, day: date, kept: list[tuple[int, bool]], missed: list[int] | None
) -> None:
    """Three warnings at once hide each other, and one that was missed in silence is never asked about."""
    with at(day):
        tasks.watch_limits()
        tasks.watch_limits()
    assert raised() == kept
    told = [one.detail["overtaken"] for one in Event.objects.filter(kind="escalation.raised")]
    assert told == ([] if missed is None else [missed])


def test_the_force_says_how_many_days_before(case: Case, cast: Cast) -> None:
    """Days that are constants are nobody's policy."""
    with at(date(2026, 6, 10)):
        choose(cast, escalation_days=(60, 7))
    with at(LIMIT - timedelta(days=60)):
        assert tasks.watch_limits() == 1
    with at(LIMIT - timedelta(days=42)):
        assert tasks.watch_limits() == 0
    assert raised() == [(60, False)]


def test_a_limit_that_moved_has_warnings_of_its_own(case: Case, cast: Cast) -> None:
    """The answer to the old limit would silence the new one."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        old = Escalation.objects.open().get()
        allegation = case.allegations.get()
        changes = {"committed_on": date(2026, 6, 12), "offence": allegation.offence, "area": ""}
        correct_crime(allegation=allegation, reason="Mistyped.", seen=0, by=cast["amara"], **changes)
        assert not Escalation.objects.open().exists()
        with pytest.raises(Outdated):
            escalating.say_what_is_done(
                escalation=old, what="Charged.", who="PC Okafor", by_day=clock.today(), by=cast["amara"]
            )
        tasks.watch_limits()
        assert Escalation.objects.open().get().limit_on == date(2026, 12, 12)


@pytest.mark.parametrize(("who", "told"), [("amara", True), ("carol", True), ("elin", True), ("callum", False)])
def test_it_stands_on_the_home_pages_until_somebody_says_what_is_done(
    case: Case, cast: Cast, signed_in: SignIn, who: str, told: bool
) -> None:
    """A warning that everybody sees is nobody's, and one that goes by itself was never answered."""
    with at(LIMIT - timedelta(days=28)):
        tasks.watch_limits()
        page, address = reverse("case_list"), reverse("case_time_limit", args=[case.reference])
        client = signed_in(cast[who])
        assert (address in client.get(page).content.decode()) is told
        said = {"what": "File with the CPS.", "who": "PC Okafor"}
        by_day = {"by_day_day": "20", "by_day_month": "11", "by_day_year": "2026"}
        assert client.post(address, said).status_code == 422
        assert client.post(address, said | by_day).status_code == 302
        assert address not in client.get(page).content.decode()
        shown = client.get(address).content.decode()
    assert "File with the CPS. (PC Okafor, by 20 November 2026)" in shown
    assert Event.objects.filter(kind="escalation.answered", actor_id=cast[who].pk).count() == 1


def test_the_next_warning_asks_anew_and_a_closed_case_asks_nothing(case: Case, cast: Cast) -> None:
    """What was said four weeks ago and not done is what the next warning is for."""
    said: dict[str, Any] = {"what": "Charge.", "who": "PC Okafor", "by": cast["amara"]}
    with at(LIMIT - timedelta(days=28)):
        tasks.watch_limits()
        first = Escalation.objects.open().get()
        with pytest.raises(Refused, match="up to the limit of 6 December 2026"):
            escalating.say_what_is_done(escalation=first, by_day=LIMIT + timedelta(days=1), **said)
        with pytest.raises(Refused, match="has passed"):
            escalating.say_what_is_done(escalation=first, by_day=clock.today() - timedelta(days=1), **said)
        escalating.say_what_is_done(escalation=first, by_day=LIMIT, **said)
        escalating.say_what_is_done(escalation=first, by_day=LIMIT, **said)  # sent twice
        assert not Escalation.objects.open().exists()
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        assert Escalation.objects.open().get().days_before == 14
        case.standing.is_closed = True
        case.standing.save(update_fields=["is_closed"])
        assert not Escalation.objects.open().exists()


def test_nobody_elsewhere_learns_of_it(case: Case, cast: Cast, signed_in: SignIn) -> None:
    """That somebody is suspected, and when it ends, is not another force's or a partner's to know."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        address = reverse("case_time_limit", args=[case.reference])
        assert {signed_in(cast[who]).get(address).status_code for who in ("mina", "hana", "yusuf", "ben")} == {404}
        assert case.reference not in signed_in(cast["mina"]).get(reverse("case_list")).content.decode()


def test_each_message_goes_once_and_names_nobody(case: Case, cast: Cast) -> None:
    """A mail is read on any screen, and one that comes twice is read no more."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        assert tasks.send_escalations() == 4
        assert tasks.send_escalations() == 0
    assert {one.to[0] for one in mail.outbox} == {cast[who].email for who in ("amara", "carol", "david", "elin")}
    words = mail.outbox[0].subject + mail.outbox[0].body
    assert case.reference in words
    assert "14 days left" in words
    assert not any(name in words for name in ("Zebedee", "Price", "assault", "Okafor", "AV/"))
    assert EscalationMail.objects.filter(sent_at=None).count() == 0


def test_a_message_that_may_have_gone_is_not_sent_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed while it sends must not send anew; a mail server that is away loses nothing."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        with monkeypatch.context() as away:
            away.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(OSError("no route")), raising=False)
            assert tasks.send_escalations() == 0
        with monkeypatch.context() as breaks:
            breaks.setattr(EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(OSError("cut off")))
            assert tasks.send_escalations() == 0
        assert EscalationMail.objects.filter(claimed_at=None).count() == 0
        assert tasks.send_escalations() == 0
    assert mail.outbox == []


def test_what_is_answered_before_its_message_goes_is_not_written_about(case: Case, cast: Cast) -> None:
    """After a week without a mail server everybody would be written to about what is long done."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        asks = Escalation.objects.open().get()
        escalating.say_what_is_done(escalation=asks, what="Charged.", who="I", by_day=clock.today(), by=cast["carol"])
        assert tasks.send_escalations() == 0
