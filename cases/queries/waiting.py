"""What waits for an officer, or for the hub."""

from django.db.models import QuerySet

from cases.models import Allegation, Authorisation, AuthorisationQuestion, Case, PendingDecision
from cases.models.crime import NO_NUMBER
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first


def open_questions() -> QuerySet[AuthorisationQuestion]:
    """What authorisers have asked about decisions that still wait, and nobody has answered."""
    waits = Authorisation.State.WAITING
    return AuthorisationQuestion.objects.filter(authorisation__state=waits, answered_at__isnull=True)


def questions_for(*, by: User) -> list[AuthorisationQuestion]:
    """What authorisers ask ``by`` about decisions that wait, the longest wait first."""
    rows = open_questions().filter(authorisation__case__in=Case.objects.visible_to(by).filter(officer=by))
    return list(rows.select_related("asked_by", "authorisation__case__person").order_by("asked_at", "pk"))


def undecided_to_watch(*, by: User) -> Shown[PendingDecision]:
    """What is not decided yet of ``by``'s own cases, for the hub of the force's; the nearest day first, at most ten."""
    rows = PendingDecision.objects.filter(settled_at__isnull=True, case__in=Case.objects.visible_to(by))
    if not by.can(Permission.MANAGE_SCHEMES):
        rows = rows.filter(case__officer=by)
    return first(rows.select_related("case__person").order_by("due_on", "pk"))


def without_number(*, by: User) -> QuerySet[Allegation]:
    """Crimes without a number of ``by``'s own cases, for the hub of the force's."""
    rows = Allegation.objects.filter(crime__number__startswith=NO_NUMBER, case__in=Case.objects.visible_to(by))
    return rows if by.can(Permission.MANAGE_SCHEMES) else rows.filter(case__officer=by)


def crimes_to_number(*, by: User) -> Shown[Allegation]:
    """Those of ``without_number``, the oldest first, at most ten."""
    rows = without_number(by=by)
    return first(rows.select_related("case__person", "crime", "offence").order_by("pk"))
