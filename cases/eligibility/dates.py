"""Dates counted the way the law and the schemes count them. Pure; no clock: every date is an argument."""

from calendar import monthrange
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` calendar months on, held to the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age_on(day: date, born: date) -> int:
    """Whole years lived on ``day``. Someone born on 29 February is a year older on 1 March in a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def latest_birth(day: date, years: int) -> date:
    """The last date of birth that makes a person ``years`` old or older on ``day``."""
    last = add_months(day, -12 * years) + timedelta(days=5)
    while age_on(day, last) < years:
        last -= timedelta(days=1)
    return last


def earliest_start(day: date, months: int) -> date:
    """The first date whose ``months`` calendar months have not run out on ``day``: start + months >= day."""
    first = add_months(day, -months) - timedelta(days=5)
    while add_months(first, months) < day:
        first += timedelta(days=1)
    return first


def birthday(born: date, years: int) -> date:
    """The first day on which somebody born on ``born`` is ``years`` old."""
    day = add_months(born, 12 * years)
    return day if age_on(day, born) >= years else day + timedelta(days=1)
