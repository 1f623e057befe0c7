"""Reading referrals. What a provider gets is its own referrals, never the case behind them."""

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404

from cases.models import Case
from diversion import audit, clock
from diversion.accounts.models import User
from referrals.models import Agreement, Appointment, Referral, Scheme, SchemeVersion, Slot

State = Referral.State


def open_referral(*, reference: str, by: User) -> Referral:
    """The referral with everything its page shows; 404 for one that ``by`` may not see."""
    referrals = Referral.objects.visible_to(by).select_related(
        "case__person", "scheme_version__scheme", "provider", "navigator", "agreement", "case__officer"
    )
    referral = get_object_or_404(
        referrals.prefetch_related("agreement__conditions", "appointments", "contacts__recorded_by"),
        reference=reference,
    )
    audit.record("referral.opened", audit.Nature.CONSULTATION, by=by, subjects=[referral, referral.case.person])
    return referral


def inbox(*, by: User) -> QuerySet[Referral]:
    """Referrals that wait for the provider's answer, the longest wait first."""
    return _for_list(Referral.objects.visible_to(by).filter(state=State.SENT)).order_by("sent_at", "pk")


def caseload(*, by: User, mine: bool) -> QuerySet[Referral]:
    """Open referrals by what is due next; ``mine`` keeps those of ``by`` as navigator."""
    rows = Referral.objects.visible_to(by).open()
    if mine:
        rows = rows.filter(navigator=by)
    planned = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED).order_by("starts_at")
    return _for_list(rows).by_next_due().prefetch_related(Prefetch("appointments", planned, to_attr="planned"))


def referrals_of(case: Case) -> list[Referral]:
    """The referrals of a case that the caller has opened, newest first."""
    rows = case.referrals.select_related("scheme_version__scheme", "provider", "navigator")
    return list(rows.prefetch_related("appointments").order_by("-made_at", "-pk"))


def agreement_of(case: Case) -> Agreement | None:
    """The agreement of a case that the caller has opened, with its conditions."""
    return Agreement.objects.filter(case=case).prefetch_related("conditions").first()


def open_schemes(*, by: User) -> QuerySet[SchemeVersion]:
    """Versions of ``by``'s force's schemes that are open today and whose provider has a live sharing agreement."""
    today = clock.today()
    versions = SchemeVersion.objects.open_on(today).filter(scheme__in=Scheme.objects.visible_to(by))
    return (
        versions.select_related("scheme", "provider").prefetch_related("condition_templates").order_by("scheme__name")
    )


def free_slots(versions: "QuerySet[SchemeVersion] | list[SchemeVersion]") -> QuerySet[Slot]:
    """Appointments still to come that have a place left, soonest first."""
    live = ~Q(referrals__state__in=[State.DECLINED, State.WITHDRAWN])
    slots = Slot.objects.filter(version__in=versions, starts_at__gt=clock.now()).select_related("version__scheme")
    taken = slots.annotate(taken=Count("referrals", filter=live & Q(referrals__isnull=False)))
    return taken.filter(taken__lt=F("places")).order_by("starts_at")


def _for_list(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("case__person", "scheme_version__scheme", "navigator", "agreement")
