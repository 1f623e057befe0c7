"""The numbered regression cases of the domain page (section 5.4), one named test each. Thresholds are the defaults."""

from dataclasses import replace
from datetime import date

import pytest

from cases.law import (
    ContractLimits,
    DisposalCode,
    DisposalFacts,
    Earlier,
    LawSettings,
    PlanVerdict,
    ProposedCondition,
    Rank,
    Result,
    Severity,
    age_at_disposal,
    check_authorisation,
    check_conditions,
    check_disposal,
    check_plan,
    derive_outcome,
    derive_outcomes,
    disposals_at,
    earliest_limit,
    entry_window,
    get,
    is_refused,
    latest_safe_completion,
    may_authorise,
    plan_end,
    statutory_limit,
)
from cases.law.data import version_on
from cases.law.disposals import Disposal, build_catalogue

TODAY = date(2026, 6, 1)
DURHAM = ContractLimits(
    name="Checkpoint",
    source="DUR1",
    max_conditions=5,
    unpaid_work_hours_min=18,
    unpaid_work_hours_max=36,
    mandatory=("no_reoffending",),
)


def facts(**changes: object) -> DisposalFacts:
    """An adult who can have a conditional caution; each test changes one thing."""
    usual = DisposalFacts(
        disposal="conditional_caution",
        at=TODAY,
        date_of_birth=date(1990, 5, 5),
        offence_date=date(2026, 5, 1),
        modes=("either_way",),
        admission="admitted",
        evidence_sufficient=True,
        consents=True,
        conditions=(ProposedCondition("course", "rehabilitative"),),
        officer="PC 1",
        authoriser="PS 2",
        authoriser_rank="sergeant",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def codes(findings: list) -> set[str]:
    return {finding.code for finding in findings}


def test_r1_a_sixteen_week_plan_fits_exactly_28_days_before_the_limit() -> None:
    """A supervisor would be asked for a reason that nobody needs, if the lead time were counted a day short."""
    limit = statutory_limit("summary", date(2026, 1, 10))
    end = plan_end("summary", issued_on=date(2026, 2, 20), offence_date=date(2026, 1, 10))
    check = check_plan(end.on, limit)
    assert limit.on == date(2026, 7, 10)
    assert limit.last_safe_day == date(2026, 7, 9)
    assert end.on == date(2026, 6, 12)
    assert (check.verdict, check.spare_days) == (PlanVerdict.WITHIN, 0)
    assert latest_safe_completion(end.on, limit).on == date(2026, 6, 12)


def test_r1_counted_from_the_offence_the_sixteen_weeks_end_on_2_may() -> None:
    """A force whose code counts from the offence would let plans run seven weeks too long."""
    settings = LawSettings(plan_clock_basis="offence")
    end = plan_end("summary", issued_on=date(2026, 2, 20), offence_date=date(2026, 1, 10), settings=settings)
    assert end.on == date(2026, 5, 2)
    assert end.basis == "offence"


def test_r2_a_plan_past_the_limit_is_refused_and_a_shorter_one_suggested() -> None:
    """A broken caution could no longer be prosecuted, and nobody would have been told."""
    limit = statutory_limit("summary", date(2026, 1, 10))
    end = plan_end("summary", issued_on=date(2026, 4, 10), offence_date=date(2026, 1, 10))
    check = check_plan(end.on, limit)
    assert end.on == date(2026, 7, 31)
    assert check.verdict is PlanVerdict.REFUSED
    assert check.latest_safe == date(2026, 6, 12)
    assert [word.split(",")[0] for word in check.suggestions] == [
        "A shorter plan",
        "A community resolution",
        "Outcome 22",
    ]


@pytest.mark.parametrize("end", [date(2026, 6, 13), date(2026, 7, 9), date(2026, 7, 10)])
def test_r2_between_the_safe_day_and_the_limit_a_sergeant_gives_a_reason(end: date) -> None:
    """A plan with too little time to charge would go ahead with nobody's name to it."""
    assert check_plan(end, statutory_limit("summary", date(2026, 1, 10))).verdict is PlanVerdict.NEEDS_SERGEANT


def test_r3_an_either_way_plan_of_twenty_weeks_meets_no_limit() -> None:
    """People with either-way offences would be refused support by a limit that is not theirs."""
    limit = statutory_limit("either_way", date(2026, 1, 10))
    end = plan_end("either_way", issued_on=date(2026, 4, 10), offence_date=date(2026, 1, 10))
    assert end.on == date(2026, 8, 28)
    assert limit.on is None
    assert check_plan(end.on, limit).verdict is PlanVerdict.WITHIN


def test_r4_domestic_assault_runs_from_the_first_statement_not_the_report() -> None:
    """A victim who reported on 1 March and gave a statement on 10 March would lose nine days."""
    limit = statutory_limit("summary", date(2026, 1, 1), domestic_assault=True, first_statement=date(2026, 3, 10))
    assert limit.on == date(2026, 9, 10)
    assert limit.runs_from == date(2026, 3, 10)
    assert limit.rule == "cja_39a"


def test_r5_six_months_from_31_august_is_28_february() -> None:
    """A clock that rolled into March would let the last lawful day pass."""
    assert statutory_limit("summary", date(2025, 8, 31)).on == date(2026, 2, 28)


def simple(earlier: date, **changes: object) -> DisposalFacts:
    return facts(
        disposal="simple_caution",
        conditions=(),
        at=date(2026, 7, 1),
        offence_date=date(2026, 5, 1),
        earlier=(Earlier(earlier, similar=True),),
        **changes,
    )


def test_r6_a_similar_caution_23_months_before_the_offence_needs_exceptional_circumstances() -> None:
    """A repeat caution that section 17 forbids would be given by a sergeant."""
    found = check_disposal(simple(date(2024, 6, 1)))
    exceptional = [finding for finding in found if finding.code == "exceptional"]
    assert [finding.severity for finding in exceptional] == [Severity.NEEDS_AUTHORITY]
    assert exceptional[0].rank is Rank.INSPECTOR
    assert exceptional[0].unsure, "the rank is a setting until confirmed"
    assert "rank" in codes(found), "the sergeant who authorised it is not enough"


def test_r7_a_similar_caution_25_months_before_the_offence_raises_no_gate() -> None:
    """The gate would be counted to the decision (23 months) and stop a caution that the law allows."""
    assert check_disposal(simple(date(2024, 4, 1))) == []


def test_r8_a_person_who_turned_18_gets_adult_disposals_with_two_flags() -> None:
    """A young adult would be cautioned as a child, or nobody would hand over from youth justice."""
    age = age_at_disposal(date(2008, 5, 20), date(2026, 5, 1), TODAY)
    assert (age.at_offence, age.at_disposal, age.is_child, age.turned_18) == (17, 18, False, True)
    assert [finding.code for finding in age.findings] == ["maturity", "yjs_handover"]
    suited = {record.code for record in disposals_at(TODAY) if record.suits_age(age.at_disposal)}
    assert DisposalCode.CONDITIONAL_CAUTION in suited
    assert not suited & {
        DisposalCode.YOUTH_CAUTION,
        DisposalCode.YOUTH_CONDITIONAL_CAUTION,
        DisposalCode.DEFERRED_PROSECUTION_CHILD,
    }


def test_r9_acceptance_alone_blocks_a_conditional_caution_and_names_what_is_open() -> None:
    """A person would be cautioned without the admission the statute requires, or left with no way out of court."""
    [finding] = check_disposal(facts(admission="accepts_responsibility"))
    assert (finding.code, finding.severity) == ("admission", Severity.BLOCK)
    for offered in ("Community resolution", "Outcome 22", "Deferred caution"):
        assert offered in finding.reason


def test_r10_a_constable_cannot_authorise_a_conditional_caution() -> None:
    """A caution would be unlawful for want of an authorised person."""
    found = check_disposal(facts(authoriser_rank="constable"))
    assert [(finding.code, finding.rank) for finding in found] == [("rank", Rank.SERGEANT)]
    assert is_refused(found)


def test_r10_a_person_authorised_by_the_dpp_may_where_the_force_accepts_it() -> None:
    """A force with designated staff could not use them; or every force would accept them unasked."""
    accepted = LawSettings(dpp_authorised_accepted=True)
    for code in ("conditional_caution", "youth_conditional_caution"):
        assert may_authorise("constable", code, at=TODAY, dpp_authorised=True, settings=accepted)
        assert not may_authorise("constable", code, at=TODAY, dpp_authorised=True)
    assert not may_authorise("constable", "simple_caution", at=TODAY, dpp_authorised=True, settings=accepted)


def test_r11_the_officer_in_the_case_cannot_authorise_it() -> None:
    """One person could both bring and decide a case."""
    found = check_authorisation("conditional_caution", at=TODAY, officer="PS 2", authoriser="PS 2", rank="sergeant")
    assert [finding.code for finding in found] == ["own_case"]
    assert is_refused(found)


@pytest.mark.parametrize(
    ("entry", "is_open"), [(date(2026, 4, 14), True), (date(2026, 4, 15), True), (date(2026, 4, 16), False)]
)
def test_r12_the_entry_window_on_both_sides_of_three_months(entry: date, is_open: bool) -> None:
    """A person a day inside the window would be turned away. (Co-accused and hate are the scheme's own criteria.)"""
    window = entry_window(date(2026, 1, 15), entry, 3)
    assert window.is_open is is_open
    assert window.last_day == date(2026, 4, 15)


def test_r13_outcome_22_is_refused_until_the_activity_is_done() -> None:
    """Diversion that never happened would be counted as done."""
    derived = derive_outcome("outcome_22", Result.COMPLETED, at=TODAY, activity_complete=False)
    assert derived.refused
    assert derived.outcome is None
    assert "evidence" in derived.explanation
    assert "another outcome" in derived.explanation


def test_r14_a_conditional_caution_with_24_hours_of_unpaid_work_is_refused() -> None:
    """A person would be made to work more than the statute allows."""
    work = ProposedCondition("unpaid_work", "reparative", hours=24)
    found = check_conditions("conditional_caution", [work], at=TODAY, mode="either_way", age=30)
    assert [finding.code for finding in found] == ["unpaid_work_hours"]
    assert is_refused(found)


def test_r15_a_conditional_caution_without_conditions_is_refused() -> None:
    """A caution with nothing to keep is a simple caution by another name."""
    assert [finding.code for finding in check_disposal(facts(conditions=()))] == ["no_conditions"]


def test_r16_a_later_version_leaves_the_day_of_issue_as_it_was() -> None:
    """A rule changed in mid-case would be applied to people who agreed to the old one.

    The snapshot and the banner are the case's; the law's part is that the day picks the version, and that settings
    survive being stored.
    """
    old = get("conditional_caution", TODAY).model_copy(update={"valid_to": date(2026, 6, 30)})
    new = old.model_copy(
        update={"valid_from": date(2026, 7, 1), "valid_to": None, "unpaid_work_hours_max": 30, "label": "New"}
    )
    versions = build_catalogue([old, new])[DisposalCode.CONDITIONAL_CAUTION]
    assert version_on(versions, TODAY, what="it").unpaid_work_hours_max == 20
    assert version_on(versions, date(2026, 7, 1), what="it").unpaid_work_hours_max == 30
    assert Disposal.model_validate_json(old.model_dump_json()) == old
    settings = LawSettings(lead_days=21, rank_overrides={"simple_caution": Rank.INSPECTOR})
    assert LawSettings.model_validate_json(settings.model_dump_json()) == settings


def test_r17_criminal_damage_of_300_pounds_has_no_limit_after_eight_months() -> None:
    """A case eight months old would be dropped for a limit that does not exist."""
    limit = statutory_limit("either_way", date(2025, 10, 1), value_pence=30_000)
    assert limit.on is None
    assert check_plan(date(2026, 12, 1), limit).verdict is PlanVerdict.WITHIN


def test_r18_low_value_shop_theft_follows_the_data_for_the_offence_date() -> None:
    """A theft before the repeal would be judged by the law after it, or the other way about."""
    settings = LawSettings(shop_theft_repeal=date(2026, 9, 1), shop_theft_limit_is_firm=True)
    before = statutory_limit("either_way", date(2026, 8, 31), shop_theft=True, value_pence=4000, settings=settings)
    after = statutory_limit("either_way", date(2026, 9, 1), shop_theft=True, value_pence=4000, settings=settings)
    assert (before.rule, before.on, before.unsure) == ("shop_theft_s22a", date(2027, 2, 28), True)
    assert (after.rule, after.on) == ("none_after_repeal", None)


def test_r18_by_default_the_six_months_warn_and_do_not_bar() -> None:
    """The High Court found no bar (Jobson 2025): refusing diversion for one would send people to court."""
    limit = statutory_limit("either_way", date(2026, 1, 10), shop_theft=True, value_pence=4000)
    assert (limit.on, limit.firm) == (date(2026, 7, 10), False)
    assert check_plan(date(2026, 7, 31), limit).verdict is PlanVerdict.NEEDS_SERGEANT


def test_r19_three_dates_count_from_the_statement_and_are_capped_at_two_years() -> None:
    """A statement 20 months after the offence would give six more months than the two years allow."""
    limit = statutory_limit("summary", date(2024, 5, 20), domestic_assault=True, first_statement=date(2026, 2, 1))
    assert limit.on == date(2026, 5, 20)
    assert "2 years" in limit.explanation


def test_r20_durham_checkpoint_accepts_24_hours() -> None:
    """Durham's own contract would be refused by another disposal's cap."""
    conditions = [
        ProposedCondition("no_reoffending", "rehabilitative"),
        ProposedCondition("unpaid_work", "reparative", hours=24),
    ]
    assert check_conditions("deferred_charge", conditions, at=TODAY, mode="either_way", age=30, contract=DURHAM) == []


@pytest.mark.parametrize(("hours", "kept"), [(17.5, False), (18, True), (36, True), (37, False)])
def test_r20_durham_hours_at_the_edges(hours: float, kept: bool) -> None:
    """The contract's 18 to 36 hours would be off by one for somebody."""
    conditions = [
        ProposedCondition("no_reoffending", "rehabilitative"),
        ProposedCondition("unpaid_work", "reparative", hours=hours),
    ]
    found = check_conditions("deferred_charge", conditions, at=TODAY, mode="either_way", age=30, contract=DURHAM)
    assert [finding.code for finding in found] == ([] if kept else ["contract_hours"])


def test_r21_six_thefts_are_six_outcomes_and_the_clock_runs_to_the_first_limit() -> None:
    """Five shops would never learn how their crime closed; the last theft's date would hide the first's limit."""
    crimes = [f"10/{number}/26" for number in range(1, 7)]
    derived = derive_outcomes(crimes, "community_resolution", Result.COMPLETED, at=TODAY)
    assert list(derived) == crimes
    assert {each.label for each in derived.values()} == {"8"}
    limits = [
        statutory_limit("either_way", date(2026, 1, day), shop_theft=True, value_pence=4000)
        for day in (20, 12, 25, 11, 30, 14)
    ]
    first = earliest_limit(limits)
    assert first is not None
    assert first.on == date(2026, 7, 11)
