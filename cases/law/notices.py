"""Whom to tell and by when: warnings before a limit, and the victim after a decision."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date, timedelta

from cases.law.dates import long_date
from cases.law.limits import StatutoryLimit
from cases.law.settings import DEFAULTS, LawSettings
from cases.law.workdays import add_working_days


@dataclass(frozen=True, slots=True)
class Escalation:
    """One warning before a limit."""

    on: date
    days_before: int
    explanation: str
    source: str = "our default, a setting: a sergeant is told at 42, 28 and 14 days"


def escalations(limit: date | StatutoryLimit | None, *, settings: LawSettings = DEFAULTS) -> tuple[Escalation, ...]:
    """When to tell a sergeant, earliest first; empty when there is no limit."""
    bar = limit.on if isinstance(limit, StatutoryLimit) else limit
    if bar is None:
        return ()
    return tuple(
        Escalation(bar - timedelta(days=days), days, f"{days} days to the limit of {long_date(bar)}.")
        for days in sorted(set(settings.escalation_days), reverse=True)
    )


@dataclass(frozen=True, slots=True)
class VictimNoticeDue:
    """By which day a victim must be told of the decision and the reasons."""

    on: date
    working_days: int
    explanation: str
    source: str = "Victims' Code 2021, rights 6 and 9 [known]; days are settings"


def victim_notice_due(
    decided_on: date,
    *,
    enhanced: bool = False,
    settings: LawSettings = DEFAULTS,
    extra_holidays: Set[date] = frozenset(),
) -> VictimNoticeDue:
    """Five working days after the decision, or one for a victim with enhanced rights. The day after is day one."""
    days = settings.victim_notice_days_enhanced if enhanced else settings.victim_notice_days
    on = add_working_days(decided_on, days, extra_holidays=extra_holidays)
    noun = "working day" if days == 1 else "working days"
    return VictimNoticeDue(on, days, f"Tell the victim by {long_date(on)}: {days} {noun} after the decision.")


def days_left(on: date | None, today: date) -> int | None:
    """Days from `today` to a clock's date, negative once past; none where there is no clock."""
    return None if on is None else (on - today).days


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of some dates, the absent ones left out."""
    return min((day for day in days if day is not None), default=None)
