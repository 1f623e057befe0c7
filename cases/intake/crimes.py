"""What a record system tells of crimes, in a table: a row for each crime and suspect, read as a pasted summary is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cases.codes import VictimKind
from cases.intake.summary import Named, fact_of, named, read_summary
from cases.models import Catalogue
from cases.models.crime import MOST_OF_NUMBER, crime_number
from diversion import clock
from diversion.design_system.wording import long_date
from diversion.names.folding import words
from diversion.names.typed import in_two

#: The label under which each fact is read, in this order: the day of birth and the sex of a table are its suspect's,
#: wherever their columns stand.
LABELS = {
    "number": "Crime number",
    "offence": "Offence",
    "committed_on": "Date of offence",
    "day": "Date",
    "area": "Area",
    "person": "Suspect",
    "born": "Date of birth",
    "sex": "Sex",
    "victim_kind": "Victim kind",
    "victim": "Victim",
}
OF_CRIME = {"offence": "offence", "committed_on": "committed_on", "area": "area", "victim_kind": "victim_kind"} | {
    "victim": "victim_name"
}
LONGEST = {"area": 100, "victim": 150}  # characters, as the boxes of the page have them
MOST_OF_FACT = 200
MOST_SUSPECTS = 20
EARLIEST = 1900
LETTERS_ALONE = 4  # a word of a number has no more letters, unless it has figures too


class UnreadableRow(ValueError):
    """Why a row tells of no crime."""


@dataclass(frozen=True)
class Suspect:
    """Somebody whom the record system names as suspected. ``born`` as 2007-06-14, ``sex`` as a code; "": not told."""

    given_names: str
    family_name: str
    born: str = ""
    sex: str = ""

    @property
    def in_words(self) -> str:
        """ "Kyle Ellis, born 14 June 2007"."""
        born = _("born %(day)s") % {"day": long_date(self.day_of_birth)} if self.day_of_birth else ""
        return ", ".join(filter(None, [f"{self.given_names} {self.family_name}".strip(), born]))

    @property
    def day_of_birth(self) -> date | None:
        return date.fromisoformat(self.born) if self.born else None


@dataclass
class ToldCrime:
    """A crime by all the rows that tell of it. ``left`` are the words of each line that could not be placed."""

    number: str
    offence: str = ""
    committed_on: date | None = None
    area: str = ""
    victim_kind: str = ""
    victim_name: str = ""
    suspects: list[Suspect] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Told:
    """What a table tells: each crime once, and the rows that tell of none, with the reason."""

    crimes: Sequence[ToldCrime]
    rejects: Sequence[tuple[int, str]] = ()

    @property
    def rows(self) -> int:
        return sum(len(one.lines) for one in self.crimes) + len(self.rejects)


def fact_of_column(name: str, force: str = "") -> str:
    """The fact that a column of this name tells, to ``force``; "" where a summary would not take it either."""
    fact = fact_of(name, force)
    return "person" if fact == "name" else fact if fact in LABELS else ""


def read_crimes(rows: Iterable[tuple[int, Mapping[str, str]]], catalogue: Catalogue) -> Told:
    """``rows`` are by fact, each with its line in the file."""
    offences = named(catalogue)
    crimes: dict[str, ToldCrime] = {}
    rejects: list[tuple[int, str]] = []
    for line, row in rows:
        try:
            _take(line, row, crimes, offences)
        except UnreadableRow as fault:
            rejects.append((line, str(fault)))
    return Told(list(crimes.values()), rejects)


def _take(line: int, row: Mapping[str, str], crimes: dict[str, ToldCrime], offences: Named) -> None:
    """Add what a row tells to its crime. Of two rows that tell otherwise the first is taken, and the other is left."""
    number = crime_number(row.get("number", ""))
    if not is_number(number):
        raise UnreadableRow("it has no crime number that can be read")
    text = "\n".join(f"{label}: {row[fact]}" for fact, label in LABELS.items() if row.get(fact) and fact != "number")
    summary = read_summary(text, offences)
    facts = {fact: told for fact, told in summary.facts.items() if not _is_impossible(fact, told)}
    crime = crimes.setdefault(number, ToldCrime(number))
    crime.lines.append(line)
    crime.left += [(line, words) for words in summary.left]
    crime.left += [(line, f"{LABELS[fact]}: {told}") for fact, told in summary.facts.items() if fact not in facts]
    if facts.get("victim_kind") == VictimKind.NONE and facts.get("victim"):
        crime.left.append((line, f"{LABELS['victim_kind']}: {facts.pop('victim_kind')}"))
    for fact, name in OF_CRIME.items():
        told: Any = facts.get(fact)
        if told and getattr(crime, name) not in (None, "", told):
            crime.left.append((line, f"{LABELS[fact]}: {told}"))
        elif told:
            setattr(crime, name, told)
    _add_suspect(line, crime, facts)


def is_number(kept: str) -> bool:
    """Whether a crime number, as it is kept, can be one: a column that has slipped would make a name of it."""
    words_alone = [word for word in kept.split() if word.isalpha() and len(word) > LETTERS_ALONE]
    return bool(re.search(r"\d", kept)) and len(kept) <= MOST_OF_NUMBER and not words_alone and "@" not in kept


def _is_impossible(fact: str, told: Any) -> bool:
    """A day that no crime or birth can have, and words longer than their box."""
    if isinstance(told, date):
        return told > clock.today() or told.year < EARLIEST
    return len(told) > LONGEST.get(fact, MOST_OF_FACT)


def _add_suspect(line: int, crime: ToldCrime, facts: Mapping[str, Any]) -> None:
    if not words(str(facts.get("person", ""))):
        if left := [name for name in ("person", "born", "sex") if name in facts]:
            crime.left.append((line, f"{LABELS[left[0]]}: without a name"))
        return
    given, family = in_two(str(facts["person"]))
    born = facts["born"].isoformat() if "born" in facts else ""
    suspect = Suspect(given, family, born, str(facts.get("sex", "")))
    if len(crime.suspects) == MOST_SUSPECTS and suspect not in crime.suspects:
        crime.left.append((line, f"Suspect: {facts['person']}"))
    elif suspect not in crime.suspects:
        crime.suspects.append(suspect)
