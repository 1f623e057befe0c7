"""Whose vetting ends soon, for those who plan the work."""

from datetime import timedelta

from diversion import clock
from diversion.accounts.models import User

#: How many days before somebody's vetting ends others are warned.
WARNED = (30, 7)
#: For how many days after it ended it is still said.
SAID_FOR = 30


def vetting_ending(*, since: int = SAID_FOR) -> list[User]:
    """Those whose vetting ends within 30 days, or did in the last ``since``; the soonest first.

    Of all organisations: whoever asks keeps those that are theirs.
    """
    today = clock.today()
    near = (today - timedelta(days=since), today + timedelta(days=WARNED[0]))
    rows = User.objects.filter(is_active=True, vetted_until__range=near).select_related("organisation")
    return list(rows.order_by("vetted_until", "pk"))


def own_vetting_ending(*, by: User) -> list[User]:
    """Those of ``by``'s organisation."""
    return [one for one in vetting_ending() if one.organisation_id == by.organisation_id]
