"""Tests of a difference between two proportions, and corrections for having made many of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from reporting.statistics.intervals import check_counts
from reporting.statistics.ratios import katz, odds_ratio
from reporting.statistics.score import score_interval

# Below this expected count in any of the four cells the normal approximation is not trusted (Cochran 1954).
SMALLEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class TwoProportions:
    """A two-sided test. ``test`` is "z" (pooled) or "fisher"; z is None where it cannot be computed."""

    test: str
    p: float
    z: float | None
    smallest_expected: float


def pooled_z(a: int, n1: int, c: int, n2: int) -> tuple[float, float] | None:
    """Pooled two-proportion z statistic and its two-sided p; None where a group is empty or nothing varies.

    Same numbers as statsmodels' proportions_ztest, to which the tests hold it; p stays exact far into the tail.
    """
    check_counts(a, n1)
    check_counts(c, n2)
    total, events = n1 + n2, a + c
    if n1 == 0 or n2 == 0 or events in (0, total):
        return None
    pooled = events / total
    z = (a / n1 - c / n2) / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return z, erfc(abs(z) / sqrt(2))


def fisher(a: int, n1: int, c: int, n2: int) -> float:
    """Fisher's exact two-sided p (scipy)."""
    from scipy.stats import fisher_exact

    return min(1.0, float(fisher_exact([[a, n1 - a], [c, n2 - c]])[1]))


def smallest_expected(a: int, n1: int, c: int, n2: int) -> float:
    """Smallest of the four counts expected if both groups had the same rate; 0 for an empty table."""
    total, events = n1 + n2, a + c
    return min(n1, n2) * min(events, total - events) / total if total else 0.0


def compare_proportions(a: int, n1: int, c: int, n2: int) -> TwoProportions:
    """Pooled z, or Fisher's exact test where any expected count is under 5. Source: domain 4.2."""
    normal, expected = pooled_z(a, n1, c, n2), smallest_expected(a, n1, c, n2)
    if normal is None:
        return TwoProportions("fisher", 1.0, None, expected)
    if expected < SMALLEST_EXPECTED:
        return TwoProportions("fisher", fisher(a, n1, c, n2), normal[0], expected)
    return TwoProportions("z", normal[1], normal[0], expected)


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given, controlling the false discovery rate over this family.

    Source: Benjamini and Hochberg (1995), JRSS B 57:289. An empty family gives an empty list. Written out, because a
    page asks for it and importing statsmodels costs a second; the tests hold it to statsmodels.
    """
    check_p(p)
    adjusted, least = [0.0] * len(p), 1.0
    for rank, place in sorted(enumerate(sorted(range(len(p)), key=p.__getitem__), start=1), reverse=True):
        least = min(least, p[place] * len(p) / rank)
        adjusted[place] = least
    return adjusted


def check_p(p: Sequence[float]) -> None:
    """Raise ValueError for what is no p-value."""
    if any(not 0 <= value <= 1 for value in p):
        raise ValueError("Each p-value must lie between 0 and 1.")


def interval_by_method(
    a: int, n1: int, c: int, n2: int, compare: str, method: str, confidence: float
) -> tuple[float | None, float | None]:
    """Interval of a "diff", "ratio" or "odds-ratio" of two proportions, by the method that a publication names.

    Methods: diff wald, agresti-caffo, newcomb, score; ratio log, log-adjusted, score; odds-ratio logit,
    logit-adjusted, logit-smoothed, score. None for an end that there is not: a logarithm of a cell that is zero.
    Source: Fagerland, Lydersen and Laake (2015), SMMR 24:224.
    """
    if (compare, method) == ("ratio", "log"):
        return katz(a, n1, c, n2, confidence) or (None, None)
    if (compare, method) == ("odds-ratio", "logit"):
        found = odds_ratio(a, n1, c, n2, confidence)
        return found[1] if found else (None, None)
    if method == "score":
        return score_interval(a, n1, c, n2, compare, confidence) or (None, None)
    if method == "logit-smoothed" and a + c in (0, n1 + n2):
        return None, None  # smoothed by the margins' own odds, which are then none
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(a, n1, c, n2, method=method, compare=compare, alpha=1 - confidence)
    return float(low), float(high)
