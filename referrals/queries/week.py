"""Reading the first appointments of a provider, for its own people: what is published, and who comes."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from diversion import clock
from diversion.accounts.models import User
from referrals.models import Referral, SchemeVersion, Slot
from referrals.queries.schemes import open_schemes
from referrals.schemes.capacity import LIVE, with_taken


def delivered(*, by: User) -> list[SchemeVersion]:
    """The schemes open today that ``by``'s own organisation delivers, by name: for which it publishes appointments."""
    return [one for one in open_schemes(by=by) if one.provider_id == by.organisation_id]


def slots_of_week(monday: date, *, scheme: str = "", by: User) -> list[Any]:
    """The first appointments of ``by``'s provider in the week from ``monday`` (London), each with ``taken``.

    ``scheme`` (its short name) keeps those of one scheme.
    """
    first = datetime.combine(monday, time.min, clock.LONDON)
    last = datetime.combine(monday + timedelta(days=7), time.min, clock.LONDON)
    rows = Slot.objects.filter(version__provider=by.organisation, starts_at__gte=first, starts_at__lt=last)
    rows = rows.filter(version__scheme__slug=scheme) if scheme else rows
    return list(with_taken(rows).select_related("version__scheme").order_by("starts_at", "place", "pk"))


def booked_in(slots: Sequence[Slot], *, by: User) -> list[Referral]:
    """Who is still to come to these appointments, as far as ``by`` may see them: one that waits is not sent yet."""
    rows = Referral.objects.visible_to(by).filter(slot__in=[one.pk for one in slots], state__in=LIVE)
    return list(rows.select_related("case__person").order_by("case__person__family_name", "pk"))
