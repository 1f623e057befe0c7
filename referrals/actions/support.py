"""What a navigator records: appointments, contacts and conditions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from cases import actions as case_actions
from cases.actions.outbox import changed
from cases.law.dates import long_date
from cases.models import Case
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.closing import close_what_waited, close_without_partner
from referrals.actions.letting_go import NOT_SIGNED, Signed, check_signed, keep_signed
from referrals.actions.moving import log
from referrals.actions.remedies import let_go_is_reviewed
from referrals.actions.taking_back import take_back_settled
from referrals.actions.undoing import keep_undoable
from referrals.codes import Way
from referrals.models import Appointment, Condition, ConditionChange, Contact, MissedStep, Referral
from referrals.queries.breaches import breach_of
from referrals.queries.facilitating import is_facilitated
from referrals.queries.settling import is_left_over
from referrals.schemes.missed import waits_for_worker

State = Referral.State
OPEN = (State.ACCEPTED, State.STARTED)


@transaction.atomic
def plan_appointment(*, referral: Referral, starts_at: datetime, place: str, by: User) -> Appointment:
    """Plan a meeting in an open referral. The same time and place again is the meeting already planned."""
    check_open(referral, by)
    Referral.objects.select_for_update().get(pk=referral.pk)
    appointment, created = Appointment.objects.get_or_create(
        referral=referral, starts_at=starts_at, place=place.strip(), attendance=Appointment.Attendance.PLANNED
    )
    if created:
        log(referral, "appointment.planned", by=by, nature=audit.Nature.COLLECTION)
    return appointment


@transaction.atomic
def record_attendance(*, appointment: Appointment, attendance: str, version: int, by: User) -> Appointment:
    """Record what came of an appointment; recording ``planned`` takes an earlier record back.

    The referral starts with the first of the appointments that stand as attended, whichever is recorded first; none
    attended, not started. The same record sent twice (a double click, a retry) is one record. One still to come can be
    cancelled; Refused for anything else of it.
    """
    referral = appointment.referral
    check_open(referral, by)
    if attendance not in Appointment.Attendance.values:
        raise Refused("Choose what came of the appointment.")
    if not appointment.has_begun and attendance not in (Appointment.Attendance.PLANNED, *Appointment.CANCELLED_STATES):
        raise Refused(
            "This appointment is still to come: whether it was kept can be recorded once it begins. If the person came"
            " at another time, plan that as an appointment of its own."
        )
    planned = attendance == Appointment.Attendance.PLANNED
    recorder = None if planned else by
    moved = _step(
        appointment,
        version,
        {"attendance": attendance, "recorded_by": recorder},
        recorded_at=None if planned else clock.now(),
    )
    if moved:
        _follow_attendance(referral)
        # missed again after it was excused: there is something to see to again
        missed_again = MissedStep.objects.filter(appointment=appointment, way=Way.EXCUSED)
        if appointment.attendance == Appointment.Attendance.UNACCEPTABLE_ABSENCE:
            missed_again.update(way="", version=F("version") + 1)
        log(referral, "appointment.recorded", by=by)
    return appointment


@dataclass(frozen=True)
class Attended:
    """What became of an appointment, as the page showed it at ``version``."""

    appointment: Appointment
    attendance: str
    version: int


@transaction.atomic
def record_session(*, attended: Sequence[Attended], by: User) -> list[Appointment]:
    """Record what came of each of these appointments, of different people: all of it, or nothing.

    Refused, with the name of the person, as `record_attendance` refuses.
    """
    recorded = []
    for one in sorted(attended, key=lambda one: one.appointment.referral_id):  # two who save at once wait in one order
        try:
            recorded.append(
                record_attendance(appointment=one.appointment, attendance=one.attendance, version=one.version, by=by)
            )
        except Refused as refusal:
            raise Refused(f"{one.appointment.referral.case.person}: {refusal} Nothing was recorded.") from refusal
    return recorded


@transaction.atomic
def record_contact(
    *, referral: Referral, submission: uuid.UUID, channel: str, reached: bool, note: str, basis: str = "", by: User
) -> Contact:
    """Record a contact made or tried. The same ``submission`` is one contact. ``basis`` is whose word the note is."""
    check_open(referral, by)
    said = {"channel": channel, "reached": reached, "note": note, "basis": basis if note.strip() else ""}
    contact, created = Contact.objects.get_or_create(
        submission=submission, defaults={"referral": referral, "recorded_by": by, **said}
    )
    if contact.referral_id != referral.pk:
        raise Outdated("This page")
    if created:
        log(referral, "contact.recorded", by=by, nature=audit.Nature.COLLECTION)
    return contact


@transaction.atomic
def settle_condition(
    *, condition: Condition, state: str, evidence: str, version: int, signed: Signed = NOT_SIGNED, by: User
) -> Condition:
    """Mark a condition done (with its evidence), not done, or to do again; the same twice is once.

    One that lasts (no further offence, keeping away) is done from its last day on, and not done at any time. While a
    partner helps it settles its own; police settle theirs (`Condition.is_for_police`), and what a facilitator led no
    longer leads once the partner has done its part. The case closes with the last of them. In a conditional caution
    nothing is let go without rank and the person's signature, ``signed``.
    """
    case = condition.agreement.case
    case_actions.lock(case)
    check_not_facilitated(condition)
    referral = Referral.objects.filter(agreement=condition.agreement_id).exclude(state__in=Referral.ENDED).first()
    _check_whose(condition, referral, state, by)
    is_let_go = state == Condition.State.CANCELLED
    if is_let_go:
        check_signed(condition, signed, evidence, by)
    if state == Condition.State.DONE:
        _check_shown(condition, evidence)
    is_open = state == Condition.State.OPEN
    values: dict[str, Any] = {"state": state, "evidence": evidence.strip(), "settled_by": None if is_open else by}
    if condition.by_facilitator:
        values["by_facilitator"] = False
    _check_change(condition, state)
    before, was_open = condition.state, case.closed_at is None
    with let_go_is_reviewed(case):
        is_new = _step(condition, version, values, settled_at=None if is_open else clock.now())
    if not is_new:
        return condition
    if is_let_go:
        keep_signed(condition, signed, evidence, by)
    take_back_settled(condition, by)
    audit.record(f"condition.{state}", audit.Nature.ALTERATION, by=by, subjects=[condition, case, case.person])
    changed(case)
    if referral is None:
        close_without_partner(case=case, by=by)
    elif by.is_police:
        close_what_waited(case=case, by=by)
    if not is_open and (referral is None or by.is_police):
        keep_undoable(case, by, was_open=was_open, condition=condition, before=before)
    return condition


def _check_whose(condition: Condition, referral: Referral | None, state: str, by: User) -> None:
    """Refuse whoever does not settle this condition, ``referral`` being the one under which somebody helps."""
    is_left = is_left_over(condition, referral)
    if referral is None or (by.is_police and (condition.by_facilitator or condition.is_for_police or is_left)):
        check_own_case(condition, by)  # also what a facilitator said who leads it no longer: nobody else can mend it
        if is_left:
            _check_not_against_them(state)
        elif referral is not None and not condition.by_facilitator:
            _check_not_voluntary(referral)
            _check_no_cancelling(state)
            _check_asked(condition, referral, state)
        return
    check_for_partner(condition)
    check_open(referral, by)
    _check_no_cancelling(state)


def _check_not_against_them(state: str) -> None:
    """What a victim or a facilitator has not done never counts against the person."""
    if state == Condition.State.NOT_DONE:
        raise Refused(
            "Nobody leads this any more, so nobody can say that the person did not do their part: say that it was done,"
            " or that it is no longer needed; or name a facilitator, who says what came of it."
        )


def _check_shown(condition: Condition, evidence: str) -> None:
    """Refuse that it was done where nothing shows it, or while it is still to be kept."""
    if not evidence.strip():
        raise Refused("Say what shows that the condition was done.")
    if not condition.can_be_done:
        raise Refused(
            f"This condition lasts until {long_date(condition.last_day)}: that it was kept can be recorded from that"
            " day on, and that it was not kept at any time."
        )


IN_ANOTHER_WAY = "The police see to this condition in another way: it is not settled here."
NOT_A_PARTNERS = "Whether this was kept is not a partner's to say: there is nothing for you to record."


def check_not_facilitated(condition: Condition) -> None:
    """Refuse what a facilitator settles; the words tell a partner nothing of one."""
    if is_facilitated(condition):
        raise Refused(IN_ANOTHER_WAY)


def check_for_partner(condition: Condition) -> None:
    """Refuse a partner what it would have to vouch for without ever seeing it."""
    if condition.by_facilitator:
        raise Refused(IN_ANOTHER_WAY)
    if condition.is_for_police:
        raise Refused(NOT_A_PARTNERS)


def _check_not_voluntary(referral: Referral) -> None:
    """Whatever became of voluntary support: what is refused only while it goes on would tell police that it does."""
    if referral.is_voluntary:
        raise Refused("This support is voluntary: nobody records what came of what was agreed in it.")


def _check_no_cancelling(state: str) -> None:
    """While a partner helps, whoever settles lets nobody off: the worker asks for a change, and police decide on it."""
    if state == Condition.State.CANCELLED:
        raise Refused("That it is no longer needed is a change to what was agreed: the worker asks for it as a change.")


def _check_asked(condition: Condition, referral: Referral, state: str) -> None:
    """While a worker helps, police say of nothing that was to be done by a day that it was not before that worker could
    ask why, and has answered or let the days for it go by: who lost their job is helped to pay, and is not taken to
    have refused."""
    if state != Condition.State.NOT_DONE or referral.state not in OPEN or condition.lasts:
        return
    if not condition.was_asked:
        raise Refused("Ask the worker first why it was not done: they can give it another day, or spread a payment.")
    if day := waits_for_worker(condition):
        raise Refused(
            f"The worker has until {long_date(day)} to say why it was not done: wait for their answer, or record this"
            f" from {long_date(day + timedelta(days=1))} on."
        )


def check_still_judged(condition: Condition, state: str) -> None:
    """Refuse a facilitator what police are refused of their own: what a rank has decided on, or is asked to."""
    _check_not_broken(condition.agreement.case)
    _check_change(condition, state)


def _check_not_broken(case: Case) -> None:
    """Once a rank decided that the agreement was broken, nothing of it is settled any more."""
    breach = breach_of(case)
    if breach is not None and breach.ends_agreement:
        raise Refused("It was decided that this was not kept: say on the page of the case what follows.")


def _check_change(condition: Condition, state: str) -> None:
    """While police decide on a change to it, nothing counts against the person."""
    waiting = ConditionChange.objects.waiting().filter(condition=condition)
    if state == Condition.State.NOT_DONE and waiting.exists():
        raise Refused("A change to this condition waits for the police: until they decide, nothing counts as not done.")


def check_open(referral: Referral, by: User) -> None:
    """Refuse what cannot be recorded on ``referral`` by ``by``; its case is locked until the transaction ends."""
    access.check(by, Permission.SUPPORT_PEOPLE)
    case_actions.lock(referral.case)
    if not Referral.objects.visible_to(by).filter(pk=referral.pk, state__in=OPEN).exists():
        raise Refused("This referral is not open: nothing more can be recorded on it.")


def check_own_case(condition: Condition, by: User) -> None:
    """A condition that no partner settles is the police's own to settle, while the case is open."""
    access.check(by, Permission.RECORD_DECISION)
    if not Case.objects.visible_to(by).filter(pk=condition.agreement.case_id, closed_at__isnull=True).exists():
        raise Refused("This case is closed: nothing more can be recorded on it.")
    _check_not_broken(condition.agreement.case)


def _step(record: Appointment | Condition, version: int, values: dict[str, Any], **moments: datetime | None) -> bool:
    """Move ``record`` on from ``version``; False when this very step was taken already. Raises Outdated otherwise."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    moved = rows.filter(version=version).update(version=F("version") + 1, **values, **moments)
    if not moved and not rows.filter(version=version + 1, **values).exists():
        raise Outdated(f"This {record._meta.verbose_name}")
    record.refresh_from_db()
    return bool(moved)


def _follow_attendance(referral: Referral) -> None:
    """State and start follow from the appointments as they now stand: one undone, or an earlier one entered late."""
    attended = referral.appointments.filter(attendance__in=Appointment.ATTENDED_STATES)
    started_at = min((appointment.came_at for appointment in attended), default=None)
    state = State.ACCEPTED if started_at is None else State.STARTED
    rows = Referral.objects.filter(pk=referral.pk).exclude(state=state, started_at=started_at)
    rows.update(state=state, started_at=started_at, version=F("version") + 1)
    referral.refresh_from_db()
