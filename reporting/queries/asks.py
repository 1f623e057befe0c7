"""Which kinds of thing in the figures wait for somebody at police: mostly none, and then nothing more is asked."""

from typing import Any

from django.db.models import QuerySet, Value

from diversion.accounts.models import User
from diversion.written import written
from reporting.queries import notes_open
from reporting.queries.panels import actions_own, lessons_of_own
from reporting.queries.releases import drafts_to_check
from reporting.queries.samples import found_in_own

CHECK, NOTES, ACTIONS, FOUND, LEARNT = "check", "notes", "actions", "found", "learnt"


def asks_of(*, by: User) -> set[str]:
    """Those of which there is anything: one statement."""
    return {kind for (kind,) in _asks(by=by)}


@written()
def _asks(*, by: User) -> QuerySet[Any, Any]:
    kinds: dict[str, QuerySet[Any]] = {
        CHECK: drafts_to_check(by=by),
        NOTES: notes_open(by=by),
        ACTIONS: actions_own(by=by),
        FOUND: found_in_own(officer=by),
        LEARNT: lessons_of_own(by=by),
    }
    firsts = [rows.order_by().values_list(Value(kind))[:1] for kind, rows in kinds.items()]
    return firsts[0].union(*firsts[1:], all=True)
