"""Funnel limits: within which a unit of a size would lie by chance alone, if all units had the same share.

Apart from shrinkage (``shrinkage``): limits say whether a unit differs from the whole, and shrinkage how much of a
difference is worth believing.
"""

from collections.abc import Sequence

from reporting.statistics.intervals import Interval, check_counts

#: Of 1,000 units that differ from the whole by chance alone, about 50 and 2 lie outside (Spiegelhalter 2005).
WARN, ACT = 0.95, 0.998


def limits(share: float, n: int, confidence: float) -> Interval | None:
    """(low, high) between which the share of a unit of ``n`` people lies with ``confidence``, if its true share is
    ``share``: binomial, interpolated between whole counts. None where nobody was counted.

    Source: Spiegelhalter (2005), Statistics in Medicine 24:1185, appendix A.1.1; the high end is the low one of those
    without the event, so that many and few are judged alike. ValueError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"A share lies between 0 and 1, not {share}.")
    check_counts(0, n)
    if n == 0:
        return None
    tail = (1 - confidence) / 2
    return _quantile(tail, n, share), 1 - _quantile(tail, n, 1 - share)


def _quantile(below: float, n: int, share: float) -> float:
    """The count below which a binomial lies with probability ``below``, interpolated, as a share of ``n``."""
    from scipy.special import bdtr

    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(middle, n, share) >= below else (middle + 1, high)
    until = float(bdtr(low, n, share))
    before = float(bdtr(low - 1, n, share)) if low else 0.0
    return min(1.0, max(0.0, (low - (until - below) / (until - before)) / n)) if until > before else low / n


def outside(events: int, n: int, share: float) -> int:
    """0 within both limits, 1 outside the inner ones alone, 2 outside both; below the whole the number is negative."""
    check_counts(events, n)
    found = 0
    for place, confidence in enumerate((WARN, ACT), start=1):
        ends = limits(share, n, confidence)
        if ends and not ends[0] - 1e-12 <= events / n <= ends[1] + 1e-12:
            found = place
    return -found if n and events / n < share else found


def sizes(most: int, *, least: int = 10, number: int = 40) -> Sequence[int]:
    """Sizes at which limits are drawn: close together where the curve bends."""
    if most <= least:
        return [max(most, 1)]
    step = (most / least) ** (1 / (number - 1))
    return sorted({round(least * step**place) for place in range(number)})
