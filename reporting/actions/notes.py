"""Explain or reform: what the force writes to a difference that its figures show, with an owner and a day."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from reporting.models import FindingNote


@dataclass(frozen=True)
class Compared:
    """What a note is about: names of ``reporting.measures``, two groups, the flag; both days included."""

    measure: str
    by: str
    group: str
    compared_with: str
    flag: str
    start: date
    end: date


@transaction.atomic
def write_note(*, about: Compared, kind: str, text: str, owner: User, due_on: date, by: User) -> FindingNote:
    """Write what explains the difference, or what will change it, in ``by``'s own force.

    Refused for a day that is over, and for an owner who does not see the force's figures.
    """
    access.check(by, Permission.VIEW_MONITORING)
    if owner.organisation_id != by.organisation_id or not owner.can(Permission.VIEW_MONITORING):
        raise Refused("Choose an owner who sees the figures of your force.")
    if due_on < clock.today():
        raise Refused("The day by which it is due is over: choose a later one.")
    note = FindingNote.objects.create(
        force=by.organisation, **vars(about), kind=kind, text=text.strip(), owner=owner, due_on=due_on, written_by=by
    )
    audit.record("finding_note.written", audit.Nature.ADMINISTRATION, by=by, subjects=[note])
    return note


@transaction.atomic
def finish_note(*, note: FindingNote, by: User) -> None:
    """Say that what the note announced is done. Outdated where somebody said so before."""
    access.check(by, Permission.VIEW_MONITORING)
    open_ = FindingNote.objects.visible_to(by).filter(pk=note.pk, done_at__isnull=True)
    if not open_.update(done_at=clock.now(), done_by=by):
        raise Outdated("This note")
    audit.record("finding_note.done", audit.Nature.ADMINISTRATION, by=by, subjects=[note])
