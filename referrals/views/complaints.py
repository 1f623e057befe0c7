"""Recording and answering a complaint about a case, on the page of the case."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions.complaints import RECORDS, answer_complaint, record_complaint
from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.forms.complaints import AnswerComplaintForm
from referrals.queries.complaints import open_complaint
from referrals.views.case_complaints import COMPLAIN, complaint_form, key_of
from referrals.views.case_page import show_case_again

POLICE = Organisation.Kind.POLICE_FORCE


@requires(*RECORDS, people=True, kind=POLICE)
@require_POST
def record(request: SignedInRequest, reference: str) -> HttpResponse:
    """Keep a complaint as it came."""
    case = open_case(reference=reference, by=request.user)
    form = complaint_form(request.POST)

    def act() -> None:
        record_complaint(case=case, said=form.said(), seen=form.cleaned_data["version"], by=request.user)

    if not attempt(form, act):
        return show_case_again(request, reference, **{COMPLAIN: form})
    messages.success(request, _("The complaint is recorded. The decision stands, and its clocks run on."))
    return redirect("case_page", reference)


@requires(*RECORDS, people=True, kind=POLICE)
@require_POST
def answer(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Keep what whoever complains was answered."""
    case = open_case(reference=reference, by=request.user)
    complaint = open_complaint(case=case, pk=pk, by=request.user)
    form = AnswerComplaintForm.of(complaint, request.POST)

    def act() -> None:
        given = dict(form.cleaned_data)
        answer_complaint(complaint=complaint, seen=given.pop("version"), by=request.user, **given)

    if not attempt(form, act):
        return show_case_again(request, reference, **{key_of(complaint): form})
    messages.success(request, _("The answer is recorded."))
    return redirect("case_page", reference)
