"""What a published rate or ratio tells of the counts in it, as the attacker adds it to what he knows."""

from collections.abc import Mapping, Sequence
from math import isfinite, prod
from typing import Any

import numpy as np

from reporting.suppression.family import describe, key
from reporting.suppression.knowledge import BadRelease, Knowledge


def _number(told: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise BadRelease(f'"{name}" of a rate or ratio is a number, not {value!r}.')
    return float(value)


def _reference(knowledge: Knowledge, told: Mapping[str, Any]) -> int:
    return knowledge.position(key(told["measure"], told.get("at", {})))


def _spread(told: Mapping[str, Any], per: float, decimals: int) -> tuple[float, float]:
    """Lowest and highest true figure that would have been shown so."""
    half = 0.5 * 10.0 ** -int(_number(told, "decimals", decimals))
    value, by = _number(told, "value"), _number(told, "per", per)
    if by <= 0 or value < 0:
        raise BadRelease(f"A rate or ratio is not below 0, and is per more than 0: {dict(told)}.")
    return max(0.0, value - half) / by, (value + half) / by


def _adds_nothing(knowledge: Knowledge, above: Sequence[int], below: Sequence[int], ends: tuple[float, float]) -> bool:
    """Whether the figure is what the counts printed beside it give, rounded ones too: it then tells no more than they.

    A release of this service makes its rates of what it shows. Taken for a rate of the true counts, such a figure would
    contradict them wherever counts are rounded.
    """
    if not knowledge.shown.keys() >= {*above, *below}:
        return False
    bottom = prod(knowledge.shown[index] for index in below)
    figure = prod(knowledge.shown[index] for index in above) / bottom if bottom else 0.0
    return ends[0] - 1e-9 <= figure <= ends[1] + 1e-9


def learn_rate(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """numerator - low x denominator >= 0 and numerator - high x denominator <= 0: linear whatever is hidden."""
    if told.get("value") is None:
        return
    above, below = _reference(knowledge, told["numerator"]), _reference(knowledge, told["denominator"])
    low, high = _spread(told, 100, 1)
    if above != below and not _adds_nothing(knowledge, [above], [below], (low, high)):
        knowledge.row({above: 1.0, below: -low}, 0.0, np.inf)
        knowledge.row({above: 1.0, below: -high}, -np.inf, 0.0)


def learn_ratio(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """(a/n1)/(c/n2): a n2 - r c n1 is linear while one of a, n2 and one of c, n1 are shown."""
    if told.get("value") is None:
        return
    group, reference = told["group"], told["reference"]
    a, n1 = _reference(knowledge, group["events"]), _reference(knowledge, group["people"])
    c, n2 = _reference(knowledge, reference["events"]), _reference(knowledge, reference["people"])
    low, high = _spread(told, 1, 2)
    if _adds_nothing(knowledge, [a, n2], [c, n1], (low, high)):
        return
    (top, least_top, most_top), (bottom, least_bottom, most_bottom) = (
        _product(knowledge, a, n2),
        _product(knowledge, c, n1),
    )
    if top == bottom:
        return
    knowledge.row({top: most_top, bottom: -low * least_bottom}, 0.0, np.inf)
    knowledge.row({top: least_top, bottom: -high * most_bottom}, -np.inf, 0.0)


def _product(knowledge: Knowledge, first: int, second: int) -> tuple[int, float, float]:
    """The product of two counts as one of them times a number between two ends: those of the other, which is shown."""
    known = [index for index in (second, first) if index in knowledge.shown]
    if not known:
        names = " and ".join(describe(knowledge.family.keys[index]) for index in (first, second))
        raise BadRelease(f"A ratio is published though both {names} are hidden: withhold the ratio.")
    other = first if known[0] == second else second
    return other, float(knowledge.low[known[0]]), float(knowledge.high[known[0]])
