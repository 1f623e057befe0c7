from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion import clock
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.design_system.tables import Column, Table, link
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import reports
from reporting.forms import PeriodForm, last_twelve_months
from reporting.presenters import report as presenters

SHOWN = ("ethnicity_self_defined", "age_band", "gender", "month", "scheme")


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """The figures of one's own force for a period, and the reports made so far."""
    form = _period_form(request)
    report = None
    if form.is_valid():
        report = queries.monitor(**form.cleaned_data, by=request.user)
    context = {
        "form": form,
        "report": report,
        "tiles": presenters.tiles(report) if report else [],
        "sections": presenters.sections(report, SHOWN) if report else [],
        **_reports(request),
    }
    return render(request, "reporting/dashboard.html", context, status=200 if report else 422)


@require_POST
@requires(Permission.RUN_REPORTS, kind="police_force")
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask for a report of the period shown: a worker makes it."""
    form = PeriodForm(request.POST, sources=queries.sources_of(request.user))
    if not form.is_valid():
        context = {"form": form, "report": None, **_reports(request)}
        return render(request, "reporting/dashboard.html", context, status=422)
    run = reports.ask(force=request.user.organisation, **form.cleaned_data, by=request.user)
    return redirect("report_page", reference=run.reference)


def _period_form(request: SignedInRequest) -> PeriodForm:
    sources = queries.sources_of(request.user)
    if {"start", "start_day"} & request.GET.keys():
        return PeriodForm(request.GET, sources=sources)
    start, end = last_twelve_months(clock.today())
    return PeriodForm({"start": start.isoformat(), "end": end.isoformat(), "source": sources[0]}, sources=sources)


def _reports(request: SignedInRequest) -> dict[str, Any]:
    page = Paginator(queries.runs(by=request.user), 10).get_page(request.GET.get("page"))
    rows = [
        [
            link(run.reference, reverse("report_page", args=[run.reference])),
            f"{run.start:%-d %B %Y} – {run.end:%-d %B %Y}",
            run.get_state_display(),
            run.asked_by.full_name if run.asked_by else _("Monthly schedule"),
        ]
        for run in page
    ]
    columns = [Column(_("Report")), Column(_("Period")), Column(_("State")), Column(_("Asked for by"))]
    table = Table(caption=_("Reports"), columns=columns, rows=rows, stacked=True, caption_hidden=True)
    return {"page": page, "report_table": table, "may_ask": queries.may_ask(request.user)}
