"""Who is on call to authorise, now and in the days to come, and when nobody is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from cases import legal
from cases.findings import RANKS
from cases.models import OnCall
from diversion import clock
from diversion.accounts.models import Team, User
from diversion.accounts.permissions import Permission

#: How far ahead the page looks, and gaps are told (our own default).
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Gap:
    """That nobody of a rank or above is on call for a team (None: the whole force) from one moment to another."""

    team: Team | None
    rank: str
    starts_at: datetime
    until: datetime


def on_call_now(*, force: int, team: int | None, rank: str = "") -> list[OnCall]:
    """Who of a force (its id) may be reached now for a decision of ``rank`` in a case of ``team``.

    Those of the team come first. ``rank`` "" is everybody on call, of any team. Whoever cannot sign in any more, or
    does not hold the rank today, is not among them.
    """
    rows = OnCall.objects.now().filter(force=force)
    if rank:
        rows = rows.filter(Q(team=None) | Q(team=team))
    found = [one for one in _listed(rows) if not rank or legal.may_record_decision(one.user.authorising_rank, rank)]
    return sorted(found, key=lambda one: (one.team_id is None or one.team_id != team, one.user.full_name, one.pk))


def keeps_rota(force: int) -> bool:
    """Whether the force (its id) has put anybody on call lately: where it keeps no rota nobody is missed on it."""
    since = clock.now() - AHEAD
    return OnCall.objects.filter(force=force, ended_at=None, until__gt=since).exists()


def to_come(*, by: User) -> list[OnCall]:
    """The rota of ``by``'s force from now on, the first first."""
    rows = OnCall.objects.filter(force=by.organisation_id, ended_at=None, until__gt=clock.now())
    return _listed(rows.order_by("starts_at", "pk"))


def gaps_in(rota: Iterable[OnCall]) -> list[Gap]:
    """When nobody is on call, from now and for 14 days: for the force and for each team with turns of its own.

    It is asked for each rank that somebody on that rota holds; whoever is on call for the force is so for each team.
    """
    rota = [one for one in rota if one.user.authorising_rank]
    teams: dict[int, Team | None] = {one.team_id or 0: one.team for one in rota}
    found: list[Gap] = []
    for key, team in sorted(teams.items(), key=lambda one: one[1].name if one[1] else ""):
        turns = [one for one in rota if (one.team_id or 0) in (0, key)]
        ranks = {one.user.authorising_rank for one in turns if (one.team_id or 0) == key}
        for rank in sorted(ranks, key=RANKS.index):
            reaching = [one for one in turns if legal.outranks(one.user.authorising_rank, rank)]
            found += [Gap(team, rank, *gap) for gap in _uncovered(reaching)]
    return found


def who_may_be_on_call(*, by: User) -> QuerySet[User]:
    """Who authorises in ``by``'s force."""
    users = User.objects.who_may(Permission.AUTHORISE).filter(organisation=by.organisation_id)
    return users.with_acting().order_by("full_name", "pk")


def _listed(rows: QuerySet[OnCall]) -> list[OnCall]:
    """With the user and their rank of today; whoever authorises nothing any more is left out."""
    found = list(rows.select_related("team"))
    people = User.objects.with_permissions().in_bulk({one.user_id for one in found}) if found else {}
    for one in found:
        one.user = people[one.user_id]
    return [one for one in found if one.user.can(Permission.AUTHORISE)]


def _uncovered(turns: Iterable[OnCall]) -> list[tuple[datetime, datetime]]:
    """The stretches from now and for 14 days that no turn covers."""
    at, last, found = clock.now(), clock.now() + AHEAD, []
    for one in sorted(turns, key=lambda turn: turn.starts_at):
        if one.starts_at >= last:
            break
        if one.starts_at > at:
            found.append((at, one.starts_at))
        at = max(at, one.until)
    return [*found, (at, last)] if at < last else found
