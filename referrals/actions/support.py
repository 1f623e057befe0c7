"""What a navigator records: appointments, contacts and conditions."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F

from cases.actions.outbox import changed
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.closing import close_without_referral
from referrals.actions.moving import log
from referrals.models import Appointment, Condition, Contact, Referral

State = Referral.State
OPEN = (State.ACCEPTED, State.STARTED)


@transaction.atomic
def plan_appointment(*, referral: Referral, starts_at: datetime, place: str, by: User) -> Appointment:
    """Plan a meeting in an open referral."""
    _check_open(referral, by)
    appointment = Appointment.objects.create(referral=referral, starts_at=starts_at, place=place)
    log(referral, "appointment.planned", by=by, nature=audit.Nature.COLLECTION)
    return appointment


@transaction.atomic
def record_attendance(*, appointment: Appointment, attendance: str, version: int, by: User) -> Appointment:
    """Record what came of an appointment; recording ``planned`` takes an earlier record back.

    The first attended appointment starts the referral.
    """
    referral = appointment.referral
    _check_open(referral, by)
    planned = attendance == Appointment.Attendance.PLANNED
    moved = Appointment.objects.filter(pk=appointment.pk, version=version).update(
        attendance=attendance,
        recorded_at=None if planned else clock.now(),
        recorded_by=None if planned else by,
        version=F("version") + 1,
    )
    if not moved:
        raise Outdated("This appointment")
    appointment.refresh_from_db()
    if attendance in Appointment.ATTENDED_STATES:
        _start(referral, appointment.starts_at)
    log(referral, "appointment.recorded", by=by)
    return appointment


@transaction.atomic
def record_contact(
    *, referral: Referral, submission: uuid.UUID, channel: str, reached: bool, note: str, by: User
) -> Contact:
    """Record a contact made or tried. The same ``submission`` is one contact."""
    _check_open(referral, by)
    contact, created = Contact.objects.get_or_create(
        submission=submission,
        referral=referral,
        defaults={"channel": channel, "reached": reached, "note": note, "recorded_by": by},
    )
    if created:
        log(referral, "contact.recorded", by=by, nature=audit.Nature.COLLECTION)
    return contact


@transaction.atomic
def settle_condition(*, condition: Condition, state: str, evidence: str, version: int, by: User) -> Condition:
    """Mark a condition done (with its evidence), not done, or to do again."""
    referral = condition.agreement.referral
    if referral is None:
        _check_own_case(condition, by)
    else:
        _check_open(referral, by)
    if state == Condition.State.DONE and not evidence.strip():
        raise Refused("Say what shows that the condition was done.")
    is_open = state == Condition.State.OPEN
    moved = Condition.objects.filter(pk=condition.pk, version=version).update(
        state=state,
        evidence=evidence.strip(),
        settled_at=None if is_open else clock.now(),
        settled_by=None if is_open else by,
        version=F("version") + 1,
    )
    if not moved:
        raise Outdated("This condition")
    condition.refresh_from_db()
    case = condition.agreement.case
    audit.record(f"condition.{state}", audit.Nature.ALTERATION, by=by, subjects=[condition, case, case.person])
    changed(case)
    if referral is None:
        close_without_referral(case=case, by=by)
    return condition


def _check_open(referral: Referral, by: User) -> None:
    access.check(by, Permission.SUPPORT_PEOPLE)
    if not Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=OPEN).exists():
        raise Refused("This referral is not open: nothing more can be recorded on it.")


def _check_own_case(condition: Condition, by: User) -> None:
    """A condition without a referral is the police's own to settle, while the case is open."""
    access.check(by, Permission.RECORD_DECISION)
    if not Case.objects.visible_to(by).filter(pk=condition.agreement.case_id, closed_at__isnull=True).exists():
        raise Refused("This case is closed: nothing more can be recorded on it.")


def _start(referral: Referral, at: datetime) -> None:
    Referral.objects.filter(pk=referral.pk, state=State.ACCEPTED).update(
        state=State.STARTED, started_at=at, version=F("version") + 1
    )
    referral.refresh_from_db()
