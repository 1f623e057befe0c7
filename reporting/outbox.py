"""From live cases to facts: the outbox says which cases changed, and each is read anew.

A row of the outbox is written with the change it tells of; taking it and writing the fact is one transaction, so a
worker that dies half-way leaves the row for the next. Running it twice does no harm.
"""

import logging
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

from cases.models import OutboxEntry
from diversion.celery import send
from reporting.facts.live import refresh

logger = logging.getLogger(__name__)

BATCH = 500


def drain() -> int:
    """Bring the facts of all changed cases up to date; return how many cases there were."""
    refreshed, set_aside = 0, set[int]()
    while taken := _take(set_aside):
        refreshed += taken
    return refreshed


@transaction.atomic
def _take(set_aside: set[int]) -> int:
    """One batch: rows locked by another worker are left to it, and cases set aside to the next time."""
    rows = OutboxEntry.objects.exclude(case_id__in=set_aside).order_by("pk").select_for_update(skip_locked=True)
    taken = list(rows.values_list("pk", "case_id")[:BATCH])
    if not taken:
        return 0
    case_ids = sorted({case_id for _, case_id in taken})
    # Two workers may hold different rows of one case: the later one must read what the earlier one wrote.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    set_aside |= _refresh(case_ids)
    OutboxEntry.objects.filter(pk__in=[pk for pk, case_id in taken if case_id not in set_aside]).delete()
    return len(case_ids)


def _refresh(case_ids: list[int]) -> set[int]:
    """Refresh these cases; return those that cannot be. One bad record must not stop the figures of every force."""
    try:
        with transaction.atomic():
            refresh(case_ids)
    except (DatabaseError, InterfaceError):
        raise  # the database is at fault, not a record: nothing is set aside, and the rows stay for the next time
    except Exception:
        if len(case_ids) == 1:
            logger.exception("The fact of case %s cannot be written: it is tried again each minute.", case_ids[0])
            return set(case_ids)
        return {failed for case_id in case_ids for failed in _refresh([case_id])}
    return set()


_LOCK = 0x0D17E51
DRAIN = "reporting.tasks.refresh_facts"
#: A nudge that old has been overtaken by the minute's sweep: whoever asks for a report need not wait behind it.
NUDGE_SECONDS = 60


def hasten(**kwargs: Any) -> None:
    """Nudge the worker once the change is committed; the minute's sweep makes sure that nothing is missed."""
    transaction.on_commit(lambda: send(DRAIN, expires=NUDGE_SECONDS), robust=True)
