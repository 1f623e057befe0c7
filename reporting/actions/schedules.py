"""Schedules of reports: added, changed and stopped by people, and followed by the beat."""

from typing import Any

from django.db import IntegrityError, transaction

from diversion import access, audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from reporting.actions.reports import enqueue
from reporting.codes import LIVE
from reporting.facts import selection
from reporting.models import ReportPurpose, ReportRun, ReportSchedule

TWICE = "A report like this is made already: change that one, or choose another time, purpose or scheme."
#: What the log holds of one: its name is somebody's own words, and stands on its page.
LOGGED = ("every", "purpose", "scheme", "is_on")
OF_THE_FORCE = "A report for the equality duty is of the whole force: choose no scheme."


@transaction.atomic
def add_schedule(*, name: str, every: str, purpose: str, scheme: str, by: User) -> ReportSchedule:
    """Have a report of ``by``'s own force made whenever its time has ended; the last one that has ended is made now."""
    access.check(by, Permission.RUN_REPORTS)
    told = {"name": name.strip(), "every": every, "purpose": purpose, "scheme": scheme}
    made = _kept(ReportSchedule(force=by.organisation, made_by=by, **told))
    audit.record("report_schedule.added", audit.Nature.ADMINISTRATION, by=by, subjects=[made], detail=_logged(told))
    follow(made)
    return made


@transaction.atomic
def change_schedule(
    *, schedule: ReportSchedule, seen: int, name: str, every: str, purpose: str, scheme: str, is_on: bool, by: User
) -> ReportSchedule:
    """Change what is made from now on, or stop it; reports that were made stay. ``seen``: the version that was shown.

    Outdated where somebody has changed it since.
    """
    access.check(by, Permission.RUN_REPORTS)
    held = ReportSchedule.objects.visible_to(by).select_for_update().filter(pk=schedule.pk, version=seen).first()
    if held is None:
        raise Outdated("This schedule")
    told = {"name": name.strip(), "every": every, "purpose": purpose, "scheme": scheme, "is_on": is_on}
    before = {key: getattr(held, key) for key in told}
    for key, value in told.items():
        setattr(held, key, value)
    held.version += 1
    _kept(held)
    changed = [key for key in told if before[key] != told[key]]
    detail = {"fields": changed, "before": _logged(before), "after": _logged(told)}
    audit.record("report_schedule.changed", audit.Nature.ADMINISTRATION, by=by, subjects=[held], detail=detail)
    follow(held)
    return held


def _logged(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key in LOGGED}


def _kept(schedule: ReportSchedule) -> ReportSchedule:
    """Saved. Refused where it could not be told from another, or is of a scheme and may not be."""
    if schedule.purpose == ReportPurpose.EQUALITY_DUTY and schedule.scheme:
        raise Refused(OF_THE_FORCE)
    try:
        with transaction.atomic():
            schedule.save()
    except IntegrityError:
        raise Refused(TWICE) from None
    return schedule


@transaction.atomic
def begin(force: Organisation) -> None:
    """Give a force its monthly report, once; whoever may run reports can change or stop it. It begins stopped where
    somebody has set up one like it."""
    alike = {"every": ReportSchedule.Every.MONTH, "purpose": ReportPurpose.MONITORING, "scheme": ""}
    is_on = not ReportSchedule.objects.filter(force=force, **alike, is_on=True).exclude(made_by=None).exists()
    values: dict[str, Any] = {"name": "Each month, the whole force", **alike, "is_on": is_on}
    found, created = ReportSchedule.objects.get_or_create(force=force, made_by=None, defaults=values)
    if created:  # what the month's schedule made before there was a choice is its own
        ReportRun.objects.filter(force=force, source=LIVE, schedule=None).exclude(scheduled_for="").update(
            schedule=found
        )


@transaction.atomic
def follow(schedule: ReportSchedule) -> ReportRun | None:
    """The report of the last time that has ended, once: None where it was asked for already, where the schedule is
    stopped, and where nothing was decided in that time."""
    time, start, end = schedule.last_time(clock.today())
    if not schedule.is_on or not selection.has_decisions(schedule.force, start, end, schedule.scheme):
        return None
    values: dict[str, Any] = {"force": schedule.force, "source": LIVE, "start": start, "end": end}
    run, created = ReportRun.objects.get_or_create(
        schedule=schedule,
        scheduled_for=time,
        scheme=schedule.scheme,
        purpose=schedule.purpose,
        defaults=values,
    )
    if not created:
        return None
    audit.record("report.scheduled", audit.Nature.ADMINISTRATION, by=None, subjects=[run])
    enqueue(run)
    return run
