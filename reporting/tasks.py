"""Celery's entry points. Each takes ids, may run twice, and does its work in units of work of its own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import Q

from diversion import clock
from diversion.accounts.models import Organisation
from diversion.celery import app
from diversion.unit_of_work import unit_of_work
from reporting import monitoring, outbox
from reporting.actions import releases, reports, schedules
from reporting.codes import LIVE
from reporting.facts.months import count_one
from reporting.models import Release, ReportRun, ReportSchedule

#: Counted anew at one go; a change may mark months as fast as they are counted.
MOST_MONTHS = 500
GAVE_UP = "The worker stopped several times while making this report. Tell support, then run it again."

#: What is raised where the database went away: it comes back, and nobody need ask again.
AWAY = (InterfaceError, OperationalError)

logger = logging.getLogger(__name__)


@app.task
def refresh_facts() -> int:
    """Bring the facts of changed cases up to date."""
    with unit_of_work("refresh facts"):
        return outbox.drain()


@app.task(expires=60)
def count_months() -> int:
    """Count the months anew whose facts have changed, each in a unit of work of its own; return how many. The minute's
    next goes on with what is left."""
    for number in range(MOST_MONTHS):
        with unit_of_work("count month"):
            if not count_one():
                return number
    return MOST_MONTHS


@app.task
def run_report(run_id: int) -> None:
    """Make one report. A run that another worker holds, or that has ended, is left alone."""
    with unit_of_work("take report"):
        run = reports.take(run_id)
    if run is None:
        return
    try:
        with _renewed(run):
            _make(run)
    except AWAY:  # its lease ends, and it is begun again
        logger.exception("Report %s was interrupted", run.reference)
    except Exception as error:
        logger.exception("Report %s failed", run.reference)
        with unit_of_work("fail report", user=run.asked_by):
            reports.fail(run, why=_words_for(error))


@contextmanager
def _renewed(run: ReportRun) -> Iterator[None]:
    """Renew the lease from a thread beside the work, which may count for minutes without a word."""
    done = Event()
    beside = Thread(target=_renew_until, args=(done, run), daemon=True)
    beside.start()
    try:
        yield
    finally:
        done.set()
        beside.join()


def _renew_until(done: Event, run: ReportRun) -> None:
    """A renewal that fails is one of three: the next may not."""
    while not done.wait(reports.LEASE.total_seconds() / 3):
        try:
            with unit_of_work("renew report"):
                reports.renew(run)
        except (DatabaseError, InterfaceError):
            logger.warning("The lease of report %s was not renewed.", run.reference)
        finally:
            connection.close()  # this thread's own


def _make(run: ReportRun) -> None:
    _note(run, 10, "Bringing the facts of live cases up to date")
    with unit_of_work("refresh facts"):
        outbox.drain()
    _note(run, 40, "Counting")
    with unit_of_work("count", user=run.asked_by):
        report = monitoring.compute(
            run.force, run.start, run.end, source=run.source, scheme=run.scheme, purpose=run.purpose
        )
    _note(run, 80, "Writing the files")
    with unit_of_work("finish report", user=run.asked_by):
        files = {"csv": monitoring.as_csv(report).encode(), "xlsx": monitoring.as_xlsx(report)}
        reports.finish(run, report=report, files=files)


def _note(run: ReportRun, percent: int, step: str) -> None:
    with unit_of_work("report progress"):
        reports.progress(run, percent=percent, step=step)


def _words_for(error: Exception) -> str:
    """What the person who asked is told; the details are in the worker's own log."""
    if isinstance(error, monitoring.NoReport):
        return str(error)
    return (
        f"Something went wrong while counting ({type(error).__name__}). Run it again; if it fails again, tell support."
    )


@app.task
def run_due_reports() -> None:
    """Ask for the reports whose time has ended, where they are missing; each force begins with a monthly one."""
    last_month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    with unit_of_work("schedule reports"):
        for force in Organisation.objects.filter(facts__source=LIVE, facts__month=last_month).distinct():
            schedules.begin(force)
        for schedule in ReportSchedule.objects.filter(is_on=True).select_related("force"):
            schedules.follow(schedule)


@app.task(expires=60)
def hand_on_reports() -> None:
    """Hand on reports whose worker or message was lost."""
    with unit_of_work("hand on reports"):
        for run in reports.stuck():
            if run.attempts >= reports.MOST_ATTEMPTS:
                reports.fail(run, why=GAVE_UP)
            else:
                reports.enqueue(run)


@app.task
def work_out_release(release_id: int) -> None:
    """Work out one release that was declared. One that another worker has, or that has been worked out, is left."""
    with unit_of_work("refresh facts"):
        outbox.drain()
    try:
        with unit_of_work("work out release"):
            releases.work_out_declared(release_id)
    except AWAY:  # undone with its transaction: the sweep begins it again
        logger.exception("Release %s was interrupted", release_id)
    except Exception as error:
        logger.exception("Release %s failed", release_id)
        with unit_of_work("fail release"):
            releases.fail(Release.objects.select_for_update().get(pk=release_id), _words_for(error))


@app.task
def work_out_releases() -> None:
    """Hand on releases whose message was lost, or whose worker stopped before it was done."""
    since = clock.now() - timedelta(minutes=2)
    waiting = Q(state=Release.State.DECLARED, made_at__lt=since) | Q(state=Release.State.HIDING)
    with unit_of_work("releases to work out"):
        found = list(Release.objects.filter(waiting).values_list("pk", flat=True))
    for release_id in found:
        work_out_release(release_id)
