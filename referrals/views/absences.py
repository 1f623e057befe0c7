"""Who is away and who covers."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.actions import absences
from cases.models import Absence
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.forms.absences import AbsenceForm
from referrals.presenters.absences import absence_rows
from referrals.queries.absences import absences_to_show


@requires(Permission.RECORD_DECISION, Permission.SUPPORT_PEOPLE)
def absence_list(request: SignedInRequest) -> HttpResponse:
    """Absences that are not over, and a form for another."""
    form = AbsenceForm(request.POST if request.method == "POST" else None, by=request.user)
    if attempt(form, lambda: absences.say_away(by=request.user, **form.cleaned_data)):
        messages.success(request, _("Entered. What waits for them heads the list of whoever covers, on these days."))
        return redirect("absence_list")
    return _show(request, form, status=INVALID if form.is_bound else 200)


@requires(Permission.RECORD_DECISION, Permission.SUPPORT_PEOPLE)
def absence_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one before its last day."""
    absence = get_object_or_404(Absence, pk=pk, user__organisation=request.user.organisation)
    if request.method != "POST":
        return redirect("absence_list")
    button = Form(request.POST)
    if not attempt(button, lambda: absences.end_away(absence=absence, by=request.user)):
        return _show(request, AbsenceForm(by=request.user), button=button, status=INVALID)
    messages.success(request, _("The absence has ended."))
    return redirect("absence_list")


def _show(request: SignedInRequest, form: AbsenceForm, *, button: Form | None = None, status: int) -> HttpResponse:
    shown = absences_to_show(by=request.user)
    context = {
        "form": form,
        "rows": absence_rows(shown, by=request.user),
        "wrong": [one for one in (form, button) if one is not None],
    }
    return render(request, "referrals/absence_list.html", context, status=status)
