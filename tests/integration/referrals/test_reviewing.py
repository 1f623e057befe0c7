"""A new offence alleged of somebody who keeps an agreement is reviewed: no breach, and the support goes on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.withdrawing import TakenBack
from cases.barred import had_a_hand
from cases.models import Case, Offence, OffenceReview
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import partner
from referrals.actions.deciding import authorise
from referrals.actions.reviewing import NewOffence, confirm_who, decide_review, follow_new_case, tell_of_offence
from referrals.actions.withdrawing import withdraw_decision
from referrals.models import Breach, Referral, SchemeVersion
from referrals.queries.reviewing import under_review
from tests.conftest import Cast
from tests.factories.cases import crime, decision, person, record, refer, sign
from tests.factories.decisions import crime as crime_posted
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}


@pytest.fixture
def version(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


@pytest.fixture
def helped(cast: Cast, version: SchemeVersion) -> Referral:
    """Decided twelve days ago, and helped by George."""
    with clock.set_to(clock.now() - timedelta(days=12)):
        cannabis = crime("possession-of-cannabis", committed_on=clock.today())
        sent = refer(cast["amara"], version, crimes=[cannabis])
        return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def alleged(days: int = 2, **changes: Any) -> NewOffence:
    offence = Offence.objects.get(code="criminal-damage")
    return NewOffence(offence, clock.today() - timedelta(days=days), **changes)


def page_of(case: Case, name: str = "case_page", *more: Any) -> str:
    return reverse(name, args=[case.reference, *more])


def test_it_is_told_confirmed_and_reviewed_while_support_goes_on(
    cast: Cast, signed_in: SignIn, helped: Referral
) -> None:
    """An allegation that ended the support by itself would punish what nobody has shown."""
    case, officer = helped.case, signed_in(cast["amara"])
    assert "Tell of a new offence" in text_of(officer.get(page_of(case)))
    form = page_of(case, "offence_tell")
    said = {"offence": "criminal-damage", "committed_on": "8 6 2026", "number": "av/77/26", "sure": "no"}
    wrong = text_of(officer.post(form, said | {"committed_on": "20 5 2026"}))
    assert "before the decision, so it is no new offence" in wrong
    assert 'value="av/77/26"' in wrong
    told = officer.post(form, said, follow=True)
    officer.post(form, said)  # sent twice
    review = OffenceReview.objects.get()
    assert (review.state, review.crime_number) == ("to_confirm", "AV/77/26")
    assert "Nothing" in text_of(told)  # stood against it when it was decided
    worker = signed_in(cast["george"])
    shown = reverse("referral_page", args=[helped.reference])
    assert "Under review" not in text_of(worker.get(shown))  # nobody has said that it is this person

    hub = signed_in(cast["elin"])
    assert "New offences alleged" in text_of(hub.get("/"))
    hub.post(page_of(case, "offence_review", review.pk), {"them": "yes"})
    review.refresh_from_db()
    assert (review.state, review.decide_by) == ("open", clock.today() + timedelta(days=7))  # five working days
    told_worker = text_of(signed_in(cast["george"]).get(shown))
    assert "Under review at police since 10 June 2026: carry on" in told_worker
    assert "AV/77/26" not in told_worker
    assert "riminal damage" not in told_worker

    card = page_of(case, "offence_review", review.pk)
    own = text_of(signed_in(cast["amara"]).get(card))
    assert "You told of this: somebody else decides" in own
    assert 'name="way"' not in own
    sergeant = signed_in(cast["carol"])
    read = text_of(sergeant.get(card))
    for words in ("What was known when it was decided", "29 May 2026", "Amara Okafor", "17 June 2026"):
        assert words in read
    assert "The person is asked for their side" not in read  # a community resolution cannot be enforced
    assert "Say why, in a sentence" in text_of(sergeant.post(card, {"way": "look"}))
    sergeant.post(card, {"way": "look", "rationale": "He has come each time."})
    review.refresh_from_db()
    assert (review.way, review.decided_by, review.decided_as) == ("look", cast["carol"], "sergeant")
    history = text_of(signed_in(cast["amara"]).get(page_of(case)))
    assert "He has come each time." in history
    worker_reads = text_of(signed_in(cast["george"]).get(shown))
    assert "Look with the person at what would help now" in worker_reads
    assert "He has come each time" not in worker_reads
    assert not Breach.objects.exists()


def test_who_may_not(cast: Cast, signed_in: SignIn, helped: Referral) -> None:
    """Whoever diverted would judge their own decision; another force, or the partner, would read an allegation."""
    case = helped.case
    review = tell_of_offence(case=case, told=alleged(is_sure=True), by=cast["elin"])
    for who, code in (("ben", 404), ("george", 404), ("hugh", 404), ("vera", 403)):
        client = signed_in(cast[who])
        pages = (page_of(case, "offence_tell"), page_of(case, "offence_review", review.pk))
        assert [client.get(one).status_code for one in pages] == [code, code], who
    with pytest.raises(Outdated):
        confirm_who(review=review, is_them=False, by=cast["carol"])
    with pytest.raises(Refused, match="Choose what follows"):
        decide_review(review=review, way="away", rationale="Why.", by=cast["carol"])
    with pytest.raises(Refused, match="Nothing of this agreement can be enforced"):
        decide_review(review=review, way="hear", rationale="Why.", by=cast["carol"])
    Case.objects.filter(pk=case.pk).update(officer=cast["carol"])
    with pytest.raises(Refused, match="You are the officer in this case"):
        decide_review(review=review, way="go_on", rationale="Why.", by=cast["carol"])
    Case.objects.filter(pk=case.pk).update(closed_at=clock.now())
    with pytest.raises(Refused, match="has closed meanwhile"):
        decide_review(review=review, way="go_on", rationale="Why.", by=cast["david"])


def test_it_was_somebody_else(cast: Cast, signed_in: SignIn, helped: Referral) -> None:
    """A namesake's arrest must not stand against anybody, at the partner's or here."""
    review = tell_of_offence(case=helped.case, told=alleged(), by=cast["amara"])
    with pytest.raises(Refused, match="First somebody confirms"):
        decide_review(review=review, way="go_on", rationale="Why.", by=cast["carol"])
    officer = signed_in(cast["amara"])
    assert "New offences alleged" in text_of(officer.get("/"))
    sent = officer.post(page_of(helped.case, "offence_review", review.pk), {"them": "no"}, follow=True)
    assert "Kept: it was somebody else." in text_of(sent)
    assert "New offences alleged" not in text_of(officer.get("/"))
    assert "Under review" not in text_of(
        signed_in(cast["george"]).get(reverse("referral_page", args=[helped.reference]))
    )


def test_a_new_case_of_the_same_person_opens_one_by_itself(cast: Cast, signed_in: SignIn, helped: Referral) -> None:
    """Nobody has to think of it: the officer who records the new case has said who it is."""
    first, officer = helped.case, signed_in(cast["amara"])
    nothing = {"result": "not_offered", "not_offered_reason": "public_interest", "disposal": None}
    answers = posted(
        existing=str(first.person_id),
        person_version=str(first.person.version),
        **nothing,
        **{"conditions-0-kind": ""},
        **crime_posted(0, number="AV/9/26", committed_on="2026-06-09"),
    )
    sent = officer.post(reverse("record_decision"), answers)
    assert sent.status_code == 302
    review = OffenceReview.objects.get()
    assert (review.case, review.state, review.source) == (first, "open", "case")
    assert (review.crime_number, review.confirmed_by) == ("AV/9/26", cast["amara"])
    assert "A new offence is alleged" in text_of(officer.get(page_of(first)))


def test_where_it_may_have_broken_the_agreement_the_person_is_heard_first(cast: Cast) -> None:
    """A conditional caution can be enforced, and not before the person was asked for their side."""
    caution = decision(disposal="conditional_caution", rationale="Only this can be enforced.")
    with clock.set_to(clock.now() - timedelta(days=3)):
        case = record(cast["amara"], decision=caution, crimes=[crime(committed_on=clock.today())])
        with pytest.raises(Refused, match="The agreement is not made yet"):
            tell_of_offence(case=case, told=alleged(0), by=cast["amara"])
        authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["carol"])
        sign(case)
    review = tell_of_offence(case=case, told=alleged(1, is_sure=True), by=cast["amara"])
    decide_review(review=review, way="hear", rationale="The same shop.", by=cast["carol"])
    decide_review(review=review, way="hear", rationale="The same shop.", by=cast["carol"])  # sent twice
    breach = Breach.objects.get()
    assert (breach.trigger, breach.state, breach.opened_by) == ("offence", "open", cast["carol"])


@pytest.mark.parametrize("made", ["not offered", "closed"])
def test_nothing_opens_where_nothing_agreed_runs(cast: Cast, made: str) -> None:
    """A review of nothing would only keep a suspicion on record."""
    nothing = decision(result="not_offered", not_offered_reason="evidence", disposal="")
    case = record(cast["amara"], **({"decision": nothing} if made == "not offered" else {}), person=person())
    if made == "closed":
        Case.objects.filter(pk=case.pk).update(closed_at=clock.now())
    with pytest.raises(Refused):
        tell_of_offence(case=case, told=alleged(0), by=cast["amara"])
    assert not OffenceReview.objects.exists()


def test_one_crime_is_one_review_and_none_of_its_own_case(cast: Cast, helped: Referral) -> None:
    """Somebody would answer twice for what was decided already, or stay unsuspected by a word said too early."""
    case = helped.case
    own = case.allegations.get()
    with pytest.raises(Refused, match="one of this case already"):
        tell_of_offence(case=case, told=alleged(crime_number=own.crime.number, is_sure=True), by=cast["amara"])
    told = tell_of_offence(case=case, told=alleged(), by=cast["amara"])
    numbered = tell_of_offence(case=case, told=alleged(crime_number="AV/12/26"), by=cast["elin"])
    assert (numbered.pk, numbered.crime_number, numbered.state) == (told.pk, "AV/12/26", "to_confirm")
    confirm_who(review=numbered, is_them=False, by=cast["elin"])
    new = record(
        cast["amara"],
        person=person(existing=case.person),
        crimes=[crime("criminal-damage", number="AV/12/26", committed_on=alleged().alleged_on)],
    )
    told.refresh_from_db()
    assert (told.state, told.confirmed_by) == ("open", cast["amara"])  # who recorded the case has said who it is
    follow_new_case(new, by=cast["amara"])
    assert OffenceReview.objects.filter(case=case).count() == 1
    assert had_a_hand(case, cast["amara"])


def test_what_was_withdrawn_is_reviewed_no_more(cast: Cast, signed_in: SignIn) -> None:
    """A review of an agreement that is gone would stand on a first page for ever, and follow into the next."""
    case = record(cast["amara"])
    sure = tell_of_offence(case=case, told=alleged(0, is_sure=True), by=cast["amara"])
    arson = NewOffence(Offence.objects.get(code="arson"), clock.today(), "AV/5/26")
    unsure = tell_of_offence(case=case, told=arson, by=cast["elin"])
    with pytest.raises(Refused, match="No worker of this agreement"):
        decide_review(review=sure, way="look", rationale="Why.", by=cast["carol"])
    sergeant = signed_in(cast["carol"])
    assert 'value="look"' not in text_of(sergeant.get(page_of(case, "offence_review", sure.pk)))
    assert "New offences alleged" in text_of(sergeant.get("/"))
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        withdraw_decision(case=case, why=TakenBack("too_soon"), seen=case.version, by=cast["amara"])
        for review in (sure, unsure):
            page = text_of(sergeant.get(page_of(case, "offence_review", review.pk)))
            assert "has been withdrawn meanwhile" in page
        with pytest.raises(Refused, match="has been withdrawn meanwhile"):
            decide_review(review=sure, way="go_on", rationale="Why.", by=cast["carol"])
        with pytest.raises(Outdated):
            confirm_who(review=unsure, is_them=True, by=cast["amara"])
        assert "New offences alleged" not in text_of(sergeant.get("/"))
        assert "A new offence is alleged" not in text_of(sergeant.get(page_of(case)))


def test_the_worker_reads_what_is_open_and_nothing_of_before_they_came(cast: Cast, helped: Referral) -> None:
    """A second worker would read of a suspicion that was settled, or the first of the settled one alone."""
    first = tell_of_offence(case=helped.case, told=alleged(is_sure=True), by=cast["amara"])
    later = tell_of_offence(case=helped.case, told=alleged(1, is_sure=True), by=cast["amara"])
    decide_review(review=later, way="go_on", rationale="Nothing in it.", by=cast["carol"])
    assert under_review(helped) == first
    decide_review(review=first, way="look", rationale="He came.", by=cast["carol"])
    assert under_review(helped) in (first, later)
    helped.made_at = clock.now() + timedelta(minutes=1)
    assert under_review(helped) is None
