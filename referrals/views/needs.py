"""A person's needs and the two questions for monitoring: pages of their own, for the workers who help the person."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions import needs as actions
from referrals.codes import Answer, ReviewPoint
from referrals.forms.needs import AnswersForm, OutcomeForm, ReviewForm, outcome_forms
from referrals.presenters.needs import NeedsPage
from referrals.queries.needs import Needs, open_needs, services_named
from referrals.views.partner import PROVIDER


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def needs_page(request: SignedInRequest, reference: str) -> HttpResponse:
    return _show(request, open_needs(reference=reference, by=request.user))


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def review(request: SignedInRequest, reference: str, point: str) -> HttpResponse:
    """The wheel at one point: as that review stands, or as the last one left it."""
    found = open_needs(reference=reference, by=request.user)
    if point not in ReviewPoint.values:
        raise Http404
    if request.method != "POST":  # what was typed before the referral ended is answered in words
        _check_may_record(found)
    form = ReviewForm(request.POST or None, levels=found.levels.get(point, found.last_levels()))

    def act() -> None:
        version = form.cleaned_data["version"]
        actions.review_needs(referral=found.referral, point=point, levels=form.levels, version=version, by=request.user)

    if request.method == "POST" and attempt(form, act):
        words = {"name": str(found.referral.case.person), "when": str(ReviewPoint(point).label).lower()}
        messages.success(request, _("Needs reviewed %(when)s: %(name)s.") % words)
        return redirect("referral_needs", reference)
    standing = found.reviews.get(point)
    context = {
        "referral": found.referral,
        "form": form,
        "when": ReviewPoint(point).label,
        "version": standing.version if standing else 0,
        "review": standing,
        "carried": not standing and bool(found.reviews),
    }
    return render(request, "referrals/needs_review.html", context, status=_status(request))


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def outcomes(request: SignedInRequest, reference: str) -> HttpResponse:
    """What came of the needs; a GET has said nothing."""
    found = open_needs(reference=reference, by=request.user)
    if request.method != "POST" or not found.found:
        return redirect("referral_needs", reference)
    forms = outcome_forms(found.found, found.outcomes, request.POST)

    def act() -> None:
        said = [form.details for form in forms]
        actions.record_outcomes(referral=found.referral, outcomes=said, by=request.user)

    if not (all([form.is_valid() for form in forms]) and attempt(forms[0], act)):
        return _show(request, open_needs(reference=reference, by=request.user), forms)
    messages.success(request, _("What came of the needs is saved: %(name)s.") % {"name": found.referral.case.person})
    return redirect("referral_needs", reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def about_person(request: SignedInRequest, reference: str) -> HttpResponse:
    """The two questions asked for monitoring."""
    found = open_needs(reference=reference, by=request.user)
    if request.method != "POST":
        _check_may_record(found)
    stands = found.answers
    known = {
        "disability": stands.disability if stands else Answer.UNKNOWN,
        "care_experience": stands.care_experience if stands else Answer.UNKNOWN,
    }
    form = AnswersForm(request.POST or None, **known)

    def act() -> None:
        version = form.cleaned_data["version"]
        actions.record_answers(referral=found.referral, version=version, by=request.user, **form.answers)

    if request.method == "POST" and attempt(form, act):
        messages.success(request, _("Answers saved: %(name)s.") % {"name": found.referral.case.person})
        return redirect("referral_page", reference)
    context = {"referral": found.referral, "form": form, "answers": stands, "version": stands.version if stands else 0}
    return render(request, "referrals/about_person.html", context, status=_status(request))


def _show(request: SignedInRequest, found: Needs, sent: list[OutcomeForm] | None = None) -> HttpResponse:
    """The page of needs; ``sent`` are forms that could not be done."""
    page = NeedsPage(found)
    context: dict[str, Any] = {"referral": found.referral, "page": page, "wrong": sent or []}
    if page.may_record and found.found:
        context["forms"] = sent or outcome_forms(found.found, found.outcomes)
        context["services"] = services_named(found.referral)
    return render(request, "referrals/needs_page.html", context, status=INVALID if sent else 200)


def _check_may_record(found: Needs) -> None:
    """A form that cannot be saved is not there to be filled in."""
    if not NeedsPage(found).may_record:
        raise Http404


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200
