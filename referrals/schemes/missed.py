"""What counts as a missed step, and whether it is still to be seen to."""

from diversion import clock
from referrals.codes import Way
from referrals.models import Appointment, Condition, MissedStep

Attendance = Appointment.Attendance
MISSED = (Attendance.UNACCEPTABLE_ABSENCE, Attendance.FAILED_TO_COMPLY)


def is_missed(missed: Condition | Appointment) -> bool:
    """Whether an appointment was not kept, or a condition is still to be done and its day has passed."""
    if isinstance(missed, Appointment):
        return missed.attendance in MISSED
    return missed.state == Condition.State.OPEN and not missed.lasts and missed.due_on < clock.today()


def is_to_do(missed: Condition | Appointment, step: MissedStep | None) -> bool:
    """Whether something is still to be done about it: nothing was yet, or police have answered what was put to them."""
    settled = step is not None and step.way and not (step.way == Way.ESCALATED and step.answered_at)
    return is_missed(missed) and not settled


def step_of(missed: Condition | Appointment) -> MissedStep | None:
    """What was said of it so far."""
    if isinstance(missed, Appointment):
        return MissedStep.objects.filter(appointment=missed).first()
    return MissedStep.objects.filter(condition=missed, due_on=missed.due_on).first()
