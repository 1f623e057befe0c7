"""What a person says by the link in a reminder. They have not signed in: whoever has the link is them.

That somebody cannot come is no missed appointment: it asks their worker to ring them, and nothing else follows.
"""

from typing import Any

from django.conf import settings
from django.db import transaction

from cases.actions.locking import lock
from cases.actions.outbox import changed
from diversion import audit, clock
from diversion.refusals import Refused
from diversion.unit_of_work import as_service
from referrals.actions.answering import AGAIN
from referrals.codes import Replies
from referrals.models import Appointment, CheckIn, Referral
from referrals.queries import replies
from referrals.queries.check_ins import desk_of, digest_of, new_token
from referrals.schemes.capacity import take_slot


def link_for(appointment: Appointment, language: str) -> str:
    """A link of its own, to a page in ``language``, for the reminder that goes now; "" where the provider offers none.

    Of its token only a digest is kept. It is of use until the appointment begins.
    """
    referral = appointment.referral
    desk = desk_of(referral.provider_id)
    if desk is None or desk.replies == Replies.NONE:
        return ""
    token = new_token()
    CheckIn.objects.create(
        referral=referral,
        provider=referral.provider,
        appointment=appointment,
        language=language,
        due_on=clock.local_date(appointment.starts_at),
        token_digest=digest_of(token),
        expires_at=appointment.starts_at,
    )
    return f"{settings.PERSON_URL}/a/{token}"


@as_service()
@transaction.atomic
def say_coming(*, token: str) -> CheckIn | None:
    """Keep that they come; None where the link is not to be answered. Twice is once."""
    row = _held(token)
    if row is None or not replies.stands(row):
        return None
    return row if row.comes else _keep(row, "reply.coming", comes=True)


@as_service()
@transaction.atomic
def ask_to_be_rung(*, token: str) -> CheckIn | None:
    """Keep that they cannot come and ask to be rung, for whoever sees to it; None where it is not to be answered."""
    row = _held(token)
    if row is None or not replies.stands(row):
        return row if row and row.wants_call and _is_pressed_again(row) else None
    return _keep(row, "reply.call", comes=False, wants_call=True, is_flagged=True)


@as_service()
@transaction.atomic
def move_appointment(*, token: str, slot: int) -> CheckIn | None:
    """Move the appointment to another time that is free; None where the link is not to be answered. It stands in the
    queue until its worker, or who covers, has seen it: else they wait at the old time.

    Raises Refused where that time is not free, or not offered any more: of two people who choose it one is told.
    """
    row = _held(token)
    if row is None or row.appointment is None or not replies.stands(row):
        is_there = row is not None and row.moved_to is not None and row.referral.slot_id == slot
        return row if row and is_there and _is_pressed_again(row) else None
    chosen = next((one for one in replies.other_times(row) if one.pk == slot), None)
    if chosen is None:
        raise Refused("That time is not free any more.")
    taken = take_slot(chosen)
    Referral.objects.filter(pk=row.referral_id).update(slot=taken)
    meeting = Appointment.objects.select_for_update().get(pk=row.appointment.pk)
    meeting.starts_at, meeting.place, meeting.version = taken.starts_at, taken.place, meeting.version + 1
    meeting.save(update_fields=["starts_at", "place", "version"])
    row.referral.refresh_from_db()
    kept = _keep(row, "reply.moved", comes=False, moved_to=taken.starts_at, is_flagged=True)
    changed(row.referral.case)
    return kept


def _held(token: str) -> CheckIn | None:
    """The link's own record, held with its case; None where there is no such link."""
    rows = CheckIn.objects.filter(token_digest=digest_of(token), appointment__isnull=False)
    found = rows.select_related("referral__case").first()
    if found is None:
        return None
    lock(found.referral.case)
    of = ("referral__case__person", "referral__case__decision", "referral__slot", "appointment")
    return rows.select_for_update(of=("self",)).select_related(*of, "referral__scheme_version__scheme").get()


def _is_pressed_again(row: CheckIn) -> bool:
    """Whether what was said is so fresh that it is the same press of a button: no page stops a second one."""
    return row.answered_at is not None and clock.now() - row.answered_at < AGAIN


def _keep(row: CheckIn, kind: str, **said: Any) -> CheckIn:
    for name, value in said.items():
        setattr(row, name, value)
    row.answered_at = clock.now()
    row.save(update_fields=[*said, "answered_at"])
    subjects = [row.referral, row.referral.case.person]
    audit.record(kind, audit.Nature.COLLECTION, by=None, subjects=subjects, organisation_id=row.provider_id)
    return row
