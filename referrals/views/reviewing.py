"""A new offence alleged of somebody who keeps an agreement: told on one page, reviewed on another."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Offence, OffenceReview
from cases.queries import open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.requests import SignedInRequest
from referrals.actions.reviewing import confirm_who, decide_review, tell_of_offence
from referrals.forms.reviewing import DecideReviewForm, NewOffenceForm, WhoseForm
from referrals.judging.review import obstacle_to_review, why_not_reviewed, why_way_closed
from referrals.presenters.case import identity_items
from referrals.presenters.reviewing import known_then, review_rows, scheme_says
from referrals.queries.cases import live_referral
from referrals.queries.reviewing import open_review

POLICE = Organisation.Kind.POLICE_FORCE
METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES, people=True, kind=POLICE)
@require_http_methods(METHODS)
def tell(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is alleged, when, and whether it is certain that it is this person."""
    case = open_case(reference=reference, by=request.user)
    obstacle = why_not_reviewed(case)
    if obstacle and request.method != "POST":
        messages.info(request, obstacle)
        return redirect("case_page", reference)
    form = NewOffenceForm(_sent(request), offences=Offence.objects.catalogue(case.force))
    made: list[OffenceReview] = []
    if request.method == "POST" and attempt(
        form, lambda: made.append(tell_of_offence(case=case, told=form.told(), by=request.user))
    ):
        return redirect("offence_review", reference, made[0].pk)
    if obstacle:
        too_late(form, obstacle)
    context = {"case": case, "form": form, "obstacle": obstacle}
    context["left_over"] = left_over([form], [] if obstacle else [form]) if form.is_bound else []
    return render(request, "referrals/new_offence.html", context, status=_status(request))


@requires(Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES, Permission.AUTHORISE, people=True, kind=POLICE)
@require_http_methods(METHODS)
def review(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """One card: what is alleged, what was known when it was decided, what the scheme says; and what is to be said."""
    case = open_case(reference=reference, by=request.user)
    one = open_review(case=case, pk=pk, by=request.user)
    unclear = one.state == OffenceReview.State.TO_CONFIRM and not one.is_overtaken
    form = _whose(request) if unclear else _decision(request, one)
    if request.method == "POST" and form is not None and attempt(form, lambda: _done(request, one, form)):
        return redirect("case_page", reference)
    obstacle = (
        obstacle_to_review(one, request.user)
        if not unclear and (one.state in one.LIVE or request.method == "POST")
        else ""
    )
    if obstacle and form is not None and form.is_bound:
        too_late(form, obstacle)
    shown = [form] if form is not None and not obstacle else []
    referral = live_referral(case)
    context = {
        "case": case,
        "one": one,
        "form": form,
        "obstacle": obstacle,
        "unclear": unclear,
        "asked": form is not None and not obstacle and (unclear or one.is_open),
        "rows": review_rows(one),
        "known": known_then(case),
        "scheme_says": scheme_says(referral.scheme_version if referral else None),
        "identity": identity_items(case.person, clock.today(), with_ethnicity=False),
        "left_over": left_over([form], shown) if form is not None and form.is_bound else [],
    }
    return render(request, "referrals/offence_review.html", context, status=_status(request))


def _whose(request: SignedInRequest) -> WhoseForm | None:
    can = request.user.can(Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES)
    return WhoseForm(_sent(request)) if can else None


def _decision(request: SignedInRequest, one: OffenceReview) -> DecideReviewForm | None:
    if not request.user.can(Permission.AUTHORISE):
        return None
    referral = live_referral(one.case)
    ways = [way for way in OffenceReview.Way.values if not why_way_closed(way, one.case, referral)]
    return DecideReviewForm(_sent(request), request=request, ways=ways)


def _done(request: SignedInRequest, one: OffenceReview, form: Form) -> None:
    given = form.cleaned_data
    if isinstance(form, WhoseForm):
        kept = confirm_who(review=one, is_them=given["them"] == "yes", by=request.user)
        words = _("Under review. The support goes on.") if kept.is_open else _("Kept: it was somebody else.")
    else:
        decide_review(review=one, way=given["way"], rationale=given["rationale"], by=request.user)
        words = _("Reviewed.")
    messages.success(request, words)


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None of a page that is only opened."""
    return request.POST if request.method == "POST" else None


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200
