"""How many people a scheme takes at one time, and whether there is room for another.

A person has a place from the moment the referral is made, held or not, until it is closed, declined or withdrawn. Of
voluntary support police hear nothing once it was sent: a place that came free would tell that somebody's has ended. So
there a place counts by the day on which somebody was sent, for as long as the scheme lasts, whatever comes of it. Where
rules follow one another, the places of the scheme are counted, whichever rules its people came under. Of a first
appointment that a provider keeps free a place is taken by the same people, and by nobody else.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from diversion import clock
from diversion.refusals import Refused
from referrals.models import Referral, Scheme, SchemeVersion, Slot
from referrals.schemes import length

State = Referral.State
LIVE = (State.HELD, State.SENT, State.ACCEPTED, State.STARTED)
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY
#: For how long somebody sent to voluntary support without an end takes up a place. Our own default.
OPEN_ENDED = timedelta(weeks=12)


def full(versions: Iterable[SchemeVersion]) -> dict[int, str]:
    """Those of ``versions`` whose schemes are full: id -> "40 of 40 places are taken". One query."""
    limited = {version.pk: version for version in versions if version.capacity is not None}
    schemes = {version.scheme_id for version in limited.values()}
    rows = Referral.objects.filter(takes_place(SchemeVersion.objects.filter(scheme__in=schemes)))
    rows = rows.filter(scheme_version__scheme__in=schemes)
    taken = dict(rows.order_by().values_list("scheme_version__scheme").annotate(Count("pk")))
    counts = {pk: taken.get(version.scheme_id, 0) for pk, version in limited.items()}
    return {pk: in_words(counts[pk], one.capacity) for pk, one in limited.items() if counts[pk] >= one.capacity}


def take_place(version: SchemeVersion) -> None:
    """Refused where the scheme is full. It is held until the transaction ends: two cannot take the last place."""
    if version.capacity is None:
        return
    Scheme.objects.select_for_update(no_key=True).only("pk").get(pk=version.scheme_id)
    capacity = SchemeVersion.objects.values_list("capacity", flat=True).get(pk=version.pk)  # changed meanwhile, perhaps
    holding = takes_place(SchemeVersion.objects.filter(scheme=version.scheme_id))
    taken = Referral.objects.filter(holding, scheme_version__scheme=version.scheme_id).count()
    if capacity is not None and taken >= capacity:
        raise Refused(
            f"{version.scheme.name} is full: {in_words(taken, capacity)}. Choose another scheme, or agree"
            " conditions that no partner looks after. Your coordinator can change how many it takes."
        )


def take_place_again(referral: Referral) -> None:
    """For support that goes on after it had ended: its place, and its first appointment where that is still to come.

    Refused where somebody else has them. Voluntary support never lost them.
    """
    if referral.is_voluntary:
        return
    take_place(referral.scheme_version)
    if referral.slot is not None and referral.slot.starts_at > clock.now():
        take_slot(referral.slot)


def takes_place(versions: "QuerySet[SchemeVersion]", path: str = "") -> Q:
    """Referrals under ``versions`` that take up a place; ``path`` leads to the referral.

    One query, for the voluntary ones among them.
    """
    of, state = f"{path}scheme_version_id", f"{path}state__in"
    voluntary = list(versions.filter(confidentiality=VOLUNTARY))
    found = Q(**{state: LIVE}) & ~Q(**{f"{of}__in": [one.pk for one in voluntary]})
    for one in voluntary:
        sent = Q(**{of: one.pk, state: (*LIVE, State.CLOSED), f"{path}sent_at__gte": clock.now() - _lasts(one)})
        found |= sent | Q(**{of: one.pk, state: (State.HELD,)})
    return found


def _lasts(version: SchemeVersion) -> timedelta:
    end = length.end_of(version, clock.today())
    return end - clock.today() if end else OPEN_ENDED


def in_words(taken: int, capacity: int | None) -> str:
    return f"{taken} of {capacity} places are taken"


def with_taken(slots: "QuerySet[Slot]") -> QuerySet[Any]:
    """``slots``, each with ``taken``: how many of its places somebody has booked who is still to come."""
    return slots.annotate(taken=Count("referrals", filter=_booked("referrals__")))


def places_taken(slot: Slot) -> int:
    """How many places of one appointment are taken; lock its row first where another is to be."""
    return slot.referrals.filter(_booked()).count()


def _booked(path: str = "") -> Q:
    """Referrals that hold their first appointment. Voluntary support holds it also once it has ended: offered again it
    would tell police that."""
    ended = {f"{path}state": State.CLOSED, f"{path}scheme_version__confidentiality": VOLUNTARY}
    return Q(**{f"{path}state__in": LIVE}) | Q(**ended)


def take_slot(slot: Slot) -> Slot:
    """Refused where the appointment is full. It is held until the transaction ends, as a place is."""
    locked = Slot.objects.select_for_update().get(pk=slot.pk)
    if places_taken(locked) >= locked.places:
        raise Refused("That appointment has just been taken: choose another time.")
    return locked
