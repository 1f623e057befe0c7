"""A decision returned with a question: who asks, who answers, and that nothing stands still meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import actions
from cases.models import Authorisation, AuthorisationQuestion, Case, OutboxEntry
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding
from referrals.models import Referral
from referrals.queries.cases import CaseStatus, status_of
from tests.conftest import Cast
from tests.factories.cases import condition, decision, record, sign
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
QUESTION = "Has the shop been asked?"


@pytest.fixture
def waiting(cast: Cast) -> Case:
    version = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    support = deciding.Support(scheme_version=version, conditions=[condition()])
    return record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def return_it(client: Client, case: Case, question: str = QUESTION) -> Any:
    return client.post(reverse("authorise", args=[case.reference]), {"decision": "ask", "rationale": question})


def answer_it(client: Client, case: Case, answer: str = "Yes, the manager agrees.") -> Any:
    return client.post(reverse("case_answer", args=[case.reference]), {"answer": answer})


def test_a_question_goes_to_the_officer_and_the_answer_comes_back(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """Without a way to ask, a supervisor refuses what one sentence would have settled."""
    assert return_it(signed_in(cast["carol"]), waiting).url == reverse("authorisation_list")
    queue = text_of(signed_in(cast["carol"]).get(reverse("authorisation_list")))
    assert "with the officer" in queue
    assert "180 days left" in queue.replace("179 days left", "180 days left")
    officer = signed_in(cast["amara"])
    assert QUESTION in text_of(officer.get(reverse("home")))
    page = text_of(officer.get(reverse("case_page", args=[waiting.reference])))
    assert "Next: answer the question" in page
    assert "days left" in page.partition("Next: answer the question")[2].partition("</section>")[0]
    assert answer_it(officer, waiting).status_code == 302
    asked = AuthorisationQuestion.objects.get()
    assert (asked.asked_by, asked.answered_by) == (cast["carol"], cast["amara"])
    assert status_of(waiting) == CaseStatus.WAITING
    shown = text_of(signed_in(cast["carol"]).get(reverse("authorise", args=[waiting.reference])))
    assert "Yes, the manager agrees." in shown
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"authorisation.returned", "authorisation.answered"} <= kinds


def test_meanwhile_nothing_goes_out_and_the_status_says_who_is_to_act(cast: Cast, waiting: Case) -> None:
    """A returned decision that read as waiting would be waited for by both."""
    entries = OutboxEntry.objects.count()
    actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    assert status_of(waiting) == CaseStatus.QUESTION
    assert waiting.referrals.get().state == Referral.State.HELD
    assert waiting.authorisation.state == Authorisation.State.WAITING
    assert OutboxEntry.objects.count() == entries + 1


def test_a_decision_can_be_made_without_the_answer(cast: Cast, waiting: Case) -> None:
    """An officer on leave must not hold a case past its limit."""
    actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    deciding.authorise(
        evidence_met=True,
        case=waiting,
        rationale="Heard from the shop myself.",
        seen=waiting.corrections.count(),
        by=cast["david"],
    )
    sign(waiting)
    assert waiting.referrals.get().state == Referral.State.SENT
    with pytest.raises(Outdated):
        actions.answer(case=waiting, answer="Yes.", by=cast["amara"])


def test_one_question_at_a_time_and_none_that_is_empty(cast: Cast, waiting: Case) -> None:
    """Two questions at once would be answered by one sentence that fits neither."""
    with pytest.raises(Refused):
        actions.ask(case=waiting, question="  ", by=cast["carol"])
    actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    with pytest.raises(Refused, match="with the officer already"):
        actions.ask(case=waiting, question="And?", by=cast["david"])
    actions.answer(case=waiting, answer="Yes.", by=cast["amara"])
    actions.ask(case=waiting, question="When?", by=cast["david"])
    assert AuthorisationQuestion.objects.count() == 2


def test_who_may_not_decide_may_not_ask(cast: Cast, waiting: Case) -> None:
    """A question is part of deciding: the officer, a lower rank and another force have no part in it."""
    Authorisation.objects.update(rank="inspector")
    with pytest.raises(Refused, match="rank of inspector"):
        actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    own = record(cast["carol"], decision=decision(disposal="deferred_charge"))
    with pytest.raises(Refused, match="You are the officer"):
        actions.ask(case=own, question=QUESTION, by=cast["carol"])
    with pytest.raises(Authorisation.DoesNotExist):
        actions.ask(case=waiting, question=QUESTION, by=cast["noel"])


def test_who_asked_does_not_answer_and_nobody_answers_unseen(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """An answer by the one who asked is none; a stranger to the case has none to give."""
    actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    response = answer_it(signed_in(cast["carol"]), waiting)
    assert response.status_code == 422
    assert "You asked this" in text_of(response)
    assert answer_it(signed_in(cast["ben"]), waiting).status_code == 404
    with pytest.raises(Outdated):
        actions.answer(case=waiting, answer="Yes.", by=cast["ben"])


def test_an_empty_answer_and_a_second_one_are_refused(cast: Cast, signed_in: SignIn, waiting: Case) -> None:
    """A blank answer would send the case round again; the second of two would be lost."""
    actions.ask(case=waiting, question=QUESTION, by=cast["carol"])
    client = signed_in(cast["amara"])
    assert "Write the answer, in a sentence" in text_of(answer_it(client, waiting, " "))
    assert answer_it(client, waiting).status_code == 302
    assert answer_it(client, waiting).status_code == 422
