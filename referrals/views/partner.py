"""The provider's inbox and the referral page, where a referral is answered and given to somebody."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, attempt
from diversion.design_system.pagination import page_of_all
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.actions import partner
from referrals.actions.waiting_list import put_on_list
from referrals.forms.partner import AcceptForm, AssignForm, FindForm, WaitForm
from referrals.presenters.partner import InboxRow, inbox_table, waiting_table
from referrals.presenters.waiting import waits
from referrals.queries import caseload as board
from referrals.queries import referrals as queries
from referrals.views.referral_page import decline_form, navigator_choices, show_again, show_referral

PROVIDER = Organisation.Kind.PROVIDER
ON_A_PAGE = 25


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def inbox(request: SignedInRequest) -> HttpResponse:
    """Referrals that wait for an answer, the longest wait first; one of them by name."""
    form = FindForm(asked(request, FindForm, page="inbox"))
    if request.method == "POST" and form.is_valid():
        return keep(request, form, page="inbox")
    text = form.cleaned_data["q"] if form.is_valid() else ""
    load = board.load_of(by=request.user)
    read = partial(queries.inbox, by=request.user, waiting=load.to_answer, text=text)
    page = page_of_all(read, ON_A_PAGE, request.GET.get("page"))
    log_shown("referral.inbox_shown", page.object_list, by=request.user)
    rows = [InboxRow(referral, clock.now()) for referral in page.object_list]
    over = is_over(request, page="inbox")
    context = {"page": page, "table": inbox_table(rows), "form": form, "text": text, "is_over": over}
    if load.on_list and not text:
        listed = queries.waiting_list(by=request.user)
        log_shown("referral.waiting_list_shown", listed, by=request.user)
        context["listed"] = waiting_table(listed, clock.now())
    context |= _around(request, load, text)
    return render(request, "referrals/inbox.html", context, status=INVALID if request.method == "POST" else 200)


def _around(request: SignedInRequest, load: board.Load, text: str) -> dict[str, Any]:
    """What waits beside the referrals; nothing of it above what a search found."""
    around = board.around(by=request.user)
    groups = board.everyones_groups(load, by=request.user, around=around)
    asked: dict[str, Any] = {"to_answer": load.to_answer, "on_board": {"who": "all"}, "around": around}
    shown = () if text else waits(groups, by=request.user, **asked)
    return {"somebody_asks": board.WAITS in around, "waits": shown}


@requires(Permission.VIEW_REFERRALS, people=True, kind=PROVIDER)
def referral_page(request: SignedInRequest, reference: str) -> HttpResponse:
    return show_referral(request, queries.open_referral(reference=reference, by=request.user))


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def accept(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = AcceptForm(request.POST, auto_id="accept-%s", by=request.user, **navigator_choices(request.user, referral))

    def act() -> None:
        values = form.cleaned_data
        partner.accept(referral=referral, navigator=values["navigator"], version=values["version"], by=request.user)

    if not attempt(form, act):
        return show_again(request, reference, accept=form)
    helper = referral.navigator.full_name if referral.navigator else _("nobody yet")
    words = {"name": str(referral.case.person), "helper": helper}
    messages.success(request, _("Accepted: %(name)s. Who helps: %(helper)s.") % words)
    return redirect("referral_page", reference)


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def wait(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = WaitForm(request.POST, auto_id="wait-%s")
    if not attempt(form, lambda: put_on_list(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, wait=form)
    messages.success(request, _("On the waiting list: %(name)s.") % {"name": referral.case.person})
    return redirect("inbox")


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def decline(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = decline_form(referral, request.POST)
    if not attempt(form, lambda: partner.decline(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, decline=form)
    words = _("Declined: %(name)s. The officer and the coordinator can see why.")
    if referral.is_voluntary:
        words = _("Declined: %(name)s. The officer sees that it came back, and not why.")
    messages.success(request, words % {"name": referral.case.person})
    return redirect("inbox")


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def assign(request: SignedInRequest, reference: str) -> HttpResponse:
    referral = queries.open_referral(reference=reference, by=request.user)
    form = AssignForm(request.POST, auto_id="assign-%s", **navigator_choices(request.user, referral))
    if not attempt(form, lambda: partner.assign(referral=referral, by=request.user, **form.cleaned_data)):
        return show_again(request, reference, assign=form)
    words = {"name": str(referral.case.person), "helper": str(referral.navigator)}
    messages.success(request, _("%(helper)s now helps %(name)s.") % words)
    return redirect("referral_page", reference)
