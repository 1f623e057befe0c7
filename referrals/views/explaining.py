"""Explain and sign: what a rank has authorised is told to the person, and begins once they have signed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases import legal, rulebook
from cases.actions.admitting import asks_words
from cases.models import Case
from cases.queries import open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, too_late
from diversion.design_system.repeating import typed_number
from diversion.refusals import Outdated
from diversion.requests import SignedInRequest
from referrals.actions import explaining
from referrals.forms.explaining import ExplainForm
from referrals.models import ProposedAgreement
from referrals.presenters import case as presenters
from referrals.presenters.agreement import offence_in_words
from referrals.queries.cases import CaseStatus, proposal_of, scheme_of, status_of
from referrals.schemes import length
from referrals.schemes.proposed import begun_on
from referrals.views.case_page import show_case


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def explain(request: SignedInRequest, reference: str) -> HttpResponse:
    """What was authorised, the words to be read aloud, the conditions with their days from today, and the signature."""
    case = open_case(reference=reference, by=request.user)
    proposal = proposal_of(case)
    if proposal is None and request.method == "POST" and case.withdrawals.exists():
        return _withdrawn(request, case)
    if proposal is None or status_of(case) != CaseStatus.TO_SIGN:
        return redirect("case_page", reference)
    form, late = _form(case, proposal, request)
    if request.method == "POST" and attempt(form, lambda: _done(case, form, proposal, request)):
        return redirect("case_page", reference)
    context = {
        "case": case,
        "proposal": proposal,
        "form": form,
        "told": explaining.told_to(case),
        "approved": rulebook.settings_of(case.force, clock.today()).record_words_approved,
        "offences": [offence_in_words(one) for one in case.allegations.all()],
        "end": _end(case, proposal),
        "late": late,
        "resolution": legal.disposal_label(case.decision.disposal, clock.local_date(case.decision.decided_at)),
        "identity": presenters.identity_items(case.person, clock.today()),
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/explain.html", context, status=status)


def _withdrawn(request: SignedInRequest, case: Case) -> HttpResponse:
    """Nothing waits to be signed any more: the page of the case, with what was typed."""
    form = ExplainForm(request.POST, conditions=[], asks_admission=True, asks_words=True, is_child=True)
    too_late(form, _("What was proposed does not stand any more: nothing was signed."))
    return show_case(request, case, bound={"explain": form}, status=INVALID)


def _done(case: Case, form: ExplainForm, proposal: ProposedAgreement, request: SignedInRequest) -> None:
    shown, given = typed_number(request.POST.get("proposal"), digits=18), form.cleaned_data
    if shown not in (None, proposal.pk):
        raise Outdated("What is proposed in this case")  # withdrawn and decided anew: this was not read to the person
    if not form.is_signed:
        explaining.decline_when_explained(case=case, reason=given["declined_reason"], by=request.user)
        messages.success(request, _("Recorded: offered and declined. Nothing has begun."))
        return
    signature = {"signed_as": given["signed_as"], "adult": given.get("adult", ""), "due_on": form.due_on}
    signature["late_because"] = given.get("late_because", "")
    admits = given["admits"] == "yes" if form.asks_admission else None
    explaining.explain_and_sign(case=case, admits=admits, admitted=form.admitted, **signature, by=request.user)
    messages.success(request, _("Signed. The agreement begins today."))


def _form(case: Case, proposal: ProposedAgreement, request: SignedInRequest) -> tuple[ExplainForm, str]:
    """The form, and why a sergeant has to say that what was authorised may begin today ("": nobody has to)."""
    disposal, end = legal.disposal_of(case.decision), _end(case, proposal)
    conditions = begun_on(proposal, clock.today(), end)
    late = explaining.late_today(case, conditions, end)
    form = ExplainForm(
        request.POST if request.method == "POST" else None,
        conditions=conditions,
        asks_admission=disposal is not None and not disposal.accepts("not_asked"),
        asks_words=asks_words(case),
        is_child=legal.is_child(case),
        asks_why_late=bool(late) and explaining.may_say_why_late(case, request.user),
    )
    return form, late


def _end(case: Case, proposal: ProposedAgreement) -> Any:
    version = scheme_of(case)
    return length.end_of(version, clock.today()) if version else proposal.ends_on
