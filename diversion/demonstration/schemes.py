"""The library's schemes, adopted by the made-up forces, with sharing agreements and appointments to book."""

from datetime import date, datetime, time, timedelta

from django.db import transaction

from cases.eligibility.areas import moved
from cases.eligibility.schemes import SchemeDefinition, SchemeDocument, load_scheme_library
from diversion import clock
from diversion.accounts.models import Organisation, User
from referrals.actions import schemes
from referrals.actions.versions import VersionDetails, write_version
from referrals.codes import Regime
from referrals.models import Scheme, SchemeVersion, SharingAgreement, Slot

HARBOUR = ("drug-diversion", "drug-diversion-youth", "lead", "wy-liaison-diversion", "youth-knife-plan")
PLACES = {"bridgeway": "Bridgeway, 4 Mill Lane", "harbour": "Harbour House, 21 Quay Street"}
#: Of the numbers that are kept for stories: nobody is called.
TELEPHONES = {"bridgeway": "01632 960 104", "harbour": "01632 960 121"}
CAPACITY = 60
SLOT_TIMES = (time(10, 0), time(14, 30))
SLOT_DAYS = 14


def set_up(coordinator: User) -> None:
    """Adopt every scheme of the library for the coordinator's force, once."""
    force = coordinator.organisation
    if SharingAgreement.objects.filter(force=force).exists():
        return
    providers = {slug: Organisation.objects.get(slug=slug) for slug in PLACES}
    for provider in providers.values():
        schemes.agree_sharing(
            force=force,
            provider=provider,
            from_day=date(2024, 1, 1),
            document=f"Sharing agreement: {force} and {provider}",
            regime=Regime.BOTH.value,
            purpose="Divert people from prosecution, and help those who need it",
            controllers=f"{force} and {provider}, each for what it holds",
            by=coordinator,
        )
    for definition in load_scheme_library():
        provider = providers["harbour" if definition.slug in HARBOUR else "bridgeway"]
        establish(definition, force=force, provider=provider, capacity=CAPACITY)


@transaction.atomic
def establish(
    definition: SchemeDefinition, *, force: Organisation, provider: Organisation, capacity: int | None
) -> Scheme:
    """A scheme of the library as ``force`` has run it for years: all its dated versions, signed before this service."""
    modelled_on = f"{definition.force.replace('-', ' ').title()}: {definition.provider.name}"
    scheme = Scheme.objects.create(
        force=force,
        slug=definition.slug,
        name=definition.name,
        modelled_on=modelled_on,
        telephone=TELEPHONES.get(provider.slug, ""),
    )
    for version in definition.versions:
        document = SchemeDocument.model_validate(moved(version.document.model_dump(mode="json"), force.slug))
        terms = VersionDetails(provider, version.valid_from, document, version.valid_to, force.slug, capacity)
        write_version(scheme, terms)
    return scheme


def offer_appointments() -> int:
    """Keep two appointments a working day to book for the next fortnight, for every open scheme; return those added."""
    today = clock.today()
    days = [today + timedelta(days=ahead) for ahead in range(1, SLOT_DAYS + 1)]
    working = [day for day in days if day.weekday() < 5]
    versions = SchemeVersion.objects.open_on(today).filter(scheme__force__is_demonstration=True)
    slots = [
        Slot(
            version=version,
            starts_at=datetime.combine(day, at, tzinfo=clock.LONDON),
            place=PLACES.get(version.provider.slug, version.provider.name),
        )
        for version in versions.select_related("provider")
        for day in working
        for at in SLOT_TIMES
    ]
    return len(Slot.objects.bulk_create(slots, ignore_conflicts=True))
