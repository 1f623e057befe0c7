"""What was typed into a search: a name, a date of birth, or both, in one box."""

import re
from dataclasses import dataclass, field
from datetime import date

from diversion.months import FULL_MONTHS, MONTHS, month_number
from diversion.names.tokens import ways

_GAP = r"(?:\s{0,3}[./-]\s{0,3}|\s{1,3})"  # bounded: a search takes no longer than its text is long
_MONTH = "|".join(sorted({*MONTHS, *FULL_MONTHS}, key=len, reverse=True))
_DATE = re.compile(
    rf"(?<![^\s,])(?:(?P<iso_year>[0-9]{{4}})-(?P<iso_month>[0-9]{{1,2}})-(?P<iso_day>[0-9]{{1,2}})"
    rf"|(?P<day>[0-9]{{1,2}}){_GAP}(?P<month>[0-9]{{1,2}}|(?:{_MONTH})\.?){_GAP}(?P<year>[0-9]{{4}}|[0-9]{{2}}))(?![^\s,])",
    re.IGNORECASE,
)


class UnreadableDate(ValueError):
    """A date of birth was typed that is no date, or has no whole year; the words say how to mend it."""


@dataclass(frozen=True)
class Sought:
    """``ways``: the words of a name as they may be meant (`tokens.ways`); ``born``: a date of birth.

    ``rest`` is what was typed apart from the date.
    """

    ways: tuple[tuple[str, ...], ...] = ()
    born: date | None = None
    rest: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return bool(self.ways or self.born)


def read(text: str) -> Sought:
    """A name and a date of birth out of ``text``, either of which may lack: "Price, Sam 4/3/2001".

    Raises UnreadableDate for a date that does not exist, or whose year has two figures.
    """
    found = _DATE.search(text)
    name = text[: found.start()] + " " + text[found.end() :] if found else text
    return Sought(tuple(ways(name)), _date_of(found) if found else None, " ".join(name.split()))


def in_two(name: str) -> tuple[str, str]:
    """Given names and family name of "Price, Sam", "sam price" or "PRICE, Sam"; a name of one word is a family name."""
    family, comma, given = name.partition(",")
    if not comma:
        given, _space, family = name.rpartition(" ")
    both = (given.strip(), family.strip())
    return tuple(one.title() if one.islower() or one.isupper() else one for one in both)  # type: ignore[return-value]


def _date_of(found: "re.Match[str]") -> date:
    year, month, day = (found[f"iso_{part}"] or found[part] for part in ("year", "month", "day"))
    if len(year) != 4:
        raise UnreadableDate("Year of birth must include 4 numbers")
    try:
        return date(int(year), month_number(month), int(day))
    except ValueError as error:
        raise UnreadableDate("Date of birth must be a real date") from error
