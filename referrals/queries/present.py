"""Which kinds of record a case has any of. Of most kinds most cases have none: a page asks for those that are there."""

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import F, Q, QuerySet, Value

from cases.models import (
    Authorisation,
    Case,
    Complaint,
    Correction,
    OffenceReview,
    PersonMerge,
    Rescission,
    Withdrawal,
    WordsOfAdmission,
    YouthDuty,
)
from diversion.written import written
from referrals.models import (
    Appointment,
    Breach,
    ConditionChange,
    Escalation,
    MissedStep,
    NeedReview,
    ProposedAgreement,
    Question,
    Undoable,
)
from referrals.queries.withdrawing import what_stops

AUTHORITY, PROPOSED, CORRECTED, MERGED, HANDED_OVER = "authority", "proposed", "corrected", "merged", "handed over"
UNDOABLE, DUTIES, STEPS, BREACHES, ESCALATED = "undoable", "duties", "steps", "breaches", "escalated"
MEETINGS, REVIEWS, CHANGES, COMPLAINTS, ADMITTED = "meetings", "reviews", "changes", "complaints", "admitted"
WITHDRAWN, RESCINDED, ALLEGED, QUESTIONS = "withdrawn", "rescinded", "alleged", "questions"
STOPS = "stops: "  # and what it is that stops the decision from being withdrawn
ALL = frozenset({MEETINGS, REVIEWS, CHANGES, UNDOABLE})  # to whoever has not asked what there is


def present_in(case: Case) -> set[str]:
    """The kinds of which there is any in a case that the caller has opened: one statement."""
    return {kind for (kind,) in _present(case=case.pk)}


def stops_in(there: Collection[str]) -> set[str]:
    """Of the kinds that there are, what stops the decision from being withdrawn (`withdrawing.what_stops`)."""
    return {kind.removeprefix(STOPS) for kind in there if kind.startswith(STOPS)}


@written(case=int)
def _present(*, case: int) -> QuerySet[Any, Any]:
    firsts = [rows.order_by().values_list(Value(kind))[:1] for kind, rows in _kinds(case).items()]
    return firsts[0].union(*firsts[1:], all=True)


def _kinds(case: int) -> dict[str, QuerySet[Any]]:
    """Of whatever has an officer before or beside the one of today, it was handed over."""
    of_case, of_referral = {"case": case}, {"referral__case": case}
    history = apps.get_model("cases.CaseEvent")._base_manager.filter(pgh_obj=case)
    return {
        AUTHORITY: Authorisation.objects.filter(**of_case),
        PROPOSED: ProposedAgreement.objects.filter(**of_case),
        ADMITTED: WordsOfAdmission.objects.filter(**of_case),
        COMPLAINTS: Complaint.objects.filter(**of_case),
        WITHDRAWN: Withdrawal.objects.filter(**of_case),
        **{STOPS + kind: rows for kind, rows in what_stops(case).items()},
        RESCINDED: Rescission.objects.filter(**of_case),
        ALLEGED: OffenceReview.objects.filter(**of_case),
        CORRECTED: Correction.objects.filter(**of_case),
        MERGED: PersonMerge.objects.filter(Q(cases__contains=[case]) | Q(stood__contains=[case])),
        HANDED_OVER: history.exclude(officer=F("pgh_obj__officer")),
        UNDOABLE: Undoable.objects.filter(**of_case),
        DUTIES: YouthDuty.objects.filter(**of_case),
        STEPS: MissedStep.objects.filter(**of_referral),
        QUESTIONS: Question.objects.filter(**of_referral),
        BREACHES: Breach.objects.filter(**of_case),
        ESCALATED: Escalation.objects.filter(**of_case),
        MEETINGS: Appointment.objects.filter(**of_referral),
        REVIEWS: NeedReview.objects.filter(**of_referral),
        CHANGES: ConditionChange.objects.filter(condition__agreement__case=case),
    }
