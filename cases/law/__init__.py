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
| What does youth justice have to be told? | `duties_owed(…)`, `due(duty, known_on)` |
| How old, and which law? | `age_on(dob, on)`, `age_at_disposal(…)` |
| Recent enough for a scheme? | `entry_window(offence_date, entry_date, months)` |
| Does this disposal stand? | `check_disposal(DisposalFacts(…))` |
| Are these conditions allowed? | `check_conditions(disposal, conditions, …)` |
| What does the matrix indicate? | `assess_gravity(track, offence_score, factors, …)` |
| What is the person told of their record? | `wording_for(disposal, at, approved)`, `spent_on(disposal, given_on)` |
| How does the crime close? | `derive_outcome(…)`, `derive_outcomes(crimes, …)` |
"""

from cases.law.authority import AuthorityNeeded, AuthorityVerdict, authority_needed, check_authorisation, may_authorise
from cases.law.checks import (
    DisposalFacts,
    Earlier,
    check_disposal,
    circumstances_of,
    most_serious,
    similar_in_two_years,
    suggestions,
)
from cases.law.clocks import (
    PlanCheck,
    PlanEnd,
    PlanVerdict,
    SafeCompletion,
    check_case_plan,
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
from cases.law.conditions import ContractLimits, ProposedCondition, check_conditions
from cases.law.data import LawDataError, NotInForce
from cases.law.dates import DateError, add_months, age_at_disposal, age_on, attains_on, entry_window
from cases.law.disposals import Disposal, disposals_at, get, in_force
from cases.law.findings import Finding, is_refused
from cases.law.gravity import GravityAssessment, GravityError, Matrix, assess_gravity, factors, matrices, matrix_on
from cases.law.limits import StatutoryLimit, earliest_limit, firm_limit, statutory_limit
from cases.law.outcomes import (
    Outcome,
    OutcomeDerived,
    Result,
    SchemeTerms,
    all_outcomes,
    derive_outcome,
    derive_outcomes,
    outcome_on,
)
from cases.law.rehabilitation import Spent, Told, Wording, spent_on, wording_for
from cases.law.settings import DEFAULTS, LawSettings
from cases.law.workdays import BankHolidaysUnknown, add_working_days, is_working_day
from cases.law.youth import due, duties_owed

__all__ = [
    "DEFAULTS",
    "Admission",
    "AuthorityNeeded",
    "AuthorityVerdict",
    "BankHolidaysUnknown",
    "Circumstance",
    "ConditionObject",
    "ConditionType",
    "ContractLimits",
    "DateError",
    "Disposal",
    "DisposalCode",
    "DisposalFacts",
    "Earlier",
    "Finding",
    "GravityAssessment",
    "GravityError",
    "LawDataError",
    "LawSettings",
    "Matrix",
    "Mode",
    "NotInForce",
    "Outcome",
    "OutcomeDerived",
    "PlanCheck",
    "PlanEnd",
    "PlanVerdict",
    "ProposedCondition",
    "Rank",
    "Result",
    "SafeCompletion",
    "SchemeTerms",
    "Severity",
    "Spent",
    "StatutoryLimit",
    "Told",
    "UnknownCode",
    "Wording",
    "add_months",
    "add_working_days",
    "age_at_disposal",
    "age_on",
    "all_outcomes",
    "assess_gravity",
    "attains_on",
    "authority_needed",
    "check_authorisation",
    "check_case_plan",
    "check_conditions",
    "check_disposal",
    "check_plan",
    "circumstances_of",
    "derive_outcome",
    "derive_outcomes",
    "disposals_at",
    "due",
    "duties_owed",
    "earliest_limit",
    "entry_window",
    "escalations",
    "factors",
    "firm_limit",
    "get",
    "in_force",
    "is_refused",
    "is_working_day",
    "latest_safe_completion",
    "matrices",
    "matrix_on",
    "may_authorise",
    "most_serious",
    "outcome_on",
    "plan_end",
    "similar_in_two_years",
    "spent_on",
    "statutory_limit",
    "suggestions",
    "victim_notice_due",
    "wording_for",
]
