"""What the officer's page would have kept of a made-up decision."""

from collections.abc import Sequence
from typing import Any

from cases.details import CrimeDetails, DecisionDetails
from cases.law.dates import ADULT_AGE
from diversion.demonstration.people import MadeUp


def answers_of(
    who: MadeUp,
    crimes: Sequence[CrimeDetails],
    decision: DecisionDetails,
    origin: str,
    evidence: str,
    facts: dict[str, Any],
) -> dict[str, Any]:
    """The answers as the officer's page would have kept them (``RecordingPage.answers``).

    ``facts`` are the further questions that a rule asked, each in the terms of ``cases.eligibility.facts``.
    """
    person = who.details
    found = {
        "given_names": person.given_names,
        "family_name": person.family_name,
        "date_of_birth": person.date_of_birth.isoformat(),
        "sex": person.sex,
        "ethnicity": person.ethnicity_self_defined or person.ethnicity_not_stated,
        "officer_defined": person.ethnicity_officer_defined,
        "origin": origin,
        "admission": decision.admission,
        **({"evidence": evidence} if evidence else {}),
        "earlier_outcomes": who.earlier_outcomes,
        "earlier": who.earlier,
        "follow": ["appropriate_adult" if who.age < ADULT_AGE else "alone"],
        "facts": facts,
        "result": decision.result,
        "disposal": decision.disposal,
        "crimes": [
            {
                "number": crime.number,
                "offence": crime.offence.code,
                "committed_on": crime.committed_on.isoformat(),
                "area": crime.area,
                "victim_kind": crime.victim_kind,
                "victim_stance": crime.victim_stance,
            }
            for crime in crimes
        ],
    }
    return {name: value for name, value in found.items() if value}  # the page keeps no empty answer
