"""Units beside the whole: whether each lies within what chance gives for its size, and how much of a difference to
believe. The two are told apart: limits never use shrunk shares, and shrunk shares use no limits."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from reporting.statistics.funnel import ACT, WARN, limits, outside, sizes
from reporting.statistics.intervals import wilson
from reporting.statistics.shrinkage import shrunk
from reporting.statistics.trend import overall

#: Units smaller than that have no share (domain 4.3), and stand in no plot.
FEWEST = 10
#: Fewer units than that are not held against each other.
FEWEST_UNITS = 3
Pair = tuple[int, int]


def spread(units: Mapping[str, Pair]) -> dict[str, Any]:
    """``units``: name -> (events, people). Of those with 10 people or more: ``whole`` (events, people, rate, interval),
    ``units`` by name with the limits for their size and where they lie, ``curve`` to draw, and ``overall``.

    ``compared`` and ``outside`` are numbers of units; ``enough`` is false under three, of which each is most of the
    whole that it would be held against. ``shrunk`` of a unit is null, and ``too_few_to_shrink`` true, under 10.
    ``left_out``: the smaller ones.
    """
    told = {name: pair for name, pair in sorted(units.items()) if pair[1] >= FEWEST}
    events, people = (sum(pair[place] for pair in told.values()) for place in (0, 1))
    share = events / people if people else 0.0
    drawn = shrunk(list(told.values()))
    rows = [_unit(name, *pair, share) for name, pair in told.items()]
    for place, row in enumerate(rows):
        row["shrunk"] = asdict(drawn[place]) if drawn else None
    return {
        "whole": {"numerator": events, "denominator": people, "rate": share if people else None, **_interval(told)},
        "units": rows,
        "compared": len(rows),
        "outside": sum(1 for row in rows if row["outside"]),
        "enough": len(rows) >= FEWEST_UNITS,
        "left_out": sorted(set(units) - set(told)),
        "curve": [_at(share, n) for n in sizes(max((n for _, n in told.values()), default=0))] if told else [],
        "too_few_to_shrink": drawn is None,
        "overall": asdict(overall(list(told.values()))),
    }


def _interval(told: Mapping[str, Pair]) -> dict[str, Any]:
    ends = wilson(sum(a for a, _ in told.values()), sum(n for _, n in told.values()))
    return {"interval": list(ends) if ends else None}


def _unit(name: str, events: int, people: int, share: float) -> dict[str, Any]:
    ends = wilson(events, people)
    rate = {"numerator": events, "denominator": people, "rate": events / people, "interval": list(ends or ())}
    return {"unit": name, **rate, **_at(share, people), "outside": outside(events, people, share)}


def _at(share: float, n: int) -> dict[str, Any]:
    return {"n": n, "warn": list(limits(share, n, WARN) or ()), "act": list(limits(share, n, ACT) or ())}
