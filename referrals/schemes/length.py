"""When an agreement ends."""

from collections.abc import Iterable
from datetime import date

from referrals.models import SchemeVersion
from referrals.schemes.condition_words import ConditionDetails


def end_of(version: SchemeVersion, start: date) -> date | None:
    """The last day of an agreement that begins on ``start`` (month ends are clamped); None for an open-ended scheme."""
    length = version.rules.duration
    return length.after(start) if length else None


def last_day(end: date | None, conditions: Iterable[ConditionDetails]) -> date | None:
    """Until when an agreement runs that ends on ``end``: its last condition, where that is later or nothing else ends
    it. It is what the clocks are asked about.
    """
    return max((day for day in (end, *(one.due_on for one in conditions)) if day), default=None)
