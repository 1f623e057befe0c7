"""Where a case stands, worked out from its decision, its support and its clocks, and as it is kept for lists."""

from typing import Any

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as CaseWhen
from django.db.models.functions import Coalesce, Greatest, TruncDate

from cases.codes import DecisionResult, VictimStance
from cases.law.codes import DisposalCode
from cases.models import Allegation, AuthorisationQuestion, Case, PendingDecision, VictimDuty, YouthDuty
from cases.models.crime import NO_NUMBER
from diversion import clock
from referrals.codes import CaseStatus
from referrals.models import Agreement, Appointment, Condition, Contact, Referral, SchemeVersion, Standing

State = Referral.State
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY
#: The columns of Standing, in the order in which `worked_out` gives them.
COLUMNS = (
    *("case_id", "force_id", "team_id", "officer_id", "recorded_at", "status", "is_closed"),
    *("limit_on", "finish_on", "contact_on", "decide_on", "youth_on", "victim_on"),
)


def with_status(rows: QuerySet[Case]) -> QuerySet[Any]:
    """Each case with the one word for where it stands, as police may know it.

    Under a voluntary scheme nothing after the referral is shared, so such a case stays "referred" whatever came of it;
    it was closed when it was sent, and still comes back where the partner declined. An agreement that no partner looks
    after is not kept once a condition was not done, or all were settled and the case is open all the same; and where a
    child's prosecution was deferred, once youth justice reports that the plan is not kept. One that was kept stays open
    while a crime of it has no number, a victim whose view is part of its outcome was not asked, or authority given by
    radio or telephone is not confirmed.
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
    nothing_kept = Exists(conditions) & ~Exists(conditions.filter(state=Condition.State.DONE))
    numberless = Allegation.objects.filter(case=OuterRef("pk"), crime__number__startswith=NO_NUMBER)
    unasked = Allegation.objects.filter(
        case=OuterRef("pk"), victim__isnull=False, victim_stance=VictimStance.NOT_ASKED.value
    )
    not_completed = live.filter(result=Referral.Result.NOT_COMPLETED)
    kept = ~Exists(not_done) & ~nothing_kept & ~reported & ~Exists(not_completed)
    under_way = live.filter(state__in=[State.HELD, State.SENT, State.ACCEPTED, State.STARTED])
    nothing_follows = Q(decision__disposal=DisposalCode.COMMUNITY_RESOLUTION.value)  # whether it is kept or not
    ended = ~Exists(under_way) & ~Exists(to_do) & ~returned & (kept | nothing_follows)
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
            When(ended & Exists(numberless), then=Value(CaseStatus.UNNUMBERED)),
            When(ended & Exists(unasked), then=Value(CaseStatus.UNASKED)),
            When(ended & Q(authorisation__state="spoken"), then=Value(CaseStatus.UNCONFIRMED)),
            When(Exists(not_completed), then=Value(CaseStatus.NOT_KEPT)),
            When(Exists(live.filter(state=State.SENT)), then=Value(CaseStatus.SENT)),
            When(Exists(live.filter(state__in=[State.ACCEPTED, State.STARTED])), then=Value(CaseStatus.WITH_PARTNER)),
            When(returned, then=Value(CaseStatus.RETURNED)),
            When(~Exists(live) & (broken | reported), then=Value(CaseStatus.NOT_KEPT)),
            When(Exists(to_do), then=Value(CaseStatus.CONDITIONS)),
            default=Value(CaseStatus.OPEN),
        )
    )


def _first(rows: QuerySet[Any], day: str) -> Subquery:
    """The first ``day`` of the rows of each case."""
    return Subquery(rows.order_by().values("case").annotate(on=Min(day)).values("on"))


def clocks() -> dict[str, Any]:
    """When each clock of a case runs out, by its column; none where it does not run.

    Of a voluntary scheme police hear nothing after the referral: no clock of its support runs for them. The end of an
    agreement counts while something of it is to be done. Partners are to be in touch until the person has come or was
    reached; a first meeting that is booked later than that is what they are held to.
    """
    case = {"case": OuterRef("pk")}
    under_way = Referral.objects.filter(**case, state__in=[State.SENT, State.ACCEPTED, State.STARTED])
    shared = under_way.exclude(scheme_version__confidentiality=VOLUNTARY)
    agreed = Agreement.objects.filter(**case).exclude(referral__scheme_version__confidentiality=VOLUNTARY)
    to_do = Condition.objects.filter(agreement=OuterRef("pk"), state=Condition.State.OPEN)
    last = to_do.order_by().values("agreement").annotate(on=Max("due_on")).values("on")
    helped = Exists(Referral.objects.filter(pk=OuterRef("referral"), state__in=[State.ACCEPTED, State.STARTED]))
    ends = agreed.filter(Exists(to_do) | helped).annotate(end=Coalesce("ends_on", Subquery(last)))
    reached = Contact.objects.filter(referral=OuterRef("pk"), reached=True)
    planned = Appointment.objects.filter(referral=OuterRef("pk"), attendance=Appointment.Attendance.PLANNED)
    meets = planned.annotate(on=TruncDate("starts_at", tzinfo=clock.LONDON)).order_by("starts_at").values("on")[:1]
    silent = shared.filter(Q(state=State.SENT) | Q(state=State.ACCEPTED) & ~Exists(reached))
    by = When(state=State.ACCEPTED, then=Greatest("contact_by", Subquery(meets)))
    contact = silent.annotate(by=CaseWhen(by, default=F("contact_by")))
    owed = VictimDuty.objects.filter(allegation__case=OuterRef("pk")).open()
    pending = PendingDecision.objects.filter(**case, settled_at__isnull=True)
    return {
        "limit_on": _first(Allegation.objects.filter(**case), "limit_on"),
        "finish_on": _first(ends, "end"),
        "contact_on": _first(contact, "by"),
        "decide_on": _first(pending, "due_on"),
        "victim_on": Subquery(owed.order_by("due_on").values("due_on")[:1]),
        "youth_on": _first(YouthDuty.objects.filter(**case).waiting(), "due_on"),
    }


def worked_out(rows: QuerySet[Case]) -> QuerySet[Any, tuple[Any, ...]]:
    """What the standing of each of these cases is, in the order of `COLUMNS`."""
    is_closed = ExpressionWrapper(Q(closed_at__isnull=False), BooleanField())
    found = with_status(rows).annotate(is_closed=is_closed, **clocks())
    return found.order_by().values_list("pk", *COLUMNS[1:])


def out_of_step() -> list[tuple[Any, ...]]:
    """The standings that are not what `worked_out` says, and those that are missing: none, or a list is wrong."""
    kept = dict.fromkeys(Standing.objects.values_list(*COLUMNS))
    return [row for row in worked_out(Case.objects.all()) if row not in kept]
