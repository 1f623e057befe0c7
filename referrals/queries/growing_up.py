"""Young people in support: what their parents may be told, and who is to be asked what follows once they are 18."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from cases.law.dates import ADULT_AGE, attains_on
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.models import NextDue, ParentRule, Referral
from referrals.models.next_due import NextDueQuerySet


def adult_on(referral: Referral) -> date:
    """The day on which the person of a referral turns 18, or did (Family Law Reform Act 1969 s.9)."""
    return attains_on(referral.case.person.date_of_birth, ADULT_AGE)


def is_young(referral: Referral) -> bool:
    """Whether they were under 18 when the referral was made."""
    return clock.local_date(referral.made_at) < adult_on(referral)


def asks_after(referral: Referral) -> bool:
    """Whether it is time to ask what support they want once they are 18 (`ADULT_ASKED_DAYS` before, 90)."""
    return adult_on(referral) - timedelta(days=settings.ADULT_ASKED_DAYS) <= clock.today()


def parent_rule(referral: Referral) -> ParentRule | None:
    return ParentRule.objects.filter(referral=referral).first()


def birthdays_near(*, by: User) -> NextDueQuerySet:
    """Whom ``by`` is to ask what they want once they are 18: those they help, and everybody for whoever says who helps
    whom.
    """
    near = clock.today() + timedelta(days=settings.ADULT_ASKED_DAYS)
    rows = NextDue.objects.visible_to(by).filter(adult_on__lte=near)
    return rows if by.can(Permission.DECIDE_REFERRALS) else rows.filter(navigator=by)


def turning_18(*, by: User) -> Shown[Any]:
    """They, the first birthday first."""
    return first(birthdays_near(by=by).select_related("referral__case__person").order_by("adult_on", "pk"))
