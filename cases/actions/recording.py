"""Recording a decision about a person over one or more crimes."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from cases import legal, rulebook
from cases.actions import youth
from cases.actions.outbox import changed
from cases.codes import DecisionResult, VictimKind
from cases.details import CrimeDetails, DecisionDetails, PersonDetails
from cases.eligibility.kept import KeptOption
from cases.findings import UNKNOWN_RANK, Finding, Need, highest, needs
from cases.law.settings import LawSettings
from cases.models import Allegation, Assessment, Authorisation, Case, Crime, Decision, Person, Victim
from cases.models.crime import crime_number
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

NOT_STATED = "ethnicity_not_stated"
ETHNICITY = ("ethnicity_self_defined", NOT_STATED, "ethnicity_source", "ethnicity_recorded_on")
IDENTITY = ("given_names", "family_name", "date_of_birth")
CONTACT = ("telephone", "safe_contact", "needs_interpreter")
ABOUT_RECORD = ("existing", "version", "corrects")


@transaction.atomic
def record_case(
    *,
    submission: uuid.UUID,
    person: PersonDetails,
    crimes: Sequence[CrimeDetails],
    origin: str,
    earlier_outcomes: str,
    decision: DecisionDetails,
    answers: dict[str, Any],
    findings: Sequence[Finding],
    unknown_rank: str = UNKNOWN_RANK,
    options: Sequence[KeptOption],
    rules: str,
    by: User,
) -> Case:
    """Record one case. The same ``submission`` by the same officer gives the case already made, not a second one.

    ``options``: every disposal and scheme of the force that day, and what its rules said of each for these answers.
    ``findings`` are about what was proposed: who has to decide follows from them (``cases.findings.needs``), and
    ``unknown_rank`` decides where a rule cannot be answered yet. Raises Refused where a rule stops an accepted offer
    or is not answered, and where the person has an open case over one of the crimes. A crime number that stands in
    another case already makes no difference, so that nobody can learn of a case that they may not see.
    """
    access.check(by, Permission.RECORD_DECISION)
    if earlier := Case.objects.filter(submission=submission, decision__decided_by=by).first():
        return earlier
    if not crimes:
        raise Refused("Add at least one crime.")
    asked = _asked(findings, decision.result, unknown_rank)
    subject = _person(person, by=by)
    case = Case.objects.create(
        submission=submission,
        force=by.organisation,
        team=by.team,
        officer=by,
        person=subject,
        origin=origin,
        earlier_outcomes=earlier_outcomes,
    )
    settings = rulebook.settings_of(case.force, clock.today())
    for crime in crimes:
        _allegation(case, crime, settings)
    _decision(case, decision, asked, by=by)
    Assessment.objects.create(
        case=case,
        answers=answers,
        findings=[finding.stored() for finding in findings],
        options=[option.model_dump(mode="json") for option in options],
        rules=rules,
        assessed_by=by,
    )
    audit.record("case.recorded", audit.Nature.COLLECTION, by=by, subjects=[case, subject])
    changed(case)
    youth.follow(case=case, by=by)
    return case


def _person(details: PersonDetails, *, by: User) -> Person:
    if details.existing is None:
        values = {name: value for name, value in _values(details).items() if value is not None}
        return Person.objects.create(force=by.organisation, created_by=by, **values)
    person = Person.objects.visible_to(by).select_for_update().get(pk=details.existing.pk)
    if not details.corrects and is_another(person, details):
        raise Refused(f"The name or date of birth is not that of the record of {person}: search for the person again.")
    altered = changes_to(person, details)
    if details.version not in (None, person.version) and overwritten(person, details):
        raise Outdated(f"The record of {person}")
    for name, value in altered.items():
        setattr(person, name, value)
    if altered:
        person.version += 1
        person.save(update_fields=[*altered, "version"])
        fields = list(altered)
        audit.record("person.updated", audit.Nature.ALTERATION, by=by, subjects=[person], detail={"fields": fields})
    if "date_of_birth" in altered:
        for case in Case.objects.filter(person=person, decision__isnull=False):
            youth.follow(case=case, by=by)
    return person


def is_another(person: Person, details: PersonDetails) -> bool:
    """Whether ``details`` bear another name (in whatever case) or date of birth than the record of ``person``."""
    return any(_folded(getattr(person, name)) != _folded(getattr(details, name)) for name in IDENTITY)


def changes_to(person: Person, details: PersonDetails) -> dict[str, Any]:
    """What ``details`` would change in the record of ``person``, by field; the fields are those of Person."""
    values = _values(details)
    given = {name: value for name, value in values.items() if value and name not in (*ETHNICITY, *IDENTITY)}
    given |= {name: values[name] for name in CONTACT if values[name] is not None}
    if details.corrects:
        given |= {name: values[name] for name in IDENTITY}
    if values["ethnicity_self_defined"] or not person.ethnicity_self_defined:
        # One answer, whose parts go together; a reason for not stating it never undoes the person's earlier answer.
        given |= {name: values[name] for name in ETHNICITY if values["ethnicity_self_defined"] or values[NOT_STATED]}
    return {name: value for name, value in given.items() if getattr(person, name) != value}


def overwritten(person: Person, details: PersonDetails) -> list[str]:
    """The fields that would hold something else; the day on which the same answer was given again is none of them."""
    return [name for name in changes_to(person, details) if name != "ethnicity_recorded_on"]


def _values(details: PersonDetails) -> dict[str, Any]:
    return {name: value for name, value in vars(details).items() if name not in ABOUT_RECORD}


def _folded(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _allegation(case: Case, details: CrimeDetails, settings: LawSettings) -> Allegation:
    crime, _created = Crime.objects.get_or_create(force=case.force, number=crime_number(details.number))
    _refuse_twin(case, crime)
    victim = None
    if details.victim_kind != VictimKind.NONE:
        victim, _ = Victim.objects.get_or_create(crime=crime, kind=details.victim_kind, name=details.victim_name)
    limit = legal.statutory_limit(
        details.offence,
        details.committed_on,
        domestic_abuse=details.is_domestic_abuse,
        first_statement=details.first_statement_on,
        settings=settings,
    )
    return Allegation.objects.create(
        case=case,
        crime=crime,
        offence=details.offence,
        committed_on=details.committed_on,
        area=details.area,
        victim=victim,
        victim_stance=details.victim_stance if victim else "",
        is_domestic_abuse=details.is_domestic_abuse,
        is_hate_crime=details.is_hate_crime,
        first_statement_on=details.first_statement_on,
        limit_on=limit.on,
    )


def _refuse_twin(case: Case, crime: Crime) -> None:
    """One crime of one person is settled in one case at a time: two would be counted, and carried out, twice."""
    open_cases = Case.objects.filter(person=case.person, allegations__crime=crime, closed_at__isnull=True)
    if not (twin := open_cases.exclude(pk=case.pk).first()):
        return
    visible = Case.objects.visible_to(case.officer).filter(pk=twin.pk).exists()
    which = f": {twin.reference}" if visible else " with another team"
    raise Refused(
        f"{case.person} already has an open case over crime {crime.number}{which}."
        " Go on with that case; a new decision can be recorded once it is closed."
    )


def _asked(findings: Sequence[Finding], result: str, unknown_rank: str) -> tuple[Need, ...]:
    """Who has to decide an offer that was accepted; Refused where a rule stops it or has not been answered.

    What was declined or never offered is recorded as it happened, and asks nobody.
    """
    if result != DecisionResult.OFFERED_ACCEPTED:
        return ()
    stopped = [one.reason for one in findings if one.blocks]
    if stopped:
        raise Refused(" ".join(dict.fromkeys(stopped)))
    unanswered = [one.reason for one in findings if one.is_unanswered]
    if unanswered:
        raise Refused(f"Answer this first, or say why it is not known yet: {' '.join(dict.fromkeys(unanswered))}")
    return needs(findings, unknown_rank)


def _decision(case: Case, details: DecisionDetails, asked: Sequence[Need], *, by: User) -> None:
    Decision.objects.create(
        case=case,
        result=details.result,
        not_offered_reason=details.not_offered_reason,
        declined_reason=details.declined_reason,
        admission=details.admission,
        disposal=details.disposal,
        scheme=details.scheme,
        without_scheme=details.without_scheme if details.scheme else "",
        rationale=details.rationale,
        decided_by=by,
    )
    if asked:
        reasons = list(dict.fromkeys(need.reason for need in asked))
        Authorisation.objects.create(case=case, rank=highest(need.rank for need in asked), reasons=reasons)
