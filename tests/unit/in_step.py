"""What an action leaves of a case, and whether what is kept of how it stands is in step with that."""

from collections import Counter
from typing import Any

from cases.models import Allegation, Authorisation, Case, VictimDuty, YouthDuty
from referrals.models import Breach, Condition, ConditionChange, NextDue, Referral, Standing, Undoable
from referrals.queries.next_due import COLUMNS as DUE
from referrals.queries.next_due import next_due
from referrals.queries.standing import COLUMNS, worked_out

#: What a change leaves of a case: whoever made it, and whatever of it they may read.
LEFT: dict[Any, tuple[str, ...]] = {
    Case: ("closed_at", "officer", "team"),
    Allegation: ("outcome", "limit_on", "victim_stance"),
    Authorisation: ("state", "rank", "decided_by"),
    Referral: ("state", "result", "closed_at", "navigator", "provider"),
    Condition: ("state", "due_on"),
    Breach: ("state", "decision"),
    ConditionChange: ("state", "asks_victim"),
    VictimDuty: ("kind", "due_on", "done_at"),
    YouthDuty: ("kind", "due_on", "acknowledged_at", "ended_at"),
    Undoable: ("kind", "until", "undone_at"),
    Standing: COLUMNS[1:],
    NextDue: tuple(one for one in DUE[1:] if one != "scheme_id"),
}


Left = dict[str, Counter[str]]


def left() -> Left:
    return {model.__name__: Counter(map(repr, model.objects.values_list(*names))) for model, names in LEFT.items()}


def out_of_step() -> list[tuple[Any, ...]]:
    """The standings that are not what `worked_out` says, and those that are missing: none, or a list is wrong."""
    kept = dict.fromkeys(Standing.objects.values_list(*COLUMNS))
    return [row for row in worked_out(Case.objects.all()) if row not in kept]


def due_out_of_step() -> set[str]:
    """The same of what is due next: what is kept and is not so, and what is so and is not kept."""
    due = {repr(row) for row in next_due(Referral.objects.all())}
    return due ^ {repr(row) for row in NextDue.objects.values_list(*DUE)}
