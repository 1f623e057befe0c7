"""Where a case stands, worked out from its decision, its support and its clocks, and as it is kept for lists."""

from collections.abc import Iterator
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
from cases.models import (
    Allegation,
    AuthorisationQuestion,
    Case,
    PendingDecision,
    ProsecutorReferral,
    Rescission,
    VictimDuty,
    Withdrawal,
    YouthDuty,
)
from cases.models.crime import NO_NUMBER
from diversion import clock
from referrals.codes import CaseStatus
from referrals.models import Agreement, Appointment, Breach, Condition, Contact, Referral, SchemeVersion, Undoable

State = Referral.State
VOLUNTARY = SchemeVersion.Confidentiality.VOLUNTARY
#: The columns of Standing, in the order in which `worked_out` gives them.
COLUMNS = (
    *("case_id", "force_id", "team_id", "officer_id", "recorded_at", "status", "is_closed"),
    *("limit_on", "finish_on", "contact_on", "decide_on", "youth_on", "victim_on", "undo_until"),
    *("queued_at", "decided_by_id"),
)


def with_status(rows: QuerySet[Case]) -> QuerySet[Any]:
    """Each case with the one word for where it stands, as police may know it.

    Under a voluntary scheme nothing after the referral is shared, so such a case stays "referred" whatever came of it;
    it was closed when it was sent, and still comes back where the partner declined. An agreement that no partner looks
    after is not kept once a condition was not done, or all were settled and the case is open all the same; and where a
    child's prosecution was deferred, once youth justice reports that the plan is not kept; and what a partner has
    completed, once police say that what they settle was not done. One that was kept stays open while a crime of it has
    no number, a victim whose view is part of its outcome was not asked, or authority given by radio or telephone is not
    confirmed.
    """
    ways = (*_while_it_is_decided(), *_while_it_is_supported())
    return rows.annotate(status=CaseWhen(*ways, default=Value(CaseStatus.OPEN)))


def _while_it_is_decided() -> Iterator[When]:
    """It was recorded in error or rescinded, nobody has decided, a rank has to, or it is to be explained and signed;
    the first that holds.

    Nobody may decide what is with a prosecutor, also where a question waits for its officer: it holds the case.
    """
    is_open, waiting = Q(closed_at__isnull=True), Q(authorisation__state="waiting")
    asked = AuthorisationQuestion.objects.filter(authorisation__case=OuterRef("pk"), answered_at__isnull=True)
    put = ProsecutorReferral.objects.waiting().filter(authorisation__case=OuterRef("pk"))
    unsigned = Q(proposed__isnull=False, proposed__explained_at__isnull=True)
    in_error = Withdrawal.objects.in_error().filter(case=OuterRef("pk"))
    yield When(Exists(in_error), then=Value(CaseStatus.IN_ERROR))
    rescinded = Rescission.objects.given().filter(case=OuterRef("pk"))
    yield When(Exists(rescinded), then=Value(CaseStatus.RESCINDED))
    yield When(decision__result=DecisionResult.UNDECIDED, then=Value(CaseStatus.UNDECIDED))
    yield When(is_open & waiting & Exists(put), then=Value(CaseStatus.PROSECUTOR))
    yield When(is_open & waiting & Exists(asked), then=Value(CaseStatus.QUESTION))
    yield When(is_open & waiting, then=Value(CaseStatus.WAITING))
    yield When(is_open & unsigned, then=Value(CaseStatus.TO_SIGN))
    yield When(authorisation__state="refused", then=Value(CaseStatus.REFUSED))


def _while_it_is_supported() -> Iterator[When]:
    """How far support and agreement are, and what a case that has ended waits for; the first that holds."""
    live = _of_case().exclude(state__in=Referral.ENDED)
    voluntary = live.filter(scheme_version__confidentiality=VOLUNTARY).exclude(state=State.HELD)
    declined = _of_case().filter(state=State.DECLINED)
    unheard = Exists(declined.filter(scheme_version__confidentiality=VOLUNTARY)) & ~Exists(live)
    yield When(Exists(voluntary), then=Value(CaseStatus.REFERRED))
    yield When(unheard, then=Value(CaseStatus.RETURNED))
    yield When(closed_at__isnull=False, then=Value(CaseStatus.CLOSED))
    yield from _once_it_has_ended()
    yield When(Exists(live.filter(result=Referral.Result.NOT_COMPLETED)), then=Value(CaseStatus.NOT_KEPT))
    yield When(Exists(live.filter(state=State.SENT)), then=Value(CaseStatus.SENT))
    yield When(Exists(live.filter(state__in=[State.ACCEPTED, State.STARTED])), then=Value(CaseStatus.WITH_PARTNER))
    completed = Exists(live.filter(state=State.CLOSED))  # what was not completed is told above
    yield When(completed & _broken_for_police(), then=Value(CaseStatus.NOT_KEPT))
    yield When(_returned(), then=Value(CaseStatus.RETURNED))
    yield When(~Exists(live) & _broken(), then=Value(CaseStatus.NOT_KEPT))
    yield When(Exists(_conditions(Condition.State.OPEN)), then=Value(CaseStatus.CONDITIONS))


def _once_it_has_ended() -> Iterator[When]:
    """It was kept, or nothing follows where it was not, and it is open for what is missing."""
    crimes = Allegation.objects.filter(case=OuterRef("pk"))
    numberless = crimes.filter(crime__number__startswith=NO_NUMBER)
    unasked = crimes.filter(victim__isnull=False, victim_stance=VictimStance.NOT_ASKED.value)
    live = _of_case().exclude(state__in=Referral.ENDED)
    nothing_kept = Exists(_conditions()) & ~Exists(_conditions(Condition.State.DONE))
    not_completed = live.filter(result=Referral.Result.NOT_COMPLETED)
    not_done = Exists(_conditions(Condition.State.NOT_DONE))
    kept = ~not_done & ~nothing_kept & ~_reported() & ~Exists(not_completed)
    under_way = live.filter(state__in=[State.HELD, State.SENT, State.ACCEPTED, State.STARTED])
    nothing_follows = Q(decision__disposal=DisposalCode.COMMUNITY_RESOLUTION.value)  # whether it is kept or not
    to_do = Exists(_conditions(Condition.State.OPEN))
    ended = ~Exists(under_way) & ~to_do & ~_returned() & (kept | nothing_follows)
    yield When(ended & Exists(numberless), then=Value(CaseStatus.UNNUMBERED))
    yield When(ended & Exists(unasked), then=Value(CaseStatus.UNASKED))
    yield When(ended & Q(authorisation__state="spoken"), then=Value(CaseStatus.UNCONFIRMED))


def _of_case() -> QuerySet[Referral]:
    return Referral.objects.filter(case=OuterRef("pk"))


def _conditions(*states: str) -> QuerySet[Condition]:
    """The conditions of the case's agreement, all or those in one of ``states``."""
    rows = Condition.objects.filter(agreement__case=OuterRef("pk"))
    return rows.filter(state__in=states) if states else rows


def _returned() -> Any:
    """A partner declined, and nobody has it since."""
    return Exists(_of_case().filter(state=State.DECLINED)) & ~Exists(_of_case().exclude(state__in=Referral.ENDED))


def _reported() -> Any:
    """Youth justice reports that the plan for which a child's prosecution was deferred is not kept."""
    reports = YouthDuty.objects.filter(case=OuterRef("pk"), not_kept_at__isnull=False)
    return Exists(reports) & Q(decision__disposal=DisposalCode.DEFERRED_PROSECUTION_CHILD.value)


def _broken() -> Any:
    """What no partner looks after is not kept: a condition was not done, all were settled, or youth justice says so."""
    all_settled = Exists(_conditions()) & ~Exists(_conditions(Condition.State.OPEN))
    return Exists(_conditions(Condition.State.NOT_DONE)) | all_settled | _reported()


def _broken_for_police() -> Any:
    """What police settle themselves was not done, or a rank has decided that the agreement was broken."""
    decided = Breach.objects.filter(case=OuterRef("pk"), state=Breach.State.DECIDED, decision__in=Breach.ENDS)
    return Exists(_conditions(Condition.State.NOT_DONE)) | Exists(decided)


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
    put = ProsecutorReferral.objects.waiting().filter(
        authorisation__case=OuterRef("pk"), authorisation__state="waiting"
    )
    return {
        "limit_on": _first(Allegation.objects.filter(**case), "limit_on"),
        "finish_on": _first(ends, "end"),
        "contact_on": _first(contact, "by"),
        "decide_on": Coalesce(_first(pending, "due_on"), Subquery(put.values("due_on")[:1])),
        "victim_on": Subquery(owed.order_by("due_on").values("due_on")[:1]),
        "youth_on": _first(YouthDuty.objects.filter(**case).waiting(), "due_on"),
    }


def worked_out(rows: QuerySet[Case]) -> QuerySet[Any, tuple[Any, ...]]:
    """What the standing of each of these cases is, in the order of `COLUMNS`."""
    is_closed = ExpressionWrapper(Q(closed_at__isnull=False), BooleanField())
    found = with_status(rows).annotate(is_closed=is_closed, undo_until=undo_until(), queued_at=queued_at(), **clocks())
    return found.order_by().values_list("pk", *COLUMNS[1:-1], "decision__decided_by")


def queued_at() -> CaseWhen:
    """Since when a case waits in the queue for a rank; none while a prosecutor has it."""
    put = ProsecutorReferral.objects.waiting().filter(authorisation__case=OuterRef("pk"))
    waits = Q(authorisation__state="waiting") & ~Exists(put)
    return CaseWhen(When(waits, then=F("authorisation__asked_at")))


def undo_until() -> Subquery:
    """Until when whoever closed support of a case last can undo that; none of voluntary support, nor once undone."""
    ended = Undoable.objects.filter(case=OuterRef("pk"), referral__isnull=False, undone_at=None)
    shared = ended.exclude(referral__scheme_version__confidentiality=VOLUNTARY)
    return Subquery(shared.order_by().values("case").annotate(until=Max("until")).values("until"))
