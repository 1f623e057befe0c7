"""What was settled or closed and can be undone, and what was undone."""

from django.db.models import QuerySet

from cases.models import Case
from referrals.models import Referral, SchemeVersion, Undoable


def undoables_of(case: Case) -> "QuerySet[Undoable]":
    """All of a case that the caller has opened, the latest first; of voluntary support police hear of none."""
    rows = Undoable.objects.filter(case=case).select_related("by", "condition", "referral__scheme_version")
    return rows.exclude(referral__scheme_version__confidentiality=SchemeVersion.Confidentiality.VOLUNTARY)


def undoable_of(referral: Referral) -> Undoable | None:
    """The closing of a referral that the caller has opened, while it can be undone."""
    return Undoable.objects.live().select_related("by").filter(referral=referral).first()


def ended_just_now(case: Case) -> bool:
    """Whether support was closed, in a case that the caller has opened, and that can still be undone.

    Police are told nothing of the result before that time has ended.
    """
    return Undoable.objects.live().filter(case=case, referral__isnull=False).exists()
