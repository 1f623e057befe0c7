"""When an agreement ends."""

from datetime import date

from referrals.models import SchemeVersion


def end_of(version: SchemeVersion, start: date) -> date | None:
    """The last day of an agreement that begins on ``start`` (month ends are clamped); None for an open-ended scheme."""
    length = version.rules.duration
    return length.after(start) if length else None
