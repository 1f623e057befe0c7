"""Reading a pasted summary: "Crime number: AV/1234/26", a label and its fact on one line or on two.

It types for the officer and decides nothing: what it reads is shown for correction, what it cannot place is named, and
the text is not kept.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from cases.models import Catalogue
from diversion.names.typed import UnreadableDate, read

SHIPPED = Path(__file__).with_name("labels.toml")
MOST = 20_000  # characters: a summary, and not a case file
SEXES = {"m": "male", "male": "male", "f": "female", "female": "female"}


@dataclass(frozen=True)
class Summary:
    """``facts`` by field ("number", "offence" as a code, "committed_on"…); ``left`` are lines that were not placed."""

    facts: Mapping[str, str | date] = field(default_factory=dict)
    left: tuple[str, ...] = ()


def read_summary(text: str, offences: Catalogue) -> Summary:
    """The facts of ``text``. Of two lines for one fact the first is taken, and the other is left."""
    facts: dict[str, str | date] = {}
    left = []
    for name, value, line in _labelled(text):
        found = _fact(name, value, offences)
        if not found or found.keys() & facts.keys():
            left.append(line)
        facts = found | facts
    return Summary(facts, tuple(left))


def _labelled(text: str) -> Iterator[tuple[str, str, str]]:
    """Each fact's name, its words and the line where they stand."""
    lines = [line.strip() for line in text[:MOST].splitlines() if line.strip()]
    waiting = ""
    for line in lines:
        name, value = _split(line)
        if not name and waiting:
            yield waiting, line, line
        elif name and value:
            yield name, value, line
        waiting = name if not value else ""


def _split(line: str) -> tuple[str, str]:
    """The fact that ``line`` begins with the label of, and what follows it; "" where it begins with none."""
    label, mark, value = _parted(line)
    name = _labels().get(_folded(label), "")
    return (name, value.strip() if mark else "") if name else ("", line)


def _parted(line: str) -> tuple[str, str, str]:
    """Label, mark and value: parted by a colon, by a tab, by two spaces, or by a dash between spaces."""
    found = re.search(r":|\t| {2,}| [-\u2013\u2014] ", line)
    return (line[: found.start()], found[0], line[found.end() :]) if found else (line, "", "")


def _fact(name: str, value: str, offences: Catalogue) -> dict[str, str | date]:
    """What ``value`` says, by field; empty where it cannot be read."""
    if name == "offence":
        return _offence(value, offences)
    if name in ("committed_on", "born"):
        day = _day(value)
        return {name: day} if day else {}
    if name == "sex":
        return {name: SEXES[value.lower()]} if value.lower() in SEXES else {}
    return {name: value}


def _offence(value: str, offences: Catalogue) -> dict[str, str | date]:
    """The one offence of the catalogue that is called so, by its title or by what officers call it."""
    wanted = _folded(value)
    named = {one.code for one in offences if wanted in map(_folded, (one.title, one.code, *one.search.split(";")))}
    return {"offence": named.pop()} if len(named) == 1 else {}


def _day(value: str) -> date | None:
    """The first date in ``value``; None without one that can be read."""
    try:
        return read(re.sub(r"(?<=\d)T(?=\d)", " ", value)).born
    except UnreadableDate:
        return None


def _folded(label: str) -> str:
    return re.sub(r"[\W_]+", "", label).casefold()


@cache
def _labels() -> dict[str, str]:
    """The fact of each label: the shipped ones, and those of the force's file."""
    files = [SHIPPED, *([Path(settings.SUMMARY_LABELS)] if settings.SUMMARY_LABELS else [])]
    return {
        _folded(label): name
        for file in files
        for name, labels in tomllib.loads(file.read_text("utf-8")).items()
        for label in labels
    }
