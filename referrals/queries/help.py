"""Reading who wants help with no offence alleged: which services an officer may ask, and each service's own people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404

from diversion import audit, clock
from diversion.accounts.models import Organisation, User
from diversion.audit import queries as log
from referrals.codes import HelpContactKind
from referrals.models import Duty, HelpContact, HelpRequest, SchemeVersion
from referrals.queries.schemes import open_schemes, shared_with

State = HelpRequest.State
SENT_EVENT = "help.sent"
SENT_SHOWN = timedelta(days=28)
MOST_TO_MERGE = 100
#: After so long nobody is told by e-mail any more: whoever works there has looked at the page.
TOLD_WITHIN = timedelta(days=1)


def services(*, by: User) -> list[SchemeVersion]:
    """The schemes open today that help people with no offence alleged.

    For an officer those of the force under a live agreement, for a worker those that the own organisation delivers.
    """
    reached = {by.organisation_id} if by.is_provider else shared_with(by=by)
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


def asking(*, by: User) -> QuerySet[HelpRequest]:
    """Who asks ``by``'s service for help: whom nobody helps yet first, the longest wait at the top; then the rest."""
    return _for_list(HelpRequest.objects.visible_to(by).open()).order_by("state", "sent_at", "pk")


def closed(*, by: User) -> QuerySet[HelpRequest]:
    """Those whose help is closed, the last first: any of them may come back."""
    return _for_list(HelpRequest.objects.visible_to(by).filter(state=State.CLOSED)).order_by("-closed_at", "-pk")


def somebody_waits(*, by: User) -> bool:
    """Whether anybody asks ``by``'s service for help whom nobody helps yet."""
    return HelpRequest.objects.visible_to(by).filter(state=State.SENT).exists()


def open_help(*, reference: str, by: User) -> HelpRequest:
    """The record with everything its page shows; 404 for whoever is not of the service it was sent to."""
    rows = HelpRequest.objects.visible_to(by).exclude(state=State.MERGED)
    rows = rows.select_related("scheme_version__scheme", "sent_by__organisation", "worker")
    asked = get_object_or_404(rows.prefetch_related("merged__sent_by__organisation"), reference=reference)
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
