"""The clock board: open cases by the days that are left."""

from collections.abc import Collection
from typing import Any

from diversion.accounts.models import Team, User
from diversion.accounts.permissions import Permission
from referrals.codes import CaseStatus, Clock
from referrals.judging.contact import days_on_list
from referrals.models import Referral, SchemeVersion, Standing
from referrals.queries.listed import first_keys, matching

#: What the board may be ordered by beside the days left, and the columns of Standing that this means.
ORDERED_BY: dict[str, tuple[str, ...]] = {
    "days": (),
    "name": ("case__person__family_name", "case__person__given_names"),
    "officer": ("officer__full_name",),
}


def clock_keys(
    *, by: User, clock: str = "", team: Team | None = None, text: str = "", order: str = "days", most: int
) -> list[int]:
    """The ids of the first ``most`` open cases that ``by`` may see in which a clock runs, the nearest day first.

    ``clock`` (a `Clock`) keeps those in which this one runs, and orders by it; ``team`` those of one team; ``text`` is
    a case reference, the beginning of a crime number, or a name, as for the list of cases.
    """
    day = clock or "nearest_on"
    rows = Standing.objects.all().timed() if clock in ("", Clock.VICTIM) else Standing.objects.open()
    rows = rows.filter(**{f"{day}__isnull": False})
    if team is not None:
        rows = rows.filter(team=team)
    if text:
        rows = rows.filter(pk__in=matching(text, by))
    names = ORDERED_BY[order.removeprefix("-")] or (day,)
    return first_keys([rows], names, by=by, most=most, backwards=order.startswith("-"))


def teams_to_choose(*, by: User) -> list[Team]:
    """The teams among whose cases ``by`` may choose: none for whoever sees their own team's alone."""
    if not by.can(Permission.VIEW_FORCE_CASES):
        return []
    return list(Team.objects.filter(organisation=by.organisation_id))


def running(standing: Any) -> list[Clock]:
    """The clocks that run in a case, the nearest first; of a closed case what its victim is told."""
    kinds = [Clock.VICTIM] if standing.is_closed and standing.status != CaseStatus.RETURNED else list(Clock)
    return sorted((one for one in kinds if getattr(standing, one)), key=lambda one: getattr(standing, one))


def paused(cases: Collection[Any]) -> dict[int, int]:
    """For how many working days so far the partner's clock stands still of each case (id) that is on a waiting list.

    Of voluntary support police hear nothing. Asked only where somebody was sent and no day to answer runs.
    """
    still = [one.pk for one in cases if one.standing.status == CaseStatus.SENT and one.standing.contact_on is None]
    if not still:
        return {}
    rows = Referral.objects.on_list().filter(case__in=still)
    listed = rows.filter(scheme_version__confidentiality=SchemeVersion.Confidentiality.ENFORCEABLE)
    return {one.case_id: days_on_list(one) for one in listed}
