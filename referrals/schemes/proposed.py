"""The conditions of an agreement that is only proposed, as they are kept and as they would begin on a day."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from referrals.models import Agreement, Condition, ProposedAgreement
from referrals.schemes.condition_words import ConditionDetails


def stored(conditions: Iterable[ConditionDetails]) -> list[dict[str, Any]]:
    """As plain JSON."""
    return [{**vars(one), "due_on": one.due_on.isoformat()} for one in conditions]


def details_of(condition: Condition) -> ConditionDetails:
    """A condition as it stands in its agreement."""
    names = ("kind", "object", "wording", "due_on", "partner_wording", "sessions")
    return ConditionDetails(**{name: getattr(condition, name) for name in names})


def read_back(kept: dict[str, Any]) -> ConditionDetails:
    """One that `stored` put away."""
    return ConditionDetails(**{**kept, "due_on": date.fromisoformat(kept["due_on"])})


def proposed_conditions(proposal: ProposedAgreement) -> list[ConditionDetails]:
    """As they were proposed, with the days of then."""
    return [read_back(one) for one in proposal.conditions]


def begun_on(proposal: ProposedAgreement, day: date, end: date | None) -> list[ConditionDetails]:
    """As they begin on ``day``: each has as many days as were proposed, and none runs on after the agreement's end."""
    waited = day - proposal.proposed_on
    moved = [replace(one, due_on=one.due_on + waited) for one in proposed_conditions(proposal)]
    return [replace(one, due_on=min(one.due_on, end)) if end else one for one in moved]


def as_shown(proposal: ProposedAgreement) -> list[Condition]:
    """Conditions for a page that shows them before they are agreed; they are not saved."""
    until = Agreement(ends_on=proposal.ends_on)
    return [Condition(agreement=until, **vars(one)) for one in proposed_conditions(proposal)]
