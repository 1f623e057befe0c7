"""Reading a day from the text of a file."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from diversion.clock import LONDON
from reporting.facts.mapping import Day

#: 2019-06-30T23:00:00+00:00, 2019-06-30 23:00:00Z, 2019-06-30T23:00:00 or 2019-06-30; fractions of a second allowed.
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)

ReadDay = Callable[[str], date]


def reader(day: Day) -> ReadDay:
    """A function from the text of a field to its day; it raises ValueError, saying why, for what is no day."""
    if day.format != "iso":
        return lru_cache(maxsize=20_000)(lambda text: _as_written(text, day.format))
    return _local_day if day.zone else _iso_day


def _as_written(text: str, form: str) -> date:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day as written, no moment)
    except ValueError:
        raise ValueError("the date cannot be read" if text else "the date is missing") from None


def _stamp(text: str) -> datetime:
    if not ISO.fullmatch(text):
        raise ValueError("the date cannot be read" if text else "the date is missing")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such date or time") from None


def _iso_day(text: str) -> date:
    return _stamp(text).date()


def _local_day(text: str) -> date:
    """The day in London of a stamp; one without an offset is local already."""
    stamp = _stamp(text)
    if stamp.tzinfo is None:
        return stamp.date()
    if stamp.tzinfo is UTC:
        return _london_day(stamp.year, stamp.month, stamp.day, stamp.hour)
    try:
        return stamp.astimezone(LONDON).date()
    except OverflowError:
        raise ValueError("there is no such date or time") from None


@lru_cache(maxsize=100_000)
def _london_day(year: int, month: int, day: int, hour: int) -> date:
    """London is a whole number of hours from UTC since 1847, so the hour is all that its day depends on."""
    try:
        return datetime(year, month, day, hour, tzinfo=UTC).astimezone(LONDON).date()
    except OverflowError:
        return date(year, month, day)


def outside(day: date, rule: Day, today: date) -> str:
    """Why ``day`` cannot be right, or ''."""
    if day > today:
        return f"the date, {day}, has not come yet"
    if day < rule.earliest:
        return f"the date, {day}, is before {rule.earliest}"
    return ""
