"""Reading a force's schemes: rules, places and how many people are on each. Numbers only, nobody's record."""

import logging
from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from pydantic import ValidationError

from diversion import clock
from diversion.accounts.models import Organisation, User
from referrals.models import Scheme, SchemeVersion, SharingAgreement, Slot
from referrals.models.scheme import FOR_DECISIONS, FOR_HELP
from referrals.schemes.capacity import takes_place, with_taken
from referrals.schemes.document import open_on, versions_open

logger = logging.getLogger(__name__)


def schemes_for_list(*, by: User) -> QuerySet[Scheme]:
    """The schemes of ``by``'s force, by name, each with ``live``: the referrals that take up its capacity now."""
    ours = SchemeVersion.objects.filter(scheme__in=Scheme.objects.visible_to(by))
    live = Count("versions__referrals", filter=takes_place(ours, "versions__referrals__"))
    versions = SchemeVersion.objects.select_related("provider").order_by("-valid_from")
    schemes = Scheme.objects.visible_to(by).annotate(live=live)
    return schemes.prefetch_related(Prefetch("versions", versions)).order_by("name")


def open_scheme(*, slug: str, by: User) -> Scheme:
    """A scheme of ``by``'s force with its versions, the newest rules first; 404 for another force's."""
    return get_object_or_404(schemes_for_list(by=by).prefetch_related("versions__condition_templates"), slug=slug)


def providers() -> QuerySet[Organisation]:
    """Organisations that deliver support, by name."""
    return Organisation.objects.filter(kind=Organisation.Kind.PROVIDER)


def shared_with(*, by: User, under: Collection[str] = FOR_DECISIONS) -> set[int]:
    """Ids of the providers with which ``by``'s force has an agreement of such a regime that is live today."""
    today = clock.today()
    agreements = SharingAgreement.objects.filter(force=by.organisation, valid_from__lte=today, regime__in=under)
    live = agreements.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return set(live.values_list("provider", flat=True))


def shared_for(*, by: User) -> dict[bool, set[int]]:
    """The same by whether a scheme helps people with no offence alleged."""
    return {True: shared_with(by=by, under=FOR_HELP), False: shared_with(by=by)}


def not_shared(force: Organisation, provider: Organisation) -> str:
    """Why nobody can be sent there by a decision today, and what to do; "" where somebody can."""
    today = clock.today()
    if SharingAgreement.is_live(force, provider, today, FOR_DECISIONS):
        return ""
    if SharingAgreement.is_live(force, provider, today):
        words = _(
            "The sharing agreement with %(provider)s is under UK GDPR alone, so nobody can be referred there by a"
            " decision: choose another scheme, or ask your coordinator to record one for law enforcement"
        )
        return words % {"provider": provider}
    words = _(
        "There is no live sharing agreement with %(provider)s, so nobody can be referred there:"
        " choose another scheme, or ask your coordinator"
    )
    return words % {"provider": provider}


def agreements_with(provider: Organisation, *, by: User) -> QuerySet[SharingAgreement]:
    """Every sharing agreement of ``by``'s force with ``provider``, the newest first."""
    return SharingAgreement.objects.filter(force=by.organisation, provider=provider).order_by("-valid_from", "-pk")


def slots_to_come(scheme: Scheme) -> QuerySet[Slot]:
    """Appointments still to come, soonest first, each with ``taken``: the places that are booked."""
    slots = Slot.objects.filter(version__scheme=scheme, starts_at__gt=clock.now())
    return with_taken(slots).order_by("starts_at", "place")


def free_places(*, by: User) -> Counter[int]:
    """Places still free in appointments to come, by id of scheme."""
    versions = SchemeVersion.objects.filter(scheme__in=Scheme.objects.visible_to(by))
    scheme_of = dict(versions.values_list("pk", "scheme"))
    found: Counter[int] = Counter()
    for slot in free_slots(versions):
        found[scheme_of[slot.version_id]] += slot.places - slot.taken
    return found


def open_schemes(*, by: User) -> list[SchemeVersion]:
    """Versions of ``by``'s force's schemes that are open today, by name of scheme.

    One whose document cannot be read is left out, and logged: it may stop nobody who has nothing to do with it.
    """
    today = clock.today()
    if by.is_police:
        rows = versions_open(by.organisation, today)
    else:
        rows = list(open_on(today).filter(scheme__in=Scheme.objects.visible_to(by)))
    prefetch_related_objects(rows, "condition_templates")
    return [version for version in rows if _can_be_read(version)]


def _can_be_read(version: SchemeVersion) -> bool:
    try:
        return version.rules is not None
    except ValidationError:
        logger.exception("The rules of scheme version %s cannot be read: nobody is offered it.", version.pk)
        return False


def free_slots(versions: "QuerySet[SchemeVersion] | list[SchemeVersion]") -> QuerySet[Any]:
    """Appointments still to come that have a place left, soonest first; their versions are for the caller to know."""
    slots = Slot.objects.filter(version__in=versions, starts_at__gt=clock.now())
    return with_taken(slots).filter(taken__lt=F("places")).order_by("starts_at")
