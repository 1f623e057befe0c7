"""Whom a scheme is closed to whatever else is found out: for lists of schemes, before anything is proposed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from cases.eligibility.assess import Weighed
from cases.eligibility.codes import Severity
from cases.eligibility.knowledge import know
from cases.eligibility.reading import FactError, Facts
from referrals.models import SchemeVersion
from referrals.schemes.document import criteria_in


def closed_because(version: SchemeVersion, facts: Mapping[str, Any], on: date) -> list[str]:
    """The reasons of the scheme's rules that block and that ``facts`` alone fail; empty where it may still be open.

    ``facts`` are in the terms of ``cases.eligibility``. A rule that only warns, or asks for a rank, closes nothing,
    and neither does what is not known. Facts that contradict each other, and
    stored rules that cannot be read, close nothing here: the page says so itself.
    """
    try:
        knowledge = know(Facts.read(facts), on)
    except FactError:
        return []
    try:
        rules = criteria_in(version)
    except ValidationError:  # told, and kept out of the options, by ``referrals.judging.options``
        return []
    blocking = (one for one in rules if one.severity is Severity.BLOCKS)
    criteria = tuple(one for one in blocking if any(name in facts for name in one.stated(knowledge.context).facts))
    outcomes = Weighed.of(criteria, knowledge).outcomes
    return [one.reason for one, outcome in zip(criteria, outcomes, strict=True) if outcome.result == "not_met"]
