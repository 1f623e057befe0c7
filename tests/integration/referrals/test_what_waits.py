"""The first page of whoever works at a provider or at youth justice: what waits, in order, each with how much."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from diversion import clock
from diversion.accounts.models import Role, User
from referrals.actions import partner, support
from referrals.actions.deciding import Support
from referrals.models import Appointment, Referral, SchemeVersion
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, person, record, refer
from tests.factories.ground import hold
from tests.factories.youth import child_with_knife, serve

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
N = re.compile(r"\((\d+)\)")


def due_in(cast: Cast, version: SchemeVersion, days: int, helper: str | None = "george") -> Referral:
    """A referral that was accepted, with a condition due in so many days."""
    day = NOW.date() + timedelta(days=days)
    plan = Support(scheme_version=version, conditions=[condition(due_on=day), condition("I will come.", due_on=day)])
    cannabis = crime("possession-of-cannabis")
    case = record(cast["amara"], person=person(given_names=f"Due{days}"), crimes=[cannabis], support=plan)
    to = cast[helper] if helper else None
    return partner.accept(referral=case.referrals.get(), navigator=to, version=1, by=cast["hugh"])


def waits(client: Client, address: str) -> list[tuple[str, int, str]]:
    """What the page says waits: in words, how many, and where it leads."""
    found = client.get(address, follow=True).context["waits"]
    return [(one["text"].partition(" (")[0], int(N.findall(one["text"])[-1]), one["href"]) for one in found]


def listed(client: Client, href: str) -> int:
    """How many stand on the list to which a line leads: under its heading on the board, or on the whole page."""
    page, _hash, anchor = href.partition("#")
    context = client.get(page).context
    if not anchor:
        return len(context["page"].object_list)
    [section] = [one for one in context["sections"] if one.anchor == anchor]
    assert f"({len(section.rows)})" in section.heading
    return len(section.rows)


def test_a_provider_starts_at_a_page_that_says_what_waits(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """A manager who reads only the inbox learns of somebody overdue from the police."""
    for days in (-2, -1, 3, 60):
        due_in(cast, version, days)
    due_in(cast, version, 9, helper=None)
    meets = due_in(cast, version, 40)
    support.plan_appointment(referral=meets, starts_at=NOW + timedelta(hours=1), place="Here", by=cast["george"])
    for _ in range(2):
        refer(cast["amara"], version)
    both = Role.objects.filter(slug__in=["partner-manager", "provider-facilitator"])
    hugh, george = hold(cast["hugh"], *both), cast["george"]
    board = [("Today", 1), ("Overdue", 2), ("This week", 1)]
    whole = [("Referrals to answer", 2), ("Nobody helps", 1), *board]
    for who, address, expected in ((george, "/", board), (hugh, "/caseload/", whole), (hugh, "/", whole)):
        client = signed_in(who)
        found = waits(client, address)
        assert [one[:2] for one in found] == expected
        assert [listed(client, href) for _words, _n, href in found] == [n for _words, n, _href in found]
    assert "What waits for you" not in client.get("/caseload/?sort=name&who=all").content.decode()
    [meeting] = Appointment.objects.filter(referral=meets)
    with clock.set_to(NOW + timedelta(hours=2)):
        support.record_attendance(appointment=meeting, attendance="attended", version=1, by=hugh)
        for address in ("/", "/caseload/"):
            assert ("Today", 1) in [one[:2] for one in waits(client, address)], "the row stays where it was"


def test_youth_justice_starts_at_a_page_that_says_what_waits(cast: Cast, signed_in: SignIn) -> None:
    """What is overdue stood among the others, and nobody saw how much of it there was."""
    serve(cast)
    for _ in range(2):
        child_with_knife(cast["amara"])
    client = signed_in(cast["yusuf"])
    assert [one[:2] for one in waits(client, "/")] == [("To be acknowledged", 2)]
    with clock.set_to(NOW + timedelta(days=9)):
        found = waits(client, "/")
        assert [one[:2] for one in found] == [("Overdue", 2), ("To be acknowledged", 2)]
        assert [listed(client, href) for _words, _n, href in found] == [2, 2]
