"""Asking that a decision be rescinded on which somebody has acted, and deciding that: each on a page of its own."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case, Rescission
from cases.queries import open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.requests import SignedInRequest
from referrals.actions.rescinding import ask_rescission, decide_rescission
from referrals.forms.rescinding import DecideRescissionForm, RescindForm
from referrals.judging.rescission import obstacle_to_rescind, rank_to_rescind, why_not_asked
from referrals.presenters.case import decision_rows, identity_items
from referrals.presenters.rescinding import rescission_rows, waits_in_words, what_happens
from referrals.queries.rescinding import rescission_to_decide
from referrals.queries.withdrawing import why_not_withdrawn

POLICE = Organisation.Kind.POLICE_FORCE
METHODS = ["GET", "HEAD", "POST"]


@requires(Permission.RECORD_DECISION, people=True, kind=POLICE)
@require_http_methods(METHODS)
def rescind(request: SignedInRequest, reference: str) -> HttpResponse:
    """What will happen if a rank agrees, why it is asked, and the button."""
    case = open_case(reference=reference, by=request.user)
    obstacle = _why_not(case)
    if obstacle and request.method != "POST":
        messages.info(request, obstacle)
        return redirect("case_page", reference)
    form = RescindForm(_sent(request))
    if request.method == "POST" and attempt(form, lambda: _asked(request, case, form)):
        return redirect("case_page", reference)
    if obstacle:
        too_late(form, obstacle)
    context = {"case": case, "form": form, "obstacle": obstacle}
    if not obstacle:
        context |= {"what_happens": what_happens(case), "rank": _rank(case)}
    context["left_over"] = left_over([form], [] if obstacle else [form]) if form.is_bound else []
    return render(request, "referrals/rescind.html", context, status=_status(request))


def _why_not(case: Case) -> str:
    if obstacle := why_not_asked(case):
        return obstacle
    return "" if why_not_withdrawn(case) else _("Nobody has acted on this decision yet: withdraw it instead.")


def _rank(case: Case) -> str:
    return waits_in_words(Rescission(rank=rank_to_rescind(case)))


def _asked(request: SignedInRequest, case: Case, form: RescindForm) -> None:
    asked = ask_rescission(case=case, why=form.why(), seen=form.cleaned_data["version"], by=request.user)
    messages.success(request, _("Asked. %(waits)s; until then the decision stands.") % {"waits": waits_in_words(asked)})


@requires(Permission.AUTHORISE, people=True, kind=POLICE)
@require_http_methods(METHODS)
def rescission(request: SignedInRequest, reference: str) -> HttpResponse:
    """What is asked and why, what will happen, and the decision: one case at a time, with the password again."""
    case = open_case(reference=reference, by=request.user)
    asked = rescission_to_decide(case=case, by=request.user)
    form = DecideRescissionForm(_sent(request), request=request, is_prosecutors=asked.rank == "prosecutor")
    if request.method == "POST" and attempt(form, lambda: _decided(request, asked, form)):
        return redirect("case_page", reference)
    obstacle = obstacle_to_rescind(asked, request.user)
    if obstacle and form.is_bound:
        too_late(form, obstacle)
    context = {
        "case": case,
        "form": form,
        "obstacle": obstacle,
        "asked": asked,
        "rows": rescission_rows(asked),
        "decision_rows": decision_rows(case),
        "identity": identity_items(case.person, clock.today(), with_ethnicity=False),
        "what_happens": what_happens(case) if asked.is_waiting else [],
        "left_over": left_over([form], [] if obstacle else [form]) if form.is_bound else [],
    }
    return render(request, "referrals/rescission.html", context, status=_status(request))


def _decided(request: SignedInRequest, asked: Rescission, form: DecideRescissionForm) -> None:
    said = {"agrees": form.agrees, "rationale": form.cleaned_data["rationale"], "prosecutor": form.by_prosecutor}
    decide_rescission(rescission=asked, by=request.user, **said)
    words = {True: _("Rescinded. The case is closed."), False: _("Not rescinded: the decision stands.")}
    messages.success(request, words[form.agrees])


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What was sent, be it nothing at all; None of a page that is only opened."""
    return request.POST if request.method == "POST" else None


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200
