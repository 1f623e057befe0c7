"""The sheets of a caseload that are printed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Person
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import partner, support
from referrals.models import Referral
from tests.conftest import Cast
from tests.factories.cases import person, refer
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]
SHEET = "/caseload/sheet"


@made_once
def zebedee(cast: Cast) -> Referral:
    """Zebedee Quill, who comes in three days, and Mara Finch in twenty: George helps both."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    helped = []
    for given, family, days in (("Zebedee", "Quill", 3), ("Mara", "Finch", 20)):
        sent = refer(cast["amara"], version, person=person(given_names=given, family_name=family))
        referral = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
        at = clock.now() + timedelta(days=days)
        support.plan_appointment(referral=referral, starts_at=at, place="Harbour House", by=cast["george"])
        helped.append(referral)
    Person.objects.filter(family_name="Quill").update(telephone="07700 900123", safe_contact="Never the landline <b>")
    return helped[0]


def sheet(client: Client, **asked: str) -> str:
    return " ".join(client.get(SHEET, asked).content.decode().split())


def test_the_week_has_who_is_due_and_how_to_reach_them(cast: Cast, zebedee: Referral, signed_in: SignIn) -> None:
    """Who rings from a corridor has the paper alone: a number without "never the landline" is a danger."""
    page = sheet(signed_in(cast["george"]))
    told = ("Zebedee Quill", "07700 900123", "Never the landline &lt;b&gt;", "Sat 13 Jun: Appointment at", "1 person.")
    assert [one for one in told if one not in page] == []
    assert ("Mara" in page, "George Tate" in page) == (False, True)
    event = Event.objects.get(kind="referral.sheet_printed")
    assert (event.actor_id, event.detail["count"]) == (cast["george"].pk, 1)


def test_a_handover_has_everybody_and_no_note(cast: Cast, zebedee: Referral, signed_in: SignIn) -> None:
    """A colleague who takes over would not know of whoever is due later; and a sheet on a desk is read by anybody."""
    support.record_contact(
        referral=zebedee,
        submission="6b1b1c6e-3c7e-4e3c-9d50-5a4f8f1f0c11",  # type: ignore[arg-type]
        channel="telephone",
        reached=True,
        note="Afraid of his brother.",
        by=cast["george"],
    )
    for who in ("mine", str(cast["george"].pk), "all"):
        page = sheet(signed_in(cast["george"]), kind="handover", who=who)
        assert ("Zebedee Quill" in page, "Mara Finch" in page, "brother" in page) == (True, True, False), who
    assert "Mara" not in sheet(signed_in(cast["george"]), kind="handover", who="unassigned")


@pytest.mark.parametrize("who", ["mine", "all", "unassigned", "999999999", "0", "-1", "x", ""])
def test_no_other_provider_prints_them(who: str, cast: Cast, zebedee: Referral, signed_in: SignIn) -> None:
    """Somebody else's people on paper, by a number in an address."""
    page = sheet(signed_in(cast["hana"]), kind="handover", who=who) + sheet(signed_in(cast["hana"]), who=who)
    assert ("Zebedee" in page, "Mara" in page) == (False, False)


def test_more_people_than_a_sheet_holds_are_counted(
    cast: Cast, zebedee: Referral, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is left out without a word is not rung on Monday."""
    monkeypatch.setattr("referrals.views.sheet.MOST", 1)
    page = sheet(signed_in(cast["hugh"]), kind="handover", who="all")
    assert ("2 people." in page, "The first 1 are here" in page, "Zebedee" in page) == (True, True, True)
