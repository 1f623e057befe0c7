"""The default policy: every disposal has somebody it is for, and every rule somebody whom it turns away."""

from datetime import date, timedelta
from typing import Any

import pytest

from cases.eligibility.assess import assess
from cases.eligibility.codes import DISPOSALS, Severity
from cases.eligibility.criteria import Criterion
from cases.eligibility.dates import add_months
from cases.eligibility.policy import DisposalRules, Policy, load_policy
from cases.eligibility.results import OptionResult

from .people import OF_AN_OFFENCE, change, somebody

AT = date(2026, 3, 2)
POLICY = load_policy()
IN_FORCE = [rules for rules in POLICY.disposals if rules.disposal not in {"diversionary_caution", "community_caution"}]
CRITERIA = [
    (rules, criterion)
    for rules in IN_FORCE
    for criterion in rules.criteria
    if criterion.severity is not Severity.WARNS
    and criterion.test.kind not in {"authority", "in_force"}
    and (rules.disposal, criterion.id) != ("deferred_summons", "child-authoriser")  # behind "adult": see below
]
CHILDREN = {"youth_caution", "youth_conditional_caution", "deferred_prosecution_child"}
FITS: dict[str, dict[str, Any]] = {
    "penalty_notice": {"offence_group": "shop_theft"},
    "cannabis_warning": {"offence_group": "drug_possession", "drug": "cannabis"},
    "khat_warning": {"offence_group": "drug_possession", "drug": "khat"},
}
CHANGES: dict[str, dict[str, Any]] = {
    "child-authoriser": {"years": 17, "appropriate_adult": "present"},
    "age-of-responsibility": {"years": 10, "offence_days": 30, "appropriate_adult": "present"},
    "domestic-abuse": {"domestic_abuse": True, "domestic_abuse_risk": "standard"},
    "victim-objects": {"victim_view": "objects"},
    "recent-history": {
        "earlier_outcomes": [{"outcome": "community_resolution", "date": "2025-12-01", "similar": False}]
    },
    "gravity": {"gravity_score": 3},
    "gravity-high": {"gravity_score": 4},
    "specified-offence": {"specified_offence": True},
    "similar-offence": {"earlier_outcomes": [{"outcome": "caution", "date": "2024-06-01", "similar": True}]},
    "time-left": {"mode_of_trial": "summary", "offence_date": add_months(AT, -5) - timedelta(days=10)},
    "time-for-plan": {"mode_of_trial": "summary", "offence_date": add_months(AT, -2)},
    "theft-value": {"offence_group": "shop_theft", "value_pounds": 100},
    "damage-value": {"offence_group": "criminal_damage", "value_pounds": 300},
    "drug": {"offence_group": "drug_possession", "drug": "class_a"},
    "offence": {"offence_group": "theft"},
    "offence-list": {"offence_group": "robbery"},
}


def person(disposal: str) -> dict[str, Any]:
    """Somebody the disposal is for."""
    return {**somebody(AT, 14 if disposal in CHILDREN else 20), **FITS.get(disposal, {})}


def changed(disposal: str, criterion: str) -> dict[str, Any]:
    """The same person with the one thing different that the criterion is about."""
    special = dict(CHANGES.get(criterion) or {} if criterion != "earlier-warning" else {})
    if criterion == "earlier-warning":
        special = {"earlier_outcomes": [{"outcome": disposal, "date": "2019-01-01", "similar": True}]}
    if criterion == "gravity" and disposal not in {"community_resolution"}:
        special = {"gravity_score": 5 if disposal.startswith(("deferred", "youth_cond")) else 4}
    if criterion in {"yjs-consulted", "child-information-form"}:
        special = {"years": 14, "appropriate_adult": "present"} | (
            {"yjs_consulted": False} if criterion == "yjs-consulted"
            else {"child_information_form": False, "mode_of_trial": "indictable"}
        )  # fmt: skip
    if criterion == "child":
        special = {"years": 18, "appropriate_adult": "not_needed"}
    if "offence_days" in special:
        special["offence_date"] = AT - timedelta(days=special.pop("offence_days"))
    if "years" in special:
        special["date_of_birth"] = add_months(AT, -12 * special.pop("years"))
    facts = {**person(disposal), **(special or change(criterion, AT))}
    return {name: value for name, value in facts.items() if facts["offence_alleged"] or name not in OF_AN_OFFENCE}


def result(disposal: str, facts: dict[str, Any], at: date = AT) -> OptionResult:
    rules = tuple(rules for rules in POLICY.disposals if rules.disposal == disposal)
    alone = POLICY.model_copy(update={"disposals": rules, "schemes": ()})
    return assess(facts, alone, at).option(f"disposal:{disposal}")


def test_every_disposal_and_every_scheme_is_there() -> None:
    """What is missing from the policy cannot be explained to anybody."""
    assert {rules.disposal for rules in POLICY.disposals} == set(DISPOSALS)
    assert len(POLICY.schemes) == 13


@pytest.mark.parametrize("rules", IN_FORCE, ids=lambda rules: rules.disposal)
def test_somebody_who_fits_needs_only_the_disposals_own_rank(rules: DisposalRules) -> None:
    """A disposal that nobody can have is closed by its own rules."""
    found = result(rules.disposal, person(rules.disposal))
    constant = [c for c in rules.criteria if c.test.kind == "authority"]
    assert found.reasons == tuple(c.id for c in constant)
    assert (found.status, found.rank) == (("needs_authority", constant[0].rank) if constant else ("eligible", None))


@pytest.mark.parametrize("case", CRITERIA, ids=lambda case: f"{case[0].disposal}-{case[1].id}")
def test_one_thing_different_gives_that_reason(case: tuple[DisposalRules, Criterion]) -> None:
    """Each rule must turn away, or send upwards, exactly the person it is about."""
    rules, criterion = case
    found = result(rules.disposal, changed(rules.disposal, criterion.id))
    finding = next(finding for finding in found.findings if finding.criterion == criterion.id)
    assert finding.result == "not_met"
    blocking = {f.criterion for f in found.findings if f.result == "not_met" and f.severity == "blocks"}
    if criterion.severity is Severity.BLOCKS:
        assert found.status == "ineligible"
        assert criterion.id in found.reasons
        beside = {"adult"} if rules.disposal == "deferred_summons" else set()
        beside |= {"offence", "drug"} if "warning" in rules.disposal else set()
        assert blocking - {criterion.id} <= {"child"} | beside
    else:
        assert not blocking
        assert found.status == "needs_authority"
        assert criterion.rank is not None
        assert found.rank is not None
        assert found.rank.level >= criterion.rank.level
        assert criterion.id in found.reasons


@pytest.mark.parametrize("disposal", ["diversionary_caution", "community_caution"])
def test_the_cautions_of_the_2022_act_are_shown_and_closed(disposal: str) -> None:
    """Part 6 is not in force: an officer must see it named and refused, not find it missing."""
    found = result(disposal, somebody(AT))
    assert (found.status, found.reasons, found.override_by) == ("ineligible", ("in-force",), None)


@pytest.mark.parametrize(("months", "status"), [(23, "not_met"), (25, "met")])
def test_a_similar_caution_is_counted_back_from_the_offence_and_not_from_the_decision(months: int, status: str) -> None:
    """25 months before the offence, 23 before the decision: section 17(4) does not apply."""
    facts = {**somebody(AT), "offence_date": add_months(AT, -2)}
    caution = add_months(facts["offence_date"], -months)
    facts["earlier_outcomes"] = [{"outcome": "simple_caution", "date": caution, "similar": True}]
    finding = next(f for f in result("simple_caution", facts).findings if f.criterion == "similar-offence")
    assert finding.result == status


def test_a_child_at_the_offence_who_is_18_now_has_adult_disposals_and_a_flag() -> None:
    """Youth statutes look at the age on the day of the disposal."""
    facts = {**somebody(AT), "date_of_birth": add_months(AT, -12 * 18), "offence_date": AT - timedelta(days=20)}
    assert result("youth_caution", facts).reasons == ("child",)
    caution = result("simple_caution", facts)
    assert caution.status == "needs_authority"
    flag = next(finding for finding in caution.findings if finding.criterion == "turned-18")
    assert (flag.result, flag.severity) == ("not_met", "warns")


def test_acceptance_without_admission_closes_the_caution_and_leaves_other_ways() -> None:
    """A conditional caution needs an admission; a community resolution, outcome 22 and a deferral do not."""
    facts = {**somebody(AT), "admission": "accepts_responsibility"}
    assert result("conditional_caution", facts).reasons == ("admission",)
    assert result("community_resolution", facts).status == "eligible"
    for disposal in ("outcome_22", "deferred_caution", "deferred_charge"):
        assert (result(disposal, facts).status, result(disposal, facts).rank) == ("needs_authority", "sergeant")


def test_denial_still_leaves_outcome_22_and_deferral() -> None:
    """Distrust of an admission must not cost a person every way out of court."""
    facts = {**somebody(AT), "admission": "denied"}
    open_to = {o.code for o in assess(facts, POLICY, AT).options if o.kind == "disposal" and o.status != "ineligible"}
    assert open_to == {"outcome_22", "deferred_charge", "deferred_summons"}


KNIFE = {"offence_group": "weapon_possession"}


@pytest.mark.parametrize(
    ("disposal", "said", "status", "rank"),
    [
        ("community_resolution", "accepts_responsibility", "needs_authority", "sergeant"),
        ("outcome_22", "denied", "needs_authority", "sergeant"),
        ("deferred_caution", "accepts_responsibility", "needs_authority", "sergeant"),
        ("deferred_charge", "denied", "needs_authority", "inspector"),
        ("deferred_summons", "denied", "ineligible", None),
        ("deferred_prosecution_child", "denied", "needs_authority", "inspector"),
    ],
)
def test_nothing_is_a_constables_alone_for_a_child(disposal: str, said: str, status: str, rank: str | None) -> None:
    """A child of 15 with a knife who denies it would be dealt with at the roadside, by nobody who knows children."""
    found = result(disposal, {**somebody(AT, 15), **KNIFE, "admission": said})
    assert (found.status, found.rank) == (status, rank)


def test_a_child_s_deferred_summons_is_an_inspectors_where_a_force_opens_it() -> None:
    """A force whose scheme takes children takes the rule out of its policy, and not the rank with it."""
    child = {**somebody(AT, 15), **KNIFE, "admission": "denied"}
    closed = result("deferred_summons", child)
    assert (closed.reasons, closed.override_by) == (("adult",), "inspector")
    rules = next(rules for rules in POLICY.disposals if rules.disposal == "deferred_summons")
    opened = rules.model_copy(update={"criteria": tuple(one for one in rules.criteria if one.id != "adult")})
    alone = POLICY.model_copy(update={"disposals": (opened,), "schemes": ()})
    found = assess(child, alone, AT).option("disposal:deferred_summons")
    assert (found.status, found.rank, found.reasons) == ("needs_authority", "inspector", ("child-authoriser",))


def test_outcome_23_begins_on_12_february_2026() -> None:
    """A child decided the day before had no such outcome."""
    facts = person("deferred_prosecution_child")
    day_before = date(2026, 2, 11)
    moved = {**facts, "offence_date": day_before - timedelta(days=3)}
    assert "in-force" in result("deferred_prosecution_child", moved, day_before).reasons
    assert "in-force" not in result("deferred_prosecution_child", moved, date(2026, 2, 12)).reasons


@pytest.mark.parametrize(
    ("offence", "issued", "unmet"),
    [
        (date(2026, 1, 10), date(2026, 2, 20), set()),
        (date(2026, 1, 10), date(2026, 2, 21), {"time-for-plan"}),
        (date(2026, 1, 10), date(2026, 6, 13), {"time-for-plan", "time-left"}),
    ],
)
def test_a_conditional_caution_for_a_summary_offence_keeps_28_days_in_hand(
    offence: date, issued: date, unmet: set[str]
) -> None:
    """16 weeks from 20 February end on 12 June, 28 days before the limit of 10 July; a day later is too late."""
    facts = {**somebody(issued), "mode_of_trial": "summary", "offence_date": offence}
    found = result("conditional_caution", facts, issued)
    assert {f.criterion for f in found.findings if f.result == "not_met"} - {"authoriser"} == unmet


def test_domestic_abuse_assault_runs_from_the_first_statement() -> None:
    """Section 39A: six months from the statement of 10 March, not from the offence, and no later than two years."""
    at = date(2026, 8, 1)
    facts = {**somebody(at), "offence_group": "common_assault", "mode_of_trial": "summary", "domestic_abuse": True,
             "domestic_abuse_risk": "standard", "offence_date": date(2026, 1, 1)}  # fmt: skip
    unknown = assess(facts, POLICY, at)
    assert "first_statement_date" in {question.fact for question in unknown.open_questions}
    known = assess({**facts, "first_statement_date": date(2026, 3, 10)}, POLICY, at)
    assert known.derived["statutory_limit_date"] == date(2026, 9, 10)
    assert "time-left" not in known.option("disposal:conditional_caution").reasons


def test_a_domestic_abuse_case_is_the_inspectors() -> None:
    """The rank needed is part of the answer, and the form asks what could change it."""
    facts = {**somebody(AT), "domestic_abuse": True, "domestic_abuse_risk": "medium"}
    assert result("community_resolution", facts).rank == "inspector"


def test_the_monitoring_set_is_asked_of_somebody_already_settled() -> None:
    """Without it the people decided fastest would be missing from every figure."""
    facts = somebody(AT)
    for fact in ("sex", "ethnicity"):
        del facts[fact]
    facts.update(home_area="elsewhere", offence_area="elsewhere")
    assessment = assess(facts, POLICY, AT)
    assert assessment.open_questions == ()
    assert [question.fact for question in assessment.monitoring] == ["sex", "ethnicity"]


def test_the_default_policy_goes_to_json_and_back_unchanged() -> None:
    """A force's copy must be the policy it copied."""
    assert Policy.model_validate_json(POLICY.model_dump_json()) == POLICY


def test_no_rule_can_read_ethnicity() -> None:
    """Nobody may be offered more or less because of their ethnicity: two people who differ in it alone are one."""
    facts = somebody(AT)
    results = {assess({**facts, "ethnicity": code}, POLICY, AT).model_dump_json() for code in ("W1", "B1", "N4")}
    assert len(results) == 1
