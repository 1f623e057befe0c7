"""Undoing what was settled or closed, by a button on the page where it was done."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.queries import open_case
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import attempt
from diversion.requests import SignedInRequest
from referrals.actions import undoing
from referrals.models import Undoable
from referrals.queries import referrals as queries
from referrals.queries.undoing import undoables_of
from referrals.views.case_page import show_case_again
from referrals.views.partner import PROVIDER
from referrals.views.referral_page import show_again


@requires(Permission.RECORD_DECISION, people=True, kind=Organisation.Kind.POLICE_FORCE)
@require_POST
def case_undo(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Undo what police settled or decided on a case."""
    case = open_case(reference=reference, by=request.user)
    undoable, button = get_object_or_404(undoables_of(case), pk=pk), Form(request.POST)
    if not attempt(button, lambda: _answer(request, undoable)):
        return show_case_again(request, reference, undo=button)
    return redirect("case_page", reference)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
@require_POST
def referral_undo(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Undo that a referral was closed."""
    referral = queries.open_referral(reference=reference, by=request.user)
    undoable, button = get_object_or_404(referral.undoables, pk=pk), Form(request.POST)
    if not attempt(button, lambda: _answer(request, undoable)):
        return show_again(request, reference, undo=button)
    return redirect("referral_page", reference)


def _answer(request: SignedInRequest, undoable: Undoable) -> None:
    if request.POST.get("answer") == "stands":
        undoing.let_stand(undoable=undoable, by=request.user)
        messages.success(request, _("It stands, and may be told now."))
    else:
        undoing.undo(undoable=undoable, by=request.user)
        messages.success(request, _("Undone. Nobody was told of it."))
