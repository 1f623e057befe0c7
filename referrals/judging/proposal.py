"""What an officer proposes: the decision as it stands on the form, before anything is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases import legal
from cases.details import CrimeDetails
from cases.law import dates
from diversion.accounts.models import Organisation
from referrals.models import SchemeVersion
from referrals.schemes.condition_words import ConditionDetails

ACCEPTED, DECLINED = "offered_accepted", "offered_declined"
CHARGE_STANDARD, OFFENCE_MADE_OUT = "charge_standard", "offence_made_out"


@dataclass(frozen=True)
class Proposal:
    """The decision as proposed. ``quantities`` holds hours or pence of a condition by its place in ``conditions``.

    ``person_facts`` are further facts in the terms of ``cases.eligibility`` (sex, ethnicity, earlier outcomes);
    ``known_earlier`` is what our own records hold of earlier outcomes, which need not be all.
    """

    date_of_birth: date
    crimes: Sequence[CrimeDetails]
    admission: str
    result: str
    evidence: str = ""
    earlier_outcomes: str = ""
    disposal: str = ""
    version: SchemeVersion | None = None
    conditions: Sequence[ConditionDetails] = ()
    quantities: Mapping[int, int] | None = None
    appropriate_adult: bool = False
    youth_justice: bool = False
    ends_on: date | None = None
    person_facts: Mapping[str, Any] | None = None
    known_earlier: Sequence[Mapping[str, Any]] = ()
    # Whose policy applies.
    force: Organisation | None = None

    @property
    def first_offence(self) -> date:
        return min(crime.committed_on for crime in self.crimes)

    def is_child(self, at: date) -> bool:
        return dates.age_on(self.date_of_birth, at) < dates.ADULT_AGE

    @property
    def has_disposal(self) -> bool:
        """Whether the law on disposals is in play: not for "no police disposal", nor where nothing was offered."""
        return self.disposal not in ("", legal.NO_DISPOSAL)
