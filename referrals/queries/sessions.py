"""A group session: the appointments of a service's people at one time and one place."""

from datetime import datetime

from django.http import Http404

from diversion.accounts.models import User
from referrals.models import Appointment, Referral

MOST = 60  # people in one room; beyond it the appointments are recorded on the board


def session_of(pk: int, *, by: User) -> list[Appointment]:
    """Everybody's appointment at the time and place of appointment ``pk``, by name; 404 unless ``by`` may see that.

    Of open referrals alone, and none that was cancelled before: there is nothing to record of it.
    """
    ours = Appointment.objects.filter(referral__in=Referral.objects.visible_to(by).open())
    here = ours.filter(pk=pk).values_list("starts_at", "place", "referral__provider").first()
    if here is None:
        raise Http404
    starts_at, place, provider = here
    rows = ours.filter(starts_at=starts_at, place=place, referral__provider=provider)
    rows = rows.exclude(attendance__in=Appointment.CANCELLED_STATES)
    names = ("referral__case__person__family_name", "referral__case__person__given_names", "pk")
    found = list(rows.select_related("referral__case__person").order_by(*names)[:MOST])
    if not found:  # all of it was cancelled
        raise Http404
    return found


def key_of(appointment: Appointment) -> tuple[datetime, str]:
    """What the appointments of one session have in common."""
    return (appointment.starts_at, appointment.place)
