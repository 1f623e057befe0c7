"""Reading cases. Every function here logs what it shows, in the same transaction, and to whom."""

from collections.abc import Iterable

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Authorisation, Case, Person
from diversion import audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission

CASE_PAGE = ("person", "officer", "team", "force", "decision__decided_by")
MATCHES_SHOWN = 10


def open_case(*, reference: str, by: User) -> Case:
    """The case with everything its page shows; 404 for a case that ``by`` may not see."""
    cases = Case.objects.visible_to(by).select_related(*CASE_PAGE)
    case = get_object_or_404(
        cases.prefetch_related("allegations__offence", "allegations__crime", "allegations__victim", "assessments"),
        reference=reference,
    )
    audit.record("case.opened", audit.Nature.CONSULTATION, by=by, subjects=[case, case.person])
    return case


def cases_for_list(*, by: User) -> QuerySet[Case]:
    """The cases ``by`` may see, newest first; the view logs the page of them that it shows."""
    return Case.objects.visible_to(by).for_list()


def waiting_for_authorisation(*, by: User) -> QuerySet[Authorisation]:
    """Authorisations of ``by``'s force that wait for a decision, the nearest statutory limit first."""
    if not by.can(Permission.AUTHORISE):
        return Authorisation.objects.none()
    waiting = Authorisation.objects.filter(state=Authorisation.State.WAITING, case__force=by.organisation)
    return waiting.exclude(case__officer=by).select_related("case__person", "case__officer", "case__decision")


def find_people(*, text: str, by: User) -> list[Person]:
    """People of ``by``'s force whose names hold every word of ``text``; the search is logged with what it found."""
    found = list(Person.objects.visible_to(by).matching(text)[:MATCHES_SHOWN]) if text.strip() else []
    log_shown("person.searched", found, by=by)
    return found


def log_shown(kind: str, records: Iterable[Model], *, by: User) -> None:
    """Log that these records were shown in a list."""
    shown = list(records)
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=shown, detail={"count": len(shown)})
