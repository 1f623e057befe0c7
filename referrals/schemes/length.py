"""When an agreement ends, and what it may hold."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from referrals.models import SchemeVersion

# For schemes that are counted in sessions: weekly, with room for missed ones. A setting of the scheme in time.
DAYS_FOR_A_SESSION = 14


def end_of(version: SchemeVersion, start: date) -> date | None:
    """The last day of an agreement that begins on ``start`` (month ends are clamped); None for an open-ended scheme."""
    unit, amount = version.duration_unit, version.duration
    if amount is None or unit == SchemeVersion.DurationUnit.OPEN_ENDED:
        return None
    if unit == SchemeVersion.DurationUnit.MONTHS:
        return start + relativedelta(months=amount)
    if unit == SchemeVersion.DurationUnit.WEEKS:
        return start + timedelta(weeks=amount)
    if unit == SchemeVersion.DurationUnit.DAYS:
        return start + timedelta(days=amount)
    return start + timedelta(days=DAYS_FOR_A_SESSION * amount)
