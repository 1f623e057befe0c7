"""The page of a provider's manager."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cases.queries import log_shown
from diversion import audit, clock
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.accounts.vetted import own_vetting_ending
from diversion.door import Audience, checked
from diversion.requests import SignedInRequest
from referrals.presenters.check_ins import times_rows
from referrals.presenters.managing import (
    ending_rows,
    late_table,
    load_table,
    money_rows,
    months_to_return,
    paused_table,
    return_csv,
    vetting_rows,
    waits_table,
)
from referrals.queries import managing as queries
from referrals.queries.absences import away_today
from referrals.queries.check_ins import times
from referrals.views.partner import PROVIDER


@requires(Permission.DECIDE_REFERRALS, people=True, kind=PROVIDER)
def managing(request: SignedInRequest) -> HttpResponse:
    """What is late, who has how much, how long people wait, and which agreements and whose vetting end."""
    by = request.user
    late = queries.late(by=by)
    shown, figures = late[: queries.LISTED], queries.figures(by=by)
    log_shown("referral.late_shown", [one.referral for one in shown], by=by)
    paused = queries.paused(by=by)
    if paused:
        log_shown("referral.paused_shown", paused, by=by)
    endings = [(one, queries.left_at_end(one, by=by)) for one in queries.own_agreements_ending(by=by)]
    moneys = [(one, queries.left_without_money(one, by=by)) for one in queries.money_ending(by=by)]
    if left := [referral for _one, rows in [*endings, *moneys] for referral in rows]:
        log_shown("referral.left_shown", left, by=by)
    context = {
        "late": late_table(shown) if shown else None,
        "more": late[queries.LISTED :],
        "paused": paused_table(paused) if paused else None,
        "load": load_table(figures, away_today(by=by)),
        "waits": waits_table(figures) if figures["waits"] else None,
        "over": queries.WAITS_OVER,
        "endings": [*ending_rows(endings, by.organisation_id), *money_rows(moneys)],
        "vetting": vetting_rows(own_vetting_ending(by=by)),
        "months": months_to_return(),
        "check_ins": times_rows(times(by=by)),
    }
    return render(request, "referrals/managing.html", context)


@requires(Permission.DECIDE_REFERRALS, kind=PROVIDER)
def monthly_return(request: SignedInRequest) -> HttpResponse:
    """The contract's return of one month, as CSV. It names nobody."""
    month = _month(request.GET.get("month", ""))
    figures = queries.monthly_return(month=month, by=request.user)
    audit.record("return.made", audit.Nature.ADMINISTRATION, by=request.user, detail={"month": f"{month:%Y-%m}"})
    text = return_csv(checked(figures, Audience.OPERATIONAL))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="return-{month:%Y-%m}.csv"'
    return answer


def _month(typed: str) -> date:
    """The first day of "2026-10"; 404 for anything else, and for a month that has not begun."""
    try:
        month = date.fromisoformat(f"{typed}-01")
    except ValueError:
        raise Http404 from None
    if month > clock.today():
        raise Http404
    return month
