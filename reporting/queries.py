"""Reading the evidence. Exact counts are for those who may drill down in their own force; each look is logged."""

import json
from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from diversion import audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from reporting import monitoring
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.models import Fact, ReportArtefact, ReportRun


def sources_of(user: User) -> list[str]:
    """The sources of which the user's force has facts; live decisions always among them."""
    found = Fact.objects.filter(force=user.organisation).values_list("source", flat=True).distinct()
    return sorted({LIVE, *found}, key=lambda name: (name != LIVE, name))


def monitor(*, start: date, end: date, source: str, by: User) -> Leaving:
    """The figures of ``by``'s own force, as they stand now, exact and not for release."""
    force = by.organisation
    report = monitoring.compute(force, start, end, source=source)
    detail = {"from": start.isoformat(), "to": end.isoformat(), "source": source}
    audit.record("monitoring.viewed", audit.Nature.CONSULTATION, by=by, detail=detail)
    return leave(report, audience=Audience.OPERATIONAL, force=force, by=by)


def runs(*, by: User) -> QuerySet[ReportRun]:
    return ReportRun.objects.visible_to(by).select_related("asked_by", "force")


def open_run(*, reference: str, by: User) -> ReportRun:
    """A report ``by`` may see, or 404; looking at it is logged."""
    run = get_object_or_404(runs(by=by).prefetch_related("artefacts"), reference=reference)
    audit.record("report.opened", audit.Nature.CONSULTATION, by=by, subjects=[run])
    return run


def content_of(run: ReportRun, *, by: User) -> Leaving | None:
    """The figures of a finished report for ``by``, as they were stored; None while there are none."""
    artefact = next((each for each in run.artefacts.all() if each.kind == ReportArtefact.Kind.JSON), None)
    if artefact is None or run.state != ReportRun.State.READY:
        return None
    return leave(json.loads(bytes(artefact.content)), audience=Audience.OPERATIONAL, force=run.force, by=by)


def file_of(run: ReportRun, kind: str, *, by: User) -> Leaving:
    """A file of a finished report for ``by``: its bytes under ``content``. 404 while there is none. Logged."""
    artefact = get_object_or_404(ReportArtefact, run=run, kind=kind)
    found = leave({"content": bytes(artefact.content)}, audience=Audience.OPERATIONAL, force=run.force, by=by)
    audit.record("report.downloaded", audit.Nature.DISCLOSURE, by=by, subjects=[run], recipients=[by.email])
    return found


def may_ask(user: User) -> bool:
    return user.can(Permission.RUN_REPORTS)
