"""Correcting a crime of an open case, on a page of its own."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.models import Allegation, Authorisation, Offence
from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions.correcting import correct_crime
from referrals.forms.correcting import CorrectCrimeForm

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
def correct(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """The crime as it stands, and what is wrong with it; what follows from it is said afterwards."""
    case = open_case(reference=reference, by=request.user)
    rows = Allegation.objects.select_related("offence", "crime", "case__person")
    allegation = get_object_or_404(rows, pk=pk, case=case)
    form = CorrectCrimeForm(
        request.POST or None,
        allegation=allegation,
        seen=allegation.corrections.count(),
        offences=Offence.objects.catalogue(case.force),
    )
    if request.method == "POST" and attempt(
        form, lambda: correct_crime(allegation=allegation, by=request.user, **form.corrected())
    ):
        messages.success(request, _("Corrected. The time limits and the rules were worked out again."))
        if Authorisation.objects.filter(case=case, state=Authorisation.State.WAITING).exists():
            messages.info(request, _("The decision waits for authorisation, with the crime as it stands now."))
        return redirect("case_page", reference)
    status = INVALID if request.method == "POST" else 200
    context = {"case": case, "form": form, "crime": allegation.crime, "is_closed": case.closed_at is not None}
    return render(request, "referrals/correct_crime.html", context, status=status)
