"""What police owe a youth justice service about a child (youth.toml): who has to be told, and by when.

The duty follows from the child's age and the offence alone. What was decided makes no difference: a child who was
charged, offered nothing, or declined, is referred like one who was diverted.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import Field

from cases.law.data import Dated, load_table, refuse_overlaps, version_on
from cases.law.dates import age_on, long_date
from cases.law.workdays import NONE, BankHolidaysUnknown, add_working_days, weekday_after

FILE = "youth.toml"


class ForChildren(Dated, frozen=True, extra="forbid"):
    """What is asked for people of certain ages; both ends count. `unsure` names what the sources leave open."""

    code: str
    label: str
    meaning: str
    age_min: int = Field(ge=0)
    age_max: int = Field(le=17)
    source: str
    unsure: tuple[str, ...] = ()

    def suits(self, age: int) -> bool:
        """Whether somebody of this age is meant."""
        return self.age_min <= age <= self.age_max


class Duty(ForChildren, frozen=True, extra="forbid"):
    """To refer a child to the youth justice service.

    It follows from an offence of one of `offence_groups` (cases.eligibility.codes), and with `knives` from any other
    that the catalogue calls one about a knife. `plan` is the scheme of the library that the guidance asks for.
    """

    offence_groups: tuple[str, ...] = Field(min_length=1)
    knives: bool = False
    working_days: int = Field(ge=1)
    plan: str = ""

    def follows_from(self, groups: Set[str], with_knife: bool) -> bool:
        """Whether offences of these groups make the duty."""
        return not groups.isdisjoint(self.offence_groups) or (self.knives and with_knife)


class Assessment(ForChildren, frozen=True, extra="forbid"):
    """An assessment that the youth justice service makes, kept here by reference only."""


@dataclass(frozen=True, slots=True)
class Due:
    """By which day a duty is to be done. `explanation` is a sentence for the page."""

    on: date
    working_days: int
    explanation: str
    source: str


@lru_cache(maxsize=1)
def duties() -> tuple[Duty, ...]:
    """Every version of every duty; LawDataError when two of one code are in force on a day."""
    records = load_table(FILE, "duty", Duty)
    refuse_overlaps(FILE, ((record.code, record) for record in records))
    return records


@lru_cache(maxsize=1)
def assessments() -> tuple[Assessment, ...]:
    """Every version of every assessment."""
    records = load_table(FILE, "assessment", Assessment)
    refuse_overlaps(FILE, ((record.code, record) for record in records))
    return records


def duty_on(code: str, on: date) -> Duty:
    """The version of a duty in force that day; NotInForce says when it begins."""
    return version_on([duty for duty in duties() if duty.code == code], on, what=f"The duty {code}")


def assessment_for(*, age: int, on: date) -> Assessment | None:
    """The assessment that youth justice makes of somebody of this age; None for an adult."""
    return next((one for one in assessments() if one.valid_on(on) and one.suits(age)), None)


def may_be_owed(*, date_of_birth: date, on: date) -> bool:
    """Whether any duty is about somebody of this age on the day, whatever the offences are."""
    age = age_on(date_of_birth, on)
    return any(duty.valid_on(on) and duty.suits(age) for duty in duties())


def duties_owed(
    *, date_of_birth: date, offence_groups: Iterable[str], on: date, with_knife: bool = False
) -> tuple[Duty, ...]:
    """The duties about a child, decided on the day `on`, over offences of these groups.

    `with_knife`: whether the catalogue calls one of them an offence about a knife.
    """
    alleged, age = set(offence_groups), age_on(date_of_birth, on)
    return tuple(
        duty for duty in duties() if duty.valid_on(on) and duty.suits(age) and duty.follows_from(alleged, with_knife)
    )


def due(duty: Duty, known_on: date, *, extra_holidays: Set[date] = NONE) -> Due:
    """By when the duty is to be done; the day after `known_on` is the first that counts.

    Where the installed list of bank holidays does not reach, only weekends are left out: the day is then never too
    late, and the sentence says so. A decision about a child must be recorded whatever the list knows.
    """
    days = duty.working_days
    noun = "working day" if days == 1 else "working days"
    try:
        on, doubt = add_working_days(known_on, days, extra_holidays=extra_holidays), ""
    except BankHolidaysUnknown:
        on, doubt = weekday_after(known_on, days), " The bank holidays of that year are not known here."
    words = f"{duty.label} by {long_date(on)}: {days} {noun} after {long_date(known_on)}.{doubt}"
    return Due(on, days, words, duty.source)
