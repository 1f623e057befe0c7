"""Recording a decision about a person over one or more crimes."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from cases import legal, rulebook
from cases.actions import youth
from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.codes import NAMED_TO_DECIDE, DecisionResult, SafeTexts, VictimKind
from cases.details import CaseDetails, CrimeDetails, DecisionDetails, PersonDetails, Weighed
from cases.findings import Need, highest, needs
from cases.law.dates import long_date
from cases.law.settings import LawSettings
from cases.models import (
    Allegation,
    Assessment,
    Authorisation,
    Case,
    Crime,
    Decision,
    PendingDecision,
    Person,
    Victim,
)
from cases.models.crime import crime_number
from cases.queries import case_of_submission, may_record_about, open_twins
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused

NOT_STATED = "ethnicity_not_stated"
ETHNICITY = ("ethnicity_self_defined", NOT_STATED, "ethnicity_source", "ethnicity_recorded_on")
IDENTITY = ("given_names", "family_name", "date_of_birth")
CONTACT = ("telephone", "safe_contact", "safe_contact_texts", "needs_interpreter")
CHARGED = ("1", "1A")  # Home Office outcomes
ABOUT_RECORD = ("existing", "version", "corrects")


@dataclass(frozen=True)
class Recorded:
    """A case that was recorded just now; ``waits``: a rank has to decide first, and nobody has agreed to anything."""

    case: Case
    waits: bool


@transaction.atomic
def record_case(
    *,
    submission: uuid.UUID,
    details: CaseDetails,
    weighed: Weighed,
    by: User,
) -> Recorded:
    """Record one case. The caller has asked whether this ``submission`` has made one: no two cases bear the same.

    Raises Refused where a rule stops an accepted offer or is not answered, and where the person has an open case over
    one of the crimes. A crime number that stands in another case already makes no difference, so that nobody can learn
    of a case that they may not see.
    """
    access.check(by, Permission.RECORD_DECISION)
    if not details.crimes:
        raise Refused("Add at least one crime.")
    asked = _asked(weighed, details.decision.result)
    subject = _person(details.person, by=by)
    case = Case.objects.create(
        submission=submission,
        force=by.organisation,
        team=by.team,
        officer=by,
        person=subject,
        origin=details.origin,
        earlier_outcomes=details.earlier_outcomes,
    )
    settings = rulebook.settings_of(case.force, clock.today())
    for crime in details.crimes:
        add_allegation(case, crime, settings, is_known=details.person.existing is not None)
    Decision.objects.create(case=case, decided_by=by, **_decided(details.decision))
    _ask(case, asked)
    _leave_open(case, details.decision, by=by)
    _assess(case, details.answers, weighed, by=by)
    audit.record("case.recorded", audit.Nature.COLLECTION, by=by, subjects=[case, subject])
    changed(case)
    youth.begin(case=case, by=by)
    return Recorded(case, waits=bool(asked))


@transaction.atomic
def decide_case(
    *,
    case: Case,
    seen: int,
    submission: uuid.UUID,
    details: CaseDetails,
    weighed: Weighed,
    by: User,
) -> Case:
    """Decide a case that was left open, or leave it open for somebody else or until another day.

    The page holds everything again: what it says of the person and of the crimes replaces what was said before, whose
    history stays. ``seen`` is the version of the case that the page showed. Raises what ``record_case`` raises,
    Outdated where the case was decided, corrected or left open again meanwhile, and Refused for another person and
    where a crime of the case is left out.
    """
    access.check(by, Permission.RECORD_DECISION)
    lock(case)
    if case_of_submission(str(submission), by=by) == case:
        return case
    case = _as_seen(case, seen, by=by)
    asked = _asked(weighed, details.decision.result)
    if details.person.existing != case.person:
        raise Refused(f"This case is about {case.person}: record another decision for somebody else.")
    _decide_anew(case, details, by=by)
    _ask(case, asked)
    _leave_open(case, details.decision, by=by)
    is_open = details.decision.result == DecisionResult.UNDECIDED
    settled = None if is_open else clock.now()
    PendingDecision.objects.filter(case=case).update(settled_at=settled, submission=submission)
    _assess(case, details.answers, weighed, by=by)
    kind = "case.left_open" if is_open else "case.decided"
    audit.record(kind, audit.Nature.ALTERATION, by=by, subjects=[case, case.person])
    changed(case)
    youth.follow(case=case, by=by)
    return case


def _decide_anew(case: Case, details: CaseDetails, *, by: User) -> None:
    _person(details.person, by=by)
    _say_again(case, details.crimes)
    said = {"origin": details.origin, "earlier_outcomes": details.earlier_outcomes}
    Case.objects.filter(pk=case.pk).update(version=F("version") + 1, **said)
    changes = {**_decided(details.decision), "decided_by": by, "decided_at": clock.now()}
    Decision.objects.filter(case=case).update(**changes)
    case.refresh_from_db()


def _as_seen(case: Case, seen: int, *, by: User) -> Case:
    """The case as it is now; Outdated where it is decided or was closed as recorded in error, or is not as the page of
    the decision showed it."""
    case = Case.objects.visible_to(by).select_related("decision", "pending").get(pk=case.pk)
    is_open = case.decision.result == DecisionResult.UNDECIDED and case.closed_at is None
    if not is_open or case.version != seen:
        raise Outdated("This case")
    return case


def _person(details: PersonDetails, *, by: User) -> Person:
    if details.existing is None:
        values = {name: value for name, value in columns_of(details).items() if value is not None}
        return Person.objects.create(force=by.organisation, created_by=by, **values)
    person = Person.objects.visible_to(by).select_for_update().get(pk=details.existing.pk)
    if person.merged_into_id is not None:  # the page was opened before
        raise Outdated(f"The record of {person}")
    if not may_record_about(person, by):
        raise Refused("Nothing led to this record: search for the person again.")
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
    values = columns_of(details)
    given = {name: value for name, value in values.items() if value and name not in (*ETHNICITY, *IDENTITY)}
    given |= {name: values[name] for name in CONTACT if values[name] is not None}
    is_new = given.get("telephone", person.telephone) != person.telephone
    if is_new and values["safe_contact_texts"] is None and SafeTexts(person.safe_contact_texts).is_yes:
        given["safe_contact_texts"] = SafeTexts.NOT_ASKED.value  # a yes was said of the number that they had
    if details.corrects:
        given |= {name: values[name] for name in IDENTITY}
    if values["ethnicity_self_defined"] or not person.ethnicity_self_defined:
        # One answer, whose parts go together; a reason for not stating it never undoes the person's earlier answer.
        given |= {name: values[name] for name in ETHNICITY if values["ethnicity_self_defined"] or values[NOT_STATED]}
    return {name: value for name, value in given.items() if getattr(person, name) != value}


def overwritten(person: Person, details: PersonDetails) -> list[str]:
    """The fields that would hold something else; the day on which the same answer was given again is none of them."""
    return [name for name in changes_to(person, details) if name != "ethnicity_recorded_on"]


def columns_of(details: PersonDetails) -> dict[str, Any]:
    """What is said of a person, by column of their record; None was not asked."""
    return {name: value for name, value in vars(details).items() if name not in ABOUT_RECORD}


def _folded(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _say_again(case: Case, crimes: Sequence[CrimeDetails]) -> None:
    """What the page says of the crimes of a case that nobody had decided; its numbers stay those of the record."""
    said = {crime_number(one.number): one for one in crimes}
    settings = rulebook.settings_of(case.force, clock.today())
    for allegation in case.allegations.select_related("crime"):
        details = said.pop(allegation.crime.number, None)
        if details is None:
            raise Refused(f"Crime {allegation.crime.number} is part of this case: it cannot be left out here.")
        for name, value in _said_of(allegation.crime, details, settings).items():
            setattr(allegation, name, value)
        allegation.save()
    for details in said.values():
        add_allegation(case, details, settings)


def add_allegation(case: Case, details: CrimeDetails, settings: LawSettings, *, is_known: bool = True) -> Allegation:
    """Add a crime to a case. Of somebody new (not ``is_known``) there is no other case to look for."""
    crime, is_new = Crime.objects.of_number(crime_number(details.number), force=case.force)
    if crime.awaits_number and not is_new:
        raise Refused("That crime without a number is of another case: tick “No number yet” anew.")
    if is_known and not is_new:
        refuse_twin(case, crime)
    return Allegation.objects.create(case=case, crime=crime, **_said_of(crime, details, settings, is_new=is_new))


def _said_of(crime: Crime, details: CrimeDetails, settings: LawSettings, *, is_new: bool = False) -> dict[str, Any]:
    """The columns of an allegation, with its statutory limit and the victim whom it names: one on record already,
    unless the crime ``is_new``."""
    victim = None
    if details.victim_kind != VictimKind.NONE:
        said = {"crime": crime, "kind": details.victim_kind, "name": details.victim_name}
        known = None if is_new else Victim.objects.filter(**said).order_by("pk").first()
        victim = known or Victim.objects.create(**said)
    limit = legal.statutory_limit(
        details.offence,
        details.committed_on,
        domestic_abuse=details.is_domestic_abuse,
        first_statement=details.first_statement_on,
        settings=settings,
    )
    return {
        "offence": details.offence,
        "committed_on": details.committed_on,
        "area": details.area,
        "victim": victim,
        "victim_stance": details.victim_stance if victim else "",
        "is_domestic_abuse": details.is_domestic_abuse,
        "is_hate_crime": details.is_hate_crime,
        "first_statement_on": details.first_statement_on,
        "limit_on": limit.on,
    }


def refuse_twin(case: Case, crime: Crime) -> None:
    """One crime of one person is settled in one case at a time: two would be counted, and carried out, twice.

    Nor is one settled anew in which an agreement that could be enforced has ended: whoever kept it was told that they
    are not prosecuted. Where that should not stand, it is rescinded. Whoever was charged, because they did not keep it,
    was told nothing of the kind: what a prosecutor sends back is decided like any other.
    """
    twin = open_twins(case, crime).first() or ended_twin(case, crime)
    if twin is None:
        return
    if not Case.objects.visible_to(case.officer).filter(pk=twin.pk).exists():  # whose it is, is not for this officer
        raise Refused(
            f"Crime {crime.number} cannot be decided for {case.person} on this page: check the number, and ask your"
            " coordinator, who can see why."
        )
    if twin.closed_at is not None:
        raise Refused(
            f"Crime {crime.number} of {case.person} has its outcome: what was agreed over it has ended"
            f" ({twin.reference}). Where that should not stand, ask to have the decision rescinded first."
        )
    raise Refused(
        f"{case.person} already has an open case over crime {crime.number}: {twin.reference}."
        " Go on with that case; a new decision can be recorded once it is closed."
    )


def ended_twin(case: Case, crime: Crime) -> Case | None:
    """Another case of the person in which ``crime`` got its outcome from an agreement that could be enforced."""
    settled = crime.allegations.exclude(outcome__in=("", *CHARGED))
    rows = Case.objects.filter(person=case.person_id, allegations__in=settled)
    rows = rows.filter(closed_at__isnull=False, decision__result=DecisionResult.OFFERED_ACCEPTED).exclude(pk=case.pk)
    for found in rows.select_related("decision"):
        disposal = legal.disposal_of(found.decision)
        if disposal is not None and disposal.enforceable:
            return found
    return None


def _asked(weighed: Weighed, result: str) -> tuple[Need, ...]:
    """Who has to decide an offer that was accepted; Refused where a rule stops it or has not been answered.

    What was declined or never offered is recorded as it happened, and asks nobody.
    """
    if result != DecisionResult.OFFERED_ACCEPTED:
        return ()
    stopped = [one.reason for one in weighed.findings if one.blocks]
    if stopped:
        raise Refused(" ".join(dict.fromkeys(stopped)))
    unanswered = [one.reason for one in weighed.findings if one.is_unanswered]
    if unanswered:
        raise Refused(f"Answer this first, or say why it is not known yet: {' '.join(dict.fromkeys(unanswered))}")
    return needs(weighed.findings, weighed.unknown_rank)


def _decided(details: DecisionDetails) -> dict[str, Any]:
    """The columns of a decision that an officer says."""
    return {
        "result": details.result,
        "not_offered_reason": details.not_offered_reason,
        "declined_reason": details.declined_reason,
        "admission": details.admission,
        "disposal": details.disposal,
        "scheme": details.scheme,
        "without_scheme": details.without_scheme if details.scheme else "",
        "rationale": details.rationale,
    }


def _assess(case: Case, answers: dict[str, Any], weighed: Weighed, *, by: User) -> None:
    Assessment.objects.create(
        case=case,
        answers=answers,
        findings=[finding.stored() for finding in weighed.findings],
        options=[option.model_dump(mode="json") for option in weighed.options],
        rules=weighed.rules,
        assessed_by=by,
    )


def _leave_open(case: Case, details: DecisionDetails, *, by: User) -> None:
    """Say who decides next and by when, of a case that is not decided yet."""
    if details.result != DecisionResult.UNDECIDED:
        return
    if details.waits_for not in NAMED_TO_DECIDE or details.decide_by is None:
        raise Refused("Say who decides next, and by when.")
    if details.decide_by < clock.today():
        raise Refused("The day by which it is decided has passed: choose one to come.")
    if details.decide_by > (last := PendingDecision.last_day()):
        raise Refused(f"A case is left open until {long_date(last)} at most: choose an earlier day.")
    # A limit that has passed cannot be kept any more, and what is to be decided then can still be recorded.
    limits = case.allegations.filter(limit_on__gte=clock.today()).order_by("limit_on")
    limit = limits.values_list("limit_on", flat=True).first()
    if limit is not None and details.decide_by > limit:
        raise Refused(f"The last day to prosecute is {long_date(limit)}: have it decided by then.")
    values = {"waits_for": details.waits_for, "due_on": details.decide_by, "asked_by": by, "asked_at": clock.now()}
    PendingDecision.objects.update_or_create(case=case, defaults=values)


def _ask(case: Case, asked: Sequence[Need]) -> None:
    """Have a rank decide where one has to."""
    if asked:
        reasons = list(dict.fromkeys(need.reason for need in asked))
        Authorisation.objects.create(case=case, rank=highest(need.rank for need in asked), reasons=reasons)
