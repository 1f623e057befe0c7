"""What a partner and police ask each other about somebody who was sent, and who hears of it."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Victim
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.notifications.tasks import tell
from diversion.refusals import Refused
from referrals.actions.questions import answer_question, ask_question
from referrals.models import Question, Referral
from tests.conftest import Cast
from tests.factories.schemes import rewrite

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
WHERE = "May she be called at work?"


def typed(words: str, **more: str) -> dict[str, str]:
    return {"submission": str(uuid.uuid4()), "question": words, **more}


def home_of(user: User, signed_in: SignIn) -> str:
    return signed_in(user).get(reverse("home")).content.decode()


def test_what_a_worker_asks_is_answered_on_the_case_page_and_told_without_a_name(
    cast: Cast, accepted: Referral, signed_in: SignIn, mailoutbox: list[Any]
) -> None:
    """The worker would ring at work and tell an employer, because the officer who knows was never asked."""
    page, case_page = (
        reverse("referral_page", args=[accepted.reference]),
        reverse("case_page", args=[accepted.case.reference]),
    )
    asks = reverse("question_ask_police", args=[accepted.reference])
    worker = signed_in(cast["george"])
    for nothing in ("", "\u200f\u200b", "?"):  # what nobody sees, nobody can answer
        assert worker.post(asks, typed(nothing, to="officer")).status_code == 422
    sent = typed(WHERE, to="officer")
    assert [worker.post(asks, sent).status_code for _ in range(2)] == [302, 302]
    asked = Question.objects.get()
    event = Event.objects.get(kind="question.asked")
    assert (event.nature, event.recipients) == ("disclosure", [accepted.case.force.name])
    assert "not answered yet" in worker.get(page).content.decode()
    assert "Partners’ questions" in home_of(cast["amara"], signed_in)
    assert (tell("question"), tell("question")) == (1, 0)
    officer, answers = (
        signed_in(cast["amara"]),
        reverse("question_answer_partner", args=[accepted.case.reference, asked.pk]),
    )
    assert WHERE in officer.get(case_page).content.decode()
    assert officer.post(answers, {"answer": ""}).status_code == 422
    assert officer.post(answers, {"answer": "After six only."}).status_code == 302
    assert "Partners’ questions" not in home_of(cast["amara"], signed_in)
    assert "After six only." in signed_in(cast["george"]).get(page).content.decode()
    assert (tell("question"), tell("question")) == (1, 0)
    assert [one.to for one in mailoutbox] == [[cast["amara"].email], [cast["george"].email]]
    person = accepted.case.person
    told = " ".join(f"{one.subject} {one.body}" for one in mailoutbox)
    assert not [mark for mark in (person.family_name, person.given_names, "work", "six", "Harbour") if mark in told]


def test_an_officer_who_does_not_answer_leaves_it_to_the_coordinators(
    cast: Cast, accepted: Referral, frozen: datetime, signed_in: SignIn
) -> None:
    """While the officer is away, the worker would wait for as long."""
    ask_question(referral=accepted, submission=uuid.uuid4(), to="officer", question=WHERE, by=cast["george"])
    assert "Partners’ questions" not in home_of(cast["elin"], signed_in)
    with clock.set_to(frozen + timedelta(days=7)):
        home = home_of(cast["elin"], signed_in)
    assert "Partners’ questions" in home
    assert "overdue" in home


def test_what_police_ask_stands_at_the_top_of_the_partners_lists(
    cast: Cast, accepted: Referral, signed_in: SignIn, mailoutbox: list[Any]
) -> None:
    """An officer would ask, and nobody at the partner would find out before the court date."""
    ask = reverse("question_ask_partner", args=[accepted.case.reference])
    assert signed_in(cast["amara"]).post(ask, typed("Does he come by bus?")).status_code == 302
    assert tell("question") == 1
    assert mailoutbox[0].to == [cast["george"].email]
    worker, queue = signed_in(cast["george"]), reverse("question_queue")
    assert "Questions of the police (1)" in worker.get(reverse("caseload")).content.decode()
    assert reverse("referral_page", args=[accepted.reference]) in worker.get(queue).content.decode()
    answers = reverse("question_answer_police", args=[accepted.reference, Question.objects.get().pk])
    assert worker.post(answers, {"answer": "Yes, line 4."}).status_code == 302
    assert "No question of the police waits" in worker.get(queue).content.decode()
    case_page = reverse("case_page", args=[accepted.case.reference])
    assert "Yes, line 4." in signed_in(cast["amara"]).get(case_page).content.decode()


def test_what_was_asked_of_a_partner_who_declined_stands_apart_from_the_next_ones(
    cast: Cast, sent: Referral, signed_in: SignIn
) -> None:
    """Two places of one name on a page: the link of an e-mail would lead to the question that is over."""
    ask_question(referral=sent, submission=uuid.uuid4(), to="hub", question=WHERE, by=cast["george"])
    declined = {"state": "declined", "decline_reason": "risk", "decided_at": clock.now(), "decided_by": cast["hugh"]}
    Referral.objects.filter(pk=sent.pk).update(**declined)
    given = {name: getattr(sent, name) for name in ("case", "scheme_version", "provider", "sent_at")}
    Referral.objects.create(**given, state="sent", offence_category=sent.offence_category)
    page = signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])).content.decode()
    assert page.count('id="questions"') == page.count(f'id="questions-{sent.reference}"') == 1
    live = page.partition('id="questions"')[2].partition("</section>")[0]
    assert ("Ask the partner" in live, WHERE in live) == (True, False)


def test_no_victim_and_no_crime_number_reaches_a_partner_by_a_question(
    cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """A worker would learn whom the person they help has hurt, and could meet them."""
    allegation = accepted.case.allegations.get()
    victim = Victim.objects.create(crime=allegation.crime, kind="person", name="Vera Marigold")
    accepted.case.allegations.update(victim=victim)
    ask = reverse("question_ask_partner", args=[accepted.case.reference])
    number = allegation.crime.number
    for words in ("Has he written to Marigold?", f"Is {number} known to you?", f"Is {number.replace('/', ' ')} known?"):
        refused = signed_in(cast["amara"]).post(ask, typed(words))
        assert (refused.status_code, words in refused.content.decode()) == (422, True)  # and what was typed is kept
    by_george = {"submission": uuid.uuid4(), "to": "hub", "question": "May she ring Vera Marigold?"}
    asked = ask_question(referral=accepted, **by_george, by=cast["george"])  # to be refused would tell george the name
    with pytest.raises(Refused, match="take out “Vera”"):
        answer_question(question=asked, answer="Not Vera.", by=cast["elin"])
    assert Question.objects.filter(answered_at=None).count() == 1


def test_nothing_is_asked_about_voluntary_support(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """That somebody answers would tell police that the person came."""
    asked = ask_question(referral=accepted, submission=uuid.uuid4(), to="hub", question=WHERE, by=cast["george"])
    rewrite(accepted.scheme_version, confidentiality="voluntary")
    pages = {
        "amara": (reverse("case_page", args=[accepted.case.reference]), "Ask the partner"),
        "george": (reverse("referral_page", args=[accepted.reference]), "Ask the police"),
    }
    for who, (page, words) in pages.items():
        shown = signed_in(cast[who]).get(page).content.decode()
        assert (words in shown, WHERE in shown) == (False, False)
    for who, to in (("amara", "partner"), ("george", "officer")):
        with pytest.raises(Refused, match="voluntary"):
            ask_question(referral=accepted, submission=uuid.uuid4(), to=to, question=WHERE, by=cast[who])
    answers = reverse("question_answer_partner", args=[accepted.case.reference, asked.pk])
    assert signed_in(cast["amara"]).post(answers, {"answer": "Yes."}).status_code == 404
    assert tell("question") == 0


def test_police_are_answered_alike_before_and_after_voluntary_support_was_declined(
    cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """Two addresses said "cannot be done" while it ran and "not found" once it was declined: police could ask them."""
    rewrite(accepted.scheme_version, confidentiality="voluntary")
    sends = {"amara": ("question_ask_partner", typed("Does she come?")), "elin": ("case_off_list", {"version": "1"})}
    for state in ("sent", "accepted", "declined"):
        reason = Referral.DeclineReason.values[0] if state == "declined" else ""
        Referral.objects.filter(pk=accepted.pk).update(state=state, decline_reason=reason)
        for who, (name, said) in sends.items():
            answer = signed_in(cast[who]).post(reverse(name, args=[accepted.case.reference]), said)
            assert answer.status_code == 404, (state, name)


def test_what_was_asked_and_answered_is_never_changed(cast: Cast, accepted: Referral) -> None:
    """What somebody was told before they rang could be written anew after it went wrong."""
    asked = ask_question(referral=accepted, submission=uuid.uuid4(), to="hub", question=WHERE, by=cast["george"])
    asked = answer_question(question=asked, answer="After six.", by=cast["elin"])
    for changed in ({"question": "May she?"}, {"answer": "At any time."}):
        with pytest.raises(InternalError, match="never changed"), transaction.atomic():
            Question.objects.update(**changed)
    assert Question.objects.get().answer == "After six."
