"""Who is away and who covers, and what waits with whom they cover for."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cases.actions.absences import LEADS
from cases.models import Absence
from cases.queries import open_questions
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.codes import CaseStatus
from referrals.models import Escalation, Standing
from referrals.models.standing import ASKS
from referrals.queries.settling import to_settle_in

#: Who sees every case of a force, or every referral of a provider.
SEES_ALL = (Permission.VIEW_FORCE_CASES, Permission.DECIDE_REFERRALS)
#: Where a case stands that asks its officer for something, or waits for what they alone can say.
ASKS_ITS_OFFICER = (*ASKS, CaseStatus.UNNUMBERED.value, CaseStatus.UNASKED.value)


def covered_by(user: User) -> QuerySet[Absence]:
    """Whom ``user`` covers for today, who is back first before the others."""
    return Absence.objects.covered_by(user).select_related("user").order_by("until_on", "pk")


def covered_work(absence: Absence, *, by: User) -> Shown[Any]:
    """Cases of whoever is away that ask for something and that ``by`` may see: the nearest time limit first."""
    warned = Escalation.objects.open().filter(case=OuterRef("pk"))
    rows = Standing.objects.visible_to(by).filter(officer=absence.user_id)
    early = Q(status=CaseStatus.NOT_KEPT.value, undo_until__gt=clock.now())
    asked = open_questions().filter(authorisation__case=OuterRef("case"))
    settles = to_settle_in(rows).filter(agreement__case=OuterRef("case"))
    asking = rows.filter(Q(status__in=ASKS_ITS_OFFICER) & ~early | Exists(warned) | Exists(asked) | Exists(settles))
    return first(asking.select_related("case__person").order_by(F("limit_on").asc(nulls_last=True), "pk"))


def absences_to_show(*, by: User) -> list[Absence]:
    """Those that are not over: ``by``'s own, those in which they cover, and, of whoever leads, those of the team."""
    rows = Absence.objects.filter(ended_at=None, until_on__gte=clock.today(), user__organisation=by.organisation)
    theirs = Q(user=by) | Q(cover=by)
    if by.can(*SEES_ALL) and may_say_for_others(by):
        theirs = Q()
    elif by.team_id and may_say_for_others(by):
        theirs |= Q(user__team=by.team_id)
    return list(rows.filter(theirs).select_related("user", "cover", "entered_by").order_by("from_on", "pk"))


def uncovered(*, by: User) -> Shown[Absence]:
    """Of those of whom ``by`` may say it, whoever is away today while their cover cannot sign in."""
    return first(left_uncovered(by=by).select_related("user", "cover").order_by("until_on", "pk"))


def left_uncovered(*, by: User) -> QuerySet[Absence]:
    """All of them."""
    if not may_say_for_others(by):
        return Absence.objects.none()
    rows = (
        Absence.objects.live_on(clock.today())
        .filter(user__organisation=by.organisation)
        .exclude(cover__in=User.objects.here())
    )
    if not by.can(Permission.VIEW_FORCE_CASES):
        rows = rows.filter(user__team=by.team_id, user__team__isnull=False)
    return rows


def may_say_for_others(user: User) -> bool:
    """Whether ``user`` leads a team, coordinates or manages a provider's work: of somebody who was taken ill."""
    return user.can(*LEADS)


def who_may_be_away(*, by: User) -> QuerySet[User]:
    """Of whom ``by`` may say that they are away: themselves, and of whoever leads, their team or the force."""
    rows = who_works_beside(by)
    if not may_say_for_others(by):
        return rows.filter(pk=by.pk)
    if not by.can(*SEES_ALL):
        rows = rows.filter(Q(pk=by.pk) | Q(team=by.team_id, team__isnull=False))
    return rows.order_by("full_name", "pk")


def who_may_cover(*, by: User) -> QuerySet[User]:
    """Officers of the force, or workers of the provider; the action says whether the one chosen sees the cases."""
    return who_works_beside(by).order_by("full_name", "pk")


def who_works_beside(user: User) -> QuerySet[User]:
    """Officers of ``user``'s force, or those who help people at their provider."""
    may = Permission.SUPPORT_PEOPLE if user.is_provider else Permission.RECORD_DECISION
    return User.objects.who_may(may).filter(organisation=user.organisation_id)


def away_today(*, by: User) -> dict[int, Absence]:
    """Who of ``by``'s organisation is away today, by their id."""
    rows = Absence.objects.live_on(clock.today()).filter(user__organisation=by.organisation_id)
    return {one.user_id: one for one in rows.select_related("user", "cover").order_by("until_on")}
