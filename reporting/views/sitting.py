"""Scrutiny panels as a member sees them: declaring, finding for oneself, and then what the others found."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from reporting.actions import panels as actions
from reporting.forms.panels import DeclareForm, FindForm, SettleForm
from reporting.models import PanelCase, PanelMember
from reporting.presenters import panels as shown
from reporting.queries import panels as reads

ON_A_PAGE = 25


@require_GET
@requires(Permission.SIT_ON_PANEL, kind="oversight")
def sittings(request: SignedInRequest) -> HttpResponse:
    """The panels on which somebody sits."""
    page = Paginator(reads.panels(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "table": shown.table_of_panels(page, route="sitting")}
    return render(request, "reporting/panels/sittings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.SIT_ON_PANEL, people=True, kind="oversight")
def sitting(request: SignedInRequest, reference: str) -> HttpResponse:
    """One panel: first the declaration, then its cases."""
    panel = reads.open_panel(reference=reference, by=request.user)
    seat = reads.seat_of(panel, request.user)
    initial = {"interest": seat.interest, "words": seat.interest_words} if seat else {}
    form = DeclareForm(request.POST if request.method == "POST" else None, initial=initial)
    if attempt(form, lambda: actions.declare(panel=panel, **form.cleaned_data, by=request.user)):
        return redirect("sitting", reference=reference)
    declared = seat is not None and seat.declared_at is not None
    cases = shown.member_cases(panel, request.user) if declared else None
    context = {"panel": panel, "seat": seat, "form": form, "cases": cases}
    return render(request, "reporting/panels/sitting.html", context, status=INVALID if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.SIT_ON_PANEL, people=True, kind="oversight")
def sitting_case(request: SignedInRequest, reference: str, place: int) -> HttpResponse:
    """One redacted case: what the member finds; once all are in what the others found, and what the panel says."""
    case, seat = reads.pack_for(reference=reference, place=place, by=request.user)
    form = _form(request, case, seat)
    if request.method == "POST" and form is not None and attempt(form, lambda: _do(form, case, request)):
        messages.success(request, _("Kept."))
        return redirect("sitting_case", reference=reference, place=place)
    vote = reads.vote_of(case, seat)
    aside = vote is not None and not vote.finding
    context: dict[str, Any] = {
        "case": case,
        "aside": aside,
        "has_pack": reads.has_pack(case),
        "rows": [] if aside or not reads.has_pack(case) else shown.pack_rows(case.pack),
        "findings": [] if aside else shown.findings_rows(case),
        "panel_rows": shown.panel_rows(case, with_owner=False),
        "form": form,
        "settles": isinstance(form, SettleForm),
        "found": vote,
        "waits_for": shown.waits_for(case),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "reporting/panels/sitting_case.html", context, status=status)


def _form(request: SignedInRequest, case: PanelCase, seat: PanelMember) -> FindForm | SettleForm | None:
    """What is asked of this member now; nothing of whoever waits, or stood aside."""
    if request.method == "POST":  # whatever was sent, so that nothing typed is lost where the others came first
        return SettleForm(request.POST) if "settle" in request.POST else FindForm(request.POST)
    if case.finding or case.set_aside_at is not None or not reads.has_pack(case):
        return None
    if reads.are_all_in(case):
        return SettleForm() if reads.speaks(case) == seat else None
    vote = reads.vote_of(case, seat)
    if vote is not None and not vote.finding:
        return None
    return FindForm(initial={"finding": vote.finding, "words": vote.words} if vote else {})


def _do(form: FindForm | SettleForm, case: PanelCase, request: SignedInRequest) -> None:
    if isinstance(form, FindForm):
        actions.find(case=case, **form.found, by=request.user)
    else:
        actions.settle(case=case, **form.cleaned_data, by=request.user)
