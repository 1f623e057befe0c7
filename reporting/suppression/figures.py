"""What is printed in each place: the number, or the mark that stands for it; and what is worked out from numbers."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor

from reporting.statistics.ratios import katz
from reporting.suppression.family import Key
from reporting.suppression.protect import Suppressed
from reporting.suppression.thresholds import Mark, Thresholds

# Figures that are the count written differently: when the count goes, they go.
HIDDEN_WITH_A_COUNT = ("rate", "share", "percentage", "numerator", "RRI")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number fit to leave, or None with the mark in its place. A true zero has both: 0 and [z]."""

    value: float | None
    mark: Mark | None = None

    def __str__(self) -> str:
        return str(self.mark) if self.mark else f"{self.value:g}"


SUPPRESSED, UNAVAILABLE = Figure(None, Mark.SUPPRESSED), Figure(None, Mark.UNAVAILABLE)


def round_to(count: int, base: int) -> int:
    """Nearest multiple of ``base``, halves up."""
    return base * floor(count / base + 0.5)


def rounding_interval(shown: int, base: int) -> tuple[int, int]:
    """Counts that would have been shown as ``shown``: (lowest, highest)."""
    return max(0, ceil(shown - base / 2)), ceil(shown + base / 2) - 1


def count(release: Suppressed, cell: Key) -> Figure:
    """The count of one cell as shown. [x] where the family has no such cell or never prints it."""
    index = release.family.position.get(cell)
    if index is None or not release.family.printed[index]:
        return UNAVAILABLE
    if release.hidden[index]:
        return SUPPRESSED
    value = int(release.family.values[index])
    return Figure(0, Mark.TRUE_ZERO) if value == 0 else Figure(round_to(value, release.thresholds.rounding))


def rate(release: Suppressed, numerator: Key, denominator: Key, per: int = 100, decimals: int = 1) -> Figure:
    """A rate made only from shown counts (rounded ones, where the release rounds): hidden if either count is.

    [x] where nobody, or too few for a rate, stand under it.
    """
    above, below = count(release, numerator), count(release, denominator)
    if Mark.SUPPRESSED in (above.mark, below.mark):
        return SUPPRESSED
    if above.value is None or not below.value or below.value < release.thresholds.rate_denominator:
        return UNAVAILABLE
    return Figure(_rounded(above.value * per / below.value, decimals))


def relative_rate(release: Suppressed, group: tuple[Key, Key], reference: tuple[Key, Key], decimals: int = 2) -> Figure:
    """A ratio of two rates, each (events, people), made only from shown counts: hidden if any of the four is.

    [x] where either count of events is under the release's minimum.
    """
    shown = [count(release, cell) for cell in (*group, *reference)]
    if any(figure.mark is Mark.SUPPRESSED for figure in shown):
        return SUPPRESSED
    a, n1, c, n2 = (figure.value or 0 for figure in shown)
    if min(a, c) < max(1, release.thresholds.ratio_events) or not n1 or not n2:
        return UNAVAILABLE
    return Figure(_rounded(a / n1 / (c / n2), decimals))


def ratio_interval(a: int, n1: int, c: int, n2: int, decimals: int = 2) -> list[float] | None:
    """95% interval of (a/n1)/(c/n2) on the log scale (Katz), of counts as they are shown; None where there is none.

    Whoever reads the four counts can work it out: beside them it tells nothing. Source: docs/measures.md, section 3.
    """
    found = katz(a, n1, c, n2) if n1 and n2 else None
    return [round(end, decimals) for end in found] if found else None


def counts_behind_rate(shown: float, denominator: int, per: int, decimals: int = 1) -> list[int]:
    """Every count that would have given this rate over a known denominator: one alone is a count given away."""
    half = 0.5 * 10.0**-decimals
    low, high = (shown - half) * denominator / per, (shown + half) * denominator / per
    return list(range(max(0, ceil(low - 1e-9)), min(denominator, floor(high + 1e-9)) + 1))


def rates_hidden(denominators: list[int], smallest: int) -> list[bool]:
    """Whether each rate is withheld because fewer than ``smallest`` people stand under it; counts stay."""
    return [denominator < smallest for denominator in denominators]


def one_way(counts: dict[str, int], thresholds: Thresholds) -> tuple[list[str], list[str]]:
    """Names hidden for their own size and names hidden for others' sake, in one group whose total is published.

    The published practice for a single row, kept to be compared with: small counts, and if only one of them stands
    alone, the next smallest count that is not zero (the smallest zero would only be named). Tables use ``suppress``.
    """
    small = [name for name, value in counts.items() if thresholds.is_small(value)]
    rest = {name: value for name, value in counts.items() if name not in small}
    if len(small) != 1 or not rest:
        return small, []
    candidates = {name: value for name, value in rest.items() if value} or rest
    return small, [min(candidates, key=lambda name: candidates[name])]


def _rounded(value: float, decimals: int) -> float:
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))
