"""The clock board, for whoever has to see that time does not run out: the hub and those who authorise."""

from django.http import HttpResponse
from django.shortcuts import render

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.models import Organisation
from diversion.accounts.permissions import Permission as P
from diversion.attempts import INVALID
from diversion.design_system.pagination import page_so_far
from diversion.design_system.tables import order_by
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.forms.clocks import ClockFilterForm
from referrals.presenters import clocks as presenters
from referrals.queries import clocks as queries
from referrals.queries.cases import case_rows

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
