"""Opening cases, and what their pages and lists read beside them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, UUIDField, Value, prefetch_related_objects
from django.db.models.functions import Cast
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Allegation, Assessment, Case, Correction, Crime, PendingDecision, YouthDuty
from cases.models.case import is_officer_here
from cases.models.crime import crime_number
from cases.queries.logged import log_shown
from diversion import audit
from diversion.accounts.models import User
from diversion.written import beside, written

CASE_PAGE = ("person", "officer", "team", "force", "decision__decided_by", "pending__asked_by")


def open_case(*, reference: str, by: User) -> Case:
    """The case with everything its page shows; 404 for a case that ``by`` may not see."""
    case: Case | None = next(iter(_opened(by=by, reference=reference)), None)
    if case is None:
        raise Http404
    beside(case, "allegations", _allegations(case=case.pk))
    beside(case, "assessments", _assessments(case=case.pk))
    audit.record("case.opened", audit.Nature.CONSULTATION, by=by, subjects=[case, case.person])
    return case


@written(reference=str)
def _opened(*, by: User, reference: str) -> QuerySet[Case]:
    return Case.objects.visible_to(by).filter(reference=reference).select_related(*CASE_PAGE)


@written(case=int)
def _allegations(*, case: int) -> QuerySet[Allegation]:
    return Allegation.objects.filter(case=case).select_related("offence", "crime", "victim")


@written(case=int)
def _assessments(*, case: int) -> QuerySet[Assessment]:
    return Assessment.objects.filter(case=case).select_related("assessed_by")


def cases_for_list(keys: Sequence[int], *, by: User) -> QuerySet[Any]:
    """Those of the cases ``keys`` that ``by`` may see, with person and officer; the view logs those that it shows.

    Each carries ``offences``, the titles of its offences in the order of its crimes, ``officer_has_left``, and
    ``has_live_duty``, whether youth justice has to be told anything of it or has it on hand (`with_live_duties`).
    """
    titles = Allegation.objects.filter(case=OuterRef("pk")).order_by("pk").values("offence__title")
    live = Exists(YouthDuty.objects.live().filter(case=OuterRef("pk")))
    rows = Case.objects.visible_to(by).filter(pk__any=keys).select_related("person", "officer")
    return rows.annotate(offences=ArraySubquery(titles), officer_has_left=~is_officer_here(), has_live_duty=live)


def with_live_duties(cases: Sequence[Any]) -> Sequence[Any]:
    """The same, each with its ``live_duties``: few cases have any, and the others are not asked about."""
    with_any = [case for case in cases if case.has_live_duty]
    if with_any:
        prefetch_related_objects(with_any, Prefetch("youth_duties", YouthDuty.objects.live(), to_attr="live_duties"))
    for case in cases:
        case.__dict__.setdefault("live_duties", [])
    return cases


def has_corrected(case: Case, *, by: User) -> bool:
    """Whether ``by`` has corrected what the decision on ``case`` rests on: then it is not theirs to authorise."""
    rows = Correction.objects.filter(case=case, corrected_by=by)
    return rows.filter(changes__has_any_keys=["committed_on", "offence", "date_of_birth", "person"]).exists()


def has_merged(case: Case, *, by: User) -> bool:
    """Whether what ``by`` corrected of ``case`` is whose record the person's is: two put together, or parted."""
    return Correction.objects.filter(case=case, corrected_by=by, changes__has_key="person").exists()


@dataclass(frozen=True)
class HandOver:
    """That a case went from one officer to another; ``by`` is None where it was not a user."""

    at: datetime
    giver: User
    taker: User
    by: User | None


def hand_overs_of(case: Case) -> list[HandOver]:
    """Of a case that the caller has opened, from its field history, the first first."""
    rows = apps.get_model("cases.CaseEvent")._base_manager.filter(pgh_obj=case)
    history = rows.order_by("pgh_id").values_list("officer", "pgh_created_at", "pgh_context")
    steps = [(before[0], *after) for before, after in pairwise(history) if before[0] != after[0]]
    ids = {pk for giver, taker, _at, context in steps for pk in (giver, taker, (context or {}).get("user"))}
    users = User.objects.in_bulk(ids - {None}) if steps else {}
    return [HandOver(at, users[giver], users[taker], users.get((context or {}).get("user")))
            for giver, taker, at, context in steps]  # fmt: skip


def crime_on_record(*, number: str, by: User) -> Allegation | None:
    """The latest allegation of this crime in a case that ``by`` may see: nothing is keyed twice for a second person."""
    rows = Allegation.objects.filter(case__in=Case.objects.visible_to(by), crime__number=crime_number(number))
    found = rows.select_related("crime", "offence", "victim").order_by("-pk").first()
    if found is not None:
        log_shown("crime.opened", [found.crime], by=by)
    return found


def open_twins(case: Case, crime: Crime | None = None) -> QuerySet[Case]:
    """Other open cases of the same person over ``crime``; over any crime of ``case`` where none is named."""
    crimes = [crime] if crime else [one.crime_id for one in case.allegations.all()]
    rows = Case.objects.filter(person=case.person_id, allegations__crime__in=crimes, closed_at__isnull=True)
    return rows.exclude(pk=case.pk)


def case_of_submission(submission: str, *, by: User) -> Case | None:
    """The case that this officer's page has already made or decided, if it was submitted before."""
    try:
        number = str(uuid.UUID(submission))
    except ValueError:
        return None
    return next(iter(_submitted(by=by, submission=number)), None)


@written(submission=str)
def _submitted(*, by: User, submission: str) -> QuerySet[Case]:
    own, number = Q(decision__decided_by=by) | Q(pending__asked_by=by), Cast(Value(submission), UUIDField())
    made = Case.objects.filter(own, submission=number).order_by().values("pk")
    # An index each: both in one condition would have every case of the force read, at each step of recording one.
    decided = PendingDecision.objects.filter(submission=number, case__decision__decided_by=by).order_by().values("case")
    return Case.objects.filter(pk__in=made.union(decided))[:1]


def case_to_decide(*, reference: str, by: User) -> Case:
    """A case whose page of the decision is opened or sent; 404 for one that ``by`` may not see. The view logs it."""
    if "\x00" in reference:
        raise Http404("No reference holds a NUL character, and the database refuses one.")
    return get_object_or_404(Case.objects.visible_to(by).select_related(*CASE_PAGE), reference=reference)
