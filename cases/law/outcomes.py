"""Home Office crime outcomes 1 to 23 (outcomes.toml), and which one a case closes with.

The outcome belongs to the crime, so a case with six crimes has six. It is derived when the case closes, from what was
done, and never chosen from a list; where the law leaves a choice, the answer names the candidates and stays open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, TypedDict, Unpack

from pydantic import Field

from cases.law.codes import Admission, Code, DisposalCode
from cases.law.data import Dated, LawDataError, NotInForce, load_table
from cases.law.disposals import Disposal, get
from cases.law.findings import Finding, block, is_refused, warn
from cases.law.settings import DEFAULTS, LawSettings

Group = Literal[
    "charge",
    "formal",
    "informal",
    "diversion",
    "taken_into_consideration",
    "not_in_public_interest",
    "prevented",
    "evidential",
    "other_agency",
    "other",
    "none",
]
RULES = "Home Office counting rules, section H"


class Outcome(Dated, frozen=True, extra="forbid"):
    """One Home Office outcome. `variant`: an A form exists for an alternate offence (1A, 2A, 3A)."""

    number: int = Field(ge=1, le=23)
    name: str
    group: Group
    variant: bool = False
    made_by: tuple[DisposalCode, ...] = ()
    source: str


class Result(Code):
    """How a case ended, said by a person with evidence; the outcome follows from it."""

    COMPLETED = "completed"
    FAILED_PROSECUTED = "failed_prosecuted"
    FAILED_CAUTIONED = "failed_cautioned"
    FAILED_NO_ACTION = "failed_no_action"


@dataclass(frozen=True, slots=True)
class OutcomeDerived:
    """The outcome of one crime. `outcome` is none when refused, or when the law leaves a person to choose among
    `candidates`; `label` is the number with its letter (“3A”)."""

    outcome: Outcome | None
    alternate_offence: bool
    candidates: tuple[int, ...]
    findings: tuple[Finding, ...]
    explanation: str
    source: str = RULES

    @property
    def refused(self) -> bool:
        """Whether the closure cannot stand as it is."""
        return is_refused(self.findings)

    @property
    def label(self) -> str:
        """“3”, or “3A” for an alternate offence; empty when there is none."""
        if self.outcome is None:
            return ""
        return f"{self.outcome.number}{'A' if self.alternate_offence and self.outcome.variant else ''}"


@dataclass(frozen=True, slots=True)
class SchemeTerms:
    """What a scheme says of the case after success and failure, as far as the law on its disposals leaves it open.

    ``success_outcome`` is the Home Office outcome of a kept deferral; ``returns_to`` are decisions ("caution",
    "charge") that come back to the officer after a failure, beside the one that the deferral itself holds.
    """

    success_outcome: int | None = None
    returns_to: tuple[str, ...] = ()


NO_TERMS = SchemeTerms()


@lru_cache(maxsize=1)
def all_outcomes() -> dict[int, Outcome]:
    """All 23, by number; LawDataError when one is missing or there twice."""
    records = load_table("outcomes.toml", "outcome", Outcome)
    if [record.number for record in records] != list(range(1, 24)):
        raise LawDataError("outcomes.toml: number: outcomes 1 to 23 are each needed once, in order.")
    return {record.number: record for record in records}


def outcome_on(number: int, at: date) -> Outcome:
    """One outcome, if it could be recorded on that day; NotInForce says when it began."""
    record = all_outcomes().get(number)
    if record is None:
        raise NotInForce(f"There is no Home Office outcome {number}. They run from 1 to 23.")
    if not record.valid_on(at):
        raise NotInForce(f"Outcome {number} could not be recorded on {at}: it begins on {record.valid_from}.")
    return record


def derive_outcome(
    disposal: str,
    result: str,
    *,
    at: date,
    issued_on: date | None = None,
    activity_complete: bool = False,
    admission: str | None = None,
    success_outcome: int | None = None,
    returns_to: Sequence[str] = (),
    is_child: bool = False,
    alternate_offence: bool = False,
    settings: LawSettings = DEFAULTS,
) -> OutcomeDerived:
    """The outcome one crime closes with on the day `at`.

    `disposal` and `result` say what was issued and how it ended. `issued_on` picks the version of the rules (default:
    `at`). `activity_complete` is the evidence outcomes 22 and 23 need. `success_outcome` is the scheme's own for a kept
    deferral, before the force's setting and the catalogue's default; `returns_to` what else the scheme holds than the
    deferral does. `is_child` picks 2 or 3 when a deferral falls back to a caution.
    """
    record, ended = get(disposal, issued_on or at), Result.parse(result)
    if ended is Result.COMPLETED:
        return _kept(record, at, activity_complete, admission, success_outcome, alternate_offence, settings)
    if ended is Result.FAILED_PROSECUTED:
        return _ended_in_court(record, at, alternate_offence)
    if ended is Result.FAILED_CAUTIONED:
        return _fell_back_to_caution(record, returns_to, at, is_child, alternate_offence)
    return _no_action(record, at, alternate_offence)


def _kept(
    record: Disposal,
    at: date,
    complete: bool,
    admission: str | None,
    chosen: int | None,
    alternate: bool,
    settings: LawSettings,
) -> OutcomeDerived:
    number = record.outcome_on_issue if record.outcome_on_issue is not None else record.outcome_on_completion
    findings: tuple[Finding, ...] = ()
    if record.is_deferral:
        number = chosen or settings.success_outcomes.get(record.code) or record.outcome_on_completion
        findings = _deferral_findings(record, number, admission)
    if number is None:
        return _refuse("not_in_force", f"{record.label}: no outcome can be recorded.", record.source)
    if number in (22, 23) and not complete:
        return _incomplete(number)
    if is_refused(findings):
        return OutcomeDerived(None, alternate, record.success_outcomes, findings, findings[0].reason)
    return _answer(
        number, at, alternate, f"{record.label}, {'issued' if record.conditions == 'none' else 'kept'}.", findings
    )


def _deferral_findings(record: Disposal, number: int | None, admission: str | None) -> tuple[Finding, ...]:
    if number not in record.success_outcomes:
        words = " or ".join(map(str, record.success_outcomes))
        reason = f"A kept {record.label.lower()} closes with outcome {words}, not {number}."
        return (block("success_outcome", reason, record.source),)
    if number == 8 and admission and Admission.parse(admission) not in _ACCEPTANCE:
        reason = "Outcome 8 rests on accepting responsibility, which is not recorded here. Consider outcome 22."
        return (warn("no_acceptance", reason, "YJLC-CR; CJI-TV closes without it", unsure=True),)
    return ()


_ACCEPTANCE = (Admission.ADMITTED, Admission.ACCEPTS_RESPONSIBILITY)


def _incomplete(number: int) -> OutcomeDerived:
    reason = (
        f"Outcome {number} is recorded only when the activity has been done. "
        "Record the evidence that it was completed, or close with another outcome."
    )
    return _refuse("activity_incomplete", reason, "YJLC-O22: recorded only after the activity is completed")


def _ended_in_court(record: Disposal, at: date, alternate: bool) -> OutcomeDerived:
    if not record.enforceable and record.code is not DisposalCode.PENALTY_NOTICE:
        why = f"{record.label} cannot be enforced by prosecuting: say which later decision led to the charge."
        words = warn("not_enforceable", why, record.source)
        return _answer(1, at, alternate, f"{record.label}, then charged or summonsed.", (words,))
    return _answer(1, at, alternate, f"{record.label}, not kept: charged or summonsed for the offence.", ())


def falls_back_to_caution(record: Disposal, returns_to: Sequence[str] = ()) -> bool:
    """Whether a caution may follow when the agreement is not kept: the one that was held, or as the scheme has it."""
    return record.fallback == "caution" or (record.is_deferral and "caution" in returns_to)


def _fell_back_to_caution(
    record: Disposal, returns_to: Sequence[str], at: date, is_child: bool, alternate: bool
) -> OutcomeDerived:
    if not falls_back_to_caution(record, returns_to):
        reason = f"{record.label} does not fall back to a caution. Record a new decision if a caution is right."
        return _refuse("no_caution_fallback", reason, record.source)
    return _answer(2 if is_child else 3, at, alternate, f"{record.label}, not kept: cautioned.", ())


def _no_action(record: Disposal, at: date, alternate: bool) -> OutcomeDerived:
    if record.outcome_on_issue is not None:
        words = f"{record.label} stands: it was issued, and no more is done about the part not kept."
        return _answer(record.outcome_on_issue, at, alternate, words, ())
    words = "The agreement was not kept and nobody is prosecuted: a person has to choose the outcome and say why."
    return OutcomeDerived(None, alternate, (10, 15, 16, 17, 20, 21), (), words)


def _answer(number: int, at: date, alternate: bool, why: str, findings: tuple[Finding, ...]) -> OutcomeDerived:
    try:
        outcome = outcome_on(number, at)
    except NotInForce as error:
        return _refuse("outcome_not_in_force", str(error), RULES)
    words = f"{why} Home Office outcome {number}: {outcome.name}."
    return OutcomeDerived(outcome, alternate, (number,), findings, words, outcome.source)


def _refuse(code: str, reason: str, source: str) -> OutcomeDerived:
    return OutcomeDerived(None, False, (), (block(code, reason, source),), reason, source)


class ClosureFacts(TypedDict, total=False):
    """The keywords of `derive_outcome` that a whole case shares."""

    issued_on: date | None
    activity_complete: bool
    admission: str | None
    success_outcome: int | None
    returns_to: Sequence[str]
    is_child: bool
    alternate_offence: bool
    settings: LawSettings


def derive_outcomes(
    crimes: Sequence[str], disposal: str, result: str, *, at: date, **facts: Unpack[ClosureFacts]
) -> dict[str, OutcomeDerived]:
    """One outcome for each crime number of a case, in the order given; a crime given twice is an error.

    Takes the keywords of `derive_outcome`. Six shop thefts closed by one agreement are six outcomes.
    """
    twice = sorted({crime for crime in crimes if crimes.count(crime) > 1})
    if not crimes or twice:
        raise ValueError(f"Give each crime once: {', '.join(twice)} is there twice." if twice else "Give a crime.")
    return {crime: derive_outcome(disposal, result, at=at, **facts) for crime in crimes}
