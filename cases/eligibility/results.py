"""What an assessment says: plain data, kept whole on the decision so that a later policy never rewrites it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from .base import Data
from .codes import Level, Rank, Result, Severity
from .criteria import Source
from .policy import Option

Status = Literal["eligible", "needs_authority", "ineligible", "undetermined"]


class Finding(Data):
    """One criterion for this person. ``reason`` applies when the result is not_met, ``question`` when it is unknown.

    ``waits_for`` names the unknown facts on which the result depends.
    """

    criterion: str
    result: Result
    severity: Severity
    rank: Rank | None = None
    override_by: Rank | None = None
    reason: str
    question: str = ""
    waits_for: tuple[str, ...] = ()
    sources: tuple[Source, ...]
    unsure: bool = False


class OptionResult(Data):
    """One option. ``rank`` goes with needs_authority; ``possible`` lists what completions give, best first.

    ``reasons`` names the criteria behind the status: every one not met that blocks or needs more than a constable.
    ``together`` is true when no single criterion is known to fail but every completion fails one of those named.
    ``override_by`` is the rank that may set every blocking reason aside; absent if nobody may set one of them aside.
    """

    key: str
    kind: Literal["disposal", "scheme"]
    code: str
    title: str
    version: str
    status: Status
    rank: Rank | None = None
    possible: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    together: bool = False
    override_by: Rank | None = None
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, option: Option, findings: tuple[Finding, ...], levels: frozenset[Level]) -> "OptionResult":
        """The result of ``option`` from its findings and the levels its completions give."""
        level = next(iter(levels)) if len(levels) == 1 else None
        reasons, together = _reasons(findings, level)
        return cls(
            key=option.key,
            kind=option.kind,
            code=option.code,
            title=option.title,
            version=option.version,
            status="undetermined" if level is None else status_of(level),
            rank=rank_of(level),
            possible=tuple(status_name(each) for each in sorted(levels)),
            reasons=tuple(finding.criterion for finding in reasons),
            together=together,
            override_by=_override(reasons) if level is Level.INELIGIBLE else None,
            findings=findings,
        )


class Question(Data):
    """An unknown fact. ``could_change`` lists the options it can change, ``could_settle`` counts those that some answer
    to it alone would settle."""

    fact: str
    question: str
    type: str
    values: dict[str, str]
    could_change: tuple[str, ...]
    could_settle: int
    monitoring: bool


class Assessment(Data):
    """The whole answer. ``monitoring`` holds monitoring facts not yet known and not already among the open questions.

    ``derived`` holds what the known facts give: ages, time since the offence, the statutory limit and days to it.
    """

    policy: str
    version: str
    at: date
    options: tuple[OptionResult, ...]
    open_questions: tuple[Question, ...]
    monitoring: tuple[Question, ...]
    derived: dict[str, Any]
    notes: tuple[str, ...] = ()

    def option(self, key: str) -> OptionResult:
        """The result for ``disposal:…`` or ``scheme:…``. Raises KeyError."""
        for option in self.options:
            if option.key == key:
                return option
        raise KeyError(key)


def rank_of(level: Level | None) -> Rank | None:
    """The rank a level stands for, if it stands for one."""
    if level is None or level in (Level.ELIGIBLE, Level.INELIGIBLE):
        return None
    return list(Rank)[level]


def status_name(level: Level) -> str:
    """``eligible``, ``ineligible`` or ``needs_authority:<rank>``."""
    rank = rank_of(level)
    return f"needs_authority:{rank}" if rank else status_of(level)


def status_of(level: Level) -> Status:
    """The status of an option that every completion brings to ``level``."""
    return "eligible" if level is Level.ELIGIBLE else "ineligible" if level is Level.INELIGIBLE else "needs_authority"


def _reasons(findings: tuple[Finding, ...], level: Level | None) -> tuple[tuple[Finding, ...], bool]:
    """The findings behind a status, and whether they only amount to it together."""
    unmet = tuple(finding for finding in findings if finding.result is Result.NOT_MET)
    blocking = tuple(finding for finding in unmet if finding.severity is Severity.BLOCKS)
    if level is None or level is Level.ELIGIBLE:
        return blocking, False
    if level is Level.INELIGIBLE:
        return (blocking, False) if blocking else (_undecided(findings, Severity.BLOCKS), True)
    asking = tuple(finding for finding in unmet if finding.severity is Severity.NEEDS_AUTHORITY)
    if any(finding.rank is rank_of(level) for finding in asking):
        return asking, False
    return asking + _undecided(findings, Severity.NEEDS_AUTHORITY), True


def _undecided(findings: Iterable[Finding], severity: Severity) -> tuple[Finding, ...]:
    return tuple(f for f in findings if f.result is Result.UNKNOWN and f.severity is severity)


def _override(reasons: tuple[Finding, ...]) -> Rank | None:
    ranks = [finding.override_by for finding in reasons]
    held = [rank for rank in ranks if rank is not None]
    return max(held, key=lambda rank: rank.level) if held and len(held) == len(ranks) else None
