"""The proposal behind a recorded case, from real rows: what was said then, as corrected since."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases.details import PersonDetails
from cases.models import Allegation, Case, Offence
from diversion import clock
from referrals.actions import deciding, partner, support
from referrals.actions.correcting import correct_crime
from referrals.actions.deciding import Support
from referrals.judging import recorded
from referrals.models import Condition, Referral
from referrals.schemes.condition_words import ConditionDetails
from tests.conftest import NOW, Cast
from tests.factories.cases import condition, crime, decision, person, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 6, 10)
BLADE = "possession-of-a-bladed-article"


def kept(case: Case) -> dict[tuple[str, ...], str]:
    """What came of each rule as it was kept with the decision."""
    findings = case.assessments.earliest("pk").findings
    return {(one["rule"], one["version"], one["rank"], one["crime"]): one["result"] for one in findings}


def again(case: Case) -> dict[tuple[str, ...], str]:
    judged = recorded.judge_as_recorded(Case.objects.get(pk=case.pk))
    assert judged is not None
    return {one.identity: one.result for one in judged.findings}


def shop_theft(cast: Cast) -> Case:
    return record(cast["amara"])


def two_crimes(cast: Cast) -> Case:
    objects = crime("common-assault", is_domestic_abuse=True, victim_kind="person", victim_name="J Hill")
    return record(cast["amara"], crimes=[crime(), objects])


def waiting(cast: Cast) -> Case:
    return record(cast["amara"], decision=decision(disposal="deferred_charge"))


def child_with_a_knife(cast: Cast) -> Case:
    who = person(date_of_birth=date(2011, 1, 1))
    held = decision(disposal="deferred_charge", admission="denied")
    return record(cast["amara"], person=who, crimes=[crime(BLADE)], decision=held)


def on_a_scheme(cast: Cast) -> Case:
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    return refer(cast["amara"], version).case


@pytest.mark.parametrize("make", [shop_theft, two_crimes, waiting, child_with_a_knife, on_a_scheme])
def test_a_case_judged_again_gives_what_was_kept(cast: Cast, make: Any) -> None:
    """A correction would send every case to a sergeant for reasons that nobody changed, or miss the one that is new."""
    case = make(cast)
    assert kept(case)
    assert again(case) == kept(case)


def test_time_that_passes_changes_nothing_of_what_was_decided(cast: Cast) -> None:
    """A decision made in time would be judged late, by the day on which somebody corrects a number."""
    case = on_a_scheme(cast)
    with clock.set_to(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        assert again(case) == kept(case)


@pytest.mark.parametrize("result", ["offered_declined", "not_offered"])
def test_what_was_not_accepted_is_not_judged_again(cast: Cast, result: str) -> None:
    """Nobody has to decide on an offer that was declined, whatever is corrected."""
    said = {"offered_declined": {"declined_reason": "not_said"}, "not_offered": {"disposal": ""}}[result]
    case = record(
        cast["amara"],
        decision=decision(result=result, not_offered_reason="evidence" if result == "not_offered" else "", **said),
        support=Support(),
    )
    assert recorded.judge_as_recorded(case) is None


def correct(case: Case, cast: Cast, **changes: Any) -> None:
    allegation = Allegation.objects.get(case=case)
    values = {"committed_on": allegation.committed_on, "offence": allegation.offence, "area": allegation.area}
    correct_crime(allegation=allegation, reason="Mistyped.", seen=0, by=cast["amara"], **(values | changes))


def test_a_correction_adds_and_takes_nothing_that_was_said_away(cast: Cast) -> None:
    """Correcting a date once turned domestic abuse into "no", and lost what the victim had said."""
    victim = {"victim_kind": "person", "victim_name": "J Hill", "victim_stance": "agrees"}
    abuse = crime("common-assault", is_domestic_abuse=True, **victim)
    case = record(cast["amara"], crimes=[abuse])
    before = recorded.facts_of(case, TODAY).first
    correct(case, cast, committed_on=date(2026, 6, 1), area="Harbour")

    after = recorded.facts_of(case, TODAY).first
    assert {name for name in after if after[name] != before.get(name)} == {"offence_date"}
    assert (after["offence_date"], after["domestic_abuse"], after["victim_view"]) == ("2026-06-01", True, "agrees")
    assert recorded.answers_of(case)["crimes"][0]["area"] == "Harbour"


def test_a_correction_that_is_being_made_is_judged_before_it_is_kept(cast: Cast) -> None:
    """It would be judged on the facts that it is about to change."""
    case = shop_theft(cast)
    number = Allegation.objects.get(case=case).crime.number
    said = {"crimes": [{"number": number, "offence": BLADE}]}
    assert recorded.facts_of(case, TODAY, said=[said]).first["offence_group"] == "weapon_possession"
    assert recorded.facts_of(case, TODAY).first["offence_group"] == "shop_theft"


def test_date_of_birth_and_sex_are_those_of_the_record(cast: Cast) -> None:
    """An age corrected on the person's record must not stay wrong in every case about them."""
    case = shop_theft(cast)
    case.person.date_of_birth, case.person.sex = date(2010, 1, 5), "female"
    case.person.save()
    facts = recorded.facts_of(Case.objects.get(pk=case.pk), TODAY)
    assert (facts.date_of_birth, facts.first["sex"], facts.is_child(TODAY)) == (date(2010, 1, 5), "female", True)


def person_again(case: Case) -> PersonDetails:
    who = case.person
    known = {"given_names": who.given_names, "family_name": who.family_name, "date_of_birth": who.date_of_birth}
    return PersonDetails(**known, sex=who.sex, existing=who)


def test_our_records_tell_what_was_accepted_and_authorised_oldest_first(cast: Cast) -> None:
    """A limit on earlier outcomes would turn somebody away for what they declined, or what a sergeant refused."""
    with clock.set_to(NOW - timedelta(days=40)):
        first = shop_theft(cast)
    again_ = person_again(first)
    with clock.set_to(NOW - timedelta(days=30)):
        declined = decision(result="offered_declined", declined_reason="not_said")
        record(cast["amara"], person=again_, decision=declined, support=Support())
        refused = record(cast["amara"], person=again_, decision=decision(disposal="outcome_22"))
        deciding.refuse(case=refused, rationale="Charge.", seen=refused.corrections.count(), by=cast["carol"])
    with clock.set_to(NOW - timedelta(days=20)):
        given = record(cast["amara"], person=again_, decision=decision(disposal="deferred_charge"))
        deciding.authorise(
            evidence_met=True, case=given, rationale="Proportionate.", seen=given.corrections.count(), by=cast["carol"]
        )
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], version, person=again_)

    ours = recorded.earlier_on_record(first.person)
    assert [(one["outcome"], one.get("scheme", ""), one["date"]) for one in ours] == [
        ("community_resolution", "", date(2026, 5, 1)),
        ("deferred_charge", "", date(2026, 5, 21)),
        ("community_resolution", "", TODAY),
        ("scheme", "drug-diversion", TODAY),
    ]
    # A case is no earlier outcome of itself, and what came later is none of it either.
    before = recorded.earlier_on_record(first.person, before=sent.case.recorded_at)
    assert [one["outcome"] for one in before] == ["community_resolution", "deferred_charge"]
    assert recorded.earlier_on_record(first.person, before=first.recorded_at) == []


def test_a_referral_that_came_to_nothing_is_no_earlier_scheme(cast: Cast) -> None:
    """Somebody whom the partner could not take would never be offered the scheme again."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], version)
    assert [one["scheme"] for one in recorded.earlier_schemes(sent.case.person)] == ["drug-diversion"]
    partner.decline(referral=sent, reason="no_capacity", note="", version=sent.version, by=cast["hugh"])
    assert recorded.earlier_schemes(sent.case.person) == []


def test_the_plan_is_the_agreement_as_it_stands(cast: Cast) -> None:
    """Conditions that were taken out would go on counting, and hours that were agreed would be forgotten."""
    work = condition("I will do unpaid work. (12 hours)", kind="unpaid_work", object="punitive")
    other = condition("I will write a letter.", kind="apology", due_on=date(2026, 7, 20))
    dropped = condition("I will pay. (£50.00)", kind="compensation", due_on=date(2026, 12, 1))
    case = record(cast["amara"], support=Support(conditions=[work, other, dropped]))
    gone = Condition.objects.get(agreement__case=case, kind="compensation")
    support.settle_condition(condition=gone, state="cancelled", evidence="", version=1, by=cast["amara"])

    plan = recorded.proposal_as_recorded(case).plan
    assert [one.wording for one in plan.conditions] == [work.wording, other.wording]
    assert plan.quantities == {0: 12}
    assert (plan.disposal, plan.version, plan.ends_on) == ("community_resolution", None, date(2026, 7, 20))


def test_another_scheme_is_proposed_from_today_with_what_it_adds(cast: Cast) -> None:
    """A person sent on would be held to the time that the first scheme had left, or without what the second asks."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    case = shop_theft(cast)
    asked = ConditionDetails("treatment_appt", "rehabilitative", "I will go to my first appointment.", TODAY)
    with clock.set_to(NOW + timedelta(days=10)):
        proposal = recorded.proposal_of(case, version, [asked])
    assert proposal.plan.version == version
    assert [one.kind for one in proposal.plan.conditions] == ["course", "treatment_appt"]
    assert proposal.plan.ends_on == date(2026, 6, 20) + timedelta(weeks=12)
    assert proposal.force == cast["amara"].organisation


def test_sending_somebody_on_asks_the_scheme_and_the_policy_and_not_the_law_again(cast: Cast) -> None:
    """What the law said of the resolution was settled when it was issued; only its length is new."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    case = refer(cast["amara"], version).case
    proposal = recorded.proposal_of(case, version, [])
    rules = {one.rule for one in recorded.judge_again(proposal, TODAY).findings}
    assert {"scheme.drug-possession", "policy.gravity"} <= rules
    assert not [rule for rule in rules if rule.startswith(("record.", "law."))]


def test_a_plan_past_the_limit_is_said_again_of_another_scheme(cast: Cast) -> None:
    """Sent on after a decline, somebody would be held to an agreement that can no longer be enforced."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    old = crime("common-assault", committed_on=date(2026, 2, 1))  # limit 1 August 2026; 12 weeks end on 2 September
    case = record(cast["amara"], crimes=[old], decision=decision(disposal="deferred_charge"))
    found = recorded.judge_again(recorded.proposal_of(case, version, []), TODAY)
    assert [(one.rule, one.severity) for one in found.findings if one.rule == "law.plan"] == [("law.plan", "blocks")]


def test_a_live_referral_gives_the_scheme_and_one_that_ended_gives_none(cast: Cast) -> None:
    """The rules of a scheme that has declined would go on stopping the case."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], version)
    assert recorded.proposal_as_recorded(sent.case).plan.version == version
    partner.decline(referral=sent, reason="no_capacity", note="", version=sent.version, by=cast["hugh"])
    assert Referral.objects.get(pk=sent.pk).state == Referral.State.DECLINED
    assert recorded.proposal_as_recorded(sent.case).plan.version is None


def test_a_correction_says_of_a_crime_what_stands_now(cast: Cast) -> None:
    """A crime would be told apart by a number that nobody wrote, or keep its wrong offence."""
    allegation = Allegation.objects.get(case=shop_theft(cast))
    allegation.offence, allegation.area = Offence.objects.standing().get(code=BLADE, owner=None), ""
    assert recorded.crime_answers(allegation) == {
        "number": allegation.crime.number,
        "offence": BLADE,
        "committed_on": "2026-06-07",
    }
