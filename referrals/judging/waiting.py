"""The last day on which support can begin and still be finished in time."""

from datetime import date, timedelta

from django.conf import settings

from diversion import clock
from referrals.judging.variation import Clocks
from referrals.models import Agreement, Referral
from referrals.schemes import length


def start_by(referral: Referral) -> date | None:
    """The earlier of two days: the last that leaves the scheme its whole length before a time limit, and the last that
    leaves SUPPORT_LEAST_DAYS before the agreement ends. No wait moves it.

    None where neither bounds it, and for voluntary support: nothing follows there from a late beginning.
    """
    agreement = Agreement.objects.select_related("case__decision", "case__force").filter(referral=referral).first()
    if referral.is_voluntary or agreement is None:
        return None
    clocks, today = Clocks.of(agreement), clock.today()
    end = length.end_of(referral.scheme_version, today)
    last = clocks.safe_on - (end - today) if clocks.safe_on and end else None
    least = clocks.ends_on - timedelta(days=settings.SUPPORT_LEAST_DAYS) if clocks.ends_on else None
    return min((day for day in (last, least) if day), default=None)
