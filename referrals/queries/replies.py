"""What somebody may say by the link in a reminder: that they come, that they cannot, and which other times are free."""

from datetime import date, timedelta
from typing import Any

from diversion import clock
from referrals.codes import Replies
from referrals.judging.variation import is_conditional
from referrals.models import Appointment, CheckIn, Condition, Referral, Slot, Standing
from referrals.models.agreement import FOR_POLICE
from referrals.queries.check_ins import desk_of
from referrals.queries.reminders import HELPED
from referrals.schemes.capacity import with_taken

#: How many other times are offered, and from how long before they begin none is.
OFFERED, AHEAD = 8, timedelta(hours=12)


def stands(one: CheckIn) -> bool:
    """Whether the appointment that the link was about is still to come as it was then, and something may be said.

    Who said that they come may still say that they cannot, as who falls ill does.
    """
    meeting = one.appointment
    if meeting is None or clock.now() >= one.expires_at or one.referral.state not in HELPED:
        return False
    if one.answered_at is not None and not one.comes:
        return False
    return meeting.attendance == Appointment.Attendance.PLANNED and meeting.starts_at == one.expires_at


def other_times(one: CheckIn) -> list[Any]:
    """First appointments that are free, of the same scheme, provider and place, to which this one may be moved.

    No page behind a link names a place: who was moved to another would go to the one that they know.

    None where the provider offers no moving, where the appointment is none that it keeps free for somebody's first, and
    in a conditional caution, in which every change is signed (Criminal Justice Act 2003 s.23B). None in voluntary
    support: police read the time that they booked, and which times are free, and would learn what became of it. None
    after a day by which something of what was agreed is due, or after a clock of the case; and no time at which they
    come already.
    """
    referral, meeting = one.referral, one.appointment
    desk = desk_of(one.provider_id)
    if meeting is None or desk is None or desk.replies != Replies.MOVE:
        return []
    if referral.is_voluntary or is_conditional(referral.case):
        return []
    own = referral.slot
    if own is None or (own.starts_at, own.place) != (meeting.starts_at, meeting.place):
        return []
    rows: Any = Slot.objects.filter(version__scheme=referral.scheme_version.scheme, version__provider=one.provider_id)
    rows = rows.filter(place=own.place)
    comes = referral.appointments.filter(attendance=Appointment.Attendance.PLANNED).values("starts_at")
    rows = rows.filter(starts_at__gt=clock.now() + AHEAD).exclude(pk=own.pk).exclude(starts_at__in=comes)
    rows = with_taken(rows).order_by("starts_at", "pk")
    last = _last_day(referral)
    free = [slot for slot in rows if slot.taken < slot.places and clock.local_date(slot.starts_at) <= last]
    return free[:OFFERED]


def _last_day(referral: Referral) -> date:
    """The first day by which something is due: of what was agreed, or by a clock of the case."""
    of = Condition.objects.filter(agreement__referral=referral, state=Condition.State.OPEN)
    due = of.exclude(kind__in=FOR_POLICE).order_by("due_on").values_list("due_on", flat=True).first()
    agreement = getattr(referral, "agreement", None)
    clocks = Standing.objects.filter(case=referral.case_id).values_list("limit_on", "finish_on").first() or ()
    days = [due, agreement.ends_on if agreement else None, *clocks]
    return min((day for day in days if day), default=date.max)
