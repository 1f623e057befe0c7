"""What a worker attaches to a condition to show that it was kept, and takes away again."""

import hashlib

from django.db import transaction

from diversion import access, audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.attachments import cleaned
from diversion.refusals import Refused
from referrals.actions.support import check_for_partner, check_not_facilitated, check_open
from referrals.models import Condition, EvidenceFile, Referral

MOST_FILES = 6


@transaction.atomic
def attach_evidence(*, referral: Referral, condition: Condition, content: bytes, by: User) -> EvidenceFile:
    """Keep ``content``, made anew, with the condition. The same file sent twice, or by two workers, is one.

    Refused for what is no PDF or picture, what does more than be shown, and where a condition has six files already.
    """
    access.check(by, Permission.SUPPORT_PEOPLE)
    file = cleaned(content)  # before anything is held: it may take some seconds
    check_open(referral, by)
    if condition.agreement.referral_id != referral.pk:
        raise Refused("This condition is no longer part of this referral.")
    check_not_facilitated(condition)
    check_for_partner(condition)
    digest = hashlib.sha256(file.content).hexdigest()
    held = EvidenceFile.objects.filter(referral=referral, condition=condition)
    if (same := held.listed().filter(sha256=digest).first()) is not None:
        return same
    if held.count() >= MOST_FILES:
        raise Refused("Six files are attached to this condition already: remove one that is not needed first.")
    made = EvidenceFile.objects.create(
        referral=referral,
        condition=condition,
        kind=file.kind,
        content=file.content,
        size=len(file.content),
        sha256=digest,
        added_by=by,
    )
    _log("evidence.attached", audit.Nature.COLLECTION, made, by)
    return made


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Take a file away for good: one of somebody else, say. What was removed already is removed."""
    referral = evidence.referral
    check_open(referral, by)
    gone, _rows = EvidenceFile.objects.filter(pk=evidence.pk).delete()
    if gone:
        _log("evidence.removed", audit.Nature.ERASURE, evidence, by)


def _log(kind: str, nature: audit.Nature, file: EvidenceFile, by: User) -> None:
    subjects = [file.referral, file.referral.case.person]
    audit.record(kind, nature, by=by, subjects=subjects, detail={"evidence": file.pk})
