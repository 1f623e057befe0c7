"""Reading referrals. What a provider gets is its own referrals, never the case behind them."""

from datetime import datetime, time
from typing import Any

from django.db.models import Case as CaseWhen
from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, TextChoices, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from cases.models import Allegation, AuthorisationQuestion, Case, Person
from cases.queries import cases_for_list
from diversion import audit, clock
from diversion.accounts.models import User
from referrals.models import Agreement, Appointment, Condition, Contact, Referral, Scheme, SchemeVersion, Slot

State = Referral.State
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY
CASE_ORDERS: dict[str, tuple[str | Combinable, ...]] = {
    "recorded": (F("recorded_at").asc(), "pk"),
    "limit": (F("nearest_limit").asc(nulls_last=True), "pk"),
    "name": ("person__family_name", "person__given_names", "pk"),
}


class CaseStatus(TextChoices):
    """Where a case stands, as police may know it."""

    QUESTION = "question", _("Question to answer")
    WAITING = "waiting", _("Waiting for authorisation")
    REFUSED = "refused", _("Not authorised")
    SENT = "sent", _("Sent to the partner")
    WITH_PARTNER = "with_partner", _("With the partner")
    RETURNED = "returned", _("Returned by the partner")
    NOT_KEPT = "not_kept", _("Agreement not kept: decide")
    CONDITIONS = "conditions", _("Conditions to be done")
    REFERRED = "referred", _("Referred, voluntary")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


def open_referral(*, reference: str, by: User) -> Referral:
    """The referral with everything its page shows; 404 for one that ``by`` may not see."""
    referrals = Referral.objects.visible_to(by).select_related(
        "case__person", "scheme_version__scheme", "provider", "navigator", "agreement", "case__officer", "case__force"
    )
    referral = get_object_or_404(
        referrals.prefetch_related(
            "agreement__conditions", "appointments", "contacts__recorded_by", "need_reviews__recorded_by"
        ),
        reference=reference,
    )
    audit.record("referral.opened", audit.Nature.CONSULTATION, by=by, subjects=[referral, referral.case.person])
    return referral


def inbox(*, by: User) -> QuerySet[Referral]:
    """Referrals that wait for the provider's answer, the longest wait first."""
    rows = _for_list(Referral.objects.visible_to(by).filter(state=State.SENT)).order_by("sent_at", "pk")
    return rows.prefetch_related(_planned())


def caseload(
    *, by: User, mine: bool = False, navigator: int | None = None, unassigned: bool = False
) -> QuerySet[Referral]:
    """Open referrals by what is due next, those without a navigator first.

    ``mine`` keeps those of ``by`` as navigator, ``navigator`` (a user's id) those of a colleague, ``unassigned`` those
    of nobody. Each row carries ``planned``, its planned appointments, and what ``by`` recorded today: appointments
    (``just_recorded``) that may be taken back, and contacts (``just_contacted``).
    """
    rows = Referral.objects.visible_to(by).open()
    if unassigned:
        rows = rows.filter(navigator=None)
    elif mine or navigator is not None:
        rows = rows.filter(navigator=by.pk if mine else navigator)
    since = datetime.combine(clock.today(), time.min, clock.LONDON)
    recorded = Appointment.objects.filter(recorded_by=by, recorded_at__gte=since).order_by("-recorded_at")
    listed = _for_list(rows.by_next_due()).prefetch_related(_planned(), "agreement__conditions")
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


def open_counts(*, by: User) -> dict[int | None, int]:
    """How many open referrals each navigator of ``by``'s provider has, by user id; None: those of nobody."""
    rows = Referral.objects.visible_to(by).open().order_by()
    return dict(rows.values_list("navigator").annotate(Count("pk")))


def referrals_of(case: Case) -> list[Referral]:
    """The referrals of a case that the caller has opened, newest first."""
    rows = case.referrals.select_related("scheme_version__scheme", "provider", "navigator")
    return list(rows.prefetch_related("appointments", "need_reviews").order_by("-made_at", "-pk"))


def agreement_of(case: Case) -> Agreement | None:
    """The agreement of a case that the caller has opened, with its conditions."""
    return Agreement.objects.filter(case=case).prefetch_related("conditions").first()


def earlier_schemes(person: Person, *, before: datetime | None = None) -> list[dict[str, object]]:
    """The schemes that somebody the caller has opened was referred to before, in the terms of cases.eligibility."""
    rows = Referral.objects.filter(case__person=person).exclude(state__in=[State.DECLINED, State.WITHDRAWN])
    rows = rows.filter(case__recorded_at__lt=before) if before else rows
    return [
        {"outcome": "scheme", "scheme": slug, "date": clock.local_date(made)}
        for slug, made in rows.order_by("made_at").values_list("scheme_version__scheme__slug", "made_at")
    ]


def case_rows(
    *, by: User, text: str = "", status: str = "", whose: str = "", order: str = "-recorded"
) -> QuerySet[Case]:
    """The cases ``by`` may see, narrowed and in order; each carries ``status`` (CaseStatus) and ``nearest_limit``.

    ``text`` is part of a name, a case reference or a crime number; ``whose`` is "mine", "team" or "" for all.
    """
    rows = with_status(cases_for_list(by=by)).annotate(nearest_limit=Min("allegations__limit_on"))
    if text:
        rows = rows.filter(_case_matches(text))
    if status:
        rows = rows.filter(status=status)
    if whose:
        rows = rows.filter(officer=by) if whose == "mine" else rows.filter(team=by.team)
    ordered = rows.order_by(*CASE_ORDERS[order.removeprefix("-")])
    return ordered.reverse() if order.startswith("-") else ordered


def with_status(rows: QuerySet[Case]) -> QuerySet[Any]:
    """Each case with the one word for where it stands, as police may know it.

    Under a voluntary scheme nothing after the referral is shared, so such a case stays "referred" whatever came of it;
    it was closed when it was sent, and still comes back where the partner declined. An agreement that no partner looks
    after is not kept once a condition was not done, or all were settled and the case is open all the same.
    """
    of_case = Referral.objects.filter(case=OuterRef("pk"))
    live = of_case.exclude(state__in=[State.DECLINED, State.WITHDRAWN])
    voluntary = live.filter(scheme_version__confidentiality=VOLUNTARY).exclude(state=State.HELD)
    conditions = Condition.objects.filter(agreement__case=OuterRef("pk"))
    to_do = conditions.filter(state=Condition.State.OPEN)
    not_done = conditions.filter(state=Condition.State.NOT_DONE)
    broken = Exists(not_done) | (Exists(conditions) & ~Exists(to_do))
    returned = Exists(of_case.filter(state=State.DECLINED)) & ~Exists(live)
    unheard = Exists(of_case.filter(state=State.DECLINED, scheme_version__confidentiality=VOLUNTARY)) & ~Exists(live)
    is_open = Q(closed_at__isnull=True)
    asked = AuthorisationQuestion.objects.filter(authorisation__case=OuterRef("pk"), answered_at__isnull=True)
    return rows.annotate(
        status=CaseWhen(
            When(is_open & Q(authorisation__state="waiting") & Exists(asked), then=Value(CaseStatus.QUESTION)),
            When(is_open & Q(authorisation__state="waiting"), then=Value(CaseStatus.WAITING)),
            When(authorisation__state="refused", then=Value(CaseStatus.REFUSED)),
            When(Exists(voluntary), then=Value(CaseStatus.REFERRED)),
            When(unheard, then=Value(CaseStatus.RETURNED)),
            When(closed_at__isnull=False, then=Value(CaseStatus.CLOSED)),
            When(Exists(live.filter(result=Referral.Result.NOT_COMPLETED)), then=Value(CaseStatus.NOT_KEPT)),
            When(Exists(live.filter(state=State.SENT)), then=Value(CaseStatus.SENT)),
            When(Exists(live.filter(state__in=[State.ACCEPTED, State.STARTED])), then=Value(CaseStatus.WITH_PARTNER)),
            When(returned, then=Value(CaseStatus.RETURNED)),
            When(~Exists(live) & broken, then=Value(CaseStatus.NOT_KEPT)),
            When(Exists(to_do), then=Value(CaseStatus.CONDITIONS)),
            default=Value(CaseStatus.OPEN),
        )
    )


def status_of(case: Case) -> str:
    """Where a case that the caller has opened stands (CaseStatus)."""
    found: str = with_status(Case.objects.filter(pk=case.pk)).values_list("status", flat=True).get()
    return found


def may_decide(case: Case) -> bool:
    """Whether the officer may say what follows: the agreement was not kept, or its referral came back."""
    return status_of(case) in (CaseStatus.NOT_KEPT, CaseStatus.RETURNED)


def _case_matches(text: str) -> Q:
    number = Allegation.objects.filter(case=OuterRef("pk"), crime__number__icontains=text)
    names = Q()
    for word in text.split():
        names &= Q(person__family_name__icontains=word) | Q(person__given_names__icontains=word)
    return names | Q(reference__icontains=text) | Q(Exists(number))


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


def _planned() -> Prefetch:
    planned = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED).order_by("starts_at", "pk")
    return Prefetch("appointments", planned, to_attr="planned")


def _for_list(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    return rows.select_related("case__person", "scheme_version__scheme", "navigator", "agreement")
