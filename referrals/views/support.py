"""The caseload, and what a navigator records from it or from the referral page."""

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.filtering import SEARCH
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.actions import closing, support
from referrals.actions.partner import navigators_of
from referrals.forms.partner import FindForm
from referrals.forms.support import AppointmentForm, CloseForm, ConditionForm
from referrals.models import Appointment, Condition, Referral
from referrals.presenters.partner import (
    Bound,
    CaseloadRow,
    appointment_words,
    attendance_form,
    attendance_key,
    contact_form,
    contact_key,
)
from referrals.queries import referrals as queries
from referrals.views.partner import ON_A_PAGE, PROVIDER
from referrals.views.referral_page import condition_key, show_again

MINE, EVERYONE, NOBODY = "mine", "all", "unassigned"


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def caseload(request: SignedInRequest) -> HttpResponse:
    """Open referrals by what is due next: one's own, or the organisation's; one of them by name."""
    form = FindForm(asked(request, FindForm, page="caseload"))
    if request.method != "POST":
        return _show_caseload(request, _who(request), at=request.GET.get("at", ""), form=form)
    if form.is_valid():
        return keep(request, form, page="caseload")
    return _show_caseload(request, _who(request), form=form, status=INVALID)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def record_attendance(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    appointment = get_object_or_404(Appointment, pk=pk, referral=referral)
    form = attendance_form(appointment, request.POST)

    def act() -> None:
        support.record_attendance(appointment=appointment, by=request.user, **form.cleaned_data)

    if not attempt(form, act):
        return _again(request, reference, **{attendance_key(appointment): form})
    messages.success(request, _attendance_words(appointment))
    return _back(request, reference, "appointments")


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def record_contact(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = contact_form(referral, request.POST)
    if not attempt(form, lambda: support.record_contact(referral=referral, by=request.user, **form.cleaned_data)):
        return _again(request, reference, **{contact_key(referral): form})
    messages.success(request, _("Contact recorded: %(name)s.") % {"name": referral.case.person})
    return _back(request, reference, "contacts")


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def plan_appointment(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = AppointmentForm(request.POST, auto_id="plan-%s", referral=referral)

    def act() -> None:
        place = form.cleaned_data["place"]
        support.plan_appointment(referral=referral, starts_at=form.starts_at, place=place, by=request.user)

    if not attempt(form, act):
        return _again(request, reference, plan=form)
    messages.success(request, _("Appointment planned for %(name)s.") % {"name": referral.case.person})
    return _back(request, reference, "appointments")


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def settle_condition(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    condition = get_object_or_404(Condition, pk=pk, agreement__referral=referral)
    key = condition_key(condition)
    form = ConditionForm(request.POST, auto_id=f"{key}-%s")
    if not attempt(form, lambda: support.settle_condition(condition=condition, by=request.user, **form.cleaned_data)):
        return _again(request, reference, **{key: form})
    words = {"condition": condition.wording_for_partner, "state": condition.get_state_display()}
    messages.success(request, _("%(state)s: %(condition)s") % words)
    return _back(request, reference, "conditions")


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def close(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = CloseForm(request.POST, auto_id="close-%s")
    if not attempt(form, lambda: closing.close_referral(referral=referral, by=request.user, **form.cleaned_data)):
        return _again(request, reference, close=form)
    words = {"name": str(referral.case.person), "result": referral.get_result_display()}
    messages.success(request, _("Closed: %(name)s. %(result)s.") % words)
    return redirect("referral_page", reference)


def _who(request: SignedInRequest) -> str:
    """Whose caseload: "mine", "all", "unassigned" or a colleague's id. Who assigns begins with everyone."""
    asked = (request.POST if request.method == "POST" else request.GET).get("who", "")
    if asked in (MINE, EVERYONE, NOBODY) or re.fullmatch("[0-9]{1,9}", asked):
        return asked
    return EVERYONE if request.user.can(Permission.DECIDE_REFERRALS) else MINE


def _rows(user: User, who: str, text: str) -> "QuerySet[Referral]":
    navigator = int(who) if who not in (MINE, EVERYONE, NOBODY) else None
    return queries.caseload(by=user, mine=who == MINE, navigator=navigator, unassigned=who == NOBODY, text=text)


def _show_caseload(
    request: SignedInRequest,
    who: str,
    *,
    at: str = "",
    bound: Bound | None = None,
    form: FindForm | None = None,
    status: int = 200,
) -> HttpResponse:
    text = form.cleaned_data["q"] if form is not None and form.is_valid() else ""
    page = _page_of(_rows(request.user, who, text), request.GET.get("page"), at)
    log_shown("referral.caseload_shown", page.object_list, by=request.user)
    today = clock.today()
    context = {
        "page": page,
        "rows": [CaseloadRow(referral, today, bound or {}) for referral in page.object_list],
        "who": who,
        **_choices(request, who),
        "form": form or FindForm(),
        "text": text,
        "is_over": is_over(request, page="caseload"),
        "wrong": [*(bound or {}).values(), *([form] if form else [])],
    }
    return render(request, "referrals/caseload.html", context, status=status)


def _page_of(rows: "QuerySet[Referral]", number: str | None, at: str) -> "Page[Referral]":
    """The page asked for, or the one on which the referral ``at`` stands now."""
    paginator = Paginator(rows, ON_A_PAGE)
    if at:
        references = list(rows.values_list("reference", flat=True))
        number = str(references.index(at) // ON_A_PAGE + 1) if at in references else number
    return paginator.get_page(number)


def _choices(request: SignedInRequest, who: str) -> dict[str, Any]:
    """The caseloads one can choose from, with the number of people on each; a search goes with the choice."""
    user, load = request.user, queries.open_counts(by=request.user)
    whose = [(MINE, _("Mine"), load.get(user.pk, 0)), (EVERYONE, _("Everyone’s"), sum(load.values()))]
    whose.append((NOBODY, _("Nobody’s"), queries.nobodys_count(by=user)))
    colleagues = [one for one in navigators_of(user) if one.pk != user.pk]
    here = {user.pk, *(one.pk for one in colleagues)}
    left = User.objects.filter(pk__in=[pk for pk in load if pk is not None and pk not in here])
    kept = {SEARCH: request.GET[SEARCH]} if SEARCH in request.GET else {}
    address = reverse("caseload")
    return {
        "whose": [
            {
                "text": f"{text} ({people})",
                "href": f"{address}?{urlencode({'who': value, **kept})}",
                "current": value == who,
            }
            for value, text, people in whose
        ],
        "colleagues": [_choice(one, who, f"{one} ({load.get(one.pk, 0)})") for one in colleagues]
        + [_choice(one, who, _("%(name)s, who has left (%(n)d)") % {"name": one, "n": load[one.pk]}) for one in left],
        "may_hand_over": user.can(Permission.DECIDE_REFERRALS),
    }


def _choice(colleague: User, who: str, text: str) -> dict[str, Any]:
    return {"text": text, "value": colleague.pk, "current": str(colleague.pk) == who}


def _attendance_words(appointment: Appointment) -> str:
    words = {"name": str(appointment.referral.case.person), "appointment": appointment_words(appointment)}
    if appointment.attendance == Appointment.Attendance.PLANNED:
        return _("Taken back: %(name)s, %(appointment)s is planned again.") % words
    words["result"] = appointment.get_attendance_display()
    return _("%(name)s: %(result)s (%(appointment)s).") % words


def _back(request: SignedInRequest, reference: str, part: str) -> HttpResponse:
    """To where the form stood: the same row of the caseload, or the same part of the referral page."""
    if request.POST.get("back") == "caseload":
        query = {"who": _who(request), "at": reference}
        if search := request.POST.get(SEARCH):
            query[SEARCH] = search
        return redirect(f"{reverse('caseload')}?{urlencode(query)}#{reference}")
    return redirect(f"{reverse('referral_page', args=[reference])}#{part}")


def _again(request: SignedInRequest, reference: str, **bound: Form) -> HttpResponse:
    """The page that the form stood on, as it is now, with what was typed."""
    if request.POST.get("back") == "caseload":
        return _show_caseload(request, _who(request), at=reference, bound=bound, status=INVALID)
    return show_again(request, reference, **bound)
