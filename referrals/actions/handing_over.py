"""Giving a navigator's open referrals to another navigator of the provider."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from cases.actions.locking import lock
from diversion import access
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated
from referrals.actions.moving import log
from referrals.actions.partner import check_navigator
from referrals.models import Referral


@transaction.atomic
def hand_over(*, references: Collection[str], holder: User, to: User, by: User) -> list[Referral]:
    """Make ``to`` the navigator of these open referrals of ``holder``: of all of them, or of none.

    Raises Outdated where one of them is not ``holder``'s any more, or has ended. Sent twice it is done once.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    check_navigator(to, by)
    chosen = Referral.objects.visible_to(by).open().filter(reference__in=references)
    rows = chosen.filter(navigator__in=[holder, to]).select_related("case__person").order_by("pk")
    for referral in rows:
        lock(referral.case)
    referrals = list(rows.select_for_update(of=("self",), no_key=True))
    if len(referrals) != len(set(references)):
        raise Outdated("What you chose")
    given = [referral for referral in referrals if referral.navigator_id != to.pk]
    for referral in given:
        Referral.objects.filter(pk=referral.pk).update(navigator=to, version=F("version") + 1)
        log(referral, "referral.handed_over", by=by)
    return given
