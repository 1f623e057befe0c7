"""Reading a day from the text of a file."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from diversion import clock
from reporting.intake.forms import ISO as ISO_FORM
from reporting.intake.forms import PERIODS
from reporting.intake.mappings.parts import Day

#: 2019-06-30T23:00:00+00:00, 2019-06-30 23:00:00Z, 2019-06-30T23:00:00 or 2019-06-30; fractions of a second allowed.
ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)

#: How much of a stamp says its day and hour; the rest is minutes, seconds and offset.
HEAD = len("2019-06-30T23")
MOST_TAILS = 10_000

MISSING, UNREADABLE, IMPOSSIBLE = "the date is missing", "the date cannot be read", "there is no such date or time"


class DayReader:
    """Reads the day of a field as it is written, in ``form``: ISO 8601, a period by name, or a pattern of strptime."""

    def __init__(self, form: str) -> None:
        self.form = form
        self._stamp: Callable[[str], datetime] = _iso if form == ISO_FORM else self._by_pattern

    def read(self, text: str) -> date:
        """The day. ValueError, saying why, for what is no day."""
        if self.form in PERIODS:
            return self._period(text)
        return self._stamp(text).date()

    def key(self, text: str) -> str:
        """That part of ``text`` on which its day depends: texts of one key that have been read have one day."""
        return text

    def canonical(self, text: str) -> str:
        """``text`` as every program writes it: of ISO stamps, a T between day and hour, and +00:00 for Z."""
        if self.form == ISO_FORM and len(text) > len("2019-06-30") and (text[10] == " " or text[-1] == "Z"):
            text = f"{text[:10]}T{text[11:]}"
            return f"{text[:-1]}+00:00" if text[-1] == "Z" else text
        return text

    def _by_pattern(self, text: str) -> datetime:
        try:
            return datetime.strptime(text, self.form)  # noqa: DTZ007 (a day as written, or with an offset of its own)
        except ValueError:
            raise ValueError(UNREADABLE if text else MISSING) from None

    def _period(self, text: str) -> date:
        if not text:
            raise ValueError(MISSING)
        try:
            return PERIODS[self.form](text)
        except ValueError as fault:
            raise ValueError(f"{UNREADABLE}: {fault}") from None


class ZonedDayReader(DayReader):
    """Reads the day in a zone of a stamp; one without an offset is local already."""

    def __init__(self, form: str, zone: str) -> None:
        super().__init__(form)
        self._zone = ZoneInfo(zone)

    def read(self, text: str) -> date:
        stamp = self._stamp(text)
        if stamp.tzinfo is None:
            return stamp.date()
        try:
            return stamp.astimezone(self._zone).date()
        except OverflowError:
            raise ValueError(IMPOSSIBLE) from None


class LondonDayReader(ZonedDayReader):
    """Reads the day in London of an ISO stamp.

    London has been a whole number of hours from UTC since 1847, so the day of a stamp in UTC depends on its day and
    hour only: once ``2019-06-30T23`` and ``:59:00+00:00`` have each been read with care, so has every combination.
    """

    def __init__(self) -> None:
        super().__init__(ISO_FORM, clock.LONDON.key)
        self._tails: set[str] = set()

    def read(self, text: str) -> date:
        day = super().read(text)
        if len(self._tails) < MOST_TAILS and _iso(text).tzinfo is UTC:
            self._tails.add(text[HEAD:])
        return day

    def key(self, text: str) -> str:
        return text[:HEAD] if text[HEAD:] in self._tails else text


def reader(day: Day) -> DayReader:
    """The reader of the mapping's dates."""
    if not day.zone:
        return DayReader(day.format)
    if day.zone == clock.LONDON.key and day.format == ISO_FORM:
        return LondonDayReader()
    return ZonedDayReader(day.format, day.zone)


def _iso(text: str) -> datetime:
    if not ISO.fullmatch(text):
        raise ValueError(UNREADABLE if text else MISSING)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(IMPOSSIBLE) from None


def outside(day: date, rule: Day, today: date) -> str:
    """Why ``day`` cannot be right, or ''."""
    if day > today:
        return f"the date, {day}, has not come yet"
    if day < rule.earliest:
        return f"the date, {day}, is before {rule.earliest}"
    return ""
