"""What counts as a missed step, and whether it is still to be seen to."""

from datetime import date

from django.conf import settings

from cases.law.workdays import working_days_after
from diversion import clock
from referrals.codes import Way
from referrals.models import Appointment, Condition, MissedStep

Attendance = Appointment.Attendance
MISSED = (Attendance.UNACCEPTABLE_ABSENCE, Attendance.FAILED_TO_COMPLY)


def is_missed(missed: Condition | Appointment) -> bool:
    """Whether an appointment was not kept, or a condition is still to be done and its day has passed.

    No day that came while the person waited for a place counts.
    """
    if isinstance(missed, Appointment):
        return missed.attendance in MISSED
    is_past = missed.state == Condition.State.OPEN and not missed.lasts and missed.due_on < clock.today()
    return is_past and not missed.fell_due_on_list


def is_to_do(missed: Condition | Appointment, step: MissedStep | None) -> bool:
    """Whether something is still to be done about it: nothing was yet, or police have answered what was put to them."""
    settled = step is not None and step.way and not (step.way == Way.ESCALATED and step.answered_at)
    return is_missed(missed) and not settled


def step_of(missed: Condition | Appointment) -> MissedStep | None:
    """What was said of it so far."""
    if isinstance(missed, Appointment):
        return MissedStep.objects.filter(appointment=missed).first()
    return MissedStep.objects.filter(condition=missed, due_on=missed.due_on).first()


def answer_by(condition: Condition) -> date | None:
    """The last working day in which the worker answers why a condition was not done; None where police have not asked
    about its day."""
    if condition.asked_at is None or not condition.was_asked:
        return None
    return working_days_after(clock.local_date(condition.asked_at), settings.WORKER_ANSWER_DAYS)


def waits_for_worker(condition: Condition) -> date | None:
    """Until the end of which day police wait for the worker's answer; None once it came, or that day is over."""
    day = answer_by(condition)
    if day is None or clock.today() > day:
        return None
    answered = MissedStep.objects.for_police().filter(condition=condition, due_on=condition.due_on)
    return None if answered.exists() else day
