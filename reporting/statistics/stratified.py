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


@dataclass(frozen=True, slots=True)
class PooledOdds:
    """Mantel-Haenszel odds ratio, its test of no association and Breslow-Day's test of homogeneity."""

    value: float
    interval: Interval
    mh_statistic: float
    mh_p: float
    breslow_day: Homogeneity
    tarone: Homogeneity


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


def ratio_homogeneity(strata: Sequence[Stratum]) -> Homogeneity:
    """Do the strata share one risk ratio? Sum of (ln RR_i - ln RR_MH)^2 / Var(ln RR_i) against chi-squared, k - 1.

    Strata without events in both groups have no ratio and are left out. This is the test for a risk ratio; Breslow-Day
    asks the same of an odds ratio and is given only beside one.
    Source: Rothman, Greenland and Lash, Modern Epidemiology (3rd ed.), ch. 15; as in Stata's ``cs, by()``.
    """
    from scipy.stats import chi2

    pooled = mantel_haenszel(strata).value
    terms = [] if pooled is None else [_departure(row, log(pooled)) for row in _useful(strata)]
    kept = [term for term in terms if term is not None]
    statistic, degrees = sum(kept), max(0, len(kept) - 1)
    return Homogeneity(statistic, degrees, float(chi2.sf(statistic, degrees)) if degrees else None)


def _departure(row: Stratum, pooled_log: float) -> float | None:
    a, n1, c, n2 = row
    variance = log_ratio_variance(a, n1, c, n2)
    return (log(a / n1 / (c / n2)) - pooled_log) ** 2 / variance if variance else None


def pooled_odds(tables: Sequence[Sequence[Sequence[int]]], confidence: float = 0.95) -> PooledOdds:
    """Mantel-Haenszel odds ratio of 2x2 tables [[a, b], [c, d]] (statsmodels), as R's mantelhaen.test gives it.

    The test of no association is continuity-corrected; Breslow-Day stands with and without Tarone's adjustment.
    Sources: Mantel and Haenszel (1959); Robins, Breslow and Greenland (1986); Breslow and Day (1980); Tarone (1985).
    """
    import numpy as np
    from statsmodels.stats.contingency_tables import StratifiedTable

    if not all(_discordant(tables, way) for way in (0, 1)):
        raise ValueError("No pooled odds ratio: no table has both events in one group and non-events in the other.")
    stacked = np.stack([np.asarray(table, dtype=float) for table in tables], axis=2)
    result = StratifiedTable(stacked)
    low, high = result.oddsratio_pooled_confint(alpha=1 - confidence)
    null = result.test_null_odds(correction=True)
    return PooledOdds(
        float(result.oddsratio_pooled),
        (float(low), float(high)),
        float(null.statistic),
        float(null.pvalue),
        _odds_homogeneity(tables, float(result.oddsratio_pooled), adjust=False),
        _odds_homogeneity(tables, float(result.oddsratio_pooled), adjust=True),
    )


def _odds_homogeneity(tables: Sequence[Sequence[Sequence[int]]], value: float, *, adjust: bool) -> Homogeneity:
    """Breslow and Day's test, with Tarone's adjustment if asked for.

    Written out because statsmodels' own divides by zero where the pooled odds ratio is exactly 1; the tests hold it to
    statsmodels elsewhere. A table with an empty row or column says nothing of its odds ratio and is left out.
    """
    from scipy.stats import chi2

    terms = [_breslow_day_term(table, value) for table in tables if _has_odds(table)] if value > 0 else []
    if len(terms) < 2:
        return Homogeneity(0.0, 0, None)
    statistic = sum(gap * gap / variance for gap, variance in terms)
    if adjust:
        statistic -= sum(gap for gap, _ in terms) ** 2 / sum(variance for _, variance in terms)
    return Homogeneity(statistic, len(terms) - 1, float(chi2.sf(statistic, len(terms) - 1)))


def _discordant(tables: Sequence[Sequence[Sequence[int]]], way: int) -> bool:
    return any(table[0][way] * table[1][1 - way] for table in tables)


def _has_odds(table: Sequence[Sequence[int]]) -> bool:
    (a, b), (c, d) = table
    return min(a + b, c + d, a + c, b + d) > 0


def _breslow_day_term(table: Sequence[Sequence[int]], odds: float) -> tuple[float, float]:
    """Count less expected, and its variance, if the table's odds ratio were ``odds`` and its margins as they are."""
    (a, b), (c, d) = table
    row, column, rest = a + b, a + c, d - a
    slope, product = rest + odds * (row + column), odds * row * column
    root = sqrt(slope * slope + 4 * (1 - odds) * product)
    # Two forms of one root: each is free of cancellation on its own side.
    expected = 2 * product / (slope + root) if slope > 0 else (root - slope) / (2 * (1 - odds))
    cells = (expected, row - expected, column - expected, rest + expected)
    return a - expected, 1 / sum(1 / cell for cell in cells)
