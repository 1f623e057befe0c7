"""Who is on call to authorise, now and in the days to come, and when nobody is."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.db.models import Q, QuerySet

from cases import legal
from cases.findings import RANKS
from cases.models import OnCall
from diversion import clock
from diversion.accounts.models import AccountRequest, Team, User
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


@dataclass(frozen=True)
class Stretch:
    """A turn, or the part of it in which its user authorises at one rank; "" for none."""

    turn: OnCall
    rank: str
    starts_at: datetime
    until: datetime

    @property
    def team(self) -> int:
        """The id of the team, 0 for the whole force."""
        return self.turn.team_id or 0


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
    """The rota of ``by``'s force from now on, the first first; each user with the rank that they hold by then."""
    rows = OnCall.objects.filter(force=by.organisation_id, ended_at=None, until__gt=clock.now())
    found = _listed(rows.order_by("starts_at", "pk"))
    acting = _acting(found)
    for one in found:
        begins = clock.local_date(max(one.starts_at, clock.now()))
        one.user = copy(one.user)  # one user may have turns before and after an acting rank ends
        one.user.__dict__["acting"] = next(
            (each.rank for each in acting.get(one.user_id, []) if each.acts_on(begins)), ""
        )
    return found


def gaps_in(rota: Iterable[OnCall]) -> list[Gap]:
    """When nobody is on call, from now and for 14 days: for the force and for each team with turns of its own.

    It is asked for each rank that somebody on that rota holds or acts in, and each counts with the rank that they hold
    in their turn: an acting one ends. Whoever is on call for the force is so for each team.
    """
    rota = list(rota)
    acting = _acting(rota)
    parts = [part for one in rota for part in _stretches(one, acting.get(one.user_id, []))]
    teams: dict[int, Team | None] = {one.team_id or 0: one.team for one in rota}
    found: list[Gap] = []
    for key, team in sorted(teams.items(), key=lambda one: one[1].name if one[1] else ""):
        turns = [one for one in parts if one.team in (0, key)]
        ranks = {one.rank for one in turns if one.team == key}
        ranks |= {each.rank for one in turns if one.team == key for each in acting.get(one.turn.user_id, [])}
        for rank in sorted(ranks - {""}, key=RANKS.index):
            reaching = [one for one in turns if legal.outranks(one.rank, rank)]
            found += [Gap(team, rank, *gap) for gap in _uncovered(reaching)]
    return found


def _acting(rota: Iterable[OnCall]) -> dict[int, list[AccountRequest]]:
    """The acting ranks of those on the rota that are not over, by the user."""
    rows = AccountRequest.objects.acting().filter(acting_until__gte=clock.today())
    found: dict[int, list[AccountRequest]] = {}
    for one in rows.filter(user__in={each.user_id for each in rota}).order_by("acting_from", "pk"):
        found.setdefault(one.user_id, []).append(one)
    return found


def _stretches(turn: OnCall, acting: Sequence[AccountRequest]) -> list[Stretch]:
    edges = {turn.starts_at, turn.until}
    for one in acting:
        if one.acting_from and one.acting_until:
            days = (one.acting_from, one.acting_until + timedelta(days=1))
            edges |= {at for day in days for at in clock.moments_at(day, time()) if turn.starts_at < at < turn.until}
    parts = pairwise(sorted(edges))
    return [Stretch(turn, _rank_on(turn.user, clock.local_date(at), acting), at, until) for at, until in parts]


def _rank_on(user: User, day: date, acting: Sequence[AccountRequest]) -> str:
    """The rank at which ``user`` authorises on a day."""
    own = [user.rank] if user.rank and Permission.AUTHORISE in user.own_permissions else []
    return max([*own, *(one.rank for one in acting if one.acts_on(day))], key=RANKS.index, default="")


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


def _uncovered(turns: Iterable[Stretch]) -> list[tuple[datetime, datetime]]:
    """The stretches from now and for 14 days that no turn covers."""
    at, last, found = clock.now(), clock.now() + AHEAD, []
    for one in sorted(turns, key=lambda turn: turn.starts_at):
        if one.starts_at >= last:
            break
        if one.starts_at > at:
            found.append((at, one.starts_at))
        at = max(at, one.until)
    return [*found, (at, last)] if at < last else found
