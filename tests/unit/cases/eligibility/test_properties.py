"""What must hold for every policy, shown on small generated ones against every completion."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.eligibility.assess import assess
from cases.eligibility.codes import Level
from cases.eligibility.policy import Policy
from cases.eligibility.results import status_name

from . import brute_force
from .builders import AT, criterion, policy

DOMAINS: dict[str, list[Any]] = {
    "admission": ["admitted", "accepts_responsibility", "no_comment", "denied", "not_asked"],
    "hate_crime": [False, True],
    "co_accused": [False, True],
    "gravity_score": [1, 2, 3, 4, 5],
    "consent": [False, True],
}


def leaf_tests() -> st.SearchStrategy[dict[str, Any]]:
    """Tests over the five facts of ``DOMAINS``, several for the same fact so that they are correlated."""
    admissions = st.lists(st.sampled_from(DOMAINS["admission"]), min_size=1, max_size=4, unique=True)
    ends = st.tuples(st.integers(1, 5), st.integers(1, 5))
    return st.one_of(
        admissions.map(lambda codes: {"kind": "admission", "any_of": codes}),
        st.tuples(st.sampled_from(["hate_crime", "co_accused"]), st.booleans()).map(
            lambda pair: {"kind": "flag", "fact": pair[0], "expected": pair[1]}
        ),
        ends.map(lambda pair: {"kind": "gravity", "minimum": pair[0], "maximum": pair[1]}),
        st.just({"kind": "consent"}),
        st.just({"kind": "authority"}),
    )


def any_tests() -> st.SearchStrategy[dict[str, Any]]:
    """Tests and combinations of them."""
    return st.recursive(
        leaf_tests(),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda tests: {"kind": "all_of", "tests": tests}),
            st.lists(inner, min_size=1, max_size=3).map(lambda tests: {"kind": "any_of", "tests": tests}),
            inner.map(lambda test: {"kind": "not", "test": test}),
        ),
        max_leaves=4,
    )


SEVERITIES = st.sampled_from(
    [("blocks", None), ("blocks", None), ("warns", None)]
    + [("needs_authority", rank) for rank in ("sergeant", "inspector", "superintendent", "prosecutor")]
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """One to three options of one to four criteria each."""
    options = draw(
        st.lists(st.lists(st.tuples(any_tests(), SEVERITIES), min_size=1, max_size=4), min_size=1, max_size=3)
    )
    return policy(
        *[
            [criterion(f"c{place}", test, severity, rank) for place, (test, (severity, rank)) in enumerate(option)]
            for option in options
        ]
    )


def partial_facts() -> st.SearchStrategy[dict[str, Any]]:
    """Some of the facts known, the rest not."""
    return st.fixed_dictionaries({}, optional={fact: st.sampled_from(values) for fact, values in DOMAINS.items()})


def statuses(rules: Policy, known: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each option may still be."""
    return {option.key: option.possible for option in assess(known, rules, AT).options}


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_an_option_may_still_be_exactly_what_some_completion_makes_it(rules: Policy, known: dict[str, Any]) -> None:
    """Anything else would show an officer an option as settled when it is not, or open when it is settled."""
    expected = {
        key: tuple(status_name(level) for level in sorted(levels))
        for key, levels in brute_force.levels(rules, known, DOMAINS, AT).items()
    }
    assert statuses(rules, known) == expected


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_the_questions_are_exactly_the_facts_that_can_matter(rules: Policy, known: dict[str, Any]) -> None:
    """One too many wastes the officer's minute; one too few decides without a fact that mattered."""
    asked = {question.fact for question in assess(known, rules, AT).open_questions}
    assert asked == brute_force.open_facts(rules, known, DOMAINS, AT)


@settings(max_examples=60)
@given(policies(), partial_facts(), st.data())
def test_adding_a_fact_never_reverses_a_settled_option(
    rules: Policy, known: dict[str, Any], data: st.DataObject
) -> None:
    """A person told that something is open to them must not lose it because one more question was answered."""
    left = [fact for fact in DOMAINS if fact not in known]
    before = assess(known, rules, AT)
    for fact in left:
        value = data.draw(st.sampled_from(DOMAINS[fact]))
        after = assess({**known, fact: value}, rules, AT)
        for option in before.options:
            assert set(after.option(option.key).possible) <= set(option.possible)
            if option.status != "undetermined":
                assert after.option(option.key).status == option.status


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_no_value_of_a_fact_that_is_not_asked_changes_any_option(rules: Policy, known: dict[str, Any]) -> None:
    """Otherwise the form would leave out a question whose answer mattered."""
    assessment = assess(known, rules, AT)
    asked = {question.fact for question in assessment.open_questions}
    for fact in [fact for fact in DOMAINS if fact not in known and fact not in asked]:
        for value in DOMAINS[fact]:
            assert statuses(rules, {**known, fact: value}) == {o.key: o.possible for o in assessment.options}


@settings(max_examples=25)
@given(policies(), partial_facts())
def test_each_asked_fact_has_an_answer_that_settles_or_changes_an_option(rules: Policy, known: dict[str, Any]) -> None:
    """A question is asked only if, with some answers to the others, its own answer decides an option."""
    for question in assess(known, rules, AT).open_questions:
        assert _decides(rules, known, question.fact), question.fact


def _decides(rules: Policy, known: dict[str, Any], fact: str) -> bool:
    others = {name: values for name, values in DOMAINS.items() if name != fact}
    for row in brute_force.completions(known, others):
        results = {tuple(sorted(statuses(rules, {**row, fact: value}).items())) for value in DOMAINS[fact]}
        if len(results) > 1:
            return True
    return False


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_answering_every_question_settles_every_option(rules: Policy, known: dict[str, Any]) -> None:
    """The form must come to an end with an answer."""
    facts = dict(known)
    for _ in DOMAINS:
        questions = assess(facts, rules, AT).open_questions
        if not questions:
            break
        facts[questions[0].fact] = DOMAINS[questions[0].fact][0]
    assert all(option.status != "undetermined" for option in assess(facts, rules, AT).options)


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_every_status_short_of_eligible_names_its_criteria(rules: Policy, known: dict[str, Any]) -> None:
    """A refusal without a reason cannot be challenged; all the reasons the known facts support are there."""
    for option in assess(known, rules, AT).options:
        results = {finding.criterion: finding for finding in option.findings}
        assert set(option.reasons) <= set(results)
        if option.status in {"ineligible", "needs_authority"}:
            assert option.reasons
        if option.status == "ineligible":
            unmet = {c for c, f in results.items() if f.result == "not_met" and f.severity == "blocks"}
            assert set(option.reasons) == unmet if unmet else option.together


@settings(max_examples=60)
@given(policies())
def test_a_policy_goes_to_json_and_back_unchanged(rules: Policy) -> None:
    """The editor and the database hold the JSON; a lost field would change who may be diverted."""
    assert Policy.model_validate_json(rules.model_dump_json()) == rules


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_questions_come_most_decisive_first_and_always_in_the_same_order(rules: Policy, known: dict[str, Any]) -> None:
    """Two officers with the same facts see the same form."""
    first, again = assess(known, rules, AT), assess(dict(reversed(known.items())), rules, AT)
    weights = [(question.could_settle, len(question.could_change)) for question in first.open_questions]
    assert weights == sorted(weights, reverse=True)
    assert first.open_questions == again.open_questions


@settings(max_examples=60)
@given(policies(), partial_facts())
def test_could_settle_counts_the_options_that_one_answer_settles(rules: Policy, known: dict[str, Any]) -> None:
    """The order of the questions rests on this number."""
    for question in assess(known, rules, AT).open_questions:
        settled = 0
        for key in question.could_change:
            after = [
                brute_force.levels(rules, {**known, question.fact: v}, DOMAINS, AT)[key] for v in DOMAINS[question.fact]
            ]
            settled += any(len(levels) == 1 for levels in after)
        assert question.could_settle == settled


def test_two_criteria_on_one_fact_that_no_answer_can_meet_settle_the_option() -> None:
    """Plain Kleene logic would ask a child's age to tell them what is already certain."""
    rules = policy(
        [criterion("low", {"kind": "gravity", "maximum": 2}), criterion("high", {"kind": "gravity", "minimum": 3})]
    )
    assessment = assess({}, rules, AT)
    option = assessment.options[0]
    assert (option.status, option.together, set(option.reasons)) == ("ineligible", True, {"low", "high"})
    assert assessment.open_questions == ()


def test_a_warning_is_never_a_question() -> None:
    """Warnings do not change an option, so they must not lengthen the form; the finding still says it is unknown."""
    rules = policy([criterion("warned", {"kind": "flag", "fact": "hate_crime", "expected": False}, "warns")])
    assessment = assess({}, rules, AT)
    assert assessment.open_questions == ()
    assert assessment.options[0].status == "eligible"
    assert assessment.options[0].findings[0].result == "unknown"


def test_the_worst_rank_is_the_one_needed() -> None:
    """An inspector's decision must not be taken by a sergeant because a lesser criterion also failed."""
    rules = policy(
        [
            criterion("a", {"kind": "authority"}, "needs_authority", "sergeant"),
            criterion("b", {"kind": "authority"}, "needs_authority", "inspector"),
        ]
    )
    option = assess({}, rules, AT).options[0]
    assert (option.status, option.rank, option.reasons) == ("needs_authority", "inspector", ("a", "b"))
    assert option.possible == (status_name(Level.INSPECTOR),)
