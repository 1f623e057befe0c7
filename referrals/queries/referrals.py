"""Reading referrals. What a provider gets is its own referrals, never the case behind them."""

from datetime import datetime, time
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from cases.queries import of_person
from diversion import audit, clock
from diversion.accounts.models import User
from diversion.names.typed import read
from referrals.models import Appointment, Condition, ConditionChange, Contact, Referral
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


def found(rows: ReferralQuerySet, text: str) -> ReferralQuerySet:
    """Those of ``rows`` whose person or reference answers what was typed (`diversion.names.typed`); all for nothing."""
    if not text.strip():
        return rows
    reference = text.strip().upper()
    return rows.filter(Q(reference__in=[reference, f"RF-{reference}"]) | of_person(read(text), person="case__person"))


def caseload(
    *, by: User, mine: bool = False, navigator: int | None = None, unassigned: bool = False, text: str = ""
) -> QuerySet[Referral]:
    """Open referrals by what is due next, those without a navigator first.

    ``mine`` keeps those of ``by`` as navigator, ``navigator`` (a user's id) those of a colleague, ``unassigned`` those
    that nobody looks after (`ReferralQuerySet.nobodys`); ``text`` is as `found` takes it. Each row carries ``planned``,
    its planned appointments, and what ``by`` recorded today: appointments (``just_recorded``) that may be taken back,
    and contacts (``just_contacted``).
    """
    rows = found(Referral.objects.visible_to(by).open(), text)
    if unassigned:
        rows = rows.nobodys()
    elif mine or navigator is not None:
        rows = rows.filter(navigator=by.pk if mine else navigator)
    since = datetime.combine(clock.today(), time.min, clock.LONDON)
    recorded = Appointment.objects.filter(recorded_by=by, recorded_at__gte=since).order_by("-recorded_at")
    listed = _for_list(rows.by_next_due()).prefetch_related(_planned(), _conditions())
    contacted = Contact.objects.filter(recorded_by=by, at__gte=since)
    return listed.prefetch_related(
        Prefetch("appointments", recorded, to_attr="just_recorded"),
        Prefetch("contacts", contacted, to_attr="just_contacted"),
    )


def ended(*, by: User) -> QuerySet[Any]:
    """The provider's referrals that are closed, declined or withdrawn, the last that ended first, with ``ended_at``.

    One that was withdrawn keeps no moment of its own: it stands by when it was answered, or sent.
    """
    rows = Referral.objects.visible_to(by).filter(state__in=[State.CLOSED, *Referral.ENDED])
    rows = rows.annotate(ended_at=Coalesce("closed_at", "decided_at", "sent_at"))
    return rows.select_related("case__person", "scheme_version__scheme", "navigator").order_by("-ended_at", "-pk")


def nobodys_count(*, by: User) -> int:
    """How many open referrals of ``by``'s provider nobody looks after."""
    return Referral.objects.visible_to(by).open().nobodys().count()


def open_counts(*, by: User) -> dict[int | None, int]:
    """How many open referrals each navigator of ``by``'s provider has, by user id; None: those of nobody."""
    rows = Referral.objects.visible_to(by).open().order_by()
    return dict(rows.values_list("navigator").annotate(Count("pk")))


def _conditions() -> Prefetch:
    """The conditions, each with whether a change to it waits for a decision (``waits``)."""
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    return Prefetch("agreement__conditions", Condition.objects.annotate(waits=Exists(waiting)))


def _planned() -> Prefetch:
    planned = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED).order_by("starts_at", "pk")
    return Prefetch("appointments", planned, to_attr="planned")


def _for_list(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("case__person", "scheme_version__scheme", "navigator", "agreement")
