"""Vetting of those who are no police: until when they may see what police share. Nobody vets themselves.

Source: College of Policing, Vetting APP: non-police personnel are vetted to a level, until a day.
"""

from datetime import date, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused

MOST = timedelta(days=3653)
LONG_AGO = timedelta(days=366)


@transaction.atomic
def record_vetting(*, user: User, vetting: str, vetted_until: date, by: User) -> User:
    """Record the level and the last day of ``user``'s vetting. From the day after it they cannot sign in.

    A later day recorded afterwards lets them in again; a day that has passed keeps them out from now on.
    """
    access.check(by, Permission.MANAGE_USERS)
    own = get_object_or_404(User, pk=user.pk, organisation=by.organisation)
    if own.is_police:
        raise Refused("Police vetting is kept by the force’s own vetting unit, not here.")
    if own.pk == by.pk:
        raise Refused("Nobody records their own vetting: ask another administrator.")
    if vetted_until > clock.today() + MOST:
        raise Refused("Vetting lasts ten years at the most: mend the last day.")
    if vetted_until < clock.today() - LONG_AGO:
        raise Refused("That day is more than a year ago: check its year.")
    if (own.vetting, own.vetted_until) == (vetting, vetted_until):
        raise Refused("This vetting is recorded already.")
    own.vetting, own.vetted_until = vetting, vetted_until
    own.save(update_fields=["vetting", "vetted_until"])
    detail = {"vetting": vetting, "until": vetted_until.isoformat()}
    audit.record("user.vetting_recorded", audit.Nature.ADMINISTRATION, by=by, subjects=[own], detail=detail)
    return own
