"""Whom a scheme is closed to whatever else is found out: for lists of schemes, before anything is proposed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from cases.eligibility.assess import AssessedOption
from cases.eligibility.base import Context
from cases.eligibility.codes import Severity
from cases.eligibility.criteria import Criterion
from cases.eligibility.formula import atoms
from cases.eligibility.knowledge import know
from cases.eligibility.policy import Option
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
    criteria = tuple(one for one in blocking if reads(one, knowledge.context).intersection(facts))
    option = Option(kind="scheme", code=version.scheme.slug, title=version.scheme.name, criteria=criteria)
    found = AssessedOption.of(option, knowledge).result().findings
    return [finding.reason for finding in found if finding.result == "not_met"]


def reads(criterion: Criterion, context: Context) -> set[str]:
    """The facts that a criterion is about: weighing the rest would cost a page of schemes time, and close nothing."""
    return {fact for atom in atoms(criterion.test.formula(context)) for fact in atom.facts}
