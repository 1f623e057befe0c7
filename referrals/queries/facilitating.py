"""What a named facilitator reads of their case, and who may be named. Nobody else at a provider reads any of it.

The rows are looked for behind the wall, which shows a facilitation to whom it names and to the force; what hangs on it
(the victim, the conditions) is then read as the service, since a partner's page may read none of that.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import F, Model, Q
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
from referrals.queries.standing import VOLUNTARY


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
    return _opened(list(Facilitation.objects.of(by)))


def open_facilitation(*, pk: int, by: User) -> Opened:
    """One of them; 404 for anybody else's, one that has ended, and one whose case is closed."""
    found = _opened(list(Facilitation.objects.of(by).filter(pk=pk)))
    if not found:
        raise Http404("You lead nothing there.")
    log_opened("facilitation.opened", found, by=by)
    return found[0]


def log_opened(kind: str, opened: Iterable[Opened], *, by: User) -> None:
    """Note whose records were shown, in the log of the force whose victims they are: at a provider nobody learns of it.

    One entry for each force.
    """
    shown: dict[int, dict[Model, None]] = {}
    for one in opened:
        allegation = one.facilitation.allegation
        named = (allegation.case, allegation.victim)
        shown.setdefault(allegation.case.force_id, {}).update(dict.fromkeys(it for it in named if it is not None))
    for force, subjects in shown.items():
        audit.record(kind, audit.Nature.CONSULTATION, by=by, subjects=list(subjects), organisation_id=force)


@as_service()
def _opened(rows: Sequence[Facilitation]) -> list[Opened]:
    """Those of ``rows`` that may be shown, in their order; as many statements for all as for one."""
    working = Facilitation.objects.working().filter(pk__in=[one.pk for one in rows])
    found = list(working.select_related("allegation__case__person", "allegation__victim", "facilitator"))
    told = FacilitatorContact.objects.filter(facilitation__in=rows, recorded_by=F("facilitation__facilitator"))
    contacts: dict[int, list[FacilitatorContact]] = {}
    for one in told:
        contacts.setdefault(one.facilitation_id, []).append(one)
    agreed, conditions = _agreed(found), conditions_of(found)
    return [
        Opened(
            facilitation=row,
            record=agreed[row.allegation_id],
            victim=str(row.allegation.victim),
            person=str(row.allegation.case.person),
            number_is_shared=agreed[row.allegation_id].number_is_shared,
            conditions=conditions[row.pk],
            contacts=contacts.get(row.pk, []),
        )
        for row in found
        if row.allegation_id in agreed
    ]


def _agreed(rows: Iterable[Facilitation]) -> dict[int, VictimRecord]:
    """What the victims wish who agree to a facilitator, by their allegation."""
    records = VictimRecord.objects.filter(allegation__in=[row.allegation_id for row in rows])
    return {one.allegation_id: one for one in records.select_related("allegation") if agrees(one)}


def conditions_of(rows: Collection[Facilitation]) -> dict[int, list[Condition]]:
    """What each facilitator settles, by facilitation: what is for this victim, of the kinds that this victim wants.

    Where several were harmed, only what police said is for this one: who said no must not be read of, nor written to,
    through another. What police let the person off before is not theirs either.
    """
    records, cases = _agreed(rows), {row.allegation.case_id for row in rows}
    agreed, harmed = _letters_and_meetings_in(cases), harmed_in(cases)
    found: dict[int, list[Condition]] = {}
    for row in rows:
        case, record = row.allegation.case_id, records.get(row.allegation_id)
        kinds = _wanted(record) if record else ()
        found[row.pk] = [
            one
            for one in agreed.get(case, ())
            if one.kind in kinds
            and (one.state != Condition.State.CANCELLED or one.by_facilitator)
            and (len(harmed[case]) == 1 or one.pk in row.conditions)
        ]
    return found


def _letters_and_meetings_in(cases: Collection[int]) -> dict[int, list[Condition]]:
    """By case, all that was agreed of the kinds that a facilitator settles, whichever victim it is for."""
    rows = Condition.objects.filter(agreement__case__in=cases, kind__in=FACILITATED).select_related("agreement")
    found: dict[int, list[Condition]] = {}
    for one in rows.order_by("due_on", "pk"):
        found.setdefault(one.agreement.case_id, []).append(one)
    return found


def harmed_in(cases: Collection[int]) -> dict[int, set[tuple[str, str | int]]]:
    """By case, its victims, as far as the names on record tell."""
    rows = Allegation.objects.filter(case__in=cases, victim__isnull=False).select_related("victim")
    found: dict[int, set[tuple[str, str | int]]] = {case: set() for case in cases}
    for one in rows:
        found[one.case_id].add(victim_key(one))
    return found


def to_choose_from(allegation: Allegation) -> list[Condition]:
    """Of which police say whether it is for this victim: none where nobody else was harmed, and no other's."""
    if is_alone(allegation):
        return []
    others = Facilitation.objects.live().filter(allegation__case=allegation.case_id).exclude(allegation=allegation)
    taken = {pk for chosen in others.values_list("conditions", flat=True) for pk in chosen}
    agreed = _letters_and_meetings_in([allegation.case_id]).get(allegation.case_id, [])
    return [one for one in agreed if one.pk not in taken]


def is_alone(allegation: Allegation) -> bool:
    """Whether this is the only victim of the case, as far as the names on record tell."""
    return len(harmed_in([allegation.case_id])[allegation.case_id]) == 1


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
    """Whether ``user`` is, or ever was, who helps this person, in any referral.

    Of voluntary support everybody counts who works where the person was sent: the one name that a list of colleagues
    lacks would tell police that somebody helps there, and who.
    """
    history: Any = apps.get_model("referrals.ReferralEvent")._base_manager
    sent = Q(scheme_version__confidentiality=VOLUNTARY, sent_at__isnull=False, provider=user.organisation_id)
    return bool(history.filter(Q(navigator=user) | sent, pgh_obj__case__person=person).exists())


@as_service()
def has_facilitated(user: User, person: Person) -> bool:
    """Whether ``user`` leads, or ever led, anything between this person and a victim."""
    return Facilitation.objects.filter(allegation__case__person=person, facilitator=user).exists()


@as_service()
def is_facilitated(condition: Condition) -> bool:
    """Whether a facilitator settles this condition now, and nobody else does."""
    return condition.pk in facilitated_of([condition])


def facilitated_of(conditions: Iterable[Condition]) -> frozenset[int]:
    """The ids of those among ``conditions`` that a facilitator settles now, and nobody else does."""
    agreements = {one.agreement_id for one in conditions if one.pk and one.kind in FACILITATED}
    return _facilitated_in(agreements) if agreements else frozenset()


@as_service()
def once_led(conditions: Iterable[Condition]) -> frozenset[int]:
    """The ids of the letters and meetings among ``conditions`` that somebody led who leads them no longer. Whether a
    facilitator leads one now the caller asks (`facilitated_of`)."""
    kept = {one.pk: one for one in conditions if one.kind in FACILITATED}
    rows = Facilitation.objects.filter(allegation__case__agreement__in={one.agreement_id for one in kept.values()})
    over = rows.exclude(pk__in=Facilitation.objects.working()).select_related("allegation") if kept else ()
    alone = {row.pk for row in over if is_alone(row.allegation)}
    return frozenset(pk for row in over for pk in kept if row.pk in alone or pk in row.conditions)


@as_service()
def _facilitated_in(agreements: set[int]) -> frozenset[int]:
    rows = Facilitation.objects.working().filter(allegation__case__agreement__in=agreements)
    found = conditions_of(list(rows.select_related("allegation")))
    return frozenset(one.pk for each in found.values() for one in each)
