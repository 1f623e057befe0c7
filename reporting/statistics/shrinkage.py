"""Shares of many units, each drawn towards the whole by as much as chance alone would move it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reporting.statistics.intervals import Interval, check_counts

#: With fewer units nobody can tell how much they differ beyond chance (our own limit).
FEWEST_UNITS = 10
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """``value``: the unit's share, drawn towards that of all; ``interval``: where it lies with 95%, taking the spread
    between units for known, so a little too narrow. None where the units differ no more than chance: then the best
    guess for each is the whole."""

    value: float
    interval: Interval | None


def shrunk(units: Sequence[Pair]) -> list[Shrunk] | None:
    """The share of each (events, people), drawn towards the whole: empirical Bayes with a beta prior by moments.

    None for fewer than ``FEWEST_UNITS`` units with people, or where nobody or everybody had the event. Units without
    people have the whole's share. Sources: Kleinman (1973), JASA 68:46; Morris (1983), JASA 78:47.
    """
    for a, n in units:
        check_counts(a, n)
    events, people = sum(a for a, _ in units), sum(n for _, n in units)
    if sum(1 for _, n in units if n) < FEWEST_UNITS or events in (0, people):
        return None
    whole = events / people
    like = correlation(units)
    if like <= 0:
        return [Shrunk(whole, None) for _ in units]
    weight = (1 - like) / like
    return [_drawn(a, n, whole, weight) for a, n in units]


def correlation(units: Sequence[Pair]) -> float:
    """How alike two people of one unit are, 0 to 1: 0 where units differ no more than by chance."""
    rows = [(a, n) for a, n in units if n]
    people = sum(n for _, n in rows)
    whole = sum(a for a, _ in rows) / people
    spread = sum(n / people * (a / n - whole) ** 2 for a, n in rows)
    by_chance = sum(1 / people * (1 - n / people) for _, n in rows)
    room = whole * (1 - whole)
    most = room * (sum(n / people * (1 - n / people) for _, n in rows) - by_chance)
    return min(1.0, max(0.0, (spread - room * by_chance) / most)) if most > 0 else 0.0


def _drawn(a: int, n: int, whole: float, weight: float) -> Shrunk:
    """The whole counts as ``weight`` people more."""
    from scipy.special import betaincinv

    events, others = a + weight * whole, n - a + weight * (1 - whole)
    if min(events, others) <= 0:  # units that are all or nothing, in which nothing is left to chance
        return Shrunk(a / n if n else whole, None)
    low, high = (float(betaincinv(events, others, tail)) for tail in (0.025, 0.975))
    return Shrunk(events / (events + others), (low, high))
