"""Reading who wants help with no offence alleged: which services an officer may ask, and each service's own people."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Prefetch, QuerySet, Value, When
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404

from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.audit import queries as log
from diversion.names.tokens import Way, tokens_of, ways
from referrals.codes import HelpContactKind
from referrals.models import Duty, HelpContact, HelpRequest, SchemeVersion
from referrals.models.scheme import FOR_HELP
from referrals.queries.schemes import open_schemes, shared_with

State = HelpRequest.State
SENT_EVENT = "help.sent"
SENT_SHOWN = timedelta(days=28)
MOST_TO_MERGE = 100
#: After so long nobody is told by e-mail any more: whoever works there has looked at the page.
TOLD_WITHIN = timedelta(days=1)
#: What the list may be ordered by, within those whom nobody helps, those helped, and the closed.
BY_WAIT, BY_NAME, BY_SEEN = "", "name", "seen"
_ORDERS: dict[str, tuple[Any, ...]] = {
    BY_WAIT: ("-closed_at", "sent_at", "pk"),
    BY_NAME: (Case(When(name="", then=Value(1)), default=Value(0)), Lower("name"), "pk"),
    BY_SEEN: ("last_contact_at", "pk"),
}
_GROUP = Case(When(state=State.SENT, then=Value(0)), When(state=State.TAKEN_UP, then=Value(1)), default=Value(2))


def services(*, by: User) -> list[SchemeVersion]:
    """The schemes open today that help people with no offence alleged.

    For an officer those of the force under a live agreement, for a worker those that the own organisation delivers.
    """
    reached = {by.organisation_id} if by.is_provider else shared_with(by=by, under=FOR_HELP)
    return [one for one in open_schemes(by=by) if one.without_offence and one.provider_id in reached]


def sent_lately(*, by: User) -> list[tuple[datetime, str]]:
    """When ``by`` sent somebody, and to which organisation, the last first: from the log, which names nobody."""
    events = log.own_events(by, clock.now() - SENT_SHOWN, [SENT_EVENT]).order_by("-at", "-pk")
    return [(event.at, ", ".join(event.recipients)) for event in events]


def on_duty(provider: Organisation) -> list[Duty]:
    """Who is on duty at a service now, for its own workers and for officers who send somebody there."""
    return list(Duty.objects.now_of(provider))


def untold() -> list[int]:
    """The ids of those of whom nobody was told by e-mail yet."""
    rows = HelpRequest.objects.filter(told_at=None, sent_at__gt=clock.now() - TOLD_WITHIN)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def own_duty(*, by: User) -> Duty | None:
    """What ``by`` said last of being on duty; it may be over."""
    return Duty.objects.visible_to(by).filter(worker=by).first()


def listed(
    *,
    by: User,
    is_closed: bool = False,
    text: str = "",
    helper: int | None = None,
    nobodys: bool = False,
    order: str = "",
) -> QuerySet[HelpRequest]:
    """Those who ask ``by``'s service for help, or whose help is closed, as the list shows them.

    ``text`` finds people among open and closed alike, by `answering`. ``helper`` (a user's id) keeps those of one
    worker, ``nobodys`` those whom nobody helps or helped. Whom nobody helps yet stands first, the longest wait at the
    top; within that ``order`` is by name or by who was longest without contact.
    """
    rows = HelpRequest.objects.visible_to(by)
    if text.strip():
        rows = rows.exclude(state=State.MERGED).filter(pk__in=answering(text, by=by))
    else:
        rows = rows.filter(state=State.CLOSED) if is_closed else rows.open()
    if nobodys:
        rows = rows.nobodys()
    elif helper is not None:
        rows = rows.filter(worker=helper)
    return _for_list(rows).order_by(_GROUP, *_ORDERS[order])


def answering(text: str, *, by: User) -> set[int]:
    """The ids of ``by``'s records that answer ``text``: all of it, on the record or one that was merged into it.

    The words of ``text`` begin words of the name or the place, its figures stand in the telephone number; or it is a
    reference. Each record is looked at: a service keeps few, and an index of their names would be kept beside them.
    """
    found, meant = set(), ways(text)
    for pk, kept, *fields in HelpRequest.objects.visible_to(by).values_list(
        "pk", "merged_into", "reference", "name", "reach"
    ):
        if _answers(text, meant, *fields):
            found.add(kept or pk)
    return found


def _answers(text: str, meant: list[Way], reference: str, name: str, reach: str) -> bool:
    typed = text.strip().upper()
    if typed in (reference, reference.removeprefix("HP-")):
        return True
    figures = _figures(text)
    words = tokens_of(name, reach)
    named = any(all(any(word.startswith(one) for word in words) for one in way) for way in meant)
    return bool(meant or figures) and (named or not meant) and figures in _figures(reach)


def _figures(text: str) -> str:
    """The figures of a telephone number without what a country or the trunk adds: "+44 7700 9" is 77009."""
    figures = "".join(re.findall("[0-9]", text))
    return figures.removeprefix("00").removeprefix("44").lstrip("0")


def somebody_left(*, by: User) -> bool:
    """Whether somebody is helped by a worker who has left ``by``'s service: they are to be given to another."""
    return HelpRequest.objects.visible_to(by).filter(state=State.TAKEN_UP).nobodys().exists()


def waiting_for_help(*, by: User) -> QuerySet[HelpRequest]:
    """Who asks ``by``'s service for help whom nobody helps yet."""
    return HelpRequest.objects.visible_to(by).filter(state=State.SENT)


def help_of(*, reference: str, by: User) -> HelpRequest:
    """The record that a page was opened of, also where it was merged into another since; 404 as `open_help`."""
    rows = HelpRequest.objects.visible_to(by).select_related("merged_into")
    return get_object_or_404(rows, reference=reference)


def open_help(*, reference: str, by: User) -> HelpRequest:
    """The record with everything its page shows; 404 for whoever is not of the service it was sent to.

    Of one that was merged it is the record that it was merged into.
    """
    asked = help_of(reference=reference, by=by)
    rows = HelpRequest.objects.visible_to(by).select_related("scheme_version__scheme", "sent_by__organisation")
    rows = rows.select_related("worker").prefetch_related("merged__sent_by__organisation")
    asked = rows.get(pk=asked.merged_into_id or asked.pk)
    audit.record("help.opened", audit.Nature.CONSULTATION, by=by, subjects=[asked, *asked.merged.all()])
    return asked


def on_page(asked: HelpRequest) -> list[int]:
    """The ids of all records of the person that stand on one page: this one, and those merged into it."""
    return [asked.pk, *(one.pk for one in asked.merged.all())]


def contacts_of(asked: HelpRequest) -> QuerySet[HelpContact]:
    """Every contact with the person, also what stands on records that were merged into this one; the last first."""
    return HelpContact.objects.filter(request__in=on_page(asked)).select_related("recorded_by")


def last_word(asked: HelpRequest) -> datetime:
    """When the person last asked for help, or spoke to a worker: word that was left with them is not theirs."""
    spoke = contacts_of(asked).filter(kind=HelpContactKind.SPOKE)
    return max([asked.sent_at, *(one.sent_at for one in asked.merged.all()), *(one.at for one in spoke)])


def to_merge(asked: HelpRequest, *, by: User) -> Sequence[HelpRequest]:
    """The other records of ``by``'s service that may be of the same person, the last sent first."""
    rows = HelpRequest.objects.visible_to(by).exclude(state=State.MERGED).exclude(pk=asked.pk)
    return list(rows.order_by("-sent_at", "-pk")[:MOST_TO_MERGE])


def _for_list(rows: QuerySet[HelpRequest]) -> QuerySet[HelpRequest]:
    last = HelpContact.objects.order_by("-at", "-pk")
    return rows.select_related("scheme_version__scheme", "worker").prefetch_related(Prefetch("contacts", last))
