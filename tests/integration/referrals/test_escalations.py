"""Warnings before a time limit: when each is raised, whom it reaches, and what ends it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from cases.actions import hand_over
from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.celery import TELL, app
from diversion.notifications.models import Message
from diversion.notifications.tasks import tell
from diversion.refusals import Outdated, Refused
from referrals import tasks
from referrals.actions import escalating
from referrals.actions.correcting import correct_crime
from referrals.models import Escalation
from referrals.queries.escalations import waiting_in
from tests.conftest import Cast
from tests.factories.cases import crime, person, record
from tests.factories.policies import choose

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


def seen_by(page: str) -> int:
    """The warning that a page shows, as its form sends it."""
    [tag] = re.findall(r'<input[^>]*name="seen"[^>]*>', page)
    return int(re.findall(r'value="(\d+)"', tag)[0])


def test_both_tasks_are_planned() -> None:
    """A warning that no beat asks for is never raised."""
    planned = {(entry["task"], *entry.get("args", ())) for entry in app.conf.beat_schedule.values()}
    assert {("referrals.tasks.watch_limits",), (TELL, "time_limit")} <= planned


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
        page, address = reverse("home"), reverse("case_time_limit", args=[case.reference])
        client = signed_in(cast[who])
        assert (address in client.get(page).content.decode()) is told
        said = {"what": "File with the CPS.", "who": "PC Okafor", "seen": Escalation.objects.get(days_before=28).pk}
        by_day = {"by_day": "20 11 2026"}
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
        assert case.reference not in signed_in(cast["mina"]).get(reverse("home")).content.decode()


def test_each_message_goes_once_and_names_nobody(case: Case, cast: Cast) -> None:
    """A mail is read on any screen, and one that comes twice is read no more."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        assert tell("time_limit") == 4
        assert tell("time_limit") == 0
    assert {one.to[0] for one in mail.outbox} == {cast[who].email for who in ("amara", "carol", "david", "elin")}
    words = mail.outbox[0].subject + mail.outbox[0].body
    assert case.reference in words
    assert "14 days left" in words
    assert not any(name in words for name in ("Zebedee", "Price", "assault", "Okafor", "AV/"))
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("error", [OSError("cut off"), SMTPServerDisconnected("Connection unexpectedly closed")])
def test_a_message_that_may_have_gone_is_not_sent_again(
    case: Case, error: OSError, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that is killed while it sends must not send anew; a mail server that is away loses nothing, and one that
    breaks off no more than the message in flight.
    """
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        with monkeypatch.context() as away:
            away.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(OSError("no route")), raising=False)
            assert tell("time_limit") == 0
        with monkeypatch.context() as breaks:
            breaks.setattr(EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(error))
            assert tell("time_limit") == 0
        lost = Message.objects.get(state="failed")
        assert f"Message {lost.pk} failed" in caplog.text
        assert tell("time_limit") == 3
        assert tell("time_limit") == 0
    assert lost.to.email not in {one.to[0] for one in mail.outbox}


def test_an_address_that_is_refused_keeps_nobody_else_waiting(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """One officer's mistyped address would delay everybody's warning by five minutes, and ten such by an hour."""
    send = EmailBackend.send_messages

    def refuse(self: EmailBackend, messages: Any) -> int:
        if messages[0].to[0] == case.officer.email:
            raise SMTPRecipientsRefused({case.officer.email: (550, b"No such user")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        assert tell("time_limit") == 3


def test_whoever_left_the_case_since_is_not_written_to_and_whoever_came_is(case: Case, cast: Cast) -> None:
    """A warning that went to last month's officer would tell them of a case they may not see, and nobody who acts."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        given: dict[str, Any] = {"references": [case.reference], "holder": cast["amara"], "to": cast["callum"]}
        hand_over(**given, by=cast["carol"])
        User.objects.filter(pk=cast["david"].pk).update(team=None)
        tell("time_limit")
        told = {one.to[0] for one in mail.outbox}
        assert told == {cast[who].email for who in ("callum", "carol", "elin")}
        assert set(Message.objects.values_list("to__email", flat=True)) == told


def test_what_has_passed_hides_nothing_and_is_answered_without_a_day(
    case: Case, cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Warnings that nobody can answer fill the page for ever, and the case with ten days left is not on it."""
    monkeypatch.setattr("diversion.home.LISTED", 1)
    with at(date(2026, 6, 20)):
        dead, live = (
            record(cast["amara"], crimes=[crime("common-assault", committed_on=date(2026, 6, day))]) for day in (6, 18)
        )
    for day in (date(2026, 11, 22), LIMIT + timedelta(days=2)):
        with at(day):
            tasks.watch_limits()
    client, address = signed_in(cast["amara"]), reverse("case_time_limit", args=[dead.reference])
    with at(LIMIT + timedelta(days=2)):
        page = client.get(reverse("home")).content.decode()
        assert reverse("case_time_limit", args=[live.reference]) in page
        assert page.count("the last day to charge was 6 December 2026") == 1
        assert page.count("1 of 2 are shown, and the next once one of them is seen to") == 1, "of those passed alone"
        assert "By when" not in client.get(address).content.decode()
        asks = dead.escalations.get(is_overtaken=False)
        before = {"seen": asks.pk, "what": "File with the CPS.", "who": "PC Okafor"}
        before |= {"by_day": "9 12 2026"}
        answer = client.post(address, before)  # its page was opened before the limit
        assert answer.status_code == 422
        assert "The limit of 6 December 2026 has passed" in answer.content.decode()
        assert "PC Okafor" in answer.content.decode()
        said = "Out of time: no statement came."
        assert client.post(address, {"seen": asks.pk, "what": said}).status_code == 302
        assert said in client.get(address).content.decode()
        home = client.get(reverse("home")).content.decode()
    assert address not in home
    assert reverse("case_time_limit", args=[case.reference]) in home  # the next is shown once one is answered


def test_the_second_crime_is_warned_of_once_the_limit_of_the_first_has_passed(cast: Cast, signed_in: SignIn) -> None:
    """One crime that went out of time would take the other with it in silence."""
    with at(date(2026, 6, 20)):
        crimes = [crime("common-assault", committed_on=day) for day in (date(2026, 5, 1), date(2026, 6, 6))]
        case = record(cast["amara"], crimes=crimes)
    carol = signed_in(cast["carol"])
    with at(date(2026, 10, 20)):
        assert tasks.watch_limits() == 1
        assert "To charge for another crime" not in carol.get(reverse("clock_board")).content.decode()
    for day, due in [(date(2026, 11, 2), 42), (date(2026, 11, 25), 14)]:
        with at(day):
            assert tasks.watch_limits() == 1
            [asks] = waiting_in(case).before
            assert (asks.limit_on, asks.days_before) == (LIMIT, due)
            assert [one.limit_on for one in waiting_in(case).after] == [date(2026, 11, 1)]
            assert "To charge for another crime: " in carol.get(reverse("clock_board")).content.decode()
    with at(date(2026, 11, 25)):
        case.allegations.filter(limit_on=LIMIT).update(outcome="1", outcome_on=date(2026, 11, 25))
        assert waiting_in(case).before == []


def test_an_answer_to_the_warning_before_is_not_taken_for_one_to_the_next(
    case: Case, cast: Cast, signed_in: SignIn
) -> None:
    """What was typed four weeks ago, and not done, would silence the warning that asks why it was not."""
    client, address = signed_in(cast["amara"]), reverse("case_time_limit", args=[case.reference])
    with at(LIMIT - timedelta(days=42)):
        tasks.watch_limits()
        seen = Escalation.objects.open().get().pk
        assert seen_by(client.get(address).content.decode()) == seen
    said: dict[str, Any] = {"what": "File with the CPS.", "who": "PC Okafor", "seen": seen}
    said |= {"by_day": "6 12 2026"}
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        stale = client.post(address, said)
        page, now = stale.content.decode(), Escalation.objects.open().get()
        assert stale.status_code == 422
        assert "has changed since you opened this page" in page
        assert "File with the CPS." in page
        assert seen_by(page) == now.pk
        assert not Escalation.objects.exclude(answered_at=None).exists()
        assert [client.post(address, said | {"seen": now.pk}).status_code for _each in range(2)] == [302, 302]
        other = signed_in(cast["carol"]).post(address, said | {"seen": now.pk, "what": "Nothing yet."})
    assert other.status_code == 422
    assert "Nothing yet." in other.content.decode()
    assert Event.objects.filter(kind="escalation.answered").count() == 1


def test_what_is_answered_before_its_message_goes_is_not_written_about(case: Case, cast: Cast) -> None:
    """After a week without a mail server everybody would be written to about what is long done."""
    with at(LIMIT - timedelta(days=14)):
        tasks.watch_limits()
        asks = Escalation.objects.open().get()
        escalating.say_what_is_done(escalation=asks, what="Charged.", who="I", by_day=clock.today(), by=cast["carol"])
        assert tell("time_limit") == 0
