"""The number of a crime: entered where it had none when it was recorded, and put right where it was mistyped."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.actions.recording import refuse_twin
from cases.models import Allegation, Case, Crime, Victim
from cases.models.crime import MOST_OF_NUMBER, NO_NUMBER, crime_number
from diversion import access, audit
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused


@transaction.atomic
def enter_number(*, allegation: Allegation, number: str, by: User) -> Allegation:
    """Give a crime that was recorded without a number the one that the force's record system has for it now.

    Where somebody else's case has that crime already, both are about one crime from now on. Raises Refused without a
    number, and where the person has an open case over that crime; Outdated where it was entered meanwhile. What closes
    once the number is there is referrals.actions.numbering's to close, which calls this.
    """
    access.check(by, Permission.RECORD_DECISION)
    lock(allegation.case)
    rows = Allegation.objects.filter(case__in=Case.objects.visible_to(by)).select_related("case__person", "crime")
    allegation = rows.select_related("victim").get(pk=allegation.pk)
    if not allegation.crime.awaits_number:
        raise Outdated("This crime")
    renumber(allegation, number)
    Case.objects.filter(pk=allegation.case_id).update(version=F("version") + 1)
    subjects = [allegation.case, allegation.case.person, allegation.crime]
    audit.record("crime.numbered", audit.Nature.ALTERATION, by=by, subjects=subjects)
    changed(allegation.case)
    return allegation


def renumber(allegation: Allegation, number: str) -> None:
    """Make ``allegation`` about the crime of ``number``, as typed; other people's cases stay about the one they were.

    Raises Refused as `enter_number` does. The caller holds the case, and leaves the trace.
    """
    number = crime_number(number)
    if not number or len(number) > MOST_OF_NUMBER or number.startswith(NO_NUMBER.strip()):
        raise Refused("Enter the crime number as the force\u2019s record system has it.")
    before = allegation.crime.number
    _number(allegation, number)
    _rename_answers(allegation.case, before, number)


def _number(allegation: Allegation, number: str) -> None:
    crime = allegation.crime
    known = Crime.objects.filter(force=crime.force, number=number).first()
    if known is None and crime.awaits_number and _is_renamed(crime, number):
        return
    # A number that others may be recording at this moment keeps its crime: only this case leaves it.
    known = known or Crime.objects.get_or_create(force=crime.force, number=number)[0]
    refuse_twin(allegation.case, known)
    if allegation.case.allegations.filter(crime=known).exists():
        raise Refused(f"Crime {number} stands in this case already: check the number.")
    victim = allegation.victim
    if victim is not None:
        allegation.victim, _ = Victim.objects.get_or_create(crime=known, kind=victim.kind, name=victim.name)
    allegation.crime = known
    allegation.save(update_fields=["crime", "victim"])
    if crime.awaits_number:
        crime.delete()  # nobody else's: a stand-in is of one crime of one case
    elif victim is not None and not Allegation.objects.filter(victim=victim).exists():
        victim.delete()  # of another crime than this one


def _is_renamed(crime: Crime, number: str) -> bool:
    """Whether the crime took the number; not where somebody else's took it at this very moment."""
    try:
        with transaction.atomic():
            Crime.objects.filter(pk=crime.pk).update(number=number)
    except IntegrityError:
        return False
    crime.refresh_from_db()
    return True


def _rename_answers(case: Case, before: str, number: str) -> None:
    """What was answered about a crime is found by its number (`referrals.judging.facts.fold`)."""
    for assessment in case.assessments.all():
        crimes: list[dict[str, Any]] = assessment.answers.get("crimes", [])
        for crime in crimes:
            if crime.get("number") == before:
                crime["number"] = number
        assessment.save(update_fields=["answers"])
