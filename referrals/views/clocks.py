"""The clock board, for whoever has to see that time does not run out: the hub and those who authorise."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.queries import log_shown, open_case
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID, attempt
from diversion.design_system.pagination import page_so_far
from diversion.design_system.tables import order_by
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.actions.escalating import MAY_ANSWER, say_what_is_done
from referrals.forms.clocks import ClockFilterForm, TimeLimitForm
from referrals.presenters import clocks as presenters
from referrals.queries import clocks as queries
from referrals.queries.cases import case_rows
from referrals.queries.escalations import escalations_of, open_escalation

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
        "table": presenters.board(cases, clock=chosen["clock"], order=order, today=clock.today()),
        "narrowed": any(chosen.values()),
        "is_over": is_over(request, page="clock_board"),
    }
    return render(request, "referrals/clock_board.html", context, status=INVALID if request.method == "POST" else 200)


@requires(*MAY_ANSWER, people=True, kind=POLICE)
def time_limit(request: SignedInRequest, reference: str) -> HttpResponse:
    """The warnings before the time limit of a case, what was said to be done, and the form to say so."""
    case = open_case(reference=reference, by=request.user)
    asks = open_escalation(case)
    form = TimeLimitForm(request.POST or None, escalation=asks) if asks else None
    if request.method == "POST" and form is None:
        messages.info(request, _("Nothing waits for an answer here any more."))
        return redirect("case_time_limit", reference)
    if (
        request.method == "POST"
        and asks
        and form
        and attempt(form, lambda: say_what_is_done(escalation=asks, by=request.user, **form.cleaned_data))
    ):
        messages.success(request, _("Recorded. It is on nobody’s list any more."))
        return redirect("case_page", reference)
    context: dict[str, Any] = {"case": case, "asks": asks, "form": form}
    if asks:
        context |= presenters.days_left(asks, clock.today())
    context["said"] = presenters.warnings_in_words(escalations_of(case))
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/time_limit.html", context, status=status)
