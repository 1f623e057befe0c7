"""Putting right what was recorded of a case that is open, on a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case
from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions.amending import amend, may_say_reasons, unanswered
from referrals.forms.amending import AmendForm
from referrals.models import Referral
from referrals.queries.schemes import free_slots

MOST_SLOTS = 12


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
@require_http_methods(["GET", "HEAD", "POST"])
def amend_case(request: SignedInRequest, reference: str) -> HttpResponse:
    """How the person is reached; the first appointment and the reasons until the partner has answered."""
    case = open_case(reference=reference, by=request.user)
    if case.closed_at is not None:
        messages.info(request, _("This case is closed: nothing of it is changed here."))
        return redirect("case_page", reference)
    referral = unanswered(case)
    reasons = case.decision.rationale if may_say_reasons(case, request.user) else None
    form = _form(case, referral, reasons, request.POST or None)
    if request.method == "POST" and attempt(form, lambda: _done(case, form, request)):
        return redirect("case_page", reference)
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/amend.html", {"case": case, "form": form, "referral": referral}, status=status)


def _form(case: Case, referral: Referral | None, reasons: str | None, data: Any) -> AmendForm:
    slots = list(free_slots([referral.scheme_version])[:MOST_SLOTS]) if referral else []
    slots = [one for one in slots if referral and one.pk != referral.slot_id]
    booked = referral.slot if referral else None
    return AmendForm(data, person=case.person, slots=slots, booked=booked, reasons=reasons)


def _done(case: Case, form: AmendForm, request: SignedInRequest) -> None:
    found = amend(case=case, by=request.user, **form.amended())
    if not found:
        messages.info(request, _("Nothing was changed."))
        return
    messages.success(request, _("Changed. What it was, and who changed it, stays on record."))
    if "safe_contact_texts" in found and form.cleaned_data.get("safe_contact_texts") == form.initial.get(
        "safe_contact_texts"
    ):
        messages.info(request, _("The number has changed: ask again whether a text to it is safe."))
