"""Reading cases together with their support: what a list of cases tells, and where a case stands."""

from typing import Any

from django.db.models import Case as CaseWhen
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from cases.codes import DecisionResult
from cases.law.codes import DisposalCode
from cases.models import Allegation, AuthorisationQuestion, Case, Crime, YouthDuty
from cases.models.case import is_officer_here
from cases.models.crime import crime_number
from cases.models.person import police_domain
from cases.queries import cases_for_list, of_person
from diversion.accounts.models import User
from diversion.names.typed import read
from referrals.models import Agreement, Condition, ProposedAgreement, Referral, SchemeVersion

State = Referral.State
LISTED = 10
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
    TO_SIGN = "to_sign", _("Authorised: explain and sign")
    REFUSED = "refused", _("Not authorised")
    UNDECIDED = "undecided", _("Not decided yet")
    SENT = "sent", _("Sent to the partner")
    WITH_PARTNER = "with_partner", _("With the partner")
    RETURNED = "returned", _("Returned by the partner")
    NOT_KEPT = "not_kept", _("Agreement not kept: decide")
    CONDITIONS = "conditions", _("Conditions to be done")
    REFERRED = "referred", _("Referred, voluntary")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


def referrals_of(case: Case) -> list[Referral]:
    """The referrals of a case that the caller has opened, newest first."""
    rows = case.referrals.select_related("scheme_version__scheme", "provider", "navigator")
    return list(rows.prefetch_related("appointments", "need_reviews").order_by("-made_at", "-pk"))


def scheme_of(case: Case) -> SchemeVersion | None:
    """The scheme that the person of a case is on, or was until it ended, in the version they were referred under."""
    live = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    referral = live.select_related("scheme_version__scheme").first()
    return referral.scheme_version if referral else None


def live_referral(case: Case) -> Referral | None:
    """The referral of a case that the caller has opened which has not ended, with what is printed of it."""
    rows = Referral.objects.filter(case=case).exclude(state__in=Referral.ENDED)
    return rows.select_related("scheme_version__scheme", "provider", "slot").first()


def proposal_of(case: Case) -> ProposedAgreement | None:
    """What was proposed in a case that the caller has opened, where a rank had to decide."""
    return ProposedAgreement.objects.select_related("explained_by").filter(case=case).first()


def cases_to_sign(*, by: User) -> list[Case]:
    """Cases of ``by``'s own that were authorised and are to be explained and signed, the longest wait first."""
    rows = with_status(Case.objects.visible_to(by).filter(officer=by, proposed__explained_at__isnull=True))
    waiting = rows.filter(status=CaseStatus.TO_SIGN).select_related("person", "authorisation")
    return list(waiting.order_by("authorisation__decided_at", "pk")[:LISTED])


def agreement_of(case: Case) -> Agreement | None:
    """The agreement of a case that the caller has opened, with its conditions."""
    return Agreement.objects.filter(case=case).prefetch_related("conditions").first()


def case_rows(
    *, by: User, text: str = "", status: str = "", whose: str = "", order: str = "-recorded"
) -> QuerySet[Case]:
    """The cases ``by`` may see, narrowed and in order; each carries ``status`` (CaseStatus) and ``nearest_limit``.

    ``text`` is a name or date of birth as it is typed (`diversion.names.typed`), a case reference, or the beginning of
    a crime number; ``whose`` is "mine", "team", "nobodys" (open, and the officer has left) or "" for
    all. Each also carries ``officer_has_left``.
    """
    rows = with_status(cases_for_list(by=by)).annotate(nearest_limit=Min("allegations__limit_on"))
    rows = rows.annotate(officer_has_left=~is_officer_here())
    if text:
        rows = rows.filter(_case_matches(text, by))
    if status:
        rows = rows.filter(status=status)
    if whose:
        rows = _whose(rows, whose, by)
    ordered = rows.order_by(*CASE_ORDERS[order.removeprefix("-")])
    return ordered.reverse() if order.startswith("-") else ordered


def _whose(rows: QuerySet[Any], whose: str, by: User) -> QuerySet[Any]:
    if whose == "mine":
        return rows.filter(officer=by)
    if whose == "nobodys":
        still_open = Q(closed_at__isnull=True) | Q(status=CaseStatus.RETURNED)
        return rows.filter(still_open, officer_has_left=True)
    return rows.filter(team=by.team)


def with_status(rows: QuerySet[Case]) -> QuerySet[Any]:
    """Each case with the one word for where it stands, as police may know it.

    Under a voluntary scheme nothing after the referral is shared, so such a case stays "referred" whatever came of it;
    it was closed when it was sent, and still comes back where the partner declined. An agreement that no partner looks
    after is not kept once a condition was not done, or all were settled and the case is open all the same; and where a
    child's prosecution was deferred, once youth justice reports that the plan is not kept.
    """
    of_case = Referral.objects.filter(case=OuterRef("pk"))
    live = of_case.exclude(state__in=Referral.ENDED)
    voluntary = live.filter(scheme_version__confidentiality=VOLUNTARY).exclude(state=State.HELD)
    conditions = Condition.objects.filter(agreement__case=OuterRef("pk"))
    to_do = conditions.filter(state=Condition.State.OPEN)
    not_done = conditions.filter(state=Condition.State.NOT_DONE)
    broken = Exists(not_done) | (Exists(conditions) & ~Exists(to_do))
    returned = Exists(of_case.filter(state=State.DECLINED)) & ~Exists(live)
    unheard = Exists(of_case.filter(state=State.DECLINED, scheme_version__confidentiality=VOLUNTARY)) & ~Exists(live)
    reports = YouthDuty.objects.filter(case=OuterRef("pk"), not_kept_at__isnull=False)
    reported = Exists(reports) & Q(decision__disposal=DisposalCode.DEFERRED_PROSECUTION_CHILD.value)
    is_open = Q(closed_at__isnull=True)
    unsigned = Q(proposed__isnull=False, proposed__explained_at__isnull=True)
    asked = AuthorisationQuestion.objects.filter(authorisation__case=OuterRef("pk"), answered_at__isnull=True)
    return rows.annotate(
        status=CaseWhen(
            When(decision__result=DecisionResult.UNDECIDED, then=Value(CaseStatus.UNDECIDED)),
            When(is_open & Q(authorisation__state="waiting") & Exists(asked), then=Value(CaseStatus.QUESTION)),
            When(is_open & Q(authorisation__state="waiting"), then=Value(CaseStatus.WAITING)),
            When(is_open & unsigned, then=Value(CaseStatus.TO_SIGN)),
            When(authorisation__state="refused", then=Value(CaseStatus.REFUSED)),
            When(Exists(voluntary), then=Value(CaseStatus.REFERRED)),
            When(unheard, then=Value(CaseStatus.RETURNED)),
            When(closed_at__isnull=False, then=Value(CaseStatus.CLOSED)),
            When(Exists(live.filter(result=Referral.Result.NOT_COMPLETED)), then=Value(CaseStatus.NOT_KEPT)),
            When(Exists(live.filter(state=State.SENT)), then=Value(CaseStatus.SENT)),
            When(Exists(live.filter(state__in=[State.ACCEPTED, State.STARTED])), then=Value(CaseStatus.WITH_PARTNER)),
            When(returned, then=Value(CaseStatus.RETURNED)),
            When(~Exists(live) & (broken | reported), then=Value(CaseStatus.NOT_KEPT)),
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


def _case_matches(text: str, by: User) -> Q:
    """What holds a figure is a number and no name, or "AV/77" would find everybody called Ava as well."""
    sought, number = read(text), crime_number(text)
    crimes = Crime.objects.numbered_from(number, force=by.organisation)
    matches = Q(reference__in=[number, f"DV-{number}"])
    matches |= Q(Exists(Allegation.objects.filter(case=OuterRef("pk"), crime__in=crimes)))
    if not any(letter.isdecimal() for letter in sought.rest):
        matches |= of_person(sought, domain=police_domain(by.organisation_id))
    return matches


def may_refer_again(case: Case) -> bool:
    """Whether a partner declined; in a closed case only where the support is voluntary: that closed it when sent."""
    declined = Referral.objects.filter(case=case, state=Referral.State.DECLINED)
    if case.closed_at is not None:
        declined = declined.filter(scheme_version__confidentiality=VOLUNTARY)
    return declined.exists()
