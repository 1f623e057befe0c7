"""The first appointments that a provider keeps free: published and taken back by its workers, or by a coordinator."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from diversion import access, audit, clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.refusals import Refused
from referrals.models import Scheme, SchemeVersion, Slot
from referrals.schemes.capacity import places_taken


@transaction.atomic
def offer_slots(*, scheme: Scheme, moments: Iterable[datetime], place: str, places: int, by: User) -> list[Slot]:
    """Offer an appointment with ``places`` at each of ``moments`` (aware); one offered already gets that many places.

    A worker does it for the scheme that the own organisation delivers on that day, a coordinator for any of the force.
    Raises Refused for a moment passed, and for one on which the scheme will not run, or somebody else delivers it.
    """
    _check_may(by)
    own = _own(scheme, by)
    slots = [_offer(own, moment, place.strip(), places, by) for moment in moments]
    _log("slots.offered", scheme, by, len(slots))
    return slots


@transaction.atomic
def withdraw_slot(*, scheme: Scheme, slot: Slot, by: User) -> None:
    """Take an appointment back that nobody is coming to; taken back twice is taken back once.

    Whoever had booked it and was declined, withdrawn or closed since keeps the appointment on record, and no place.
    """
    _check_may(by)
    rows = Slot.objects.select_for_update(of=("self",)).filter(pk=slot.pk, version__scheme=_own(scheme, by))
    if by.is_provider:
        rows = rows.filter(version__provider=by.organisation)
    found = rows.first()
    if found is None:
        return
    if places_taken(found):
        raise Refused("Somebody has booked this appointment: its provider agrees another time with the person.")
    found.referrals.update(slot=None)
    found.delete()
    _log("slot.withdrawn", scheme, by, 1)


def _check_may(by: User) -> None:
    access.check(by, Permission.SUPPORT_PEOPLE if by.is_provider else Permission.MANAGE_SCHEMES)


def _offer(scheme: Scheme, moment: datetime, place: str, places: int, by: User) -> Slot:
    if moment <= clock.now():
        raise Refused("That time has passed: choose a time to come.")
    version = _version_on(scheme, moment)
    if by.is_provider and version.provider_id != by.organisation_id:
        day = f"{clock.local_date(moment):%-d %B %Y}"
        raise Refused(f"On {day} another organisation delivers {scheme.name}: choose an earlier day.")
    slot, created = Slot.objects.select_for_update().get_or_create(
        version=version, starts_at=moment, place=place, defaults={"places": places}
    )
    taken = 0 if created else places_taken(slot)
    if places < taken:
        raise Refused(f"{taken} places are booked already: offer at least as many.")
    if slot.places != places:
        Slot.objects.filter(pk=slot.pk).update(places=places)
    return slot


def _version_on(scheme: Scheme, moment: datetime) -> SchemeVersion:
    day = clock.local_date(moment)
    version = SchemeVersion.objects.open_on(day).filter(scheme=scheme).first()
    if version is None:
        raise Refused(f"{scheme.name} does not run on {day:%-d %B %Y}: choose another day, or give it rules first.")
    return version


def _own(scheme: Scheme, by: User) -> Scheme:
    return Scheme.objects.visible_to(by).get(pk=scheme.pk)


def _log(kind: str, scheme: Scheme, by: User, count: int) -> None:
    audit.record(kind, audit.Nature.ADMINISTRATION, by=by, subjects=[scheme], detail={"count": count})


def untaken_over() -> QuerySet[Slot]:
    """Appointments that nobody ever booked, whose time passed PAST_SLOT_DAYS ago: no record tells of them."""
    return Slot.objects.filter(starts_at__lt=clock.now() - timedelta(days=settings.PAST_SLOT_DAYS), referrals=None)
