"""Intervals for one proportion, and for the difference of two.

Wilson is written out here rather than asked of statsmodels: a report calls it for some hundred rows, the import alone
costs more than a second, and the formula is one line. The tests hold it to statsmodels.
"""

from functools import lru_cache
from math import sqrt
from statistics import NormalDist

Interval = tuple[float, float]


@lru_cache(maxsize=32)
def z_value(confidence: float = 0.95) -> float:
    """Two-sided normal quantile: 1.959963984540054 for 0.95. Raises ValueError outside 0 to 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence must lie between 0 and 1 (0.95 for 95%), not {confidence}.")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def check_counts(successes: int, n: int) -> None:
    """Raise ValueError, saying which number is wrong, unless 0 <= successes <= n."""
    if n < 0 or successes < 0:
        raise ValueError(f"Counts cannot be negative: {successes} of {n}.")
    if successes > n:
        raise ValueError(f"{successes} of {n}: the count is larger than its total; check the denominator.")


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Wilson score interval of a single proportion, as (low, high) in 0 to 1; None where nobody was counted.

    Source: Wilson (1927), JASA 22:209; recommended by Newcombe (1998), Statistics in Medicine 17:857.
    Raises ValueError for counts that cannot be.
    """
    check_counts(successes, n)
    if n == 0:
        return None
    return wilson_of(successes / n, n, confidence)


def wilson_of(share: float, n: float, confidence: float = 0.95) -> Interval | None:
    """Wilson's interval of a share that so many people give, a whole number or not; None where there is nobody."""
    if n <= 0:
        return None
    z = z_value(confidence)
    z2 = z * z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    # At the ends the formula is 0 or 1 but for rounding; a reader must not see -0.0 or 1.0000000002.
    low = 0.0 if share == 0 else max(0.0, centre - half)
    return low, 1.0 if share == 1 else min(1.0, centre + half)


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval | None:
    """Exact binomial interval (low, high) of a single proportion; None where nobody was counted.

    Source: Clopper and Pearson (1934), Biometrika 26:404. Raises ValueError for counts that cannot be.
    """
    check_counts(successes, n)
    if n == 0:
        return None
    from scipy.special import betaincinv

    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return low, high


def upper_bound_of_none(n: int, confidence: float = 0.95) -> float | None:
    """One-sided upper bound of a rate of which 0 of n were seen: 1 - (1 - confidence)^(1/n). 0 of 13 gives 0.206.

    Source: domain 4.2; the exact form of the "rule of three" (Hanley and Lippman-Hand 1983, JAMA 249:1743).
    """
    check_counts(0, n)
    return None if n == 0 else float(1 - (1 - confidence) ** (1 / n))


def newcombe(a: int, n1: int, c: int, n2: int, confidence: float = 0.95) -> Interval | None:
    """Newcombe's hybrid score interval of a/n1 - c/n2, from the two Wilson intervals; None where a group is empty.

    Source: Newcombe (1998), Statistics in Medicine 17:873, method 10.
    """
    first, second = wilson(a, n1, confidence), wilson(c, n2, confidence)
    if first is None or second is None:
        return None
    p1, p2 = a / n1, c / n2
    low = p1 - p2 - sqrt((p1 - first[0]) ** 2 + (second[1] - p2) ** 2)
    return low, p1 - p2 + sqrt((first[1] - p1) ** 2 + (p2 - second[0]) ** 2)


def other_interval(successes: int, n: int, method: str, confidence: float = 0.95) -> Interval | None:
    """An interval that we do not show, for comparison with publications that do (statsmodels' method names)."""
    check_counts(successes, n)
    if n == 0:
        return None
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, n, alpha=1 - confidence, method=method)
    return float(low), float(high)
