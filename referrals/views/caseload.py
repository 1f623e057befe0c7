"""The caseload: a board of one line for each person, of which one row at a time is open."""

import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.attempts import INVALID, left_over
from diversion.design_system.filtering import SEARCH
from diversion.requests import SignedInRequest
from diversion.searching import asked, is_over, keep
from referrals.codes import Group
from referrals.forms.partner import BoardForm
from referrals.presenters.caseload import BoardRow, OpenRow, group_sessions, sections
from referrals.presenters.growing_up import birthdays
from referrals.presenters.partner import Bound
from referrals.presenters.waiting import ON_A_PAGE, waits
from referrals.queries import caseload as queries
from referrals.queries.absences import covered_by
from referrals.queries.caseload import FirstPlaces, Load, Place, Recorded, Wanted, places
from referrals.queries.growing_up import turning_18
from referrals.views.partner import PROVIDER

MINE, EVERYONE, NOBODY = "mine", "all", "unassigned"
#: What an address of the board may hold beside the page, and what each record leads back to.
KEPT = ("who", "scheme", "sort", SEARCH)


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def caseload(request: SignedInRequest) -> HttpResponse:
    """Open referrals by what is due next: one's own, or the organisation's; one of them by name."""
    return show_caseload(request)


def show_caseload(request: SignedInRequest, *, opened: str = "", bound: Bound | None = None) -> HttpResponse:
    """The board, with the row ``opened`` (a reference) unfolded; ``bound`` are its forms that could not be done."""
    load, around = queries.load_of(by=request.user), queries.around(by=request.user)
    recorded = queries.recorded_today(by=request.user) if queries.RECORDED in around else {}
    form = BoardForm(_asked(request, sent=bound is not None), schemes=load.schemes)
    if request.method == "POST" and bound is None and form.is_valid():
        return keep(request, form, page="caseload", anew=("open", "at"))
    given = form.cleaned_data if form.is_valid() else {}
    who, opened = who_asked(request), opened or request.GET.get("open", "")
    wanted = wanted_by(request, who, given)
    listed, page = _page_of(request, wanted, load, recorded, opened or request.GET.get("at", ""))
    groups = Counter[Group]() if given.get("sort") else queries.by_group(listed)
    rows = [BoardRow(referral, load) for referral in queries.rows_at(list(page.object_list), by=request.user)]
    log_shown("referral.caseload_shown", [row.referral for row in rows], by=request.user)
    row = next((one for one in rows if one.referral.reference == opened), None)
    unfolded = _opened(row, request, bound or {})
    state = {name: value for name in KEPT if (value := _parameters(request).get(name))} | {"who": who}
    context = {
        "page": page,
        "rows": rows,
        "group_sessions": group_sessions(rows),
        "sections": sections(rows, groups, urlencode(state)),
        "waits": _waits(request, load, groups, state, around) if not any(given.values()) else (),
        "opened": row,
        "open": unfolded,
        "left_over": left_over((bound or {}).values(), [unfolded.contact, unfolded.attendance] if unfolded else []),
        "state": state,
        "query": urlencode(state),
        "sheet": f"{reverse('caseload_sheet')}?{urlencode({'who': who})}",
        "whose": _whose(request, load, who, state),
        "colleagues": _colleagues(request, load, who),
        "birthdays": birthdays(turning_18(by=request.user)) if queries.ADULTS in around else None,
        "covers": covered_by(request.user) if queries.COVERED in around else (),
        "may_hand_over": request.user.can(Permission.DECIDE_REFERRALS),
        "form": form,
        "narrowed": any(given.values()),
        "is_over": is_over(request, page="caseload"),
        "somebody_asks": queries.WAITS in around,
        "wrong": [*(bound or {}).values(), form],
    }
    status = INVALID if request.method == "POST" else 200
    return render(request, "referrals/caseload.html", context, status=status)


def back_to_row(request: SignedInRequest, reference: str) -> HttpResponse:
    """After a record: the same board, with the same row in sight."""
    query = {name: value for name in KEPT if (value := request.POST.get(name))}
    query |= {"who": who_asked(request), "at": reference}
    return redirect(f"{reverse('caseload')}?{urlencode(query)}#{reference}")


def _parameters(request: SignedInRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _asked(request: SignedInRequest, *, sent: bool) -> Any:
    """What the filter is bound to: after a record that could not be done, what its form carried along."""
    if not sent:
        return asked(request, BoardForm, page="caseload")
    return {name: request.POST.get(name, "") for name in ("scheme", "sort")}


def wanted_by(request: SignedInRequest, who: str, given: dict[str, Any]) -> Wanted:
    navigator = request.user.pk if who == MINE else int(who) if who not in (EVERYONE, NOBODY) else None
    scheme = int(given["scheme"]) if given.get("scheme") else None
    return Wanted(navigator, who == NOBODY, scheme, given.get("q", ""), given.get("sort", ""))


def _opened(row: BoardRow | None, request: SignedInRequest, bound: Bound) -> OpenRow | None:
    return OpenRow(row, queries.contacts_today(row.referral, by=request.user), bound) if row else None


def who_asked(request: SignedInRequest) -> str:
    """Whose caseload: "mine", "all", "unassigned" or a colleague's id. Who assigns begins with everyone."""
    asked_for = _parameters(request).get("who", "")
    if asked_for in (MINE, EVERYONE, NOBODY) or re.fullmatch("[0-9]{1,9}", asked_for):
        return asked_for
    return EVERYONE if request.user.can(Permission.DECIDE_REFERRALS) else MINE


def _waits(
    request: SignedInRequest, load: Load, groups: Counter[Group], state: dict[str, str], around: set[str]
) -> list[dict[str, Any]]:
    to_answer = load.to_answer if request.user.can(Permission.DECIDE_REFERRALS) else 0
    return waits(groups, to_answer=to_answer, on_board=state, by=request.user, around=around)


def _page_of(
    request: SignedInRequest, wanted: Wanted, load: Load, recorded: Recorded, at: str
) -> "tuple[list[Place] | FirstPlaces, Page[Place]]":
    """The board, and of it the page asked for or the one on which the referral ``at`` (its reference) stands now."""
    number, there = request.GET.get("page"), queries.known_as(at, by=request.user) if at else None
    asked: dict[str, Any] = {"by": request.user, "load": load, "wanted": wanted, "recorded": recorded}
    found: Any = FirstPlaces(**asked) if wanted.is_everyones and there is None else places(**asked)
    keys = [one.pk for one in found] if there else []
    if there in keys:
        number = str(keys.index(there) // ON_A_PAGE + 1)
    return found, Paginator(found, ON_A_PAGE).get_page(number)


def _whose(request: SignedInRequest, load: Load, who: str, state: dict[str, str]) -> list[dict[str, Any]]:
    """The caseloads one can choose from, with the number of people on each; a search goes with the choice."""
    own = load.workers.get(request.user.pk, ("", 0))[1]
    choices = [
        (MINE, _("Mine"), own),
        (EVERYONE, _("Everyone’s"), load.everyones),
        (NOBODY, _("Nobody’s"), load.nobodys),
    ]
    return [
        {
            "text": f"{text} ({people})",
            "href": f"{reverse('caseload')}?{urlencode(state | {'who': value})}",
            "current": value == who,
        }
        for value, text, people in choices
    ]


def _colleagues(request: SignedInRequest, load: Load, who: str) -> list[dict[str, Any]]:
    """Everybody else who has somebody on their caseload, those who have left last."""
    others = [(pk, *one) for pk, one in load.workers.items() if pk != request.user.pk]
    in_order = sorted(others, key=lambda one: (one[0] in load.left, one[1]))
    gone = _("%(name)s, who has left (%(n)d)")
    return [
        {
            "text": gone % {"name": name, "n": people} if pk in load.left else f"{name} ({people})",
            "value": pk,
            "current": str(pk) == who,
        }
        for pk, name, people in in_order
    ]


def again(request: SignedInRequest, reference: str, bound: dict[str, Form]) -> HttpResponse:
    """The board as it is now, with the row open and what was typed into it."""
    return show_caseload(request, opened=reference, bound=bound)
