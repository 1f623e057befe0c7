"""Being away, and who covers. Whoever is away says so themselves, or whoever leads the team does."""

from datetime import date, timedelta

from django.db import transaction
from django.shortcuts import get_object_or_404

from cases.actions.handing_over import MAY_HAND_OVER
from cases.models import Absence
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused

#: Who says it of others: whoever leads a team, coordinates, or decides on the referrals of a provider.
LEADS = (*MAY_HAND_OVER, Permission.DECIDE_REFERRALS)
MOST = timedelta(days=92)  # whoever is away for longer hands their work over


@transaction.atomic
def say_away(*, user: User, cover: User, from_on: date, until_on: date, by: User) -> Absence:
    """Say that ``user`` is away from one day to another (both included), and that ``cover`` looks after their work.

    Refused for a cover who may not see the cases, or is away on one of these days too. Sent twice it is said once.
    Of a provider whoever helps people says it, or whoever decides on its referrals; a colleague who helps covers.
    """
    _check_whose(user, by)
    User.objects.select_for_update().get(pk=user.pk)  # of two who say it at once the second is told
    said = {"user": user, "cover": cover, "from_on": from_on, "until_on": until_on, "ended_at": None}
    if earlier := Absence.objects.filter(**said).first():
        return earlier
    _check_days(user, from_on, until_on)
    _check_cover(user, cover, from_on, until_on)
    absence = Absence.objects.create(**said, entered_by=by, entered_at=clock.now())
    detail = {"cover": cover.pk, "from": from_on.isoformat(), "until": until_on.isoformat()}
    audit.record("absence.said", audit.Nature.ADMINISTRATION, by=by, subjects=[user], detail=detail)
    return absence


@transaction.atomic
def end_away(*, absence: Absence, by: User) -> Absence:
    """End it before its last day, or take it back before its first. Sent twice it is done once."""
    rows = Absence.objects.filter(user__organisation=by.organisation)
    found = get_object_or_404(rows.select_related("user").select_for_update(of=("self",)), pk=absence.pk)
    _check_whose(found.user, by)
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), by
        found.save(update_fields=["ended_at", "ended_by"])
        audit.record("absence.ended", audit.Nature.ADMINISTRATION, by=by, subjects=[found.user])
    return found


def _check_whose(user: User, by: User) -> None:
    """One's own, or for whoever leads: a member of the team, or of the force where they see all of its cases; of a
    provider anybody there.
    """
    access.check(by, Permission.RECORD_DECISION, Permission.SUPPORT_PEOPLE, *LEADS)
    if user.pk == by.pk:
        return
    access.check(by, *LEADS)
    mine = user.team_id is not None and user.team_id == by.team_id
    sees = by.can(Permission.VIEW_FORCE_CASES, Permission.DECIDE_REFERRALS)
    if user.organisation_id != by.organisation_id or not (mine or sees):
        raise Refused("Choose somebody of your own team: of others their own sergeant says it.")


def _check_days(user: User, from_on: date, until_on: date) -> None:
    if until_on < from_on:
        raise Refused("The last day is before the first: mend one of the two.")
    if until_on < clock.today():
        raise Refused("These days have passed: nobody can cover them any more.")
    if until_on - from_on > MOST:
        raise Refused(f"Somebody covers for {MOST.days} days at the most: for longer, hand the work over.")
    if Absence.objects.live_on(from_on, until_on).filter(user=user).exists():
        raise Refused("An absence on some of these days is entered already: end that first, or choose other days.")


def _check_cover(user: User, cover: User, from_on: date, until_on: date) -> None:
    if cover.pk == user.pk:
        raise Refused("Somebody else covers: choose a colleague.")
    if user.is_provider:
        _check_worker(user, cover)
    else:
        _check_officer(user, cover)
    if Absence.objects.live_on(from_on, until_on).filter(user=cover).exists():
        raise Refused(f"{cover} is away on some of these days too: choose somebody else.")


def _check_worker(user: User, cover: User) -> None:
    """Whoever helps people at a provider sees all of its referrals."""
    if cover.organisation_id != user.organisation_id or not cover.can(Permission.SUPPORT_PEOPLE):
        raise Refused("Choose a colleague of the same organisation who helps people.")


def _check_officer(user: User, cover: User) -> None:
    if cover.organisation_id != user.organisation_id or not cover.can(Permission.RECORD_DECISION):
        raise Refused("Choose an officer of the same force who records decisions.")
    of_team = cover.can(Permission.VIEW_TEAM_CASES) and cover.team_id is not None and cover.team_id == user.team_id
    if not (of_team or cover.can(Permission.VIEW_FORCE_CASES)):
        raise Refused(
            f"{cover} may not see these cases: choose somebody of the same team, or who sees the whole force."
        )
