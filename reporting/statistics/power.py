"""What so many people could show at all: asked of the sizes of the groups, never of what was found."""

from math import sqrt
from statistics import NormalDist

from reporting.statistics.intervals import z_value

POWER = 0.80
_STEPS = 60


def detectable_ratio(n1: int, n2: int, rate: float, *, above: bool, power: float = POWER) -> float | None:
    """The ratio nearest to 1 that a two-sided test at 5% would find with this ``power``, where ``rate`` is that of the
    reference (``n2`` people) and ``n1`` are in the group: below 1, or ``above`` it.

    None where no ratio is far enough from 1: even nobody, or everybody, of the group with the event would not do.
    Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (3rd ed.), 4.2, unequal groups.
    """
    if not n1 or not n2 or not 0 < rate < 1:
        return None
    low, high = (1.0, 1 / rate) if above else (0.0, 1.0)
    if _power_short(n1, n2, rate, (high if above else low) * rate, power):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _power_short(n1, n2, rate, middle * rate, power) == above:
            low = middle
        else:
            high = middle
    return high if above else low


def _power_short(n1: int, n2: int, p2: float, p1: float, power: float) -> bool:
    """Whether a true rate of ``p1`` would be missed too often."""
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    chance = z_value() * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    true = NormalDist().inv_cdf(power) * sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    return abs(p1 - p2) < chance + true
