"""A date of birth corrected after a case was closed: whoever has to see to it is told, and the provider reads it."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated
from referrals.actions import closing, deciding, partner
from referrals.actions.deciding import Support
from referrals.models import Referral
from tests.conftest import NOW, Cast
from tests.factories.cases import decision, record, sign
from tests.factories.ground import adopt_scheme
from tests.integration.referrals.test_corrected_then_decided import born

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
CHILD = date(2011, 3, 4)
SECTION = "Date of birth corrected after the case was closed"


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def case_page(client: Client, case: Case) -> str:
    return text_of(client.get(reverse("case_page", args=[case.reference])))


@pytest.fixture
def cautioned(cast: Cast) -> Case:
    """Closed with a simple caution that Carol authorised."""
    case = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["carol"])
    sign(case)
    return case


@pytest.fixture
def voluntary(cast: Cast) -> Referral:
    """Sent to a voluntary scheme for people of 18 to 25: the case closed with it."""
    version = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    case = record(
        cast["amara"], decision=decision(disposal="none"), support=Support(scheme_version=version), origin="custody"
    )
    found: Referral = case.referrals.get()
    return found


def test_a_caution_that_a_child_was_given_stands_before_whoever_answers_for_it(
    cast: Cast, signed_in: SignIn, cautioned: Case
) -> None:
    """A caution that only an adult may have stayed on a child's record, and nobody was told."""
    officer, sergeant = signed_in(cast["amara"]), signed_in(cast["carol"])
    born(cautioned, CHILD, cast["callum"])
    page = case_page(officer, cautioned)
    for words in (
        "the person was 15 when it was decided, on 10 June 2026",
        "A simple caution is for people aged 18 and over at disposal; this person is 15. (",
        "tell your sergeant and your legal services",
    ):
        assert words in page
    assert "4 March 2001, now 4 March 2011" in page, "the history of the case keeps it"
    for who in (officer, sergeant):
        home = text_of(who.get("/"))
        assert SECTION in home
        assert cautioned.reference in home
    assert SECTION not in text_of(signed_in(cast["callum"]).get("/"))
    with clock.set_to(NOW + timedelta(days=29)):
        assert SECTION not in text_of(officer.get("/"))
        assert "tell your sergeant" in case_page(officer, cautioned)


@pytest.mark.parametrize("days", [[date(2001, 3, 5)], [CHILD, date(2001, 3, 4)]], ids=["a_slip", "put_back"])
def test_a_closed_case_that_was_lawful_warns_of_nothing(
    cast: Cast, signed_in: SignIn, cautioned: Case, days: list[date]
) -> None:
    """A day mistyped would send officers to their legal services about every caution of somebody of 25."""
    for day in days:
        cautioned.person.refresh_from_db()
        born(cautioned, day, cast["callum"])
    officer = signed_in(cast["amara"])
    assert "tell your sergeant" not in case_page(officer, cautioned)
    assert SECTION not in text_of(officer.get("/"))


def test_a_child_at_a_service_for_adults_is_seen_and_police_hear_nothing_of_the_support(
    cast: Cast, signed_in: SignIn, voluntary: Referral
) -> None:
    """Somebody of 13 went on being helped among adults. What the provider did may not show in what police read."""
    officer, case = signed_in(cast["amara"]), voluntary.case
    born(case, date(2013, 3, 4), cast["callum"])
    page, home = case_page(officer, case), text_of(officer.get("/"))
    for words in ("DIVERT is for people aged 18 to 25.", "Tell Harbour Trust and your coordinator", "was 13 when"):
        assert words in page
    assert "DIVERT is for people aged 18 to 25." in home[home.index(SECTION) :]
    taken = partner.accept(referral=voluntary, navigator=cast["george"], version=_version(voluntary), by=cast["hugh"])
    closing.close_referral(referral=taken, result="not_completed", note="", version=taken.version, by=cast["george"])
    with clock.set_to(NOW + timedelta(days=1)):
        assert case_page(officer, case).count("DIVERT is for people aged 18 to 25.") == 1
        assert SECTION in text_of(officer.get("/"))


def test_a_provider_reads_that_the_person_is_outside_the_age_of_its_scheme(
    cast: Cast, signed_in: SignIn, voluntary: Referral
) -> None:
    """The age on its page changed silently, and a navigator of adults went to see a child."""
    hugh, address = signed_in(cast["hugh"]), reverse("referral_page", args=[voluntary.reference])
    assert "was corrected" not in text_of(hugh.get(address))
    born(voluntary.case, date(2013, 3, 4), cast["callum"])
    page = text_of(hugh.get(address))
    assert (
        "The date of birth was corrected on 10 June 2026: the person is 13 years old now."
        " DIVERT is for people aged 18 to 25. Decline this referral as outside the scheme’s criteria" in page
    )
    assert "appropriate adult" not in page, "what police are held to is none of the provider's"
    assert not Event.objects.filter(kind="referral.corrected").exists(), "the force would read whether it still runs"
    with pytest.raises(Outdated):
        partner.accept(referral=voluntary, navigator=cast["george"], version=voluntary.version, by=cast["hugh"])
    taken = partner.accept(referral=voluntary, navigator=cast["george"], version=_version(voluntary), by=cast["hugh"])
    assert "then close this referral" in text_of(signed_in(cast["george"]).get(address))
    closing.close_referral(referral=taken, result="not_completed", note="", version=taken.version, by=cast["george"])
    assert "was corrected" not in text_of(hugh.get(address)), "nobody there goes on with it"


def _version(referral: Referral) -> int:
    return Referral.objects.get(pk=referral.pk).version
