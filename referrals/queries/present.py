"""Which kinds of record a case has any of. Of most kinds most cases have none: a page asks for those that are there."""

from collections.abc import Collection
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import F, Q, QuerySet, Value

from cases.models import (
    Authorisation,
    Case,
    Complaint,
    Correction,
    PersonMerge,
    Rescission,
    Withdrawal,
    WordsOfAdmission,
    YouthDuty,
)
from referrals.models import (
    Appointment,
    Breach,
    ConditionChange,
    Escalation,
    MissedStep,
    NeedReview,
    ProposedAgreement,
    Undoable,
)
from referrals.queries.withdrawing import what_stops

AUTHORITY, PROPOSED, CORRECTED, MERGED, HANDED_OVER = "authority", "proposed", "corrected", "merged", "handed over"
UNDOABLE, DUTIES, STEPS, BREACHES, ESCALATED = "undoable", "duties", "steps", "breaches", "escalated"
MEETINGS, REVIEWS, CHANGES, COMPLAINTS, ADMITTED = "meetings", "reviews", "changes", "complaints", "admitted"
WITHDRAWN, RESCINDED = "withdrawn", "rescinded"
STOPS = "stops: "  # and what it is that stops the decision from being withdrawn
ALL = frozenset({MEETINGS, REVIEWS, CHANGES, UNDOABLE})  # to whoever has not asked what there is
SOUGHT = -1  # stands in the statement for the case; no row has it


def present_in(case: Case) -> set[str]:
    """The kinds of which there is any in a case that the caller has opened: one statement, written once a process."""
    statement, parameters = _statement()
    sought = [_of(case, one) for one in parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement, sought)
        return {kind for (kind,) in cursor.fetchall()}


def stops_in(there: Collection[str]) -> set[str]:
    """Of the kinds that there are, what stops the decision from being withdrawn (`withdrawing.what_stops`)."""
    return {kind.removeprefix(STOPS) for kind in there if kind.startswith(STOPS)}


def asked_if(there: bool, rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows``, or none without a question where it is known that there are none."""
    return rows if there else rows.none()


def _of(case: Case, parameter: Any) -> Any:
    """A parameter of the statement, of this case; ids stand in JSON too, where a merge has moved the case."""
    if isinstance(parameter, Jsonb):
        return Jsonb(_of(case, parameter.adapted))
    if isinstance(parameter, list):
        return [_of(case, one) for one in parameter]
    return case.pk if parameter == SOUGHT else parameter


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    firsts = [rows.order_by().values_list(Value(kind), flat=True)[:1] for kind, rows in _kinds().items()]
    statement, parameters = firsts[0].union(*firsts[1:], all=True).query.sql_with_params()
    return statement, tuple(parameters)


def _kinds() -> dict[str, QuerySet[Any]]:
    """Of whatever has an officer before or beside the one of today, it was handed over."""
    of_case, of_referral = {"case": SOUGHT}, {"referral__case": SOUGHT}
    history = apps.get_model("cases.CaseEvent")._base_manager.filter(pgh_obj=SOUGHT)
    return {
        AUTHORITY: Authorisation.objects.filter(**of_case),
        PROPOSED: ProposedAgreement.objects.filter(**of_case),
        ADMITTED: WordsOfAdmission.objects.filter(**of_case),
        COMPLAINTS: Complaint.objects.filter(**of_case),
        WITHDRAWN: Withdrawal.objects.filter(**of_case),
        **{STOPS + kind: rows for kind, rows in what_stops(SOUGHT).items()},
        RESCINDED: Rescission.objects.filter(**of_case),
        CORRECTED: Correction.objects.filter(**of_case),
        MERGED: PersonMerge.objects.filter(Q(cases__contains=[SOUGHT]) | Q(stood__contains=[SOUGHT])),
        HANDED_OVER: history.exclude(officer=F("pgh_obj__officer")),
        UNDOABLE: Undoable.objects.filter(**of_case),
        DUTIES: YouthDuty.objects.filter(**of_case),
        STEPS: MissedStep.objects.filter(**of_referral),
        BREACHES: Breach.objects.filter(**of_case),
        ESCALATED: Escalation.objects.filter(**of_case),
        MEETINGS: Appointment.objects.filter(**of_referral),
        REVIEWS: NeedReview.objects.filter(**of_referral),
        CHANGES: ConditionChange.objects.filter(condition__agreement__case=SOUGHT),
    }
