"""Entering the number of a crime that had none when it was recorded, on a page of its own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.models import Allegation, Case
from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions.numbering import number_crime
from referrals.forms.numbering import CrimeNumberForm


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def enter_number(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The crime, and its number; a case that waited for nothing else closes with it."""
    case = open_case(reference=reference, by=request.user)
    allegation = get_object_or_404(Allegation.objects.select_related("offence", "crime", "case"), pk=pk, case=case)
    if not allegation.crime.awaits_number:
        return redirect("case_page", reference)
    form = CrimeNumberForm(request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda: number_crime(allegation=allegation, by=request.user, **form.cleaned_data)
    ):
        closed = case.closed_at is None and not Case.objects.filter(pk=case.pk, closed_at=None).exists()
        words = _("The crime number is recorded, and the case is closed.") if closed else _("Crime number recorded.")
        messages.success(request, words)
        return redirect("case_page", reference)
    status = INVALID if request.method == "POST" else 200
    context = {"case": case, "allegation": allegation, "form": form}
    return render(request, "referrals/crime_number.html", context, status=status)
