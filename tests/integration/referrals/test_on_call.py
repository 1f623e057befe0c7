"""Who is on call to authorise: kept by whoever leads, read by who needs a rank, and a power to nobody."""

import html
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import on_call
from cases.models import Case, OnCall
from diversion import clock
from diversion.accounts.actions import approvals, users
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions.deciding import Support
from referrals.queries.on_call import gaps_in, on_call_now, to_come
from tests.conftest import Cast
from tests.factories.cases import condition, decision, record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)


def put(user: User, by: User, *, team: Any = None, starts: datetime | None = None, hours: int = 8) -> OnCall:
    starts_at = starts or clock.now() - HOUR
    return on_call.put_on_call(
        user=user, team=team, starts_at=starts_at, until=starts_at + hours * HOUR, telephone="01632 960 100", by=by
    )


def waiting(cast: Cast) -> Case:
    """A deferred charge, which a sergeant decides."""
    return record(
        cast["amara"], decision=decision(disposal="deferred_charge"), support=Support(conditions=[condition()])
    )


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def test_whoever_needs_a_rank_sees_whom_to_ring(cast: Cast, signed_in: SignIn) -> None:
    """At night an officer would ring round the force for a sergeant."""
    case = waiting(cast)
    page = reverse("case_page", args=[case.reference])
    amara = signed_in(cast["amara"])
    assert "On call now" not in text_of(amara.get(page))
    put(cast["carol"], cast["elin"], team=cast["carol"].team)
    words = text_of(amara.get(page))
    assert "On call now (sergeant or above):" in words
    assert "Carol Singh (sergeant), Response A: 01632 960 100, until" in words
    assert "Carol Singh (sergeant)" in text_of(signed_in(cast["david"]).get(reverse("authorisation_list")))


def test_that_nobody_is_on_call_is_said(cast: Cast, signed_in: SignIn) -> None:
    """Silence would be read as that nobody need be rung."""
    case = waiting(cast)
    put(cast["carol"], cast["elin"], starts=clock.now() + 3 * HOUR)
    words = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
    assert "Nobody of sergeant or above is on call now" in words


def test_only_who_holds_the_rank_and_is_of_the_team(cast: Cast) -> None:
    """Somebody rung at night may not decide it."""
    force, team = cast["elin"].organisation_id, cast["carol"].team
    put(cast["carol"], cast["elin"], team=team)
    put(cast["david"], cast["elin"])
    found = lambda rank, of: [one.user for one in on_call_now(force=force, team=of, rank=rank)]  # noqa: E731
    assert found("sergeant", team.pk) == [cast["carol"], cast["david"]]
    assert found("inspector", team.pk) == found("prosecutor", team.pk) == [cast["david"]]
    assert found("superintendent", team.pk) == []
    assert found("sergeant", None) == [cast["david"]]
    assert on_call_now(force=cast["ben"].organisation_id, team=None) == []


def test_nobody_gains_a_rank_from_it(cast: Cast) -> None:
    """A constable on the rota would be rung, and authorise."""
    with pytest.raises(Refused, match="gives nobody a rank"):
        put(cast["amara"], cast["elin"])
    with pytest.raises(Refused, match="own force"):
        put(cast["noel"], cast["elin"])
    with pytest.raises(PermissionDenied):
        put(cast["carol"], cast["amara"])


def test_overlaps_are_allowed_and_gaps_are_told(cast: Cast, signed_in: SignIn) -> None:
    """A night without a sergeant would be found out at night."""
    now, elin = clock.now(), cast["elin"]
    put(cast["carol"], elin, starts=now - HOUR, hours=5)
    put(cast["carol"], elin, starts=now + 2 * HOUR, hours=4)
    put(cast["david"], elin, starts=now + 10 * HOUR, hours=4)
    gaps = [(one.rank, one.starts_at - now, one.until - now) for one in gaps_in(to_come(by=elin))]
    last = timedelta(days=14)
    assert gaps == [
        ("sergeant", 6 * HOUR, 10 * HOUR),
        ("sergeant", 14 * HOUR, last),
        ("inspector", 0 * HOUR, 10 * HOUR),
        ("inspector", 14 * HOUR, last),
    ]
    page = text_of(signed_in(cast["amara"]).get(reverse("on_call_rota")))
    assert "Nobody of sergeant or above is on call (the whole force) from" in page
    assert "Put them on call" not in page


def test_kept_on_one_page(cast: Cast, signed_in: SignIn) -> None:
    """Whoever mistypes a day would type all of it again."""
    carol, page = signed_in(cast["carol"]), reverse("on_call_rota")
    typed = {
        "user": str(cast["carol"].pk), "team": "", "from_on": "10 6 2026", "from_at": "6pm",
        "until_on": "10 6 2026", "until_at": "6am", "telephone": "01632 960 100",
    }  # fmt: skip
    wrong = carol.post(page, typed)
    assert wrong.status_code == 422
    assert "The end is before the beginning" in text_of(wrong)
    assert "01632 960 100" in text_of(wrong)
    for _ in range(2):
        assert carol.post(page, typed | {"until_on": "11 6 2026"}).status_code == 302
    turn = OnCall.objects.get()
    assert turn.until - turn.starts_at == 12 * HOUR
    for _ in range(2):
        assert carol.post(reverse("on_call_end", args=[turn.pk])).status_code == 302
    assert "Nobody is on the rota" in text_of(carol.get(page))
    kinds = list(Event.objects.filter(kind__startswith="on_call.").order_by("at", "pk").values_list("kind", flat=True))
    assert kinds == ["on_call.put", "on_call.taken_off"]


def test_long_turns_and_those_that_have_passed_are_refused(cast: Cast) -> None:
    """A slip in the month would have somebody woken for weeks."""
    with pytest.raises(Refused, match="14 days at the most"):
        put(cast["carol"], cast["elin"], hours=24 * 15)
    with pytest.raises(Refused, match="has passed"):
        put(cast["carol"], cast["elin"], starts=clock.now() - 9 * HOUR)


def test_two_weeks_are_two_weeks_on_the_calendar(cast: Cast) -> None:
    """Clocks go back in them, and a rota of two weeks was refused for the hour."""
    for day, most in (
        (datetime(2026, 10, 24, 21, tzinfo=UTC), 14 * 24 + 1),
        (datetime(2027, 3, 27, 22, tzinfo=UTC), 335),
    ):
        with clock.set_to(day - HOUR):
            assert put(cast["carol"], cast["elin"], starts=day, hours=most).until == day + most * HOUR
            with pytest.raises(Refused, match="14 days at the most"):
                put(cast["carol"], cast["elin"], starts=day, hours=most + 1)


def test_an_acting_rank_covers_no_night_after_it_has_ended(cast: Cast, signed_in: SignIn) -> None:
    """Nobody would see that no inspector is on call, until one is rung at night."""
    now, elin, day = clock.now(), cast["elin"], clock.today()
    request = users.ask_acting(
        user=cast["carol"], rank="inspector", acting_from=day, acting_until=day + timedelta(days=2), by=cast["kit"]
    )
    approvals.approve(request=request, by=cast["jo"])
    put(cast["carol"], elin, starts=now + timedelta(days=5), hours=24)
    fortnight = timedelta(days=14)
    told = lambda: [(one.rank, one.starts_at - now, one.until - now) for one in gaps_in(to_come(by=elin))]  # noqa: E731
    alone = [
        ("sergeant", 0 * HOUR, timedelta(days=5)),
        ("sergeant", timedelta(days=6), fortnight),
        ("inspector", 0 * HOUR, fortnight),
    ]
    assert told() == alone
    assert "Carol Singh (sergeant), the whole force" in text_of(signed_in(cast["amara"]).get(reverse("on_call_rota")))
    put(cast["carol"], elin, starts=now, hours=24 * 5)
    ends = clock.moments_at(day + timedelta(days=3), time())[0]
    assert told() == [("sergeant", timedelta(days=6), fortnight), ("inspector", ends - now, fortnight)]
    assert "Carol Singh (acting inspector)" in text_of(signed_in(cast["amara"]).get(reverse("on_call_rota")))
