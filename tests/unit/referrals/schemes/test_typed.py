"""Rules typed in the browser, as criteria that decide."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cases.codes import Admission
from cases.eligibility.criteria import Criterion
from referrals.models import SchemeVersion
from referrals.schemes.typed import ages_in_words, criteria_for

ages = st.none() | st.integers(0, 120)
ADULT = {
    "id": "adult",
    "severity": "blocks",
    "reason": "The scheme is for adults: the person is under 18.",
    "sources": [{"key": "DUR1", "tag": "found"}],
    "test": {"kind": "age", "minimum": 18, "maximum": None, "on": "disposal"},
}
HATE = {
    "id": "hate-crime",
    "severity": "blocks",
    "reason": "Hate crime is not accepted.",
    "sources": [{"key": "DUR2", "tag": "found"}],
    "test": {"kind": "flag", "fact": "hate_crime", "expected": False},
}


def before(**changes: Any) -> SchemeVersion:
    return SchemeVersion(**({"min_age": 18, "criteria": [ADULT, HATE]} | changes))


@given(ages, ages, st.lists(st.sampled_from(Admission.values), unique=True), st.none() | st.integers(1, 120))
def test_whatever_is_typed_becomes_criteria_that_the_engine_reads(
    low: int | None, high: int | None, admissions: list[str], months: int | None
) -> None:
    """A rule stored in a form that the engine cannot read would stop every decision on the scheme."""
    if low is not None and high is not None and low > high:
        low, high = high, low
    values = {"min_age": low, "max_age": high, "admissions": admissions, "entry_window_months": months}
    stored = criteria_for(values)
    read = [Criterion.model_validate(one) for one in stored]
    assert len({one.id for one in read}) == len(read)
    asked = {"age": low is not None or high is not None, "entry_window": bool(months)}
    for kind, expected in asked.items():
        assert (kind in {one["test"]["kind"] for one in stored}) is expected


def test_what_is_not_touched_keeps_its_source() -> None:
    """“Where does this rule come from?” must have the same answer after a change to something else."""
    assert criteria_for({"min_age": 18, "max_age": None, "admissions": []}, before()) == [ADULT, HATE]


def test_what_is_typed_anew_replaces_its_kind_alone() -> None:
    """Two age rules would both decide, and the hate-crime rule would be lost."""
    found = criteria_for({"min_age": 21, "max_age": 30, "admissions": []}, before())
    assert found[0] == HATE
    assert found[1]["test"] == {"kind": "age", "minimum": 21, "maximum": 30, "on": "disposal"}
    assert len(found) == 2


def test_ages_taken_off_leave_no_age_rule() -> None:
    """A limit that nobody can see on the page would go on refusing people."""
    assert criteria_for({"min_age": None, "max_age": None, "admissions": []}, before()) == [HATE]


def test_an_admission_in_another_order_is_the_same_answer() -> None:
    """A browser sends boxes in the order of the page: that is no change of rule."""
    version = before(admissions=["no_comment", "admitted"])
    values = {"min_age": 18, "max_age": None, "admissions": ["admitted", "no_comment"]}
    assert criteria_for(values, version) == [ADULT, HATE]


def test_every_answer_allowed_asks_nothing() -> None:
    """A criterion that everybody meets would only make officers ask."""
    assert criteria_for({"admissions": list(Admission.values)}) == []


def test_ages_in_words() -> None:
    """The coordinator reads these words to see whether the limits are right."""
    words = [ages_in_words(*pair) for pair in ((18, 25), (18, None), (None, 17), (None, None))]
    assert words == ["aged 18 to 25", "aged 18 or over", "aged 17 or under", "of any age"]
