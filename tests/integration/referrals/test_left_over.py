"""What was typed while a colleague settled the matter is not lost; and what a provider still reads."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions as case_actions
from cases.models import Case, Offence
from diversion.accounts.models import User
from referrals.actions import closing, deciding, partner
from referrals.actions.correcting import correct_crime
from referrals.models import NeedReview, Referral
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, crime, decision, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import open_to_all

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
TYPED = "The CCTV was seen on Tuesday."


@pytest.fixture
def waiting(cast: Cast) -> Case:
    return record(cast["amara"], decision=decision(disposal="conditional_caution"))


@pytest.fixture
def ended(cast: Cast, accepted: Referral) -> Referral:
    closing.close_referral(
        referral=accepted, result="not_completed", note="", version=accepted.version, by=cast["george"]
    )
    return accepted


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_an_answer_that_comes_after_the_decision_is_not_lost(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """The officer has written it, and has to see that nobody read it."""
    case_actions.ask(case=waiting, question="What does the CCTV show?", by=cast["carol"])
    deciding.authorise(
        evidence_met=True, case=waiting, rationale="Fine without.", seen=waiting.corrections.count(), by=cast["carol"]
    )
    response = signed_in(cast["amara"]).post(reverse("case_answer", args=[waiting.reference]), {"answer": TYPED})
    assert response.status_code == 422
    assert "This question has changed since you opened this page" in text_of(response)
    assert "What you typed was not saved" in text_of(response)
    assert TYPED in text_of(response)


def test_a_reason_that_comes_after_another_s_decision_is_not_lost(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """An inspector who took a while would have to write it again to tell the sergeant."""
    deciding.authorise(
        evidence_met=True, case=waiting, rationale="Fine.", seen=waiting.corrections.count(), by=cast["carol"]
    )
    answer = {"seen": "0", "decision": "refuse", "rationale": TYPED}
    response = signed_in(cast["david"]).post(reverse("authorise", args=[waiting.reference]), answer)
    assert response.status_code == 422
    assert "This has been decided already." in text_of(response)
    assert TYPED in text_of(response)


def test_a_note_that_comes_after_the_referral_was_closed_is_not_lost(
    cast: Cast, signed_in: SignIn, ended: Referral
) -> None:
    """A navigator writes a note between two visits, and has no time to write it twice."""
    sent = {"submission": str(uuid.uuid4()), "channel": "telephone", "reached": "yes", "note": TYPED}
    response = signed_in(cast["george"]).post(reverse("contact_record", args=[ended.reference]), sent)
    assert response.status_code == 422
    assert "This referral is not open" in text_of(response)
    assert TYPED in text_of(response)


@pytest.mark.parametrize(("page", "args"), [("needs_review", ["start"]), ("about_person", [])])
def test_needs_recorded_after_the_referral_was_closed_are_answered_in_words(
    cast: Cast, signed_in: SignIn, ended: Referral, page: str, args: list[str]
) -> None:
    """ "Page not found" tells nobody that a colleague has closed the referral meanwhile."""
    address = reverse(page, args=[ended.reference, *args])
    client = signed_in(cast["george"])
    sent = {"version": "0", "disability": "yes", "care_experience": "no", "accommodation": "2"}
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "This referral is not open: nothing more can be recorded on it." in text_of(response)
    assert client.get(address).status_code == 404
    assert not NeedReview.objects.exists()


def test_what_was_taken_back_before_an_answer_shows_nobody(cast: Cast, signed_in: SignIn) -> None:
    """A provider that never took the person on would keep their name and date of birth for good."""
    Offence.objects.filter(code="affray").update(mode="indictable")
    version = adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from")
    version = open_to_all(version)
    answers = {"evidence": "offence_made_out"}
    referral = refer(cast["amara"], version, answers=answers, crimes=[crime("criminal-damage")])
    allegation = referral.case.allegations.get()
    correct_crime(
        allegation=allegation,
        committed_on=allegation.committed_on,
        offence=Offence.objects.get(code="affray"),
        area="",
        reason="Mistyped.",
        seen=0,
        by=cast["amara"],
    )
    charges = {"rationale": "The prosecutor charges.", "prosecutor": by_prosecutor()}
    deciding.refuse(case=Case.objects.get(), **charges, seen=Case.objects.get().corrections.count(), by=cast["david"])
    client = signed_in(cast["hugh"])
    page = text_of(client.get(reverse("referral_page", args=[referral.reference])))
    assert "Police took this referral back before it was answered." in page
    for shown in (page, text_of(client.get(reverse("ended_list")))):
        assert referral.reference in shown
        assert "Price" not in shown
    late = {"reason": "risk", "note": TYPED, "version": referral.version}
    assert TYPED in text_of(client.post(reverse("referral_decline", args=[referral.reference]), late))


def test_one_that_was_accepted_stays_readable_when_it_is_taken_back(cast: Cast, sent: Referral) -> None:
    """Whoever helped the person may have to account for it."""
    accepted = partner.accept(referral=sent, navigator=None, version=sent.version, by=cast["hugh"])
    accepted.state = Referral.State.WITHDRAWN
    assert not accepted.was_never_accepted
