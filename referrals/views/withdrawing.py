"""Withdrawing a decision on which nobody has acted yet, on a page that says first what will happen."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.models import Case
from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt, left_over, too_late
from diversion.requests import SignedInRequest
from referrals.actions.withdrawing import withdraw_decision
from referrals.forms.withdrawing import WithdrawForm
from referrals.presenters.withdrawing import said_once_done, what_happens
from referrals.queries.withdrawing import is_left_open, is_theirs, why_not_withdrawn


@requires(Permission.RECORD_DECISION, Permission.MANAGE_SCHEMES, people=True, kind=Organisation.Kind.POLICE_FORCE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, reference: str) -> HttpResponse:
    """What will happen, why, and the button. A colleague who sees the case and did not decide it is refused."""
    case = open_case(reference=reference, by=request.user)
    if not is_theirs(case, request.user):
        raise PermissionDenied
    obstacle = why_not_withdrawn(case)
    if obstacle and request.method != "POST":
        messages.info(request, obstacle)
        return redirect("case_page", reference)
    form = WithdrawForm(request.POST if request.method == "POST" else None, left_open=is_left_open(case))
    if request.method == "POST" and attempt(form, lambda: _done(request, case, form)):
        return redirect("case_page", reference)
    if obstacle:
        too_late(form, obstacle)
    status = INVALID if request.method == "POST" else 200
    context = {"case": case, "form": form, "obstacle": obstacle, "left_open": is_left_open(case)}
    context["left_over"] = left_over([form], []) if obstacle and form.is_bound else []
    context["what_happens"] = [] if obstacle else what_happens(case)
    return render(request, "referrals/withdraw.html", context, status=status)


def _done(request: SignedInRequest, case: Case, form: WithdrawForm) -> None:
    done = withdraw_decision(case=case, why=form.why(), seen=form.cleaned_data["version"], by=request.user)
    messages.success(request, said_once_done(done))
    if done.reason == done.Reason.WRONG_PERSON:
        messages.info(request, _("Now record it for the right person: the crime is still to be decided."))
