"""A facilitator's own page of one victim and one person; and police naming them. Nobody else at a provider opens it."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions.victims import MAY_SEE
from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt
from diversion.design_system.wording import date_and_time
from diversion.requests import SignedInRequest
from referrals.actions import facilitating as actions
from referrals.forms.facilitating import CameForm, FacilitatorContactForm
from referrals.models import Condition, Facilitation
from referrals.presenters.facilitating import Shown, list_table
from referrals.queries import facilitating as queries
from referrals.queries.victims import open_victim
from referrals.views.victims import lead_form, show_victim

POLICE = Organisation.Kind.POLICE_FORCE


@requires(P.FACILITATE, people=True)
def facilitation_list(request: SignedInRequest) -> HttpResponse:
    """What one leads."""
    found = queries.facilitations_of(by=request.user)
    log_shown("facilitation.list_shown", [], by=request.user)
    queries.log_opened("facilitation.listed", found, by=request.user)
    return render(request, "referrals/facilitation_list.html", {"table": list_table(found) if found else None})


@requires(P.FACILITATE, people=True)
def facilitation_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The victim, how they are reached, what the person agreed to do for them, and what came of it."""
    return _show(request, queries.open_facilitation(pk=pk, by=request.user))


def _show(request: SignedInRequest, opened: queries.Opened, **bound: Form) -> HttpResponse:
    shown, until = Shown(opened), opened.facilitation.allegation.case.undoable_until
    context: dict[str, Any] = {
        "opened": opened,
        "shown": shown,
        "closed_until": date_and_time(until) if until else "",
        "conditions": [(one, bound.get(f"c{one.pk}") or CameForm(condition=one)) for one in opened.conditions],
        "contact": bound.get("contact") or FacilitatorContactForm(auto_id="contact-%s"),
        "wrong": list(bound.values()),
    }
    return render(request, "referrals/facilitation_page.html", context, status=INVALID if bound else 200)


def _opened(request: SignedInRequest, pk: int) -> queries.Opened | None:
    """What they lead; None where they led it and it has ended meanwhile, 404 for anybody else's."""
    try:
        return queries.open_facilitation(pk=pk, by=request.user)
    except Http404:
        if queries.ended_for(pk, by=request.user):
            return None
        raise


def _over(request: SignedInRequest, typed: FacilitatorContactForm | None) -> HttpResponse:
    """That it ended while they typed, with their own words, so that they can tell the police."""
    context = {"note": typed["note"].value() if typed else ""}
    return render(request, "referrals/facilitation_over.html", context, status=INVALID)


@requires(P.FACILITATE, people=True)
@require_POST
def facilitation_contact(request: SignedInRequest, pk: int) -> HttpResponse:
    """An attempt of one's own."""
    form = FacilitatorContactForm(request.POST, auto_id="contact-%s")
    opened = _opened(request, pk)
    if opened is None:
        return _over(request, form)
    given: dict[str, Any] = {"facilitation": opened.facilitation, "by": request.user}
    if not attempt(form, lambda: actions.note_facilitator_contact(**given, **form.cleaned_data)):
        return _show(request, opened, contact=form)
    messages.success(request, _("Attempt noted."))
    return redirect("facilitation_page", pk)


@requires(P.FACILITATE, people=True)
@require_POST
def facilitation_settle(request: SignedInRequest, pk: int, condition: int) -> HttpResponse:
    """What came of a letter or a meeting."""
    opened = _opened(request, pk)
    if opened is None:
        return _over(request, None)
    found: Condition | None = next((one for one in opened.conditions if one.pk == condition), None)
    if found is None:
        raise Http404
    form = CameForm(request.POST, condition=found)
    given: dict[str, Any] = {"facilitation": opened.facilitation, "by": request.user}
    if not attempt(form, lambda: actions.settle_facilitated(condition=found, **given, **form.cleaned_data)):
        return _show(request, opened, **{f"c{found.pk}": form})
    messages.success(request, _("Recorded."))
    return redirect("facilitation_list")


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def facilitator_name(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Name who leads a letter or a meeting, with the victim's agreement."""
    allegation = open_victim(reference=reference, pk=pk, by=request.user)
    running, _before = queries.facilitations_for_police(allegation)
    form = lead_form(allegation, running, request.POST)
    if not attempt(form, lambda: actions.name_facilitator(allegation=allegation, by=request.user, **form.cleaned_data)):
        return show_victim(request, reference, pk, lead=form)
    messages.success(request, _("Named. They alone see this victim, and what the person agreed to do for them."))
    return redirect("victim_page", reference, pk)


@requires(*MAY_SEE, people=True, kind=POLICE)
@require_POST
def facilitator_end(request: SignedInRequest, reference: str, pk: int, facilitation: int) -> HttpResponse:
    """They lead it no longer."""
    allegation = open_victim(reference=reference, pk=pk, by=request.user)
    row = get_object_or_404(Facilitation, pk=facilitation, allegation=allegation)
    form = Form(request.POST)
    if not attempt(form, lambda: actions.end_facilitation(facilitation=row, by=request.user)):
        return show_victim(request, reference, pk, end=form)
    messages.success(request, _("Ended: their page of it is shut."))
    return redirect("victim_page", reference, pk)
