"""The same promises on the default policy itself, with every real fact, scheme and disposal."""

from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases.eligibility.assess import assess
from cases.eligibility.facts import VOCABULARY
from cases.eligibility.policy import load_policy
from cases.eligibility.reading import FactError

from .people import FITS, somebody

AT = date(2026, 3, 2)
POLICY = load_policy()
OTHERS: dict[str, list[Any]] = {
    "word": ["durham", "surrey", "london", "seattle", "elsewhere", "in_area"],
    "yes_no": [True, False],
    "whole": [1, 2, 3, 4, 5],
    "number": [0, 2.9, 3.1, 150, 500],
    "date": [AT - timedelta(days=days) for days in (1, 40, 100, 170, 800, 9 * 365, 14 * 365, 19 * 365, 40 * 365)],
    "needs": [[], ["drugs"], ["drugs", "alcohol", "mental_health"]],
    "earlier_outcomes": [
        [],
        [{"outcome": "conviction", "date": "2025-11-01", "similar": True}],
        [{"outcome": "simple_caution", "date": "2020-01-01"}, {"outcome": "cannabis_warning", "date": "2019-05-05"}],
        [{"outcome": "scheme", "scheme": "checkpoint", "date": "2025-09-01", "similar": False}],
    ],
}


def values(fact: str) -> list[Any]:
    """Some answers to a fact."""
    spec = VOCABULARY[fact]
    return list(spec.values) if spec.type == "choice" else OTHERS[spec.type]


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """Somebody a scheme would take, with some facts changed and others not known."""
    full = {**somebody(AT), **FITS[draw(st.sampled_from(sorted(FITS)))]}
    gone = draw(st.sets(st.sampled_from(sorted(full)), max_size=20))
    person = {fact: value for fact, value in full.items() if fact not in gone}
    for fact in draw(st.sets(st.sampled_from(sorted(person)), max_size=3)):
        person[fact] = draw(st.sampled_from(values(fact)))
    return person


def possible(person: dict[str, Any]) -> dict[str, tuple[str, ...]] | None:
    """What each option may still be; None when the facts contradict each other."""
    try:
        return {option.key: option.possible for option in assess(person, POLICY, AT).options}
    except FactError:
        return None


@settings(max_examples=15)
@given(people(), st.data())
def test_a_fact_that_is_not_asked_changes_nothing_and_one_that_is_reverses_nothing(
    person: dict[str, Any], data: st.DataObject
) -> None:
    """The form of the service, on the policy of the service, keeps its promises."""
    before = possible(person)
    assume(before is not None)
    assert before is not None
    asked = {question.fact for question in assess(person, POLICY, AT).open_questions}
    for fact in data.draw(st.lists(st.sampled_from([f for f in VOCABULARY if f not in person] or ["sex"]), max_size=4)):
        after = possible({**person, fact: data.draw(st.sampled_from(values(fact)))})
        if after is None or fact in person:
            continue
        assert all(set(after[key]) <= set(before[key]) for key in before)
        if fact not in asked:
            assert after == before, fact


@settings(max_examples=10)
@given(people(), st.data())
def test_the_form_comes_to_an_end(person: dict[str, Any], data: st.DataObject) -> None:
    """Answering the first question again and again settles every option, whatever the answers."""
    assume(possible(person) is not None)
    for _ in VOCABULARY:
        questions = assess(person, POLICY, AT).open_questions
        if not questions:
            break
        fact = questions[0].fact
        fitting = [value for value in values(fact) if possible({**person, fact: value}) is not None]
        answers = [value for value in fitting if fact != "earlier_outcomes" or all("similar" in v for v in value)]
        person = {**person, fact: data.draw(st.sampled_from(answers))}
    assert all(len(levels) == 1 for levels in (possible(person) or {"none": ()}).values())


def test_an_answer_that_says_an_offence_is_alleged_is_asked_while_that_is_open() -> None:
    """An offence date answers two questions at once; leaving it out would hide a way to settle an option."""
    asked = {question.fact: question for question in assess({}, POLICY, AT).open_questions}
    assert {"offence_alleged", "offence_date", "offence_code", "origin"} <= set(asked)
    assert asked["offence_code"].could_change == asked["offence_alleged"].could_change
    person = {**somebody(AT), **FITS["checkpoint"]}
    del person["offence_date"]
    assert "offence_code" not in {question.fact for question in assess(person, POLICY, AT).open_questions}
