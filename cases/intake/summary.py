"""Reading a pasted summary: "Crime number: AV/1234/26", a label and its fact on one line or on two.

It types for the officer and decides nothing: what it reads is shown for correction, what it cannot place is named, and
the text is not kept. Where a line could be of somebody else than the suspect it is not taken.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings

from cases.models import Catalogue
from diversion.months import month_number

SHIPPED = Path(__file__).with_name("labels.toml")
MOST = 20_000  # characters: a summary, and not a case file
LONGEST = 200  # characters of a fact: what is longer tells a story
NUMBER_LONGEST = 20
WORDS_OF_NAME = 6
SEXES = {"m": "male", "male": "male", "f": "female", "female": "female"}
VICTIMS = {
    "person": "person", "individual": "person", "business": "business", "company": "business", "shop": "business",
    "none": "none", "no victim": "none", "society": "none", "state": "none",
}  # fmt: skip
CODES = {"sex": SEXES, "victim_kind": VICTIMS}
#: Facts that belong to whoever was named last, and what each is of the suspect.
OF_SOMEBODY = {"name": "person", "born": "born", "sex": "sex"}

# Bounded, so that it takes no longer than the text is long.
_DATE = re.compile(
    r"(?<!\d)(?:(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})(?!\d)"
    r"|(?P<day>\d{1,2})(?:st|nd|rd|th)?[ ./-]{1,3}(?P<month>\d{1,2}|[A-Za-z]{3,9})\.?[ ./-]{1,3}(?P<year>\d{4})(?!\d))"
)
_BEFORE_BIRTH = re.compile(r"[\s,(]*(?:\b(?:b|born|dob|d\.o\.b)\b\.?:?)?[\s,(]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Summary:
    """``facts`` by field ("number", "offence" as a code, "committed_on", "person"…).

    ``left`` are lines that were not placed; ``unread`` are the facts that one of them was to tell.
    """

    facts: Mapping[str, str | date] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()


#: The codes of the offences that are called so, by a title, a code, or what officers call it, folded.
Named = Mapping[str, frozenset[str]]


def named(offences: Catalogue) -> Named:
    """What each offence is called: made once for many summaries."""
    found: dict[str, set[str]] = {}
    for one in offences:
        for words in (one.title, one.code, *one.search.split(";")):
            found.setdefault(_folded(words), set()).add(one.code)
    return {words: frozenset(codes) for words, codes in found.items()}


@dataclass
class _Reading:
    """What was read so far, and of whom the last lines were: "person", "victim", or "" for anybody else."""

    offences: Named
    facts: dict[str, str | date] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    of: str = ""

    def take(self, name: str, value: str, line: str) -> None:
        """Read one labelled line. Of two lines for one fact the first is taken, and the other is left."""
        if name in ("person", "victim"):
            self.of = "" if name in self.facts else name  # a second suspect is somebody else
        if name in OF_SOMEBODY:
            name = OF_SOMEBODY[name] if self.of == "person" else "victim" if name == "name" and self.of else "nobody's"
        found = _fact(name, value, self.offences)
        if found and found.items() <= self.facts.items():
            return
        if not found or found.keys() & self.facts.keys():
            self.left.append((name, line))
        elif value != found.get(name) and name == "number":  # more stands there than the number
            self.left.append(("", line))
        self.facts = found | self.facts

    def summary(self) -> Summary:
        days = self.facts.pop("day", None)
        if days is not None:
            self.facts.setdefault("committed_on", days)
        unread = frozenset("committed_on" if name == "day" else name for name, _line in self.left)
        return Summary(self.facts, tuple(line[:LONGEST] for _name, line in self.left), unread - self.facts.keys())


def read_summary(text: str, offences: Named, force: str = "") -> Summary:
    """The facts of ``text``; ``offences`` as ``named`` gives them, ``force`` by slug: it may have its own labels."""
    reading, waiting, labels = _Reading(offences), "", _labels(force)
    for name, value, line in _labelled(text, labels):
        if name == "" and waiting:
            reading.take(waiting, value, line)
        elif name == "other":
            reading.of = ""
        elif value and name not in ("", "passed_over"):
            reading.take(name, value, line)
        elif name in ("person", "victim"):  # a heading: the lines below it are theirs
            reading.of = name
        waiting = name if not value and name in labels.values() else ""
    return reading.summary()


def fact_of(label: str, force: str = "") -> str:
    """The fact that a label names, to the force of this slug; "" where it names none."""
    return _labels(force).get(_folded(label), "")


def _labelled(text: str, labels: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Of each line the fact that its label names, its words, and the whole; "" has no label, "other" an unknown one."""
    plain = unicodedata.normalize("NFKC", text[:MOST])
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf")
    for line in plain.splitlines():
        if line := line.strip():
            label, mark, value = _parted(line)
            name = labels.get(_folded(label), "other" if mark == ":" else "")
            yield name, value.strip() if name else line, line


def _parted(line: str) -> tuple[str, str, str]:
    """Label, mark and value: parted by a colon, by a tab, by two spaces, or by a dash between spaces."""
    found = re.search(r":|\t| {2,3}| [-\u2013\u2014] ", line)
    return (line[: found.start()], found[0].strip() or " ", line[found.end() :]) if found else (line, "", "")


def _fact(name: str, value: str, offences: Named) -> dict[str, str | date]:
    """What ``value`` says, by field; empty where it cannot be read."""
    if len(value) > LONGEST or name == "nobody's":
        return {}
    if name == "offence":
        return _offence(value, offences)
    if name in ("committed_on", "born", "day"):
        day = day_in(value)[1]
        return {name: day} if day else {}
    if name in CODES:
        return {name: CODES[name][value.lower()]} if value.lower() in CODES[name] else {}
    if name == "person":
        return _person(value)
    return _number(value) if name == "number" else {name: value}


def _number(value: str) -> dict[str, str | date]:
    """A crime number: the whole where it is short, else its first word, where that has a figure."""
    first = value if len(value) <= NUMBER_LONGEST and "@" not in value else value.split()[0]
    return {"number": first} if len(first) <= NUMBER_LONGEST and re.search(r"\d", first) else {}


def _person(value: str) -> dict[str, str | date]:
    """A name, and the date of birth where it follows: "ELLIS, Kyle (14/06/2007)", "Kyle Ellis b. 14/06/2007"."""
    before, born = day_in(value)
    name = _BEFORE_BIRTH.sub("", before).strip()
    if not name or len(name.split()) > WORDS_OF_NAME or re.search(r"[\d:;]", name):
        return {}
    return {"person": name} | ({"born": born} if born else {})


def _offence(value: str, offences: Named) -> dict[str, str | date]:
    """The one offence of the catalogue that is called so, by its title or by what officers call it."""
    codes = offences.get(_folded(value), frozenset())
    return {"offence": next(iter(codes))} if len(codes) == 1 else {}


def only_day(value: str) -> date | None:
    """The date that ``value`` is, all of it."""
    found = _DATE.fullmatch(value.strip())
    return day_in(value)[1] if found else None


def day_in(value: str) -> tuple[str, date | None]:
    """What stands before the first date of ``value``, and the date; all of it and None where there is none to read."""
    if not (found := _DATE.search(value)):
        return value, None
    year, month, day = (found[f"iso_{part}"] or found[part] for part in ("year", "month", "day"))
    try:
        return value[: found.start()], date(int(year), month_number(month), int(day))
    except ValueError:
        return value, None


def _folded(label: str) -> str:
    return re.sub(r"[\W_]+", "", label).casefold()


@cache
def _labels(force: str) -> dict[str, str]:
    """The fact of each label: the shipped ones, those of the installation's file, and those of ``force`` in it."""
    files = [SHIPPED, *([Path(settings.SUMMARY_LABELS)] if settings.SUMMARY_LABELS else [])]
    read = [tomllib.loads(file.read_text("utf-8")) for file in files]
    told = [*read, *(one[force] for one in read if force in one)]
    return {
        _folded(label): name
        for one in told
        for name, labels in one.items()
        if isinstance(labels, list)  # and no table of a force
        for label in labels
    }
