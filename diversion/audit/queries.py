"""Reading the access log: one's own organisation's people, and whoever looked at one's own records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from diversion import clock
from diversion.audit import lookups
from diversion.audit.models import Event, EventQuerySet
from diversion.audit.recording import Nature, record

if TYPE_CHECKING:
    from diversion.accounts.models import User


UNUSUAL = "unusual"
#: What an information manager looks at first: guesses at accounts, probes, refusals, and people opened by the dozen.
UNUSUAL_KINDS = (
    *("account.sign_in_failed", "account.sign_in_refused"),
    *("access.denied", "access.not_found", "access.not_offered", "access.too_fast"),
    *("person.opened_many", "crime.looked_up_many", "panel.name_refused"),
)

#: For how long the first page of an information manager goes on telling of what they have not looked at.
TOLD_FOR = timedelta(days=7)
LOOKED = "access_log.searched"

#: How kinds begin that their own organisation alone reads, on whoever's record: that somebody answered or stopped, and
#: at what hour, tells how they are.
KEPT_TO_ITSELF = ("checkin.", "reply.", "reminder.")


@dataclass(frozen=True)
class Search:
    """What is asked of the log; an empty value asks nothing. Days are local, both included."""

    reference: str = ""
    person_id: int | None = None
    actor_id: int | None = None
    nature: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def asked(self) -> list[str]:
        return [name for name, value in vars(self).items() if value not in ("", None)]


def events(search: Search, *, behind: lookups.Found | None, by: "User") -> QuerySet[Event]:
    """The events that answer ``search``, the newest first; ``behind`` as `records_behind` says.

    Without a reference or a person they are those of ``by``'s own organisation. With one of its own they are
    everybody's on that record, other than of a provider whose support is confidential, and other than what any
    provider keeps to itself.
    """
    own = Q(organisation_id=by.organisation_id)
    found = Event.objects.filter(own)
    if behind is not None:
        others = Q(pk__in=[]) if not by.is_police else ~Q(organisation_id__in=behind.closed_to) & ~_kept_to_itself()
        without = Q(organisation_id__isnull=True) if by.is_police else Q(pk__in=[])
        found = Event.objects.filter(own | others | without, subjects__overlap=sorted(behind.keys))
    if search.actor_id is not None:
        found = found.filter(actor_id=search.actor_id)
    if search.nature == UNUSUAL:
        found = found.filter(kind__in=UNUSUAL_KINDS)
    elif search.nature:
        found = found.filter(nature=search.nature)
    return _between(found, search.first, search.last).order_by("-at", "-pk")


def _kept_to_itself() -> Q:
    return reduce(or_, (Q(kind__startswith=one) for one in KEPT_TO_ITSELF))


def own_events(actor: "User", since: datetime, kinds: Sequence[str]) -> EventQuerySet:
    """What the actor themselves has done of these kinds since a moment."""
    return Event.objects.filter(actor_id=actor.pk, at__gt=since, kind__in=kinds)


def unusual_since_last_look(*, by: "User") -> list[tuple[str, int]]:
    """(kind, how many) of what is unusual in the log of ``by``'s organisation and newer than their last look at that.

    Of the last `TOLD_FOR`, the most frequent kind first.
    """
    since = clock.now() - TOLD_FOR
    looks = own_events(by, since, [LOOKED]).filter(**{f"detail__{UNUSUAL}": True})
    since = looks.order_by("-at").values_list("at", flat=True).first() or since
    found = Event.objects.filter(organisation_id=by.organisation_id, at__gt=since, kind__in=UNUSUAL_KINDS)
    return list(found.order_by().values_list("kind").annotate(many=Count("pk")).order_by("-many", "kind"))


def log_look(search: Search, shown: int, *, behind: lookups.Found | None, by: "User") -> None:
    """The look itself goes to the log: what was asked by, how much was shown, and on which records, if any."""
    detail = {"asked": search.asked, "shown": shown}
    if search == Search(nature=UNUSUAL):
        detail[UNUSUAL] = True
    record(
        LOOKED,
        Nature.CONSULTATION,
        by=by,
        subjects=sorted(behind.keys) if behind is not None else (),
        detail=detail,
    )


def log_people(found: lookups.People, *, by: "User") -> None:
    """Whom a search for a name showed to who reads the log."""
    keys = [f"cases.person:{one.pk}" for one in found.shown]
    record("access_log.people_shown", Nature.CONSULTATION, by=by, subjects=keys, detail={"count": len(keys)})


def records_behind(search: Search, *, by: "User") -> lookups.Found | None:
    """The records that are asked about; None where the whole log is."""
    if search.person_id is not None:
        return lookups.of_person(search.person_id, by)
    return lookups.find(search.reference, by) if search.reference else None


def _between(found: QuerySet[Event], first: date | None, last: date | None) -> QuerySet[Event]:
    if first:
        found = found.filter(at__gte=datetime.combine(first, time.min, clock.LONDON))
    if last:
        found = found.filter(at__lt=datetime.combine(last + timedelta(days=1), time.min, clock.LONDON))
    return found
