"""Reading referrals. What a provider gets is its own referrals, never the case behind them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Case
from cases.queries import of_person
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.home import Shown, first
from diversion.names.typed import read
from diversion.written import written
from referrals.codes import CaseStatus
from referrals.models import Appointment, EvidenceFile, Referral, SchemeVersion
from referrals.models.referral import ReferralQuerySet

State = Referral.State
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY


#: What the page of a referral shows of it, and what hangs on it.
ON_THE_PAGE = (
    "case__person",
    "case__officer",
    "case__force",
    "scheme_version__scheme",
    "provider",
    "navigator",
    "agreement",
)
BESIDE_IT = (
    "agreement__conditions__changes__asked_by",
    "missed_steps__answered_by",
    "appointments",
    "contacts__recorded_by",
    "need_reviews__recorded_by",
)


def open_referral(*, reference: str, by: User) -> Referral:
    """The referral with everything its page shows; 404 for one that ``by`` may not see."""
    referral: Referral | None = next(iter(_opened(by=by, reference=reference)), None)
    if referral is None:
        raise Http404
    files = EvidenceFile.objects.shown_to(by).listed()
    prefetch_related_objects([referral], *BESIDE_IT, Prefetch("evidence_files", files))
    audit.record("referral.opened", audit.Nature.CONSULTATION, by=by, subjects=[referral, referral.case.person])
    return referral


def told_referral(case: Case, *, by: User) -> Referral:
    """The referral of a case that has not come back, for what police do with it; 404 where there is none.

    Voluntary support is never found, live or ended: another answer once it ended would tell police that it did.
    """
    told = Referral.objects.visible_to(by).exclude(scheme_version__confidentiality=VOLUNTARY)
    return get_object_or_404(told.exclude(state__in=Referral.ENDED), case=case)


@written(reference=str)
def _opened(*, by: User, reference: str) -> QuerySet[Referral]:
    return Referral.objects.visible_to(by).filter(reference=reference).select_related(*ON_THE_PAGE)


def inbox(start: int, stop: int, *, by: User, waiting: int, text: str = "") -> tuple[list[Any], int]:
    """Of the referrals that wait for the provider's answer, ``waiting`` in all, those from ``start`` to ``stop``, the
    longest wait first, and how many there are; ``text`` as `found` takes it. Each has ``booked_at`` and
    ``booked_place`` of its first meeting.
    """
    if text.strip():
        answering = [pk for (pk,) in _in_order(found(_sent(by), text))]
        keys, total = answering[start:stop], len(answering)
    else:
        keys, total = [pk for (pk,) in _sent_keys(by=by, start=start, stop=stop)], waiting
    rows = {one.pk: one for one in _inbox_rows(by=by, keys=keys)} if keys else {}
    return [rows[pk] for pk in keys if pk in rows], total


def _sent(by: User) -> ReferralQuerySet:
    return Referral.objects.visible_to(by).filter(state=State.SENT, waits_since=None)


def waiting_list(*, by: User) -> list[Any]:
    """Who is on the provider's waiting list, by scheme and in the order in which they were sent.

    Each has ``helped``, how many their scheme helps now, and ``of``, how many it takes (None: nobody has said).
    """
    rows = Referral.objects.visible_to(by).on_list().select_related("case__person", "case__force")
    helped = (
        Referral.objects.visible_to(by)
        .open()
        .filter(scheme_version__scheme=OuterRef("scheme_version__scheme"))
        .order_by()
    )
    counted = helped.values("scheme_version__scheme").annotate(n=Count("pk")).values("n")
    now = SchemeVersion.objects.open_on(clock.today()).filter(scheme=OuterRef("scheme_version__scheme"))
    rows = rows.annotate(helped=Coalesce(Subquery(counted), 0), of=Subquery(now.values("capacity")[:1]))
    return list(rows.select_related("scheme_version__scheme").order_by("scheme_version__scheme__name", "sent_at", "pk"))


def waits_too_long(*, by: User) -> ReferralQuerySet:
    """Of a coordinator's force: who waits and must begin within WAITING_ASK_DAYS, and who came back from a list and
    whom nobody has referred since. Nobody under a voluntary scheme: police hear nothing of that."""
    rows = Referral.objects.filter(case__force=by.organisation_id).exclude(scheme_version__confidentiality=VOLUNTARY)
    soon = Q(state=State.SENT, start_by__lte=clock.today() + timedelta(days=settings.WAITING_ASK_DAYS))
    back = Q(state=State.DECLINED, decline_reason=Referral.DeclineReason.WAITED)
    back &= Q(case__standing__status=CaseStatus.RETURNED.value)
    return rows.filter(soon | back)


def waits_for_home(*, by: User) -> Shown[Referral]:
    """The same, the nearest day first."""
    rows = waits_too_long(by=by).select_related("case__person", "scheme_version__scheme")
    return first(rows.order_by("start_by", "pk"))


def _in_order(rows: ReferralQuerySet) -> QuerySet[Any, Any]:
    """Their ids: to join and to look through the wall at those of one page alone."""
    return rows.order_by("sent_at", "pk").values_list("pk")


@written()
def _sent_keys(*, by: User, start: int, stop: int) -> QuerySet[Any, Any]:
    return _in_order(_sent(by))[start:stop]


@written(keys=[int])
def _inbox_rows(*, by: User, keys: list[int]) -> QuerySet[Any]:
    meetings = Appointment.objects.filter(referral=OuterRef("pk"), attendance=Appointment.Attendance.PLANNED)
    meeting = meetings.order_by("starts_at", "pk")
    rows = _sent(by).filter(pk__any=keys).select_related("case__person", "scheme_version__scheme")
    return rows.annotate(
        booked_at=Subquery(meeting.values("starts_at")[:1]), booked_place=Subquery(meeting.values("place")[:1])
    )


def found(rows: ReferralQuerySet, text: str) -> ReferralQuerySet:
    """Those of ``rows`` whose person or reference answers what was typed (`diversion.names.typed`); all for nothing."""
    if not text.strip():
        return rows
    reference = text.strip().upper()
    return rows.filter(Q(reference__in=[reference, f"RF-{reference}"]) | of_person(read(text), person="case__person"))


def ended(*, by: User) -> QuerySet[Any]:
    """The provider's referrals that are closed, declined or withdrawn, the last that ended first, with ``ended_at``.

    One that was withdrawn keeps no moment of its own: it stands by when it was answered, or sent.
    """
    rows = Referral.objects.visible_to(by).filter(state__in=[State.CLOSED, *Referral.ENDED])
    rows = rows.annotate(ended_at=Coalesce("closed_at", "decided_at", "sent_at"))
    return rows.select_related("case__person", "scheme_version__scheme", "navigator").order_by("-ended_at", "-pk")


def open_counts(*, by: User) -> dict[int | None, int]:
    """How many open referrals each navigator of ``by``'s provider has, by user id; None: those of nobody."""
    rows = Referral.objects.visible_to(by).open().order_by()
    return dict(rows.values_list("navigator").annotate(Count("pk")))
