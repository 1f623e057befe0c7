"""What the law and a scheme say of a proposal, asked without a database."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.details import CrimeDetails
from cases.law import codes, disposals
from cases.models import Offence
from referrals.judging.finding import needs
from referrals.judging.judge import judge, rules_in_words
from referrals.judging.proposal import Proposal
from referrals.models import Scheme, SchemeVersion
from referrals.schemes.condition_words import ConditionDetails

TODAY = date(2026, 6, 10)
THEFT = Offence(code="theft", title="Theft", group="Theft", mode="either_way", policy_group="theft")
ASSAULT = Offence(code="common-assault", title="Common assault", mode="summary", policy_group="common_assault")


def crime(offence: Offence = THEFT, **changes: Any) -> CrimeDetails:
    values: dict[str, Any] = {"number": "AV/1/26", "committed_on": TODAY - timedelta(days=3), "offence": offence}
    return CrimeDetails(**(values | changes))


def proposal(**changes: Any) -> Proposal:
    values: dict[str, Any] = {
        "date_of_birth": date(2001, 3, 4),
        "crimes": [crime()],
        "admission": "admitted",
        "result": "offered_accepted",
        "evidence": "charge_standard",
        "disposal": "community_resolution",
    }
    return Proposal(**(values | changes))


def condition(due: date = TODAY + timedelta(days=28)) -> ConditionDetails:
    return ConditionDetails("course", "rehabilitative", "I will go to the course.", due)


def version(**changes: Any) -> SchemeVersion:
    values: dict[str, Any] = {
        "scheme": Scheme(name="Second Step", slug="second-step"),
        "valid_from": date(2026, 1, 1),
        "disposals": ["community_resolution"],
    }
    return SchemeVersion(**(values | changes))


def blocking(proposed: Proposal) -> dict[str, str]:
    return {one.criterion: one.reason for one in judge(proposed, TODAY) if one.blocks}


def test_a_plain_community_resolution_has_nothing_against_it() -> None:
    """A rule that fires on the ordinary case would stop every officer on every shift."""
    assert judge(proposal(), TODAY) == []


BLADE = Offence(
    code="possession-of-a-bladed-article", mode="either_way", policy_group="weapon_possession", specified=True
)
AGGRAVATED = Offence(code="aggravated", mode="either_way", policy_group="criminal_damage", hate_variant=True)


@pytest.mark.parametrize(("offence", "rank"), [(THEFT, "sergeant"), (BLADE, "inspector"), (AGGRAVATED, "prosecutor")])
def test_a_simple_caution_asks_the_rank_that_the_offence_itself_asks(offence: Offence, rank: str) -> None:
    """A sergeant's caution for a blade would be unlawful (s.17(3)), and for hate crime the prosecutor is asked."""
    proposed = proposal(disposal="simple_caution", crimes=[crime(offence)])
    assert rank in {need.rank for need in needs(judge(proposed, TODAY))}


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"date_of_birth": date(2010, 1, 1), "disposal": "simple_caution"}, "law.age"),
        ({"admission": "denied"}, "law.admission"),
        ({"evidence": "insufficient"}, "law.evidence"),
        ({"disposal": "conditional_caution"}, "law.no_conditions"),
        ({"disposal": "simple_caution", "conditions": [condition()]}, "law.conditions_not_allowed"),
        ({"disposal": "outcome_22"}, "record.no_activity"),
        ({"disposal": "none"}, "record.no_scheme"),
        ({"version": version(min_age=30), "conditions": [condition()]}, "scheme.age"),
        ({"version": version(admissions=["no_comment"])}, "scheme.admission"),
        ({"version": version(disposals=["deferred_charge"])}, "scheme.disposal"),
        ({"version": version(disposals=[])}, "scheme.disposal"),
        ({"version": version(min_conditions=2)}, "scheme.conditions"),
        ({"version": version(max_conditions=1), "conditions": [condition(), condition()]}, "law.contract_too_many"),
        (
            {"version": version(entry_window_months=1), "crimes": [crime(committed_on=date(2026, 5, 9))]},
            "scheme.entry_window",
        ),
    ],
)
def test_what_cannot_stand_is_blocked_by_the_rule_that_says_so(changes: dict[str, Any], criterion: str) -> None:
    """An unlawful resolution, or a person whom the scheme will send back, must be stopped here with the reason."""
    assert criterion in blocking(proposal(**changes))


def test_an_entry_window_still_holds_on_its_last_day() -> None:
    """A person must not be turned away on the last day that the scheme allows."""
    last = proposal(version=version(entry_window_months=1), crimes=[crime(committed_on=date(2026, 5, 10))])
    assert "scheme.entry_window" not in blocking(last)


@given(
    disposal=st.sampled_from(sorted(one.code for one in disposals.disposals_at(TODAY))),
    admission=st.sampled_from([one.value for one in codes.Admission]),
    evidence=st.sampled_from(["charge_standard", "offence_made_out", "insufficient"]),
    age=st.integers(10, 80),
)
def test_a_declined_offer_can_always_be_recorded(disposal: str, admission: str, evidence: str, age: int) -> None:
    """What happened must be on the record even where it should not have: declined offers are counted."""
    born = date(TODAY.year - age - 1, 1, 1)
    offered = proposal(
        result="offered_declined", disposal=disposal, admission=admission, evidence=evidence, date_of_birth=born
    )
    assert not blocking(offered)
    assert not needs(judge(offered, TODAY))


def test_a_child_under_ten_is_never_recorded_whatever_was_decided() -> None:
    """A child of nine cannot be guilty of an offence: no decision of this kind may stand against them."""
    for result in ("offered_accepted", "offered_declined", "not_offered"):
        disposal = "" if result == "not_offered" else "community_resolution"
        child = proposal(date_of_birth=date(2017, 1, 1), result=result, disposal=disposal)
        assert "law.under_10" in blocking(child)


def test_an_enforceable_plan_past_the_limit_is_refused_and_close_to_it_asks_a_sergeant() -> None:
    """Past the limit a broken agreement could not be prosecuted; near it somebody must say why it is still right."""
    old = [crime(ASSAULT, committed_on=date(2026, 2, 1))]  # limit 1 August 2026
    deferred = {"disposal": "deferred_charge", "crimes": old, "conditions": [condition()]}
    assert "law.plan" in blocking(proposal(**deferred, ends_on=date(2026, 8, 2)))
    close = judge(proposal(**deferred, ends_on=date(2026, 7, 20)), TODAY)
    assert ("law.plan", "sergeant") in {(one.criterion, one.rank) for one in close}
    within = judge(proposal(**deferred, ends_on=date(2026, 7, 1)), TODAY)
    assert "law.plan" not in {one.criterion for one in within}


def test_a_voluntary_plan_past_the_limit_is_said_and_not_refused() -> None:
    """A community resolution stands whatever becomes of it; the officer is told that no charge can follow."""
    old = [crime(ASSAULT, committed_on=date(2026, 2, 1))]
    late = judge(proposal(crimes=old, conditions=[condition()], ends_on=date(2026, 9, 1)), TODAY)
    assert [(one.criterion, one.severity) for one in late] == [("law.plan", "warns")]


def test_who_must_decide_is_asked_once_for_each_reason() -> None:
    """An authoriser who reads one reason three times reads none of them."""
    twice = [crime(is_hate_crime=True), crime(number="AV/2/26", is_hate_crime=True)]
    asked = needs(judge(proposal(crimes=twice), TODAY))
    assert [need.rank for need in asked] == ["inspector"]


def test_a_victim_not_asked_is_noted() -> None:
    """The Victims' Code asks for the victim's view: that it is missing must stand on the record."""
    unasked = [crime(victim_kind="person", victim_stance="not_asked")]
    assert [one.criterion for one in judge(proposal(crimes=unasked), TODAY)] == ["record.victim_not_asked"]


def test_the_rules_applied_are_named_with_their_dates() -> None:
    """A later reader must know which version of law and scheme the officer was shown."""
    words = rules_in_words(proposal(version=version()), TODAY)
    assert "10 June 2026" in words
    assert "Community resolution (rules from 8 April 2013)" in words
    assert "Second Step (rules from 1 January 2026)" in words
    assert len(words) <= 200


def test_rules_of_next_year_ask_nothing_of_a_decision_made_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law that has been entered ahead of its first day must not stop today's officers, nor may it be late."""
    now = disposals.get("community_resolution", TODAY).model_copy(update={"valid_to": date(2026, 12, 31)})
    then = now.model_copy(update={"valid_from": date(2027, 1, 1), "valid_to": None, "activity_required": True})
    dated = disposals.build_catalogue([now, then])
    monkeypatch.setattr(disposals, "catalogue", lambda: dated)

    assert "record.no_activity" not in blocking(proposal())
    later = [one.criterion for one in judge(proposal(), date(2027, 1, 1)) if one.blocks]
    assert later == ["record.no_activity"]
