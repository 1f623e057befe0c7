from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.design_system import workbooks
from diversion.documents import as_attachment, typeset
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import reports
from reporting.models import ReportRun
from reporting.presenters import meeting as one_page
from reporting.presenters import papers, schedules
from reporting.presenters import report as presenters
from reporting.views.notes import note_lines

NOTES_SHOWN = 3
CONTENT_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": workbooks.CONTENT_TYPE,
}


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def report_page(request: SignedInRequest, reference: str) -> HttpResponse:
    """One report: how far it has come, why it failed, or its tables and charts."""
    run = queries.open_run(reference=reference, by=request.user)
    report = queries.content_of(run, by=request.user)
    context: dict[str, Any] = {
        "run": run,
        "report": report,
        "waiting": run.state in (ReportRun.State.QUEUED, ReportRun.State.RUNNING),
        "may_ask": queries.may_ask(request.user),
        "poll": reverse("report_progress", args=[run.reference]),
    }
    if report:
        context |= {
            "tiles": presenters.tiles(report),
            "sections": presenters.sections(report),
            "quality": presenters.quality_lines(report),
            "notes": schedules.notes(report),
            "kinds": queries.kinds_of(run),
        }
    return render(request, "reporting/report_page.html", context)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def meeting(request: SignedInRequest, reference: str) -> HttpResponse:
    """One page of a finished report to print for a meeting: who, what moved since the last one, and notes due."""
    run = queries.open_run(reference=reference, by=request.user)
    report = queries.content_of(run, by=request.user)
    if report is None:
        raise Http404
    moved = queries.moved_since(run, report, by=request.user)
    context = {
        "run": run,
        "report": report,
        "tables": one_page.tables(report, moved),
        "since": one_page.since(moved),
        "notes": note_lines(queries.notes(by=request.user).filter(done_at=None)[:NOTES_SHOWN]),
    }
    return render(request, "reporting/meeting.html", context)


@require_GET
@requires(Permission.VIEW_MONITORING, kind="police_force")
def report_progress(request: SignedInRequest, reference: str) -> JsonResponse:
    """How far a report has come, for the script that moves the bar. It says nothing about anybody."""
    run = get_object_or_404(queries.runs(by=request.user), reference=reference)
    ended = run.state in (ReportRun.State.READY, ReportRun.State.FAILED)
    return JsonResponse({"done": run.progress, "total": 100, "message": run.doing, "finished": ended})


@require_POST
@requires(Permission.RUN_REPORTS, kind="police_force")
def report_again(request: SignedInRequest, reference: str) -> HttpResponse:
    """Run a failed report again; one that runs, or is ready, is shown as it is."""
    run = get_object_or_404(queries.runs(by=request.user), reference=reference)
    try:
        reports.ask_again(run=run, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("report_page", reference=run.reference)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def report_paper(request: SignedInRequest, reference: str) -> HttpResponse:
    """A finished report as a PDF that can be read aloud: of its stored figures, so that it stays the same file."""
    run = queries.open_run(reference=reference, by=request.user)
    report = queries.report_to_take(run, by=request.user)
    title, caption = _("Monitoring report"), str(report["force_name"])
    made = typeset(title=title, caption=caption, reference=run.reference, blocks=papers.of_report(report))
    return as_attachment(made, f"{run.reference}-not-for-release.pdf")


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def report_file(request: SignedInRequest, reference: str, kind: str) -> HttpResponse:
    """A finished report as a file, exact and marked not for release."""
    run = queries.open_run(reference=reference, by=request.user)
    if kind not in CONTENT_TYPES:
        raise Http404
    file = queries.file_of(run, kind, by=request.user)
    response = HttpResponse(file["content"], content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{run.reference}-not-for-release.{kind}"'
    return response
