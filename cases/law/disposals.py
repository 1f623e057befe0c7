"""The catalogue of disposals as dated data (disposals.toml): what each is, whom it suits, what it needs.

Who may authorise is in `authority`; whether a proposed disposal stands is in `checks`.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal

from pydantic import model_validator

from cases.law.codes import Admission, Circumstance, ConditionObject, DisposalCode, Mode, Rank
from cases.law.data import Dated, NotInForce, Record, load_table, refuse_overlaps, version_on
from cases.law.settings import DEFAULTS, LawSettings


class RankException(Record, frozen=True, extra="forbid"):
    """What lifts the deciding rank: when, to whom, why, and whether a prosecutor's consent is needed as well."""

    when: Circumstance
    rank: Rank
    reason: str
    source: str
    prosecutor_consent: bool = False
    exceptional: bool = False
    police_rank: bool = False
    unsure: bool = False


class PenaltyBand(Record, frozen=True, extra="forbid"):
    """The most a financial penalty condition may ask, in pence, by mode of trial, for ages at disposal (inclusive)."""

    age_min: int
    age_max: int | None = None
    summary_pence: int
    either_way_pence: int
    indictable_pence: int

    def covers(self, age: int) -> bool:
        """Whether the band is for a person of this age."""
        return self.age_min <= age and (self.age_max is None or age <= self.age_max)

    def maximum(self, mode: str) -> int:
        """The most in pence for a mode of trial."""
        by_mode = {
            Mode.SUMMARY: self.summary_pence,
            Mode.EITHER_WAY: self.either_way_pence,
            Mode.INDICTABLE: self.indictable_pence,
        }
        return by_mode[Mode.parse(mode)]


class Disposal(Dated, frozen=True, extra="forbid"):
    """One dated version of a disposal. `age_min`/`age_max` are ages at disposal, inclusive.

    `evidence` is the test to meet: `charge` (enough to charge), `offence` (an offence occurred) or `reason_to_believe`.
    `self_issue`: an officer of the lowest rank may issue it with no second person. `fallback` is what comes back if a
    deferral fails. `success_outcomes` are the Home Office outcomes a kept deferral may close with.
    """

    code: DisposalCode
    label: str
    meaning: str
    source: str
    active: bool = True
    age_min: int
    age_max: int | None = None
    admission: tuple[Admission, ...]
    evidence: Literal["charge", "offence", "reason_to_believe"]
    authority: Rank
    authority_source: str
    authority_unsure: bool = False
    exception: tuple[RankException, ...] = ()
    self_issue: bool = False
    dpp_authorised_ok: bool = False
    consent: bool = False
    appropriate_adult: bool = False
    youth_justice: bool = False
    enforceable: bool = False
    conditions: Literal["required", "allowed", "none"]
    objects: tuple[ConditionObject, ...] = ()
    unpaid_work_hours_max: int | None = None
    hours_source: str = ""
    penalty: tuple[PenaltyBand, ...] = ()
    penalty_source: str = ""
    outcome_on_issue: int | None = None
    outcome_on_completion: int | None = None
    success_outcomes: tuple[int, ...] = ()
    success_unsure: bool = False
    activity_required: bool = False
    fallback: Literal["caution", "charge", "summons"] | None = None
    spent_key: str
    record: str
    alternatives: tuple[DisposalCode, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> "Disposal":
        if self.active and self.outcome_on_issue is None and self.outcome_on_completion is None:
            raise ValueError("outcome_on_issue or outcome_on_completion is needed for an active disposal")
        if self.fallback and not self.success_outcomes:
            raise ValueError("success_outcomes is needed where there is a fallback")
        if self.conditions == "none" and (self.unpaid_work_hours_max or self.penalty):
            raise ValueError("conditions is none, so unpaid_work_hours_max and penalty must be left out")
        return self

    @property
    def is_deferral(self) -> bool:
        """Whether a decision is held, to come back if the agreement fails."""
        return self.fallback is not None

    @property
    def needs_admission(self) -> bool:
        """Whether nobody may have it who has not admitted the offence: nothing less will do."""
        return self.admission == (Admission.ADMITTED,)

    def suits_age(self, age: int) -> bool:
        """Whether a person of this age at disposal may have it."""
        return self.age_min <= age and (self.age_max is None or age <= self.age_max)

    def accepts(self, admission: str) -> bool:
        """Whether what the person has said satisfies it."""
        return Admission.parse(admission) in self.admission


@lru_cache(maxsize=1)
def catalogue() -> dict[DisposalCode, tuple[Disposal, ...]]:
    """Every version of every disposal, by code, in file order."""
    return build_catalogue(load_table("disposals.toml", "disposal", Disposal))


def build_catalogue(
    records: Iterable[Disposal], filename: str = "disposals.toml"
) -> dict[DisposalCode, tuple[Disposal, ...]]:
    """Versions by code; LawDataError where two versions of a code overlap."""
    versions: dict[DisposalCode, tuple[Disposal, ...]] = {}
    for record in records:
        versions[record.code] = (*versions.get(record.code, ()), record)
    refuse_overlaps(filename, [(record.code, record) for group in versions.values() for record in group])
    return versions


def get(code: str, at: date) -> Disposal:
    """The rules of one disposal on a day, in force or not (see `in_force`).

    UnknownCode for a code nobody knows; NotInForce for a day before its first version or after its last.
    """
    disposal = DisposalCode.parse(code)
    return version_on(catalogue()[disposal], at, what=f"“{disposal}”")


def in_force(disposal: Disposal, at: date, settings: LawSettings = DEFAULTS) -> bool:
    """Whether it may be issued on a day: an inactive one only from the commencement date the force has entered."""
    if disposal.active:
        return disposal.valid_on(at)
    begins = settings.in_force_from.get(disposal.code)
    return begins is not None and at >= begins


def disposals_at(at: date, *, include_inactive: bool = False, settings: LawSettings = DEFAULTS) -> tuple[Disposal, ...]:
    """Every disposal that may be issued on a day, in catalogue order; `include_inactive` adds those waiting."""
    found = []
    for code in DisposalCode:
        try:
            disposal = get(code, at)
        except NotInForce:
            continue
        if include_inactive or in_force(disposal, at, settings):
            found.append(disposal)
    return tuple(found)
