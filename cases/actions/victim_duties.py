"""What a victim is owed by a day follows from the case: made as it is recorded, decided and closed."""

from collections.abc import Iterator
from datetime import date, timedelta

from cases import rulebook
from cases.codes import DecisionResult, VictimStance
from cases.law.notices import victim_notice_due
from cases.law.settings import LawSettings
from cases.law.workdays import BankHolidaysUnknown, weekday_after, working_days_after
from cases.models import Allegation, Authorisation, Case, VictimDuty
from cases.models.victim import DutyKind
from diversion import clock

#: What was decided longer ago than this before anything was kept of its victims is not asked for now (our own bound).
LONG_AGO = timedelta(days=60)


def follow_victims(case_id: int) -> None:
    """Make, move and end what the victims of a case are owed, as the case stands now. The caller changed the case."""
    rows = Allegation.objects.filter(case=case_id, victim__isnull=False)
    rows = rows.select_related("case__force", "case__decision", "case__authorisation", "offence", "victim_record")
    settings: LawSettings | None = None
    for allegation in rows:
        settings = settings or rulebook.settings_of(allegation.case.force, clock.today())
        _follow(allegation, dict(_owed(allegation, settings)))


def is_enhanced(allegation: Allegation) -> bool:
    """Whether the victim has enhanced rights: as was said of them, else as for domestic abuse and hate crime."""
    record = getattr(allegation, "victim_record", None)
    return record.is_enhanced if record else allegation.is_domestic_abuse or allegation.counts_as_hate


def _follow(allegation: Allegation, owed: dict[DutyKind, date]) -> None:
    made = {one.kind: one for one in allegation.victim_duties.order_by("pk")}
    for kind, due_on in owed.items():
        if kind not in made:
            VictimDuty.objects.create(allegation=allegation, kind=kind, due_on=due_on)
        elif made[kind].done_at is None and made[kind].due_on != due_on:
            VictimDuty.objects.filter(pk=made[kind].pk).update(due_on=due_on)
    told = made.get(DutyKind.END)
    if told and told.done_at is None and DutyKind.END not in owed and allegation.case.closed_at is None:
        VictimDuty.objects.filter(pk=told.pk).delete()  # the closing was undone; the history keeps it
    asked = made.get(DutyKind.ASK)
    if asked and asked.done_at is None and DutyKind.ASK not in owed:
        VictimDuty.objects.filter(pk=asked.pk).update(done_at=clock.now())


def _owed(allegation: Allegation, settings: LawSettings) -> Iterator[tuple[DutyKind, date]]:
    case = allegation.case
    if allegation.victim_stance == VictimStance.NOT_ASKED and case.closed_at is None:
        yield DutyKind.ASK, working_days_after(clock.local_date(case.recorded_at), settings.victim_ask_days)
    decided = _decided_on(case)
    if decided is None or clock.today() - decided > LONG_AGO:
        return
    enhanced = is_enhanced(allegation)
    yield DutyKind.DECISION, _notice(decided, enhanced, settings)
    ended = clock.local_date(case.closed_at) if case.closed_at else None
    if ended and ended > decided and case.decision.result == DecisionResult.OFFERED_ACCEPTED:
        yield DutyKind.END, _notice(ended, enhanced, settings)


def _decided_on(case: Case) -> date | None:
    """The day on which it was decided, by whoever had to; None before."""
    authorisation = getattr(case, "authorisation", None)
    if case.decision.result == DecisionResult.UNDECIDED:
        return None
    if authorisation is None:
        return clock.local_date(case.decision.decided_at)
    waits = authorisation.state == Authorisation.State.WAITING or authorisation.decided_at is None
    return None if waits else clock.local_date(authorisation.decided_at)


def _notice(day: date, enhanced: bool, settings: LawSettings) -> date:
    """As the Victims' Code has it; in weekdays where the bank holidays of the year are not listed."""
    try:
        return victim_notice_due(day, enhanced=enhanced, settings=settings).on
    except BankHolidaysUnknown:
        days = settings.victim_notice_days_enhanced if enhanced else settings.victim_notice_days
        return weekday_after(day, days)
