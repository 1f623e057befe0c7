"""Reading referrals. What a provider gets is its own referrals, never the case behind them."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from cases.queries import of_person
from diversion import audit
from diversion.accounts.models import User
from diversion.names.typed import read
from referrals.models import Appointment, Referral
from referrals.models.referral import ReferralQuerySet

State = Referral.State


def open_referral(*, reference: str, by: User) -> Referral:
    """The referral with everything its page shows; 404 for one that ``by`` may not see."""
    referrals = Referral.objects.visible_to(by).select_related(
        "case__person", "scheme_version__scheme", "provider", "navigator", "agreement", "case__officer", "case__force"
    )
    referral = get_object_or_404(
        referrals.prefetch_related(
            "agreement__conditions__changes__asked_by",
            "missed_steps__answered_by",
            "appointments",
            "contacts__recorded_by",
            "need_reviews__recorded_by",
        ),
        reference=reference,
    )
    audit.record("referral.opened", audit.Nature.CONSULTATION, by=by, subjects=[referral, referral.case.person])
    return referral


def inbox(*, by: User, text: str = "") -> QuerySet[Referral]:
    """Referrals that wait for the provider's answer, the longest wait first; ``text`` as `found` takes it."""
    rows = found(Referral.objects.visible_to(by).filter(state=State.SENT), text)
    return _for_list(rows).order_by("sent_at", "pk").prefetch_related(_planned())


def inbox_count(*, by: User) -> int:
    """How many stand on that list."""
    return Referral.objects.visible_to(by).filter(state=State.SENT).count()


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


def _planned() -> Prefetch:
    planned = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED).order_by("starts_at", "pk")
    return Prefetch("appointments", planned, to_attr="planned")


def _for_list(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("case__person", "scheme_version__scheme", "navigator", "agreement")
