"""The last day on which support can begin and still be finished in time."""

from datetime import date, timedelta

from django.conf import settings

from diversion import clock
from referrals.judging.variation import Clocks, is_conditional
from referrals.models import Agreement, Condition, Referral
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


def days_after_wait(referral: Referral) -> dict[Condition, date]:
    """The new day of each of the partner's own conditions once somebody is taken on from the waiting list.

    As many days later as they waited, never past the end of the agreement nor the last safe day. None in a conditional
    caution, of which no day moves without a signature (Criminal Justice Act 2003 s.23B), and none of what lasts.
    """
    agreement = Agreement.objects.select_related("case__decision", "case__force").filter(referral=referral).first()
    if agreement is None or referral.waits_since is None or is_conditional(agreement.case):
        return {}
    listed_on, last = clock.local_date(referral.waits_since), Clocks.of(agreement).last_day
    waited = clock.local_date(referral.waited_until or clock.now()) - listed_on
    rows = agreement.conditions.filter(state=Condition.State.OPEN, due_on__gte=listed_on)
    own = [one for one in rows if not one.is_for_police and not one.lasts]
    moved = {one: min(one.due_on + waited, last or date.max) for one in own}
    return {one: day for one, day in moved.items() if day > one.due_on}
