"""Two versions of the rules held against brute force over every completion of small cases."""

from datetime import date
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.eligibility.codes import Level
from cases.eligibility.comparing import (
    OptionChange,
    criterion_changes,
    effect_of_all,
    effect_on_case,
    known_case,
    levels_of_case,
    option_changes,
)
from cases.eligibility.criteria import Criterion
from cases.eligibility.policy import Option, load_policy
from tests.unit.cases.eligibility.brute_force import completions, level

AT = date(2026, 6, 10)
DOMAINS: dict[str, list[Any]] = {
    "consent": [False, True],
    "hate_crime": [False, True],
    "evidence": ["charge_standard", "offence_made_out", "insufficient"],
    "gravity_score": [1, 2, 3, 4, 5],
}
TESTS = [
    {"kind": "consent"},
    {"kind": "flag", "fact": "hate_crime", "expected": False},
    {"kind": "evidence", "any_of": ["charge_standard"]},
    {"kind": "evidence", "any_of": ["charge_standard", "offence_made_out"]},
    {"kind": "gravity", "maximum": 2},
    {"kind": "gravity", "minimum": 2, "maximum": 4},
    {"kind": "not", "test": {"kind": "gravity", "maximum": 3}},
    {"kind": "any_of", "tests": [{"kind": "consent"}, {"kind": "gravity", "maximum": 1}]},
]
EFFECTS = [
    {"severity": "blocks"},
    {"severity": "needs_authority", "rank": "sergeant"},
    {"severity": "needs_authority", "rank": "inspector"},
    {"severity": "warns"},
]


@st.composite
def criteria(draw: st.DrawFn) -> tuple[Criterion, ...]:
    rows = draw(st.lists(st.tuples(st.sampled_from(TESTS), st.sampled_from(EFFECTS)), min_size=1, max_size=3))
    common = {"reason": "A reason long enough.", "sources": [{"key": "generated"}]}
    return tuple(
        Criterion.model_validate({"id": f"c{place}", "test": test, **effect, **common})
        for place, (test, effect) in enumerate(rows)
    )


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    return {name: draw(st.sampled_from(values)) for name, values in DOMAINS.items() if draw(st.booleans())}


def by_force(known: dict[str, Any], rules: tuple[Criterion, ...] | None) -> list[Level]:
    """The level of each completion, in one fixed order."""
    if rules is None:
        return [Level.INELIGIBLE for _ in completions(known, DOMAINS)]
    option = Option(kind="disposal", code="x", title="x", criteria=rules)
    return [level(option, row, AT) for row in completions(known, DOMAINS)]


sides = st.one_of(st.none(), criteria())


@given(facts(), sides, sides)
@settings(max_examples=150)
def test_one_option_and_one_crime_are_exact(
    known: dict[str, Any], before: tuple[Criterion, ...] | None, after: tuple[Criterion, ...] | None
) -> None:
    """The coordinator would be told of fewer or more changes than the draft makes."""
    effect = effect_on_case(known_case([known], AT), OptionChange(key="k", title="t", before=before, after=after))
    pairs = list(zip(by_force(known, before), by_force(known, after), strict=True))
    assert effect.pairs == set(pairs)
    assert effect.certain == all(a != b for a, b in pairs)
    assert effect.possible == any(a != b for a, b in pairs)


@given(facts(), st.lists(st.tuples(sides, sides), min_size=2, max_size=3))
@settings(max_examples=100)
def test_several_options_together_are_exact(known: dict[str, Any], rules: list[Any]) -> None:
    """A case in which one of two options must change, and either may not, would be left out of "at least"."""
    changes = [OptionChange(key=str(n), title="t", before=old, after=new) for n, (old, new) in enumerate(rules)]
    certain, possible, _ = effect_of_all(known_case([known], AT), changes)
    columns = [list(zip(by_force(known, old), by_force(known, new), strict=True)) for old, new in rules]
    changed = [any(a != b for a, b in row) for row in zip(*columns, strict=True)]
    assert (certain, possible) == (all(changed), any(changed))


@given(st.lists(facts(), min_size=2, max_size=2), criteria(), criteria())
@settings(max_examples=60)
def test_several_crimes_are_bounded(
    crimes: list[dict[str, Any]], before: tuple[Criterion, ...], after: tuple[Criterion, ...]
) -> None:
    """The two ends must hold the truth between them, whether the unknown facts are shared by the crimes or not."""
    effect = effect_on_case(known_case(crimes, AT), OptionChange(key="k", title="t", before=before, after=after))
    sides_of = [list(zip(by_force(known, before), by_force(known, after), strict=True)) for known in crimes]
    apart = [(max(a[0], b[0]), max(a[1], b[1])) for a, b in product(*sides_of)]
    shared_facts = {**crimes[0], **crimes[1]}
    together = [
        (
            max(level_of(before, {**row, **crimes[0]}), level_of(before, {**row, **crimes[1]})),
            max(level_of(after, {**row, **crimes[0]}), level_of(after, {**row, **crimes[1]})),
        )
        for row in completions({k: v for k, v in shared_facts.items() if k in crimes[0] and k in crimes[1]}, DOMAINS)
    ]
    for truth in (apart, together):
        assert not effect.certain or all(a != b for a, b in truth)
        assert effect.possible or not any(a != b for a, b in truth)


def level_of(rules: tuple[Criterion, ...], values: dict[str, Any]) -> Level:
    return level(Option(kind="disposal", code="x", title="x", criteria=rules), values, AT)


def test_facts_that_contradict_each_other_may_have_changed() -> None:
    """One impossible date of birth would stop the preview of a whole year."""
    rules = load_policy().disposals[0].criteria
    change = OptionChange(key="k", title="t", before=rules, after=rules[:-1])
    effect = effect_on_case(known_case([{"date_of_birth": "1801-01-01"}], AT), change)
    assert (effect.certain, effect.possible) == (False, True)


def test_the_same_rules_change_nothing() -> None:
    """An untouched option would swell the count."""
    policy = load_policy()
    assert option_changes(policy, policy, AT) == []
    rules = policy.disposals[0].criteria
    assert not effect_on_case(
        known_case([{}], AT), OptionChange(key="k", title="t", before=rules, after=rules)
    ).possible


def test_changes_are_named_by_criterion() -> None:
    """The second signatory must see what was added, changed and removed."""
    policy = load_policy()
    first = policy.disposals[0]
    reworded = first.criteria[0].model_copy(update={"reason": "In other words, no offence."})
    shorter = first.model_copy(update={"criteria": (reworded, *first.criteria[2:])})
    after = policy.model_copy(update={"disposals": (shorter, *policy.disposals[1:])})
    found = criterion_changes(option_changes(policy, after, AT))
    assert [(one.before is None, one.after is None) for one in found] == [(False, False), (False, True)]
    assert found[1].before == first.criteria[1]


def test_levels_of_a_case_are_those_of_its_worst_crime() -> None:
    """Six thefts of which one is barred would be counted as a place on the scheme."""
    rules = (
        Criterion.model_validate(
            {"id": "a", "test": TESTS[4], "reason": "Gravity above two.", "sources": [{"key": "generated"}]}
        ),
    )
    crimes: list[dict[str, Any]] = [{"gravity_score": 1}, {"gravity_score": 4}]
    assert levels_of_case(known_case(crimes, AT), rules) == {Level.INELIGIBLE}
    assert levels_of_case(known_case(crimes[:1], AT), rules) == {Level.ELIGIBLE}
