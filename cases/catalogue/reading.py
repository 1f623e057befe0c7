"""From the words of a row, of a file or of a form, to an entry. Every fault of the row is said at once."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from cases.catalogue.entry import COLUMNS, GROUPS, Entry
from cases.eligibility.codes import OFFENCE_GROUPS
from cases.eligibility.facts import DRUG, MODE
from cases.law.gravity import HIGHEST, LOWEST

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
YES, NO = ("yes", "y", "true", "1"), ("no", "n", "false", "0")
#: Most characters a column may hold; what is not named may hold SHORT.
LONGEST = {"code": 80, "title": 150, "act": 120, "search": 400, "source": 300, "gravity_source": 200, "note": 400}
SHORT = 100
MOST_DAYS = 100_000
OF_DRUGS = ("drug_possession", "drug_supply")
EITHER_WAY = "either_way"


class EntryError(ValueError):
    """A row that cannot be an entry. ``faults`` names each column and what would be right."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = dict(faults)


def read_entry(row: Mapping[str, str]) -> Entry:
    """The entry in a row of words by column; columns that are missing are empty. EntryError with every fault."""
    words = {name: " ".join(str(row.get(name) or "").split()) for name in COLUMNS}
    words["source"] = words["source"] or f"{words['act']} {words['section']}".strip()
    values: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in COLUMNS:
        try:
            values[name] = READERS.get(name, _text)(_short(words[name], name))
        except ValueError as fault:
            faults[name] = f"{name}: {fault}"
    faults |= {name: f"{name}: {why}" for name, why in _together(values) if name not in faults}
    if faults:
        raise EntryError(faults)
    return Entry(**values)


def _short(text: str, name: str) -> str:
    longest = LONGEST.get(name, SHORT)
    if len(text) > longest:
        raise ValueError(f"it has {len(text)} characters: keep it to {longest}")
    return text


def _text(text: str) -> str:
    return text


def _needed(text: str) -> str:
    if not text:
        raise ValueError("it is empty and must be given")
    return text


def _source(text: str) -> str:
    if not text:
        raise ValueError("say where this entry comes from, or give act and section")
    return text


def _code(text: str) -> str:
    if not CODE.fullmatch(_needed(text)):
        raise ValueError(f"“{text}” may hold letters without accents, digits, hyphens and underscores alone")
    return text


def _one_of(choices: Mapping[str, str], *, needed: bool) -> Callable[[str], str]:
    """A code, or its label, in whatever case; the fault lists the codes that would be right."""
    known = {label.casefold(): code for code, label in choices.items()} | {code.casefold(): code for code in choices}

    def read(text: str) -> str:
        if not text and not needed:
            return ""
        folded = _needed(text).casefold()
        code = known.get(folded) or known.get(re.sub(r"[\s-]+", "_", folded))
        if code is None:
            raise ValueError(f"“{text}” is not known: use one of {', '.join(choices)}")
        return code

    return read


def _yes_or_no(text: str) -> bool:
    return bool(_answer(text))


def _answer(text: str) -> bool | None:
    """Empty is "not known"."""
    if not text:
        return None
    if text.casefold() in YES:
        return True
    if text.casefold() in NO:
        return False
    raise ValueError(f"“{text}” is neither yes nor no; leave it empty where it is not known")


def _number(lowest: int, highest: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"“{text}” is not a whole number from {lowest} to {highest}")
        return int(text)

    return read


def _day(text: str) -> date | None:
    """2026-04-01, or 01/04/2026 as spreadsheets in this country write it: the day comes first."""
    if not text:
        return None
    for pattern, shape in (("%Y-%m-%d", r"\d{4}-\d{2}-\d{2}"), ("%d/%m/%Y", r"\d{1,2}/\d{1,2}/\d{4}")):
        if re.fullmatch(shape, text):
            try:
                return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day, not a moment
            except ValueError:
                break
    raise ValueError(f"“{text}” is not a day: write 2026-04-01, or 01/04/2026 with the day first")


def _columns(text: str) -> str:
    """Names of columns, in the order of the catalogue."""
    named = [word for word in re.split(r"[\s;,]+", text) if word]
    if unknown := [word for word in named if word not in COLUMNS]:
        raise ValueError(f"“{unknown[0]}” is not a column: name the columns whose value is not settled")
    return " ".join(name for name in COLUMNS if name in named)


def _together(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Faults of columns that do not go together."""
    if values.get("section") and not values.get("act"):
        yield "act", "a section is given and no Act"
    if values.get("specified") and values.get("mode", EITHER_WAY) != EITHER_WAY:
        yield "specified", "the list of SI 2015/790 is of either-way offences alone"
    if values.get("drug") and values.get("policy_group", OF_DRUGS[0]) not in OF_DRUGS:
        yield "drug", f"a drug goes with the policy groups {' and '.join(OF_DRUGS)} alone"
    scored = [name for name in ("gravity_adult", "gravity_child") if values.get(name) is not None]
    if scored and not values.get("gravity_source"):
        yield "gravity_source", "a gravity score is given: say which matrix it comes from"
    if values.get("harm_days") is not None and not values.get("harm_source"):
        yield "harm_source", "days of harm are given: say which sheet they come from"
    first, last = values.get("valid_from"), values.get("valid_to")
    if first and last and last < first:
        yield "valid_to", f"the last day, {last}, is before the first, {first}"


READERS: dict[str, Callable[[str], Any]] = {
    "code": _code,
    "title": _needed,
    "group": _one_of({group: group for group in GROUPS}, needed=True),
    "policy_group": _one_of(OFFENCE_GROUPS, needed=True),
    "mode": _one_of(MODE, needed=True),
    "source": _source,
    "specified": _answer,
    "hate_variant": _yes_or_no,
    "drug": _one_of(DRUG, needed=False),
    "is_knife": _yes_or_no,
    "without_victim": _yes_or_no,
    "recordable": _answer,
    "gravity_adult": _number(LOWEST, HIGHEST),
    "gravity_child": _number(LOWEST, HIGHEST),
    "harm_days": _number(0, MOST_DAYS),
    "valid_from": _day,
    "valid_to": _day,
    "unsure": _columns,
}
