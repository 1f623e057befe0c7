"""Ratios of two rates, with intervals, and what is said where a cell is zero.

``a`` of ``n1`` is the group, ``c`` of ``n2`` the reference. For a rate ratio on a population base a may in principle
exceed n1 (several events for one person); the intervals that need a <= n1 are then None and the exact one still holds.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from reporting.statistics.intervals import Interval, upper_bound_of_none, z_value


@dataclass(frozen=True, slots=True)
class RelativeRate:
    """A relative rate index fit to be shown: ``value`` and ``interval`` are None where none can be given.

    ``words`` then says why ("0 of 13"), and ``upper_bound`` is the one-sided upper bound of the group's own rate.
    """

    value: float | None
    interval: Interval | None
    words: str
    upper_bound: float | None = None


def _check(a: int, n1: int, c: int, n2: int) -> None:
    if min(a, n1, c, n2) < 0:
        raise ValueError(f"Counts cannot be negative: {a} of {n1} against {c} of {n2}.")
    if n1 == 0 or n2 == 0:
        raise ValueError(f"A ratio needs people in both groups: {a} of {n1} against {c} of {n2}.")


def ratio(a: int, n1: int, c: int, n2: int) -> float | None:
    """The bare ratio (a/n1)/(c/n2): 0.0 where a is 0, None where c is 0. ValueError for an empty group."""
    _check(a, n1, c, n2)
    return None if c == 0 else (a / n1) / (c / n2)


def log_ratio_variance(a: int, n1: int, c: int, n2: int) -> float | None:
    """Katz's variance of ln(ratio), 1/a - 1/n1 + 1/c - 1/n2; None where a or c is 0 or exceeds its total."""
    _check(a, n1, c, n2)
    if a == 0 or c == 0 or a > n1 or c > n2:
        return None
    return 1 / a - 1 / n1 + 1 / c - 1 / n2


def katz(a: int, n1: int, c: int, n2: int, confidence: float = 0.95, z: float | None = None) -> Interval | None:
    """Katz log interval of the ratio; ``z`` overrides the quantile (some publications use 1.96).

    Source: Katz et al. (1978), Biometrics 34:469. None where a or c is 0.
    """
    variance, centre = log_ratio_variance(a, n1, c, n2), ratio(a, n1, c, n2)
    if variance is None or not centre:
        return None
    half = (z_value(confidence) if z is None else z) * sqrt(variance)
    return exp(log(centre) - half), exp(log(centre) + half)


def conditional_exact(a: int, n1: int, c: int, n2: int, confidence: float = 0.95) -> tuple[float, float | None]:
    """Exact interval of a rate ratio: Clopper-Pearson on a of (a + c), turned back into a ratio by p/(1-p) x n2/n1.

    Given a + c events, a is binomial when events are Poisson in both groups. The high end is None (no bound) where c
    is 0; the interval is (0, None) where there are no events at all.
    Source: Przyborowski and Wilenski (1940), Biometrika 31:313; used by the Youth Justice Board's RRI.
    """
    from reporting.statistics.intervals import clopper_pearson

    _check(a, n1, c, n2)
    share = clopper_pearson(a, a + c, confidence)
    if share is None:
        return 0.0, None
    low, high = share
    return low / (1 - low) * n2 / n1, None if high >= 1 else high / (1 - high) * n2 / n1


def odds_ratio(a: int, n1: int, c: int, n2: int, confidence: float = 0.95) -> tuple[float, Interval] | None:
    """Cross-product odds ratio with Woolf's logit interval; None where any of the four cells is 0.

    Source: Woolf (1955), Annals of Human Genetics 19:251.
    """
    _check(a, n1, c, n2)
    b, d = n1 - a, n2 - c
    if min(a, b, c, d) <= 0:
        return None
    value, half = a * d / (b * c), z_value(confidence) * sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return value, (value * exp(-half), value * exp(half))


def relative_rate(a: int, n1: int, c: int, n2: int, confidence: float = 0.95) -> RelativeRate:
    """The relative rate index as it may be shown, zero cells handled as the specification of the service says.

    a = 0: no ratio, "0 of n" and the upper bound of the group's rate. c = 0: no ratio, because nothing can be divided
    by it. Empty group: no ratio. a = n1 is an ordinary case. Source: domain 4.2.
    """
    if n1 == 0 or n2 == 0:
        return RelativeRate(None, None, "nobody to compare")
    value = ratio(a, n1, c, n2)
    if a == 0:
        return RelativeRate(None, None, f"0 of {n1}", upper_bound_of_none(n1, confidence))
    if value is None:
        return RelativeRate(None, None, f"0 of {n2} in the reference group")
    return RelativeRate(value, katz(a, n1, c, n2, confidence), f"{a} of {n1} against {c} of {n2}")
