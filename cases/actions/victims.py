"""What is done for a victim: contacts, wishes, views, and telling them. Nobody at a partner has any of it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.actions.victim_duties import decided_on, is_enhanced
from cases.barred import bar_to, took_part
from cases.codes import VictimStance
from cases.law.workdays import working_days_after
from cases.models import Allegation, Case, VictimContact, VictimDuty, VictimRecord
from cases.models.victim import (
    ABOUT_REMEDY,
    ContactResult,
    DutyKind,
    VictimChannel,
    Wish,
    of_one_victim,
    with_victim_for,
)
from cases.remedies import NO_PREFERENCE, asked_with, offered_to
from cases.rulebook import settings_of
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.design_system.wording import clock_time
from diversion.refusals import Outdated, Refused
from diversion.submissions import submission_key

MAY_SEE = (Permission.VIEW_VICTIMS, Permission.RECORD_DECISION, Permission.AUTHORISE)
#: The lowest rank that reviews an objection which came after the decision.
REVIEWS = "sergeant"


def _open(allegation: Allegation, by: User) -> Allegation:
    """The crime of a victim whom ``by`` may know, its case held until the transaction ends."""
    access.check(by, *MAY_SEE)
    lock(allegation.case)
    rows = with_victim_for(by).select_related(
        "case__person", "case__decision", "case__authorisation", "victim", "offence", "victim_record"
    )
    return rows.get(pk=of_one_victim(allegation)[0].pk)


def _log(allegation: Allegation, kind: str, by: User, nature: audit.Nature = audit.Nature.ALTERATION) -> None:
    audit.record(kind, nature, by=by, subjects=[allegation.case, allegation.victim or allegation.case])
    changed(allegation.case)


def record_of(allegation: Allegation) -> VictimRecord:
    """What is kept of the victim; not saved yet where nobody has said anything."""
    found: VictimRecord | None = getattr(allegation, "victim_record", None)
    return found or VictimRecord(allegation=allegation, is_enhanced=is_enhanced(allegation), version=0)


@transaction.atomic
def keep_record(*, allegation: Allegation, said: Mapping[str, Any], seen: int, by: User) -> VictimRecord:
    """Keep how a victim is reached and what they wish, each as it now is: ``said`` by the fields of `VictimRecord`.

    ``seen`` is the version that the page showed, 0 where nothing was kept. Another number is one that nobody has
    checked. Raises Outdated where it was changed meanwhile, and Refused for a business without a named contact.
    """
    allegation = _open(allegation, by)
    record = record_of(allegation)
    if record.version != seen:
        raise Outdated("What is kept of this victim")
    if (
        allegation.victim
        and allegation.victim.kind == "business"
        and not said.get("contact_name", record.contact_name).strip()
    ):
        raise Refused("A business is a victim through somebody: enter the name of the contact.")
    if said.get("telephone", record.telephone) != record.telephone:
        record.number_checked_at = record.number_checked_by = None
    if "remedies" in said and list(said["remedies"]) != record.remedies:
        _choose(record, said["remedies"])
    for name, value in said.items():
        setattr(record, name, value)
    record.version += 1
    record.save()
    _log(allegation, "victim.wishes_kept", by)
    return record


def _choose(record: VictimRecord, codes: Sequence[str]) -> None:
    """Keep with a choice the document that it is made from; whoever decides the case has to see that it changed."""
    case = record.allegation.case
    known = {one.code for one in offered_to(record)}
    if unknown := next((one for one in codes if one not in known | {NO_PREFERENCE}), ""):
        raise Refused(f"“{unknown}” is not in the community remedy document any more: choose again.")
    if NO_PREFERENCE in codes and len(codes) > 1:
        raise Refused("Choose what they would like, or that they have no preference, not both.")
    now = asked_with(case)
    listed = {one.code for one in now.choices} if now else set()
    if not codes:
        record.remedy_document = None
    elif set(codes) & (listed | {NO_PREFERENCE}):  # what it does not list is looked up in the earlier ones
        record.remedy_document = now
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1)


@transaction.atomic
def check_number(*, allegation: Allegation, by: User) -> VictimRecord:
    """Say that the number of a victim, which is also the person's, was checked and is safe to reach the victim by."""
    allegation = _open(allegation, by)
    record = record_of(allegation)
    if not record.number_is_shared:
        raise Outdated("This number")
    record.number_checked_at, record.number_checked_by = clock.now(), by
    record.version += 1
    record.save()
    _log(allegation, "victim.number_checked", by)
    return record


@transaction.atomic
def note_contact(
    *, allegation: Allegation, submission: uuid.UUID, channel: str, result: str, note: str = "", by: User
) -> VictimContact:
    """Note an attempt to reach a victim. The same sent twice with one ``submission`` is one attempt.

    Raises Refused by a number that is also the person's until somebody has checked it, and where the victim wants no
    contact.
    """
    allegation = _open(allegation, by)
    said = {"channel": channel, "result": result, "note": note.strip()}
    key = submission_key(submission, allegation.pk, said, by.pk)
    if earlier := VictimContact.objects.filter(submission=key).first():
        return earlier
    if channel not in VictimChannel.values or result not in ContactResult.values:
        raise Refused("Choose how you tried to reach them, and what came of it.")
    _check_channel(record_of(allegation), channel)
    made = VictimContact.objects.create(allegation=allegation, submission=key, **said, recorded_by=by)
    _log(allegation, "victim.contact_noted", by, audit.Nature.COLLECTION)
    return made


def _check_channel(record: VictimRecord, channel: str) -> None:
    if record.wants_no_contact:
        raise Refused("The victim wants no contact: change that first, if they have said otherwise.")
    if channel in record.stopped:
        raise Refused(
            "This telephone number or e-mail address is also the person’s: have it checked before anybody uses it."
        )


@transaction.atomic
def note_view(*, allegation: Allegation, stance: str, seen: str, by: User) -> Allegation:
    """Keep what a victim thinks of settling it out of court, now; "could not be reached" needs an attempt on record.

    ``seen`` is the view that the page showed: of two people who heard different things the second is told. The same
    sent twice is one. An objection after the decision does not undo it, and opens a sergeant's review. What closes
    once a view is there is referrals.actions.victims' to close, which calls this.
    """
    allegation = _open(allegation, by)
    before = allegation.victim_stance
    if seen != before:
        if stance == before:  # a browser that had no answer sends the same once more
            return allegation
        raise Outdated("The victim’s view")
    if stance not in VictimStance.values or stance == VictimStance.NOT_ASKED:
        raise Refused("Choose what the victim thinks, or that they could not be reached.")
    tried = allegation.victim_contacts.filter(result__in=[ContactResult.NOT_REACHED, ContactResult.LEFT_WORD])
    if stance == VictimStance.UNCONTACTABLE and not tried.exists():
        raise Refused("Note first how you tried to reach them: the efforts are what the record shows.")
    same = [one.pk for one in of_one_victim(allegation)]
    Allegation.objects.filter(pk__in=same).update(victim_stance=stance)
    Case.objects.filter(pk=allegation.case_id).update(version=F("version") + 1)  # who decides it now has to see it
    if VictimStance.OBJECTS == stance != before and decided_on(allegation.case) is not None:
        _ask_for_review(allegation)
    VictimDuty.objects.open().filter(allegation=allegation, kind=DutyKind.ASK).update(done_at=clock.now(), done_by=by)
    _log(allegation, "victim.view_noted", by)
    return allegation


def _ask_for_review(allegation: Allegation, about: str = "") -> None:
    """Have a sergeant say why it goes on. One review answers for all; an objection makes it one of the whole."""
    days = settings_of(allegation.case.force, clock.today()).victim_review_days
    due_on = working_days_after(clock.today(), days)
    open_one = VictimDuty.objects.open().filter(allegation=allegation, kind=DutyKind.REVIEW).first()
    if open_one is None:
        VictimDuty.objects.create(allegation=allegation, kind=DutyKind.REVIEW, about=about, due_on=due_on)
    elif not about and open_one.about:
        VictimDuty.objects.filter(pk=open_one.pk).update(about="")


def review_remedies(allegation: Allegation, *, is_unmet: bool) -> None:
    """Have a sergeant say why what a victim chose is not agreed; or no more, once it is. The caller holds the case.

    Only where it was decided: before, whoever authorises it says so, or the officer still can agree it.
    """
    if not is_unmet:
        waiting = VictimDuty.objects.open().filter(allegation=allegation, kind=DutyKind.REVIEW, about=ABOUT_REMEDY)
        waiting.delete()  # the history keeps it
    elif decided_on(allegation.case) is not None:
        _ask_for_review(allegation, ABOUT_REMEDY)


@transaction.atomic
def tell(*, duty: VictimDuty, channel: str, by: User) -> VictimDuty:
    """Note that a victim was told of the decision, or of how it ended; "" where they want no updates.

    Said twice it is said once. Raises Refused as `note_contact` does, and "" where they have not said so.
    """
    allegation = _open(duty.allegation, by)
    duty = VictimDuty.objects.get(pk=duty.pk, allegation=allegation)
    if duty.kind not in (DutyKind.DECISION, DutyKind.END):
        raise Refused("That is not done by telling them.")
    if duty.done_at is not None:
        return duty
    if duty.kind == DutyKind.END and allegation.case.can_be_undone:
        until = clock_time(allegation.case.undoable_until)
        raise Refused(f"Whoever closed the case can undo that until {until}: tell them after that.")
    record = record_of(allegation)
    if channel:
        _check_channel(record, channel)
    elif record.updates != Wish.NO and not record.wants_no_contact:
        raise Refused("They have not said that they want no updates: choose how you told them.")
    _finish(duty, by, channel=channel)
    _log(allegation, "victim.told", by, audit.Nature.DISCLOSURE)
    return duty


@transaction.atomic
def review_objection(*, duty: VictimDuty, note: str, by: User) -> VictimDuty:
    """Answer a later objection of a victim: what a sergeant makes of it, who is not the officer in the case."""
    access.check(by, Permission.AUTHORISE)
    allegation = _open(duty.allegation, by)
    duty = VictimDuty.objects.get(pk=duty.pk, allegation=allegation, kind=DutyKind.REVIEW)
    if duty.done_at is not None:
        raise Outdated("This review")
    if bar_to(allegation.case, REVIEWS, by) or took_part(allegation.case, by):
        raise Refused("A sergeant or above reviews it, who has decided, authorised and corrected nothing in this case.")
    if not note.strip():
        raise Refused("Say what you make of the objection, in a sentence.")
    _finish(duty, by, note=note.strip())
    _log(allegation, "victim.objection_reviewed", by)
    return duty


def _finish(duty: VictimDuty, by: User, **said: str) -> None:
    VictimDuty.objects.filter(pk=duty.pk).update(done_at=clock.now(), done_by=by, **said)
    duty.refresh_from_db()
