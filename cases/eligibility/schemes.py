"""The scheme library: each scheme with its dated versions, as the TOML files of ``data/schemes`` hold them."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, ValidationError, model_validator

from .base import Data, Span, check_codes, explain
from .codes import DISPOSALS, Rank
from .criteria import Criterion, Slug, Source
from .kinds_coded import AdmissionCode

SCHEME_DATA = Path(__file__).parent / "data" / "schemes"

ConditionType = Literal[
    "no_reoffending", "apology", "compensation", "repair", "rj", "course", "treatment_appt", "unpaid_work", "exclusion",
    "curfew_youth", "financial_penalty", "attend_navigator", "gps_tag", "departure_uk", "other",
]  # fmt: skip
ConditionObject = Literal["rehabilitative", "reparative", "punitive", "foreign_national", "protective"]
Model = TypeVar("Model", bound=Data)
Route = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+$")]


class Provider(Data):
    """Who delivers the support. ``kind`` is the sort of organisation."""

    name: str
    kind: Literal["police_team", "voluntary_sector", "nhs", "council", "probation", "youth_justice_service"]


class ConditionTemplate(Data):
    """A condition that an agreement of this scheme may carry. ``due`` counts from the day the agreement is signed."""

    slug: Slug
    type: ConditionType
    object: ConditionObject
    wording: str = Field(min_length=10)
    mandatory: bool = False
    due: Span | None = None
    minimum_hours: int | None = None
    maximum_hours: int | None = None
    sessions: int | None = None


class RepeatPolicy(Data):
    """How often a person may come back: at most ``maximum`` earlier times in ``within_months`` (None: no limit)."""

    maximum: int | None = None
    within_months: int | None = None
    override_by: Rank | None = None


class Effect(Data):
    """What success and failure do to the case. ``outcome`` is the Home Office outcome number where one follows."""

    text: str = Field(min_length=5)
    outcome: int | None = Field(default=None, ge=1, le=23)


class SchemeRules(Data):
    """One dated version of who may enter a scheme. ``dates_unsure`` when the source gives no date of its own."""

    version: str = Field(min_length=1, max_length=20)
    valid_from: date
    valid_to: date | None = None
    dates_unsure: bool = False
    sources: tuple[Source, ...] = Field(min_length=1)
    note: str = ""
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _dates_in_order_and_ids_once(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"version {self.version} ends before it starts")
        check_unique_ids(self.criteria, f"version {self.version}")
        return self

    def covers(self, day: date) -> bool:
        """Whether this version is the rule on ``day``; both ends count."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class SchemeVersion(SchemeRules):
    """The rules of entry and what the service needs to run the scheme."""

    worker_title: str
    admissions: tuple[AdmissionCode, ...]
    disposal_modes: tuple[Route, ...] = Field(min_length=1)
    enforceable: bool
    open_ended: bool = False
    duration: Span | None = None
    extension: Span | None = None
    entry_window: Span | None = None
    min_conditions: int = Field(default=0, ge=0)
    max_conditions: int | None = Field(default=None, ge=0)
    conditions: tuple[ConditionTemplate, ...] = ()
    repeat: RepeatPolicy = RepeatPolicy()
    confidentiality: Literal["enforceable", "voluntary"]
    contact_every: Span | None = None
    contact_frequency: str
    referral_route: str
    on_success: Effect
    on_failure: Effect
    unsure: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _runs(self) -> Self:
        check_codes(set(self.disposal_modes) - {"none"}, DISPOSALS, "disposal")
        if self.open_ended == (self.duration is not None):
            raise ValueError("give a duration, or open_ended = true, and not both")
        if self.max_conditions is not None and len(self.mandatory_conditions) > self.max_conditions:
            raise ValueError("more mandatory conditions than max_conditions allows")
        return self

    @property
    def mandatory_conditions(self) -> tuple[ConditionTemplate, ...]:
        return tuple(template for template in self.conditions if template.mandatory)


class SchemeDefinition(Data):
    """A scheme: what does not change with its versions, and the versions, oldest first and never two on one day."""

    slug: Slug
    name: str
    force: str
    areas: tuple[str, ...]
    summary: str
    provider: Provider
    versions: tuple[SchemeVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_version_a_day(self) -> Self:
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                raise ValueError(f"versions {earlier.version} and {later.version} of {self.slug} overlap")
        return self

    def on(self, day: date) -> SchemeVersion | None:
        """The version in force on ``day``, or None outside all of them."""
        return next((version for version in self.versions if version.covers(day)), None)


def check_unique_ids(criteria: Sequence[Criterion], where: str) -> None:
    """Raise ValueError when two criteria share an id: a reason must name exactly one criterion."""
    seen: set[str] = set()
    for criterion in criteria:
        if criterion.id in seen:
            raise ValueError(f"{where} has two criteria called {criterion.id!r}: give each its own id")
        seen.add(criterion.id)


def read_toml(path: Path, model: type[Model]) -> Model:
    """One TOML file as a model. Raises ValueError naming the file and the field at fault."""
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise ValueError(f"{path.name}: {explain(error)}") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from error


@cache
def load_scheme_library() -> tuple[SchemeDefinition, ...]:
    """Every scheme of ``data/schemes``, by slug."""
    schemes = [read_toml(path, SchemeDefinition) for path in sorted(SCHEME_DATA.glob("*.toml"))]
    return tuple(sorted(schemes, key=lambda scheme: scheme.slug))
