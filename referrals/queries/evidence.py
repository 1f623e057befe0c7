"""Reading what is attached to conditions."""

from django.shortcuts import get_object_or_404

from diversion import audit
from diversion.accounts.models import User
from referrals.models import EvidenceFile


def evidence_of(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile:
    """The file without what is in it; 404 for one that ``by`` may not open."""
    rows = EvidenceFile.objects.visible_to(by).listed().select_related("referral__case__person")
    return get_object_or_404(rows, pk=pk, condition=condition, referral__reference=reference)


def open_evidence(*, reference: str, condition: int, pk: int, by: User) -> EvidenceFile:
    """The file with what is in it: that it was opened is logged."""
    found = evidence_of(reference=reference, condition=condition, pk=pk, by=by)
    subjects = [found.referral, found.referral.case.person]
    audit.record("evidence.opened", audit.Nature.CONSULTATION, by=by, subjects=subjects)
    return found
