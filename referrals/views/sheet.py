"""A caseload on paper: for the week, and for a colleague who takes over."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cases.queries import log_shown
from diversion import clock
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.requests import SignedInRequest
from referrals.codes import Group
from referrals.presenters.caseload import BoardRow
from referrals.presenters.sheet import sheet_table, whose_sheet
from referrals.queries import caseload as queries
from referrals.queries.caseload import FirstPlaces, Load, Place, Wanted, places
from referrals.views.caseload import EVERYONE, NOBODY, wanted_by, who_asked
from referrals.views.partner import PROVIDER

WEEK, HANDOVER = "week", "handover"
HEADINGS = {WEEK: gettext_lazy("Sheet for the week"), HANDOVER: gettext_lazy("Handover sheet")}
#: People on one sheet.
MOST = 100


@requires(Permission.SUPPORT_PEOPLE, people=True, kind=PROVIDER)
def caseload_sheet(request: SignedInRequest) -> HttpResponse:
    """The people of one caseload to print: ``kind`` is "week" or "handover", ``who`` as the board takes it."""
    who, kind = who_asked(request), HANDOVER if request.GET.get("kind") == HANDOVER else WEEK
    load = queries.load_of(by=request.user)
    found, n = _people(request, load, wanted_by(request, who, {}), kind)
    rows = [BoardRow(referral, load) for referral in queries.rows_at(found, by=request.user)]
    log_shown("referral.sheet_printed", [row.referral for row in rows], by=request.user)
    other = HANDOVER if kind == WEEK else WEEK
    context = {
        "heading": HEADINGS[kind],
        "table": sheet_table(rows, only_week=kind == WEEK, names_worker=who in (EVERYONE, NOBODY)),
        "n": n,
        "most": MOST,
        "is_cut": n > MOST,
        "only_week": kind == WEEK,
        "today": clock.today(),
        "whose": whose_sheet(request.user, load, who),
        "board": _address("caseload", who=who),
        "other": {"text": HEADINGS[other], "href": _address("caseload_sheet", who=who, kind=other)},
    }
    return render(request, "referrals/caseload_sheet.html", context)


def _address(page: str, **asked: str) -> str:
    return f"{reverse(page)}?{urlencode(asked)}"


def _people(request: SignedInRequest, load: Load, wanted: Wanted, kind: str) -> tuple[list[Place], int]:
    """The first of those on the sheet, in the order of the board, and how many there are; of a week nobody whose turn
    is later, and who stands last on the board.
    """
    asked: dict[str, Any] = {"by": request.user, "load": load, "wanted": wanted, "recorded": {}}
    listed: Any = FirstPlaces(**asked) if wanted.is_everyones else places(**asked)
    groups = queries.by_group(listed)
    n = groups.total() - (groups[Group.LATER] if kind == WEEK else 0)
    return listed[: min(n, MOST)], n
