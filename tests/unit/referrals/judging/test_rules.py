"""A scheme's stored criteria read with a form's answers, without a database."""

from datetime import date
from typing import Any

from cases.details import CrimeDetails
from cases.eligibility.schemes import load_scheme_library
from cases.models import Offence
from referrals.judging.rules import criterion_kinds, judge_scheme
from referrals.models import Scheme, SchemeVersion

TODAY = date(2026, 6, 10)


def version(slug: str) -> SchemeVersion:
    definition = next(entry for entry in load_scheme_library() if entry.slug == slug)
    rules = definition.on(TODAY)
    assert rules is not None
    return SchemeVersion(
        scheme=Scheme(slug=slug, name=definition.name),
        valid_from=rules.valid_from,
        valid_to=rules.valid_to,
        criteria=[criterion.model_dump(mode="json") for criterion in rules.criteria],
    )


def crime(group: str = "drug_possession", **changes: Any) -> CrimeDetails:
    offence = Offence(code=group.replace("_", "-"), title=group, mode="either_way", policy_group=group)
    return CrimeDetails(number="AV/1/26", committed_on=date(2026, 6, 1), offence=offence, **changes)


ADULT = {"date_of_birth": date(2001, 3, 4), "consent": True, "evidence": "charge_standard", "admission": "admitted"}


def results(slug: str, *crimes: CrimeDetails, person: dict[str, Any] = ADULT, **more: Any) -> dict[str, str]:
    found = judge_scheme(version(slug), person=person, crimes=crimes, at=TODAY, **more)
    return {judgement.criterion.removeprefix("scheme."): judgement.result for judgement in found}


def test_known_answers_settle_a_criterion_and_unasked_ones_stay_unknown() -> None:
    """What nobody was asked must not be taken for a no."""
    found = results("drug-diversion", crime())
    assert found["adult"] == "met"
    assert found["drug-possession"] == "met"
    assert found["small-quantity"] == "unknown"


def test_the_worst_crime_of_a_case_decides() -> None:
    """One crime that the scheme does not take is enough for the partner to send the person back."""
    assert results("drug-diversion", crime(), crime("burglary"))["drug-possession"] == "not_met"


def test_our_own_records_can_break_a_limit_on_earlier_times_and_never_satisfy_it() -> None:
    """A second time is seen even if nobody mentions it; a clean record here says nothing of other forces."""
    earlier = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 2, 1)}]
    assert results("checkpoint", crime())["repeat"] == "unknown"
    assert results("checkpoint", crime(), known_earlier=earlier)["repeat"] == "not_met"
    long_ago = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2024, 2, 1)}]
    assert results("checkpoint", crime(), known_earlier=long_ago)["repeat"] == "unknown"


def test_who_may_set_a_rule_aside_is_said() -> None:
    """A rule that an inspector may set aside, unsaid, turns people away for good."""
    person = {**ADULT, "earlier_outcomes": [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 2, 1)}]}
    found = judge_scheme(version("checkpoint"), person=person, crimes=[crime()], at=TODAY)
    repeat = next(judgement for judgement in found if judgement.criterion == "scheme.repeat")
    assert (repeat.blocks, repeat.override_by) == (True, "inspector")


def test_a_scheme_without_stored_criteria_says_nothing() -> None:
    """A coordinator's new scheme may have only its own fields; those are judged elsewhere."""
    empty = SchemeVersion(scheme=Scheme(slug="new", name="New"), valid_from=TODAY)
    assert judge_scheme(empty, person=ADULT, crimes=[crime()], at=TODAY) == []
    assert criterion_kinds(empty) == frozenset()


def test_the_kinds_of_criteria_are_found_inside_others_too() -> None:
    """A rule said twice is shown twice: the version's own fields speak only where no criterion does."""
    assert {"age", "offence", "any_of", "flag"} <= criterion_kinds(version("checkpoint"))
