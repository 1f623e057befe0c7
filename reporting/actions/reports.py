"""Asking for a monitoring report, and what becomes of it: queued, running, ready or failed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.celery import send
from diversion.refusals import Outdated, Refused
from reporting.door import Audience, Leaving, checked
from reporting.models import ReportArtefact, ReportRun

State = ReportRun.State

# A worker that has not been heard of for this long has died: another may take the report.
LEASE = timedelta(seconds=30)
# By how much the clocks of two hosts may differ.
CLOCKS_DIFFER = timedelta(seconds=30)
# A report that waits for so long is sent again, lest its message was lost: it is made once, however many there are.
LOST_AFTER = timedelta(seconds=30)
# The sweep sends a message anew each minute, so that an older one need not be heard.
EXPIRES = 120
MOST_ATTEMPTS = 3
MAKE = "reporting.tasks.run_report"
#: Reports of one user that are being made: with more of them nobody else's would be.
MOST_AT_ONCE = 5


@transaction.atomic
def ask(*, force: Organisation, source: str, start: date, end: date, by: User) -> ReportRun:
    """Ask for a report of ``by``'s own force, both days included.

    Raises Refused where the days are not in order, and where `MOST_AT_ONCE` are being made for ``by``.
    """
    access.check(by, Permission.RUN_REPORTS)
    if force.pk != by.organisation_id:
        raise Refused("You may ask for reports of your own force.")
    if end < start:
        raise Refused("The last day is before the first: change one of them.")
    if ReportRun.objects.filter(asked_by=by, state__in=[State.QUEUED, State.RUNNING]).count() >= MOST_AT_ONCE:
        raise Refused(f"{MOST_AT_ONCE} reports are being made for you: ask again once one of them is ready.")
    run = ReportRun.objects.create(force=force, source=source, start=start, end=end, asked_by=by)
    audit.record("report.asked", audit.Nature.ADMINISTRATION, by=by, subjects=[run])
    enqueue(run)
    return run


@transaction.atomic
def ask_again(*, run: ReportRun, by: User) -> ReportRun:
    """Run a failed report again."""
    access.check(by, Permission.RUN_REPORTS)
    reset = ReportRun.objects.visible_to(by).filter(pk=run.pk, state=State.FAILED)
    values: dict[str, Any] = {"state": State.QUEUED, "error": "", "progress": 0, "step": "", "attempts": 0}
    values["asked_at"] = clock.now()
    if not reset.update(**values, leased_until=None, finished_at=None):
        raise Outdated("This report")
    run.refresh_from_db()
    audit.record("report.asked_again", audit.Nature.ADMINISTRATION, by=by, subjects=[run])
    enqueue(run)
    return run


@transaction.atomic
def take(run_id: int) -> ReportRun | None:
    """Lease a report to the worker that calls, or None when another has it, it has ended, or it failed too often."""
    taken = ReportRun.objects.filter(
        Q(state=State.QUEUED) | _abandoned(), pk=run_id, attempts__lt=MOST_ATTEMPTS
    ).update(state=State.RUNNING, leased_until=clock.now() + LEASE, attempts=F("attempts") + 1, progress=0, step="")
    return ReportRun.objects.select_related("force", "asked_by").get(pk=run_id) if taken else None


@transaction.atomic
def progress(run: ReportRun, *, percent: int, step: str) -> None:
    """Note how far a running report has come, and renew its lease."""
    ReportRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
        progress=percent, step=step, leased_until=clock.now() + LEASE
    )


@transaction.atomic
def renew(run: ReportRun) -> None:
    """Say that the worker is still at work on it."""
    ReportRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
        leased_until=clock.now() + LEASE
    )


@transaction.atomic
def finish(run: ReportRun, *, report: Leaving, files: Mapping[str, bytes]) -> None:
    """Keep the report, and the files made of it, by kind. A worker whose lease was taken over keeps nothing."""
    checked(report, Audience.OPERATIONAL)
    ended = ReportRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts)
    if not ended.update(state=State.READY, progress=100, step="", leased_until=None, finished_at=clock.now()):
        return
    contents = {"json": json.dumps(report, indent=1, ensure_ascii=False).encode(), **files}
    for kind, content in contents.items():
        digest = hashlib.sha256(content).hexdigest()
        ReportArtefact.objects.update_or_create(run=run, kind=kind, defaults={"content": content, "sha256": digest})
    audit.record("report.made", audit.Nature.COMBINATION, by=run.asked_by, subjects=[run])


@transaction.atomic
def fail(run: ReportRun, *, why: str) -> None:
    """Note why a report failed, in words for whoever asked for it."""
    ReportRun.objects.filter(pk=run.pk, state=State.RUNNING, attempts=run.attempts).update(
        state=State.FAILED, error=why, leased_until=None, finished_at=clock.now()
    )
    audit.record("report.failed", audit.Nature.ADMINISTRATION, by=run.asked_by, subjects=[run])


def enqueue(run: ReportRun) -> None:
    """Hand the report to a worker once what asks for it is committed; where the queue is down, the sweep does."""
    transaction.on_commit(lambda: send(MAKE, run.pk, expires=EXPIRES), robust=True)


def stuck(since: timedelta = timedelta()) -> list[ReportRun]:
    """Reports whose message or worker was lost, the first asked first; ``since``: and that for so long already."""
    then = clock.now() - since
    waiting = Q(asked_at__lt=then - LOST_AFTER) | Q(asked_at__gt=clock.now() + CLOCKS_DIFFER)
    return list(ReportRun.objects.filter(waiting & Q(state=State.QUEUED) | _abandoned(since)).order_by("asked_at"))


def _abandoned(since: timedelta = timedelta()) -> Q:
    """Those whose lease is over, or lasts longer than any: the clock was ahead when it was given."""
    now = clock.now()
    over = Q(leased_until__lt=now - since) | Q(leased_until__gt=now + LEASE + CLOCKS_DIFFER)
    return over & Q(state=State.RUNNING)


def files_over() -> QuerySet[ReportArtefact]:
    """The files of reports that were finished REPORT_DAYS ago. That they were made, and by whom, stays on record."""
    return ReportArtefact.objects.filter(run__finished_at__lt=clock.now() - timedelta(days=settings.REPORT_DAYS))


def without_files() -> QuerySet[ReportRun]:
    """Finished reports whose files are kept still, and are not there."""
    kept = clock.now() - timedelta(days=settings.REPORT_DAYS)
    return ReportRun.objects.filter(state=State.READY, finished_at__gte=kept, artefacts__isnull=True)


def under_way() -> QuerySet[ReportRun]:
    """Reports that were asked for and have not ended, of every force: for whoever watches over the service."""
    return ReportRun.objects.filter(state__in=[State.QUEUED, State.RUNNING])
