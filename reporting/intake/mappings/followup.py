"""How the columns and words of a follow-up extract are read: mappings/followup/*.toml."""

from datetime import date
from typing import Annotated, Self

from pydantic import field_validator, model_validator

from reporting.intake import forms
from reporting.intake.mappings.extracts import ExtractMapping, Shelf
from reporting.intake.mappings.parts import FOLDER, Codes, Part, one_of

DEFAULT = "proven-reoffending"
Scope = Annotated[str, one_of("national", "force", "unknown")]


class Decision(Part):
    """How a row names the decision: by our case reference, or by the crime and who it is about."""

    case_reference: str = ""
    crime_number: str = ""
    date_of_birth: str = ""
    person: str = ""

    @model_validator(mode="after")
    def names_a_decision(self) -> Self:
        if not self.case_reference and not (self.crime_number and (self.date_of_birth or self.person)):
            raise ValueError("give 'case_reference', or 'crime_number' with 'date_of_birth' or 'person'")
        return self


class Columns(Part):
    """Columns of days and numbers; ``force`` and ``reoffences`` may be left out."""

    followed_from: str
    followed_to: str
    reoffence_on: str
    proven_on: str
    reoffences: str = ""
    force: str = ""


class Days(Part):
    """How the days are written, and the earliest that can be right."""

    format: str = forms.ISO
    earliest: date

    @field_validator("format")
    @classmethod
    def is_a_pattern_of_days(cls, form: str) -> str:
        if fault := forms.fault_of(form):
            raise ValueError(fault)
        if form in forms.PERIODS or forms.lacks_a_day(form):
            raise ValueError(f"'{form}' gives no day: follow-up is counted in days")
        return form


class Scopes(Codes):
    values: dict[str, Scope]


class FollowUpMapping(ExtractMapping):
    """One form of follow-up extract."""

    decision: Decision
    columns: Columns
    days: Days
    scope: Scopes | None = None

    @property
    def columns_used(self) -> set[str]:
        named = {*self.decision.model_dump().values(), *self.columns.model_dump().values()} - {""}
        return named | ({self.scope.column} if self.scope else set())

    @property
    def date_formats(self) -> dict[str, str]:
        c = self.columns
        days = (c.followed_from, c.followed_to, c.reoffence_on, c.proven_on, self.decision.date_of_birth)
        return dict.fromkeys(days, self.days.format)


SHELF = Shelf(FOLDER / "followup", FollowUpMapping, "follow-up extracts")
