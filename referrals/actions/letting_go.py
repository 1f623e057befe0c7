"""In a conditional caution an authorised person lets a condition go, once the person has signed that: nobody else.

Criminal Justice Act 2003 s.23B; for a child the like rule of the Crime and Disorder Act 1998. Where a partner helps,
the worker asks for it as a change (`varying`).
"""

from dataclasses import dataclass
from datetime import date

from cases import legal
from cases.barred import bar_to
from cases.models import Case
from cases.trained import lacks_training
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.codes import AgreedHow, MissedReason, Way
from referrals.judging.variation import is_conditional, least_rank
from referrals.models import Condition, ConditionChange, Referral
from referrals.schemes.proposed import details_of, stored


@dataclass(frozen=True)
class Signed:
    """The day on which the person signed that a condition is let go, and a child's appropriate adult."""

    on: date | None = None
    adult: str = ""


def bar_to_letting_go(case: Case, by: User) -> str:
    """Why ``by`` may not let a condition of ``case`` go, in a sentence; "" where they may."""
    if not is_conditional(case):
        return ""
    rank = _rank(case)
    if not by.can(Permission.AUTHORISE) or bar_to(case, rank, by):
        return (
            f"It is a conditional caution: from the rank of {rank} up, somebody who did not decide it records that a"
            " condition is no longer needed, once the person has signed that."
        )
    return lacks_training(case, by, clock.today())


def _rank(case: Case) -> str:
    return least_rank(case, Referral.objects.filter(agreement__case=case).select_related("scheme_version").first())


def check_signed(condition: Condition, signed: Signed, why: str, by: User) -> None:
    """Refuse to let a condition of a conditional caution go without rank, signature, or reason."""
    case = condition.agreement.case
    if not is_conditional(case):
        return
    if bar := bar_to_letting_go(case, by):
        raise Refused(bar)
    if signed.on is None or not why.strip():
        raise Refused("Say on which day the person signed that it is no longer needed, and why it is not.")
    if not condition.agreement.agreed_on <= signed.on <= clock.today():
        raise Refused("The person signs it between the day of the agreement and today: check the day.")
    if legal.is_child(case) and not signed.adult.strip():
        raise Refused("Name the appropriate adult who was there and signed with the child.")


def keep_signed(condition: Condition, signed: Signed, why: str, by: User) -> None:
    """Keep it as the variation that it is: the old, why, the signature and who authorised it."""
    if not is_conditional(condition.agreement.case):
        return
    ConditionChange.objects.create(
        condition=condition,
        state=ConditionChange.State.GIVEN,
        way=Way.LET_GO,
        reason=MissedReason.OTHER,
        because=why.strip(),
        before=stored([details_of(condition)])[0],
        agreed_on=signed.on,
        agreed_how=AgreedHow.SIGNED,
        adult=signed.adult.strip(),
        rank=_rank(condition.agreement.case),
        asked_by=by,
        decided_at=clock.now(),
        decided_by=by,
        rationale=why.strip(),
    )
