"""What may have gone wrong among the records themselves, each with its mend: `manage.py doctor --deep`.

It only reads, in one snapshot, and each question ends after `SECONDS`. What would take longer in a large database is
asked of the newest cases and of some others, other ones each time.
"""

import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, Field, Model, OuterRef, QuerySet

from cases.models import Allegation, Assessment, Case
from diversion import clock
from diversion.audit import subject_key
from diversion.audit.models import Event
from diversion.management.doctor import Finding
from diversion.notifications.models import Message
from referrals.models import Agreement, Condition, Escalation, NextDue, Referral, Standing
from referrals.queries import next_due, standing
from referrals.queries.escalations import cases_near_a_limit, due_now, next_limit
from reporting.actions.reports import stuck, without_files
from reporting.facts.live import forgotten

SECONDS = 20
NEWEST, OTHERS = 1000, 500
SHOWN = 6
#: The log is read so far back, and what is to follow a change by the beat is given so long.
LOG_OF, BEAT = timedelta(days=7), timedelta(minutes=30)
#: A report is handed on within a minute of its lease.
HANDED_ON = timedelta(minutes=2)
RECORDED = ("case.recorded", "case.brought")

RESTORE = "restore the last backup beside it, and record what is missing from there"
REBUILD = "make the unique index on its submission anew, as the owner, once nothing is there twice"
HALF = "tell whoever develops the service, with the lines of its log of that time; correct the record by hand"
RESTATE = "each is mended by its next change, and at once by referrals.actions.standing.restate in manage.py shell"
AT_WORK = "start worker and beat; the worker's log says what stops it"


def examine_deeply(answered: Iterable[uuid.UUID] = ()) -> Iterator[Finding]:
    """Every finding about the records. ``answered``: submissions that somebody was told are saved."""
    with _one_snapshot():
        for what, look, mend in questions(answered):
            yield Finding(what, _within_time(look), mend)


def questions(answered: Iterable[uuid.UUID]) -> list[tuple[str, Callable[[], Iterable[str]], str]]:
    """What is asked, what answers it with the faults, and the mend."""
    cases = _some_cases()
    return [
        ("Submissions that were answered are on record", lambda: _without_record(answered), RESTORE),
        ("Cases that the log tells of are on record", _gone, RESTORE),
        ("No submission is on record twice", _doubled, "keep one, and close the other as recorded in error"),
        ("Nothing is there twice by rule", _unguarded, REBUILD),
        ("Nothing is half written", _half_written, HALF),
        ("Every case has its entry in the log and its history", lambda: _untold(cases), HALF),
        ("Lists say of cases what their records say", lambda: _out_of_step(cases), RESTATE),
        ("Every case has reached the figures", _not_in_figures, AT_WORK),
        ("No report is stuck", lambda: map(str, stuck(HANDED_ON)), AT_WORK),
        ("Time limits are warned of", _not_warned, AT_WORK),
        ("Nobody is warned twice", _warned_twice, HALF),
    ]


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """The block sees the records as they were at one moment, and cannot write."""
    begun = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not begun:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL transaction_read_only = on")
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(SECONDS * 1000))])
        yield
        transaction.set_rollback(True)


def _within_time(look: Callable[[], Iterable[str]]) -> list[str]:
    try:
        with transaction.atomic():
            return list(look())
    except DatabaseError as error:
        return [f"could not be looked at ({str(error).strip().partition(chr(10))[0]})"]


def _some_cases() -> list[int]:
    """The newest cases and some others."""
    newest = list(Case.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST])
    oldest = Case.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None:
        return []
    span = range(oldest, newest[0] + 1)
    others = random.sample(span, min(OTHERS, len(span)))
    return sorted({*newest, *Case.objects.filter(pk__in=others).values_list("pk", flat=True)})


def submitted() -> list[type[Model]]:
    """The models whose rows bear the number of the submission that made them, once each."""
    return [model for model in apps.get_models() if any(_is_submission(one) for one in model._meta.fields)]


def _is_submission(field: "Field[Any, Any]") -> bool:
    return field.name == "submission" and field.unique


def _without_record(answered: Iterable[uuid.UUID]) -> Iterator[str]:
    left = set(answered)
    for model in submitted():
        left -= set(model._default_manager.filter(submission__in=left).values_list("submission", flat=True))
    yield from map(str, sorted(left))


def _gone() -> Iterator[str]:
    """Cases whose recording stands in the log, and that are there no more: no action removes a case."""
    label = Case._meta.label_lower
    told = Event.objects.filter(at__gte=clock.now() - LOG_OF, kind__in=RECORDED).values_list("subjects", flat=True)
    keys = {one for subjects in told for one in subjects if one.startswith(f"{label}:")}
    wanted = {int(key.partition(":")[2]) for key in keys}
    there = set(Case.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    yield from (f"{label}:{pk}" for pk in sorted(wanted - there))


def _doubled() -> Iterator[str]:
    for model in submitted():
        rows = model._default_manager.filter(submission__isnull=False).order_by().values("submission")
        for row in rows.annotate(times=Count("pk")).filter(times__gt=1)[:SHOWN]:
            yield f"{model._meta.label} {row['submission']}"


def _unguarded() -> Iterator[str]:
    """Submissions that the database would let be recorded twice: their unique index is missing or was not finished."""
    guarded = (
        "SELECT EXISTS (SELECT FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass AND i.indisunique AND i.indisvalid AND i.indnatts = 1 AND i.indpred IS NULL"
        " AND a.attname = 'submission')"
    )
    with connection.cursor() as cursor:
        for model in submitted():
            cursor.execute(guarded, [model._meta.db_table])
            if not cursor.fetchone()[0]:
                yield model._meta.label


def _half_written() -> Iterator[str]:
    def lacks(model: type[Model], name: str = "case") -> Any:
        return ~Exists(model._default_manager.filter(**{name: OuterRef("pk")}))

    halves: dict[str, QuerySet[Any]] = {
        "no decision": Case.objects.filter(decision__isnull=True),
        "no crime": Case.objects.filter(lacks(Allegation)),
        "no assessment": Case.objects.filter(lacks(Assessment), brought_as=""),
        "no standing": Case.objects.filter(lacks(Standing)),
        "no condition": Agreement.objects.filter(lacks(Condition, "agreement")),
        "accepted by nobody": Referral.objects.open().filter(decided_by__isnull=True, case__brought_as=""),
        "no next step": Referral.objects.open().filter(lacks(NextDue, "referral")),
        "a next step after its end": Referral.objects.not_open().filter(next_due__isnull=False),
        "ready without files": without_files(),
    }
    for what, rows in halves.items():
        yield from (f"{row} ({what})" for row in rows.order_by("-pk")[:SHOWN])


def _untold(cases: Sequence[int]) -> Iterator[str]:
    history = set(_history().filter(pgh_obj_id__in=cases).values_list("pgh_obj_id", flat=True))
    keys = {subject_key(Case(pk=pk)): pk for pk in cases}
    told = Event.objects.filter(kind__in=RECORDED, subjects__overlap=list(keys)).values_list("subjects", flat=True)
    logged = {keys[key] for subjects in told for key in subjects if key in keys}
    missing = set(cases) - (history & logged)
    yield from Case.objects.filter(pk__in=missing).order_by("-pk").values_list("reference", flat=True)[:SHOWN]


def _history() -> QuerySet[Any]:
    return apps.get_model("cases", "CaseEvent")._default_manager.all()


def _out_of_step(cases: Sequence[int]) -> Iterator[str]:
    """Cases of which a list says something else than is worked out of their records now."""
    kept: QuerySet[Any] = Standing.objects.filter(case__in=cases)
    worked_out: QuerySet[Any] = standing.worked_out(Case.objects.filter(pk__in=cases))
    yield from (f"case {pk}" for pk in _differing(kept.values_list(*standing.COLUMNS), worked_out))
    referrals = Referral.objects.filter(case__in=cases)
    due: QuerySet[Any] = NextDue.objects.filter(referral__in=referrals).values_list(*next_due.COLUMNS)
    yield from (f"referral {pk}" for pk in _differing(due, next_due.next_due(referrals)))


def _differing(kept: Iterable[tuple[Any, ...]], worked_out: Iterable[tuple[Any, ...]]) -> list[int]:
    one, other = ({row[0]: row for row in rows} for rows in (kept, worked_out))
    return sorted(pk for pk in one.keys() | other.keys() if one.get(pk) != other.get(pk))[:SHOWN]


def _not_in_figures() -> Iterator[str]:
    yield from forgotten().order_by("-pk").values_list("reference", flat=True)[:SHOWN]


def _not_warned() -> Iterator[str]:
    """Cases of which a warning is due that the beat should have raised by now."""
    now = clock.now()
    if now - datetime.combine(clock.today(), time(), tzinfo=clock.LONDON) < BEAT:
        return
    for case_id in cases_near_a_limit()[: NEWEST + OTHERS]:
        row = Standing.objects.select_related("case", "force").get(pk=case_id)
        if not (limit := next_limit(case_id)) or not (due := due_now(limit, row)):
            continue
        is_said = Escalation.objects.filter(case=case_id, limit_on=limit, days_before=due[-1]).exists()
        if not is_said and not _changed_since(row.case, now - BEAT):
            yield f"{row.case}: {due[-1]} days before {limit}"


def _changed_since(case: Case, moment: datetime) -> bool:
    return case.recorded_at > moment or Event.objects.about(subject_key(case)).filter(at__gt=moment).exists()


def _warned_twice() -> Iterator[str]:
    yield from _repeated(Escalation.objects.values("case__reference", "limit_on", "days_before"))
    yield from _repeated(Message.objects.values("kind", "about", "to"))


def _repeated(rows: QuerySet[Any, Any]) -> Iterator[str]:
    for row in rows.order_by().annotate(times=Count("pk")).filter(times__gt=1)[:SHOWN]:
        yield ", ".join(f"{name} {value}" for name, value in row.items())
