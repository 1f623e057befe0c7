"""Who is away in words, and what a cover finds above their own list."""

from typing import Any

from django.utils.translation import gettext as _

from cases.models import Absence
from diversion import clock
from diversion.accounts.models import User
from diversion.design_system.wording import long_date
from referrals.presenters.case import limit_colour, limit_in_words
from referrals.queries.absences import covered_work


def covered_items(absences: list[Absence], *, by: User) -> list[dict[str, Any]]:
    """Each whom ``by`` covers for, until when, and what of theirs asks for something (``standings`` for the log)."""
    return [_covered(one, by) for one in absences]


def _covered(absence: Absence, by: User) -> dict[str, Any]:
    standings, today = covered_work(absence, by=by), clock.today()
    rows = [
        {
            "person": one.case.person,
            "case": one.case.reference,
            "words": one.told.label,
            "clock": limit_in_words(one.limit_on, today),
            "colour": limit_colour(one.limit_on, today),
        }
        for one in standings
    ]
    return {"who": absence.user, "until": absence.until_on, "rows": rows, "standings": standings}


def absence_rows(absences: list[Absence], *, by: User) -> list[dict[str, Any]]:
    """For the page of who is away: in words, and whether ``by`` covers."""
    words = _("%(who)s is away from %(first)s to %(last)s. %(cover)s covers.")
    return [
        {
            "absence": one,
            "words": words
            % {"who": one.user, "first": long_date(one.from_on), "last": long_date(one.until_on), "cover": one.cover},
            "has_no_cover": not one.cover.is_here,
            "is_cover_only": one.cover_id == by.pk and one.user_id != by.pk,
        }
        for one in absences
    ]
