"""Score intervals of a difference, a ratio or an odds ratio of two proportions: what publications give, we do not show.

Written out because statsmodels' own fails or errs where a cell is zero; the tests hold it to statsmodels elsewhere.
Sources: Miettinen and Nurminen (1985), Statistics in Medicine 4:213 (difference and odds ratio, with N/(N - 1));
Koopman (1984), Biometrics 40:513 (ratio, without); Fagerland, Lydersen and Laake (2015), SMMR 24:224.
"""

from collections.abc import Callable
from math import inf, sqrt

from reporting.statistics.intervals import check_counts, z_value

Counts = tuple[int, int, int, int]
Ends = tuple[float, float | None]
STEPS = 200
#: An interval that holds all values but this share of the way to the end has no bound on that side.
NEARLY = 1e-9


def score_interval(a: int, n1: int, c: int, n2: int, compare: str, confidence: float = 0.95) -> Ends | None:
    """(low, high) of "diff", "ratio" or "odds-ratio"; high None for no bound.

    None for a ratio of nothing with nothing: where neither group had the event, or for odds where all had it.
    """
    check_counts(a, n1)
    check_counts(c, n2)
    counts, limit = (a, n1, c, n2), z_value(confidence) ** 2
    if compare == "diff":
        centre = a / n1 - c / n2
        inside = _accepted(lambda value: _of_difference(counts, value), limit)
        return _edge(inside, centre, -1.0), _edge(inside, centre, 1.0)
    if a + c == 0 or (compare == "odds-ratio" and a + c == n1 + n2):
        return None
    below = c / n2 if compare == "ratio" else c * (n1 - a)
    above = a / n1 if compare == "ratio" else a * (n2 - c)
    statistic = _of_ratio if compare == "ratio" else _of_odds
    # On the scale of s = r / (1 + r) a ratio runs from 0 to 1 and infinity is a number.
    inside = _accepted(lambda s: statistic(counts, s / (1 - s)), limit)
    centre = above / (above + below)
    low, high = _edge(inside, centre, 0.0), _edge(inside, centre, 1.0)
    return low / (1 - low), high / (1 - high) if high < 1 else None


def _accepted(statistic: Callable[[float], float], limit: float) -> Callable[[float], bool]:
    return lambda value: statistic(value) <= limit


def _edge(inside: Callable[[float], bool], centre: float, end: float) -> float:
    """The last value from ``centre`` towards ``end`` that is not rejected, by halving; ``end`` if none is."""
    near, far = centre, end
    if near == far or inside(near + (far - near) * (1 - NEARLY)):
        return far
    for _ in range(STEPS):
        middle = (near + far) / 2
        near, far = (middle, far) if inside(middle) else (near, middle)
    return near


def _share(gap: float, variance: float) -> float:
    """gap squared over variance; none of both is no evidence, a gap without variance is all of it."""
    return gap * gap / variance if variance > 0 else (0.0 if abs(gap) < 1e-12 else inf)


def _of_difference(counts: Counts, delta: float) -> float:
    a, n1, c, n2 = counts
    p2 = _likeliest(counts, lambda p: p + delta, max(0.0, -delta), min(1.0, 1 - delta))
    p1 = min(1.0, max(0.0, p2 + delta))
    variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
    return _share(a / n1 - c / n2 - delta, variance)


def _likeliest(counts: Counts, first: Callable[[float], float], low: float, high: float) -> float:
    """The likeliest p2 where p1 = first(p2) rises with it at a slope of 1: the slope of the likelihood only falls."""
    a, n1, c, n2 = counts

    def slope(p2: float) -> float:
        p1 = first(p2)
        up = (a / p1 if a else 0.0) + (c / p2 if c else 0.0)
        return up - ((n1 - a) / (1 - p1) if a < n1 else 0.0) - ((n2 - c) / (1 - p2) if c < n2 else 0.0)

    for _ in range(STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


def _of_ratio(counts: Counts, ratio: float) -> float:
    """Koopman's: the likeliest p2 is the smaller root of a quadratic."""
    a, n1, c, n2 = counts
    square, line, events = (n1 + n2) * ratio, -(n1 * ratio + a + n2 + c * ratio), a + c
    p2 = 2 * events / (-line + sqrt(max(0.0, line * line - 4 * square * events)))
    p1 = min(1.0, ratio * p2)
    variance = p1 * (1 - p1) / n1 + ratio * ratio * p2 * (1 - p2) / n2
    return _share(a / n1 - ratio * c / n2, variance)


def _of_odds(counts: Counts, odds: float) -> float:
    a, n1, c, n2 = counts
    square, line, events = n2 * (odds - 1), n1 * odds + n2 - (a + c) * (odds - 1), a + c
    root = sqrt(max(0.0, line * line + 4 * square * events))
    # Two forms of one root: each is free of cancellation on its own side.
    p2 = 2 * events / (line + root) if line > 0 else (root - line) / (2 * square)
    p1 = odds * p2 / (1 + p2 * (odds - 1))
    spread = [n * p * (1 - p) for n, p in ((n1, p1), (n2, p2))]
    if min(spread) <= 0:
        return 0.0 if abs(a - n1 * p1) < 1e-9 else inf
    return (a - n1 * p1) ** 2 * (1 / spread[0] + 1 / spread[1]) * (n1 + n2 - 1) / (n1 + n2)
