"""Whether a proposed disposal stands, reason by reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law.checks import (
    DisposalFacts,
    Earlier,
    check_disposal,
    circumstances_of,
    most_serious,
    similar_in_two_years,
    suggestions,
)
from cases.law.codes import Admission, Circumstance, DisposalCode, Mode, Rank, Severity
from cases.law.conditions import ContractLimits, ProposedCondition
from cases.law.dates import add_months
from cases.law.disposals import get
from cases.law.findings import Finding, is_refused
from cases.law.settings import LawSettings

TODAY = date(2026, 6, 1)
COURSE = ProposedCondition("course", "rehabilitative")
CONDITIONED = {"conditional_caution", "youth_conditional_caution"}


def facts(disposal: str = "conditional_caution", **changes: object) -> DisposalFacts:
    """Everything in order for `disposal`: nothing to find until a test changes one thing."""
    child = "youth" in disposal or disposal == "deferred_prosecution_child"
    usual = DisposalFacts(
        disposal=disposal,
        at=TODAY,
        date_of_birth=date(2011, 1, 1) if child else date(1990, 1, 1),
        offence_date=date(2026, 5, 1),
        modes=("either_way",),
        admission="admitted",
        evidence_sufficient=True,
        consents=True,
        conditions=(COURSE,) if disposal in CONDITIONED else (),
        appropriate_adult=True,
        youth_justice_consulted=True,
        officer="PC 1",
        authoriser="PI 2",
        authoriser_rank="inspector",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def found(given_: DisposalFacts) -> list[str]:
    return [finding.code for finding in check_disposal(given_)]


IN_FORCE = [code.value for code in DisposalCode if get(code, TODAY).active]


@pytest.mark.parametrize("disposal", IN_FORCE)
def test_with_everything_in_order_nothing_is_found(disposal: str) -> None:
    """Officers would be stopped for nothing, and learn to click past."""
    assert check_disposal(facts(disposal)) == []


@pytest.mark.parametrize("disposal", ["diversionary_caution", "community_caution"])
def test_a_caution_that_is_not_law_is_refused_until_it_begins(disposal: str) -> None:
    """A person would be given a caution that does not exist."""
    [finding] = check_disposal(facts(disposal, conditions=(COURSE,)))
    assert (finding.code, finding.severity) == ("not_in_force", Severity.BLOCK)
    begun = LawSettings(in_force_from={DisposalCode(disposal): TODAY})
    assert check_disposal(facts(disposal, conditions=(COURSE,)), settings=begun) == []


def test_a_day_before_the_rules_is_a_finding() -> None:
    """A page about an old case would stop."""
    assert found(facts("outcome_22", at=date(2018, 1, 1), offence_date=date(2017, 12, 1))) == ["not_in_force"]


@pytest.mark.parametrize(
    ("disposal", "dob", "codes"),
    [
        ("conditional_caution", date(2008, 6, 1), ["maturity", "yjs_handover"]),
        ("conditional_caution", date(2008, 6, 2), ["age"]),
        ("youth_caution", date(2008, 6, 2), []),
        ("youth_caution", date(2008, 6, 1), ["maturity", "yjs_handover", "age"]),
        ("youth_caution", date(2016, 5, 1), []),
        ("youth_caution", date(2016, 5, 2), ["under_10"]),
        ("youth_caution", date(2017, 1, 1), ["under_10", "age"]),
        ("community_resolution", date(2012, 1, 1), []),
        ("penalty_notice", date(2009, 1, 1), ["age"]),
        ("deferred_prosecution_child", date(2008, 6, 1), ["maturity", "yjs_handover", "age"]),
    ],
)
def test_age_at_disposal_decides(disposal: str, dob: date, codes: list[str]) -> None:
    """A child would be cautioned as an adult, or a new adult as a child."""
    assert found(facts(disposal, date_of_birth=dob)) == codes


def test_the_age_is_said_with_what_was_needed() -> None:
    """The officer would have to work out whose age was wrong."""
    [finding] = check_disposal(facts("youth_caution", date_of_birth=date(2000, 1, 1)))
    assert finding.reason == "A youth caution is for people aged 10 to 17 at disposal; this person is 26."
    [finding] = check_disposal(facts(date_of_birth=date(2010, 1, 1)))
    assert finding.reason == "A conditional caution is for people aged 18 and over at disposal; this person is 16."


@pytest.mark.parametrize("disposal", IN_FORCE)
@pytest.mark.parametrize("admission", list(Admission))
def test_only_the_words_that_satisfy_it_pass(disposal: str, admission: Admission) -> None:
    """Somebody who said nothing would be cautioned as if they had admitted it."""
    accepted = admission in get(disposal, TODAY).admission
    assert found(facts(disposal, admission=admission)) == ([] if accepted else ["admission"])


@pytest.mark.parametrize(
    ("admission", "dob", "offered"),
    [
        ("accepts_responsibility", date(1990, 1, 1), ["community_resolution", "outcome_22", "deferred_caution"]),
        ("no_comment", date(1990, 1, 1), ["outcome_22"]),
        ("denied", date(1990, 1, 1), ["outcome_22"]),
    ],
)
def test_what_else_is_open_is_named(admission: str, dob: date, offered: list[str]) -> None:
    """The refusal would end where it should point on."""
    given_ = facts(admission=admission, date_of_birth=dob)
    assert [record.code.value for record in suggestions(given_)] == offered
    [finding] = check_disposal(given_)
    assert all(get(code, TODAY).label in finding.reason for code in offered)


def test_nothing_is_suggested_that_the_persons_age_rules_out() -> None:
    """An adult would be pointed to a child's deferral."""
    given_ = facts("youth_conditional_caution", admission="denied", date_of_birth=date(1990, 1, 1))
    assert "deferred_prosecution_child" not in [record.code for record in suggestions(given_)]
    child = facts("youth_conditional_caution", admission="denied")
    assert "deferred_prosecution_child" in [record.code for record in suggestions(child)]


def test_the_reason_quotes_what_was_said() -> None:
    """The page would call a person who said nothing a liar, or an admitter."""
    [finding] = check_disposal(facts("simple_caution", admission="no_comment"))
    assert "for a person who has admitted the offence; this person has made no comment." in finding.reason


@pytest.mark.parametrize(("known", "words"), [(False, "It is not met."), (None, "Nobody has recorded it.")])
@pytest.mark.parametrize(
    ("disposal", "test"),
    [
        ("conditional_caution", "sufficient evidence to charge"),
        ("deferred_charge", "sufficient evidence to charge"),
        ("community_resolution", "sufficient evidence that an offence occurred"),
        ("outcome_22", "sufficient evidence that an offence occurred"),
        ("penalty_notice", "reason to believe"),
    ],
)
def test_each_disposal_has_its_test_of_evidence(disposal: str, test: str, known: bool | None, words: str) -> None:
    """A person would be cautioned on less than it takes to charge."""
    [finding] = check_disposal(facts(disposal, evidence_sufficient=known))
    assert finding.code == "evidence"
    assert test in finding.reason
    assert finding.reason.endswith(words)


@pytest.mark.parametrize(
    ("disposal", "change", "code"),
    [
        ("conditional_caution", {"consents": False}, "consent"),
        ("conditional_caution", {"consents": None}, "consent"),
        ("simple_caution", {"consents": None}, "consent"),
        ("community_resolution", {"consents": False}, "consent"),
        ("youth_caution", {"appropriate_adult": None}, "appropriate_adult"),
        ("youth_caution", {"appropriate_adult": False}, "appropriate_adult"),
        ("youth_caution", {"youth_justice_consulted": None}, "youth_justice"),
        ("deferred_prosecution_child", {"youth_justice_consulted": False}, "youth_justice"),
    ],
)
def test_arrangements_are_recorded_first(disposal: str, change: dict[str, object], code: str) -> None:
    """A child would be cautioned alone, or a person bound by what they never agreed to."""
    [finding] = check_disposal(facts(disposal, **change))
    assert (finding.code, finding.severity) == (code, Severity.BLOCK)


@pytest.mark.parametrize("disposal", ["penalty_notice", "cannabis_warning", "youth_caution"])
def test_some_need_no_consent(disposal: str) -> None:
    """A warning would wait for a signature it does not need."""
    assert found(facts(disposal, consents=None)) == []


def test_conditions_and_the_contract_are_checked_too() -> None:
    """The caps would be known and never asked."""
    work = ProposedCondition("unpaid_work", "reparative", hours=24)
    assert found(facts(conditions=(work,))) == ["unpaid_work_hours"]
    contract = ContractLimits("Checkpoint", "DUR1", mandatory=("no_reoffending",))
    assert found(facts("deferred_charge", conditions=(work,), contract=contract)) == ["contract_mandatory"]


def test_the_gravest_crime_sets_the_penalty_band() -> None:
    """Six crimes would be fined by whichever was listed first."""
    fine = ProposedCondition("financial_penalty", "reparative", pence=9000)
    assert found(facts(conditions=(fine,), modes=("summary",))) == ["penalty_too_high"]
    assert found(facts(conditions=(fine,), modes=("summary", "either_way"))) == []


@pytest.mark.parametrize(
    ("modes", "gravest"),
    [
        (["summary"], Mode.SUMMARY),
        (["summary", "either_way"], Mode.EITHER_WAY),
        (["indictable", "summary"], Mode.INDICTABLE),
        (["either_way", "indictable", "summary"], Mode.INDICTABLE),
    ],
)
def test_the_gravest_mode_of_a_case(modes: list[str], gravest: Mode) -> None:
    """A case with one indictable-only crime would be handled as its lesser ones."""
    assert most_serious(modes) is gravest


def test_a_case_without_crimes_is_a_clear_error() -> None:
    """An empty list would fail somewhere far from its cause."""
    with pytest.raises(ValueError, match="at least one crime"):
        most_serious([])


@pytest.mark.parametrize(
    ("earlier", "within"),
    [
        (date(2024, 4, 30), False),
        (date(2024, 5, 1), True),
        (date(2024, 5, 2), True),
        (date(2026, 5, 1), True),
        (date(2026, 5, 2), False),
    ],
)
def test_the_two_years_run_back_from_the_offence(earlier: date, within: bool) -> None:
    """An old caution would bar a new one for ever, or one given since the offence count against it."""
    assert similar_in_two_years(earlier, date(2026, 5, 1)) is within


@given(st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.integers(0, 2000))
def test_an_older_caution_never_counts_where_a_newer_does_not(offence: date, days: int) -> None:
    """The window would have a hole."""
    earlier = offence - timedelta(days=days)
    assert similar_in_two_years(earlier, offence) is (earlier >= add_months(offence, -24))


@pytest.mark.parametrize(
    ("change", "derived"),
    [
        ({}, set()),
        ({"modes": ("summary", "indictable")}, {Circumstance.INDICTABLE_ONLY}),
        ({"earlier": (Earlier(date(2025, 1, 1), similar=True),)}, {Circumstance.SIMILAR_IN_TWO_YEARS}),
        ({"earlier": (Earlier(date(2025, 1, 1), similar=False),)}, set()),
        ({"earlier": (Earlier(date(2020, 1, 1), similar=True),)}, set()),
        ({"circumstances": ("hate_crime", "history")}, {Circumstance.HATE_CRIME, Circumstance.HISTORY}),
    ],
)
def test_circumstances_follow_from_what_is_recorded(change: dict[str, object], derived: set[Circumstance]) -> None:
    """An officer would have to know section 17 to tick the right box."""
    assert circumstances_of(facts(**change)) == derived


def test_the_s17_gate_asks_for_rank_and_for_circumstances_on_record() -> None:
    """Rank alone would pass for exceptional circumstances nobody wrote down."""
    repeat = (Earlier(date(2025, 1, 1), similar=True),)
    assert found(facts("simple_caution", earlier=repeat)) == ["exceptional"]
    assert found(facts("simple_caution", earlier=repeat, exceptional_recorded=True)) == []
    assert found(facts("simple_caution", earlier=repeat, exceptional_recorded=True, authoriser_rank="sergeant")) == [
        "rank"
    ]


def test_the_gate_is_the_simple_cautions_alone() -> None:
    """Section 17 would be read into conditional cautions."""
    repeat = (Earlier(date(2025, 1, 1), similar=True),)
    assert found(facts("conditional_caution", earlier=repeat)) == []


def test_without_an_authoriser_each_reason_names_the_rank_it_asks() -> None:
    """Before anybody is asked, the page could not say whom to ask."""
    given_ = facts("community_resolution", authoriser=None, circumstances=("history", "hate_crime"))
    needed: list[Finding] = check_disposal(given_)
    assert [(finding.severity, finding.rank) for finding in needed] == [
        (Severity.NEEDS_AUTHORITY, Rank.SERGEANT),
        (Severity.NEEDS_AUTHORITY, Rank.INSPECTOR),
    ]
    assert not is_refused(needed)
    assert found(facts("community_resolution", authoriser=None)) == []


def test_the_officer_in_the_case_is_refused_as_authoriser() -> None:
    """One person would bring and decide a case."""
    assert found(facts(authoriser="PC 1")) == ["own_case"]


def test_every_fault_is_said_at_once() -> None:
    """The officer would mend one and meet the next, five times over."""
    given_ = facts(
        date_of_birth=date(2010, 1, 1),
        admission="denied",
        evidence_sufficient=None,
        consents=None,
        conditions=(),
        authoriser="PC 1",
        authoriser_rank="constable",
    )
    assert found(given_) == ["age", "admission", "evidence", "consent", "no_conditions", "rank", "own_case"]


@given(
    st.sampled_from(IN_FORCE),
    st.sampled_from(list(Admission)),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
    st.dates(date(2008, 1, 1), date(2014, 1, 1)),
)
def test_recording_a_yes_never_adds_a_fault(
    disposal: str, admission: Admission, evidence: bool | None, consent: bool | None, dob: date
) -> None:
    """Filling in a form would make it worse."""
    start = facts(disposal, admission=admission, evidence_sufficient=evidence, consents=consent, date_of_birth=dob)
    better = replace(start, evidence_sufficient=True, consents=True)
    assert set(found(better)) <= set(found(start))


@given(st.sampled_from(IN_FORCE), st.sampled_from(list(Admission)), st.dates(date(1950, 1, 1), date(2026, 4, 30)))
def test_every_finding_can_be_shown(disposal: str, admission: Admission, dob: date) -> None:
    """A page would have a code and nothing to say."""
    for finding in check_disposal(facts(disposal, admission=admission, date_of_birth=dob, consents=None)):
        assert finding.reason.endswith(".")
        assert finding.source
        assert "offender" not in finding.reason
