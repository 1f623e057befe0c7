"""The rota of who is on call to authorise. Whoever leads a team or coordinates keeps it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases.actions.handing_over import MAY_HAND_OVER
from cases.models import OnCall
from diversion import access, audit, clock
from diversion.accounts.models import Team, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused

MOST = timedelta(days=14)  # a slip in the month would have somebody woken for weeks


@transaction.atomic
def put_on_call(
    *, user: User, team: Team | None, starts_at: datetime, until: datetime, telephone: str, by: User
) -> OnCall:
    """Put ``user`` on call from one moment to another, for a team or (None) the whole force.

    They may overlap with others. Refused for somebody who authorises nothing: being on call gives nobody a rank. Sent
    twice it is done once.
    """
    access.check(by, *MAY_HAND_OVER)
    User.objects.select_for_update().get(pk=user.pk)  # of two who put them on at once the second finds it done
    said = {
        "force": by.organisation,
        "team": team,
        "user": user,
        "starts_at": starts_at,
        "until": until,
        "telephone": telephone.strip(),
    }
    if earlier := OnCall.objects.filter(**said, ended_at=None).first():
        return earlier
    _check_who(user, team, by)
    _check_when(starts_at, until)
    if not telephone.strip():
        raise Refused("Enter the telephone number by which officers reach them.")
    put = OnCall.objects.create(**said, entered_by=by)
    detail = {"from": starts_at.isoformat(), "until": until.isoformat(), "team": team.name if team else ""}
    audit.record("on_call.put", audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail=detail)
    return put


@transaction.atomic
def take_off_call(*, on_call: OnCall, by: User) -> OnCall:
    """Take somebody off the rota before their time ends. Sent twice it is done once."""
    access.check(by, *MAY_HAND_OVER)
    rows = OnCall.objects.filter(force=by.organisation_id).select_related("user")
    found = get_object_or_404(rows.select_for_update(of=("self",)), pk=on_call.pk)
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), by
        found.save(update_fields=["ended_at", "ended_by"])
        audit.record("on_call.taken_off", audit.Nature.ADMINISTRATION, by=by, subjects=[found.user])
    return found


def _check_who(user: User, team: Team | None, by: User) -> None:
    if user.organisation_id != by.organisation_id or not user.can(Permission.AUTHORISE):
        raise Refused("Choose somebody of your own force who authorises: being on call gives nobody a rank.")
    if team is not None and team.organisation_id != by.organisation_id:
        raise Refused("Choose a team of your own force, or the whole force.")


def _check_when(starts_at: datetime, until: datetime) -> None:
    if until <= starts_at:
        raise Refused("The end is before the beginning: mend one of the two.")
    if until <= clock.now():
        raise Refused("This time has passed: nobody can be reached in it any more.")
    if _shown(until) - _shown(starts_at) > MOST:
        raise Refused(f"Put somebody on call for {MOST.days} days at the most, and enter the rest as another turn.")


def _shown(moment: datetime) -> datetime:
    """What the clock on the wall shows: two weeks on the calendar are two weeks, also where clocks go back in them."""
    return moment.astimezone(clock.LONDON).replace(tzinfo=None)
