"""Reading a day from the text of a file."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from diversion import clock
from reporting.facts.mapping import Day

#: 2019-06-30T23:00:00+00:00, 2019-06-30 23:00:00Z, 2019-06-30T23:00:00 or 2019-06-30; fractions of a second allowed.
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)

#: How much of a stamp says its day and hour; the rest is minutes, seconds and offset.
HEAD = len("2019-06-30T23")
MOST_REMEMBERED = 200_000

ReadDay = Callable[[str], date]


def reader(day: Day) -> ReadDay:
    """A function from the text of a field to its day; it raises ValueError, saying why, for what is no day."""
    if day.format != "iso":
        return lru_cache(maxsize=20_000)(lambda text: _as_written(text, day.format))
    return LocalDays().read if day.zone else _iso_day


def _as_written(text: str, form: str) -> date:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day as written, no moment)
    except ValueError:
        raise ValueError("the date cannot be read" if text else "the date is missing") from None


def _iso_day(text: str) -> date:
    return _stamp(text).date()


def _stamp(text: str) -> datetime:
    if not ISO.fullmatch(text):
        raise ValueError("the date cannot be read" if text else "the date is missing")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such date or time") from None


class LocalDays:
    """Days in London of stamps; one without an offset is local already.

    London has been a whole number of hours from UTC since 1847, so the day of a stamp in UTC depends on its day and
    hour only: once ``2019-06-30T23`` and ``:59:00+00:00`` have each been read with care, so has every combination.
    """

    def __init__(self) -> None:
        self._days: dict[str, date] = {}
        self._tails: set[str] = set()

    def read(self, text: str) -> date:
        if text[HEAD:] in self._tails and (day := self._days.get(text[:HEAD])):
            return day
        stamp = _stamp(text)
        if stamp.tzinfo is None:
            return stamp.date()
        try:
            day = clock.local_date(stamp)
        except OverflowError:
            raise ValueError("there is no such date or time") from None
        if stamp.tzinfo is UTC:
            self._remember(text, day)
        return day

    def _remember(self, text: str, day: date) -> None:
        if len(self._days) + len(self._tails) >= MOST_REMEMBERED:
            self._days.clear()
            self._tails.clear()
        self._days[text[:HEAD]] = day
        self._tails.add(text[HEAD:])


def outside(day: date, rule: Day, today: date) -> str:
    """Why ``day`` cannot be right, or ''."""
    if day > today:
        return f"the date, {day}, has not come yet"
    if day < rule.earliest:
        return f"the date, {day}, is before {rule.earliest}"
    return ""
