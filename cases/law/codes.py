"""The words the law uses, as fixed codes. Every other module of `cases.law` speaks in these."""

from enum import StrEnum
from typing import Self


class UnknownCode(ValueError):
    """A code nobody knows. The message lists the codes that would be right."""


class Code(StrEnum):
    """A string with a closed list of values; compares equal to the plain string kept in a database."""

    @classmethod
    def parse(cls, value: str) -> Self:
        """The member for `value`; UnknownCode names the permitted values."""
        try:
            return cls(value)
        except ValueError:
            words = ", ".join(member.value for member in cls)
            raise UnknownCode(f"“{value}” is not a known {cls.__name__}. Use one of: {words}.") from None


class Admission(Code):
    """What the person has said about the offence (the first two are the only forms of acceptance)."""

    ADMITTED = "admitted"
    ACCEPTS_RESPONSIBILITY = "accepts_responsibility"
    NO_COMMENT = "no_comment"
    DENIED = "denied"
    NOT_ASKED = "not_asked"


class Rank(Code):
    """Who may authorise, lowest first. `prosecutor` is the Crown Prosecution Service, above every police rank."""

    CONSTABLE = "constable"
    SERGEANT = "sergeant"
    INSPECTOR = "inspector"
    SUPERINTENDENT = "superintendent"
    PROSECUTOR = "prosecutor"

    def reaches(self, other: "Rank") -> bool:
        """Whether this rank is `other` or above it."""
        order = list(Rank)
        return order.index(self) >= order.index(other)


class DisposalCode(Code):
    """Every way a case can be resolved out of court, in force or waiting."""

    COMMUNITY_RESOLUTION = "community_resolution"
    SIMPLE_CAUTION = "simple_caution"
    CONDITIONAL_CAUTION = "conditional_caution"
    YOUTH_CAUTION = "youth_caution"
    YOUTH_CONDITIONAL_CAUTION = "youth_conditional_caution"
    PENALTY_NOTICE = "penalty_notice"
    CANNABIS_WARNING = "cannabis_warning"
    KHAT_WARNING = "khat_warning"
    OUTCOME_22 = "outcome_22"
    DEFERRED_CAUTION = "deferred_caution"
    DEFERRED_CHARGE = "deferred_charge"
    DEFERRED_SUMMONS = "deferred_summons"
    DEFERRED_PROSECUTION_CHILD = "deferred_prosecution_child"
    DIVERSIONARY_CAUTION = "diversionary_caution"
    COMMUNITY_CAUTION = "community_caution"

    @property
    def is_caution(self) -> bool:
        """Whether it is a caution of any kind. A deferral is none until it fails, nor is a resolution or a warning."""
        return self.endswith("_caution") and self is not DisposalCode.DEFERRED_CAUTION


class Mode(Code):
    """Mode of trial by statute. An either-way offence stays either-way when its value sends it to magistrates."""

    SUMMARY = "summary"
    EITHER_WAY = "either_way"
    INDICTABLE = "indictable"


class Settler(Code):
    """Whose it is to say what came of a condition."""

    PARTNER = "partner"
    FORCE = "force"
    FACILITATOR = "facilitator"


class ConditionType(Code):
    """What a condition asks the person to do or not do."""

    NO_REOFFENDING = "no_reoffending"
    APOLOGY = "apology"
    COMPENSATION = "compensation"
    REPAIR = "repair"
    RJ = "rj"
    COURSE = "course"
    TREATMENT_APPT = "treatment_appt"
    UNPAID_WORK = "unpaid_work"
    EXCLUSION = "exclusion"
    CURFEW_YOUTH = "curfew_youth"
    FINANCIAL_PENALTY = "financial_penalty"
    ATTEND_NAVIGATOR = "attend_navigator"
    GPS_TAG = "gps_tag"
    DEPARTURE_UK = "departure_uk"
    OTHER = "other"

    @property
    def lasts(self) -> bool:
        """Whether it is kept day by day until its last day, and not done at some moment before."""
        return self in _LASTING

    @property
    def settler(self) -> Settler:
        """Who says what came of it while a partner helps; without one, police do. A facilitator, once one is named."""
        return _SETTLERS.get(self, Settler.PARTNER)


# Leaving the United Kingdom is done when the person has left; whether they come back is nobody's here to watch.
_LASTING = frozenset(
    {ConditionType.NO_REOFFENDING, ConditionType.EXCLUSION, ConditionType.CURFEW_YOUTH, ConditionType.GPS_TAG}
)

# Our own rule; no source fixes it. A partner vouches only for what it sees: crimes alleged, police watches, departures
# and receipts are not shared with it. Where something was not paid, police ask the worker why before anything else.
_SETTLERS = {
    ConditionType.NO_REOFFENDING: Settler.FORCE,
    ConditionType.EXCLUSION: Settler.FORCE,
    ConditionType.CURFEW_YOUTH: Settler.FORCE,
    ConditionType.GPS_TAG: Settler.FORCE,
    ConditionType.COMPENSATION: Settler.FORCE,
    ConditionType.FINANCIAL_PENALTY: Settler.FORCE,
    ConditionType.DEPARTURE_UK: Settler.FORCE,
    ConditionType.APOLOGY: Settler.FACILITATOR,
    ConditionType.RJ: Settler.FACILITATOR,
}


class ConditionObject(Code):
    """What a condition is for."""

    REHABILITATIVE = "rehabilitative"
    REPARATIVE = "reparative"
    PUNITIVE = "punitive"
    FOREIGN_NATIONAL = "foreign_national"
    PROTECTIVE = "protective"


class Circumstance(Code):
    """What about a case can lift the rank that has to decide it."""

    INDICTABLE_ONLY = "indictable_only"
    SPECIFIED_EITHER_WAY = "specified_either_way"
    SIMILAR_IN_TWO_YEARS = "similar_in_two_years"
    HATE_CRIME = "hate_crime"
    DOMESTIC_ABUSE = "domestic_abuse"
    HISTORY = "history"
    VICTIM_DISAGREES = "victim_disagrees"


class Severity(Code):
    """How much a finding matters: it stops the decision, lifts the rank needed, or is only said."""

    BLOCK = "block"
    NEEDS_AUTHORITY = "needs_authority"
    WARN = "warn"
