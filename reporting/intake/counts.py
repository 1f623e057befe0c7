"""Reading how many events a row of a published table stands for: a number, or a count that its publisher hid."""

import re
from typing import NamedTuple

#: Marks of the Government Analysis Function and the usual ones beside them: hidden, not available, rounded away.
SUPPRESSED = ("c", "[c]", "*", "s", "[s]", "x", "[x]", "..", "[low]", "suppressed", "withheld")
TOTALS = (
    *("total", "totals", "grand total", "sub-total", "subtotal", "sum", "overall"),
    *("all", "all persons", "all people"),
)
#: 1,234 and 1 234, with the spaces that spreadsheets put there; 587.0, as a spreadsheet keeps a whole number.
THOUSANDS = re.compile(r"\d{1,3}(?:(?:,\d{3})+|(?:[ \u00a0\u2009\u202f]\d{3})+)(?:\.0+)?", re.ASCII)
WHOLE = re.compile(r"\d+(?:\.0*)?", re.ASCII)
BELOW = re.compile(r"(?:<|fewer than|less than|under) ?(\d+)", re.ASCII | re.IGNORECASE)
UP_TO = re.compile(r"(?:≤|<=|up to) ?(\d+)", re.ASCII | re.IGNORECASE)
BETWEEN = re.compile(r"(\d+) ?(?:-|–|to) ?(\d+)", re.ASCII)


class Hidden(NamedTuple):
    """A count that its publisher hid: at least ``low`` and at most ``high``, if anybody can say."""

    low: int
    high: int | None


def read(text: str, suppressed: tuple[str, ...]) -> int | Hidden:
    """The count. ValueError, saying why, for what is neither a whole number nor a mark of a hidden one."""
    word = text.strip()
    if THOUSANDS.fullmatch(word) or WHOLE.fullmatch(word):
        return int(re.sub(r"\.0*$|[^\d.]", "", word))
    if word.casefold() in (mark.casefold() for mark in suppressed):
        return Hidden(0, None)
    if found := BELOW.fullmatch(word):
        return Hidden(0, max(int(found[1]) - 1, 0))
    if found := UP_TO.fullmatch(word):
        return Hidden(0, int(found[1]))
    if (found := BETWEEN.fullmatch(word)) and int(found[1]) <= int(found[2]):
        return Hidden(int(found[1]), int(found[2]))
    raise ValueError("the count is missing" if not word else "the count is not a whole number")
