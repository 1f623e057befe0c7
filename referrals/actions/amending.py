"""Putting right how the person is reached, the first appointment and the reasons of a decision that was recorded."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from cases.actions.locking import lock
from cases.actions.outbox import changed
from cases.actions.recording import CONTACT
from cases.codes import SafeTexts
from cases.models import Authorisation, Case, Decision, Person
from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Outdated, Refused
from referrals.actions.standing import follow
from referrals.models import Appointment, Referral, Slot
from referrals.schemes.capacity import take_slot

#: A partner has not answered yet.
UNANSWERED = (Referral.State.HELD, Referral.State.SENT)


def unanswered(case: Case) -> Referral | None:
    """The referral of ``case`` that nobody has accepted or declined yet."""
    rows = Referral.objects.filter(case=case, state__in=UNANSWERED)
    return rows.select_related("scheme_version__scheme", "slot").first()


def may_say_reasons(case: Case, by: User) -> bool:
    """Whether ``by`` may still write the reasons anew: they are theirs, no partner has answered, and nobody who
    authorises has read them (who waits for a rank is asked, and answers)."""
    is_theirs = by.pk in (case.officer_id, case.decision.decided_by_id)
    read = Authorisation.objects.filter(case=case).exclude(state=Authorisation.State.LAPSED).exists()
    answered = Referral.objects.filter(case=case).exclude(state__in=UNANSWERED).exists()
    return is_theirs and not read and not answered


@transaction.atomic
def amend(
    *,
    case: Case,
    seen: int,
    contact: Mapping[str, str],
    by: User,
    rationale: str | None = None,
    slot: Slot | None = None,
) -> list[str]:
    """Put right what was recorded of an open case, and say what was changed.

    ``contact`` is how the person is reached, by field; ``seen`` the version of their record on the page; ``rationale``
    the reasons, None where they stay; ``slot`` another first appointment. A yes to texts was said of the number that
    they had: with another number it is asked again, unless ``contact`` says anew what they answered. Raises Outdated
    where the record has changed meanwhile, and Refused once a partner has answered or somebody has decided by the
    reasons, and for an appointment that was taken.
    """
    access.check(by, Permission.RECORD_DECISION)
    lock(case)
    case = Case.objects.visible_to(by).select_related("decision").get(pk=case.pk)
    if case.closed_at is not None:
        raise Outdated("This case")
    found = _reach(case, seen, contact, by)
    if rationale is not None and rationale.strip() != case.decision.rationale:
        found += _say_reasons(case, rationale.strip(), by)
    if slot is not None:
        found += _move_slot(case, slot)
    if found:
        about = [case, case.person]
        audit.record("case.amended", audit.Nature.ALTERATION, by=by, subjects=about, detail={"fields": found})
        changed(case)
        follow(case.pk)
    return found


def _reach(case: Case, seen: int, contact: Mapping[str, str], by: User) -> list[str]:
    person = Person.objects.visible_to(by).select_for_update().get(pk=case.person_id)
    given: dict[str, Any] = {name: contact[name].strip() for name in CONTACT if name in contact}
    texts = SafeTexts(person.safe_contact_texts)
    is_new = given.get("telephone", person.telephone) != person.telephone
    if is_new and texts.is_yes and given.get("safe_contact_texts", texts) == texts:
        given["safe_contact_texts"] = SafeTexts.NOT_ASKED.value
    altered = {name: value for name, value in given.items() if getattr(person, name) != value}
    if not altered:
        return []
    if person.version != seen:
        raise Outdated(f"The record of {person}")
    for name, value in altered.items():
        setattr(person, name, value)
    person.version += 1
    person.save(update_fields=[*altered, "version"])
    return list(altered)


def _say_reasons(case: Case, rationale: str, by: User) -> list[str]:
    if not may_say_reasons(case, by):
        raise Refused("Somebody acts by these reasons already, or they are a colleague’s: they stay as they were.")
    if not rationale:
        raise Refused("Reasons that were given are written anew, and not taken away.")
    Decision.objects.filter(case=case).update(rationale=rationale)
    return ["rationale"]


def _move_slot(case: Case, slot: Slot) -> list[str]:
    """Another first appointment, in place of the one that was booked: that one is free again."""
    referral = unanswered(case)
    if referral is None:
        raise Refused("The partner has answered: ask them for another appointment.")
    if referral.slot_id == slot.pk:
        return []
    if slot.starts_at <= clock.now():
        raise Refused("That appointment has passed: choose another time.")
    taken = take_slot(Slot.objects.get(pk=slot.pk, version__scheme=referral.scheme_version.scheme))
    referral.appointments.filter(attendance=Appointment.Attendance.PLANNED).delete()
    Referral.objects.filter(pk=referral.pk).update(slot=taken)
    Appointment.objects.create(referral=referral, starts_at=taken.starts_at, place=taken.place)
    return ["slot"]
