"""What a published rate or ratio tells of the counts in it, as the attacker adds it to what he knows."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite, prod
from typing import Any

import numpy as np

from reporting.statistics.intervals import wilson
from reporting.suppression import figures
from reporting.suppression.family import describe, key
from reporting.suppression.knowledge import BadRelease, Knowledge
from reporting.suppression.thresholds import Mark


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
    above, below = _reference(knowledge, told["numerator"]), _reference(knowledge, told["denominator"])
    _check_interval(knowledge, above, below, told)
    if told.get("value") is None:
        _learn_too_few(knowledge, below, told)
        return
    low, high = _spread(told, 100, 1)
    if above != below and not _adds_nothing(knowledge, [above], [below], (low, high)):
        knowledge.row({above: 1.0, below: -low}, 0.0, np.inf)
        knowledge.row({above: 1.0, below: -high}, -np.inf, 0.0)


def _learn_too_few(knowledge: Knowledge, below: int, told: Mapping[str, Any]) -> None:
    """[x] in place of a rate says that few people stand under it: as much as "<10" does, where their count is hidden.
    A release of this service says [c] there."""
    if _mark(told) == Mark.UNAVAILABLE and below not in knowledge.shown:
        knowledge.high[below] = min(knowledge.high[below], knowledge.thresholds.rate_denominator - 1)


def _mark(told: Mapping[str, Any]) -> str | None:
    mark = told.get("mark")
    if told.get("value") is None and mark not in (None, Mark.SUPPRESSED, Mark.UNAVAILABLE):
        raise BadRelease(f"A rate or ratio is a number, [c] or [x], not {mark!r}.")
    return mark


def _check_interval(knowledge: Knowledge, above: int, below: int, told: Mapping[str, Any]) -> None:
    if _has_interval(knowledge, [above, below], told):
        per, decimals = _number(told, "per", 100), int(_number(told, "decimals", 1))
        made = wilson(knowledge.shown[above], knowledge.shown[below]) or ()
        _check_made(knowledge, above, told, [round(per * end, decimals) for end in made])


def _check_interval_of_ratio(knowledge: Knowledge, counts: Sequence[int], told: Mapping[str, Any]) -> None:
    if _has_interval(knowledge, counts, told):
        a, n1, c, n2 = (knowledge.shown[index] for index in counts)
        made = figures.ratio_interval(a, n1, c, n2, decimals=int(_number(told, "decimals", 2)))
        _check_made(knowledge, counts[0], told, made or [])


def _has_interval(knowledge: Knowledge, counts: Iterable[int], told: Mapping[str, Any]) -> bool:
    """An interval is its counts written differently. It may stand only where all of them do, and must be made of them:
    of true counts beside rounded ones, or beside a hidden one, it would tell them."""
    if told.get("interval") is None:
        return False
    if told.get("value") is None or not knowledge.shown.keys() >= {*counts}:
        raise BadRelease("An interval stands beside a count that is hidden, and tells it: withhold the interval.")
    return True


def _check_made(knowledge: Knowledge, above: int, told: Mapping[str, Any], made: Sequence[float]) -> None:
    if list(told["interval"]) != list(made):
        cell = describe(knowledge.family.keys[above])
        raise BadRelease(f"The interval of {cell} is not that of the counts shown beside it: make it of those.")


def learn_ratio(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """(a/n1)/(c/n2): a n2 - r c n1 is linear while one of a, n2 and one of c, n1 are shown."""
    group, reference = told["group"], told["reference"]
    a, n1 = _reference(knowledge, group["events"]), _reference(knowledge, group["people"])
    c, n2 = _reference(knowledge, reference["events"]), _reference(knowledge, reference["people"])
    _check_interval_of_ratio(knowledge, [a, n1, c, n2], told)
    if told.get("value") is None:
        _learn_too_few_events(knowledge, a, c, told)
        return
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


def _learn_too_few_events(knowledge: Knowledge, a: int, c: int, told: Mapping[str, Any]) -> None:
    """[x] in place of a ratio: one of its groups has few events. Where the other's count shows that it is not that
    one, it is this."""
    few = knowledge.thresholds.ratio_events
    if _mark(told) != Mark.UNAVAILABLE:
        return
    for one, other in ((a, c), (c, a)):
        if one not in knowledge.shown and knowledge.shown.get(other, 0) >= few:
            knowledge.high[one] = min(knowledge.high[one], few - 1)


def _product(knowledge: Knowledge, first: int, second: int) -> tuple[int, float, float]:
    """The product of two counts as one of them times a number between two ends: those of the other, which is shown."""
    known = [index for index in (second, first) if index in knowledge.shown]
    if not known:
        names = " and ".join(describe(knowledge.family.keys[index]) for index in (first, second))
        raise BadRelease(f"A ratio is published though both {names} are hidden: withhold the ratio.")
    other = first if known[0] == second else second
    return other, float(knowledge.low[known[0]]), float(knowledge.high[known[0]])
