"""Check-ins of one person, and the queue of answers that ask for somebody: for the workers of the provider alone."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import check_ins as actions
from referrals.forms.check_ins import CheckReviewForm
from referrals.models import CheckIn
from referrals.presenters.check_ins import plan_form, queue_rows, review_key
from referrals.queries import check_ins as queries
from referrals.queries import referrals as referral_queries
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def plan(request: SignedInRequest, reference: str) -> HttpResponse:
    """Say what they are asked, and how often."""
    referral = referral_queries.open_referral(reference=reference, by=request.user)
    form = plan_form(referral, queries.plan_of(referral), request.POST)
    if not attempt(form, lambda: actions.plan_check_ins(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, check_ins=form)
    messages.success(request, _("Saved. The next one goes tomorrow at the earliest, and not on a day when you meet."))
    return _back(reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def stop(request: SignedInRequest, reference: str) -> HttpResponse:
    """Ask them no more. A GET has stopped nothing."""
    referral = referral_queries.open_referral(reference=reference, by=request.user)
    if request.method != "POST":
        return redirect("referral_page", reference)
    form = Form(request.POST)
    if not attempt(form, lambda: actions.stop_check_ins(referral=referral, by=request.user)):
        return show_again(request, reference, stop_check_ins=form)
    messages.success(request, _("Stopped: they are asked no more."))
    return _back(reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def review(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Say what was done about an answer."""
    referral = referral_queries.open_referral(reference=reference, by=request.user)
    check_in = get_object_or_404(CheckIn.objects.visible_to(request.user), pk=pk, referral=referral)
    form = CheckReviewForm(request.POST, auto_id=f"{review_key(check_in)}-%s")
    if not attempt(form, lambda: actions.review_check_in(check_in=check_in, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, **{review_key(check_in): form})
    messages.success(request, _("Seen to: %(name)s.") % {"name": referral.case.person})
    return _back(reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def queue(request: SignedInRequest) -> HttpResponse:
    """Answers that ask for somebody, one's own first, the longest wait first."""
    found = queries.to_review(by=request.user)
    log_shown("checkin.queue_shown", [one.referral for one, _owner in found], by=request.user)
    rows = queue_rows(found, by=request.user)
    groups = [
        (_("Yours to see to"), [row for row in rows if row["is_own"]]),
        (_("For a colleague to see to"), [row for row in rows if not row["is_own"]]),
    ]
    return render(request, "referrals/check_ins/queue.html", {"rows": rows, "groups": groups})


def _back(reference: str) -> HttpResponse:
    return redirect(f"{reverse('referral_page', args=[reference])}#check-ins")
