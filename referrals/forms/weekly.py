"""Appointments that repeat each week: not on bank holidays, on which neither worker nor building is there."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cases.law.workdays import bank_holidays
from diversion.design_system.wording import long_date


def repeated(days: Sequence[date], weeks: int) -> list[date]:
    """The days as they were chosen, and the same of each week that follows, bank holidays of England and Wales left
    out: a day that somebody chose by itself is meant.
    """
    later = [day for day in _later(days, weeks) if day not in bank_holidays()]
    return [*days, *later] if weeks > 0 else []


def left_out(days: Sequence[date], weeks: int) -> list[date]:
    return [day for day in _later(days, weeks) if day in bank_holidays()]


def published(gone: Iterable[date]) -> str:
    """What is said once they are published, with the days that were left out."""
    said, days = _("The appointments can be booked now."), ", ".join(f"{day:%A} {long_date(day)}" for day in gone)
    return f"{said} {_('Left out, as bank holidays: %(days)s.') % {'days': days}}" if days else said


def _later(days: Sequence[date], weeks: int) -> list[date]:
    return [day + timedelta(weeks=week) for week in range(1, weeks) for day in days]
