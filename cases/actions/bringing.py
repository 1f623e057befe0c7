"""Bringing in a case that was decided elsewhere: what was agreed goes on here."""

import uuid
from datetime import date, time

from django.db import transaction

from cases import rulebook
from cases.actions import youth
from cases.actions.outbox import changed
from cases.actions.recording import add_allegation, columns_of, ended_twin, is_another
from cases.codes import DecisionResult
from cases.details import CaseDetails, PersonDetails
from cases.models import Case, Decision, Person
from cases.models.person import police_domain
from cases.queries import open_twins
from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused


@transaction.atomic
def bring_case(
    *, brought_as: str, details: CaseDetails, decided_on: date, force: Organisation, officer: User, by: User | None
) -> Case:
    """Make the record of a case that was decided on a day elsewhere, where it is called ``brought_as``.

    No rule is asked and no rank: it was decided under the rules and by the people of that day. It stands in no figure
    of decisions, because those of the day who were offered nothing are not brought. ``by`` None is the operator. Raises
    Refused for a decision other than an accepted offer, for an officer who may not record one, and where the person has
    an open case over one of the crimes, or kept an agreement over it that could be enforced.
    """
    if details.decision.result != DecisionResult.OFFERED_ACCEPTED:
        raise Refused("Only what was offered and accepted goes on here.")
    if officer.organisation_id != force.pk or not officer.can(Permission.RECORD_DECISION):
        raise Refused(f"{officer} records no decisions of {force}.")
    person = _person(details.person, force, officer)
    case = Case.objects.create(
        submission=uuid.uuid4(),
        force=force,
        team=officer.team,
        officer=officer,
        person=person,
        origin=details.origin,
        earlier_outcomes=details.earlier_outcomes,
        brought_as=brought_as,
    )
    settings = rulebook.settings_of(force, clock.today())
    for crime in details.crimes:
        added = add_allegation(case, crime, settings, is_known=False)
        if open_twins(case, added.crime).exists():
            raise Refused("The person has an open case over one of its crimes already: go on with that one.")
        if ended_twin(case, added.crime) is not None:
            raise Refused(
                "The person had an agreement over one of its crimes, which has ended: have that decision rescinded"
                " first, where it should not stand."
            )
    _decide(case, details, decided_on, officer)
    audit.record("case.brought", audit.Nature.COLLECTION, by=by, subjects=[case, person], organisation_id=force.pk)
    changed(case)
    youth.begin(case=case, by=by)
    return case


def _person(details: PersonDetails, force: Organisation, officer: User) -> Person:
    """The person on record whose name and day of birth these are, as they are on record; else somebody new."""
    born = Person.objects.filter(domain=police_domain(force.pk), date_of_birth=details.date_of_birth).order_by("pk")
    named = [one for one in born.select_related("merged_into") if not is_another(one, details)]
    same = list(Person.objects.select_for_update().filter(pk__in={one.as_kept.pk for one in named}))
    if len(same) > 1:
        raise Refused("Two people of that name and day of birth are on record: record this case by hand.")
    if same and same[0].sex != details.sex:
        raise Refused("Somebody of that name and day of birth is on record with another sex: record this case by hand.")
    values = {name: value for name, value in columns_of(details).items() if value is not None}
    return same[0] if same else Person.objects.create(force=force, created_by=officer, **values)


def _decide(case: Case, details: CaseDetails, decided_on: date, officer: User) -> None:
    said = details.decision
    Decision.objects.create(
        case=case,
        decided_by=officer,
        decided_at=min(clock.moments_at(decided_on, time(12))[0], clock.now()),
        result=said.result,
        admission=said.admission,
        disposal=said.disposal,
        scheme=said.scheme,
        rationale=said.rationale,
    )
