"""What a valid page "Record a decision" proposes, in the terms in which the rules judge it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cases.codes import EarlierOutcomes, Sex
from cases.details import CrimeDetails
from diversion import clock
from diversion.accounts.models import Organisation
from referrals.judging.proposal import Proposal
from referrals.judging.recorded import earlier_schemes
from referrals.models import SchemeVersion
from referrals.schemes import length

Data = Mapping[str, Any]


def propose(
    *,
    person: Data,
    decision: Data,
    crimes: Sequence[CrimeDetails],
    conditions: Sequence[Any],
    version: SchemeVersion | None,
    force: Organisation,
) -> Proposal:
    """The proposal of cleaned answers about the person and the decision; ``conditions`` are the valid forms chosen."""
    details = [form.details() for form in conditions]
    return Proposal(
        date_of_birth=person["date_of_birth"],
        crimes=crimes,
        admission=decision["admission"],
        result=decision["result"],
        evidence=decision["evidence"],
        earlier_outcomes=decision["earlier_outcomes"],
        disposal=decision["disposal"],
        version=version,
        conditions=details,
        quantities={
            place: quantity
            for place, (form, condition) in enumerate(zip(conditions, details, strict=True))
            if (quantity := form.quantity_in_law(condition.kind)) is not None
        },
        appropriate_adult=decision["appropriate_adult"],
        youth_justice=decision["youth_justice"],
        ends_on=_ends_on(version, [condition.due_on for condition in details]),
        person_facts=_person_facts(person, decision),
        known_earlier=earlier_schemes(person["existing"]) if person.get("existing") else (),
        force=force,
    )


def _ends_on(version: SchemeVersion | None, due: list[date]) -> date | None:
    end = length.end_of(version, clock.today()) if version else None
    return end or max(due, default=None)


def _person_facts(person: Data, decision: Data) -> dict[str, Any]:
    facts = {"ethnicity": person["ethnicity"], "origin": decision["origin"]}
    if person["sex"] != Sex.UNKNOWN:
        facts["sex"] = person["sex"]
    if decision["earlier_outcomes"] == EarlierOutcomes.NONE:
        facts["earlier_outcomes"] = []
    return facts
