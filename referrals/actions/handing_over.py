"""Giving a navigator's open referrals, and people who asked for help, to another navigator of the provider."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import F

from cases.actions.locking import lock
from diversion import access
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated
from referrals.actions.helping import hand_over_help
from referrals.actions.moving import log
from referrals.actions.partner import check_may_support, check_navigator
from referrals.models import HelpRequest, Referral


@transaction.atomic
def hand_over(
    *, references: Collection[str], holder: User, to: User, by: User
) -> tuple[list[Referral], list[HelpRequest]]:
    """Make ``to`` the one who helps: with these open referrals of ``holder``, and people who asked for help.

    All of them are handed over, or none. Raises Outdated where one of them is not ``holder``'s any more, or has ended.
    Sent twice it is done once.
    """
    access.check(by, Permission.DECIDE_REFERRALS)
    check_navigator(to, by)
    referrals = _held(references, holder, to, by)
    check_may_support(to, referrals)
    may_help = by.can(Permission.SUPPORT_PEOPLE)
    asked = hand_over_help(references=references, holder=holder, to=to, by=by) if may_help else []
    if len(referrals) + len(asked) != len(set(references)):
        raise Outdated("What you chose")
    for referral in referrals:
        if referral.navigator_id != to.pk:
            Referral.objects.filter(pk=referral.pk).update(navigator=to, version=F("version") + 1)
            log(referral, "referral.handed_over", by=by)
    return referrals, asked


def _held(references: Collection[str], holder: User, to: User, by: User) -> list[Referral]:
    """The open referrals among these that are of one of both, locked with their cases."""
    chosen = Referral.objects.visible_to(by).open().filter(reference__in=references)
    rows = chosen.filter(navigator__in=[holder, to]).select_related("case__person").order_by("pk")
    for referral in rows:
        lock(referral.case)
    return list(rows.select_for_update(of=("self",), no_key=True))
