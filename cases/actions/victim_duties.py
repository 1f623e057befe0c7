"""What a victim is owed by a day follows from the case: made as it is recorded, decided and closed."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, prefetch_related_objects

from cases import rulebook
from cases.codes import DecisionResult, VictimStance
from cases.law.notices import victim_notice_due
from cases.law.settings import LawSettings
from cases.law.workdays import BankHolidaysUnknown, weekday_after, working_days_after
from cases.models import Allegation, Authorisation, Case, Rescission, VictimDuty
from cases.models.victim import RESCINDED, DutyKind, victim_key
from diversion import clock
from diversion.written import beside, written

READ = ("case__force", "case__decision", "case__authorisation", "offence", "victim", "victim_record")
#: What was decided or ended longer ago than this, with nothing kept of its victims, is not asked for now (our bound).
LONG_AGO = timedelta(days=60)


class Owed(NamedTuple):
    """Something a victim is owed, by a day; of a decision, which one."""

    kind: DutyKind
    due_on: date
    about: str = ""


def follow_victims(case_id: int) -> None:
    """Make, move and end what the victims of a case are owed, as the case stands now. The caller changed the case."""
    rows = _with_victims(case=case_id)
    for one in rows:
        if not one.is_asked_back:  # as nearly always: then nothing is asked for
            beside(one.case, "rescissions", [])
    prefetch_related_objects([one for one in rows if one.is_asked_back], "case__rescissions")
    of_each: dict[object, list[Any]] = {}
    for allegation in rows:
        of_each.setdefault(victim_key(allegation), []).append(allegation)
    if of_each:
        settings = rulebook.settings_of(rows[0].case.force, clock.today())
    for allegations in of_each.values():
        _follow(allegations[0], list(_owed(allegations, settings)))


@written(case=int)
def _with_victims(*, case: int) -> QuerySet[Any]:
    """Each with whether its decision was ever asked to be rescinded, and whether anything was owed of it before."""
    rows = Allegation.objects.filter(case=case, victim__isnull=False).select_related(*READ).order_by("pk")
    rescissions = Rescission.objects.filter(case=OuterRef("case"))
    duties = VictimDuty.objects.filter(allegation=OuterRef("pk"))
    return rows.annotate(is_asked_back=Exists(rescissions), has_duties=Exists(duties))


def is_enhanced(allegation: Allegation) -> bool:
    """Whether the victim has enhanced rights: as was said of them, else as for domestic abuse and hate crime."""
    record = getattr(allegation, "victim_record", None)
    return record.is_enhanced if record else allegation.is_domestic_abuse or allegation.counts_as_hate


def _follow(allegation: Any, owed: list[Owed]) -> None:
    rows = allegation.victim_duties.order_by("pk") if allegation.has_duties else ()
    last = {one.kind: one for one in rows}
    for one in owed:
        found = last.pop(one.kind, None)
        if found is None or (found.done_at is not None and found.about not in ("", one.about)):
            VictimDuty.objects.create(allegation=allegation, kind=one.kind, due_on=one.due_on, about=one.about)
        elif found.done_at is None and (found.due_on, found.about) != (one.due_on, one.about):
            VictimDuty.objects.filter(pk=found.pk).update(due_on=one.due_on, about=one.about)
    for kind, over in last.items():
        if kind == DutyKind.ASK and over.done_at is None:
            VictimDuty.objects.filter(pk=over.pk).update(done_at=clock.now())
        elif kind == DutyKind.DECISION and over.done_at is None and not _stands(allegation.case):
            over.delete()  # nobody was told of it, and it is not decided any more; the history keeps it
        elif kind == DutyKind.END and over.done_at is None and not _has_ended(allegation.case):
            over.delete()  # the closing was undone, or the decision withdrawn


def _stands(case: Case) -> bool:
    """Whether something is decided, and was not rescinded."""
    return decided_on(case) is not None and rescinded_on(case) is None


def _has_ended(case: Case) -> bool:
    return case.closed_at is not None and _stands(case)


def _owed(allegations: list[Allegation], settings: LawSettings) -> Iterator[Owed]:
    """What one victim is owed, of whom these are the crimes in a case."""
    case = allegations[0].case
    if case.closed_at is None and any(one.victim_stance == VictimStance.NOT_ASKED for one in allegations):
        asked = working_days_after(clock.local_date(case.recorded_at), settings.victim_ask_days)
        yield Owed(DutyKind.ASK, asked)
    decided, enhanced = decided_on(case), any(map(is_enhanced, allegations))
    if decided is None:
        return
    if (rescinded := rescinded_on(case)) is not None:
        if settings.victim_told_rescinded and clock.today() - rescinded <= LONG_AGO:
            yield Owed(DutyKind.DECISION, _notice(rescinded, enhanced, settings), RESCINDED)
        return
    if clock.today() - decided <= LONG_AGO:
        yield Owed(DutyKind.DECISION, _notice(decided, enhanced, settings), _about(case))
    ended = clock.local_date(case.closed_at) if case.closed_at else None
    if ended is None or clock.today() - ended > LONG_AGO:
        return
    if ended > decided and case.decision.result == DecisionResult.OFFERED_ACCEPTED:
        yield Owed(DutyKind.END, _notice(ended, enhanced, settings))


def _about(case: Case) -> str:
    """Which decision it is, in codes: another one is told anew, and the same confirmed again is not."""
    authorisation = getattr(case, "authorisation", None)
    parts = (case.decision.result, case.decision.disposal, authorisation.state if authorisation else "")
    return " ".join(filter(None, parts))


def decided_on(case: Case) -> date | None:
    """The day on which it was decided, by whoever had to; None before."""
    authorisation = getattr(case, "authorisation", None)
    if case.decision.result == DecisionResult.UNDECIDED:
        return None
    if authorisation is None:
        return clock.local_date(case.decision.decided_at)
    if authorisation.state == Authorisation.State.LAPSED:  # declined before it was confirmed, which ended the case
        return clock.local_date(case.closed_at or case.decision.decided_at)
    waits = authorisation.state == Authorisation.State.WAITING or authorisation.decided_at is None
    return None if waits else clock.local_date(authorisation.decided_at)


def rescinded_on(case: Case) -> date | None:
    """The day on which the decision was rescinded; None where it was not."""
    given = (one for one in case.rescissions.all() if one.state == Rescission.State.GIVEN)
    return next((clock.local_date(one.decided_at) for one in given if one.decided_at), None)


def _notice(day: date, enhanced: bool, settings: LawSettings) -> date:
    """As the Victims' Code has it; in weekdays where the bank holidays of the year are not listed."""
    try:
        return victim_notice_due(day, enhanced=enhanced, settings=settings).on
    except BankHolidaysUnknown:
        days = settings.victim_notice_days_enhanced if enhanced else settings.victim_notice_days
        return weekday_after(day, days)
