"""Dates, needs and earlier outcomes have too many values to list: a few must stand for all of them, exactly."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.eligibility.assess import Weighed, assess
from cases.eligibility.codes import NEEDS
from cases.eligibility.dates import add_months, age_on, birthday, earliest_start, latest_birth
from cases.eligibility.formula import Earlier
from cases.eligibility.knowledge import know
from cases.eligibility.policy import Policy
from cases.eligibility.reading import Facts
from cases.eligibility.results import status_name

from . import brute_force
from .builders import AT, criterion, policy

DAYS = st.dates(date(1950, 1, 1), date(2026, 3, 1))
SEVERITIES = st.sampled_from([("blocks", None), ("needs_authority", "sergeant"), ("needs_authority", "inspector")])


def date_tests() -> st.SearchStrategy[dict[str, Any]]:
    """Ages at both days and entry windows, near enough to each other to be tied."""
    years = st.integers(15, 19)
    ages = st.tuples(years, st.sampled_from(["disposal", "offence"]), st.sampled_from(["minimum", "maximum"]))
    spans = st.one_of(st.tuples(st.integers(1, 45), st.just("days")), st.tuples(st.integers(1, 14), st.just("months")))
    return st.one_of(
        ages.map(lambda a: {"kind": "age", a[2]: a[0], "on": a[1]}),
        spans.map(lambda s: {"kind": "entry_window", "window": {"amount": s[0], "unit": s[1]}}),
    )


@st.composite
def date_policies(draw: st.DrawFn) -> Policy:
    """One option over the date of birth and the offence date, with some tests turned round."""
    tests = draw(st.lists(st.tuples(date_tests(), st.booleans(), SEVERITIES), min_size=1, max_size=4))
    rows = []
    for place, (test, turned, (severity, rank)) in enumerate(tests):
        rows.append(criterion(f"c{place}", {"kind": "not", "test": test} if turned else test, severity, rank))
    return policy(rows)


@settings(max_examples=20)
@given(date_policies(), st.integers(15, 19), st.integers(0, 13))
def test_a_few_dates_stand_for_every_day(rules: Policy, age: int, months: int) -> None:
    """Checked against every pair of days that an age in years and a time in months leave open."""
    facts = Facts.read({"age": age, "months_since_offence": months})
    ranges = know(facts, AT).ranges
    domains = {name: every_day(*ranges[name]) for name in ("date_of_birth", "offence_date")}
    domains["date_of_birth"] = near_the_cuts(domains["date_of_birth"], domains["offence_date"])
    assessment = assess(facts, rules, AT)
    expected = brute_force.levels(rules, {}, domains, AT)
    for option in assessment.options:
        assert option.possible == tuple(status_name(level) for level in sorted(expected[option.key]))
    asked = {question.fact for question in assessment.open_questions}
    assert asked - {"offence_alleged"} == brute_force.open_facts(rules, {}, domains, AT)


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def near_the_cuts(births: list[date], offences: list[date]) -> list[date]:
    """Every birthday on which an age can change for one of the days, so that the check stays quick: a birth between two
    of these gives the same ages as one of them on every one of the days."""
    cuts = {(day.month, day.day) for day in [*offences, *every_day(AT - timedelta(days=3), AT + timedelta(days=3))]}
    leap = {(2, 28), (2, 29), (3, 1)}
    return [b for b in births if (b.month, b.day) in cuts | leap or b in (births[0], births[-1])]


@settings(max_examples=40)
@given(date_policies(), st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=40))
def test_no_day_gives_an_answer_that_was_ruled_out(rules: Policy, days: list[tuple[date, date]]) -> None:
    """With nothing known, whatever the two dates turn out to be was among the possible answers."""
    possible = assess({}, rules, AT).options[0].possible
    for born, offence in days:
        values = {"date_of_birth": born, "offence_date": offence}
        assert status_name(brute_force.level(rules.options(AT)[0], values, AT)) in possible


@settings(max_examples=40)
@given(date_policies())
def test_every_possible_answer_has_a_person_to_whom_it_applies(rules: Policy) -> None:
    """An answer that nobody could get must not be shown as possible."""
    for option in rules.options(AT):
        assessed = Weighed.of(option.criteria, know(Facts(), AT))
        for level in assessed.levels:
            example = assessed.diagrams.example(assessed.level, level)
            values = {fact: example.get(fact, values[0]) for fact, values in assessed.diagrams.domains.items()}
            assert brute_force.level(option, values, AT) == level


KINDS = ["conviction", "simple_caution", "community_resolution", "scheme"]


def history_tests() -> st.SearchStrategy[dict[str, Any]]:
    """Counts in windows, the similar-offence rule, and a scheme's own repeat rule."""
    return st.one_of(
        st.fixed_dictionaries(
            {
                "kind": st.just("history"),
                "outcomes": st.lists(st.sampled_from(KINDS), max_size=2, unique=True),
                "within_months": st.sampled_from([None, 12, 24]),
                "maximum": st.integers(0, 1),
            }
        ),
        st.just({"kind": "no_similar", "months": 24}),
        st.just({"kind": "history", "scheme": "lead", "within_months": 12}),
        st.just({"kind": "history", "scheme": "lead", "unengaged": True}),
    )


@st.composite
def history_policies(draw: st.DrawFn) -> Policy:
    tests = draw(st.lists(st.tuples(history_tests(), SEVERITIES), min_size=1, max_size=3))
    return policy([criterion(f"c{n}", test, severity, rank) for n, (test, (severity, rank)) in enumerate(tests)])


ITEMS = [
    Earlier(outcome, on=AT - timedelta(days=days), similar=similar, scheme=scheme, engaged=engaged)
    for outcome in KINDS
    for days in (-0, 200, 500, 900)
    for similar in (False, True)
    for scheme, engaged in ((None, None), ("lead", True), ("lead", False))
]


@settings(max_examples=50)
@given(history_policies(), st.lists(st.sampled_from(ITEMS), max_size=5))
def test_a_history_that_nobody_has_looked_up_may_be_any_history(rules: Policy, items: list[Earlier]) -> None:
    """Whatever the record shows in the end was among the possible answers."""
    facts = {"offence_date": AT - timedelta(days=10)}
    possible = assess(facts, rules, AT).options[0].possible
    found = assess({**facts, "earlier_outcomes": items}, rules, AT).options[0]
    assert found.status != "undetermined"
    assert set(found.possible) <= set(possible)


@settings(max_examples=50)
@given(
    history_policies(), st.lists(st.sampled_from(ITEMS), max_size=3), st.lists(st.booleans(), min_size=3, max_size=3)
)
def test_a_history_with_gaps_may_be_filled_either_way(rules: Policy, items: list[Earlier], gaps: list[bool]) -> None:
    """A caution whose likeness to this offence nobody has noted must not count as unlike it; nor may a scheme of which
    nobody has said whether the person took part count as one in which they did."""
    facts = {"offence_date": AT - timedelta(days=10)}
    gapped = [
        replace(item, similar=None, engaged=None) if gap else item for item, gap in zip(items, gaps, strict=False)
    ]
    possible = assess({**facts, "earlier_outcomes": gapped}, rules, AT).options[0].possible
    full = assess({**facts, "earlier_outcomes": items}, rules, AT).options[0].possible
    assert set(full) <= set(possible)


@settings(max_examples=40)
@given(history_policies())
def test_every_possible_answer_has_a_history_behind_it(rules: Policy) -> None:
    """The engine's own example of a history must give the answer it stands for."""
    option = rules.options(AT)[0]
    knowledge = know(Facts.read({"offence_date": AT - timedelta(days=10)}), AT)
    assessed = Weighed.of(option.criteria, knowledge)
    for level in assessed.levels:
        example = {**knowledge.known, **assessed.diagrams.example(assessed.level, level)}
        example.setdefault("earlier_outcomes", ())
        assert brute_force.level(option, example, AT) == level


@settings(max_examples=40)
@given(history_policies(), st.integers(0, 2), st.lists(st.sampled_from(ITEMS), max_size=4))
def test_a_number_of_convictions_narrows_and_never_reverses(rules: Policy, number: int, items: list[Earlier]) -> None:
    """Saying how many before saying which must not make something possible that was not."""
    facts = {"offence_date": AT - timedelta(days=10)}
    counted = {**facts, "previous_convictions": number}
    before = set(assess(facts, rules, AT).options[0].possible)
    after = set(assess(counted, rules, AT).options[0].possible)
    assert after <= before
    if sum(item.outcome == "conviction" for item in items) == number:
        assert set(assess({**counted, "earlier_outcomes": items}, rules, AT).options[0].possible) <= after


@settings(max_examples=40)
@given(st.lists(st.tuples(st.lists(st.sampled_from(list(NEEDS)), max_size=4, unique=True), st.integers(1, 3)),
                min_size=1, max_size=3), st.sets(st.sampled_from(list(NEEDS)), max_size=6))  # fmt: skip
def test_needs_not_yet_assessed_may_be_any_needs(tests: list[tuple[list[str], int]], held: set[str]) -> None:
    """Whatever needs are found in the end was among the possible answers."""
    rows = [
        criterion(f"c{n}", {"kind": "needs", "any_of": any_of, "at_least": least}, "needs_authority", rank)
        for n, ((any_of, least), rank) in enumerate(zip(tests, ("sergeant", "inspector", "prosecutor"), strict=False))
    ]
    rules = policy(rows)
    found = assess({"needs": sorted(held)}, rules, AT).options[0]
    assert set(found.possible) <= set(assess({}, rules, AT).options[0].possible)


FEW_NEEDS = ["drugs", "alcohol", "accommodation", "finance", "trauma"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.lists(st.sampled_from(FEW_NEEDS), max_size=4, unique=True), st.integers(1, 3)),
                min_size=1, max_size=3),
       st.dictionaries(st.sampled_from(FEW_NEEDS), st.sampled_from([True, False, None])))  # fmt: skip
def test_needs_known_in_part_leave_what_is_left_and_no_more(
    tests: list[tuple[list[str], int]], said: dict[str, bool | None]
) -> None:
    """Somebody known to need three kinds of help would wait for a fourth question that can change nothing."""
    rows = [
        criterion(f"c{n}", {"kind": "needs", "any_of": any_of, "at_least": least}, "needs_authority", rank)
        for n, ((any_of, least), rank) in enumerate(zip(tests, ("sergeant", "inspector", "prosecutor"), strict=False))
    ]
    rules = policy(rows)
    found = assess({"needs": said}, rules, AT).options[0]
    sure = {need for need, answer in said.items() if answer}
    unsaid = [need for need, answer in said.items() if answer is None]
    sets = [frozenset(sure.union(more)) for n in range(len(unsaid) + 1) for more in combinations(unsaid, n)]
    expected = brute_force.levels(rules, {}, {"needs": sets}, AT)
    assert found.possible == tuple(status_name(level) for level in sorted(expected[found.key]))


def test_the_rest_of_the_needs_may_be_left_unasked() -> None:
    """An officer who learned of one need must not be taken to have asked about sixteen."""
    rules = policy([criterion("two", {"kind": "needs", "any_of": ["drugs", "alcohol", "trauma"], "at_least": 2})])

    def status(needs: dict[str, bool | None]) -> str:
        return assess({"needs": needs}, rules, AT).options[0].status

    assert status({"drugs": True, "rest": None}) == "undetermined"
    assert status({"drugs": True, "alcohol": True, "rest": None}) == "eligible"
    assert status({"drugs": True, "alcohol": False, "trauma": False, "rest": None}) == "ineligible"
    assert status({"drugs": True}) == "ineligible"


@given(DAYS, st.integers(0, 100))
def test_birthdays_and_last_births_agree(born: date, years: int) -> None:
    """The first day at an age, the last birth for an age, and the age itself say the same thing."""
    day = birthday(born, years)
    assert age_on(day, born) == years
    assert age_on(day - timedelta(days=1), born) == years - 1
    assert latest_birth(day, years) >= born
    assert latest_birth(day - timedelta(days=1), years) < born


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)), st.integers(1, 30))
def test_the_earliest_start_is_the_first_day_still_inside_the_months(day: date, months: int) -> None:
    """Both sides of the day, whatever the lengths of the months."""
    first = earliest_start(day, months)
    assert add_months(first, months) >= day
    assert add_months(first - timedelta(days=1), months) < day


def test_somebody_born_on_29_february_comes_of_age_on_1_march_in_a_common_year() -> None:
    """One day's difference decides between a youth caution and an adult one."""
    assert age_on(date(2026, 2, 28), date(2008, 2, 29)) == 17
    assert age_on(date(2026, 3, 1), date(2008, 2, 29)) == 18
