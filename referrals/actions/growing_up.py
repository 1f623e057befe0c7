"""What a young person agrees with their worker about their parents, and about the time from their 18th birthday on."""

from django.db import transaction

from diversion import audit, clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions.moving import log
from referrals.actions.support import check_open
from referrals.codes import TELLS, After18, MayBeTold
from referrals.models import ParentRule, Referral
from referrals.queries.growing_up import is_young, parent_rule


@transaction.atomic
def agree_parent(
    *, referral: Referral, adult: str, may_be_told: str, also_after_18: bool, after_18: str, version: int, by: User
) -> ParentRule:
    """Record what the person agreed with ``by`` in place of what was agreed before; "" where they were not asked.

    ``version`` is that of the rule as the page showed it, 0 where there was none. The same twice is once. Raises
    Outdated where somebody else was first, and Refused for who was 18 as they were sent.
    """
    check_open(referral, by)
    said = {"adult": adult.strip(), "may_be_told": may_be_told, "after_18": after_18, "also_after_18": also_after_18}
    _check(referral, said["adult"], may_be_told, after_18)
    now = parent_rule(referral)
    if now and all(getattr(now, name) == value for name, value in said.items()):
        return now
    if (now.version if now else 0) != version:
        raise Outdated("What was agreed about parents and carers")
    values = said | {"agreed_at": clock.now(), "agreed_with": by, "version": version + 1}
    rule, _created = ParentRule.objects.update_or_create(referral=referral, defaults=values)
    log(referral, "parents.agreed", by=by, nature=audit.Nature.COLLECTION)
    return rule


def _check(referral: Referral, adult: object, may_be_told: str, after_18: str) -> None:
    if not is_young(referral):
        raise Refused("They were 18 or over when they were sent: nothing is agreed for a parent or carer.")
    if may_be_told not in ("", *MayBeTold.values) or after_18 not in ("", *After18.values):
        raise Refused("Choose one of the answers.")
    if may_be_told in TELLS and not adult:
        raise Refused("Name the parent or carer who may be told.")
