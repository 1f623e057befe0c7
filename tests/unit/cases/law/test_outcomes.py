"""Home Office outcomes, and which one a crime closes with."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law.codes import DisposalCode, Severity, UnknownCode
from cases.law.data import NotInForce
from cases.law.disposals import disposals_at, get
from cases.law.outcomes import Result, all_outcomes, derive_outcome, derive_outcomes, outcome_on
from cases.law.settings import LawSettings

TODAY = date(2026, 6, 1)
ACTIVE = [record.code for record in disposals_at(TODAY)]

# domain notes 1.8, written out again by hand: number and group
GROUPS = {
    1: "charge",
    2: "formal",
    3: "formal",
    4: "taken_into_consideration",
    5: "other",
    6: "formal",
    7: "informal",
    8: "informal",
    9: "not_in_public_interest",
    10: "not_in_public_interest",
    11: "prevented",
    12: "prevented",
    13: "prevented",
    14: "evidential",
    15: "evidential",
    16: "evidential",
    17: "prevented",
    18: "none",
    19: "other",
    20: "other_agency",
    21: "not_in_public_interest",
    22: "diversion",
    23: "diversion",
}


def test_all_23_are_there_in_their_groups() -> None:
    """A return to the Home Office would lack an outcome, or count one in the wrong group."""
    assert {number: record.group for number, record in all_outcomes().items()} == GROUPS


@pytest.mark.parametrize(
    ("number", "before", "first"),
    [
        (21, date(2015, 12, 31), date(2016, 1, 1)),
        (22, date(2019, 3, 31), date(2019, 4, 1)),
        (23, date(2026, 2, 11), date(2026, 2, 12)),
    ],
)
def test_an_outcome_begins_on_its_day(number: int, before: date, first: date) -> None:
    """An old case would be given an outcome that did not exist."""
    assert outcome_on(number, first).number == number
    with pytest.raises(NotInForce, match=f"Outcome {number} could not be recorded"):
        outcome_on(number, before)


@pytest.mark.parametrize("number", [0, 24, -1])
def test_there_is_no_other_outcome(number: int) -> None:
    """A mistyped number would be kept."""
    with pytest.raises(NotInForce, match="from 1 to 23"):
        outcome_on(number, TODAY)


def close(disposal: str, result: str = Result.COMPLETED, **more: object) -> str:
    return derive_outcome(disposal, result, at=TODAY, **more).label  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("disposal", "label"),
    [
        ("community_resolution", "8"),
        ("simple_caution", "3"),
        ("conditional_caution", "3"),
        ("youth_caution", "2"),
        ("youth_conditional_caution", "2"),
        ("penalty_notice", "6"),
        ("cannabis_warning", "7"),
        ("khat_warning", "7"),
        ("outcome_22", "22"),
        ("deferred_caution", "22"),
        ("deferred_charge", "22"),
        ("deferred_summons", "8"),
        ("deferred_prosecution_child", "23"),
    ],
)
def test_what_each_closes_with_when_kept(disposal: str, label: str) -> None:
    """The crime would be counted as something else."""
    assert close(disposal, activity_complete=True) == label


@pytest.mark.parametrize("disposal", ACTIVE)
def test_whatever_ends_in_court_is_outcome_1(disposal: str) -> None:
    """A charged person would stay in the figures as cautioned."""
    assert close(disposal, Result.FAILED_PROSECUTED) == "1"


@pytest.mark.parametrize(
    ("disposal", "warned"),
    [("community_resolution", True), ("outcome_22", True), ("conditional_caution", False), ("penalty_notice", False)],
)
def test_prosecuting_after_a_voluntary_agreement_is_questioned(disposal: str, warned: bool) -> None:
    """A person promised that nothing would follow would be charged without a word."""
    found = derive_outcome(disposal, Result.FAILED_PROSECUTED, at=TODAY).findings
    assert [finding.code for finding in found] == (["not_enforceable"] if warned else [])


@pytest.mark.parametrize(("is_child", "label"), [(False, "3"), (True, "2")])
def test_a_deferred_caution_falls_back_to_a_caution(is_child: bool, label: str) -> None:
    """A child's caution would be counted as an adult's."""
    assert close("deferred_caution", Result.FAILED_CAUTIONED, is_child=is_child) == label


@pytest.mark.parametrize("disposal", [code for code in ACTIVE if code != "deferred_caution"])
def test_nothing_else_falls_back_to_a_caution(disposal: str) -> None:
    """A person would be cautioned for not doing what was voluntary."""
    derived = derive_outcome(disposal, Result.FAILED_CAUTIONED, at=TODAY)
    assert derived.refused
    assert [finding.code for finding in derived.findings] == ["no_caution_fallback"]


@pytest.mark.parametrize(
    ("disposal", "label"),
    [("conditional_caution", "3"), ("youth_conditional_caution", "2"), ("community_resolution", "8")],
)
def test_what_was_issued_stands_when_nobody_prosecutes(disposal: str, label: str) -> None:
    """A caution given and half kept would vanish from the figures."""
    assert close(disposal, Result.FAILED_NO_ACTION) == label


@pytest.mark.parametrize(
    "disposal", ["outcome_22", "deferred_caution", "deferred_charge", "deferred_summons", "deferred_prosecution_child"]
)
def test_where_the_law_leaves_a_choice_a_person_makes_it(disposal: str) -> None:
    """The service would choose why nobody is prosecuted."""
    derived = derive_outcome(disposal, Result.FAILED_NO_ACTION, at=TODAY)
    assert derived.outcome is None
    assert not derived.refused
    assert derived.label == ""
    assert {10, 21} <= set(derived.candidates)
    assert "a person has to choose" in derived.explanation


@pytest.mark.parametrize(
    ("disposal", "number"),
    [("outcome_22", 22), ("deferred_caution", 22), ("deferred_charge", 22), ("deferred_prosecution_child", 23)],
)
def test_diversion_is_counted_only_when_done(disposal: str, number: int) -> None:
    """Activity that never happened would be reported as success."""
    derived = derive_outcome(disposal, Result.COMPLETED, at=TODAY)
    assert [(finding.code, finding.severity) for finding in derived.findings] == [
        ("activity_incomplete", Severity.BLOCK)
    ]
    assert derived.explanation.startswith(f"Outcome {number} is recorded only when")


def test_a_community_resolution_needs_no_completed_activity() -> None:
    """Outcome 8 is recorded when the agreement is made: a broken promise does not unmake it."""
    assert close("community_resolution", activity_complete=False) == "8"


@pytest.mark.parametrize("disposal", ["deferred_caution", "deferred_charge"])
def test_a_scheme_says_what_success_is_then_the_force_then_the_catalogue(disposal: str) -> None:
    """Surrey's completed cases, closed as community resolutions, would be counted as outcome 22."""
    force = LawSettings(success_outcomes={DisposalCode(disposal): 8})
    assert close(disposal, activity_complete=True) == "22"
    assert close(disposal, activity_complete=True, settings=force) == "8"
    assert close(disposal, activity_complete=True, success_outcome=22, settings=force) == "22"
    assert close(disposal, success_outcome=8) == "8"


@pytest.mark.parametrize(
    ("disposal", "returns_to", "label"),
    [
        ("deferred_charge", ["caution", "charge"], "3"),
        ("deferred_charge", [], ""),
        ("deferred_caution", [], "3"),
        ("outcome_22", ["caution"], ""),
    ],
)
def test_a_caution_comes_back_where_it_was_held_or_the_scheme_says_so(
    disposal: str, returns_to: list[str], label: str
) -> None:
    """Surrey returns a failed case for the original caution; no scheme can make a caution of what held none."""
    derived = derive_outcome(disposal, Result.FAILED_CAUTIONED, at=TODAY, returns_to=returns_to)
    assert (derived.label, derived.refused) == (label, not label)


def test_success_cannot_be_just_any_outcome() -> None:
    """A scheme's mistyped setting would close cases as cautions nobody gave."""
    derived = derive_outcome("deferred_charge", Result.COMPLETED, at=TODAY, success_outcome=3)
    assert derived.refused
    assert derived.explanation == "A kept deferred charge closes with outcome 8 or 22, not 3."


@pytest.mark.parametrize(
    ("admission", "warned"),
    [("no_comment", True), ("denied", True), ("admitted", False), ("accepts_responsibility", False), (None, False)],
)
def test_outcome_8_without_acceptance_is_warned_about(admission: str | None, warned: bool) -> None:
    """A record would say that a silent person accepted responsibility."""
    derived = derive_outcome("deferred_summons", Result.COMPLETED, at=TODAY, admission=admission)
    assert [finding.code for finding in derived.findings] == (["no_acceptance"] if warned else [])
    assert derived.label == "8"


@pytest.mark.parametrize(
    ("disposal", "label"), [("conditional_caution", "3A"), ("youth_caution", "2A"), ("community_resolution", "8")]
)
def test_an_alternate_offence_has_its_letter_where_there_is_one(disposal: str, label: str) -> None:
    """A caution for a lesser offence would be counted against the greater."""
    assert close(disposal, alternate_offence=True) == label


def test_the_rules_are_those_of_the_day_of_issue_and_the_outcome_of_the_day_of_closing() -> None:
    """A child's deferral of March closed in June would meet June's rules, or none."""
    derived = derive_outcome(
        "deferred_prosecution_child",
        Result.COMPLETED,
        at=TODAY,
        issued_on=date(2026, 3, 1),
        activity_complete=True,
    )
    assert derived.label == "23"
    with pytest.raises(NotInForce):
        derive_outcome("deferred_prosecution_child", Result.COMPLETED, at=TODAY, issued_on=date(2026, 1, 1))


def test_closing_before_the_outcome_existed_is_refused_in_words() -> None:
    """An imported case of 2018 would be given an outcome of 2019."""
    derived = derive_outcome(
        "deferred_charge", Result.COMPLETED, at=date(2018, 6, 1), activity_complete=True, success_outcome=22
    )
    assert [finding.code for finding in derived.findings] == ["outcome_not_in_force"]
    assert "2019-04-01" in derived.explanation


@pytest.mark.parametrize("disposal", ["diversionary_caution", "community_caution"])
def test_a_caution_not_in_force_has_no_outcome(disposal: str) -> None:
    """A caution that cannot exist would be counted."""
    assert derive_outcome(disposal, Result.COMPLETED, at=TODAY).refused


@pytest.mark.parametrize(("disposal", "result"), [("caution", "completed"), ("outcome_22", "done")])
def test_unknown_words_are_errors(disposal: str, result: str) -> None:
    """A misspelt result would be taken for a failure."""
    with pytest.raises(UnknownCode, match="Use one of"):
        derive_outcome(disposal, result, at=TODAY)


@pytest.mark.parametrize(
    ("disposal", "words"),
    [
        ("community_resolution", "Community resolution, kept. Home Office outcome 8: Community resolution."),
        ("simple_caution", "Simple caution, issued. Home Office outcome 3: Caution: adult."),
    ],
)
def test_the_words_give_number_and_name(disposal: str, words: str) -> None:
    """The officer would have to look up what 8 means."""
    assert derive_outcome(disposal, Result.COMPLETED, at=TODAY).explanation == words


def test_each_crime_has_its_own_outcome_in_the_order_given() -> None:
    """A case with two crimes would close one."""
    found = derive_outcomes(["B2", "A1"], "conditional_caution", Result.FAILED_PROSECUTED, at=TODAY)
    assert [(crime, each.label) for crime, each in found.items()] == [("B2", "1"), ("A1", "1")]


@pytest.mark.parametrize(("crimes", "message"), [(["A1", "A1", "B2"], "A1 is there twice"), ([], "Give a crime")])
def test_a_crime_twice_or_none_at_all_is_an_error(crimes: list[str], message: str) -> None:
    """One crime would be counted twice, or a case close with nothing."""
    with pytest.raises(ValueError, match=message):
        derive_outcomes(crimes, "community_resolution", Result.COMPLETED, at=TODAY)


@given(
    st.sampled_from(ACTIVE),
    st.sampled_from(list(Result)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 8, 22]),
)
def test_every_closure_is_an_outcome_a_refusal_or_a_choice(
    disposal: DisposalCode, result: Result, complete: bool, is_child: bool, success: int | None
) -> None:
    """A case could be left with no way to close, and nobody told."""
    derived = derive_outcome(
        disposal, result, at=TODAY, activity_complete=complete, is_child=is_child, success_outcome=success
    )
    assert derived.explanation
    ways = [derived.outcome is not None, derived.refused, derived.outcome is None and len(derived.candidates) > 1]
    assert any(ways)
    assert not (derived.outcome and derived.refused)
    if derived.outcome and result is Result.COMPLETED:
        assert disposal in derived.outcome.made_by


@given(st.sampled_from(ACTIVE), st.sampled_from(list(Result)))
def test_finishing_the_activity_never_spoils_a_closure(disposal: DisposalCode, result: Result) -> None:
    """Recording the evidence would close a door."""
    without = derive_outcome(disposal, result, at=TODAY)
    with_it = derive_outcome(disposal, result, at=TODAY, activity_complete=True)
    assert without.refused or not with_it.refused
    if not without.refused:
        assert without.label == with_it.label


def test_no_disposal_is_both_issued_and_completed_with_different_outcomes() -> None:
    """The outcome would change with nobody having done anything."""
    for code in ACTIVE:
        record = get(code, TODAY)
        assert record.outcome_on_issue is None or record.outcome_on_completion is None
