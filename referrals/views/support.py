"""What a navigator records from the caseload or from the referral page."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import closing, support
from referrals.forms.support import AppointmentForm, CloseForm, ConditionForm
from referrals.models import Appointment, Condition
from referrals.presenters.partner import (
    appointment_words,
    attendance_form,
    attendance_key,
    contact_form,
    contact_key,
)
from referrals.queries import referrals as queries
from referrals.views.caseload import again, back_to_row
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import condition_key, show_again


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def record_attendance(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    appointment = get_object_or_404(Appointment, pk=pk, referral=referral)
    form = attendance_form(appointment, _attendance(request))

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


def _attendance(request: SignedInRequest) -> Any:
    """What was sent: of the buttons on the board's lines each carries the version of its own appointment."""
    for name, result in (("attended", Appointment.Attendance.ATTENDED), ("undo", Appointment.Attendance.PLANNED)):
        if name in request.POST:
            return {"attendance": result.value, "version": request.POST[name]}
    return request.POST


def _attendance_words(appointment: Appointment) -> str:
    words = {"name": str(appointment.referral.case.person), "appointment": appointment_words(appointment)}
    if appointment.attendance == Appointment.Attendance.PLANNED:
        return _("Taken back: %(name)s, %(appointment)s is planned again.") % words
    words["result"] = appointment.get_attendance_display()
    return _("%(name)s: %(result)s (%(appointment)s).") % words


def _back(request: SignedInRequest, reference: str, part: str) -> HttpResponse:
    """To where the form stood: the same row of the caseload, or the same part of the referral page."""
    if request.POST.get("back") == "caseload":
        return back_to_row(request, reference)
    return redirect(f"{reverse('referral_page', args=[reference])}#{part}")


def _again(request: SignedInRequest, reference: str, **bound: Form) -> HttpResponse:
    """The page that the form stood on, as it is now, with what was typed."""
    if request.POST.get("back") == "caseload":
        return again(request, reference, bound)
    return show_again(request, reference, **bound)
