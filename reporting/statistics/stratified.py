"""Ratios adjusted for strata (gravity, history): Mantel-Haenszel, and whether one ratio speaks for all strata."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from reporting.statistics.intervals import Interval, check_counts, z_value
from reporting.statistics.ratios import log_ratio_variance

# (a, n1, c, n2): events and people of the group, events and people of the reference, within one stratum.
Stratum = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class AdjustedRatio:
    """Mantel-Haenszel risk ratio; ``strata_used`` of ``strata`` held both groups and at least one event."""

    value: float | None
    interval: Interval | None
    variance_of_log: float | None
    strata_used: int
    strata: int


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Chi-squared test that all strata share one ratio; p is None where fewer than two strata can be compared."""

    statistic: float
    degrees: int
    p: float | None


def crude(strata: Iterable[Stratum]) -> Stratum:
    """All strata added together: what stands beside every adjusted ratio."""
    rows = [tuple(row) for row in strata]
    return (sum(r[0] for r in rows), sum(r[1] for r in rows), sum(r[2] for r in rows), sum(r[3] for r in rows))


def _useful(strata: Sequence[Stratum]) -> list[Stratum]:
    for a, n1, c, n2 in strata:
        check_counts(a, n1)
        check_counts(c, n2)
    return [(a, n1, c, n2) for a, n1, c, n2 in strata if n1 and n2 and a + c]


def mantel_haenszel(strata: Sequence[Stratum], confidence: float = 0.95) -> AdjustedRatio:
    """Mantel-Haenszel risk ratio with the Greenland-Robins variance of its log.

    RR = sum(a n2/N) / sum(c n1/N); Var(ln RR) = sum[((a+c) n1 n2 - a c N)/N^2] / (numerator x denominator).
    Strata in which a group is empty, or without events, weigh nothing. No ratio where either sum is 0.
    Source: Greenland and Robins (1985), Biometrics 41:55.
    """
    useful = _useful(strata)
    top = sum(a * n2 / (n1 + n2) for a, n1, c, n2 in useful)
    bottom = sum(c * n1 / (n1 + n2) for a, n1, c, n2 in useful)
    if not top or not bottom:
        return AdjustedRatio(None, None, None, len(useful), len(strata))
    spread = sum(((a + c) * n1 * n2 - a * c * (n1 + n2)) / (n1 + n2) ** 2 for a, n1, c, n2 in useful)
    value, variance = top / bottom, spread / (top * bottom)
    # Everyone has the event in every stratum: the spread is 0 but for rounding.
    half = z_value(confidence) * sqrt(max(0.0, variance))
    interval = (value * exp(-half), value * exp(half))
    return AdjustedRatio(value, interval, variance, len(useful), len(strata))


def compared(strata: Sequence[Stratum]) -> list[Stratum]:
    """The strata that weigh anything: with people of both groups, and at least one event. An adjusted ratio speaks of
    their people only."""
    return _useful(strata)


#: Mantel and Fleiss (1980): below it the normal approximation behind the interval of a pooled ratio does not hold.
MANTEL_FLEISS = 5.0


def mantel_fleiss(strata: Sequence[Stratum]) -> float:
    """How far the group's events could lie from what is expected, to the nearer side, added over the strata: the
    criterion of Mantel and Fleiss (1980), American Journal of Epidemiology 112:129. Below MANTEL_FLEISS the strata are
    too sparse for the interval."""
    rows = _useful(strata)
    expected = sum(n1 * (a + c) / (n1 + n2) for a, n1, c, n2 in rows)
    least = sum(max(0, a + c - n2) for a, _, c, n2 in rows)
    most = sum(min(n1, a + c) for a, n1, c, _ in rows)
    return min(expected - least, most - expected)


def ratio_homogeneity(strata: Sequence[Stratum]) -> Homogeneity:
    """Do the strata share one risk ratio? Sum of (ln RR_i - ln RR_MH)^2 / Var(ln RR_i) against chi-squared, k - 1.

    Strata without events in both groups have no ratio and are left out. This is the test for a risk ratio; Breslow-Day
    asks the same of an odds ratio and is given only beside one.
    Source: Rothman, Greenland and Lash, Modern Epidemiology (3rd ed.), ch. 15; as in Stata's ``cs, by()``.
    """
    from scipy.special import chdtrc

    pooled = mantel_haenszel(strata).value
    terms = [] if pooled is None else [_departure(row, log(pooled)) for row in _useful(strata)]
    kept = [term for term in terms if term is not None]
    statistic, degrees = sum(kept), max(0, len(kept) - 1)
    return Homogeneity(statistic, degrees, float(chdtrc(degrees, statistic)) if degrees else None)


def _departure(row: Stratum, pooled_log: float) -> float | None:
    a, n1, c, n2 = row
    variance = log_ratio_variance(a, n1, c, n2)
    return (log(a / n1 / (c / n2)) - pooled_log) ** 2 / variance if variance else None
