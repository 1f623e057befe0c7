"""What an assessment says: plain data, kept whole on the decision so that a later policy never rewrites it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from .base import Data
from .codes import Level, Rank, Result, Severity
from .criteria import Criterion, Source
from .policy import Option

Status = Literal["eligible", "needs_authority", "ineligible", "undetermined"]


@dataclass(frozen=True)
class Outcome:
    """What came of one criterion: the unknown facts for which it waits, and the question to ask, where it does."""

    result: Result
    waits_for: tuple[str, ...] = ()
    question: str = ""


Pairs = Sequence[tuple[Criterion, Outcome]]


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

    @classmethod
    def of(cls, criterion: Criterion, outcome: Outcome) -> "Finding":
        """What is said of ``criterion``."""
        return cls(
            criterion=criterion.id,
            result=outcome.result,
            severity=criterion.severity,
            rank=criterion.rank,
            override_by=criterion.override_by,
            reason=criterion.reason,
            question=outcome.question,
            waits_for=outcome.waits_for,
            sources=criterion.sources,
            unsure=criterion.unsure,
        )


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
    def of(cls, option: Option, pairs: Pairs, levels: frozenset[Level]) -> "OptionResult":
        """The result of ``option`` from what came of its criteria and the levels its completions give."""
        reasons, together = reasons_of(pairs, levels)
        return cls(
            key=option.key,
            kind=option.kind,
            code=option.code,
            title=option.title,
            version=option.version,
            status=status_among(levels),
            rank=rank_of(_one(levels)),
            possible=tuple(status_name(each) for each in sorted(levels)),
            reasons=tuple(criterion.id for criterion in reasons),
            together=together,
            override_by=_override(reasons) if _one(levels) is Level.INELIGIBLE else None,
            findings=tuple(Finding.of(criterion, outcome) for criterion, outcome in pairs),
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


def status_among(levels: Iterable[Level]) -> Status:
    """The status of an option whose completions give these ``levels``."""
    level = _one(levels)
    return "undetermined" if level is None else status_of(level)


def reasons_of(pairs: Pairs, levels: Iterable[Level]) -> tuple[tuple[Criterion, ...], bool]:
    """The criteria behind a status, and whether they only amount to it together."""
    level = _one(levels)
    blocking = _with(pairs, Result.NOT_MET, Severity.BLOCKS)
    if level is None or level is Level.ELIGIBLE:
        return blocking, False
    if level is Level.INELIGIBLE:
        return (blocking, False) if blocking else (_with(pairs, Result.UNKNOWN, Severity.BLOCKS), True)
    asking = _with(pairs, Result.NOT_MET, Severity.NEEDS_AUTHORITY)
    if any(criterion.rank is rank_of(level) for criterion in asking):
        return asking, False
    return asking + _with(pairs, Result.UNKNOWN, Severity.NEEDS_AUTHORITY), True


def _one(levels: Iterable[Level]) -> Level | None:
    """The level, where there is one alone."""
    each = tuple(levels)
    return each[0] if len(each) == 1 else None


def _with(pairs: Pairs, result: Result, severity: Severity) -> tuple[Criterion, ...]:
    return tuple(one for one, outcome in pairs if outcome.result is result and one.severity is severity)


def _override(reasons: Iterable[Criterion]) -> Rank | None:
    ranks = [criterion.override_by for criterion in reasons]
    held = [rank for rank in ranks if rank is not None]
    return max(held, key=lambda rank: rank.level) if held and len(held) == len(ranks) else None
