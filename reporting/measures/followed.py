"""The people behind a count of proven reoffending: how long they were followed, by whose records, and until when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import median
from typing import Any

from django.db import connection

from reporting.codes import LIVE
from reporting.facts.months import STAGES
from reporting.measures import counting, declared
from reporting.measures.declared import FOLLOWED_MONTHS, WAIT_MONTHS
from reporting.measures.dimensions import Dimension
from reporting.statistics.survival import SurvivalStep, kaplan_meier, log_rank, median_time, survival_at

YEARS_IN_DAYS = (365, 730)
#: The last day of which an offence would have had six months to be proven.
_UNTIL = f"(LEAST(u.followed_to, %(as_of)s) - interval '{WAIT_MONTHS} months')::date"
_ENDS = f"LEAST({_UNTIL}, {declared.after(max(FOLLOWED_MONTHS))})"
_AGAIN = f"(u.reoffence_on <= {_ENDS} AND u.proven_on <= LEAST(u.followed_to, %(as_of)s))"
_FROM = f"""FROM reporting_fact f {STAGES} {counting.FOLLOW_UPS}
    WHERE f.force_id = %(force)s AND f.source = %(source)s AND f.happened_on BETWEEN %(start)s AND %(end)s
    AND {declared.FOLLOWED}"""


@dataclass(frozen=True)
class Followed:
    """Whose decisions, of which days, and the day at which follow-up ends."""

    force_id: int
    start: date
    end: date
    as_of: date


@dataclass(frozen=True)
class Times:
    """Days from the decision to the first proven reoffence (1), or to the end of follow-up without one (0)."""

    days: list[int]
    again: list[int]


def follow_up_of(arm: Dimension, groups: Sequence[str], months: int, period: Followed) -> dict[str, Any]:
    """Of those followed for long enough: from which extracts, how many days, and whose records were searched."""
    columns = f"{arm.column}, LEAST(u.followed_to, %(as_of)s) - f.happened_on, u.followed_to, u.scope"
    rows = [row for row in _rows(columns, declared.followed(months), period) if row[0] in groups]
    complete = sorted({row[2] for row in rows})
    searched = Counter(str(row[3]) for row in rows)
    return {
        "days_followed": {group: _median([row[1] for row in rows if row[0] == group]) for group in groups},
        "complete_to": [complete[0].isoformat(), complete[-1].isoformat()] if complete else None,
        "records_searched": {scope: searched[scope] for scope in ("national", "force", "unknown")},
    }


def _median(days: Sequence[int]) -> float | None:
    return median(days) if days else None


def time_to_first(arm: Dimension, groups: Sequence[str], period: Followed) -> dict[str, Any]:
    """Kaplan-Meier of each group and the log-rank test of the two; docs/measures.md, section 16, says who is followed
    until when."""
    columns = f"{arm.column}, CASE WHEN {_AGAIN} THEN u.reoffence_on ELSE {_ENDS} END - f.happened_on, {_AGAIN}"
    rows = _rows(columns, f"{_ENDS} > f.happened_on", period)
    times = {
        group: Times(
            [row[1] for row in rows if row[0] == group], [int(bool(row[2])) for row in rows if row[0] == group]
        )
        for group in groups
    }
    return {group: _curve(of) for group, of in times.items()} | {"log_rank": _log_rank(list(times.values()))}


def _rows(columns: str, condition: str, period: Followed) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        sql = f"SELECT {columns} {_FROM} AND {condition} ORDER BY f.id"
        cursor.execute(sql, asdict(period) | {"force": period.force_id, "source": LIVE})
        return list(cursor.fetchall())


def _curve(of: Times) -> dict[str, Any]:
    steps = kaplan_meier(of.days, of.again)
    return {
        "people": len(of.days),
        "events": sum(of.again),
        "median_days": median_time(steps),
        "without_reoffence": {str(day): _at(steps, of, day) for day in YEARS_IN_DAYS},
        "steps": [
            {name: getattr(step, name) for name in ("time", "at_risk", "events", "survival", "low", "high")}
            for step in steps
        ],
    }


def _at(steps: Sequence[SurvivalStep], of: Times, day: int) -> float | None:
    """The share without a reoffence by that day; None where nobody was followed so far."""
    return survival_at(steps, day) if any(days >= day for days in of.days) else None


def _log_rank(times: Sequence[Times]) -> dict[str, float | None]:
    first, second = times
    chi2, p = log_rank((first.days, first.again), (second.days, second.again)) or (None, None)
    return {"chi2": chi2, "p": p}
