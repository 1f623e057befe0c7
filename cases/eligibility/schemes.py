"""The scheme library: each scheme with its dated versions, as the TOML files of ``data/schemes`` hold them."""

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, StringConstraints, ValidationError, model_validator

from .base import Data, Span, check_codes, explain
from .codes import ADMISSIONS, DISPOSALS, Rank, Severity
from .criteria import Criterion, Slug, Source
from .kinds_coded import Admission
from .kinds_counted import History
from .kinds_dates import Age, EntryWindow

# A scheme counted in sessions runs two weeks for each: weekly, with room for missed ones.
DAYS_FOR_A_SESSION = 14
SCHEME_DATA = Path(__file__).parent / "data" / "schemes"

ConditionType = Literal[
    "no_reoffending", "apology", "compensation", "repair", "rj", "course", "treatment_appt", "unpaid_work", "exclusion",
    "curfew_youth", "financial_penalty", "attend_navigator", "gps_tag", "departure_uk", "other",
]  # fmt: skip
ConditionObject = Literal["rehabilitative", "reparative", "punitive", "foreign_national", "protective"]
Model = TypeVar("Model", bound=Data)
Test = TypeVar("Test", bound=Data)
Route = Annotated[str, StringConstraints(pattern=r"^[a-z_0-9]+$")]


class Provider(Data):
    """Who delivers the support. ``kind`` is the sort of organisation."""

    name: str
    kind: Literal["police_team", "voluntary_sector", "nhs", "council", "probation", "youth_justice_service"]


class Length(Data):
    """How long an agreement runs: days, weeks, calendar months, or a number of sessions."""

    amount: int = Field(gt=0)
    unit: Literal["days", "weeks", "months", "sessions"]

    def after(self, day: date) -> date:
        """The last day of an agreement that begins on ``day``; month ends are clamped."""
        if self.unit == "sessions":
            return day + timedelta(days=DAYS_FOR_A_SESSION * self.amount)
        return Span(amount=self.amount, unit=self.unit).after(day)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


class ConditionTemplate(Data):
    """A condition that an agreement of this scheme may carry. ``due`` counts from the day the agreement is signed.

    ``minimum_hours`` and ``maximum_hours`` bound the hours of work that are agreed; ``sessions`` is how many have to be
    attended before the agreement can be closed as kept.
    """

    slug: Slug
    type: ConditionType
    object: ConditionObject
    wording: str = Field(min_length=1, max_length=300)
    mandatory: bool = False
    due: Span | None = None
    minimum_hours: int | None = Field(default=None, gt=0)
    maximum_hours: int | None = Field(default=None, gt=0)
    sessions: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _hours_fit(self) -> Self:
        asks_hours = self.minimum_hours is not None or self.maximum_hours is not None
        if asks_hours and self.type != "unpaid_work":
            raise ValueError("hours go with a condition of unpaid or voluntary work")
        if self.minimum_hours and self.maximum_hours and self.minimum_hours > self.maximum_hours:
            raise ValueError("the fewest hours are more than the most")
        return self


class RepeatPolicy(Data):
    """How often a person may come back: at most ``maximum`` earlier times in ``within_months`` (None: no limit).

    ``if_engaged``: only times in which the person did not take part count. ``override_by`` may let somebody in again.
    """

    maximum: int | None = None
    within_months: int | None = None
    if_engaged: bool = False
    override_by: Rank | None = None


class Effect(Data):
    """What success or failure does to the case. ``outcome`` is the Home Office outcome number where one follows.

    ``returns_to`` are the decisions that come back to the officer after a failure, beside the one the deferral holds.
    """

    text: str = ""
    outcome: int | None = Field(default=None, ge=1, le=23)
    returns_to: tuple[Literal["caution", "charge"], ...] = ()


class Ladder(Data):
    """What a scheme says of an agreement that is not being kept: nobody speaks of a breach before the last step.

    ``missed``: after how many missed steps without a good reason a worker may put it to police; each before that is a
    reminder or a warning. ``rank`` decides on it, and ``second_rank``, if any, signs a decision to prosecute as well.
    The numbers are our own proposal: no scheme publishes a whole ladder (domain notes 2.12).
    """

    missed: int = Field(default=3, ge=1, le=10)
    rank: Rank | None = None
    second_rank: Rank | None = None


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


class SchemeDocument(Data):
    """Everything that one version of a scheme says: who may enter, what is agreed, what is shared and what follows.

    What criteria say stands nowhere else: ages, admissions, the entry window and the limits on coming back are read
    from them. ``confidentiality`` is what police see of the support; ``must_refer``: an officer who settles the case of
    somebody eligible without this scheme has to say why. ``without_offence``: it also helps people of whom no offence
    is alleged, who ask for help and are nobody's case. ``variation_rank`` decides on changes to an agreement that are
    not the worker's own to make, and ``breach`` says how one that is not kept is decided. ``unsure`` lists what no
    source settles.
    """

    sources: tuple[Source, ...] = Field(min_length=1)
    note: str = ""
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    worker_title: str
    disposal_modes: tuple[Route, ...] = Field(min_length=1)
    enforceable: bool
    open_ended: bool = False
    duration: Length | None = None
    extension: Span | None = None
    min_conditions: int = Field(default=0, ge=0)
    max_conditions: int | None = Field(default=None, ge=0)
    conditions: tuple[ConditionTemplate, ...] = ()
    confidentiality: Literal["enforceable", "voluntary"]
    contact_every: Span | None = None
    contact_frequency: str = ""
    referral_route: str = ""
    must_refer: bool = False
    without_offence: bool = False
    variation_rank: Rank | None = None
    breach: Ladder = Ladder()
    on_success: Effect = Effect()
    on_failure: Effect = Effect()
    unsure: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _runs(self) -> Self:
        check_codes(set(self.disposal_modes) - {"none"}, DISPOSALS, "disposal")
        if self.open_ended == (self.duration is not None):
            raise ValueError("give a duration, or open_ended = true, and not both")
        if self.without_offence and self.confidentiality != "voluntary":
            raise ValueError("whoever helps people with no offence alleged tells police nothing: make it voluntary")
        if self.max_conditions is not None and len(self.mandatory_conditions) > self.max_conditions:
            raise ValueError("more mandatory conditions than max_conditions allows")
        check_unique_ids(self.criteria, "the scheme")
        return self

    @property
    def ladder(self) -> Ladder | None:
        """How an agreement that is not kept is decided; None where nothing of it can be enforced, so for LEAD."""
        return self.breach if self.enforceable and self.confidentiality == "enforceable" else None

    @property
    def mandatory_conditions(self) -> tuple[ConditionTemplate, ...]:
        return tuple(template for template in self.conditions if template.mandatory)

    @property
    def disposals(self) -> tuple[str, ...]:
        """The disposals that it goes with; empty for a scheme that is none."""
        return tuple(code for code in self.disposal_modes if code != "none")

    @property
    def minimum_age(self) -> int | None:
        """The lowest age that nothing turns away, in whole years on the day of the decision."""
        return max((test.minimum for test in self._tests(Age) if test.minimum is not None), default=None)

    @property
    def maximum_age(self) -> int | None:
        """The highest age that nothing turns away."""
        return min((test.maximum for test in self._tests(Age) if test.maximum is not None), default=None)

    @property
    def admissions(self) -> tuple[str, ...]:
        """What a person may say about the offence, in the order of the codes; all of it where nothing asks."""
        wanted = [set(test.any_of) for test in self._tests(Admission)]
        return tuple(code for code in ADMISSIONS if all(code in allowed for allowed in wanted))

    @property
    def entry_window(self) -> Span | None:
        """How old an offence may be; None where its age does not matter."""
        return next((test.window for test in self._tests(EntryWindow)), None)

    def repeat(self, slug: str) -> RepeatPolicy:
        """How often somebody may come back to this scheme, known as ``slug``, by its criteria."""
        for criterion in self.criteria:
            test = criterion.test
            if isinstance(test, History) and test.scheme == slug:
                override = criterion.override_by or criterion.rank
                return RepeatPolicy(
                    maximum=test.maximum,
                    within_months=test.within_months,
                    if_engaged=test.unengaged,
                    override_by=override,
                )
        return RepeatPolicy()

    def _tests(self, kind: type[Test]) -> list[Test]:
        """The tests of a kind that turn somebody away: what only warns or asks for a rank, or is part of another, does
        not."""
        deciding = (criterion for criterion in self.criteria if criterion.severity is Severity.BLOCKS)
        return [criterion.test for criterion in deciding if isinstance(criterion.test, kind)]


class SchemeVersion(SchemeRules, SchemeDocument):
    """A dated version of a scheme of the library."""

    @property
    def document(self) -> SchemeDocument:
        """What it says, without its name and dates."""
        return SchemeDocument.model_validate({name: getattr(self, name) for name in SchemeDocument.model_fields})


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
