"""What the people whose ethnicity nobody recorded could do to a ratio."""

from dataclasses import dataclass

from reporting.statistics.ratios import ratio


@dataclass(frozen=True, slots=True)
class UnknownBounds:
    """Lowest and highest ratio that any true ethnicities of the unknown people could give.

    ``low`` is None where it cannot be computed, ``high`` None where there is no upper limit.
    """

    known: float | None
    low: float | None
    high: float | None
    could_reverse: bool


def bounds(a: int, n1: int, c: int, n2: int, unknown_events: int, unknown_total: int) -> UnknownBounds:
    """Best and worst case of (a/n1)/(c/n2) when ``unknown_events`` of ``unknown_total`` people have no group.

    Lowest: every unknown person with the event belongs to the reference and every one without it to the group; highest:
    the other way about. Nobody else's allocation can lie outside, because each move is the worst for its own rate.
    ``could_reverse``: the bounds lie on both sides of 1, so the missing answers alone could turn the finding round.
    Source: Manski (1989), worst-case bounds; Horowitz and Manski (2000), JASA 95:77.
    """
    if not 0 <= unknown_events <= unknown_total:
        raise ValueError(f"{unknown_events} of {unknown_total} unknown: the count is larger than its total.")
    others = unknown_total - unknown_events
    known = ratio(a, n1, c, n2) if n1 and n2 else None
    low = _ratio_or_none(a, n1 + others, c + unknown_events, n2 + unknown_events)
    high = _ratio_or_none(a + unknown_events, n1 + unknown_events, c, n2 + others)
    crosses = low is not None and low < 1 and (high is None or high > 1)
    return UnknownBounds(known, low, high, crosses and unknown_total > 0)


def _ratio_or_none(a: int, n1: int, c: int, n2: int) -> float | None:
    return ratio(a, n1, c, n2) if n1 and n2 else None


def unknown_share(unknown: int, total: int) -> float | None:
    """Share of people without a recorded group, 0 to 1; None where nobody was counted."""
    return unknown / total if total else None
