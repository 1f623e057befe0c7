"""The clock board, for whoever has to see that time does not run out: the hub and those who authorise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.models import Case
from cases.queries import log_shown, open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt, left_over
from diversion.design_system.pagination import page_so_far
from diversion.design_system.tables import order_by
from diversion.refusals import Outdated
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.actions.escalating import MAY_ANSWER, say_what_is_done
from referrals.forms.clocks import AfterLimitForm, ClockFilterForm, TimeLimitForm, form_of
from referrals.models import Escalation
from referrals.presenters import clocks as presenters
from referrals.queries import clocks as queries
from referrals.queries.escalations import escalations_of, later_limits, open_escalation
from referrals.queries.listed import case_rows

POLICE = Organisation.Kind.POLICE_FORCE
ON_A_PAGE = 25


@requires(P.AUTHORISE, P.MANAGE_SCHEMES, people=True, kind=POLICE)
def clock_board(request: SignedInRequest) -> HttpResponse:
    """Open cases by the days that are left to charge, to complete, to be in touch, to decide and to tell."""
    teams = queries.teams_to_choose(by=request.user)
    form = ClockFilterForm(asked(request, ClockFilterForm, page="clock_board"), teams=teams)
    if request.method == "POST" and form.is_valid():
        return keep(request, form, page="clock_board")
    chosen = form.chosen()
    order = order_by(request, queries.ORDERED_BY, default="days")
    page = page_so_far(
        lambda most: queries.clock_keys(by=request.user, **chosen, order=order, most=most),
        ON_A_PAGE,
        request.GET.get("page"),
    )
    cases = case_rows(list(page.object_list), by=request.user)
    log_shown("clocks.shown", cases, by=request.user)
    context = {
        "form": form,
        "page": page,
        "table": presenters.board(
            cases,
            later_limits([one.standing for one in cases]),
            queries.paused(cases),
            clock=chosen["clock"],
            order=order,
            today=clock.today(),
        ),
        "narrowed": any(chosen.values()),
        "is_over": is_over(request, page="clock_board"),
    }
    return render(request, "referrals/clock_board.html", context, status=INVALID if request.method == "POST" else 200)


@requires(*MAY_ANSWER, people=True, kind=POLICE)
def time_limit(request: SignedInRequest, reference: str) -> HttpResponse:
    """The warnings before the time limit of a case, what was said to be done, and the form to say so."""
    case = open_case(reference=reference, by=request.user)
    sent = (TimeLimitForm if "who" in request.POST else AfterLimitForm)(request.POST or None)
    if request.method == "POST" and attempt(sent, lambda: _say(case, sent, request.user)):
        return _recorded(request, case)
    asks = open_escalation(case)
    form = _form_now(request, sent, asks) if asks else None
    typed = left_over([sent], [form] if isinstance(form, type(sent)) else []) if sent.is_bound else []
    context: dict[str, Any] = {"case": case, "asks": asks, "form": form, "left_over": typed}
    if asks:
        context |= presenters.days_left(asks, clock.today())
    context["said"] = presenters.warnings_in_words(escalations_of(case))
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/time_limit.html", context, status=status)


def _say(case: Case, sent: AfterLimitForm, by: User) -> None:
    """Answer the warning that the page showed, which may not be the one that asks now."""
    shown = case.escalations.filter(pk=sent.cleaned_data["seen"]).first()
    if shown is None:
        raise Outdated("This warning")
    say_what_is_done(escalation=shown, by=by, **sent.said())


def _recorded(request: SignedInRequest, case: Case) -> HttpResponse:
    if open_escalation(case):
        messages.success(request, _("Recorded. Another time limit of this case waits for an answer."))
        return redirect("case_time_limit", case.reference)
    messages.success(request, _("Recorded. It is on nobody’s list any more."))
    return redirect("case_page", case.reference)


def _form_now(request: SignedInRequest, sent: AfterLimitForm, asks: Escalation) -> AfterLimitForm:
    """The form of the warning that asks now, with what was typed and what was wrong with it."""
    if not sent.is_bound:
        return form_of(asks)(escalation=asks)
    data = request.POST.copy()
    data["seen"] = str(asks.pk)
    form = form_of(asks)(data, escalation=asks)
    form.full_clean()
    for words in sent.non_field_errors():
        form.add_error(None, words)
    return form
