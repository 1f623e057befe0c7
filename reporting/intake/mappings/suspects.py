"""How the columns and words of a force's outcome extract become suspects: mappings/suspects/*.toml."""

from typing import Self

from pydantic import Field, model_validator

from reporting.intake import forms
from reporting.intake.mappings.extracts import ExtractMapping, Shelf
from reporting.intake.mappings.parts import FOLDER, Codes, Day, Genders, Identity, OfficerDefined, Part, SelfDefined

DEFAULT = "force-outcomes"


class Columns(Part):
    """Columns taken as they stand. ``force`` may be left out; of ``age`` and ``date_of_birth`` one or both."""

    crime_number: str
    suspect: str
    force: str = ""
    age: str = ""
    date_of_birth: str = ""
    offence: str = ""


class SuspectMapping(ExtractMapping):
    """One form of outcome extract."""

    identity: Identity = Identity()
    date: Day = Field(description="the day of the outcome")
    columns: Columns
    outcome: Codes
    gender: Genders
    ethnicity_self_defined: SelfDefined | None = None
    ethnicity_officer_defined: OfficerDefined | None = None

    @property
    def columns_used(self) -> set[str]:
        parts = (self.outcome, self.gender, self.ethnicity_self_defined, self.ethnicity_officer_defined)
        taken = set(self.columns.model_dump().values()) - {""}
        return {self.date.column} | {part.column for part in parts if part} | taken | self.identity.columns_used

    @property
    def date_formats(self) -> dict[str, str]:
        return {self.date.column: self.date.format}

    @model_validator(mode="after")
    def days_are_days(self) -> Self:
        if self.date.is_without_a_day:
            raise ValueError(f"date.format: '{self.date.format}' gives no day; {forms.WITHOUT_A_DAY}")
        return self


SHELF = Shelf(FOLDER / "suspects", SuspectMapping, "suspects")
