"""The rota of who is on call, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from cases.findings import RANKS
from cases.models import Case, OnCall
from diversion.accounts.models import Team, User
from diversion.design_system.wording import date_and_time
from referrals.queries.on_call import Gap, keeps_rota, on_call_now


def now_in_words(*, case: Case, rank: str) -> dict[str, Any] | None:
    """Who can be reached now for a decision of ``rank`` on ``case``; None where its force keeps no rota."""
    return reached_for(rank, force=case.force_id, team=case.team_id)


def reached_for(rank: str, *, force: int, team: int | None) -> dict[str, Any] | None:
    """The same for what is not recorded yet, by an officer of ``team``."""
    found = on_call_now(force=force, team=team, rank=rank)
    if not found and not keeps_rota(force):
        return None
    needed = "inspector" if rank == "prosecutor" else rank
    return {
        "rank": str(User.Rank(needed).label).lower() if needed in RANKS else "",
        "lines": [reached_in_words(one) for one in found],
    }


def reached_in_words(one: OnCall) -> str:
    """ "Carol Singh (sergeant), Response A: 07700 900123, until 11 June 2026 at 6am"."""
    words = _("%(who)s (%(rank)s), %(where)s: %(telephone)s, until %(when)s")
    return words % {
        "who": one.user.full_name,
        "rank": one.user.rank_in_words.lower() or _("no rank"),
        "where": _where(one.team),
        "telephone": one.telephone,
        "when": date_and_time(one.until),
    }


def all_now_in_words(force: int) -> list[str]:
    """Everybody of a force (its id) who is on call now."""
    return [reached_in_words(one) for one in on_call_now(force=force, team=None)]


def turn_in_words(one: OnCall) -> str:
    """ "Carol Singh (sergeant), Response A, from … to …: 07700 900123"."""
    words = _("%(who)s (%(rank)s), %(where)s, from %(first)s to %(last)s: %(telephone)s")
    return words % {
        "who": one.user.full_name,
        "rank": one.user.rank_in_words.lower() or _("no rank"),
        "where": _where(one.team),
        "first": date_and_time(one.starts_at),
        "last": date_and_time(one.until),
        "telephone": one.telephone,
    }


def gaps_in_words(gaps: Iterable[Gap]) -> list[str]:
    """ "Nobody of sergeant or above is on call for Response A from … to …"."""
    words = _("Nobody of %(rank)s or above is on call (%(where)s) from %(first)s to %(last)s")
    return [
        words
        % {
            "rank": str(User.Rank(one.rank).label).lower(),
            "where": _where(one.team),
            "first": date_and_time(one.starts_at),
            "last": date_and_time(one.until),
        }
        for one in gaps
    ]


def _where(team: Team | None) -> str:
    return team.name if team else _("the whole force")
