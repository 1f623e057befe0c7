"""Pooled odds ratios of 2x2 tables: to be compared with publications that give one; this service shows risk ratios.

Written out because statsmodels' own divides by zero at an empty table and where the pooled odds ratio is exactly 1, and
takes its continuity correction past zero; the tests hold it to statsmodels elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from reporting.statistics.intervals import Interval, check_counts, z_value
from reporting.statistics.stratified import Homogeneity

#: [[a, b], [c, d]]: events and non-events of the group, then of the reference.
Table = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class PooledOdds:
    """Mantel-Haenszel odds ratio, its test of no association and Breslow-Day's test of homogeneity.

    ``value`` is None where nothing can be divided by, ``interval`` also where the ratio is 0, and the test where
    nothing varies within any table.
    """

    value: float | None
    interval: Interval | None
    mh_statistic: float | None
    mh_p: float | None
    breslow_day: Homogeneity
    tarone: Homogeneity


def pooled_odds(tables: Sequence[Table], confidence: float = 0.95) -> PooledOdds:
    """Mantel-Haenszel odds ratio of the tables, as R's mantelhaen.test gives it; empty tables weigh nothing.

    The test of no association is continuity-corrected, by half where the difference is so large;
    Breslow-Day stands with and without Tarone's adjustment.
    Sources: Mantel and Haenszel (1959); Robins, Breslow and Greenland (1986); Breslow and Day (1980); Tarone (1985).
    """
    for (a, b), (c, d) in tables:
        check_counts(a, a + b)
        check_counts(c, c + d)
    kept = [table for table in tables if sum(map(sum, table))]
    value, variance = _value(kept)
    statistic, p = _no_association(kept)
    return PooledOdds(
        value,
        _interval(value, variance, confidence),
        statistic,
        p,
        _odds_homogeneity(kept, value or 0.0, adjust=False),
        _odds_homogeneity(kept, value or 0.0, adjust=True),
    )


def _value(tables: Sequence[Table]) -> tuple[float | None, float | None]:
    """The ratio, and Robins, Breslow and Greenland's variance of its log."""
    top = bottom = first = middle = last = 0.0
    for (a, b), (c, d) in tables:
        n = a + b + c + d
        up, down, with_, against = a * d / n, b * c / n, (a + d) / n, (b + c) / n
        top, bottom = top + up, bottom + down
        first, last = first + with_ * up, last + against * down
        middle += with_ * down + against * up
    if not bottom:
        return None, None
    variance = first / (2 * top**2) + middle / (2 * top * bottom) + last / (2 * bottom**2) if top else None
    return top / bottom, variance


def _interval(value: float | None, variance: float | None, confidence: float) -> Interval | None:
    if not value or variance is None:
        return None
    half = z_value(confidence) * sqrt(variance)
    return exp(log(value) - half), exp(log(value) + half)


def _no_association(tables: Sequence[Table]) -> tuple[float | None, float | None]:
    """Cochran-Mantel-Haenszel chi-squared with continuity correction, one degree of freedom, and its p."""
    from scipy.stats import chi2

    gap = spread = 0.0
    for (a, b), (c, d) in tables:
        n, row, column = a + b + c + d, a + b, a + c
        gap += a - row * column / n
        spread += row * (c + d) * column * (b + d) / (n * n * (n - 1)) if n > 1 else 0.0
    if not spread:
        return None, None
    gap = abs(gap)
    statistic = (gap - (0.5 if gap >= 0.5 else 0.0)) ** 2 / spread
    return statistic, float(chi2.sf(statistic, 1))


def _odds_homogeneity(tables: Sequence[Table], value: float, *, adjust: bool) -> Homogeneity:
    """Breslow and Day's test, with Tarone's adjustment if asked for.

    A table with an empty row or column says nothing of its odds ratio and is left out.
    """
    from scipy.stats import chi2

    terms = [_breslow_day_term(table, value) for table in tables if _has_odds(table)] if value > 0 else []
    if len(terms) < 2:
        return Homogeneity(0.0, 0, None)
    statistic = sum(gap * gap / variance for gap, variance in terms)
    if adjust:
        statistic -= sum(gap for gap, _ in terms) ** 2 / sum(variance for _, variance in terms)
    return Homogeneity(statistic, len(terms) - 1, float(chi2.sf(statistic, len(terms) - 1)))


def _has_odds(table: Table) -> bool:
    (a, b), (c, d) = table
    return min(a + b, c + d, a + c, b + d) > 0


def _breslow_day_term(table: Table, odds: float) -> tuple[float, float]:
    """Count less expected, and its variance, if the table's odds ratio were ``odds`` and its margins as they are."""
    (a, b), (c, d) = table
    row, column, rest = a + b, a + c, d - a
    slope, product = rest + odds * (row + column), odds * row * column
    root = sqrt(slope * slope + 4 * (1 - odds) * product)
    # Two forms of one root: each is free of cancellation on its own side.
    expected = 2 * product / (slope + root) if slope > 0 else (root - slope) / (2 * (1 - odds))
    cells = (expected, row - expected, column - expected, rest + expected)
    return a - expected, 1 / sum(1 / cell for cell in cells)
