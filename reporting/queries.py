"""Reading the evidence. Exact counts are for those who may drill down in their own force; each look is logged."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from diversion import audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from reporting import monitoring
from reporting.facts.codes import LIVE
from reporting.models import Fact, ReportRun


def sources_of(user: User) -> list[str]:
    """The sources of which the user's force has facts; live decisions always among them."""
    found = Fact.objects.filter(force=user.organisation).values_list("source", flat=True).distinct()
    return sorted({LIVE, *found}, key=lambda name: (name != LIVE, name))


def monitor(*, start: date, end: date, source: str, by: User) -> dict[str, Any]:
    """The figures of ``by``'s own force, as they stand now, exact and not for release."""
    report = monitoring.compute(by.organisation, start, end, source=source)
    detail = {"from": start.isoformat(), "to": end.isoformat(), "source": source}
    audit.record("monitoring.viewed", audit.Nature.CONSULTATION, by=by, detail=detail)
    return report


def runs(*, by: User) -> QuerySet[ReportRun]:
    return ReportRun.objects.visible_to(by).select_related("asked_by")


def open_run(*, reference: str, by: User) -> ReportRun:
    """A report ``by`` may see, or 404; looking at it is logged."""
    run = get_object_or_404(runs(by=by).prefetch_related("artefacts"), reference=reference)
    audit.record("report.opened", audit.Nature.CONSULTATION, by=by, subjects=[run])
    return run


def may_ask(user: User) -> bool:
    return user.can(Permission.RUN_REPORTS)
