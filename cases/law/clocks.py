"""The clocks of a case: how long an agreement may run, by when it is safe, whom to warn, and when to tell a victim.

Limits on prosecution are in `limits`, calendar and ages in `dates`, working days in `workdays`; all are reachable here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cases.law.codes import Code, Mode
from cases.law.dates import (
    AgeAtDisposal,
    DateError,
    EntryWindow,
    add_months,
    add_weeks,
    age_at_disposal,
    age_on,
    attains_on,
    entry_window,
    long_date,
)
from cases.law.limits import StatutoryLimit, earliest_limit, firm_limit, statutory_limit
from cases.law.notices import Escalation, VictimNoticeDue, days_left, earliest, escalations, victim_notice_due
from cases.law.settings import DEFAULTS, LawSettings
from cases.law.workdays import (
    BankHolidaysUnknown,
    add_working_days,
    is_working_day,
    working_day_on_or_before,
)

__all__ = [
    "AgeAtDisposal",
    "BankHolidaysUnknown",
    "DateError",
    "EntryWindow",
    "Escalation",
    "PlanCheck",
    "PlanEnd",
    "PlanVerdict",
    "SafeCompletion",
    "StatutoryLimit",
    "VictimNoticeDue",
    "add_months",
    "add_weeks",
    "add_working_days",
    "age_at_disposal",
    "age_on",
    "attains_on",
    "check_case_plan",
    "check_plan",
    "days_left",
    "earliest",
    "earliest_limit",
    "entry_window",
    "escalations",
    "firm_limit",
    "is_working_day",
    "latest_safe_completion",
    "plan_end",
    "statutory_limit",
    "victim_notice_due",
    "working_day_on_or_before",
]

CODE = "Code of Practice for Conditional Cautions 2013 [known]; where the weeks start is [unsure], a setting"
CLIFF = "Magistrates' Courts Act 1980 s.127: an enforceable agreement must leave time to charge before the limit"


class PlanVerdict(Code):
    """What the clocks say of a plan."""

    WITHIN = "within"
    NEEDS_SERGEANT = "needs_sergeant"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlanEnd:
    """The last day an agreement may run to under its code, before any limit is looked at."""

    on: date
    weeks: int
    basis: str
    explanation: str
    source: str = CODE


def plan_end(
    mode: str, *, issued_on: date, offence_date: date, is_child: bool = False, settings: LawSettings = DEFAULTS
) -> PlanEnd:
    """16 weeks for a summary-only offence or a child, 20 otherwise, from issue or from the offence as the force set."""
    weeks = settings.plan_weeks_summary if Mode.parse(mode) is Mode.SUMMARY else settings.plan_weeks_other
    weeks = settings.plan_weeks_youth if is_child else weeks
    basis = settings.plan_clock_basis
    on = add_weeks(issued_on if basis == "issue" else offence_date, weeks)
    return PlanEnd(on, weeks, basis, f"{weeks} weeks from the {basis} end on {long_date(on)}.")


@dataclass(frozen=True, slots=True)
class SafeCompletion:
    """The latest day by which an agreement should be finished; `on` is none when nothing bounds it."""

    on: date | None
    governed_by: str
    explanation: str
    source: str = CLIFF


def latest_safe_completion(
    policy_end: date | None, limit: date | StatutoryLimit | None, lead_days: int = DEFAULTS.lead_days
) -> SafeCompletion:
    """min(policy end, limit minus `lead_days`): the days needed to charge if the agreement fails."""
    bar = limit.on if isinstance(limit, StatutoryLimit) else limit
    last = None if bar is None else bar - timedelta(days=lead_days)
    if last is not None and (policy_end is None or last < policy_end):
        return SafeCompletion(
            last, "limit", f"Finish by {long_date(last)}: that leaves {lead_days} days to charge before the limit."
        )
    if policy_end is None:
        return SafeCompletion(None, "nothing", "No limit and no policy end apply.")
    return SafeCompletion(policy_end, "policy", f"Finish by {long_date(policy_end)}, the end the policy allows.")


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """Whether a plan fits its clocks, why, and what else could be done. `spare_days` count to the latest safe day."""

    verdict: PlanVerdict
    latest_safe: date | None
    spare_days: int | None
    suggestions: tuple[str, ...]
    explanation: str
    source: str


def check_plan(
    ends_on: date,
    limit: StatutoryLimit | None,
    *,
    enforceable: bool = True,
    settings: LawSettings = DEFAULTS,
    today: date | None = None,
) -> PlanCheck:
    """Within the lead time; past it, a sergeant's reason; past the limit, refused.

    A working date (`limit.firm` false) never refuses. A plan nobody can enforce is never refused either: the page says
    that prosecution will be out of time. With `today` no day that has passed is suggested.
    """
    safe = latest_safe_completion(None, limit, settings.lead_days).on
    source = limit.source if limit else CLIFF
    if limit is None or limit.on is None or safe is None:
        return PlanCheck(PlanVerdict.WITHIN, None, None, (), "No time limit applies to this plan.", source)
    spare = (safe - ends_on).days
    verdict = _verdict(ends_on, safe, limit, enforceable)
    is_past = today is not None and safe < today
    other = () if ends_on <= safe else _suggestions(safe, enforceable, is_past)
    return PlanCheck(verdict, safe, spare, other, _plan_words(ends_on, safe, limit.on, verdict, is_past), source)


def check_case_plan(
    ends_on: date,
    limits: Iterable[StatutoryLimit],
    *,
    enforceable: bool = True,
    settings: LawSettings = DEFAULTS,
    today: date | None = None,
) -> PlanCheck:
    """The strictest answer over the crimes of a case, so that a working date never hides a later bar, nor a bar it."""
    checks = [check_plan(ends_on, each, enforceable=enforceable, settings=settings, today=today) for each in limits]
    if not checks:
        return check_plan(ends_on, None, enforceable=enforceable, settings=settings, today=today)
    order = list(PlanVerdict)
    return max(checks, key=lambda check: (order.index(check.verdict), -(check.latest_safe or date.max).toordinal()))


def _verdict(ends_on: date, safe: date, limit: StatutoryLimit, enforceable: bool) -> PlanVerdict:
    if ends_on <= safe or not enforceable:
        return PlanVerdict.WITHIN
    past = limit.on is not None and ends_on > limit.on
    return PlanVerdict.REFUSED if past and limit.firm else PlanVerdict.NEEDS_SERGEANT


def _suggestions(safe: date, enforceable: bool, is_past: bool) -> tuple[str, ...]:
    shorter = () if is_past else (f"A shorter plan, finished by {long_date(safe)}",)
    return (*shorter, "A community resolution", "Outcome 22") if enforceable else shorter


def _plan_words(ends_on: date, safe: date, bar: date, verdict: PlanVerdict, is_past: bool) -> str:
    end = f"The plan ends on {long_date(ends_on)}"
    if ends_on <= safe:
        return f"{end}, {(safe - ends_on).days} days before the latest safe day."
    late = f"{end}, after the latest safe day of {long_date(safe)}{', which has passed,' if is_past else ''}"
    if verdict is PlanVerdict.REFUSED:
        return f"{late} and after the limit of {long_date(bar)}: it cannot be enforced, so it is refused."
    if verdict is PlanVerdict.NEEDS_SERGEANT:
        return f"{late.rstrip(',')}: a sergeant has to give a reason."
    return f"{late.rstrip(',')}: if it fails, there may be no time left to prosecute (limit {long_date(bar)})."
