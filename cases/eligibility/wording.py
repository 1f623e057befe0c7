"""A test in plain English, as a hub inspector reads it."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from .codes import ADMISSIONS, EARLIER_OUTCOMES, NEEDS, OFFENCE_GROUPS
from .facts import DRUG, EVIDENCE, MODE, ORIGIN, RISK, SEX, VICTIM, VOCABULARY

KIND_LABELS = {
    "admission": "What the person says about the offence",
    "age": "Age",
    "all_of": "Every one of several tests",
    "any_of": "At least one of several tests",
    "appropriate_adult": "An appropriate adult is present, if one is needed",
    "area": "Area",
    "authority": "Always needs a rank",
    "consent": "The person agrees to take part",
    "domestic_abuse": "Domestic abuse and its assessed risk",
    "drug": "Which drug it is about",
    "entry_window": "How long ago the offence was",
    "evidence": "What the evidence supports",
    "flag": "A yes-or-no fact",
    "gravity": "Gravity score",
    "history": "Earlier outcomes",
    "in_force": "In force between dates",
    "interpreter": "An interpreter is arranged, if one is needed",
    "mode_of_trial": "How the offence is tried",
    "needs": "Needs that have been identified",
    "no_similar": "No conviction or caution for a similar offence",
    "not": "The opposite of a test",
    "number": "A weight or a value",
    "offence": "Sort of offence",
    "origin": "How the person came to the service",
    "sex": "Sex",
    "time_limit": "Time left before the statutory limit",
    "victim_view": "The victim’s view",
}

NUMBERS = {"drug_weight_grams": ("Weighs no more than", "grams"), "value_pounds": ("Worth no more than", "pounds")}
AREAS = {"home_area": "Lives in", "offence_area": "The offence happened in"}


def in_words(test: Any) -> str:
    """One sentence without a full stop: what must be so for ``test`` to be met."""
    return SENTENCES[test.kind](test)


def either(words: Iterable[str]) -> str:
    """ "a", "a or b", "a, b or c"."""
    return _listed(list(words), "or")


def long_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _listed(words: list[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}" if words else ""


def _small(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _labels(codes: Iterable[str], table: dict[str, str]) -> str:
    return either(_small(table.get(code, code)) for code in codes)


def _coded(opening: str, table: dict[str, str]) -> Callable[[Any], str]:
    return lambda test: f"{opening} {_labels(test.any_of, table)}"


def _age(test: Any) -> str:
    when = "when it happened" if test.on == "offence" else "on the day of the decision"
    if test.minimum is None:
        return f"Aged {test.maximum} or under {when}"
    if test.maximum is None:
        return f"Aged {test.minimum} or over {when}"
    return f"Aged {test.minimum} to {test.maximum} {when}"


def _offence(test: Any) -> str:
    parts = []
    wanted = [*(OFFENCE_GROUPS[group] for group in test.groups), *(f"offence {code}" for code in test.codes)]
    other = [*(OFFENCE_GROUPS[group] for group in test.not_groups), *(f"offence {code}" for code in test.not_codes)]
    if wanted:
        parts.append(f"The offence is {either(map(_small, wanted))}")
    if other:
        parts.append(f"{'and is not' if wanted else 'The offence is not'} {either(map(_small, other))}")
    return " ".join(parts)


def _flag(test: Any) -> str:
    question = VOCABULARY[test.fact].question.rstrip("?")
    return f"“{question}?” is answered {'yes' if test.expected else 'no'}"


def _history(test: Any) -> str:
    kinds = _labels(test.outcomes, EARLIER_OUTCOMES) if test.outcomes else "outcome of any kind"
    count = "No earlier" if test.maximum == 0 else f"No more than {test.maximum} earlier"
    window = f" in the {test.within_months} months before the offence" if test.within_months else ""
    scheme = f" through the scheme {test.scheme}" if test.scheme else ""
    unengaged = " in which the person did not take part" if test.unengaged else ""
    return f"{count}: {kinds}{scheme}{unengaged}{window}"


def _abuse(test: Any) -> str:
    if not test.accepted_risks:
        return "No domestic abuse"
    return f"No domestic abuse, or its assessed risk is {_labels(test.accepted_risks, RISK)}"


def _gravity(test: Any) -> str:
    if test.minimum == 1:
        return f"Gravity score {test.maximum} or below"
    return f"Gravity score {test.minimum} to {test.maximum}"


def _number(test: Any) -> str:
    opening, unit = NUMBERS[test.fact]
    return f"{opening} {test.maximum:g} {unit}"


def _needs(test: Any) -> str:
    among = f": {_labels(test.any_of, NEEDS)}" if test.any_of else ""
    return f"At least {test.at_least} {'need' if test.at_least == 1 else 'needs'} identified{among}"


def _time_limit(test: Any) -> str:
    plan = f" after a plan of {test.plan}" if test.plan else ""
    return f"At least {test.days} days are left before the statutory limit{plan}"


def _in_force(test: Any) -> str:
    if test.starts is None:
        return "Not in force yet"
    until = f" to {long_date(test.ends)}" if test.ends else ""
    return f"The day is from {long_date(test.starts)}{until}"


def _area(test: Any) -> str:
    return f"{AREAS[test.fact]} {either(area.replace('_', ' ').title() for area in test.any_of)}"


def _joined(joint: str) -> Callable[[Any], str]:
    return lambda test: f"; {joint} ".join(
        in_words(part) if place == 0 else _small(in_words(part)) for place, part in enumerate(test.tests)
    )


SENTENCES: dict[str, Callable[[Any], str]] = {
    "admission": _coded("The person", {code: label for code, label in ADMISSIONS.items()}),
    "age": _age,
    "all_of": _joined("and"),
    "any_of": _joined("or"),
    "appropriate_adult": lambda test: "An appropriate adult is present, or the person is an adult who needs none",
    "area": _area,
    "authority": lambda test: "Always needs the rank named here",
    "consent": lambda test: "The person agrees to take part",
    "domestic_abuse": _abuse,
    "drug": _coded("The drug is", DRUG),
    "entry_window": lambda test: f"The offence is no more than {test.window} old",
    "evidence": _coded("The evidence is", EVIDENCE),
    "flag": _flag,
    "gravity": _gravity,
    "history": _history,
    "in_force": _in_force,
    "interpreter": lambda test: "An interpreter is arranged, or not needed",
    "mode_of_trial": _coded("The offence is tried", MODE),
    "needs": _needs,
    "no_similar": lambda test: (
        f"No conviction or caution for a similar offence in the {test.months} months before the offence"
    ),
    "not": lambda test: f"It is not so that: {_small(in_words(test.test))}",
    "number": _number,
    "offence": _offence,
    "origin": _coded("The person came by", ORIGIN),
    "sex": _coded("The person’s sex is", SEX),
    "time_limit": _time_limit,
    "victim_view": _coded("The victim’s view:", VICTIM),
}
