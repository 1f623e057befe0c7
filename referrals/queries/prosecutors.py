"""What is with a prosecutor: for those who wait for it, and for whoever enters the answer."""

from django.db.models import Exists, OuterRef, QuerySet

from cases.models import Authorisation, Case, ProsecutorReferral
from cases.queries import open_questions
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.home import Shown, first


def with_prosecutors(*, by: User) -> QuerySet[ProsecutorReferral]:
    """What waits for a prosecutor: in ``by``'s own cases, and in the force's for the hub and those who authorise."""
    rows = ProsecutorReferral.objects.waiting().filter(
        authorisation__case__force=by.organisation_id, authorisation__state=Authorisation.State.WAITING
    )
    if by.can(Permission.AUTHORISE, Permission.MANAGE_SCHEMES):
        return rows
    return rows.filter(authorisation__case__officer=by.pk, authorisation__case__in=Case.objects.visible_to(by))


def prosecutors_for_home(*, by: User) -> Shown[ProsecutorReferral]:
    """The first of them, the nearest day first."""
    return first(listed(with_prosecutors(by=by)))


def listed(rows: QuerySet[ProsecutorReferral]) -> QuerySet[ProsecutorReferral]:
    """With what a line says, and whether a question of it waits for its officer; the nearest day first."""
    asked = open_questions().filter(authorisation=OuterRef("authorisation"))
    rows = rows.annotate(question_waits=Exists(asked))
    return rows.select_related("authorisation__case__person", "authorisation__case__officer").order_by("due_on", "pk")


def asked_of_prosecutors(case: Case) -> list[ProsecutorReferral]:
    """All that was put to one in a case that the caller has opened, the first first."""
    rows = ProsecutorReferral.objects.filter(authorisation__case=case)
    return list(rows.select_related("asked_by", "answered_by").order_by("asked_at", "pk"))
