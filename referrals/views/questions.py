"""Questions between a partner and police about somebody who was sent: each side asks and answers on its own page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.queries import log_shown, open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import questions as actions
from referrals.models import Question
from referrals.presenters.questions import ASK, answer_form, ask_form, question_key, queue_rows
from referrals.queries import questions as queries
from referrals.queries import referrals
from referrals.views.case_page import show_case_again
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again

POLICE = Organisation.Kind.POLICE_FORCE


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def ask_police(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask the officer or the coordinators."""
    referral = referrals.open_referral(reference=reference, by=request.user)
    form = ask_form(request.user, request.POST)
    if not attempt(form, lambda: actions.ask_question(referral=referral, by=request.user, **form.asked)):
        return show_again(request, reference, **{ASK: form})
    messages.success(request, _("Asked. The answer stands here, and you are told of it by e-mail."))
    return redirect("referral_page", reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def answer_police(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Answer what police ask."""
    referral = referrals.open_referral(reference=reference, by=request.user)
    asked = get_object_or_404(Question.objects.visible_to(request.user), pk=pk, referral=referral)
    form = answer_form(asked, request.user, request.POST)
    if not attempt(form, lambda: actions.answer_question(question=asked, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, **{question_key(asked): form})
    messages.success(request, _("Answered. The police read it on the page of the case."))
    return redirect("referral_page", reference)


@requires(Permission.VIEW_REFERRALS, people=True, kind=PROVIDER)
def queue(request: SignedInRequest) -> HttpResponse:
    """What police ask, one's own people first, the longest wait first."""
    found = queries.asked_of_partner(by=request.user)
    log_shown("question.queue_shown", [one.referral for one in found], by=request.user)
    return render(request, "referrals/question_queue.html", {"rows": queue_rows(found, by=request.user)})


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def ask_partner(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask whoever helps the person."""
    case = open_case(reference=reference, by=request.user)
    referral = referrals.told_referral(case, by=request.user)
    form = ask_form(request.user, request.POST)
    if not attempt(form, lambda: actions.ask_question(referral=referral, by=request.user, **form.asked)):
        return show_case_again(request, reference, **{ASK: form})
    messages.success(request, _("Asked. The answer stands here, and you are told of it by e-mail."))
    return redirect("case_page", reference)


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def answer_partner(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Answer what the partner asks."""
    case = open_case(reference=reference, by=request.user)
    asked = get_object_or_404(Question.objects.visible_to(request.user), pk=pk, referral__case=case)
    form = answer_form(asked, request.user, request.POST)
    if not attempt(form, lambda: actions.answer_question(question=asked, by=request.user, **form.cleaned_data)):
        return show_case_again(request, reference, **{question_key(asked): form})
    messages.success(request, _("Answered. The partner reads it on their page."))
    return redirect("case_page", reference)
