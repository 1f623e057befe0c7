"""What a field says by its value, however a program wrote it: numbers, yes and no, and ages that became dates."""

import re
from collections.abc import Collection
from datetime import date, datetime

#: A spreadsheet keeps fifteen figures of a number.
FIGURES = 15
YES, NO = ("true", "1", "1.0", "yes", "y", "t"), ("false", "0", "0.0", "no", "n", "f")
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
#: 17-Oct, Oct-17, 17-Oct-23, Oct-2017; and 2017-10-01 or 2023-10-17 where a sheet holds the date itself.
DAY_MONTH = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*(?:[- ]\d{2,4})?", re.ASCII)
MONTH_NUMBER = re.compile(r"([A-Za-z]{3})[a-z]*[- ](?:20)?(\d{1,2})", re.ASCII)
ISO_DAY = re.compile(r"20(\d\d)-(\d\d)-(\d\d)(?:[T ]00:00(?::00)?)?", re.ASCII)
AGE_RANGE = re.compile(r"(\d{1,3}) ?(?:-|–|—|to) ?(\d{1,3})", re.ASCII)


class ByValue(dict[str, str]):
    """Text -> what it says by ``read``, remembered; a file of a million different numbers must not fill the memory."""

    MOST = 100_000

    def __missing__(self, text: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        self[text] = found = self.read(text.strip())
        return found

    def read(self, text: str) -> str:
        raise NotImplementedError


class Numbers(ByValue):
    """51.477990 and 51.47799 are one number; what is no number stays as it is written."""

    def read(self, text: str) -> str:
        if not NUMBER.fullmatch(text):
            return text
        return f"{float(text) + 0.0:.{FIGURES}g}"


class YesNo(ByValue):
    """False, 0.0 and no are one answer; another word stays as it is written."""

    def read(self, text: str) -> str:
        folded = text.casefold()
        return "yes" if folded in YES else "no" if folded in NO else text


def age_range_meant(word: str, known: Collection[str]) -> str:
    """The age range of ``known`` that ``word`` says: "10 to 17", or a date that Excel made of it (10-17 becomes 17-Oct
    or Oct-17, by the settings of the machine). "" where it says none, or could say two."""
    if found := AGE_RANGE.fullmatch(word):
        meant = {f"{int(found[1])}-{int(found[2])}"}
    else:
        meant = {each for first, last in _pairs(word) for each in (f"{first}-{last}", f"{last}-{first}")}
    spelt = {_plain(band): band for band in known}
    fitting = {spelt[each] for each in meant if each in spelt}
    return fitting.pop() if len(fitting) == 1 else ""


def is_excel_date(word: str) -> bool:
    """Whether ``word`` is a date as Excel makes one of an age range."""
    return bool(_pairs(word))


def _pairs(word: str) -> list[tuple[int, int]]:
    """The month and the other number of a date that stands where an age range should."""
    if found := DAY_MONTH.fullmatch(word):
        number, month = int(found[1]), found[2]
    elif found := MONTH_NUMBER.fullmatch(word):
        month, number = found[1], int(found[2])
    elif found := ISO_DAY.fullmatch(word):
        year, month_number, day = map(int, found.groups())
        return [(month_number, year if day == 1 else day)]
    else:
        return []
    return [(MONTHS.index(month.lower()) + 1, number)] if month.lower() in MONTHS and 1 <= number <= 31 else []


def _plain(band: str) -> str:
    found = AGE_RANGE.fullmatch(band)
    return f"{int(found[1])}-{int(found[2])}" if found else band


def of_cell(value: object, form: str) -> str:
    """The text of a spreadsheet's cell; ``form`` is that in which the mapping's dates are written."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        if "%" in form:
            return value.strftime(form)
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.strftime(form) if "%" in form else value.isoformat()
    return str(value)
