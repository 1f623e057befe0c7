"""Reading what is attached to conditions."""

from django.apps import apps
from django.shortcuts import get_object_or_404

from diversion import audit
from diversion.accounts.models import User
from referrals.models import EvidenceFile, Referral


def evidence_of(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile:
    """The file without what is in it; 404 for one that ``by`` may not open."""
    rows = EvidenceFile.objects.visible_to(by).listed().select_related("referral__case__person")
    return get_object_or_404(rows, pk=pk, condition=condition, referral__reference=reference)


def evidence_to_remove(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile | None:
    """The file, or None for one that was removed already: two clicks on *Remove* are one."""
    theirs = Referral.objects.visible_to(by).filter(reference=reference)
    rows = EvidenceFile.objects.filter(pk=pk, condition=condition, referral__in=theirs)
    if rows.filter(removed_at__isnull=False).exists():
        return None
    history = apps.get_model("referrals.EvidenceFileEvent")._base_manager
    gone = history.filter(pgh_obj=pk, pgh_label="delete", condition=condition, referral__in=theirs)
    return None if gone.exists() else evidence_of(reference=reference, condition=condition, pk=pk, by=by)


def evidence_to_put_back(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile:
    """The file, removed or not, without what is in it; 404 for one that was never there for ``by``, or was swept."""
    rows = EvidenceFile.objects.filter(referral__in=Referral.objects.visible_to(by)).listed()
    rows = rows.select_related("referral__case__person", "referral__case__force")
    return get_object_or_404(rows, pk=pk, condition=condition, referral__reference=reference)


def open_evidence(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile:
    """The file with what is in it: that it was opened is logged."""
    found = evidence_of(reference=reference, condition=condition, pk=pk, by=by)
    subjects = [found.referral, found.referral.case.person]
    detail = {"evidence": found.pk}
    audit.record("evidence.opened", audit.Nature.CONSULTATION, by=by, subjects=subjects, detail=detail)
    return found
