"""Whole months, named by hand."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from diversion.refusals import Refused


@dataclass(frozen=True)
class Months:
    """From the ``first`` day of a month to the ``last`` day of the same or a later one."""

    first: date
    last: date

    @classmethod
    def named(cls, start: str, end: str) -> Self:
        """Of 2020-02 and 2020-03, or of the first and the last day of whole months. Refused for anything else."""
        try:
            first, last = _month(start), _month(end)
        except ValueError:
            raise Refused(f"'{start}' to '{end}' are no months: name whole months, as 2020-02 2020-03.") from None
        if (len(start) > 7 and start != first.isoformat()) or (len(end) > 7 and end != _last(last).isoformat()):
            raise Refused(f"{start} to {end} are not whole months: name them as {first:%Y-%m} {last:%Y-%m}.")
        if last < first:
            raise Refused(f"{end} is before {start}: give the earlier month first.")
        return cls(first, _last(last))

    def hold(self, day: date) -> bool:
        return self.first <= day <= self.last


def _month(text: str) -> date:
    found = re.fullmatch(r"(\d{4})-(\d\d)(?:-\d\d)?", text, re.ASCII)
    if not found:
        raise ValueError(text)
    if len(text) > len("2020-02"):
        date.fromisoformat(text)
    return date(int(found[1]), int(found[2]), 1)


def _last(first: date) -> date:
    """The last day of the month that begins on ``first``."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
