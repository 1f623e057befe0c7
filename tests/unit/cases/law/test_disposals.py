"""The catalogue: what is in force when, for whom, and with what."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cases.law.codes import Admission, DisposalCode, Mode, Rank, UnknownCode
from cases.law.data import LawDataError, NotInForce
from cases.law.disposals import Disposal, build_catalogue, catalogue, disposals_at, get, in_force
from cases.law.outcomes import all_outcomes
from cases.law.rehabilitation import default_wordings
from cases.law.settings import LawSettings

TODAY = date(2026, 6, 1)
WAITING = {DisposalCode.DIVERSIONARY_CAUTION, DisposalCode.COMMUNITY_CAUTION}
ALL = [record for versions in catalogue().values() for record in versions]
EVERYONE = set(Admission)
ACCEPTS = {Admission.ADMITTED, Admission.ACCEPTS_RESPONSIBILITY}

# The summary matrix of domain notes 1.1, written out by hand: code, ages, admission, rank, enforceable, conditions
MATRIX = [
    ("community_resolution", 10, None, ACCEPTS, "constable", False, "allowed"),
    ("simple_caution", 18, None, {Admission.ADMITTED}, "sergeant", False, "none"),
    ("conditional_caution", 18, None, {Admission.ADMITTED}, "sergeant", True, "required"),
    ("youth_caution", 10, 17, {Admission.ADMITTED}, "sergeant", False, "none"),
    ("youth_conditional_caution", 10, 17, {Admission.ADMITTED}, "sergeant", True, "required"),
    ("penalty_notice", 18, None, EVERYONE, "constable", False, "none"),
    ("cannabis_warning", 18, None, {Admission.ADMITTED}, "constable", False, "none"),
    ("khat_warning", 18, None, {Admission.ADMITTED}, "constable", False, "none"),
    ("outcome_22", 10, None, EVERYONE, "sergeant", False, "allowed"),
    ("deferred_caution", 10, None, ACCEPTS, "sergeant", True, "allowed"),
    ("deferred_charge", 10, None, EVERYONE, "sergeant", True, "allowed"),
    ("deferred_summons", 10, None, EVERYONE, "constable", True, "allowed"),
    ("deferred_prosecution_child", 10, 17, EVERYONE, "inspector", True, "allowed"),
    ("diversionary_caution", 18, None, {Admission.ADMITTED}, "sergeant", True, "required"),
    ("community_caution", 18, None, {Admission.ADMITTED}, "sergeant", False, "required"),
]


@pytest.mark.parametrize(("code", "low", "high", "admission", "rank", "enforceable", "conditions"), MATRIX)
def test_the_catalogue_agrees_with_the_summary_matrix(
    code: str, low: int, high: int | None, admission: set[Admission], rank: str, enforceable: bool, conditions: str
) -> None:
    """A slip in the data would change who may be offered what."""
    record = get(code, TODAY)
    assert (record.age_min, record.age_max) == (low, high)
    assert set(record.admission) == admission
    assert record.authority == rank
    assert (record.enforceable, record.conditions) == (enforceable, conditions)


def test_every_code_is_in_the_catalogue() -> None:
    """A resolution on a form would have no rules."""
    assert set(catalogue()) == set(DisposalCode)
    assert {row[0] for row in MATRIX} == {code.value for code in DisposalCode}


def test_the_2022_cautions_are_present_and_cannot_be_issued() -> None:
    """A caution that is not law would be offered to somebody."""
    assert WAITING.isdisjoint(record.code for record in disposals_at(TODAY))
    assert {record.code for record in disposals_at(TODAY, include_inactive=True)} >= WAITING
    assert not in_force(get("community_caution", TODAY), TODAY)


@pytest.mark.parametrize(("day", "open_"), [(date(2027, 3, 31), False), (date(2027, 4, 1), True)])
def test_a_force_enters_the_day_a_waiting_caution_begins(day: date, open_: bool) -> None:
    """Commencement would need a release of the software."""
    settings = LawSettings(in_force_from={DisposalCode.DIVERSIONARY_CAUTION: date(2027, 4, 1)})
    found = {record.code for record in disposals_at(day, settings=settings)}
    assert (DisposalCode.DIVERSIONARY_CAUTION in found) is open_
    assert DisposalCode.COMMUNITY_CAUTION not in found


@pytest.mark.parametrize(
    ("code", "before", "first"),
    [
        ("deferred_prosecution_child", date(2026, 2, 11), date(2026, 2, 12)),
        ("outcome_22", date(2019, 3, 31), date(2019, 4, 1)),
        ("conditional_caution", date(2013, 4, 7), date(2013, 4, 8)),
    ],
)
def test_a_disposal_begins_on_its_day(code: str, before: date, first: date) -> None:
    """An imported case would be given an outcome that did not exist yet."""
    assert get(code, first).code == code
    assert code in [record.code for record in disposals_at(first)]
    assert code not in [record.code for record in disposals_at(before)]
    with pytest.raises(NotInForce, match=f"“{code}” had no rules in force"):
        get(code, before)


def test_an_unknown_code_is_an_error_that_lists_the_right_ones() -> None:
    """A typing mistake in a policy would be found only when somebody is refused."""
    with pytest.raises(UnknownCode, match=r"“caution” is not a known DisposalCode\. Use one of: community_resolution"):
        get("caution", TODAY)


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.code)
def test_every_record_says_what_it_is_and_where_it_comes_from(record: Disposal) -> None:
    """A person would be offered something nobody can explain."""
    assert record.label
    assert record.meaning.endswith(".")
    assert record.source
    assert record.authority_source
    assert record.record.endswith(".")
    assert all(rule.source and rule.reason.endswith(".") for rule in record.exception)
    assert "offender" not in f"{record.meaning}{record.record}".lower()


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.code)
def test_every_reference_leads_somewhere(record: Disposal) -> None:
    """A closure or a letter would fail on a code that points nowhere."""
    numbers = {record.outcome_on_issue, record.outcome_on_completion, *record.success_outcomes} - {None}
    for number in numbers:
        assert record.code in all_outcomes()[number].made_by  # type: ignore[index]
    assert record.spent_key in {wording.code for wording in default_wordings()}
    assert record.code not in record.alternatives


@pytest.mark.parametrize("outcome", all_outcomes().values(), ids=lambda outcome: outcome.number)
def test_every_outcome_names_disposals_that_name_it(outcome: object) -> None:
    """The two tables would disagree about how a crime closes."""
    for code in outcome.made_by:  # type: ignore[attr-defined]
        record = get(code, TODAY)
        numbers = {record.outcome_on_issue, record.outcome_on_completion, *record.success_outcomes}
        assert outcome.number in numbers  # type: ignore[attr-defined]


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.code)
def test_indictable_only_lifts_every_decision_an_officer_could_make(record: Disposal) -> None:
    """The gravest offences would be resolved on the street. (A warning for cannabis or khat is never one of them.)"""
    lifted = {rule.when: rule.rank for rule in record.exception}
    if record.code in (DisposalCode.CANNABIS_WARNING, DisposalCode.KHAT_WARNING):
        assert lifted == {}
    else:
        assert lifted["indictable_only"].reaches(Rank.SUPERINTENDENT)


@given(st.integers(0, 120), st.dates(date(2026, 3, 1), date(2030, 1, 1)))
def test_nobody_under_ten_has_a_disposal_and_everybody_else_has_one(age: int, day: date) -> None:
    """A nine-year-old would be offered one, or somebody have no way out of court."""
    found = [record.code for record in disposals_at(day) if record.suits_age(age)]
    assert bool(found) is (age >= 10)


@pytest.mark.parametrize(
    ("age", "mode", "most"),
    [
        (18, "summary", 5000),
        (40, "either_way", 10000),
        (99, "indictable", 15000),
    ],
)
def test_adult_penalty_bands_follow_the_2013_order(age: int, mode: str, most: int) -> None:
    """A person would be fined more than SI 2013/615 allows."""
    [band] = [band for band in get("conditional_caution", TODAY).penalty if band.covers(age)]
    assert band.maximum(mode) == most


@pytest.mark.parametrize(
    ("age", "amounts"),
    [(10, (1500, 2500, 3500)), (13, (1500, 2500, 3500)), (14, (3000, 5000, 7500)), (17, (3000, 5000, 7500))],
)
def test_child_penalty_bands_follow_the_2013_order(age: int, amounts: tuple[int, ...]) -> None:
    """A child of 13 would be fined as one of 14: SI 2013/608."""
    [band] = [band for band in get("youth_conditional_caution", TODAY).penalty if band.covers(age)]
    assert tuple(band.maximum(mode) for mode in Mode) == amounts


def test_records_cannot_be_changed() -> None:
    """One request's slip would change the law for the next."""
    with pytest.raises(ValidationError, match="frozen"):
        get("simple_caution", TODAY).age_min = 10  # type: ignore[misc]


def test_a_copied_record_may_not_overlap_its_forerunner() -> None:
    """Two rules on one day would leave it to chance which applies."""
    old = get("simple_caution", TODAY)
    new = old.model_copy(update={"valid_from": date(2026, 9, 1)})
    with pytest.raises(LawDataError, match=r"disposals\.toml: simple_caution: valid_from 2026-09-01 overlaps"):
        build_catalogue([old, new])
    ended = old.model_copy(update={"valid_to": date(2026, 8, 31)})
    assert len(build_catalogue([new, ended])[DisposalCode.SIMPLE_CAUTION]) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outcome_on_issue": None}, "outcome_on_issue or outcome_on_completion is needed"),
        ({"fallback": "charge"}, "success_outcomes is needed where there is a fallback"),
        ({"unpaid_work_hours_max": 20}, "conditions is none, so"),
        ({"authority": "captain"}, "authority"),
        ({"colour": "red"}, "colour"),
        ({"valid_to": "2001-01-01"}, "is before valid_from"),
    ],
)
def test_a_record_that_cannot_be_right_is_refused(changes: dict[str, object], message: str) -> None:
    """A half-edited data file would be loaded and believed."""
    raw = {**get("simple_caution", TODAY).model_dump(mode="json"), **changes}
    with pytest.raises(ValidationError, match=message):
        Disposal.model_validate(raw)


def test_deferrals_are_known_by_what_comes_back() -> None:
    """A caution would be handled as a held decision, or the reverse."""
    deferred = {record.code for record in ALL if record.is_deferral}
    assert deferred == {code for code in DisposalCode if code.startswith("deferred_")}
