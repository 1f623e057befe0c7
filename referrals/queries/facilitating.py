"""What a named facilitator reads of their case, and who may be named. Nobody else at a provider reads any of it.

The rows are looked for behind the wall, which shows a facilitation to whom it names and to the force; what hangs on it
(the victim, the conditions) is then read as the service, since a partner's page may read none of that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.http import Http404

from cases.law.codes import ConditionType
from cases.models import Allegation, Decision, Person, VictimRecord
from cases.models.victim import Wish, victim_key
from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.accounts.permissions import Permission
from diversion.unit_of_work import as_service
from referrals.models import Condition, Facilitation, FacilitatorContact, SharingAgreement
from referrals.models.facilitation import FACILITATED


@dataclass(frozen=True)
class Opened:
    """One facilitation as its page shows it."""

    facilitation: Facilitation
    record: VictimRecord
    victim: str
    person: str
    number_is_shared: bool
    conditions: list[Condition]
    contacts: list[FacilitatorContact]


def facilitations_of(*, by: User) -> list[Opened]:
    """What ``by`` leads now, the last that was named first. The view logs whom it shows."""
    found = [_opened(one) for one in Facilitation.objects.of(by)]
    return [one for one in found if one is not None]


def open_facilitation(*, pk: int, by: User) -> Opened:
    """One of them; 404 for anybody else's, one that has ended, and one whose case is closed."""
    row = Facilitation.objects.of(by).filter(pk=pk).first()
    opened = _opened(row) if row else None
    if opened is None:
        raise Http404("You lead nothing there.")
    log_opened("facilitation.opened", opened, by=by)
    return opened


def log_opened(kind: str, opened: Opened, *, by: User) -> None:
    """Note whose record was shown, in the log of the force, whose victim it is: at a provider nobody learns of it."""
    allegation = opened.facilitation.allegation
    subjects = [one for one in (allegation.case, allegation.victim) if one is not None]
    audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=subjects, organisation_id=allegation.case.force_id)


@as_service()
def _opened(row: Facilitation) -> Opened | None:
    rows = Facilitation.objects.working().select_related(
        "allegation__case__person", "allegation__victim", "facilitator"
    )
    found = rows.filter(pk=row.pk).first()
    if found is None:
        return None
    allegation = found.allegation
    record = VictimRecord.objects.filter(allegation=allegation).select_related("allegation").first()
    if record is None or not agrees(record):
        return None
    contacts = FacilitatorContact.objects.filter(facilitation=found, recorded_by=found.facilitator)
    return Opened(
        facilitation=found,
        record=record,
        victim=str(allegation.victim),
        person=str(allegation.case.person),
        number_is_shared=record.number_is_shared,
        conditions=list(conditions_of(found)),
        contacts=list(contacts),
    )


def conditions_of(row: Facilitation) -> QuerySet[Condition]:
    """What a facilitator settles: what is for this victim, of the kinds that this victim wants.

    Where several were harmed, only what police said is for this one: who said no must not be read of, nor written to,
    through another. What police let the person off before is not theirs either.
    """
    record = VictimRecord.objects.filter(allegation=row.allegation_id).first()
    if record is None or not agrees(record):
        return Condition.objects.none()
    rows = letters_and_meetings(row.allegation).filter(kind__in=_wanted(record))
    rows = rows.exclude(state=Condition.State.CANCELLED, by_facilitator=False)
    return rows if is_alone(row.allegation) else rows.filter(pk__in=row.conditions)


def letters_and_meetings(allegation: Allegation) -> QuerySet[Condition]:
    """All that was agreed in the case of the kinds that a facilitator settles, whichever victim it is for."""
    return Condition.objects.filter(agreement__case=allegation.case_id, kind__in=FACILITATED).order_by("due_on", "pk")


def to_choose_from(allegation: Allegation) -> list[Condition]:
    """Of which police say whether it is for this victim: none where nobody else was harmed, and no other's."""
    if is_alone(allegation):
        return []
    others = Facilitation.objects.live().filter(allegation__case=allegation.case_id).exclude(allegation=allegation)
    taken = {pk for chosen in others.values_list("conditions", flat=True) for pk in chosen}
    return list(letters_and_meetings(allegation).exclude(pk__in=taken))


def is_alone(allegation: Allegation) -> bool:
    """Whether this is the only victim of the case, as far as the names on record tell."""
    harmed = Allegation.objects.filter(case=allegation.case_id, victim__isnull=False).select_related("victim")
    return len({victim_key(one) for one in harmed}) == 1


def _wanted(record: VictimRecord) -> set[str]:
    kinds = {ConditionType.APOLOGY.value: record.letter, ConditionType.RJ.value: record.meeting}
    return {kind for kind, wish in kinds.items() if wish == Wish.YES}


def agrees(record: VictimRecord) -> bool:
    """Whether a victim agrees that a facilitator is told of them, and to a letter or a meeting."""
    wants = Wish.YES in (record.letter, record.meeting)
    return wants and record.sharing == Wish.YES and not record.wants_no_contact


def facilitations_for_police(allegation: Allegation) -> tuple[Facilitation | None, list[Facilitation]]:
    """The one that runs, and those before, for the page of the victim, which has asked who may see it."""
    rows = Facilitation.objects.filter(allegation=allegation).select_related("facilitator__organisation")
    running = Facilitation.objects.live().filter(allegation=allegation).first()
    found = {one.pk: one for one in rows}
    now = found.pop(running.pk) if running else None
    return now, list(found.values())


def has_gone(row: Facilitation) -> bool:
    """Whether whoever was named works there no longer, or may not sign in: their page of it is shut."""
    return not Facilitation.objects.working().filter(pk=row.pk).exists()


def is_shared_no_longer(row: Facilitation) -> bool:
    """Whether the force's sharing agreement with their body has ended: what is under way goes on, as referrals do."""
    force, body = row.allegation.case.force, row.facilitator.organisation
    return body.pk != force.pk and not SharingAgreement.is_live(force, body, clock.today())


def ended_for(pk: int, *, by: User) -> bool:
    """Whether ``by`` led it, and leads it no longer: what they type as it ends gets an answer in words."""
    return Facilitation.objects.filter(pk=pk, facilitator=by).exists()


def who_may_facilitate(allegation: Allegation) -> list[User]:
    """Whom police may name: of the force, or of a provider with whom it shares under an agreement."""
    force = allegation.case.force
    kinds = (Organisation.Kind.POLICE_FORCE, Organisation.Kind.PROVIDER)
    users = User.objects.who_may(Permission.FACILITATE).filter(organisation__kind__in=kinds)
    found = [
        one
        for one in users.select_related("organisation").order_by("full_name", "pk")
        if one.organisation_id == force.pk or SharingAgreement.is_live(force, one.organisation, clock.today())
    ]
    return [one for one in found if not has_decided(one, allegation) and not has_supported(one, allegation.case.person)]


def has_decided(user: User, allegation: Allegation) -> bool:
    """Whether ``user`` decided the case or is its officer: a victim could not trust them to take no side."""
    decided = Decision.objects.filter(case=allegation.case_id, decided_by=user).exists()
    return decided or allegation.case.officer_id == user.pk


@as_service()
def has_supported(user: User, person: Person) -> bool:
    """Whether ``user`` is, or ever was, who helps this person, in any referral."""
    history: Any = apps.get_model("referrals.ReferralEvent")._base_manager
    return bool(history.filter(pgh_obj__case__person=person, navigator=user).exists())


@as_service()
def has_facilitated(user: User, person: Person) -> bool:
    """Whether ``user`` leads, or ever led, anything between this person and a victim."""
    return Facilitation.objects.filter(allegation__case__person=person, facilitator=user).exists()


@as_service()
def is_facilitated(condition: Condition) -> bool:
    """Whether a facilitator settles this condition now, and nobody else does."""
    return condition.pk in facilitated_of([condition])


@as_service()
def facilitated_of(conditions: Iterable[Condition]) -> frozenset[int]:
    """The ids of those among ``conditions`` that a facilitator settles now, and nobody else does."""
    agreements = {one.agreement_id for one in conditions if one.pk and one.kind in FACILITATED}
    if not agreements:
        return frozenset()
    rows = Facilitation.objects.working().filter(allegation__case__agreement__in=agreements)
    return frozenset(one.pk for row in rows.select_related("allegation") for one in conditions_of(row))
