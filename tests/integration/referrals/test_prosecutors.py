"""A case that goes to a prosecutor: nothing is decided meanwhile, and what they decide binds who authorises."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from cases import actions as case_actions
from cases.actions import prosecutors
from cases.actions.prosecutors import AskedOfProsecutor
from cases.details import Prosecutor, ProsecutorsAnswer
from cases.models import Authorisation, Case, ProsecutorReferral
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import correcting, deciding
from referrals.actions.deciding import Support
from referrals.codes import CaseStatus
from referrals.models import Standing
from referrals.queries.cases import status_of
from tests.conftest import Cast
from tests.factories.cases import condition, decision, record
from tests.factories.policies import begin_with
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SignIn = Callable[[User], Client]
State = Authorisation.State


@made_once
def waiting(cast: Cast) -> Case:
    """A deferred charge without a partner, which a sergeant decides."""
    return record(
        cast["amara"], decision=decision(disposal="deferred_charge"), support=Support(conditions=[condition()])
    )


def put(case: Case, by: User, **changes: Any) -> ProsecutorReferral:
    asked = {
        "reason": "The victim is at risk.",
        "question": "Is it agreed?",
        "due_on": clock.today() + timedelta(days=7),
    }
    words = AskedOfProsecutor(**(asked | changes))
    return prosecutors.refer_to_prosecutor(case=case, asked=words, seen=case.corrections.count(), by=by)


def answer(case: Case, by: User, decided: str = "agreed", because: str = "", **changes: Any) -> ProsecutorReferral:
    told = ProsecutorsAnswer(Prosecutor("P. Rowe", clock.today(), "CPS/77"), decided, **changes)
    return prosecutors.enter_prosecutors_decision(
        case=case, answer=told, seen=case.corrections.count(), because=because, by=by
    )


def authorise(case: Case, by: User) -> None:
    deciding.authorise(evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=by)


def state_of(case: Case) -> str:
    return Authorisation.objects.get(case=case).state


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def test_nothing_is_decided_while_a_prosecutor_has_it(cast: Cast, waiting: Case) -> None:
    """What was offered meanwhile the prosecutor would decide against, and the person had signed."""
    put(waiting, cast["david"])
    assert status_of(waiting) == CaseStatus.PROSECUTOR
    standing = Standing.objects.get(case=waiting)
    assert standing.status == CaseStatus.PROSECUTOR
    assert standing.decide_on == clock.today() + timedelta(days=7)
    for act in (deciding.authorise, deciding.refuse):
        with pytest.raises(Refused, match="with a prosecutor"):
            act(case=waiting, rationale="Now.", seen=0, by=cast["david"])
    with pytest.raises(Refused, match="with a prosecutor"):
        case_actions.ask(case=waiting, question="Why?", by=cast["david"])
    assert state_of(waiting) == State.WAITING


def test_agreed_then_authorised_as_ever(cast: Cast, waiting: Case) -> None:
    """The authoriser would type once more who decided, and mistype it."""
    put(waiting, cast["david"])
    answer(waiting, cast["elin"])
    authorise(waiting, cast["carol"])
    given = Authorisation.objects.get(case=waiting)
    assert (given.state, given.prosecutor, given.prosecutor_reference) == (State.GIVEN, "P. Rowe", "CPS/77")
    assert Standing.objects.get(case=waiting).decide_on is None
    kinds = set(Event.objects.filter(kind__startswith="prosecutor.").values_list("kind", flat=True))
    assert kinds == {"prosecutor.asked", "prosecutor.decided"}


@pytest.mark.parametrize("decided", ["charge", "no_action"])
def test_what_they_decided_against_nobody_authorises(cast: Cast, waiting: Case, decided: str) -> None:
    """A sergeant would offer what the prosecutor has decided to charge."""
    put(waiting, cast["david"])
    answer(waiting, cast["david"], decided)
    with pytest.raises(Refused, match="The prosecutor decided"):
        authorise(waiting, cast["carol"])
    deciding.refuse(case=waiting, rationale="As the prosecutor decided.", seen=0, by=cast["carol"])
    assert Authorisation.objects.get(case=waiting).prosecutor == "P. Rowe"
    assert Case.objects.get(pk=waiting.pk).closed_at is not None


def test_another_resolution_is_recorded_anew(cast: Cast, waiting: Case) -> None:
    """What was agreed is a caution, and a deferred charge would be authorised in its name."""
    put(waiting, cast["david"])
    answer(waiting, cast["david"], disposal="community_resolution")
    with pytest.raises(Refused, match="another resolution: community resolution"):
        authorise(waiting, cast["carol"])
    answer(waiting, cast["elin"], disposal="deferred_charge", because="Mistyped.")
    authorise(waiting, cast["carol"])


def test_only_the_rank_that_the_policy_names(cast: Cast, waiting: Case) -> None:
    """A sergeant would send a case round an inspector; and nobody refers their own."""
    with pytest.raises(Refused, match="rank of inspector"):
        put(waiting, cast["carol"])
    Case.objects.filter(pk=waiting.pk).update(officer=cast["david"])
    waiting.refresh_from_db()
    with pytest.raises(Refused, match="You are the officer"):
        put(waiting, cast["david"])


def test_a_force_may_let_sergeants_refer(cast: Cast) -> None:
    """No source settles the rank: a force that chose another would be refused all the same."""
    begin_with(cast["elin"].organisation, prosecutor_rank="sergeant")
    case = record(
        cast["amara"], decision=decision(disposal="deferred_charge"), support=Support(conditions=[condition()])
    )
    put(case, cast["carol"])
    assert status_of(case) == CaseStatus.PROSECUTOR


def test_the_hub_enters_the_answer_and_refers_nothing(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """The prosecutor answers while the inspector is off duty."""
    put(waiting, cast["david"])
    page = signed_in(cast["elin"]).get(reverse("with_prosecutor", args=[waiting.reference]))
    assert "Enter what the prosecutor decided" in text_of(page)
    assert "Take it back" not in text_of(page)
    with pytest.raises(Refused, match="rank of inspector"):
        answer(waiting, cast["carol"])


def test_put_right_with_both_in_the_history(cast: Cast, waiting: Case) -> None:
    """A decision mistyped as “charge” could not be mended, and somebody would be charged."""
    put(waiting, cast["david"])
    answer(waiting, cast["elin"], "charge")
    with pytest.raises(Refused, match="say why it is put right"):
        answer(waiting, cast["elin"])
    answer(waiting, cast["elin"], because="I ticked the wrong one.")
    assert answer(waiting, cast["elin"], because="I ticked the wrong one.").decision == "agreed"
    history = apps.get_model("cases.ProsecutorReferralEvent").objects.order_by("pgh_id")
    assert [one.decision for one in history] == ["", "charge", "agreed"]
    authorise(waiting, cast["carol"])
    with pytest.raises(Outdated):
        answer(waiting, cast["elin"], "charge", because="Too late.")


def test_taken_back_it_waits_for_authority_again(cast: Cast, waiting: Case) -> None:
    """A prosecutor who is never to answer would keep the case for ever."""
    put(waiting, cast["david"])
    for _ in range(2):
        prosecutors.take_back_from_prosecutor(case=waiting, because="Not needed.", by=cast["david"])
    assert status_of(waiting) == CaseStatus.WAITING
    authorise(waiting, cast["carol"])


def test_a_correction_is_put_to_them_again(cast: Cast, waiting: Case) -> None:
    """They agreed to something else than what the crime has turned out to be."""
    put(waiting, cast["david"])
    answer(waiting, cast["david"])
    crime = waiting.allegations.get()
    values = {"committed_on": crime.committed_on, "offence": crime.offence, "area": "Northgate"}
    correcting.correct_crime(allegation=crime, **values, reason="Mistyped.", seen=0, by=cast["amara"])
    with pytest.raises(Refused, match="corrected after the prosecutor decided"):
        authorise(waiting, cast["carol"])
    put(waiting, cast["david"], question="Still?")
    answer(waiting, cast["david"])
    authorise(waiting, cast["carol"])


def test_bad_input_says_how_to_mend_it(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """What an inspector typed would be lost to a day that has passed."""
    david, address = signed_in(cast["david"]), reverse("with_prosecutor", args=[waiting.reference])
    page = text_of(david.get(address))
    assert "Refer to a prosecutor" in page
    assert "Referred to a prosecutor" not in page  # nobody was asked yet
    typed = {
        "refer": "yes",
        "seen": "0",
        "reason": "She took ten minutes.",
        "question": "Agreed?",
        "due_on": "1 1 2020",
    }
    page = david.post(address, typed)
    assert page.status_code == 422
    assert "Give a day from today" in text_of(page)
    assert "She took ten minutes." in text_of(page)
    assert david.post(address, typed | {"due_on": "17 6 2026"}).status_code == 302
    early = {"seen": "0", "decision": "agreed", "prosecutor": "P. Rowe", "decided_on": "1 1 2026", "reference": "C/1"}
    page = david.post(address, early)
    assert page.status_code == 422
    assert "check the date" in text_of(page)
    late = david.post(address, typed | {"due_on": "18 6 2026"})
    assert late.status_code == 422
    assert "She took ten minutes." in text_of(late)


def test_who_waits_for_it_sees_by_when(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """It would wait with a prosecutor, and nobody here would know that its day has passed."""
    put(waiting, cast["david"])
    words = f"{waiting.person}, {waiting.reference}"
    entered_at = reverse("with_prosecutor", args=[waiting.reference])
    for who, address in (("amara", ""), ("david", entered_at), ("elin", entered_at), ("carol", entered_at)):
        home = text_of(signed_in(cast[who]).get(reverse("home")))
        assert "With a prosecutor" in home, who
        assert words in home, who
        assert address in home
    queue = text_of(signed_in(cast["david"]).get(reverse("authorisation_list")))
    assert "With a prosecutor (1)" in queue
    assert "Nothing is waiting" in queue
    board = text_of(signed_in(cast["elin"]).get(reverse("clock_board")))
    assert "With a prosecutor" in board
    assert "To decide" in board
    case = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[waiting.reference])))
    assert "This is with a prosecutor" in case
    assert "Enter authority given" not in case
    page = text_of(signed_in(cast["david"]).get(reverse("authorise", args=[waiting.reference])))
    assert "enter their decision first" in page
    assert "Record your decision" not in page


def test_a_question_that_waits_meanwhile_is_still_answered(cast: Cast, waiting: Case, signed_in: SignIn) -> None:
    """The case stood as with the officer while nobody could decide it; or the question was lost to the referral."""
    case_actions.ask(case=waiting, question="Did she agree?", by=cast["david"])
    put(waiting, cast["david"])
    assert status_of(waiting) == Standing.objects.get(case=waiting).status == CaseStatus.PROSECUTOR
    page = reverse("case_page", args=[waiting.reference])
    david = signed_in(cast["david"])
    queue = text_of(david.get(reverse("authorisation_list")))
    assert "Is it agreed? (a question waits for the officer as well)" in queue
    assert "Your answer" not in text_of(david.get(page))
    amara = signed_in(cast["amara"])
    home = text_of(amara.get(reverse("home")))
    assert "A question waits for your answer" in home
    assert "Did she agree?" in home
    shown = text_of(amara.get(page))
    assert "This is with a prosecutor" in shown
    assert "Your answer" in shown
    answered = amara.post(reverse("case_answer", args=[waiting.reference]), {"answer": "She did."}, follow=True)
    assert "She did." in text_of(answered)
    assert "Your answer" not in text_of(amara.get(page))
    assert status_of(waiting) == CaseStatus.PROSECUTOR
    answer(waiting, cast["elin"])
    assert status_of(waiting) == CaseStatus.WAITING
