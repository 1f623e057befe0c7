"""Facts written by somebody who has read the guidance and not the code."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.eligibility.aliases import NAME_ALIASES, VALUE_ALIASES
from cases.eligibility.facts import SHORTHANDS, VOCABULARY
from cases.eligibility.formula import Earlier
from cases.eligibility.knowledge import know
from cases.eligibility.reading import FactError, Facts

AT = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("given", "fact", "value"),
    [
        ({"DOB": "2001-02-03"}, "date_of_birth", date(2001, 2, 3)),
        ({"Offence date": "2026-01-02T10:30:00Z"}, "offence_date", date(2026, 1, 2)),
        ({"admission": "no reply"}, "admission", "no_comment"),
        ({"admitted": True}, "admission", "admitted"),
        ({"mode_of_trial": "Summary only"}, "mode_of_trial", "summary"),
        ({"mode": "either-way"}, "mode_of_trial", "either_way"),
        ({"indictable_only": "yes"}, "mode_of_trial", "indictable"),
        ({"offence": "Shoplifting"}, "offence_group", "shop_theft"),
        ({"offence_type": "possession of cannabis"}, "offence_group", "drug_possession"),
        ({"hate": "no"}, "hate_crime", False),
        ({"consents": "Y"}, "consent", True),
        ({"lives_in_area": True}, "home_area", "in_area"),
        ({"lives in": "West Yorkshire"}, "home_area", "west_yorkshire"),
        ({"victim_agrees": False}, "victim_view", "objects"),
        ({"no_victim": True}, "victim_view", "no_victim"),
        ({"no_offence_alleged": True}, "offence_alleged", False),
        ({"origin": "social contact"}, "offence_alleged", False),
        ({"offence_group": "theft"}, "offence_alleged", True),
        ({"da_risk": "medium"}, "domestic_abuse", True),
        ({"DA": "medium"}, "domestic_abuse_risk", "medium"),
        ({"victim_consulted": False}, "victim_view", "not_asked"),
        ({"_why": "a person to try", "note": "text", "consent": True}, "consent", True),
        ({"drug_weight": "2.5g"}, "drug_weight_grams", 2.5),
        ({"value": "£99.50"}, "value_pounds", 99.5),
        ({"gravity": "3"}, "gravity_score", 3),
        ({"sde": "b9"}, "ethnicity", "B9"),
        ({"needs": ["housing", "Mental health"]}, "needs", frozenset({"accommodation", "mental_health"})),
        ({"needs": {"drugs": 2, "alcohol": 0}}, "needs", frozenset({"drugs"})),
        ({"needs": {"drugs": 2, "rest": "no"}}, "needs", frozenset({"drugs"})),
        ({"history": "none"}, "earlier_outcomes", ()),
        ({"aa_present": True}, "appropriate_adult", "present"),
        ({"interpreter_needed": False}, "interpreter", "not_needed"),
    ],
)  # fmt: skip
def test_obvious_words_are_understood(given: dict[str, Any], fact: str, value: Any) -> None:
    """An officer's own words must not be refused for their spelling."""
    assert Facts.read(given).known[fact] == value


@pytest.mark.parametrize("nothing", [None, "", "unknown", " Not known "])
@pytest.mark.parametrize("fact", ["hate_crime", "admission", "offence_date", "drug_weight_grams", "earlier_outcomes"])
def test_nothing_said_is_nothing_known(fact: str, nothing: Any) -> None:
    """Unknown must never be read as no."""
    assert fact not in Facts.read({fact: nothing}).known


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"offnce_date": "2026-01-01"}, "did you mean 'offence_date'"),
        ({"shoe_size": 9}, "'shoe_size' is not a fact"),
        ({"admission": "admittd"}, "did you mean 'admitted'"),
        ({"admission": 3}, "its values"),
        ({"mode_of_trial": "jury"}, "its values are summary, either_way, indictable"),
        ({"hate_crime": "perhaps"}, "neither yes nor no"),
        ({"offence_date": "1/2/2026"}, "write it as 2026-03-31"),
        ({"gravity_score": 6}, "outside 1 to 5"),
        ({"gravity_score": 2.5}, "whole number"),
        ({"drug_weight_grams": -1}, "outside 0"),
        ({"drug_weight_grams": "nan"}, "not a number"),
        ({"drug_weight_grams": True}, "not a number"),
        ({"age": "adult"}, "whole number"),
        ({"age": -1}, "less than nothing"),
        ({"needs": ["housng"]}, "did you mean"),
        ({"needs": 3}, "list of needs"),
        ({"needs": {"drgus": None, "rest": None}}, "did you mean"),
        ({"home_area": 2.5}, "should be a word"),
        ({"earlier_outcomes": 4}, "should be a list"),
        ({"earlier_outcomes": [4]}, "should be an object"),
        ({"earlier_outcomes": [{"outcome": "cation"}]}, "did you mean"),
        ({"earlier_outcomes": [{"outcome": "caution", "when": "2025-01-01"}]}, "'when' is not part"),
        ({"offence_alleged": False, "offence_group": "theft"}, "contradicts"),
        ({"domestic_abuse": False, "da_risk": "high"}, "contradicts"),
        ({"admission": "admitted", "plea": "denied"}, "contradicts"),
        ({"age": 20, "current_age": 21}, "given twice"),
        ({"statutory_limit_date": "soon"}, "not a date"),
    ],
)
def test_a_word_it_does_not_know_is_refused_with_how_to_mend_it(given: dict[str, Any], message: str) -> None:
    """A misspelt fact that was silently dropped would be asked again, or worse, decided without."""
    with pytest.raises(FactError, match=message):
        Facts.read(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"offence_date": "2026-03-03"}, "after the day of the assessment"),
        ({"dob": "1900-01-01"}, "120 years"),
        ({"dob": "2001-01-01", "age": 20}, "do not fit together"),
        ({"offence_date": "2026-03-01", "days_since_offence": 5}, "do not fit together"),
        ({"dob": "2001-01-01", "offence_date": "2026-01-01", "age_at_offence": 20}, "do not fit together"),
        ({"age": 130}, "not possible"),
        ({"days_to_limit": 10**12}, "not possible"),
        ({"statutory_limit_date": "2026-05-01", "days_to_limit": 3}, "do not agree"),
    ],
)
def test_facts_that_cannot_all_be_true_are_refused(given: dict[str, Any], message: str) -> None:
    """Two dates that disagree mean that one was mistyped; deciding on either would be a guess."""
    with pytest.raises(FactError, match=message):
        know(Facts.read(given), AT)


def test_a_loose_word_leaves_open_only_what_it_does_not_say() -> None:
    """'Not admitted' is not denial: what the person said is still to be asked."""
    facts = Facts.read({"admission": "not admitted"})
    assert facts.allowed["admission"] == {"no_comment", "denied", "not_asked"}
    assert facts.having("admission", "denied").known["admission"] == "denied"


def test_sex_recorded_as_unknown_is_not_asked_again_for_monitoring() -> None:
    """The record already says that nobody knows."""
    assert "sex" in Facts.read({"sex": "unknown"}).recorded


def test_an_earlier_outcome_keeps_its_gaps() -> None:
    """An undated caution is not an old one."""
    item = {"type": "caution", "scheme": "Drug diversion"}
    assert Facts.read({"earlier_outcomes": [item]}).known["earlier_outcomes"] == (
        Earlier("simple_caution", None, None, "drug-diversion"),
    )


@pytest.mark.parametrize(
    ("given", "derived"),
    [
        ({"dob": "2008-03-02", "offence_date": "2026-02-01"},
         {"age_at_disposal": 18, "age_at_offence": 17, "days_since_offence": 29, "months_since_offence": 1}),
        ({"age": 17}, {"age_at_disposal": 17}),
        ({"age": 18, "age_at_offence": 17}, {"age_at_disposal": 18, "age_at_offence": 17}),
        ({"days_since_offence": 10}, {"days_since_offence": 10, "months_since_offence": 0}),
        ({"mode": "summary", "offence_date": "2025-09-30", "domestic_abuse": False},
         {"statutory_limit_date": date(2026, 3, 30), "days_to_limit": 28}),
        ({"mode": "either way"}, {"statutory_limit_date": "none"}),
        ({"days_to_limit": 5}, {"statutory_limit_date": date(2026, 3, 7), "days_to_limit": 5}),
    ],
)  # fmt: skip
def test_what_follows_from_the_facts_is_worked_out(given: dict[str, Any], derived: dict[str, Any]) -> None:
    """An officer who has given two dates must not be asked how far apart they are."""
    found = know(Facts.read(given), AT).derived
    assert {name: found[name] for name in derived} == derived


def test_every_other_word_leads_to_a_fact_and_a_value_that_exist() -> None:
    """A dead alias would refuse the very word it was added for."""
    assert set(NAME_ALIASES.values()) <= {*VOCABULARY, *SHORTHANDS}
    assert not set(NAME_ALIASES) & {*VOCABULARY, *SHORTHANDS}
    for fact, words in VALUE_ALIASES.items():
        assert {value for values in words.values() for value in values} <= set(VOCABULARY[fact].values)


@given(st.dictionaries(st.text(max_size=12), st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8))))
def test_no_object_of_facts_breaks_the_reader(given: dict[str, Any]) -> None:
    """Whatever is in the file, the answer is facts or one sentence that says what is wrong."""
    with suppress(FactError):
        assert Facts.read(given).known.keys() <= VOCABULARY.keys()


@given(st.sampled_from(sorted({*VOCABULARY, *SHORTHANDS})), st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=4,
))  # fmt: skip
def test_no_value_of_a_fact_breaks_the_reader(name: str, value: Any) -> None:
    """A wrong sort of value is refused with a sentence, not with a traceback."""
    with suppress(FactError):
        assert know(Facts.read({name: value}), AT).at == AT
