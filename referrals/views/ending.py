"""How it ended: letter and certificate for the person, the text for the record, and what the person says of it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases import rulebook
from cases.models import Authorisation, Case
from cases.queries import open_case
from diversion import audit, clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions.feedback import HELPED, note_feedback
from referrals.forms.support import FeedbackForm
from referrals.models import Agreement, PersonFeedback
from referrals.presenters.case import SupportView
from referrals.presenters.ending import Certificate, Ending, certificate_obstacle, obstacle, record_text
from referrals.queries import cases as case_queries
from referrals.queries.breaches import breach_of
from referrals.queries.referrals import open_referral
from referrals.queries.varying import conditions_for_police
from referrals.views.partner import PROVIDER


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
def case_ending(request: SignedInRequest, reference: str) -> HttpResponse:
    """The letter to the person, to print; and beside it the text for the force's record system."""
    case = open_case(reference=reference, by=request.user)
    agreement = case_queries.agreement_of(case)
    context = {"case": case, "obstacle": obstacle(case, agreement), "text": _record_text(case, agreement)}
    if agreement is not None and not context["obstacle"]:
        context["ending"] = _ending(case, agreement)
        audit.record("ending.shown", audit.Nature.CONSULTATION, by=request.user, subjects=[case, case.person])
    return render(request, "referrals/case_ending.html", context)


def _ending(case: Case, agreement: Agreement) -> Ending:
    settings = rulebook.settings_of(case.force, clock.local_date(case.decision.decided_at))
    agreed = conditions_for_police(agreement)
    return Ending(case, agreement, case_queries.live_referral(case), settings, agreed, breach_of(case))


def _record_text(case: Case, agreement: Agreement | None) -> str:
    if case.can_be_undone or case.withdrawals.in_error().exists():
        return ""
    if case.closed_at is None and not _is_settled(case, agreement):
        return ""
    views = [SupportView(referral) for referral in case_queries.referrals_of(case)]
    agreed = conditions_for_police(agreement) if agreement else []
    return record_text(case, views, agreed, breach_of(case))


def _is_settled(case: Case, agreement: Agreement | None) -> bool:
    """Whether something is agreed, and nobody has to decide on it any more."""
    waits = Authorisation.objects.filter(case=case).exclude(state=Authorisation.State.GIVEN)
    return agreement is not None and not waits.exists()


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def certificate(request: SignedInRequest, reference: str) -> HttpResponse:
    """What somebody who has completed the support takes home; or why there is none."""
    referral = open_referral(reference=reference, by=request.user)
    if referral.was_never_accepted:
        raise Http404
    context = {"referral": referral, "obstacle": certificate_obstacle(referral), "certificate": Certificate(referral)}
    return render(request, "referrals/certificate.html", context)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def person_feedback(request: SignedInRequest, reference: str) -> HttpResponse:
    """Three questions for the person, on a page that is handed to them: it never shows what was said before."""
    referral = open_referral(reference=reference, by=request.user)
    if referral.state not in HELPED:
        raise Http404
    before = PersonFeedback.objects.filter(referral=referral).first()
    initial = {"version": before.version if before else 0}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and attempt(
        form, lambda: note_feedback(referral=referral, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("Your answers were sent."))
        return redirect("person_feedback", reference)
    context = {"referral": referral, "form": form, "is_thanked": before is not None}
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/person_feedback.html", context, status=status)
