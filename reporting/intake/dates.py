"""Reading a day from the text of a file."""

import re
from datetime import UTC, date, datetime

from diversion import clock
from reporting.intake.mappings.parts import Day

#: 2019-06-30T23:00:00+00:00, 2019-06-30 23:00:00Z, 2019-06-30T23:00:00 or 2019-06-30; fractions of a second allowed.
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)

#: How much of a stamp says its day and hour; the rest is minutes, seconds and offset.
HEAD = len("2019-06-30T23")
MOST_TAILS = 10_000


class DayReader:
    """Reads the day of a field as it is written, in the pattern ``form`` of strptime or in ISO 8601."""

    def __init__(self, form: str) -> None:
        self.form = form

    def read(self, text: str) -> date:
        """The day. ValueError, saying why, for what is no day."""
        if self.form == "iso":
            return _stamp(text).date()
        try:
            return datetime.strptime(text, self.form).date()  # noqa: DTZ007 (a day as written, no moment)
        except ValueError:
            raise ValueError("the date cannot be read" if text else "the date is missing") from None

    def key(self, text: str) -> str:
        """That part of ``text`` on which its day depends: texts of one key that have been read have one day."""
        return text


class LondonDayReader(DayReader):
    """Reads the day in London of a stamp; one without an offset is local already.

    London has been a whole number of hours from UTC since 1847, so the day of a stamp in UTC depends on its day and
    hour only: once ``2019-06-30T23`` and ``:59:00+00:00`` have each been read with care, so has every combination.
    """

    def __init__(self) -> None:
        super().__init__("iso")
        self._tails: set[str] = set()

    def read(self, text: str) -> date:
        stamp = _stamp(text)
        if stamp.tzinfo is None:
            return stamp.date()
        try:
            day = clock.local_date(stamp)
        except OverflowError:
            raise ValueError("there is no such date or time") from None
        if stamp.tzinfo is UTC and len(self._tails) < MOST_TAILS:
            self._tails.add(text[HEAD:])
        return day

    def key(self, text: str) -> str:
        return text[:HEAD] if text[HEAD:] in self._tails else text


def reader(day: Day) -> DayReader:
    """The reader of the mapping's dates."""
    return LondonDayReader() if day.zone else DayReader(day.format)


def _stamp(text: str) -> datetime:
    if not ISO.fullmatch(text):
        raise ValueError("the date cannot be read" if text else "the date is missing")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such date or time") from None


def outside(day: date, rule: Day, today: date) -> str:
    """Why ``day`` cannot be right, or ''."""
    if day > today:
        return f"the date, {day}, has not come yet"
    if day < rule.earliest:
        return f"the date, {day}, is before {rule.earliest}"
    return ""
