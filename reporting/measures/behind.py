"""The cases behind a figure, for whoever may open each of them: their ids, never a count."""

from django.db import connection

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import AT_RISK, LIVE, NOT_TOLD
from reporting.measures import counting, figures
from reporting.measures.declared import BY_NAME, ENDED, FUNNEL, OPEN, REFERRED, SENT, Measure
from reporting.measures.endings import FOLLOWED, LEFT_OUT, open_as_began
from reporting.measures.overview import MEASURES, MISSING, TEAM, Question
from reporting.measures.reasons import DECLINED, NOT_OFFERED
from reporting.measures.teams import OFFICER

#: The measures that the pages of figures show: not who reoffended, which they tell of nobody.
FIGURES = {*MEASURES, *FUNNEL, "withdrawn_by_others", "still_open"}
#: What no measure tells by itself: how the referrals of which a curve or a team tells have ended.
ENDINGS = {
    "ended:by_others": f"{SENT} AND NOT {OPEN} AND NOT {ENDED}",
    "ended:not_told": f"{REFERRED} AND s.ending = '{NOT_TOLD}'",
    "ended:undated": LEFT_OUT,
    "ended:dated": FOLLOWED,
}


def _events(measure: Measure) -> str:
    return f"({measure.people}) AND ({measure.events})"


#: Of each measure: with the event, without it, both, and those of whom it cannot be told yet.
_PARTS = {
    "with": _events,
    "without": lambda measure: f"({measure.people}) AND NOT ({measure.events})",
    "of": lambda measure: f"({measure.people})",
    "pending": lambda measure: f"({measure.pending})",
}
_MISSING = {f"no_{measure.name}": _events(measure) for measure in MISSING}


def case_ids(
    force: Organisation, asked: Question, *, figure: str, team: str = "", reason: str = "", officer: str = ""
) -> list[int] | None:
    """The cases of which ``figure`` tells, the newest first: "offered:with", "started:pending", "no_ethnicity",
    "ended:by_others", "at_risk:3" (still open as the third week since the referral began).

    None where there is no such figure. ``team`` and ``officer`` (by key): of these alone; ``reason``: of people not
    offered a resolution, or who declined, for that reason only. Cases that have been weeded are in none.
    """
    condition = _condition(figure)
    if condition is None:
        return None
    why = DECLINED if figure.startswith("declined:") else NOT_OFFERED
    where = figures.kept(asked.where, live=True)
    where |= {dimension: [group] for dimension, group in ((TEAM, team), (OFFICER, officer), (why, reason)) if group}
    chosen, values = counting.of_facts(LIVE, where)
    values |= {"force": force.pk, "source": LIVE, "start": asked.start, "end": asked.end, "as_of": clock.today()}
    only = f"f.case_id IS NOT NULL AND {condition} ORDER BY f.happened_on DESC, f.case_id DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT f.case_id {chosen} AND {only}", values)
        return [case for (case,) in cursor]


def _condition(figure: str) -> str | None:
    if figure in _MISSING or figure in ENDINGS:
        return (_MISSING | ENDINGS)[figure]
    name, _, part = figure.partition(":")
    if name == AT_RISK:
        return open_as_began(part)
    return _PARTS[part](BY_NAME[name]) if name in FIGURES and part in _PARTS else None
