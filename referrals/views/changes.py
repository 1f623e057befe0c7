"""The police's page of a change to an agreement, and their answer to what a worker puts to them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import legal
from cases.barred import bar_of_correction
from cases.models.victim import left_alone
from cases.queries import open_case
from cases.trained import lacks_training
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt
from diversion.requests import SignedInRequest
from referrals.actions import missed, varying
from referrals.actions.varying import NOBODY_ASKS
from referrals.forms.varying import DecideChangeForm, EscalationForm, VictimForm
from referrals.models import ConditionChange, MissedStep
from referrals.presenters.case import identity_items
from referrals.presenters.varying import decision_rows
from referrals.queries.varying import open_change
from referrals.views.case_page import show_case_again, step_key

POLICE = Organisation.Kind.POLICE_FORCE


@requires(P.AUTHORISE, P.MANAGE_SCHEMES, people=True, kind=POLICE)
def change_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Old and new of a variation, why, and what the victim says; decided here by whoever may."""
    change = open_change(pk=pk, by=request.user)
    form = DecideChangeForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and attempt(form, lambda: _decide(change, form, request.user)):
        messages.success(request, _("Recorded: %(name)s.") % {"name": change.case.person})
        return redirect("authorisation_list" if request.user.can(P.AUTHORISE) else "case_list")
    return _show(request, change, form=form)


@requires(P.MANAGE_SCHEMES, people=True, kind=POLICE)
@require_POST
def change_victim(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the victim says to a change of what they are owed."""
    change = open_change(pk=pk, by=request.user)
    form = VictimForm(request.POST, alone=left_alone(change.case))
    if attempt(form, lambda: varying.note_victim_answer(change=change, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Recorded. It can be decided now."))
        return redirect("change_page", pk)
    return _show(request, change, victim=form)


@requires(P.RECORD_DECISION, people=True, kind=POLICE)
@require_POST
def answer_step(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Answer what a worker has put to police."""
    case = open_case(reference=reference, by=request.user)
    step = get_object_or_404(MissedStep.objects.for_police(), pk=pk, referral__case=case)
    form = EscalationForm(request.POST, auto_id=f"{step_key(step)}-%s")
    if not attempt(form, lambda: missed.answer_escalation(step=step, by=request.user, **form.cleaned_data)):
        return show_case_again(request, reference, **{step_key(step): form})
    messages.success(request, _("Answered. The worker reads it on their page."))
    return redirect("case_page", reference)


def _decide(change: ConditionChange, form: DecideChangeForm, user: User) -> None:
    data = form.cleaned_data
    act = varying.authorise_change if data["decision"] == DecideChangeForm.AUTHORISE else varying.refuse_change
    act(change=change, rationale=data["rationale"], by=user)


def _show(
    request: SignedInRequest,
    change: ConditionChange,
    *,
    form: DecideChangeForm | None = None,
    victim: VictimForm | None = None,
) -> HttpResponse:
    asks = change.is_waiting and change.asks_victim and request.user.can(P.MANAGE_SCHEMES)
    obstacle, alone = _obstacle(change, request.user), asks and left_alone(change.case)
    context = {
        "change": change,
        "case": change.case,
        "rows": decision_rows(change),
        "identity": identity_items(change.case.person, clock.today()),
        "form": form or DecideChangeForm(request=request),
        "victim": (victim or VictimForm(initial={"answer": change.victim_answer}, alone=alone)) if asks else None,
        "nobody_asks": NOBODY_ASKS if alone else "",
        "obstacle": obstacle,
        "perms_authorise": request.user.can(P.AUTHORISE),
        "wrong": [one for one in (form, victim) if one is not None],
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/change_page.html", context, status=status)


def _obstacle(change: ConditionChange, user: User) -> str:
    """Why this user cannot decide it, in a sentence; "" where they can."""
    if not change.is_waiting:
        return _("This has been decided already.")
    if not user.can(P.AUTHORISE):
        return _("A supervisor decides this.")
    if user.pk in (change.case.officer_id, change.case.decision.decided_by_id):
        return _("You are the officer in this case: someone else must decide it.")
    if bar := bar_of_correction(change.case, user):
        return _(bar)
    if not legal.may_record_decision(user.authorising_rank, change.rank):
        return _("This needs the rank of %(rank)s or above.") % {"rank": change.get_rank_display().lower()}
    return lacks_training(change.case, user, clock.today())
