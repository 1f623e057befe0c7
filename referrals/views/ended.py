"""What a provider can still read of referrals that have ended."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.queries import log_shown
from diversion.access import requires
from diversion.accounts.permissions import Permission
from diversion.design_system.tables import Column, Table, link
from diversion.design_system.wording import short_date
from diversion.requests import SignedInRequest
from referrals.models import Referral
from referrals.queries import referrals as queries
from referrals.views.partner import ON_A_PAGE, PROVIDER

State = Referral.State


@requires(Permission.VIEW_REFERRALS, people=True, kind=PROVIDER)
def ended_list(request: SignedInRequest) -> HttpResponse:
    """Closed, declined and withdrawn referrals, the last that ended first; each leads to its page, to be read only."""
    page = Paginator(queries.ended(by=request.user), ON_A_PAGE).get_page(request.GET.get("page"))
    log_shown("referral.ended_list_shown", page.object_list, by=request.user)
    columns = [
        *(Column(_("Person")), Column(_("Scheme")), Column(_("How it ended"))),
        *(Column(_("When")), Column(_("Who helped"))),
    ]
    table = Table(_("Ended referrals"), columns, [_row(one) for one in page], caption_hidden=True, stacked=True)
    return render(request, "referrals/ended_list.html", {"page": page, "table": table})


def _row(referral: Any) -> list[Any]:
    """Of one that was never accepted the reference alone: nobody here has any need of the person's details."""
    result = referral.get_result_display() if referral.state == State.CLOSED else referral.get_state_display()
    return [
        link(referral.reference if referral.was_never_accepted else referral.case.person, _page(referral)),
        referral.scheme_version.scheme.name,
        result,
        short_date(referral.ended_at),
        "–" if referral.navigator is None else str(referral.navigator),
    ]


def _page(referral: Referral) -> str:
    return reverse("referral_page", args=[referral.reference])
