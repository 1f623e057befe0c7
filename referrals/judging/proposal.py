"""What is proposed to a person, before anything is recorded: the plan, and the facts it is judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cases import legal
from diversion.accounts.models import Organisation
from referrals.judging.facts import ACCEPTED, CaseFacts
from referrals.models import SchemeVersion
from referrals.schemes.condition_words import ConditionDetails


@dataclass(frozen=True)
class Plan:
    """A resolution, a scheme's version, conditions, an end and what the person said to it; each may be absent.

    ``quantities`` holds hours or pence of a condition by its place in ``conditions``.
    """

    result: str
    disposal: str = ""
    version: SchemeVersion | None = None
    conditions: Sequence[ConditionDetails] = ()
    quantities: Mapping[int, int] = field(default_factory=dict)
    ends_on: date | None = None

    @property
    def is_accepted(self) -> bool:
        return self.result == ACCEPTED

    @property
    def has_disposal(self) -> bool:
        """Whether the law on disposals is in play: not for "no police disposal", nor where nothing was offered."""
        return self.disposal not in ("", legal.NO_DISPOSAL)


@dataclass(frozen=True)
class Proposal:
    """A plan and the facts of the case, in a force whose policy applies."""

    plan: Plan
    facts: CaseFacts
    force: Organisation | None = None
