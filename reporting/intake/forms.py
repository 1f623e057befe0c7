"""How a file writes its days: ISO 8601, a period by name, or a pattern of strptime."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime

from dateutil.parser import isoparse

ISO = "iso"
#: 31 December, a quarter to eleven in the evening: no two of its parts could be taken for each other.
SAMPLES = (datetime(2024, 12, 31, 22, 45, 59), datetime(1999, 8, 7, 6, 5, 4))  # noqa: DTZ001 (as written)
FIRST_MONTH = 4  # the financial year of England and Wales begins on 1 April

YEAR = re.compile(r"(?:FY ?)?(\d{4})(?:\.0)?", re.ASCII | re.IGNORECASE)
FINANCIAL_YEAR = re.compile(r"(?:FY ?)?(\d{4}) ?[/_–-] ?(\d\d|\d{4})", re.ASCII | re.IGNORECASE)
MONTH = re.compile(r"(\d{4})[-/](\d\d?)(?:[-/]0?1)?", re.ASCII)

#: The usual spellings of a pattern, as people write them elsewhere.
ELSEWHERE = (
    *(("YYYY", "%Y"), ("yyyy", "%Y"), ("YY", "%y"), ("yy", "%y"), ("MMMM", "%B"), ("MMM", "%b"), ("DD", "%d")),
    *(("dd", "%d"), ("HH", "%H"), ("hh", "%H"), ("SS", "%S"), ("ss", "%S"), ("mi", "%M")),
)
#: Patterns that files use, tried in this order where somebody asks what a column's days could be written in.
USUAL = (
    *("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S"),
    *("%m/%d/%Y %H:%M", "%m/%d/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%d %b %Y", "%d %B %Y", "%d/%m/%y", "%m/%d/%y", "%Y/%m/%d", "%Y%m%d", "%b %d, %Y", "%B %d, %Y"),
)


def _year(text: str) -> date:
    found = YEAR.fullmatch(text)
    if not found:
        raise ValueError("it is not written as a year, 2020")
    return date(int(found[1]), 1, 1)


def _financial_year(text: str) -> date:
    found = FINANCIAL_YEAR.fullmatch(text)
    if not found:
        raise ValueError("it is not written as a financial year, 2020/21")
    first, second = int(found[1]), found[2]
    if int(second) != (first + 1) % 10 ** len(second):
        raise ValueError(f"a financial year {text} does not exist: the second year is the one after the first")
    return date(first, FIRST_MONTH, 1)


def _month(text: str) -> date:
    found = MONTH.fullmatch(text)
    if found:
        return date(int(found[1]), int(found[2]), 1)
    for pattern in ("%b %Y", "%B %Y", "%b-%y", "%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a month as written)
        except ValueError:
            continue
    raise ValueError("it is not written as a month, 2020-02 or Feb 2020")


#: Periods by name, each read as its first day.
PERIODS: dict[str, Callable[[str], date]] = {"year": _year, "month": _month, "financial year": _financial_year}


WITHOUT_A_DAY = "where rows have none write 'year' (2020), 'month' (2020-02) or 'financial year' (2020/21)"


def lacks_a_day(form: str) -> bool:
    """Whether a pattern of strptime reads no day of the month: every row would fall on the first."""
    return form != ISO and form not in PERIODS and not re.search(r"%-?[djxcD]", form.replace("%%", ""))


def fault_of(form: str) -> str:
    """Why ``form`` cannot be a pattern of days, or "". Tried on two sample moments."""
    if form in (ISO, *PERIODS):
        return ""
    if "%" not in form:
        meant = _from_elsewhere(form)
        return f"'{form}' is not a pattern" + (f"; did you mean '{meant}'?" if meant else f": {_choices()}")
    for sample in SAMPLES:
        try:
            read = datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 (a day as written)
        except (ValueError, re.error) as error:
            return f"'{form}' is not a pattern of strptime ({error}): {_choices()}"
        if read.year != sample.year or (not lacks_a_day(form) and read.date() != sample.date()):
            return f"'{form}' does not say year, month and day: {_choices()}"
    return ""


def _from_elsewhere(form: str) -> str:
    """DD/MM/YYYY as %d/%m/%Y; "" where no pattern can be made of it."""
    text = form
    for theirs, ours in ELSEWHERE:
        text = text.replace(theirs, ours)
    text = re.sub(r"(?<=%H[:.])(MM|mm)", "%M", text)
    text = text.replace("MM", "%m").replace("mm", "%m")
    return text if text != form and not fault_of(text) else ""


def _choices() -> str:
    return "write iso, year, month, 'financial year' or a pattern such as '%d/%m/%Y' or '%d/%m/%Y %H:%M'"


def guessed(samples: Sequence[str]) -> list[str]:
    """Every form in which all of ``samples`` can be read, likeliest first; several where days cannot be told from
    months."""
    texts = [text for text in samples if text]
    return [form for form in (ISO, *PERIODS, *USUAL) if texts and all(_reads(form, text) for text in texts)]


def _reads(form: str, text: str) -> bool:
    try:
        if form == ISO:
            isoparse(text)
            return len(text) >= len("2020-02-01")
        if form in PERIODS:
            PERIODS[form](text)
        else:
            datetime.strptime(text, form)  # noqa: DTZ007 (whether it can be read at all)
    except ValueError:
        return False
    return True
