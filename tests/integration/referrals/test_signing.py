"""What the officer may issue alone is read aloud and signed on the page that records it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions import deciding
from referrals.actions.deciding import Support
from referrals.actions.signing import Signed
from referrals.forms.signing import SigningForm
from referrals.models import Agreement
from tests.conftest import Cast
from tests.factories.cases import decision, person, record
from tests.factories.decisions import posted

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
URL = reverse("record_decision")
NOTHING = decision(result="not_offered", not_offered_reason="public_interest", disposal="")


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def sent(client: Client, **changes: Any) -> str:
    return client.post(URL, posted(**changes), follow=True).content.decode()


def test_it_is_read_signed_and_kept_with_its_words(officer: Client) -> None:
    """Whoever says later that nobody told them what it means is asked to prove it."""
    page = sent(officer, show="1", signed_as="")
    assert "Read aloud, then sign" in page
    assert "This is not a caution or a conviction" in page
    assert "Version 1, not approved by your force yet." in page
    told = sent(officer, signed_as="Sam <b>Price</b>")
    kept = Agreement.objects.get()
    assert kept.signed_as == "Sam <b>Price</b>"
    assert kept.read_aloud.startswith("This is not a caution or a conviction")
    assert kept.read_aloud.endswith("(version 1)")
    assert "Read aloud, and signed" in told
    assert "Sam &lt;b&gt;Price&lt;/b&gt;" in told
    paper = officer.get(reverse("agreement_paper", args=[kept.case.reference])).content.decode()
    assert "Signed with the officer on 10 June 2026: Sam &lt;b&gt;Price&lt;/b&gt;" in paper


def test_unsigned_it_is_not_recorded_and_nothing_is_lost(officer: Client) -> None:
    """An agreement that nobody signed binds nobody, and its figures say that somebody agreed."""
    page = sent(officer, signed_as="  ")
    assert "Read it to the person, and enter the name that they sign" in page
    assert 'value="Sam"' in page
    assert not Case.objects.exists()
    sent(officer, signed_as="...")
    asked = sent(officer, gravity_score="")
    assert "Choose how serious it is" in asked
    assert 'value="Sam Price"' in asked, "one question more, and they would have to sign again"
    assert not Case.objects.exists()


def test_a_child_signs_with_an_appropriate_adult(cast: Cast) -> None:
    """A child would agree alone to what nobody explained to them, where a force lets constables offer it."""
    form = SigningForm({"signed_for": "community_resolution:", "signed_as": "Kim"}, option="community_resolution:")
    form.ask(is_child=True)
    assert list(form.errors) == ["adult"]
    child = record(cast["amara"], person=person(date_of_birth=date(2011, 3, 4)), decision=NOTHING, support=Support())
    with pytest.raises(Refused, match="Name the appropriate adult"):
        deciding.begin(child, [], ends_on=None, signed=Signed("Kim", " "))
    agreement = deciding.begin(child, [], ends_on=None, signed=Signed(" Kim ", "Jo Young"))
    assert (agreement.signed_as, agreement.adult) == ("Kim", "Jo Young")


def test_a_signature_under_another_offer_is_asked_again(officer: Client) -> None:
    """Somebody would be bound by what they never read."""
    page = sent(officer, signed_for="outcome_22:")
    assert "The offer has changed since they signed" in page
    assert 'value="Sam Price"' not in page
    assert not Case.objects.exists()


def test_what_a_rank_decides_is_not_signed_yet(officer: Client) -> None:
    """A signature before authority is no signature (Criminal Justice Act 2003 section 23)."""
    page = sent(officer, disposal="deferred_charge", show="1", evidence="charge_standard")
    assert "Read aloud, then sign" not in page
    told = sent(officer, disposal="simple_caution", evidence="charge_standard", **{"conditions-0-kind": ""})
    assert "Recorded as a proposal" in told
    assert "The signature is not kept" in told
    assert not Agreement.objects.exists()


def test_of_a_declined_offer_nothing_is_signed(officer: Client) -> None:
    """A name in a box that is not shown any more must not stop the page."""
    sent(officer, result="offered_declined", declined_reason="not_said", signed_as="", **{"conditions-0-kind": ""})
    assert Case.objects.get().decision.result == "offered_declined"
    assert not Agreement.objects.exists()


def test_a_conditional_caution_at_18_to_25_says_why_not_less(officer: Client) -> None:
    """Somebody who has just grown up would carry a caution for what an apology would have settled."""
    caution: dict[str, Any] = {"disposal": "conditional_caution", "evidence": "charge_standard", "rationale": ""}
    page = sent(officer, **caution)
    assert "A community resolution would fit, and the person is 18 to 25" in page
    assert not Case.objects.exists()
    shown = officer.post(URL, posted(**caution, show="1")).content.decode()
    assert "the person is 18 to 25: say why it is a caution" in shown, "it is said before it is refused"
    assert "Reasons for the decision (optional)" not in shown
    assert officer.post(URL, posted(**caution, date_of_birth="1999-01-01")).status_code == 302
    assert officer.post(URL, posted(**caution | {"rationale": "She asked for it"})).status_code == 302
