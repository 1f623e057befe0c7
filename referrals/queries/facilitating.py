"""What a named facilitator reads of their case, and who may be named. Nobody else at a provider reads any of it.

The rows are looked for behind the wall, which shows a facilitation to whom it names and to the force; what hangs on it
(the victim, the conditions) is then read as the service, since a partner's page may read none of that.
"""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import Http404

from cases.models import Allegation, Person, VictimRecord
from cases.models.victim import Wish
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
    rows = Facilitation.objects.live().select_related("allegation__case__person", "allegation__victim", "facilitator")
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
        conditions=list(conditions_of(allegation)),
        contacts=list(contacts),
    )


def conditions_of(allegation: Allegation) -> QuerySet[Condition]:
    """What a facilitator of this victim settles."""
    return Condition.objects.filter(agreement__case=allegation.case_id, kind__in=FACILITATED).order_by("due_on", "pk")


def agrees(record: VictimRecord) -> bool:
    """Whether a victim agrees that a facilitator is told of them, and to a letter or a meeting."""
    wants = Wish.YES in (record.letter, record.meeting)
    return wants and record.sharing == Wish.YES and not record.wants_no_contact


def facilitation_for_police(allegation: Allegation) -> Facilitation | None:
    """The one that runs, for the page of the victim, which has asked who may see it."""
    return Facilitation.objects.live().filter(allegation=allegation).select_related("facilitator__organisation").first()


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
    return [one for one in found if not has_supported(one, allegation.case.person)]


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
    if condition.kind not in FACILITATED:
        return False
    case = Q(allegation__case__agreement=condition.agreement_id)
    return Facilitation.objects.live().filter(case).exists()
