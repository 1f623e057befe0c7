"""Whether a share goes one way over time, and whether several groups differ at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from reporting.statistics.intervals import check_counts

#: Events and people of one group, or of one time.
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trend:
    """Cochran-Armitage: ``z`` above 0 where the share rises; None where nothing varies."""

    z: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class Overall:
    """Pearson's chi-squared of k groups, ``degrees`` k - 1; ``p`` None where nothing varies or there is one group.

    ``smallest_expected``: under 5 the approximation is poor (Cochran 1954).
    """

    statistic: float
    degrees: int
    p: float | None
    smallest_expected: float


def cochran_armitage(times: Sequence[Pair]) -> Trend:
    """Test for a linear trend of a share over equally spaced times; those in which there was nobody weigh nothing.

    Sources: Cochran (1954), Biometrics 10:417; Armitage (1955), Biometrics 11:375. Two-sided, without continuity
    correction, as R's prop.trend.test.
    """
    rows = [(place, a, n) for place, (a, n) in enumerate(times)]
    for _, a, n in rows:
        check_counts(a, n)
    events, people = sum(a for _, a, _ in rows), sum(n for _, _, n in rows)
    spread = sum(n * t * t for t, _, n in rows) - sum(n * t for t, _, n in rows) ** 2 / people if people else 0.0
    if not spread or events in (0, people):
        return Trend(None, None)
    share = events / people
    z = sum(t * (a - n * share) for t, a, n in rows) / sqrt(share * (1 - share) * spread)
    return Trend(z, erfc(abs(z) / sqrt(2)))


def overall(groups: Sequence[Pair]) -> Overall:
    """Whether the share differs between groups at all: beside the comparisons of each, and never a gate to them.

    Source: Pearson (1900); each group's events and others against what the common share would give.
    """
    from scipy.special import chdtrc

    rows = [(a, n) for a, n in groups if n]
    for a, n in rows:
        check_counts(a, n)
    events, people = sum(a for a, _ in rows), sum(n for _, n in rows)
    least = min((n for _, n in rows), default=0) * min(events, people - events) / people if people else 0.0
    if len(rows) < 2 or events in (0, people):
        return Overall(0.0, max(0, len(rows) - 1), None, least)
    share = events / people
    statistic = sum((a - n * share) ** 2 / (n * share * (1 - share)) for a, n in rows)
    return Overall(statistic, len(rows) - 1, float(chdtrc(len(rows) - 1, statistic)), least)
