"""What is kept for a time and then removed: `manage.py prune`, and the beat each night. No record of a person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases.models import KnownCrime
from diversion import audit, clock
from diversion.accounts.models import Session
from diversion.notifications.actions import queueing
from referrals.actions import slots
from referrals.models import DecisionDraft
from reporting.actions import reports


@dataclass(frozen=True)
class Rule:
    """``over`` gives what is kept no longer, and ``setting`` says for how long it is."""

    what: str
    setting: str
    over: Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Pruned:
    """Of ``held`` rows, ``over`` are kept no longer."""

    rule: Rule
    held: int
    over: int


RULES = (
    Rule("sessions that are over", "SESSION_IDLE_MINUTES", lambda: Session.objects.filter(expire_date__lt=clock.now())),
    Rule("files of reports", "REPORT_DAYS", reports.files_over),
    Rule("past appointments that nobody took", "PAST_SLOT_DAYS", slots.untaken_over),
    Rule("messages that were sent", "MESSAGE_DAYS", queueing.over),
    Rule("crimes that the record system told of", "KNOWN_CRIME_DAYS", KnownCrime.objects.over),
    Rule("unfinished decisions", "DRAFT_DAYS", DecisionDraft.objects.over),
)


@transaction.atomic
def prune(*, dry_run: bool = False) -> list[Pruned]:
    """Remove what is over by each rule, all or nothing, with one entry in the log; ``dry_run``: only count it."""
    found = list(_counted())
    if not dry_run and any(one.over for one in found):
        for one in found:
            one.rule.over().delete()
        detail = {one.rule.what: one.over for one in found if one.over}
        audit.record("service.pruned", audit.Nature.ERASURE, by=None, detail=detail)
    return found


def _counted() -> Iterator[Pruned]:
    for rule in RULES:
        over = rule.over()
        yield Pruned(rule, over.model._base_manager.count(), over.count())
