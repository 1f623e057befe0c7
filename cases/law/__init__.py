"""The law of out of court resolutions as pure functions and dated data. No Django, no clock, no network.

Dates come in as arguments; codes are plain strings (see `codes`); every answer is frozen and carries a plain-English
explanation and its source, so that a page can say why. What a force may choose is `LawSettings`.

| Ask | Call |
|---|---|
| What may be issued on a day? | `disposals_at(at)`, `get(code, at)`, `in_force(disposal, at)` |
| Who may decide it? | `may_authorise(rank, disposal, at=…)`, `check_authorisation(…)` |
| By when must proceedings begin? | `statutory_limit(mode, offence_date, …)`, `earliest_limit`, `firm_limit` |
| How long may an agreement run? | `plan_end(…)`, `latest_safe_completion(policy_end, limit)`, `check_plan(…)` |
| Whom to warn, whom to tell? | `escalations(limit)`, `victim_notice_due(decided_on)` |
| How old, and which law? | `age_on(dob, on)`, `age_at_disposal(…)` |
| Recent enough for a scheme? | `entry_window(offence_date, entry_date, months)` |
| How does the crime close? | `derive_outcome(…)`, `derive_outcomes(crimes, …)` |
"""

from cases.law.authority import AuthorityNeeded, AuthorityVerdict, authority_needed, check_authorisation, may_authorise
from cases.law.clocks import (
    PlanCheck,
    PlanVerdict,
    SafeCompletion,
    check_plan,
    escalations,
    latest_safe_completion,
    plan_end,
    victim_notice_due,
)
from cases.law.codes import (
    Admission,
    Circumstance,
    ConditionObject,
    ConditionType,
    DisposalCode,
    Mode,
    Rank,
    Severity,
    UnknownCode,
)
from cases.law.data import LawDataError, NotInForce
from cases.law.dates import DateError, add_months, age_at_disposal, age_on, attains_on, entry_window
from cases.law.disposals import Disposal, disposals_at, get, in_force
from cases.law.findings import Finding, is_refused
from cases.law.limits import StatutoryLimit, earliest_limit, firm_limit, statutory_limit
from cases.law.outcomes import Outcome, OutcomeDerived, Result, derive_outcome, derive_outcomes, outcome_on, outcomes
from cases.law.settings import DEFAULTS, LawSettings
from cases.law.workdays import BankHolidaysUnknown, add_working_days, is_working_day

__all__ = [
    "DEFAULTS",
    "Admission",
    "AuthorityNeeded",
    "AuthorityVerdict",
    "BankHolidaysUnknown",
    "Circumstance",
    "ConditionObject",
    "ConditionType",
    "DateError",
    "Disposal",
    "DisposalCode",
    "Finding",
    "LawDataError",
    "LawSettings",
    "Mode",
    "NotInForce",
    "Outcome",
    "OutcomeDerived",
    "PlanCheck",
    "PlanVerdict",
    "Rank",
    "Result",
    "SafeCompletion",
    "Severity",
    "StatutoryLimit",
    "UnknownCode",
    "add_months",
    "add_working_days",
    "age_at_disposal",
    "age_on",
    "attains_on",
    "authority_needed",
    "check_authorisation",
    "check_plan",
    "derive_outcome",
    "derive_outcomes",
    "disposals_at",
    "earliest_limit",
    "entry_window",
    "escalations",
    "firm_limit",
    "get",
    "in_force",
    "is_refused",
    "is_working_day",
    "latest_safe_completion",
    "may_authorise",
    "outcome_on",
    "outcomes",
    "plan_end",
    "statutory_limit",
    "victim_notice_due",
]
