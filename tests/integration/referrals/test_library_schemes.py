"""Each scheme of the library from adoption to closure, by the pages, with the rule that is its own biting."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Authorisation
from diversion import clock
from referrals.models import Condition
from referrals.queries.cases import CaseStatus, status_of
from tests.conftest import NOW, Cast
from tests.factories.decisions import crime, posted
from tests.integration.referrals.journeys import (
    CANNABIS,
    CHARGEABLE,
    CHILD,
    Journey,
    later,
    outcomes,
    template,
    text_of,
)

pytestmark = pytest.mark.usefixtures("frozen")

DISORDER = {"offence": "causing-harassment-alarm-or-distress"} | {"victim_kind": "none", "victim_stance": None}


@pytest.fixture
def journey(client: Client, cast: Cast) -> Callable[[str], Journey]:
    def begin(slug: str) -> Journey:
        found = Journey(client, cast, slug)
        found.adopt()
        return found

    return begin


Begin = Callable[[str], Journey]


def test_checkpoint_of_durham_asks_18_to_36_hours_and_an_offence_of_three_months(journey: Begin) -> None:
    """Five hours would be no condition, and an offence of last winter could no longer be prosecuted if it failed."""
    durham = journey("checkpoint")
    work = template(durham.version, "unpaid_work")
    deferred = {**CHARGEABLE, "disposal": "deferred_charge", f"{work}-use": "on", f"{work}-due_on": "2026-10-01"}
    for hours, words in (
        ("17", "asks 18 to 36 hours of work, not 17"), ("37", "not 37"), ("", "enter how many were agreed")
    ):  # fmt: skip
        assert words in durham.stopped(**deferred, **{f"{work}-quantity": hours})
    agreed = {**deferred, f"{work}-quantity": "18"}
    old = crime(0, committed_on="2026-03-09")
    assert "more than three calendar months old" in durham.stopped(**agreed, **old)
    case = durham.record(**agreed, **crime(0, committed_on="2026-03-10"))
    assert Condition.objects.filter(agreement__case=case, wording__endswith="(18 hours)").exists()
    assert outcomes(durham.keep(case)) == ["22"]


def test_checkpoint_of_durham_that_failed_comes_back_for_the_charge(journey: Begin) -> None:
    """The decision that was held is to charge: a caution would be a resolution that nobody deferred."""
    durham = journey("checkpoint")
    case = durham.fail(durham.record(**CHARGEABLE, disposal="deferred_charge"))
    durham.hear(case, "prosecute")
    page = durham.case_page(case)
    assert "Checkpoint: The original offence is prosecuted." in page
    assert 'value="failed_cautioned"' not in page
    assert durham.decide(case, "failed_cautioned").status_code == 422
    durham.decide(case, "failed_prosecuted")
    assert outcomes(case) == ["1"]


def test_checkpoint_of_surrey_that_failed_comes_back_for_the_original_caution_or_charge(journey: Begin) -> None:
    """The officer would have to charge somebody for whom a caution had been right."""
    surrey = journey("checkpoint-surrey")
    case = surrey.fail(surrey.record(**CHARGEABLE, disposal="deferred_charge"))
    assert status_of(case) == CaseStatus.NOT_KEPT
    surrey.hear(case, "prosecute")
    page = surrey.case_page(case)
    assert "The case goes back to the officer for the original caution or charge decision." in page
    assert 'value="failed_cautioned"' in page
    surrey.decide(case, "failed_cautioned")
    assert outcomes(case) == ["3"]


def test_checkpoint_of_surrey_is_offered_first_or_the_officer_says_why(journey: Begin) -> None:
    """Officers must refer whoever is eligible: silence would leave the scheme to each officer's liking."""
    surrey = journey("checkpoint-surrey")
    officer, without = surrey.as_("amara"), posted(evidence="charge_standard")
    page = officer.post(reverse("record_decision"), without)
    assert page.status_code == 422
    assert "Officers refer whoever is eligible to Checkpoint (Surrey)" in text_of(page)
    said = without | {"rationale": "Lives in Kent."}
    assert officer.post(reverse("record_decision"), said).status_code == 302
    other = {"given_names": "Alex", "family_name": "Moss", "evidence": "offence_made_out"}
    ruled_out = posted(**other, **crime(0, number="AV/2/26"))
    assert officer.post(reverse("record_decision"), ruled_out).status_code == 302


def test_checkpoint_plus_takes_an_admission_and_nothing_less(journey: Begin) -> None:
    """Its navigators work with what was admitted; whoever only accepts responsibility goes to Checkpoint."""
    plus = journey("checkpoint-plus")
    woman = {**CHARGEABLE, "sex": "female", "disposal": "deferred_caution"}
    assert "has not admitted the offence" in plus.stopped(**woman, admission="accepts_responsibility")
    assert outcomes(plus.keep(plus.record(**woman))) == ["8"]


def test_pathfinder_takes_nobody_twice_in_a_year_unless_an_inspector_says_so(journey: Begin) -> None:
    """The limit on coming back is read in our own records: nobody has to remember."""
    pathfinder = journey("pathfinder")
    deferred = {**CHARGEABLE, "disposal": "deferred_caution"}
    first = pathfinder.fail(pathfinder.record(**deferred))
    pathfinder.decide(first, "failed_cautioned")
    assert outcomes(first) == ["3"]
    known = {"existing": str(first.person.pk), "person_version": str(first.person.version)}
    again = {**deferred, **known, **crime(0, number="AV/2/26")}
    page = pathfinder.stopped(**again)
    assert "was on Pathfinder in the last 12 months" in page
    assert "rank of inspector" in page
    with later(days=380):
        much_later = crime(0, number="AV/3/26", committed_on=clock.today().isoformat())
        due = {name: "2027-09-01" for name in posted(pathfinder.version) if name.endswith("due_on")}
        pathfinder.record(**deferred, **known, **much_later, **due)


def test_pathfinder_that_was_kept_ends_without_a_caution(journey: Begin) -> None:
    """“No further offence” is kept on the last day of the agreement, and not on its first."""
    pathfinder = journey("pathfinder")
    assert outcomes(pathfinder.keep(pathfinder.record(**CHARGEABLE, disposal="deferred_caution"))) == ["22"]


def test_drug_diversion_asks_the_assessment_and_three_sessions(journey: Begin) -> None:
    """More than half of those who agreed at the roadside never came: agreeing is not yet keeping it."""
    drugs = journey("drug-diversion")
    case = drugs.record(**CHARGEABLE, **crime(0, **CANNABIS), disposal="deferred_summons", admission="no_comment")
    referral = drugs.accept(case)
    drugs.meet(referral, times=3)
    drugs.do_all(referral)
    refused = drugs.close(referral, "completed")
    assert refused.status_code == 422
    assert "4 sessions were agreed, and 3 of them are recorded as attended" in text_of(refused)
    drugs.meet(referral, times=1, attendance="attended_late")
    assert "4 of 4" in text_of(drugs.as_("george").get(reverse("referral_page", args=[referral.reference])))
    assert drugs.close(referral, "completed").status_code == 302
    assert outcomes(case) == ["8"]


def test_drug_diversion_that_failed_comes_back_to_the_officer(journey: Begin) -> None:
    """Whoever never came is summonsed, or an officer says why not."""
    drugs = journey("drug-diversion")
    case = drugs.fail(drugs.record(**CHARGEABLE, **crime(0, **CANNABIS), disposal="deferred_summons"))
    assert drugs.decide(case, "failed_no_action").status_code == 422
    drugs.decide(case, "failed_no_action", outcome="16", reason="The witness has moved.")
    assert outcomes(case) == ["16"]


@pytest.mark.parametrize(("attendance", "asked"), [("unacceptable_absence", True), ("attended", False)])
def test_drug_diversion_is_offered_again_to_whoever_took_part(attendance: str, asked: bool, journey: Begin) -> None:
    """Whoever never came is not sent again by a constable alone; whoever came and went on using is."""
    drugs = journey("drug-diversion")
    first = drugs.record(**CHARGEABLE, **crime(0, **CANNABIS), disposal="deferred_summons")
    referral = drugs.accept(first)
    drugs.meet(referral, times=1, attendance=attendance)
    assert drugs.close(referral, "not_completed").status_code == 302
    drugs.decide(first, "failed_prosecuted")
    known = {"existing": str(first.person.pk), "person_version": str(first.person.version)}
    again = crime(0, number="AV/2/26", **CANNABIS)
    case = drugs.record(**CHARGEABLE, **again, **known, disposal="deferred_summons")
    given = Authorisation.objects.filter(case=case).values_list("rank", "reasons")
    reasons = [reason for _rank, reasons in given for reason in reasons]
    assert any("was on drug diversion before and did not take part" in reason for reason in reasons) is asked
    assert [rank for rank, _reasons in given if rank == "inspector"] == (["inspector"] if asked else [])


def test_drug_diversion_for_children_is_kept_with_the_seventh_session(journey: Begin) -> None:
    """The assessment and six sessions: somebody who came to six has one to go. An adult has another scheme."""
    young = journey("drug-diversion-youth")
    answers = {**CHARGEABLE, **CHILD, **crime(0, **CANNABIS)}
    assert "aged 10 to 17" in young.stopped(**answers | {"date_of_birth": "2001-03-04"})
    case = young.record(**answers)
    referral = young.accept(case)
    young.meet(referral, times=6)
    young.do_all(referral)
    refused = young.close(referral, "completed")
    assert refused.status_code == 422
    assert "7 sessions were agreed, and 6 of them" in text_of(refused)
    young.meet(referral, times=1)
    assert young.close(referral, "completed").status_code == 302
    assert outcomes(case) == ["8"]


def test_the_plan_for_a_child_with_a_knife_closes_as_deferred_prosecution(journey: Begin) -> None:
    """As any other outcome the force could not show that the guidance of February 2026 was followed."""
    plan = journey("youth-knife-plan")
    knife = {"offence": "possession-of-a-bladed-article", "victim_kind": "none", "victim_stance": None}
    held = {**CHARGEABLE, **CHILD, "disposal": "deferred_prosecution_child", **crime(0, **knife)}
    plan.stopped(**held | {"date_of_birth": "2001-03-04"})
    assert outcomes(plan.keep(plan.record(**held))) == ["23"]


def test_pathways_takes_the_offences_of_its_list(journey: Begin) -> None:
    """The list is short, and an inspector may go beyond it: the officer is told so, not turned away."""
    pathways = journey("pathways")
    deferred = {**CHARGEABLE, "disposal": "deferred_caution"}
    page = pathways.stopped(**deferred, **crime(0, **DISORDER))
    assert "rank of inspector" in page
    case = pathways.fail(pathways.record(**deferred))
    pathways.decide(case, "failed_cautioned")
    assert outcomes(case) == ["3"]


def test_community_payback_asks_no_more_than_20_hours(journey: Begin) -> None:
    """The law caps unpaid work in a caution at 20 hours; half an hour more would be unlawful."""
    payback = journey("wy-community-payback")
    work = template(payback.version, "unpaid_work")
    caution = {**CHARGEABLE, "disposal": "conditional_caution"}
    assert "asks at most 20 hours of work, not 20.5" in payback.stopped(**caution, **{f"{work}-quantity": "20.5"})
    case = payback.record(**caution, **{f"{work}-quantity": "20"})
    assert case.authorisation.rank == "sergeant"
    assert outcomes(payback.keep(case)) == ["3"]


def test_the_conditional_caution_of_liaison_and_diversion_needs_an_admission_and_a_sergeant(journey: Begin) -> None:
    """A caution given without an admission, or by a constable alone, does not stand."""
    support = journey("wy-conditional-caution")
    caution = {**CHARGEABLE, "disposal": "conditional_caution"}
    assert "has not admitted the offence" in support.stopped(**caution, admission="no_comment")
    case = support.record(**caution)
    assert case.authorisation.rank == "sergeant"
    case = support.fail(case)
    support.decide(case, "failed_prosecuted")
    assert outcomes(case) == ["1"]


@pytest.mark.parametrize("slug", ["divert", "lead", "wy-liaison-diversion"])
def test_support_that_is_no_disposal_changes_nothing_in_the_case(slug: str, journey: Begin) -> None:
    """It is help and not a resolution: the crime gets no outcome of it, and police never hear how it went."""
    help_ = journey(slug)
    offered = {"disposal": "none", "origin": "custody", "admission": "denied", **crime(0, **CANNABIS)}
    case = help_.record(**offered)
    assert (case.closed_at, outcomes(case), status_of(case)) == (NOW, [""], CaseStatus.REFERRED)
    referral = help_.accept(case)
    help_.meet(referral, times=1, attendance="unacceptable_absence")
    assert help_.close(referral, "not_completed").status_code == 302
    page = help_.case_page(case)
    assert status_of(case) == CaseStatus.REFERRED
    assert "Not completed" not in page
    assert help_.decide(case, "failed_prosecuted").status_code == 422


def test_divert_is_for_young_adults_in_custody(journey: Begin) -> None:
    """A coach of a football club is not there for a man of 26, nor for whoever was dealt with in the street."""
    divert = journey("divert")
    offered = {"disposal": "none", "origin": "custody"}
    divert.stopped(**offered, date_of_birth="2000-06-10")
    divert.stopped(**offered | {"origin": "street"})
    divert.record(**offered, date_of_birth="2000-06-11")


def test_lead_is_for_drugs_and_prostitution_and_has_no_limit_on_coming_back(journey: Begin) -> None:
    """Harm reduction has no third strike."""
    lead = journey("lead")
    offered = {"disposal": "none", **crime(0, **CANNABIS)}
    lead.stopped(**offered | crime(0))
    first = lead.record(**offered)
    known = {"existing": str(first.person.pk), "person_version": str(first.person.version)}
    again = lead.record(**offered | crime(0, **CANNABIS, number="AV/2/26"), **known)
    assert again.person == first.person


def test_liaison_and_diversion_agrees_no_conditions(journey: Begin) -> None:
    """Health support that comes with conditions would be a sentence."""
    health = journey("wy-liaison-diversion")
    offered = {"disposal": "none", "origin": "custody"}
    apology = {"conditions-0-kind": "apology"}
    case = health.record(**offered)
    assert not Condition.objects.filter(agreement__case=case).exists()
    health.stopped(**offered, **apology)
