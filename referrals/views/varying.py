"""The worker's pages of what was missed, and of what is changed so that the agreement can still be kept."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases import legal
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.refusals import Refused
from diversion.requests import SignedInRequest
from referrals.actions import missed as missed_actions
from referrals.actions import varying as actions
from referrals.codes import Way
from referrals.forms.varying import ChangeForm, MissedForm
from referrals.judging.variation import is_conditional
from referrals.models import Appointment, Condition, ConditionChange, MissedStep, Referral
from referrals.presenters.partner import appointment_words, waiting_change
from referrals.presenters.varying import change_rows, rules_in_words
from referrals.queries import referrals as queries
from referrals.queries.varying import reasons_before
from referrals.schemes.missed import is_missed, is_to_do, step_of
from referrals.views.partner import PROVIDER

OPEN = (Referral.State.ACCEPTED, Referral.State.STARTED)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def appointment_missed(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Why an appointment was missed, and what follows; excusing it leads to planning another."""
    referral = _open(request, reference)
    appointment = get_object_or_404(Appointment, pk=pk, referral=referral)
    step = step_of(appointment)
    if request.method != "POST" and not is_missed(appointment) and step is None:
        return redirect("referral_page", reference)
    form = MissedForm(request.POST if request.method == "POST" else None, referral=referral, step=step)
    if request.method == "POST" and attempt(form, lambda: _answer(appointment, form, request)):
        messages.success(request, _("Saved: %(name)s.") % {"name": referral.case.person})
        plan = "?plan=1#plan" if form.way_code == Way.EXCUSED else ""
        return redirect(f"{reverse('referral_page', args=[reference])}{plan}")
    context = {
        "referral": referral,
        "form": form,
        "step": step,
        "what": appointment_words(appointment),
        "to_do": is_to_do(appointment, step),
        "history": reasons_before(step),
    }
    return render(request, "referrals/appointment_missed.html", context, status=_status(request))


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def condition_change(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """One page for a condition that went past its day, or that somebody says they cannot keep as it is."""
    referral = _open(request, reference)
    condition = get_object_or_404(Condition.objects.select_related("agreement__case__decision"), pk=pk,
                                  agreement__referral=referral)  # fmt: skip
    step, missed = step_of(condition), is_missed(condition)
    waits = waiting_change(condition) or (step if step and step.waits_for_police else None)
    if request.method != "POST" and (waits or condition.state != Condition.State.OPEN):
        return redirect("referral_page", reference)
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        condition=condition,
        referral=referral,
        missed=missed,
        child=legal.is_child(referral.case),
        step=step,
    )
    if request.method == "POST" and attempt(form, lambda: _change(condition, form, request)):
        return redirect(f"{reverse('referral_page', args=[reference])}#conditions")
    context = {
        "referral": referral,
        "form": form,
        "condition": condition,
        "step": step,
        "missed": missed,
        "rules": rules_in_words(condition),
        "conditional": is_conditional(referral.case),
        "changes": change_rows(condition, for_partner=True),
        "history": reasons_before(step),
    }
    return render(request, "referrals/condition_change.html", context, status=_status(request))


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def change_take_back(request: SignedInRequest, reference: str, pk: int) -> HttpResponse:
    """Take back a change that waits; a GET has asked for nothing."""
    referral = _open(request, reference)
    if request.method == "POST":
        change = get_object_or_404(ConditionChange, pk=pk, condition__agreement__referral=referral)
        try:
            actions.take_back_change(change=change, by=request.user)
            messages.success(request, _("Taken back: the condition stands as it was."))
        except Refused as refusal:
            messages.error(request, str(refusal))
    return redirect(f"{reverse('referral_page', args=[reference])}#conditions")


def _open(request: SignedInRequest, reference: str) -> Referral:
    """An opened referral on which something may be recorded; the words for one that has ended are its own page's."""
    referral = queries.open_referral(reference=reference, by=request.user)
    if referral.state not in OPEN and request.method != "POST":
        raise Http404
    return referral


def _answer(missed: Condition | Appointment, form: Any, request: SignedInRequest) -> MissedStep:
    given = form.cleaned_data
    note = given.get("note", "") if form.way_code == Way.ESCALATED else ""
    said = {"reason": given["reason"], "way": form.way_code, "note": note, "version": given["version"]}
    return missed_actions.answer_missed(missed=missed, **said, by=request.user)


def _change(condition: Condition, form: ChangeForm, request: SignedInRequest) -> None:
    if form.way_code in ("", Way.ESCALATED):
        _answer(condition, form, request)
        messages.success(request, _("Saved."))
        return
    version = form.cleaned_data["condition_version"]
    made = actions.change_condition(condition=condition, change=form.change(), version=version, by=request.user)
    words = _("Changed.") if made.state == ConditionChange.State.MADE else _(
        "Asked. Until the police have decided, the condition stands as it was and nothing counts against the person."
    )  # fmt: skip
    messages.success(request, words)


def _status(request: SignedInRequest) -> int:
    return INVALID if request.method == "POST" else 200
