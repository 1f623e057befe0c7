"""What waits for a rank: whoever waits beside the officer first, then the nearest statutory limit."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.shortcuts import get_object_or_404

from cases.codes import Origin
from cases.models import Allegation, Assessment, Authorisation, AuthorisationQuestion, Case, OnCall
from cases.queries import log_shown
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.written import written
from referrals.models import Standing
from referrals.models.standing import StandingQuerySet
from referrals.queries.breaches import seen_breaches
from referrals.queries.prosecutors import with_prosecutors
from referrals.queries.speaking import spoken_to_answer
from referrals.queries.varying import changes_to_decide

#: How long after the decision somebody is taken to wait there still, our own defaults: nobody is kept at the roadside
#: for a morning, and a day in custody without charge is the most (Police and Criminal Evidence Act 1984 section 41).
WAITS_THERE: Mapping[str, timedelta] = {Origin.STREET: timedelta(hours=2), Origin.CUSTODY: timedelta(hours=24)}

#: What is decided is asked of a rank with it, or later; a clock that was put back meanwhile keeps nobody waiting.
JUST_BEFORE = timedelta(hours=1)
NEVER = datetime.max.replace(tzinfo=UTC)


def waiting_for_authorisation(*, by: User) -> StandingQuerySet:
    """Cases of ``by``'s force that wait for a decision by rank; never what ``by`` decided or is the officer of, nor
    what is with a prosecutor (`referrals.queries.prosecutors`).
    """
    if not by.can(Permission.AUTHORISE):
        return Standing.objects.none()
    waiting = Standing.objects.filter(force=by.organisation_id, queued_at__isnull=False)
    return waiting.exclude(Q(officer=by.pk) | Q(decided_by=by.pk, decided_by__isnull=False))


def first_waiting(most: int, *, by: User) -> list[int]:
    """The ids of the first ``most`` of these cases: those of people who wait in custody or at the roadside, who has
    waited longest first; then by the nearest statutory limit, then by how long they wait.
    """
    rows = _first_waiting(by=by, most=most) if by.can(Permission.AUTHORISE) else []
    in_order = sorted(rows, key=lambda one: (one[1] or NEVER, one[2] or date.max, one[3], one[0]))
    return list(dict.fromkeys(pk for pk, *_ in in_order))[:most]


@written()
def _first_waiting(*, by: User, most: int) -> QuerySet[Any, Any]:
    """The first of those who wait there (``since``), who are sought among what came lately, and the first of all."""
    rows, lately = waiting_for_authorisation(by=by), clock.now() - max(WAITS_THERE.values()) - JUST_BEFORE
    there = rows.filter(_are_there(), queued_at__gt=lately).annotate(since=F("case__decision__decided_at"))
    every = rows.annotate(since=Value(None, output_field=DateTimeField()))
    parts = [there.order_by("since"), every.order_by(F("limit_on").asc(nulls_last=True), "queued_at", "pk")]
    firsts = [part.values_list("pk", "since", "limit_on", "queued_at")[:most] for part in parts]
    return firsts[0].union(firsts[1], all=True)


def _are_there() -> Q:
    """Cases whose person waits beside the officer, by where they were dealt with and when. What was signed before, and
    is decided once more since a correction, keeps nobody."""
    now, found = clock.now(), Q()
    for origin, long in WAITS_THERE.items():
        found |= Q(case__origin=origin, case__decision__decided_at__gt=now - long)
    return found & Q(case__agreement=None)


def minutes_there(case: Case) -> int | None:
    """How long the person of a case that waits has waited beside the officer; None where they do not, or went since."""
    long, waited = WAITS_THERE.get(case.origin), clock.now() - case.decision.decided_at
    if long is None or waited >= long or getattr(case, "agreement", None) is not None:
        return None
    return max(int(waited.total_seconds() // 60), 0)


def waiting_count(*, by: User) -> int:
    """How many wait."""
    return next((n for (n,) in _counted(by=by)), 0)


@written()
def _counted(*, by: User) -> QuerySet[Any, Any]:
    rows = waiting_for_authorisation(by=by).order_by()
    return rows.values("force").annotate(n=Count("pk")).values_list("n")


def rows_of(cases: list[int]) -> list[Any]:
    """The authorisations of these cases in this order, with what a line of them shows.

    Each has ``offences``, the titles of its offences, and ``has_questions``.
    """
    found = {one.case_id: one for one in _rows(cases=cases)} if cases else {}
    return [found[pk] for pk in cases if pk in found]


@written(cases=[int])
def _rows(*, cases: list[int]) -> QuerySet[Any]:
    titles = Allegation.objects.filter(case=OuterRef("case")).order_by("pk").values("offence__title")
    asked = AuthorisationQuestion.objects.filter(authorisation=OuterRef("pk"))
    rows = Authorisation.objects.filter(case__any=cases).annotate(
        offences=ArraySubquery(titles), has_questions=Exists(asked)
    )
    return rows.select_related("case__person", "case__officer", "case__standing", "case__decision", "case__agreement")


def whole_rows_of(cases: list[int]) -> list[Any]:
    """The same with what a row of the queue shows: what was assessed of each case, and what was ``asked`` of it."""
    rows = rows_of(cases)
    assessed, asked = defaultdict[int, list[Any]](list), defaultdict[int, list[Any]](list)
    for assessment in _assessments(cases=cases) if cases else ():
        assessed[assessment.case_id].append(assessment)
    if with_questions := [one.pk for one in rows if one.has_questions]:
        questions = AuthorisationQuestion.objects.filter(authorisation__in=with_questions)
        for question in questions.select_related("asked_by"):
            asked[question.authorisation_id].append(question)
    for one in rows:
        one.assessed, one.asked = assessed[one.case_id], asked[one.pk]
    return rows


@written(cases=[int])
def _assessments(*, cases: list[int]) -> QuerySet[Assessment]:
    return Assessment.objects.filter(case__any=cases)


def beside_queue(*, by: User) -> set[str]:
    """What there is beside the queue, of the kinds below; mostly none: then nothing more is asked."""
    return {kind for (kind,) in _beside(by=by)}


#: Changes of what was agreed, authority by radio to confirm, what is with a prosecutor, breaches, somebody on call.
CHANGES, SPOKEN, PUT, BREACHES, ON_CALL = "changes", "spoken", "put", "breaches", "on call"


@written()
def _beside(*, by: User) -> QuerySet[Any, Any]:
    kinds: dict[str, QuerySet[Any]] = {
        CHANGES: changes_to_decide(by=by),
        SPOKEN: spoken_to_answer(by=by),
        PUT: with_prosecutors(by=by),
        BREACHES: seen_breaches(by=by),
        ON_CALL: OnCall.objects.now().filter(force=by.organisation_id),
    }
    firsts = [rows.order_by().values_list(Value(kind))[:1] for kind, rows in kinds.items()]
    return firsts[0].union(*firsts[1:], all=True)


def authorisation_of(*, reference: str, by: User) -> Authorisation:
    """The authorisation of a case of ``by``'s force, with what its one page shows; 404 where there is none.

    What of it ``by`` may read is `may_read`'s to say.
    """
    rows = Authorisation.objects.filter(case__force=by.organisation).select_related(
        "case__person", "case__officer", "case__team", "case__decision", "case__force", "decided_by"
    )
    rows = rows.prefetch_related(
        "case__allegations__offence", "case__allegations__crime", "case__allegations__victim", "case__assessments"
    )
    return get_object_or_404(rows, case__reference=reference)


def was_withdrawn(*, reference: str, by: User) -> bool:
    """Whether a decision of a case that ``by`` may see was withdrawn, and nothing waits or was authorised since."""
    rows = Case.objects.visible_to(by).filter(reference=reference, authorisation=None)
    return rows.filter(withdrawals__isnull=False).exists()


def may_read(authorisation: Authorisation, *, by: User) -> bool:
    """Whether ``by`` reads the case that is to be authorised, and the reading is logged.

    What waits is anybody's of the force who authorises. Once it is decided, or was spoken and the named officer has
    time to confirm it, it is read by whoever has to answer or has decided, and by those who see the case anyway.
    """
    case = authorisation.case
    may = (
        authorisation.state == Authorisation.State.WAITING
        or authorisation.decided_by_id == by.pk
        or spoken_to_answer(by=by).filter(authorisation=authorisation).exists()
        or Case.objects.visible_to(by).filter(pk=case.pk).exists()
    )
    if may:
        log_shown("authorisation.opened", [case, case.person], by=by)
    return may
