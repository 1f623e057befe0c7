"""Changing a policy one criterion, and one test, at a time."""

from datetime import date

import pytest
from pydantic import ValidationError

from cases.eligibility import editing
from cases.eligibility.criteria import KINDS, AllOf, AnyOf, NotTest
from cases.eligibility.kinds_coded import Consent, Interpreter
from cases.eligibility.kinds_dates import Age
from cases.eligibility.policy import load_policy
from cases.eligibility.wording import KIND_LABELS, SENTENCES, in_words

KEY = "disposal:community_resolution"
ADULT, CONSENT, INTERPRETER = Age(minimum=18), Consent(), Interpreter()


def test_a_criterion_keeps_its_place_when_it_is_changed() -> None:
    """A reader who looks for a rule would not find it where it was."""
    policy = load_policy()
    before = editing.criteria_of(policy, KEY)
    changed = before[2].model_copy(update={"reason": "Said in other words than before."})
    after = editing.criteria_of(editing.with_criterion(policy, KEY, changed, replacing=before[2].id), KEY)
    assert [each.id for each in after] == [each.id for each in before]
    assert after[2] == changed


def test_the_rest_of_the_policy_is_untouched() -> None:
    """A change for cautions would quietly change something for schemes."""
    policy = load_policy()
    after = editing.without_criterion(policy, KEY, "gravity")
    assert after.disposals[1:] == policy.disposals[1:]
    assert after.schemes == policy.schemes


def test_two_criteria_of_one_name_and_an_empty_option_are_refused() -> None:
    """A reason must name one criterion; an option without any is open to all."""
    policy = load_policy()
    with pytest.raises(ValidationError, match="two criteria called"):
        editing.with_criterion(policy, KEY, editing.criteria_of(policy, KEY)[0])
    with pytest.raises(ValidationError):
        editing.with_criteria(policy, KEY, [])
    with pytest.raises(KeyError):
        editing.criteria_of(policy, "disposal:nothing")


def test_joining_taking_out_and_turning_round() -> None:
    """The parts of a test would land in the wrong place, and mean something else."""
    both = editing.joined(ADULT, CONSENT, "all_of")
    assert both == AllOf(tests=(ADULT, CONSENT))
    assert editing.joined(both, INTERPRETER, "all_of") == AllOf(tests=(ADULT, CONSENT, INTERPRETER))
    nested = editing.with_test(both, (1,), lambda old: editing.joined(old, INTERPRETER, "any_of"))
    assert nested == AllOf(tests=(ADULT, AnyOf(tests=(CONSENT, INTERPRETER))))
    assert editing.part_at(nested, (1, 1)) == INTERPRETER
    assert editing.with_test(nested, (1, 0), lambda old: None) == AllOf(tests=(ADULT, AnyOf(tests=(INTERPRETER,))))
    turned = editing.with_test(both, (0,), editing.turned_round)
    assert turned == AllOf(tests=(NotTest(test=ADULT), CONSENT))
    assert editing.with_test(turned, (0,), editing.turned_round) == both
    assert editing.with_test(NotTest(test=ADULT), (0,), lambda old: None) is None


@pytest.mark.parametrize("path", [(0, 0), (7,), (-1,)])
def test_a_place_that_is_not_there_is_named(path: tuple[int, ...]) -> None:
    """A stale page would change a test that its reader has not seen."""
    with pytest.raises(KeyError):
        editing.part_at(AllOf(tests=(ADULT, CONSENT)), path)


def test_areas_become_those_of_the_force_that_copies() -> None:
    """People of the other force would be outside every area of the copied scheme."""
    moved = editing.in_area(load_policy(), "northmoor")
    text = moved.model_dump_json()
    assert '"any_of":["northmoor"]' in text
    assert "durham" not in text.replace("Durham", "")  # names and sources may still say where it comes from


def test_every_kind_and_every_criterion_has_words() -> None:
    """A new kind would break the page, or be shown as code."""
    kinds = {kind.model_fields["kind"].default for kind in KINDS}
    assert set(SENTENCES) == set(KIND_LABELS) == kinds
    for option in load_policy().options(date(2026, 6, 10)):
        for criterion in option.criteria:
            words = in_words(criterion.test)
            assert words
            assert "{" not in words
            assert "_" not in words, words
