from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import long_date
from diversion.door import Leaving
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import reports
from reporting.codes import LIVE
from reporting.facts.selection import NoReport
from reporting.forms.asking import DashboardForm, PeriodForm
from reporting.models import ReportRun
from reporting.presenters import comparing, schemes, sentence
from reporting.presenters import dashboard as shown
from reporting.presenters import left_out as reasons
from reporting.presenters.parts import Behind
from reporting.views.asking import came_from, cases_behind, form_of
from reporting.views.listed import case_list
from reporting.views.notes import note_lines

NOTES_SHOWN = 4


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def dashboard(request: SignedInRequest) -> HttpResponse:
    """The figures of one's own force: a finding in words, and what stands behind it."""
    form = form_of(request)
    context: dict[str, Any] = {"form": form, "figures": None, **_reports(request)}
    if form.is_valid() and (figures := _figures(form, request)) is not None:
        context |= {name: long_date(form.cleaned_data[name]) for name in ("start", "end")}
        context |= _in_force(form) | _page(figures, cases_behind(request, form), f"{_left_out(form)}#suspects")
        context["notes"] = note_lines(queries.notes(by=request.user).filter(done_at=None)[:NOTES_SHOWN])
    return render(request, "reporting/dashboard.html", context, status=200 if context["figures"] else 422)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def left_out(request: SignedInRequest) -> HttpResponse:
    """Who was not considered, not offered or declined, by reason and group."""
    form = form_of(request, source=LIVE)
    context: dict[str, Any] = {"form": form, "figures": None, "back": reverse("dashboard")}
    if form.is_valid():
        figures = queries.left_out(asked=form.question(), by=request.user)
        behind = cases_behind(request, form)
        context |= {name: long_date(form.cleaned_data[name]) for name in ("start", "end")}
        context |= {"back": f"{reverse('dashboard')}?{urlencode(form.parameters())}", **_in_force(form, "left_out")}
        context |= {"figures": figures, "not_considered": reasons.not_considered(figures)}
        context |= {"residents": reasons.residents(figures, behind)}
        context |= {"tables": reasons.tables(figures, behind), "may_draw": queries.may_open_cases(request.user)}
    return render(request, "reporting/left_out.html", context, status=200 if context["figures"] else 422)


def _figures(form: DashboardForm, request: SignedInRequest) -> Leaving | None:
    """The figures asked for; None, with the reason in the form, where none can be made of the source in that time."""
    try:
        return queries.monitor(asked=form.question(), by=request.user)
    except NoReport as why:
        form.add_error(None, str(why))
        return None


def _page(figures: Leaving, behind: Behind, of_suspects: str) -> dict[str, Any]:
    compared = figures["comparison"]
    return {
        "figures": figures,
        "finding": sentence.finding(figures, behind=behind),
        "others": sentence.others(figures),
        "nobody": sentence.nobody(figures),
        "funnel": shown.funnel(figures, behind, of_suspects),
        "cohort": shown.cohort(figures, behind),
        "to_do": shown.to_do(figures, behind),
        "trend": comparing.trend(figures, behind),
        "ratios": comparing.ratios(figures, behind) if compared["rows"] else None,
        "heat": comparing.heat(figures, behind),
        "schemes": schemes.schemes(figures, behind, schemes.DRAWN),
        "footnotes": shown.footnotes(figures),
    }


def _in_force(form: DashboardForm, page_name: str = "dashboard") -> dict[str, Any]:
    """The chips, each of which takes one filter off, and the address without any."""
    page, filters = reverse(page_name), form.in_force()
    names = [one["name"] for one in filters]
    chips = [
        {"name": one["label"], "text": one["text"], "href": f"{page}?{urlencode(form.parameters(one['name']))}"}
        for one in filters
    ]
    cleared = f"{page}?{urlencode(form.parameters(*names))}"
    found = {"chips": chips, "cleared": cleared, "parameters": urlencode(form.parameters())}
    # A note is about the whole force's comparison: one of some people only would lead to other figures.
    return found | (
        {} if filters or not form.is_live else {"note_address": f"{reverse('finding_note_add')}?{found['parameters']}"}
    )


def _left_out(form: DashboardForm) -> str:
    """Where suspects stand by group: of the same days, by a group that an outcome extract tells."""
    return f"{reverse('left_out')}?{urlencode(form.parameters('by', 'reference'))}"


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def figure_cases(request: SignedInRequest) -> HttpResponse:
    """The cases behind one figure of the dashboard, for those who may open each of them."""
    form = form_of(request, scheme=request.GET.get("scheme", ""))
    if not form.is_valid():
        raise Http404
    asked = form.question_of(request.GET.get("group", ""))
    of = {name: request.GET.get(name, "") for name in ("figure", "team", "reason")}
    rows = queries.cases_behind(asked=asked, **of, by=request.user)
    caption = shown.figure_words(of["figure"], asked.where, of["team"], reasons.reason_words(of["reason"]))
    days = {"start": asked.start, "end": asked.end}
    return case_list(request, rows, caption, days, came_from(request, form))


@require_POST
@requires(Permission.RUN_REPORTS, kind="police_force")
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask for a report of the period shown: a worker makes it."""
    form = PeriodForm(request.POST, sources=queries.sources_of(request.user))
    asked: list[ReportRun] = []

    def act() -> None:
        asked.append(reports.ask(force=request.user.organisation, **form.cleaned_data, by=request.user))

    if not attempt(form, act):
        context = {"form": form, "figures": None, **_reports(request)}
        return render(request, "reporting/dashboard.html", context, status=INVALID)
    return redirect("report_page", reference=asked[0].reference)


def _reports(request: SignedInRequest) -> dict[str, Any]:
    page = Paginator(queries.runs(by=request.user), 10).get_page(request.GET.get("page"))
    rows = [
        [
            link(run.reference, reverse("report_page", args=[run.reference])),
            f"{run.start:%-d %B %Y} – {run.end:%-d %B %Y}",
            run.get_state_display(),
            run.asked_by.full_name if run.asked_by else (run.schedule.name if run.schedule else _("Monthly schedule")),
        ]
        for run in page
    ]
    columns = [Column(_("Report")), Column(_("Period")), Column(_("State")), Column(_("Asked for by"))]
    table = Table(caption=_("Reports"), columns=columns, rows=rows, stacked=True, caption_hidden=True)
    return {"page": page, "report_table": table, "may_ask": queries.may_ask(request.user)}
