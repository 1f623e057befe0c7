"""From a row of the extract to a suspect. The force's key of the person is digested here and goes no further."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cases.law.dates import age_on
from reporting import codes
from reporting.intake import dates
from reporting.intake.mappings.suspects import SuspectMapping
from reporting.intake.rows.extracts import Columns, Digests, WordBook, check_fields, plain_number
from reporting.intake.values import ByValue, Numbers, YesNo

OLDEST = 130


class SuspectReader:
    """Reads the rows of one file for one force. ``secret`` keys every digest, so that nobody can try keys out."""

    def __init__(
        self,
        mapping: SuspectMapping,
        places: Sequence[int],
        width: int,
        *,
        force: str,
        secret: str,
        today: date,
        least: int | None = None,
    ) -> None:
        self.mapping, self.width, self.force, self.today = mapping, width, force, today
        self.least = least or width
        self._columns = Columns(mapping, places)
        identity = mapping.identity
        self._identity = [
            column for column in mapping.file.columns if column in (identity.columns or mapping.file.columns)
        ]
        self._by_value: dict[str, ByValue] = {column: Numbers() for column in identity.numbers}
        self._by_value |= {column: YesNo() for column in identity.yes_no}
        self._digests = Digests(secret, force)
        self._day = dates.reader(mapping.date).read
        self.words = WordBook()

    def read(self, fields: list[str]) -> dict[str, Any]:
        """The columns of a Suspect, ``digest`` as bytes. ValueError, saying why, for a row that cannot be one."""
        fields = check_fields(fields, self.width, self.least)
        row = self._columns.row(fields)
        columns = self.mapping.columns
        number, suspect = plain_number(row[columns.crime_number]), row[columns.suspect]
        self._check(row, number, suspect)
        day = self._day(row[self.mapping.date.column])
        if fault := dates.outside(day, self.mapping.date, self.today):
            raise ValueError(fault)
        age = self._age(row, day)
        self_code = self.words.word(self.mapping.ethnicity_self_defined, row, "", "")
        return {
            "crime_number": number,
            "suspect_key": self._digests.person(suspect),
            "outcome": self.words.word(self.mapping.outcome, row, codes.NOT_RECORDED, codes.UNRECOGNISED),
            "outcome_on": day,
            "age": age,
            "age_band": codes.age_band(age),
            "gender": self.words.word(self.mapping.gender, row, codes.UNKNOWN, codes.UNKNOWN),
            "ethnicity_self_code": self_code,
            "ethnicity_self_group": codes.self_group(self_code),
            "ethnicity_officer_group": self.words.word(
                self.mapping.ethnicity_officer_defined, row, codes.UNKNOWN, codes.UNKNOWN
            ),
            "offence": row[columns.offence][:150] if columns.offence else "",
            "digest": self._digests.of(*map(self._as_compared, self._identity, map(row.__getitem__, self._identity))),
        }

    def _as_compared(self, column: str, word: str) -> str:
        """What makes two rows the same: the value of a declared number or yes/no, else the word as written."""
        return self._by_value[column][word] if column in self._by_value else word

    def _check(self, row: dict[str, str], number: str, suspect: str) -> None:
        columns = self.mapping.columns
        if not number or len(number) > 40:
            raise ValueError("the crime number is missing" if not number else "the crime number is too long")
        if not suspect:
            raise ValueError("the suspect's key is missing")
        if columns.force and row[columns.force] not in ("", self.force):
            raise ValueError("it is of another force")

    def _age(self, row: dict[str, str], day: date) -> int | None:
        """From the date of birth where there is one, else as given, else unknown."""
        columns = self.mapping.columns
        if columns.date_of_birth and (text := row[columns.date_of_birth]):
            try:
                age = age_on(date.fromisoformat(text), day)
            except ValueError:
                raise ValueError("the date of birth cannot be read") from None
        elif columns.age and (text := row[columns.age]):
            if not (text.isascii() and text.isdecimal()):
                raise ValueError("the age is not a whole number")
            age = int(text)
        else:
            return None
        if not 0 <= age <= OLDEST:
            raise ValueError("nobody has that age")
        return age
