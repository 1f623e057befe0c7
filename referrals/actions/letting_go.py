"""What police change themselves of a conditional caution: an authorised person, once the person has signed it.

Criminal Justice Act 2003 s.23B; for a child the like rule of the Crime and Disorder Act 1998. Where a partner helps,
the worker asks for it as a change (`varying`).
"""

from dataclasses import dataclass, replace
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
from referrals.models import Agreement, Condition, ConditionChange, Referral
from referrals.schemes.proposed import details_of, stored


@dataclass(frozen=True)
class Signed:
    """The day on which the person signed the change, and a child's appropriate adult."""

    on: date | None = None
    adult: str = ""


NOT_SIGNED = Signed()


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
    if not why.strip():
        raise Refused("Say why it is no longer needed, in a sentence.")
    check_signature(condition.agreement, signed)


def check_signature(agreement: Agreement, signed: Signed) -> None:
    """Refuse a change to a conditional caution that the person has not signed; of others nothing is asked."""
    if not is_conditional(agreement.case):
        return
    if signed.on is None:
        raise Refused("It is a conditional caution: say on which day the person signed this change.")
    if not agreement.agreed_on <= signed.on <= clock.today():
        raise Refused("The person signs it between the day of the agreement and today: check the day.")
    if legal.is_child(agreement.case) and not signed.adult.strip():
        raise Refused("Name the appropriate adult who was there and signed with the child.")


def keep_signed(condition: Condition, signed: Signed, why: str, by: User, *, new_day: date | None = None) -> None:
    """Keep it as the variation that it is: old and new, why, the signature and who authorised it. Without ``new_day``
    the condition is let go. Its words and its day are still the old ones: a new day is written after this."""
    if not is_conditional(condition.agreement.case):
        return
    before = details_of(condition)
    ConditionChange.objects.create(
        condition=condition,
        state=ConditionChange.State.GIVEN,
        way=Way.NEW_DAY if new_day else Way.LET_GO,
        reason=MissedReason.OTHER,
        because=why.strip(),
        before=stored([before])[0],
        after=stored([replace(before, due_on=new_day)])[0] if new_day else {},
        agreed_on=signed.on,
        agreed_how=AgreedHow.SIGNED,
        adult=signed.adult.strip(),
        rank=_rank(condition.agreement.case),
        asked_by=by,
        decided_at=clock.now(),
        decided_by=by,
        rationale=why.strip(),
    )
