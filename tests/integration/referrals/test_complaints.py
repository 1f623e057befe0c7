"""Somebody complains about a decision or about how they were treated: it is kept, and answered by another."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases.actions import ask, hand_over
from cases.actions.complaints import answer_complaint
from cases.actions.withdrawing import TakenBack
from cases.models import Case, Complaint
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding
from referrals.actions.deciding import Support
from referrals.actions.rescinding import AskedBack, ask_rescission, decide_rescission
from referrals.actions.support import settle_condition
from referrals.actions.withdrawing import withdraw_decision
from referrals.models import Standing
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import decision, person, record, sign
from tests.factories.complaints import complain
from tests.factories.ground import rank

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
WORDS = "He was shouted at."


@pytest.fixture
def case(cast: Cast) -> Case:
    return record(cast["amara"])


def page_of(client: Client, case: Case) -> str:
    return text_of(client.get(reverse("case_page", args=[case.reference])))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def sent(client: Client, case: Case, **changes: Any) -> Any:
    said = {"who": "victim", "about": "decision", "received_on": "9 6 2026", "channel": "letter", "words": "Too mild."}
    address = reverse("case_complaint", args=[case.reference])
    return client.post(address, {"version": "0", "standards_reference": "", **said, **changes}, follow=True)


def answered(client: Client, complaint: Complaint, **changes: Any) -> Any:
    address = reverse("case_complaint_answer", args=[complaint.case.reference, complaint.pk])
    return client.post(address, {"version": "1", "answer": "It was explained.", **changes}, follow=True)


def test_a_complaint_is_kept_and_answered_on_the_case(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A victim's complaint would stand on a slip of paper, and nobody could say what became of it."""
    officer = signed_in(cast["amara"])
    before = Standing.objects.get(case=case)
    assert "Police Reform Act 2002 (schedule 3)" in page_of(officer, case)
    told = text_of(sent(officer, case, standards_reference="PS/7/26"))
    for words in ("The complaint is recorded", "A victim", "9 June 2026, by letter", "Too mild.", "PS/7/26", "1 day"):
        assert words in told
    assert "Complaint recorded" in told
    assert "Answer this complaint" not in told
    complaint = Complaint.objects.get()
    page = text_of(answered(signed_in(cast["carol"]), complaint, standards_reference="PS/8/26"))
    assert "It was explained." in page
    assert "Complaint answered" in page
    complaint.refresh_from_db()
    assert (complaint.state, complaint.answered_by, complaint.standards_reference) == (
        "answered", cast["carol"], "PS/8/26"
    )  # fmt: skip
    after = Standing.objects.get(case=case)
    assert (after.status, after.limit_on) == (before.status, before.limit_on)


def test_the_log_says_that_somebody_complained_and_not_what_they_said(cast: Cast, case: Case) -> None:
    """Whoever reads the log would read what a mother said of her son."""
    kept = complain(case, cast["amara"])
    answer_complaint(complaint=kept, answer="We have apologised.", seen=1, by=cast["carol"])
    first, second = Event.objects.filter(kind__startswith="complaint.").order_by("pk")
    assert first.detail == {"who": "adult", "about": "treatment"}
    assert second.detail == {"days": 0}
    assert f"cases.case:{case.pk}" in first.subjects


def test_nobody_answers_for_what_they_decided(signed_in: SignIn, cast: Cast) -> None:
    """Whoever is complained about would find that they were right."""
    caution = decision(disposal="simple_caution")
    case = record(cast["amara"], decision=caution, support=Support())
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["carol"])
    complaint = complain(case, cast["amara"])
    told = "Complaints, not answered yet"
    assert [told in text_of(signed_in(cast[who]).get("/")) for who in ("carol", "david", "elin")] == [False, True, True]
    rank(cast["amara"], "sergeant")
    for who in ("amara", "carol"):
        assert "You had a part in deciding on this case" in page_of(signed_in(cast[who]), case)
        with pytest.raises(Refused, match="had a part"):
            answer_complaint(complaint=complaint, answer="All was well.", seen=1, by=cast[who])
    answer_complaint(complaint=complaint, answer="It is looked at again.", seen=1, by=cast["elin"])
    assert Complaint.objects.get().answered_by == cast["elin"]


def test_nobody_answers_who_had_a_hand_in_it_beside_the_decision(cast: Cast) -> None:
    """Whoever asked, had the case once or decided that it was broken is complained of as well."""
    waiting = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    ask(case=waiting, question="Does he work?", by=cast["carol"])
    case = record(cast["amara"], person=person(given_names="Kit"), decision=decision(disposal="deferred_summons"))
    one = case.agreement.conditions.get()
    settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=cast["amara"])
    broken(case, cast)
    for holder, to in (("amara", "callum"), ("callum", "amara")):
        given = {"references": [case.reference], "holder": cast[holder], "to": cast[to]}
        hand_over(**given, by=cast["elin"])
    rank(cast["callum"], "sergeant")
    caution = {"decision": decision(disposal="simple_caution"), "support": Support()}
    gone, ended = (record(cast["amara"], person=person(given_names=name), **caution) for name in ("Bo", "Cy"))
    ask(case=gone, question="Does he work?", by=cast["carol"])
    withdraw_decision(case=gone, why=TakenBack("too_soon"), seen=gone.version, by=cast["amara"])
    deciding.authorise(evidence_met=True, case=ended, rationale="Fair.", seen=0, by=cast["david"])
    seen = sign(ended).version
    asked = ask_rescission(case=ended, why=AskedBack("new_facts", "Alibi"), seen=seen, by=cast["amara"])
    decide_rescission(rescission=asked, agrees=True, rationale="He was away.", by=cast["carol"])
    hands = ((waiting, "carol"), (case, "david"), (case, "callum"), (gone, "carol"), (ended, "carol"))
    for which, who in hands:
        complaint = complain(which, cast["amara"])
        with pytest.raises(Refused, match="had a part"):
            answer_complaint(complaint=complaint, answer="All was well.", seen=1, by=cast[who])
        answer_complaint(complaint=complaint, answer="It is looked at again.", seen=1, by=cast["elin"])


def test_what_stands_on_the_page_is_as_it_was_typed_and_no_more(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A mother's list would read as one line, a wrong year head every list, and a reference that came be dropped."""
    officer = signed_in(cast["amara"])
    response = sent(officer, case, received_on="9 6 2006")
    assert response.status_code == 422
    assert "came after the offence that this case is about" in text_of(response)
    told = text_of(sent(officer, case, words="First <b>this</b>.\r\nThen that."))
    assert "First &lt;b&gt;this&lt;/b&gt;.<br>Then that." in told
    complaint = Complaint.objects.get()
    sergeant = signed_in(cast["carol"])
    answered(sergeant, complaint)
    late = answered(sergeant, complaint, standards_reference="PS/9/26")
    assert late.status_code == 422
    assert "PS/9/26" in text_of(late)


def test_a_constable_writes_one_down_and_does_not_answer(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A colleague of the same rank would answer for the one who decided."""
    complaint = complain(case, cast["callum"])
    assert "from the rank of sergeant up" in page_of(signed_in(cast["callum"]), case)
    refused = answered(signed_in(cast["callum"]), complaint)
    assert refused.status_code == 422
    assert "from the rank of sergeant up" in text_of(refused)
    assert "It was explained." in text_of(refused)  # what was typed and has no form any more
    assert Complaint.objects.get().is_open


def test_what_is_missing_or_wrong_is_said_and_what_was_typed_stays(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """Whoever took it down on the telephone would have to ask the mother again."""
    officer = signed_in(cast["amara"])
    response = sent(officer, case, who="", received_on="11 6 2026")
    assert response.status_code == 422
    page = text_of(response)
    assert "Choose who complains" in page
    assert "Too mild." in page
    assert not Complaint.objects.exists()
    sent(officer, case)
    complaint = Complaint.objects.get()
    assert "Say what was answered" in text_of(answered(signed_in(cast["carol"]), complaint, answer=" "))
    with pytest.raises(Refused, match="check the day"):
        complain(case, cast["amara"], received_on=clock.today() + timedelta(days=1))
    with pytest.raises(Refused, match="Choose who"):
        complain(case, cast["amara"], who="a neighbour")


def test_sent_twice_it_is_kept_once_and_a_colleague_s_is_not_overwritten(
    signed_in: SignIn, cast: Cast, case: Case
) -> None:
    """One complaint would count as two, or the second answer stand in place of the first."""
    officer = signed_in(cast["amara"])
    sent(officer, case)
    sent(officer, case)
    complaint = Complaint.objects.get()
    assert "has changed since you opened" in text_of(sent(signed_in(cast["callum"]), case))
    sergeant = signed_in(cast["carol"])
    answered(sergeant, complaint)
    answered(sergeant, complaint)
    assert Event.objects.filter(kind="complaint.answered").count() == 1
    with pytest.raises(Outdated):
        answer_complaint(complaint=complaint, answer="Another.", seen=1, by=cast["elin"])
    assert Complaint.objects.get().answer == "It was explained."


def test_it_heads_nobody_s_page_but_those_who_see_to_it(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A complaint that nobody is told of is answered when the ombudsman asks."""
    complaint = complain(case, cast["amara"], received_on=clock.today() - timedelta(days=3))
    for who in ("carol", "elin"):
        page = text_of(signed_in(cast[who]).get("/"))
        assert "Complaints, not answered yet" in page
        assert "3 days since it came" in page
        assert WORDS not in page
    for who in ("amara", "ben", "jo"):
        assert "Complaints, not answered yet" not in text_of(signed_in(cast[who]).get("/", follow=True))
    answer_complaint(complaint=complaint, answer="We have apologised.", seen=1, by=cast["elin"])
    assert "Complaints, not answered yet" not in text_of(signed_in(cast["carol"]).get("/"))


def test_a_closed_case_takes_a_complaint(signed_in: SignIn, cast: Cast) -> None:
    """Most complaints come once it is over."""
    nothing = decision(result="not_offered", not_offered_reason="public_interest", disposal="")
    closed = record(cast["amara"], decision=nothing, support=Support())
    assert "The complaint is recorded" in text_of(sent(signed_in(cast["amara"]), closed))


def test_nobody_elsewhere_reads_or_writes_one(signed_in: SignIn, cast: Cast, case: Case) -> None:
    """A partner would learn that somebody complained, and another force of whom."""
    complaint = complain(case, cast["amara"])
    for who in ("ben", "hugh", "george", "yusuf"):
        assert sent(signed_in(cast[who]), case).status_code in (403, 404)
        assert answered(signed_in(cast[who]), complaint).status_code in (403, 404)
        assert not Complaint.objects.visible_to(cast[who]).exists()
        with pytest.raises((Http404, PermissionDenied)):
            answer_complaint(complaint=complaint, answer="No.", seen=1, by=cast[who])
    other = record(cast["amara"])
    address = reverse("case_complaint_answer", args=[other.reference, complaint.pk])
    assert signed_in(cast["carol"]).post(address, {"version": "1", "answer": "No."}).status_code == 404
    assert Complaint.objects.get().is_open
