"""Children of whom youth justice is told."""

from datetime import timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet, TextChoices
from django.db.models.expressions import Combinable
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases.models import Case, ChildAssessment, YouthDuty, YouthJusticeLink
from cases.queries.logged import log_shown
from cases.queries.people import of_person
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import LOOKED_FOR, Shown, cut
from diversion.names.typed import read
from diversion.written import written


class DutyState(TextChoices):
    """Where a child stands with youth justice, in its inbox."""

    WAITING = "waiting", _("To be acknowledged")
    LATE = "late", _("Overdue")
    TAKEN = "taken", _("Acknowledged")
    NOT_KEPT = "not_kept", _("Plan not kept")


_TAKEN = ExpressionWrapper(Q(acknowledged_at__isnull=False), BooleanField())
# Those whose clock runs come first, whichever way the days are sorted.
DUTY_ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "due": (_TAKEN, F("due_on").asc(), "pk"),
    "-due": (_TAKEN, F("due_on").desc(), "-pk"),
    "name": ("case__person__family_name", "case__person__given_names", "pk"),
    "-name": ("-case__person__family_name", "-case__person__given_names", "-pk"),
}


TRACES_DAYS = 30
#: What waits for the service after what is overdue.
_SEEN_TO = (DutyState.WAITING, DutyState.NOT_KEPT)


def youth_inbox(*, by: User, text: str = "", state: str = "", order: str = "due") -> QuerySet[YouthDuty]:
    """The children whom ``by``'s youth justice service was told of, by ``text`` of a name or reference and by state.

    Of each case a row has what the page of the child shows too: the child, the offences, and the officer.
    """
    rows = YouthDuty.objects.visible_to(by).select_related("case__person", "case__officer", "case__force")
    if text.strip():
        reference = text.strip().upper()
        named_so = of_person(read(text), person="case__person")
        rows = rows.filter(Q(reference__in=[reference, f"YD-{reference}"]) | named_so)
    if state:
        rows = rows.filter(_in_state(state))
    return rows.prefetch_related("case__allegations__offence").order_by(*DUTY_ORDERS[order])


def youth_waits(*, by: User) -> dict[str, int]:
    """How many children are in each state that waits for the service, in the order in which it is seen to."""
    counts = {state.value: Count("pk", filter=_in_state(state)) for state in (DutyState.LATE, *_SEEN_TO)}
    return YouthDuty.objects.visible_to(by).order_by().aggregate(**counts)


def _in_state(state: str) -> Q:
    waiting = Q(acknowledged_at__isnull=True)
    return {
        DutyState.WAITING: waiting,
        DutyState.LATE: waiting & Q(due_on__lt=clock.today()),
        DutyState.TAKEN: ~waiting & Q(not_kept_at__isnull=True),
        DutyState.NOT_KEPT: Q(not_kept_at__isnull=False),
    }[DutyState(state)]


def youth_traces(*, by: User) -> list[dict[str, Any]]:
    """What ended lately, by reference alone: nobody at the service wonders where a child went."""
    return list(YouthDuty.objects.traces_for(by, since=clock.today() - timedelta(days=TRACES_DAYS)))


def open_duty(*, reference: str, by: User) -> YouthDuty:
    """A child whom ``by``'s youth justice service was told of, with what its page shows; 404 for anybody else's."""
    rows = YouthDuty.objects.visible_to(by).select_related(
        *("case__person", "case__officer__team", "case__force", "case__child_assessment", "case__decision"),
        *("service", "acknowledged_by", "not_kept_by"),
    )
    duty = get_object_or_404(
        rows.prefetch_related("case__allegations__offence", "case__assessments"), reference=reference
    )
    log_shown("youth_duty.opened", [duty, duty.case, duty.case.person], by=by)
    return duty


def duties_of(case: Case) -> list[YouthDuty]:
    """The duties of a case that the caller has opened, the live ones first."""
    people = ("service", "notified_by", "acknowledged_by", "not_kept_by", "ended_by")
    return list(case.youth_duties.select_related(*people).order_by(F("ended_at").desc(nulls_first=True), "due_on"))


def assessment_of_child(case: Case) -> ChildAssessment | None:
    """What is noted of the assessment of the child whose case the caller has opened."""
    return ChildAssessment.objects.select_related("recorded_by").filter(case=case).first()


def duties_to_watch(*, by: User) -> Shown[YouthDuty]:
    """What ``by`` has to see to: whom to tell, and plans not kept, in their own cases; for the hub also what is late.

    The nearest day first, and no more than ten: the rows of the list say the same of each case.
    """
    return cut(_first_to_watch(by=by), youth_to_watch(by=by).count)


@written()
def _first_to_watch(*, by: User) -> QuerySet[YouthDuty]:
    return youth_to_watch(by=by).select_related("case__person", "service").order_by("due_on", "pk")[:LOOKED_FOR]


def youth_to_watch(*, by: User) -> QuerySet[YouthDuty]:
    """All of it."""
    mine = Q(case__officer=by)
    act = Q(notified_at__isnull=True) | Q(not_kept_at__isnull=False)
    wanted = mine & act
    if by.can(Permission.MANAGE_SCHEMES):
        late = Q(due_on__lt=clock.today(), acknowledged_at__isnull=True, told_whom="")
        wanted = wanted | late | Q(not_kept_at__isnull=False)
    return YouthDuty.objects.visible_to(by).live().filter(wanted)


def youth_links(*, by: User) -> QuerySet[YouthJusticeLink]:
    """The youth justice services of ``by``'s force, those that serve it first."""
    return (
        YouthJusticeLink.objects.visible_to(by)
        .select_related("service")
        .order_by(F("valid_to").desc(nulls_first=True), "service__name")
    )
