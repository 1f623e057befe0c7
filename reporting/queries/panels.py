"""Scrutiny panels: what the force reads of its own, and what a member reads of those on which they sit."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Case
from cases.queries import log_shown
from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from referrals.learning import Lesson
from reporting.door import Leaving
from reporting.measures import panels as figures
from reporting.models import Panel, PanelCase, PanelMember, PanelPack, PanelVote
from reporting.queries import TOLD_FOR, may_open_cases, monitors_of

#: With one member there is no panel, and their finding would be the panel's.
FEWEST_MEMBERS = 2


def panels(*, by: User) -> QuerySet[Panel]:
    """Those of ``by``'s own force, or on which ``by`` sits; the last to meet first."""
    return Panel.objects.visible_to(by).select_related("force", "sample", "convened_by")


def declared_before(panel: Panel) -> dict[int, list[Any]]:
    """What each member of a panel that the caller has opened declared before what counts now, by their id, in order.

    Each is a row of history with ``interest``, ``interest_words`` and ``declared_at``.
    """
    history = apps.get_model("reporting.PanelMemberEvent")._base_manager
    rows = history.filter(pgh_obj__panel=panel, declared_at__isnull=False).order_by("pgh_id")
    now = {one.pk: one.declared_at for one in panel.members.all()}
    found: dict[int, dict[Any, Any]] = {}
    for one in rows:
        if one.declared_at != now.get(one.pgh_obj_id):
            found.setdefault(one.pgh_obj_id, {})[one.declared_at] = one
    return {member: list(before.values()) for member, before in found.items()}


def who_may_sit() -> QuerySet[User]:
    """Whoever sits on panels at an oversight body, by name."""
    able = User.objects.who_may(Permission.SIT_ON_PANEL).filter(organisation__kind=Organisation.Kind.OVERSIGHT)
    return able.select_related("organisation").order_by("full_name", "pk")


def open_panel(*, reference: str, by: User) -> Panel:
    """One of them with its members and cases, or 404; looking at it is logged."""
    shown = ("members__user__organisation", Prefetch("cases", cases_of_panels()))
    panel = get_object_or_404(panels(by=by).prefetch_related(*shown), reference=reference)
    audit.record("panel.opened", audit.Nature.CONSULTATION, by=by, subjects=[panel])
    return panel


def cases_of_panels() -> QuerySet[PanelCase]:
    """With what was told of each and found by each; for whoever may see the panel."""
    votes = Prefetch("votes", PanelVote.objects.select_related("member"))
    return PanelCase.objects.select_related("pack", "owner", "panel").prefetch_related(votes, "panel__members")


def panel_case(*, reference: str, place: int, by: User) -> PanelCase:
    """One case for the force, with what its panel is told. PermissionDenied for whoever may not open its cases; logged.

    404 for a case of which ``by`` may not know. Of one that is no longer held what was found of it is told, and what is
    done about that.
    """
    if not may_open_cases(by):
        raise PermissionDenied
    found = _case(reference, place, by)
    pack = getattr(found, "pack", None)
    if pack is None:
        audit.record("panel.opened", audit.Nature.CONSULTATION, by=by, subjects=[found.panel])
        return found
    if pack.case_id and not Case.objects.visible_to(by).filter(pk=pack.case_id).exists():
        raise Http404
    held = [one for one in (found.panel, pack.case, pack.suspect) if one]
    log_shown("panel.case_shown", held, by=by)
    return found


def pack_for(*, reference: str, place: int, by: User) -> tuple[PanelCase, PanelMember]:
    """One case for a member who has declared, with their seat; 404 for anybody else. Logged as told to the member.

    Of one whose pack is gone the member is told that there is nothing to read any more.
    """
    found = _case(reference, place, by)
    member = seat_of(found.panel, by)
    if member is None or member.declared_at is None:
        raise Http404
    vote = vote_of(found, member)
    if not has_pack(found) or (vote is not None and not vote.finding):  # whoever stood aside is shown nothing of it
        audit.record("panel.opened", audit.Nature.CONSULTATION, by=by, subjects=[found.panel])
        return found, member
    told: list[Panel | str] = [found.panel, key_of(found.pack)]
    audit.record("panel.pack_read", audit.Nature.DISCLOSURE, by=by, subjects=told, recipients=[by.email])
    return found, member


def key_of(pack: PanelPack) -> str:
    """How the log names whom a pack is of: a member may not read the record itself."""
    return f"cases.case:{pack.case_id}" if pack.case_id else f"reporting.suspect:{pack.suspect_id}"


def _case(reference: str, place: int, by: User) -> PanelCase:
    rows = cases_of_panels().filter(panel__in=Panel.objects.visible_to(by))
    return get_object_or_404(rows, panel__reference=reference, place=place)


def seat_of(panel: Panel, user: User) -> PanelMember | None:
    """``user``'s own seat on the panel; None for whoever has none."""
    return next((one for one in panel.members.all() if one.user_id == user.pk and one.excused_at is None), None)


def vote_of(case: PanelCase, member: PanelMember) -> PanelVote | None:
    """What the member found of it, or that they stood aside; None while they have said nothing."""
    return next((one for one in case.votes.all() if one.member_id == member.pk), None)


def are_all_in(case: PanelCase) -> bool:
    """Whether everybody who sits has found, or stood aside. Before that nobody is told of any finding."""
    answered = {one.member_id for one in case.votes.all()}
    return {one.pk for one in case.panel.members.all() if one.excused_at is None} <= answered


def findings_told(case: PanelCase) -> Sequence[PanelVote]:
    """What each found, once all are in; nothing before. Whose each is, is nobody's to be told.

    So one that stands alone is not told: the panel's own finding says it.
    """
    found = [one for one in case.votes.all() if one.finding]
    return found if are_all_in(case) and len(found) >= FEWEST_MEMBERS else []


def lacks_members(case: PanelCase) -> bool:
    """Whether fewer than two found of it or still may, as the others stood aside: one finding is no panel's."""
    seats = {one.pk for one in case.panel.members.all() if one.excused_at is None}
    found = {one.member_id for one in case.votes.all() if one.finding}
    aside = {one.member_id for one in case.votes.all() if not one.finding}
    return not case.finding and len((seats | found) - aside) < FEWEST_MEMBERS


def has_pack(case: PanelCase) -> bool:
    """Whether there is anything to read of it: what is erased, or withdrawn before the panel found, leaves no pack."""
    return getattr(case, "pack", None) is not None


def is_nobodys_to_find(case: PanelCase) -> bool:
    """Whether no panel's finding can come of it, so that the force sets it aside and nobody waits for it."""
    return not case.finding and (not has_pack(case) or lacks_members(case))


def everybody_stood_aside(case: PanelCase) -> bool:
    """Whether each who was asked stood aside from it, whoever was excused afterwards among them."""
    aside = {one.member_id for one in case.votes.all() if not one.finding}
    return {one.pk for one in case.panel.members.all()} <= aside


def speaks(case: PanelCase) -> PanelMember | None:
    """Who says what the panel found: its chair, or the first member who found where the chair stood aside.

    None while findings are still to come, and where no panel's finding can come of it.
    """
    if not are_all_in(case) or is_nobodys_to_find(case):
        return None
    seats = [one for one in case.panel.members.all() if one.excused_at is None]
    found = {one.member_id for one in case.votes.all() if one.finding}
    return next((one for one in sorted(seats, key=lambda one: not one.is_chair) if one.pk in found), None)


def yearly(*, by: User) -> Leaving:
    """What the panels of ``by``'s force found, by year: exact for whoever may open each case, else suppressed."""
    audit.record("panel.figures_viewed", audit.Nature.CONSULTATION, by=by)
    return figures.yearly(by.organisation, exact=may_open_cases(by), by=by)


def who_may_own(user: User) -> QuerySet[User]:
    """Who may answer for what a panel of ``user``'s force led to: whoever sees its figures and may open its cases."""
    return monitors_of(user).filter(pk__in=User.objects.who_may(Permission.VIEW_FORCE_CASES))


def actions_due(*, by: User) -> Shown[PanelCase]:
    """Those of ``by``'s own that are not done, the first due first; ten at most."""
    return first(actions_own(by=by))


def actions_own(*, by: User) -> QuerySet[PanelCase]:
    """All of them."""
    return actions_open(by=by).filter(owner=by) if may_open_cases(by) else PanelCase.objects.none()


def actions_open(*, by: User) -> QuerySet[PanelCase]:
    """What panels led to and is not done, the first to fall due first."""
    rows = PanelCase.objects.filter(panel__in=Panel.objects.visible_to(by), done_at__isnull=True).exclude(action="")
    return rows.select_related("panel", "owner").order_by("due_on", "pk")


def lessons(by: User, case: Case) -> list[Lesson]:
    """What panels found of ``case``, the latest first.

    For the officer, for whoever decided, and for those who authorise; a colleague's is no business of others.
    """
    if by.pk not in (case.officer_id, case.decision.decided_by_id) and not by.can(Permission.AUTHORISE):
        return []
    return [_lesson(one) for one in _found(by).filter(pack__case=case)]


def new_lessons(*, by: User) -> Shown[Lesson]:
    """What panels found in the last 30 days of cases of which ``by`` is the officer; ten at most."""
    found = first(lessons_of_own(by=by))
    return Shown(map(_lesson, found), found.total)


def lessons_of_own(*, by: User) -> QuerySet[PanelCase]:
    """The findings of all of them."""
    since, own = clock.now() - TOLD_FOR, Case.objects.visible_to(by).filter(officer=by)
    return _found(by).filter(pack__case__in=own, found_at__gt=since)


def _found(by: User) -> QuerySet[PanelCase]:
    rows = PanelCase.objects.exclude(finding="").filter(panel__force=by.organisation_id, pack__case__isnull=False)
    return rows.select_related("pack__case__person").order_by("-found_at", "-pk")


def _lesson(one: Any) -> Lesson:
    return Lesson(one.pack.case, one.get_finding_display(), one.words, one.found_at)
