"""The waiting list of a provider: who waits, in which order, and who comes back to the hub in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.eligibility.schemes import Ladder
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import partner, waiting_list
from referrals.judging.breach import standing_of
from referrals.models import Appointment, Condition, ConditionChange, Referral, SchemeVersion
from referrals.models.agreement import FOR_POLICE
from referrals.queries import managing
from referrals.schemes.missed import is_missed
from referrals.tasks import watch_waiting_lists
from reporting.facts.stages import ending_of
from tests.conftest import Cast
from tests.factories.cases import person, refer
from tests.factories.schemes import rewrite

SignIn = Callable[[User], Client]
WORDS = "On waiting lists, and not for much longer"


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def listed(referral: Referral, by: User, **changes: Any) -> Referral:
    given: dict[str, Any] = {"reason": "full", "place_on": None, "version": referral.version} | changes
    return waiting_list.put_on_list(referral=referral, **given, by=by)


def test_a_manager_puts_somebody_on_the_list_and_takes_them_on(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Whoever had no place was turned away, or stood as late with a partner that could do nothing about it."""
    Appointment.objects.create(referral=sent, starts_at=clock.now() + timedelta(days=2), place="Harbour House")
    client = signed_in(cast["hugh"])
    address = reverse("referral_wait", args=[sent.reference])
    wrong = text_of(client.post(address, {"version": sent.version, "place_on": "31 x"}))
    assert "Choose why the person has to wait" in wrong
    assert 'value="31 x"' in wrong, "what was typed is kept"
    data = {"version": sent.version, "reason": "full"}
    page = text_of(client.post(address, data, follow=True))
    assert "No referral is waiting" in page
    assert sent.reference in page[page.index('id="waiting-list"') :]
    sent.refresh_from_db()
    assert sent.contact_by is None, "the days in which the partner answers stand still"
    assert sent.appointments.get().attendance == Appointment.Attendance.CANCELLED_BY_PROVIDER
    officer = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])))
    assert "Waits for a place since" in officer
    assert "Attended 0" not in officer, "what the service cancelled is nobody's absence"
    with clock.set_to(clock.now() + timedelta(days=10)):
        [answers] = [one for one in managing._waits(cast["hugh"]) if one["step"] == managing.ACCEPTANCE]
        assert answers["late"] == 0
        partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
        [answers] = [one for one in managing._waits(cast["hugh"]) if one["step"] == managing.ACCEPTANCE]
    assert (answers["within"], answers["longest"]) == (1, 0)


def test_places_come_to_people_in_the_order_in_which_they_were_sent(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """Who was put on the list first by chance would be helped before somebody who has waited longer."""
    SchemeVersion.objects.filter(pk=version.pk).update(capacity=9)
    first, second = (refer(cast["amara"], version, person=person(given_names=name)) for name in ("First", "Second"))
    for one in (second, first):
        listed(one, cast["hugh"])
    SchemeVersion.objects.filter(pk=version.pk).update(capacity=1)
    page = text_of(signed_in(cast["hugh"]).get(reverse("inbox")))
    assert page.index(first.reference) < page.index("Number 1 in order: a place is free") < page.index(second.reference)
    assert "Number 2 in order: a place" not in page


def test_who_would_begin_too_late_comes_back_and_is_no_failure(
    cast: Cast, sent: Referral, signed_in: SignIn, frozen: datetime
) -> None:
    """A person would run out of time on a list, and stand in the figures as one who did not keep their agreement."""
    waits = listed(sent, cast["hugh"])
    assert waits.start_by is not None
    assert not text_of(signed_in(cast["elin"]).get("/")).count(WORDS), "there is time yet"
    with clock.set_to(frozen + (waits.start_by - clock.local_date(frozen)) - timedelta(days=1)):
        page = text_of(signed_in(cast["elin"]).get("/"))
        assert waits.case.reference in page[page.index(WORDS) :]
        assert watch_waiting_lists() == 0
    with clock.set_to(frozen + (waits.start_by - clock.local_date(frozen)) + timedelta(days=1)):
        assert watch_waiting_lists() == 1
        assert watch_waiting_lists() == 0, "once is enough"
        page = text_of(signed_in(cast["elin"]).get("/"))
        assert "came back" in page[page.index(WORDS) :]
        own = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[waits.case.reference])))
    assert "Back from the partner’s waiting list: no place came free in time" in own
    waits.refresh_from_db()
    assert (waits.state, waits.decline_reason, waits.result) == ("declined", "waited", "")
    assert ending_of(waits.case, waits) == Referral.State.DECLINED, "turned away by others"


def test_the_hub_takes_somebody_back_by_hand(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A coordinator who has found another place would have to wait for the day on which it is too late."""
    waits = listed(sent, cast["hugh"])
    page = text_of(signed_in(cast["elin"]).get(reverse("case_page", args=[sent.case.reference])))
    assert "Take back from the waiting list" in page
    assert "Take back" not in text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])))
    address = reverse("case_off_list", args=[sent.case.reference])
    signed_in(cast["elin"]).post(address, {"version": waits.version})
    waits.refresh_from_db()
    assert (waits.state, waits.decided_by) == ("declined", cast["elin"])


def test_nobody_is_put_on_a_list_on_which_they_would_run_out_of_time(cast: Cast, sent: Referral) -> None:
    """The person would wait for a place that cannot help them any more."""
    with pytest.raises(Refused, match="has to begin by"):
        listed(sent, cast["hugh"], place_on=clock.today() + timedelta(days=400))
    with pytest.raises(Refused, match="has passed"):
        listed(sent, cast["hugh"], place_on=clock.today() - timedelta(days=1))


def test_police_hear_of_no_waiting_list_of_voluntary_support(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """Who asks for help that nobody enforces would be followed by police from list to list."""
    for version in SchemeVersion.objects.all():
        rewrite(version, confidentiality="voluntary")
    waits = listed(Referral.objects.get(), cast["hugh"])
    assert waits.start_by is None, "nothing follows from a late beginning"
    case_page = reverse("case_page", args=[sent.case.reference])
    for who in ("amara", "elin"):
        assert "aiting list" not in text_of(signed_in(cast[who]).get(case_page))
    given: dict[str, Any] = {"version": waits.version}
    with pytest.raises(Outdated):
        waiting_list.take_off_list(referral=waits, **given, by=cast["elin"])
    partner.decline(referral=waits, reason="waited", **given, by=cast["hugh"])
    assert WORDS not in text_of(signed_in(cast["elin"]).get("/"))
    assert "aiting list" not in text_of(signed_in(cast["elin"]).get(case_page))
    Condition.objects.update(due_on=clock.today())
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert "waited for a place" not in text_of(signed_in(cast["elin"]).get(case_page))


def taken_on(cast: Cast, sent: Referral, *, after: int) -> Referral:
    """Put on the list now, and accepted from it ``after`` days: the clock of the caller stands on that day."""
    version = listed(sent, cast["hugh"]).version
    with clock.set_to(clock.now() + timedelta(days=after)):
        return partner.accept(referral=sent, navigator=cast["george"], version=version, by=cast["hugh"])


def test_the_days_of_a_wait_are_given_back(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A person would stand as overdue from the first day of a support that nobody could give them before."""
    today, agreement = clock.today(), sent.agreement
    assert agreement.ends_on is not None
    soon, late = agreement.conditions.filter(state="open").exclude(kind__in=FOR_POLICE).order_by("pk")[:2]
    Condition.objects.filter(pk=soon.pk).update(due_on=today + timedelta(days=4))
    Condition.objects.filter(pk=late.pk).update(due_on=agreement.ends_on - timedelta(days=3))
    version = listed(sent, cast["hugh"]).version
    with clock.set_to(clock.now() + timedelta(days=10)):
        officer = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])))
        assert "(came due while they waited for a place)" in officer
        page = text_of(signed_in(cast["hugh"]).get(reverse("referral_page", args=[sent.reference])))
        assert "On your waiting list" in page
        assert "not late: they wait for a place" in page
        assert "agree another day" not in page, "the day moves by itself once they are taken on"
        for _twice in range(2):
            partner.accept(referral=sent, navigator=cast["george"], version=version, by=cast["hugh"])
        for one in (soon, late, agreement):
            one.refresh_from_db()
        assert soon.due_on == today + timedelta(days=14), "as many days later as they waited, and once"
        assert late.due_on == agreement.ends_on, "never beyond the end of the agreement"
        kept = ConditionChange.objects.get(condition=soon)
        assert (kept.state, kept.way, kept.before["due_on"]) == ("made", "new_day", str(today + timedelta(days=4)))
    with clock.set_to(clock.now() + timedelta(days=15)):
        assert is_missed(Condition.objects.get(pk=soon.pk)), "from its new day on it counts as any other does"


def test_what_came_due_on_the_list_in_a_caution_is_no_failure(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """No day of a caution moves without a signature, and the person would be put before the police for the list."""
    decision = sent.case.decision
    type(decision).objects.filter(pk=decision.pk).update(disposal="conditional_caution")
    own = sent.agreement.conditions.filter(state="open").exclude(kind__in=FOR_POLICE)
    due, pk = clock.today() + timedelta(days=4), own.values_list("pk", flat=True)[0]
    Condition.objects.filter(pk=pk).update(due_on=due)
    sent.case.refresh_from_db()
    accepted = taken_on(cast, Referral.objects.get(pk=sent.pk), after=10)
    assert Condition.objects.get(pk=pk).due_on == due
    with clock.set_to(clock.now() + timedelta(days=12)):
        assert standing_of(accepted, Ladder()).unasked == 0
        assert [one.what for one in managing.late(by=cast["hugh"])] == []
        page = text_of(signed_in(cast["george"]).get(reverse("referral_page", args=[sent.reference])))
        assert "came due while they waited for a place: agree another day" in page
        assert "days overdue" not in page
        Condition.objects.filter(pk=pk).update(due_on=clock.today() - timedelta(days=1))
        assert standing_of(accepted, Ladder()).unasked == 1, "a day after the wait counts as any other"
        assert [one.what for one in managing.late(by=cast["hugh"])] == ["condition"]


def test_boards_say_that_a_clock_is_paused_and_for_how_long(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """A clock that only vanishes looks like one that somebody forgot."""
    listed(sent, cast["hugh"])
    with clock.set_to(clock.now() + timedelta(days=7)):
        words = "paused for 5 working days so far, as the person is on a waiting list"
        assert f"Partner’s contact: {words}" in text_of(signed_in(cast["elin"]).get(reverse("clock_board")))
        assert words.capitalize() in text_of(signed_in(cast["hugh"]).get(reverse("managing")))
        for version in SchemeVersion.objects.all():
            rewrite(version, confidentiality="voluntary")
        assert "waiting list" not in text_of(signed_in(cast["elin"]).get(reverse("clock_board")))
