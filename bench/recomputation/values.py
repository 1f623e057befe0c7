"""Numbers, answers and days as researchers write them. What could be read in two ways is refused, with the mend."""

import re
from datetime import date, datetime
from math import isfinite

from reporting.intake.mappings.parts import BLANK

#: What stands for nothing, in any letters: a blank, what R, Excel, SAS and Stata write, a dash.
MISSING = {"", "na", ".", "–", "—", "<na>", *BLANK}
YES = {"yes", "y", "true", "t", "1", "1.0"}
NO = {"no", "n", "false", "f", "0", "0.0"}
#: Counts that a table does not tell.
HIDDEN = re.compile(r"^([<≤~].*|\*+|\[[a-z]\]|[csx:])$", re.IGNORECASE)
SPACES = re.compile(r"(?<=\d)[   ](?=\d{3}(\D|$))")
PLAIN = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)
#: "1,234": a thousand and more to one reader, and to another a little over one. "0,123" and "1,23" are decimals to all.
THOUSANDS = re.compile(r"^[1-9]\d{0,2}(,\d{3})+$")
DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
POINTED = re.compile(r"^[1-9]\d{0,2}\.\d{3}$")
ISO = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?$")
UK = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d.*)?$")
SPELLED = ("%d %B %Y", "%d %b %Y", "%d-%b-%Y")


def is_missing(text: str) -> bool:
    return text.strip().lower() in MISSING


def number(text: str, where: str, *, separator: str = ",") -> float:
    """A number, whole or not, of a file whose fields stand between ``separator``. ValueError where it could be two."""
    plain = SPACES.sub("", text.strip())
    if "," in plain:
        plain = _without_commas(plain, text, where)
    elif separator == ";" and POINTED.match(plain):
        raise ValueError(
            f"{where}: {text!r} could be over a thousand or a decimal: write it without a point, or as 1,5."
        )
    if not PLAIN.match(plain):
        raise ValueError(f"{where}: {_why_no_number(plain, text)}")
    if not isfinite(found := float(plain)):
        raise ValueError(f"{where}: {text!r} is larger than any number can be here.")
    return found


def count(text: str, where: str, *, separator: str = ",") -> int:
    """A whole number of people: there 1,234 is over a thousand, unless commas are the decimals of the file."""
    plain = SPACES.sub("", text.strip())
    if THOUSANDS.match(plain) and separator != ";":
        plain = plain.replace(",", "")
    found = number(plain, where, separator=separator)
    if found != int(found) or found < 0:
        raise ValueError(
            f"{where}: {text!r} is no count of people. Weights that are not whole, shares and rates are not taken: "
            "give the counts from which they were made."
        )
    return int(found)


def _without_commas(plain: str, text: str, where: str) -> str:
    if THOUSANDS.match(plain) and plain.count(",") == 1:
        raise ValueError(f"{where}: {text!r} could be over a thousand or a decimal: write it without the comma.")
    if THOUSANDS.match(plain):
        return plain.replace(",", "")
    return plain.replace(",", ".") if DECIMAL_COMMA.match(plain) else plain


def _why_no_number(plain: str, text: str) -> str:
    if plain.endswith("%"):
        return f"{text!r} is a share: give the count and of how many it is."
    if HIDDEN.match(plain):
        return f"{text!r} is a count that the table hides: nothing can be worked out from it. Take its group out."
    if is_missing(text):
        return "there is no number: enter it, or take the row out."
    return f"{text!r} is no number."


def answer(text: str, where: str, yes: set[str], no: set[str]) -> bool | None:
    """Whether it happened; None where nobody says. ``yes`` and ``no``: the answers that mean so."""
    plain = text.strip().lower()
    if is_missing(plain):
        return None
    if plain in yes or plain in no:
        return plain in yes
    raise ValueError(f"{where}: {text!r} is neither yes nor no. Say with --yes and --no what each answer means.")


def day(text: str, where: str) -> date:
    """A day as 2026-06-03, 3/6/2026 (day first) or 3 June 2026."""
    plain = text.strip()
    try:
        if found := ISO.match(plain):
            return date(*map(int, found.groups()))
        if found := UK.match(plain):
            first, second, year = map(int, found.groups())
            return date(year, second, first)
        return _spelled(plain)
    except ValueError:
        raise ValueError(
            f"{where}: {text!r} is no day as 2026-06-03, 03/06/2026 (day first) or 3 June 2026. Month first, years of "
            "two digits and a spreadsheet's numbers are not taken: write the days as 2026-06-03."
        ) from None


def _spelled(plain: str) -> date:
    for form in SPELLED:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 (a day, of no zone)
        except ValueError:
            continue
    raise ValueError(plain)
