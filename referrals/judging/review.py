"""A new offence that is alleged while an agreement runs: whether it is reviewed at all, and who decides."""

from django.utils.translation import gettext as _

from cases import legal
from cases.barred import bar_to
from cases.codes import DecisionResult
from cases.models import Case, OffenceReview
from diversion.accounts.models import User
from referrals.codes import ENDED_BUT_OPEN
from referrals.judging.breach import ladder_of
from referrals.models import Agreement, Referral, Standing

Way = OffenceReview.Way
#: Below this nobody decides what follows from an allegation (our own default).
LEAST = "sergeant"


def why_not_reviewed(case: Case) -> str:
    """Why a new offence opens nothing in ``case``; "" where it is reviewed."""
    if case.closed_at is not None:
        return _("This case is closed: a new offence is a case of its own.")
    if _has_ended(case):
        return _("Everything agreed in this case has ended: a new offence is a case of its own.")
    if case.decision.result != DecisionResult.OFFERED_ACCEPTED or legal.disposal_of(case.decision) is None:
        return _("Nothing was agreed with police in this case that a new offence could touch. Support goes on.")
    if not Agreement.objects.filter(case=case).exists():
        return _("The agreement is not made yet: correct what came earlier, so that it is decided on what is known.")
    return ""


def _has_ended(case: Case) -> bool:
    """Whether everything agreed has ended, and the case is open for a number, say."""
    return Standing.objects.filter(case=case, status__in=ENDED_BUT_OPEN).exists()


def obstacle_to_review(review: OffenceReview, who: User) -> str:
    """Why ``who`` may not decide it, in a sentence; "" where they may. Never whoever diverted, nor who told of it."""
    if review.case.closed_at is not None:
        return _("This case has closed meanwhile: nothing follows here from it.")
    if review.is_overtaken:
        return _("What was decided has been withdrawn meanwhile: nothing follows here from it.")
    if review.state == OffenceReview.State.TO_CONFIRM:
        return _("First somebody confirms that it is this person.")
    if not review.is_open:
        return _("This has been decided already.")
    if who.pk == review.told_by_id:
        return _("You told of this: somebody else decides what follows.")
    if bar := bar_to(review.case, LEAST, who):
        return bar.format(rank=LEAST)
    return ""


def why_way_closed(way: str, case: Case, referral: Referral | None) -> str:
    """Why ``way`` does not follow in ``case``; "" where it may. ``referral`` is the one that has not ended."""
    if way == Way.HEAR and ladder_of(case, referral) is None:
        return _("Nothing of this agreement can be enforced: it goes on, and nobody has to answer for it here.")
    if way == Way.HEAR and _has_ended(case):
        return _("Everything agreed has ended, and nobody has to answer for what is done: choose that it goes on.")
    if way == Way.LOOK and (referral is None or referral.is_voluntary or referral.state == Referral.State.CLOSED):
        return _("No worker of this agreement would read that: choose that it goes on as agreed.")
    return ""
