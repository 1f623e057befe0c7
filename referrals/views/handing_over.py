"""Handing over the work of somebody who has left, or who is about to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import actions as case_actions
from cases.actions.handing_over import MAY_HAND_OVER
from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.repeating import typed_number
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.requests import SignedInRequest
from referrals.actions import handing_over
from referrals.forms.handing_over import HandOverForm
from referrals.models import HelpRequest
from referrals.presenters.handing_over import case_in_words, help_in_words, referral_in_words
from referrals.queries import handing_over as queries

HANDS_OVER = (*MAY_HAND_OVER, Permission.DECIDE_REFERRALS)


@requires(*HANDS_OVER)
def holder_list(request: SignedInRequest) -> HttpResponse:
    """Who holds open work here, and how much, and nobody's case: those who have left first."""
    holders = queries.holders(by=request.user)
    rows = [_row(one) for one in holders]
    columns = [
        Column(_("Who")),
        Column(_("Open cases") if request.user.is_police else _("People they help"), numeric=True),
    ]
    table = Table(_("Who holds open work"), columns, rows, caption_hidden=True)
    return render(request, "referrals/holder_list.html", {"holders": holders, "table": table})


def _row(holder: queries.Holder) -> list[Any]:
    name = link(holder.user.full_name, reverse("hand_over", args=[holder.user.pk]))
    return [under(name, tag(_("Has left"), "red")) if holder.has_left else name, holder.count]


@requires(*HANDS_OVER, people=True)
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one person holds, to be given to another: all of it, or what is ticked."""
    holder = queries.open_holder(pk=pk, by=request.user)
    held = _held(holder, request.user)
    form = _form(holder, held, request)
    if attempt(form, lambda: _act(form, holder, request.user)):
        count, to = len(form.cleaned_data["references"]), form.cleaned_data["to"]
        words = ngettext("%(n)d is handed over to %(who)s.", "%(n)d are handed over to %(who)s.", count)
        messages.success(request, words % {"n": count, "who": to})
        return redirect("hand_over", pk) if len(held) > count else redirect("holder_list")
    _log_held([one for one, _words in held], request.user)
    context = {"holder": holder, "form": form, "held": held, "most": queries.MOST, "is_cut": len(held) == queries.MOST}
    return render(request, "referrals/hand_over.html", context, status=INVALID if form.is_bound else 200)


def _held(holder: User, by: User) -> list[tuple[Any, str]]:
    if by.is_police:
        return [(case, case_in_words(case)) for case in queries.cases_held(holder, by=by)]
    held = [(referral, referral_in_words(referral)) for referral in queries.referrals_held(holder, by=by)]
    return [*held, *((asked, help_in_words(asked)) for asked in queries.help_held(holder, by=by))][: queries.MOST]


def _log_held(held: list[Any], by: User) -> None:
    """Apart for those who asked for help: their records are of another confidentiality domain than any referral."""
    asked = [one for one in held if isinstance(one, HelpRequest)]
    log_shown("work.shown", [one for one in held if not isinstance(one, HelpRequest)], by=by)
    if asked:
        log_shown("help.list_shown", asked, by=by)


def _form(holder: User, held: list[tuple[Any, str]], request: SignedInRequest) -> HandOverForm:
    choices = [(one.reference, words) for one, words in held]
    others = queries.takers(by=request.user).exclude(pk=holder.pk)
    if request.method != "POST":
        return HandOverForm(held=choices, takers=others)
    sent = request.POST.getlist("references")
    done = queries.held_already(sent, to=typed_number(request.POST.get("to"), digits=18), by=request.user)
    return HandOverForm(request.POST, held=[*choices, *((one, one) for one in done)], takers=others)


def _act(form: HandOverForm, holder: User, by: User) -> None:
    action = case_actions.hand_over if by.is_police else handing_over.hand_over
    action(holder=holder, by=by, **form.cleaned_data)
