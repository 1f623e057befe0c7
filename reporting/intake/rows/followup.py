"""From a row of the follow-up extract to what it says. The force's key of the person is digested here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from reporting.intake.dates import DayReader
from reporting.intake.mappings.followup import FollowUpMapping
from reporting.intake.rows.extracts import Columns, Digests, WordBook, check_fields, plain_number

MOST_REOFFENCES = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says: how it names the decision, and what came after it. Empty or None is what it does not say."""

    case_reference: str
    crime_number: str
    born: date | None
    person: UUID | None
    followed_from: date
    followed_to: date
    reoffence_on: date | None
    proven_on: date | None
    reoffences: int | None
    scope: str

    def __post_init__(self) -> None:
        """ValueError, saying why, where the days and numbers contradict each other."""
        if self.followed_to < self.followed_from:
            raise ValueError("it is followed to a day before it is followed from")
        if (self.reoffence_on is None) != (self.proven_on is None):
            raise ValueError("of the reoffence and the day on which it was proven one is missing")
        if self.reoffence_on and self.proven_on:
            if self.proven_on < self.reoffence_on:
                raise ValueError("the reoffence was proven before it happened")
            if self.proven_on > self.followed_to:
                raise ValueError("the reoffence was proven after the day to which it is followed")
        if self.reoffences is not None and bool(self.reoffences) != bool(self.reoffence_on):
            raise ValueError("the number of reoffences does not agree with the first of them")


class FollowUpReader:
    """Reads the rows of one file for one force; ``digests`` are that force's."""

    def __init__(
        self,
        mapping: FollowUpMapping,
        places: Sequence[int],
        width: int,
        *,
        force: str,
        digests: Digests,
        today: date,
        least: int | None = None,
    ) -> None:
        self.mapping, self.width, self.force, self.today, self.digests = mapping, width, force, today, digests
        self.least = least or width
        self._columns = Columns(mapping, places)
        self._days = DayReader(mapping.days.format)
        self.words = WordBook()

    def read(self, fields: list[str]) -> Said:
        """ValueError, saying why, for a row that cannot be."""
        fields = check_fields(fields, self.width, self.least)
        row = {"": ""} | self._columns.row(fields)
        "".join(row.values()).encode()  # bytes that are not UTF-8 reject the row, in whichever column they stand
        columns, decision = self.mapping.columns, self.mapping.decision
        if row[columns.force] not in ("", self.force):
            raise ValueError("it is of another force")
        person = row[decision.person]
        return Said(
            case_reference=row[decision.case_reference].upper(),
            crime_number=plain_number(row[decision.crime_number]),
            born=self._day(row[decision.date_of_birth], "the date of birth", earliest=None),
            person=self.digests.person(person) if person else None,
            followed_from=self._needed(row[columns.followed_from], "the day from which it is followed"),
            followed_to=self._needed(row[columns.followed_to], "the day to which it is followed"),
            reoffence_on=self._day(row[columns.reoffence_on], "the day of the reoffence", self.mapping.days.earliest),
            proven_on=self._day(row[columns.proven_on], "the day on which it was proven", self.mapping.days.earliest),
            reoffences=_number(row[columns.reoffences]),
            scope=self.words.word(self.mapping.scope, row, "unknown", "unknown"),
        )

    def _needed(self, text: str, what: str) -> date:
        day = self._day(text, what, self.mapping.days.earliest)
        if day is None:
            raise ValueError(f"{what} is missing")
        return day

    def _day(self, text: str, what: str, earliest: date | None) -> date | None:
        if not text:
            return None
        try:
            day = self._days.read(text)
        except ValueError:
            raise ValueError(f"{what} cannot be read") from None
        if day > self.today:
            raise ValueError(f"{what} has not come yet")
        if earliest and day < earliest:
            raise ValueError(f"{what} is before {earliest}")
        return day


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or int(text) > MOST_REOFFENCES:
        raise ValueError(f"the number of reoffences is not a whole number up to {MOST_REOFFENCES}")
    return int(text)
