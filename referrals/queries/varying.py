"""Reading what was missed and what is to be changed, for those who may."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404

from cases.law.workdays import working_days_after
from cases.models import Case
from cases.queries import log_shown
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first
from diversion.unit_of_work import as_service
from referrals.models import Agreement, Condition, ConditionChange, MissedStep
from referrals.schemes.proposed import read_back

#: Working days in which somebody decides on a change, or answers what was put to police (our own default).
DECIDED_WITHIN = 2
OF_CASE = "condition__agreement__case"


def open_change(*, pk: int, by: User) -> ConditionChange:
    """A variation in a case of ``by``'s force with what its page shows; 404 for any other, and for a worker's own."""
    rows = ConditionChange.objects.of_force(by).exclude(state=ConditionChange.State.MADE)
    rows = rows.select_related(
        f"{OF_CASE}__person", f"{OF_CASE}__officer", f"{OF_CASE}__decision", "asked_by", "decided_by", "victim_asked_by"
    )
    change = get_object_or_404(rows, pk=pk)
    log_shown("condition.change_opened", [change.condition, change.case, change.case.person], by=by)
    return change


def conditions_for_police(agreement: Agreement) -> list[Condition]:
    """The conditions as police read them, not to be saved. Of voluntary support they are as they were agreed: what its
    worker has changed since stays between the worker and the person.
    """
    found = list(agreement.conditions.all())
    if agreement.referral is not None and agreement.referral.is_voluntary:
        _put_back(found)
    return sorted(found, key=lambda one: (one.due_on, one.pk))


def _put_back(conditions: Sequence[Condition]) -> None:
    """The changes themselves are no row that police may read: what was agreed is read from them by the service."""
    carried_out = ConditionChange.objects.filter(condition__in=conditions, state__in=ConditionChange.CARRIED_OUT)
    with as_service():
        last_first = list(carried_out.order_by("-asked_at", "-pk"))
    before = {one.condition_id: one.before for one in last_first}
    for condition in conditions:
        for name, value in vars(read_back(before[condition.pk])).items() if condition.pk in before else ():
            setattr(condition, name, value)


def changes_to_decide(*, by: User) -> QuerySet[ConditionChange]:
    """Variations of ``by``'s force that wait, in cases that are not ``by``'s own, the longest first."""
    rows = ConditionChange.objects.of_force(by).waiting()
    others = rows.exclude(condition__agreement__case__officer=by).exclude(
        condition__agreement__case__decision__decided_by=by
    )
    return others.select_related(f"{OF_CASE}__person").order_by("asked_at", "pk")


def changes_to_watch(*, by: User) -> Shown[ConditionChange]:
    """What waits on a coordinator: variations that are late, and those of which a victim has still to be asked."""
    if not by.can(Permission.MANAGE_SCHEMES):
        return Shown()
    rows = ConditionChange.objects.of_force(by).waiting()
    late = rows.filter(asked_at__lt=late_before())
    ask = rows.filter(asks_victim=True, victim_answer="")
    return first((late | ask).select_related(f"{OF_CASE}__person").order_by("asked_at", "pk"))


def steps_to_answer(*, by: User) -> Shown[MissedStep]:
    """What workers have put to police: to the officer in the case, and once it is late to the coordinator as well."""
    rows = MissedStep.objects.put_to_police().filter(referral__case__in=Case.objects.visible_to(by))
    mine = rows.filter(referral__case__officer=by)
    if by.can(Permission.MANAGE_SCHEMES):
        mine = mine | rows.filter(recorded_at__lt=late_before())
    return first(mine.select_related("referral__case__person").order_by("recorded_at", "pk"))


def steps_of(case: Case) -> list[MissedStep]:
    """What was put to police in a case that the caller has opened."""
    rows = MissedStep.objects.filter(referral__case=case, way="escalated")
    return list(rows.select_related("recorded_by", "answered_by", "condition", "appointment").order_by(F("pk").asc()))


def reasons_before(step: MissedStep | None) -> list[tuple[str, datetime]]:
    """The reasons that were given before the one that stands, with when, the first first; from the field history."""
    if step is None:
        return []
    rows = apps.get_model("referrals.MissedStepEvent")._base_manager.filter(pgh_obj=step).order_by("pgh_id")
    said = [(event.get_reason_display(), event.recorded_at) for event in rows]
    changes = [one for place, one in enumerate(said) if place == 0 or said[place - 1][0] != one[0]]
    return changes[:-1]


def late_before(days: int = DECIDED_WITHIN) -> datetime:
    """What was asked before this moment has waited for more than so many working ``days``."""
    day, today = clock.today(), clock.today()
    while working_days_after(day, days) >= today:
        day -= timedelta(days=1)
    return datetime.combine(_next(day), time.min, clock.LONDON)


def _next(day: date) -> date:
    return day + timedelta(days=1)
