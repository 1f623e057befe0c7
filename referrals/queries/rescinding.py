"""What is asked to be rescinded: of one case, for a first page, and what its provider may know."""

from datetime import date

from django.shortcuts import get_object_or_404

from cases.models import Case, Rescission
from diversion import clock
from diversion.accounts.models import User
from diversion.home import Shown, first
from diversion.unit_of_work import as_service
from referrals.models import Referral


def rescissions_of(case: Case) -> list[Rescission]:
    """All of a case that the caller has opened, the first first."""
    return list(Rescission.objects.filter(case=case).select_related("asked_by", "decided_by"))


def rescission_to_decide(*, case: Case, by: User) -> Rescission:
    """The last of a case that the caller has opened; 404 where nobody has asked for any."""
    rows = Rescission.objects.visible_to(by).filter(case=case).order_by("-asked_at", "-pk")
    return get_object_or_404(rows.select_related("asked_by", "decided_by", "case__decision", "case__force")[:1])


def rescissions_for_home(*, by: User) -> Shown[Rescission]:
    """Those that wait for somebody who authorises, the longest wait first."""
    return first(Rescission.objects.waiting_for(by).select_related("case__person").order_by("asked_at", "pk"))


@as_service()  # the provider reads that and when; why, and by whom, is not theirs
def rescinded_on(referral: Referral) -> date | None:
    """When police rescinded the decision under which somebody was sent; None where they did not."""
    ended = Rescission.objects.given().filter(case=referral.case_id, asked_at__gte=referral.made_at).first()
    return clock.local_date(ended.decided_at) if ended and ended.decided_at else None
