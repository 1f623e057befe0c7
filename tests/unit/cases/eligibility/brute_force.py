"""The meaning of an assessment, the slow way: try every completion. Nothing here shares code with the diagrams."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from typing import Any

from cases.eligibility.assess import level_when_unmet
from cases.eligibility.base import Context
from cases.eligibility.codes import Level
from cases.eligibility.formula import holds
from cases.eligibility.policy import Option, Policy


def level(option: Option, values: Mapping[str, Any], at: date) -> Level:
    """The level of an option when every fact has a value."""
    context = Context(at)
    unmet = [c for c in option.criteria if not holds(c.test.formula(context), values)]
    return max([Level.ELIGIBLE, *(level_when_unmet(criterion) for criterion in unmet)])


def completions(known: Mapping[str, Any], domains: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every way of giving each fact of ``domains`` a value, keeping those already known."""
    choices = [[known[fact]] if fact in known else values for fact, values in domains.items()]
    for row in product(*choices):
        yield dict(zip(domains, row, strict=True))


def levels(
    policy: Policy, known: Mapping[str, Any], domains: Mapping[str, list[Any]], at: date
) -> dict[str, set[Level]]:
    """For each option every level that some completion gives."""
    rows = list(completions(known, domains))
    return {option.key: {level(option, row, at) for row in rows} for option in policy.options(at)}


def open_facts(policy: Policy, known: Mapping[str, Any], domains: Mapping[str, list[Any]], at: date) -> set[str]:
    """The unknown facts for which two completions differ in nothing else and give some option different levels."""
    rows = list(completions(known, domains))
    results = {tuple(row.values()): [level(option, row, at) for option in policy.options(at)] for row in rows}
    names = list(domains)
    return {fact for place, fact in enumerate(names) if fact not in known and _matters(place, domains[fact], results)}


def _matters(place: int, values: list[Any], results: dict[tuple[Any, ...], list[Level]]) -> bool:
    for row, result in results.items():
        others = ((*row[:place], value, *row[place + 1 :]) for value in values)
        if any(results[other] != result for other in others):
            return True
    return False
