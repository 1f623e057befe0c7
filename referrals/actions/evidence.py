"""What a worker attaches to a condition to show that it was kept, takes away again, and puts back for a time."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cases import rulebook
from diversion import access, audit, clock
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
    same = held.listed().filter(sha256=digest).first()
    if same is not None and not same.is_removed:
        return same
    _check_room(held)
    if same is not None:
        _show_again(same, "evidence.attached", by, added_by=by, added_at=clock.now())
        same.refresh_from_db(fields=["added_by", "added_at", "removed_at", "removed_by", "kept_until"])
        return same
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


def _check_room(held: QuerySet[EvidenceFile]) -> None:
    if held.filter(removed_at=None).count() >= MOST_FILES:
        raise Refused("Six files are attached to this condition already: remove one that is not needed first.")


@transaction.atomic
def remove_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Take a file away: one of somebody else, say. Nobody opens it from now on, and it is swept once ``by`` cannot put
    it back any more. What was removed already is removed."""
    referral = evidence.referral
    check_open(referral, by)
    rows = EvidenceFile.objects.filter(pk=evidence.pk, removed_at=None)
    minutes, now = rulebook.settings_of(referral.case.force, clock.today()).undo_minutes, clock.now()
    if rows.update(removed_at=now, removed_by=by, kept_until=now + timedelta(minutes=minutes)):
        _log("evidence.removed", audit.Nature.ALTERATION, evidence, by)


@transaction.atomic
def put_back_evidence(*, evidence: EvidenceFile, by: User) -> None:
    """Let a file be opened again that ``by`` has removed. Twice is once.

    Refused to anybody else, once the time for it is over, and where six others are attached by then.
    """
    check_open(evidence.referral, by)
    row = EvidenceFile.objects.listed().select_related("referral__case__person").filter(pk=evidence.pk).first()
    if row is None or (row.kept_until is not None and row.kept_until <= clock.now()):
        raise Refused("This file was removed for good: attach it again.")
    if row.removed_by is None:
        return
    if row.removed_by_id != by.pk:
        raise Refused(f"Only {row.removed_by} can put this back: tell them, or attach it again.")
    _check_room(EvidenceFile.objects.filter(referral=row.referral_id, condition=row.condition_id))
    _show_again(row, "evidence.put_back", by)


def _show_again(file: EvidenceFile, kind: str, by: User, **values: Any) -> None:
    values |= {"removed_at": None, "removed_by": None, "kept_until": None}
    EvidenceFile.objects.filter(pk=file.pk).update(**values)
    _log(kind, audit.Nature.ALTERATION, file, by)


def sweep_evidence() -> int:
    """Erase what was removed and nobody can put back any more; how many. They are held before they are looked at."""
    rows = EvidenceFile.objects.over().select_for_update(of=("self",)).select_related("referral__case__person")
    found = list(rows.defer("content").order_by("pk"))
    for one in found:
        _log("evidence.erased", audit.Nature.ERASURE, one, None)
        one.delete()
    return len(found)


def _log(kind: str, nature: audit.Nature, file: EvidenceFile, by: User | None) -> None:
    subjects, provider = [file.referral, file.referral.case.person], file.referral.provider_id
    detail = {"evidence": file.pk}
    audit.record(kind, nature, by=by, subjects=subjects, detail=detail, organisation_id=provider)
