"""What a condition may ask. A cap belongs to a disposal (20 hours: the conditional caution's) or to a contract."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cases.law.codes import ConditionObject, ConditionType
from cases.law.disposals import Disposal, get
from cases.law.findings import Finding, block, warn

CODE = "Code of Practice for Conditional Cautions 2013: conditions appropriate, proportionate, achievable [known]"
FOREIGN = "CJA 2003 s.22(3D)-(3G): departure and non-return, relevant foreign offender only, Home Office asked first"
ATTENDANCE = (ConditionType.UNPAID_WORK,)


@dataclass(frozen=True, slots=True)
class ProposedCondition:
    """One condition as proposed: hours for unpaid work, pence for a financial penalty. Codes may be plain strings."""

    type: str
    object: str
    hours: float | None = None
    pence: int | None = None

    def __post_init__(self) -> None:
        ConditionType.parse(self.type)
        ConditionObject.parse(self.object)
        for name, value in (("hours", self.hours), ("pence", self.pence)):
            if value is not None and value < 0:
                raise ValueError(f"{name} of a condition cannot be below zero, and {value} was given.")


@dataclass(frozen=True, slots=True)
class ContractLimits:
    """What a scheme's contract asks beside the disposal's own caps. Counts of conditions; hours of unpaid work."""

    name: str
    source: str
    min_conditions: int = 0
    max_conditions: int | None = None
    unpaid_work_hours_min: float | None = None
    unpaid_work_hours_max: float | None = None
    mandatory: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        for word in self.mandatory:
            ConditionType.parse(word)


def check_conditions(
    disposal: str,
    conditions: Sequence[ProposedCondition],
    *,
    at: date,
    mode: str,
    age: int,
    contract: ContractLimits | None = None,
) -> list[Finding]:
    """What is wrong with a set of conditions, empty when nothing is.

    `mode` is the mode of trial of the most serious crime; `age` at disposal in whole years. Where a contract's limit
    and the disposal's differ, both have to be kept.
    """
    record = get(disposal, at)
    findings = [*_count(record, conditions), *_objects(record, conditions), *_hours(record, conditions)]
    findings += _penalty(record, conditions, mode, age)
    if contract is not None and conditions:
        findings += _contract(contract, conditions)
    return findings


def _count(record: Disposal, conditions: Sequence[ProposedCondition]) -> list[Finding]:
    if record.conditions == "required" and not conditions:
        reason = f"A {record.label.lower()} needs at least one condition. Add one, or choose another resolution."
        return [block("no_conditions", reason, record.source)]
    if record.conditions == "none" and conditions:
        reason = f"A {record.label.lower()} cannot carry conditions. Take them off, or choose another resolution."
        return [block("conditions_not_allowed", reason, record.source)]
    return []


def _objects(record: Disposal, conditions: Sequence[ProposedCondition]) -> list[Finding]:
    findings = []
    strange = {item.object for item in conditions} - set(record.objects) if record.objects else set()
    for name in sorted(strange):
        reason = f"A {record.label.lower()} cannot carry a {name.replace('_', ' ')} condition."
        findings.append(block("object", reason, record.source))
    departing = [item for item in conditions if item.type == ConditionType.DEPARTURE_UK]
    if any(item.object != ConditionObject.FOREIGN_NATIONAL for item in departing):
        findings.append(block("departure_object", "Leaving the UK can only be a foreign national condition.", FOREIGN))
    if departing:
        findings.append(warn("ask_home_office", "Ask Home Office immigration before this condition is set.", FOREIGN))
    if any(item.object == ConditionObject.PUNITIVE for item in conditions):
        findings.append(warn("punitive_last", "Use a punitive condition only where others are not enough.", CODE))
    return findings


def _total_hours(conditions: Iterable[ProposedCondition]) -> float:
    # attendance that serves rehabilitation is outside the cap by statute; unpaid work never is
    return sum(item.hours or 0 for item in conditions if item.type in ATTENDANCE)


def _hours(record: Disposal, conditions: Sequence[ProposedCondition]) -> list[Finding]:
    work = [item for item in conditions if item.type in ATTENDANCE]
    if work and any(item.hours is None for item in work) and record.unpaid_work_hours_max is not None:
        return [block("hours_missing", "Say how many hours of unpaid work the condition asks.", record.hours_source)]
    total, most = _total_hours(conditions), record.unpaid_work_hours_max
    if most is not None and total > most:
        reason = f"{total:g} hours of unpaid work is more than the {most} a {record.label.lower()} allows."
        return [block("unpaid_work_hours", reason, record.hours_source)]
    return []


def _penalty(record: Disposal, conditions: Sequence[ProposedCondition], mode: str, age: int) -> list[Finding]:
    penalties = [item for item in conditions if item.type == ConditionType.FINANCIAL_PENALTY]
    if not penalties:
        return []
    band = next((band for band in record.penalty if band.covers(age)), None)
    if band is None:
        reason = f"A {record.label.lower()} has no financial penalty for a person of {age}."
        return [block("no_penalty", reason, record.penalty_source or record.source)]
    if any(item.pence is None for item in penalties):
        return [block("penalty_missing", "Say how much the financial penalty is.", record.penalty_source)]
    total, most = sum(item.pence or 0 for item in penalties), band.maximum(mode)
    if total > most:
        reason = f"A penalty of £{total / 100:.2f} is more than the £{most / 100:.2f} allowed for this offence and age."
        return [block("penalty_too_high", reason, record.penalty_source)]
    return []


def _contract(contract: ContractLimits, conditions: Sequence[ProposedCondition]) -> list[Finding]:
    findings, count = [], len(conditions)
    if count < contract.min_conditions:
        reason = f"{contract.name} asks at least {contract.min_conditions} conditions; {count} given."
        findings.append(block("contract_too_few", reason, contract.source))
    if contract.max_conditions is not None and count > contract.max_conditions:
        reason = f"{contract.name} allows up to {contract.max_conditions} conditions; {count} given."
        findings.append(block("contract_too_many", reason, contract.source))
    for missing in (word for word in contract.mandatory if word not in {item.type for item in conditions}):
        reason = f"{contract.name} asks for the condition “{missing.replace('_', ' ')}” every time."
        findings.append(block("contract_mandatory", reason, contract.source))
    return [*findings, *_contract_hours(contract, conditions)]


def _contract_hours(contract: ContractLimits, conditions: Sequence[ProposedCondition]) -> list[Finding]:
    if not any(item.type in ATTENDANCE for item in conditions):
        return []
    total = _total_hours(conditions)
    low, high = contract.unpaid_work_hours_min, contract.unpaid_work_hours_max
    if (low is None or total >= low) and (high is None or total <= high):
        return []
    span = f"{low or 0:g} to {high:g}" if high is not None else f"at least {low:g}"
    reason = f"{contract.name} asks {span} hours of unpaid work; {total:g} given."
    return [block("contract_hours", reason, contract.source)]
