"""Scrutiny panels as the force sees them: asking one, clearing what it reads, and acting on what it finds."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from reporting import queries
from reporting.actions import panels as actions
from reporting.forms.panels import ActionForm, ConveneForm, ReasonsForm, SetAsideForm
from reporting.models import Panel, PanelCase
from reporting.presenters import panels as shown
from reporting.queries import panels as reads
from reporting.queries import samples as sampled

ON_A_PAGE = 25


@require_GET
@requires(Permission.VIEW_MONITORING, kind="police_force")
def panel_list(request: SignedInRequest) -> HttpResponse:
    """The panels of the force, what they found in each year, and what is to be done about it."""
    page = Paginator(reads.panels(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    may_open = queries.may_open_cases(request.user)
    actions_open = list(reads.actions_open(by=request.user)) if may_open else []
    figures = reads.yearly(by=request.user)
    context = {
        "page": page,
        "table": shown.table_of_panels(page, route="panel"),
        "figures": figures,
        "yearly": shown.yearly_table(figures),
        "to_do": shown.actions_table(actions_open) if actions_open else None,
    }
    return render(request, "reporting/panels/list.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def convene(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask a panel to look at what was drawn."""
    if not queries.may_open_cases(request.user):
        raise PermissionDenied
    sample = sampled.open_sample(reference=reference, by=request.user)
    form = ConveneForm(request.POST or None, members=reads.who_may_sit())
    made: list[Panel] = []
    if request.method == "POST" and attempt(
        form, lambda: made.append(actions.convene(sample=sample, **form.cleaned_data, by=request.user))
    ):
        messages.success(request, _("The panel has its cases."))
        return redirect("panel", reference=made[0].reference)
    context = {"sample": sample, "form": form}
    status = INVALID if request.method == "POST" else 200
    return render(request, "reporting/panels/convene.html", context, status=status)


@require_GET
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def panel(request: SignedInRequest, reference: str) -> HttpResponse:
    """One panel: who sits and what they declared; its cases for whoever may open them."""
    found = reads.open_panel(reference=reference, by=request.user)
    may_open = queries.may_open_cases(request.user)
    context = {
        "panel": found,
        "members": shown.member_lines(found),
        "cases": shown.force_cases(found) if may_open else None,
        "may_excuse": may_open,
    }
    return render(request, "reporting/panels/panel.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def panel_case(request: SignedInRequest, reference: str, place: int) -> HttpResponse:
    """One case as its panel reads it; the officer's reasons are cleared here, and what is done about a finding said."""
    case = reads.panel_case(reference=reference, place=place, by=request.user)
    form = _form(request, case)
    if request.method == "POST" and form is not None and attempt(form, lambda: _do(form, case, request)):
        messages.success(request, _("Kept."))
        return redirect("panel_case", reference=reference, place=place)
    pack = getattr(case, "pack", None)
    context: dict[str, Any] = {
        "case": case,
        "pack": pack,
        "rows": shown.pack_rows(pack) if pack else [],
        "findings": shown.findings_rows(case),
        "panel_rows": shown.panel_rows(case, with_owner=True),
        "form": form,
        "clears": isinstance(form, ReasonsForm),
        "sets_aside": isinstance(form, SetAsideForm),
        "may_finish": bool(case.action) and case.done_at is None,
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "reporting/panels/case.html", context, status=status)


def _form(request: SignedInRequest, case: PanelCase) -> ReasonsForm | ActionForm | SetAsideForm | None:
    """What is asked of the force now: to clear the reasons before anybody finds, to act once the panel has found, to
    set aside what it cannot find of."""
    owners = reads.who_may_own(request.user)
    if "set_aside" in request.POST:
        return SetAsideForm(request.POST)
    if request.method == "POST":  # whatever was sent, so that nothing typed is lost where a colleague came first
        return ActionForm(request.POST, owners=owners) if "owner" in request.POST else ReasonsForm(request.POST)
    if case.finding:
        return None if case.action else ActionForm(owners=owners)
    if case.set_aside_at is not None:
        return None
    if reads.is_nobodys_to_find(case):
        return SetAsideForm()
    pack = getattr(case, "pack", None)
    if pack is None or pack.case is None or not pack.content.get("gave_reasons", True) or case.votes.all():
        return None
    return ReasonsForm(initial={"text": pack.reasons or pack.case.decision.rationale})


def _do(form: ReasonsForm | ActionForm | SetAsideForm, case: PanelCase, request: SignedInRequest) -> None:
    if isinstance(form, SetAsideForm):
        actions.set_aside(case=case, by=request.user)
    elif isinstance(form, ReasonsForm):
        actions.clear_reasons(case=case, **form.cleaned_data, by=request.user)
    else:
        actions.act(case=case, **form.cleaned_data, by=request.user)


@require_POST
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def action_done(request: SignedInRequest, reference: str, place: int) -> HttpResponse:
    """Say that what was to be done about a finding is done."""
    case = reads.panel_case(reference=reference, place=place, by=request.user)
    try:
        actions.finish_action(case=case, by=request.user)
        messages.success(request, _("Marked as done."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("panel_case", reference=reference, place=place)


@require_POST
@requires(Permission.VIEW_MONITORING, people=True, kind="police_force")
def excuse(request: SignedInRequest, reference: str, member: int) -> HttpResponse:
    """Let a member go who cannot go on."""
    found = reads.open_panel(reference=reference, by=request.user)
    seat = get_object_or_404(found.members.all(), pk=member)
    try:
        actions.excuse(panel=found, member=seat, by=request.user)
        messages.success(request, _("The others wait no longer for this member."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("panel", reference=reference)
