"""What waits for a rank, the nearest statutory limit first."""

from typing import Any

from django.db.models import Exists, F, Q, QuerySet

from cases.models import Authorisation
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission


def waiting_for_authorisation(*, by: User) -> QuerySet[Authorisation]:
    """Authorisations of ``by``'s force that wait for a decision; never of what ``by`` decided or is the officer of."""
    if not by.can(Permission.AUTHORISE):
        return Authorisation.objects.none()
    waiting = Authorisation.objects.filter(state=Authorisation.State.WAITING, case__force=by.organisation)
    return waiting.exclude(Q(case__officer=by) | Q(case__decision__decided_by=by))


def first_waiting(most: int, *, by: User) -> list[int]:
    """The ids of the first ``most`` of them, by the nearest statutory limit of the case, then by how long they wait."""
    nearest = F("case__standing__limit_on").asc(nulls_last=True)
    rows = waiting_for_authorisation(by=by).order_by(nearest, "asked_at", "pk")
    return list(rows.values_list("pk", flat=True)[:most])


def rows_of(ids: list[int], changes: QuerySet[Any], spoken: QuerySet[Any]) -> list[Any]:
    """These authorisations in this order, with what a row of the queue shows.

    Each says in ``with_changes`` and ``with_spoken`` whether there is any of ``changes`` and of ``spoken``: so a page
    that has rows asks for all at once.
    """
    rows = Authorisation.objects.select_related(
        "case__person", "case__officer", "case__decision", "case__standing"
    ).prefetch_related("case__allegations__offence", "case__assessments", "questions__asked_by")
    others = {"with_changes": Exists(changes), "with_spoken": Exists(spoken)}
    found = {one.pk: one for one in rows.filter(pk__in=ids).annotate(**others)}
    return [found[pk] for pk in ids if pk in found]
