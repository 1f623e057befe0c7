"""What the figures know of victims: days and codes. No name, no number and nothing that anybody wrote."""

from collections.abc import Iterator, Sequence
from typing import Any

from cases.actions.victim_duties import decided_on, is_enhanced
from cases.codes import VictimStance
from cases.models import Allegation, Case, VictimDuty
from cases.models.victim import RESCINDED, DutyKind, Wish, victim_key
from diversion import clock
from reporting.models import VictimFact

PREFETCHED = ("allegations__victim", "allegations__victim_record", "allegations__victim_duties")


def victim_facts(case: Case, fact_id: int) -> Iterator[VictimFact]:
    """A row for each victim of a case: one against whom several crimes were committed is one, as on their page."""
    of_each: dict[object, list[Allegation]] = {}
    for allegation in sorted(case.allegations.all(), key=lambda one: one.pk):
        if allegation.victim_id is not None:
            of_each.setdefault(victim_key(allegation), []).append(allegation)
    for allegations in of_each.values():
        yield VictimFact(fact_id=fact_id, **_columns(case, allegations))


def _columns(case: Case, allegations: Sequence[Allegation]) -> dict[str, Any]:
    """``allegations`` are the crimes against one victim; the first holds what is kept of them."""
    kept = (one for one in allegations[0].victim_duties.all() if one.about != RESCINDED)  # the decision itself alone
    duties = sorted(kept, key=lambda one: one.pk)
    unwanted = _wants_none(allegations[0])
    return {
        "committed_on": min(one.committed_on for one in allegations),
        "recorded_on": clock.local_date(case.recorded_at),
        "decided_on": decided_on(case),
        "ended_on": clock.local_date(case.closed_at) if case.closed_at else None,
        "view": _view(allegations),
        "has_enhanced_rights": any(map(is_enhanced, allegations)),
        **_notice("decision", [one for one in duties if one.kind == DutyKind.DECISION], unwanted),
        **_notice("end", [one for one in duties if one.kind == DutyKind.END], unwanted),
    }


def _view(allegations: Sequence[Allegation]) -> str:
    """What they think; where their crimes differ, one that nobody asked about says that somebody has yet to ask."""
    said = {one.victim_stance or VictimStance.NOT_ASKED for one in allegations}
    return str(VictimStance.NOT_ASKED if VictimStance.NOT_ASKED in said else allegations[0].victim_stance)


def _wants_none(allegation: Allegation) -> bool:
    """Whether they have said that they want no updates, or no contact: also before anybody has noted so at a notice."""
    record = getattr(allegation, "victim_record", None)
    return record is not None and (record.updates == Wish.NO or record.wants_no_contact)


def _notice(name: str, duties: Sequence[VictimDuty], unwanted: bool) -> dict[str, Any]:
    """By when they are owed it and when they were told; of a decision that was changed, of the last one.

    Done without a channel is done because they want no updates (``cases.actions.victims.tell``). ``unwanted``: they say
    so now, and whoever was not told is not to be told.
    """
    if not duties:
        return {}
    last = duties[-1]
    told = last.done_at is not None and bool(last.channel)
    return {
        f"{name}_due_on": last.due_on,
        f"{name}_told_on": clock.local_date(last.done_at) if told and last.done_at else None,
        f"{name}_unwanted": not told and (unwanted or last.done_at is not None),
    }
