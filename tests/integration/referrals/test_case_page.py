"""The police's page of a case: what it shows, what it keeps back, and what an officer does next on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import closing, deciding, missed, partner, support
from referrals.actions.deciding import Support
from referrals.actions.varying import Change, change_condition
from referrals.models import Referral, Undoable
from tests.conftest import Cast
from tests.factories.breaches import broken
from tests.factories.cases import condition, crime, decision, let_stand, person, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


def url(case: Case) -> str:
    return reverse("case_page", args=[case.reference])


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def drug_referral(cast: Cast, facts: dict[str, Any] | None = None) -> Referral:
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
    answers = {"facts": {"gravity_score": 2, "small_quantity": True, "offence_area": "avonford"} | (facts or {})}
    return refer(cast["amara"], scheme.versions.latest("valid_from"), answers=answers)


def accepted(cast: Cast) -> Referral:
    referral = drug_referral(cast)
    return partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])


def test_of_a_refused_proposal_nothing_is_to_be_done(officer: Client, cast: Cast) -> None:
    """The page led the officer to hold somebody to conditions that were refused, with the days that are left."""
    case = record(
        cast["amara"], decision=decision(disposal="deferred_charge"), support=Support(conditions=[condition()])
    )
    assert "Nobody has agreed to this yet" in text_of(officer.get(url(case)))
    deciding.refuse(case=case, rationale="Charge is in the public interest.", seen=0, by=cast["carol"])
    page = text_of(officer.get(url(case)))
    assert "This was not authorised: nothing is agreed, and nothing is to be done." in page
    assert "Not to be done." in page
    for untrue in ("To do.", "left)", "It begins on the day", "does not hold"):
        assert untrue not in page, untrue


def test_everything_the_officer_needs_is_on_the_page(officer: Client, cast: Cast) -> None:
    """The officer must see who, what, by when and why on one page, as the person stated it."""
    details = crime(victim_kind="person", victim_name="Joan Hill", victim_stance="agrees", area="Town centre")
    case = record(cast["amara"], crimes=[details], person=person(needs_interpreter="Polish"))
    page = text_of(officer.get(url(case)))
    for words in (
        "Sam Price", "4 March 2001 (25)", "Black or Black British: Caribbean", "Polish", "Joan Hill", "Town centre",
        "Theft from a shop", "days left", "Community resolution", "I will go to the sessions.", "Decision recorded",
    ):  # fmt: skip
        assert words in page


def test_opening_a_case_leaves_an_event(officer: Client, cast: Cast) -> None:
    """Who looked at somebody's record, and when, must be told to anyone entitled to ask."""
    case = record(cast["amara"])
    officer.get(url(case))
    event = Event.objects.get(kind="case.opened")
    assert f"cases.case:{case.pk}" in event.subjects


def test_another_force_and_a_provider_find_no_such_case(cast: Cast, signed_in: SignIn) -> None:
    """A case must not exist for those who may not see it."""
    referral = drug_referral(cast)
    for key in ("ben", "hugh"):
        assert signed_in(cast[key]).get(url(referral.case)).status_code == 404


def test_a_colleague_without_the_right_is_refused(cast: Cast, signed_in: SignIn) -> None:
    """Whoever only reads figures must not read people."""
    assert signed_in(cast["ian"]).get(url(record(cast["amara"]))).status_code == 403


def test_the_officer_hears_what_came_of_the_referral_and_never_the_notes(officer: Client, cast: Cast) -> None:
    """Nobody refers twice into silence, and a partner's notes stay with the partner."""
    referral = accepted(cast)
    meeting = support.plan_appointment(
        referral=referral, starts_at=clock.now(), place="Harbour House", by=cast["george"]
    )
    support.record_attendance(appointment=meeting, attendance="attended", version=meeting.version, by=cast["george"])
    for one in referral.agreement.conditions.all():
        support.settle_condition(
            condition=one, state="done", evidence="Told me about his mother", version=one.version, by=cast["george"]
        )
    referral.refresh_from_db()
    closing.close_referral(
        referral=referral, result="completed", note="Secret note", version=referral.version, by=cast["george"]
    )
    let_stand(referral.case)
    page = text_of(officer.get(url(referral.case)))
    for words in ("Started on", "Attended 1 of 1 appointment.", "Completed on 10 June 2026", "Home Office outcome 8"):
        assert words in page
    assert "his mother" not in page
    assert "Secret note" not in page


def test_a_voluntary_scheme_shares_nothing_after_the_referral(officer: Client, cast: Cast) -> None:
    """Somebody who sought help freely must not be watched through it."""
    version = adopt_scheme("divert", cast).versions.latest("valid_from")
    case = record(
        cast["amara"], decision=decision(disposal="none"), support=Support(scheme_version=version), origin="custody"
    )
    before = text_of(officer.get(url(case)))
    referral = case.referrals.get()
    partner.accept(referral=referral, navigator=cast["fatima"], version=referral.version, by=cast["hana"])
    meeting = support.plan_appointment(referral=referral, starts_at=clock.now(), place="Bridgeway", by=cast["fatima"])
    support.record_attendance(appointment=meeting, attendance="attended", version=1, by=cast["fatima"])
    referral.refresh_from_db()
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["fatima"]
    )
    after = text_of(officer.get(url(case)))
    assert "nothing that happens in it is shared with police" in after
    assert without_tokens(before) == without_tokens(after)
    listed = text_of(officer.get(reverse("case_list")))
    assert "Referred, voluntary" in listed


def test_a_number_leads_police_to_nothing_of_voluntary_support(officer: Client, cast: Cast) -> None:
    """Sent numbers told by another answer that a meeting was missed and that the support had ended."""
    version = rewrite(adopt_scheme("divert", cast).versions.latest("valid_from"), confidentiality="voluntary")
    case = record(
        cast["amara"], decision=decision(disposal="none"), support=Support(scheme_version=version), origin="custody"
    )
    referral, by = case.referrals.get(), cast["fatima"]
    partner.accept(referral=referral, navigator=by, version=referral.version, by=cast["hana"])
    met = support.plan_appointment(referral=referral, starts_at=clock.now(), place="Bridgeway", by=by)
    met = support.record_attendance(appointment=met, attendance="unacceptable_absence", version=1, by=by)
    step = missed.answer_missed(missed=met, reason="illness", version=0, by=by)
    referral.refresh_from_db()
    closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=by)
    for name, pk in (("case_undo", Undoable.objects.get().pk), ("case_step", step.pk)):
        assert officer.post(reverse(name, args=[case.reference, pk]), {"answer": "x"}).status_code == 404


@pytest.mark.parametrize("page", ["case_page", "agreement_paper"])
def test_what_is_changed_in_voluntary_support_stays_there(officer: Client, cast: Cast, page: str) -> None:
    """A new activity names the help that somebody gets, and a new day that they did not come."""
    version = adopt_scheme("divert", cast).versions.latest("valid_from")
    backing = Support(scheme_version=version, conditions=[condition(), condition("I will see the doctor.")])
    case = record(cast["amara"], decision=decision(disposal="none"), support=backing, origin="custody")
    referral = case.referrals.get()
    partner.accept(referral=referral, navigator=cast["fatima"], version=referral.version, by=cast["hana"])
    address = reverse(page, args=[case.reference])
    before = text_of(officer.get(address))
    assert "I will see the doctor." in before
    first, second = referral.agreement.conditions.order_by("pk")
    day = second.due_on - timedelta(days=3)
    for one, change in (
        (first, Change("swapped", "illness", wording="I will attend the clinic.")),
        (second, Change("new_day", "illness", due_on=day)),
        (second, Change("new_day", "illness", due_on=day - timedelta(days=3))),
    ):
        one.refresh_from_db()
        change_condition(condition=one, change=change, version=one.version, by=cast["fatima"])
    assert without_tokens(text_of(officer.get(address))) == without_tokens(before)


def without_tokens(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return "".join(part for part in main.split(" ") if "csrf" not in part and not part.startswith("value="))


def test_after_a_partner_declines_the_person_is_referred_elsewhere(officer: Client, cast: Cast) -> None:
    """A declined referral must lead on, not end in a drawer."""
    referral = drug_referral(cast, facts={"home_area": "avonford", "offence_area": "avonford"})
    partner.decline(referral=referral, reason="no_capacity", note="", version=referral.version, by=cast["hugh"])
    page = text_of(officer.get(url(referral.case)))
    assert "no capacity" in page
    other = adopt_scheme("pathfinder", cast).versions.latest("valid_from")
    response = officer.post(reverse("case_refer", args=[referral.case.reference]), {"scheme": other.pk})
    assert response.status_code == 302
    assert referral.case.referrals.filter(state=Referral.State.SENT).get().scheme_version == other


def test_referring_again_without_a_choice_keeps_the_page(officer: Client, cast: Cast) -> None:
    """A slip must say what is missing, beside the list to choose from."""
    referral = drug_referral(cast)
    partner.decline(referral=referral, reason="no_capacity", note="", version=referral.version, by=cast["hugh"])
    response = officer.post(reverse("case_refer", args=[referral.case.reference]), {})
    assert response.status_code == 422
    assert "Choose the scheme to refer the person to" in text_of(response)


def test_a_condition_without_a_referral_is_settled_here_and_closes_the_case(officer: Client, cast: Cast) -> None:
    """An apology has no partner: without this the case would stay open for ever."""
    case = record(cast["amara"], support=Support(conditions=[condition(kind="apology", object="reparative")]))
    one = case.agreement.conditions.get()
    address = reverse("case_condition", args=[case.reference, one.pk])
    refused = officer.post(address, {"version": one.version, "state": "done", "evidence": ""})
    assert refused.status_code == 422
    assert "Say what shows that the condition was done." in text_of(refused)
    assert (
        officer.post(address, {"version": one.version, "state": "done", "evidence": "Letter seen"}).status_code == 302
    )
    case.refresh_from_db()
    assert case.closed_at is not None
    assert [allegation.outcome for allegation in case.allegations.all()] == ["8"]


def test_what_follows_an_agreement_not_kept_is_decided_by_the_officer(officer: Client, cast: Cast) -> None:
    """An enforceable agreement that failed must come back to a person, with what the law allows."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
    version = scheme.versions.latest("valid_from")
    referral = refer(cast["amara"], version, decision=decision(disposal="deferred_summons"))
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    let_stand(referral.case)
    assert "Was the agreement broken?" in text_of(officer.get(url(referral.case)))
    broken(referral.case, cast)
    assert "Next: the agreement was not kept" in text_of(officer.get(url(referral.case)))
    address = reverse("case_decide", args=[referral.case.reference])
    assert officer.post(address, {"result": "failed_cautioned"}).status_code == 422
    assert officer.post(address, {"result": "failed_prosecuted"}).status_code == 302
    referral.case.refresh_from_db()
    assert referral.case.closed_at is not None


def test_a_refused_decision_says_so_and_leads_on(officer: Client, cast: Cast) -> None:
    """The officer must read why it was not authorised, and be able to decide anew."""
    case = record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    deciding.refuse(case=case, rationale="Speak to the victim first", seen=case.corrections.count(), by=cast["carol"])
    page = text_of(officer.get(url(case)))
    assert "Speak to the victim first" in page
    assert f"?person={case.person.pk}" in page


def test_the_timeline_is_in_order_and_newest_first(officer: Client, cast: Cast) -> None:
    """A reader must see how the case went without working it out."""
    case = accepted(cast).case
    page = text_of(officer.get(url(case)))
    timeline = page.partition("moj-timeline")[2]
    assert timeline.index("Accepted by the partner") < timeline.index("Sent to Harbour Trust")
    assert timeline.index("Sent to Harbour Trust") < timeline.index("Decision recorded")


def test_the_case_page_says_what_was_answered_and_what_nobody_knew(officer: Client, cast: Cast) -> None:
    """Whoever authorises must read what the rules rest on, and which of it nobody could say."""
    earlier = [{"outcome": "simple_caution", "date": "2025-01-10", "similar": True}]
    answers = {
        "facts": {"gravity_score": 2, "on_bail": False, "specified_offence": False},
        "earlier": earlier,
        "not_known": {"home_area": "The person gave no address"},
    }
    case = record(cast["amara"], earlier_outcomes="caution", answers=answers)
    page = text_of(officer.get(url(case)))
    assert "Simple caution, 10 January 2025, similar offence" in page
    assert "Is the person on police or court bail for another matter?" in page
    assert "Not known yet: The person gave no address" in page
