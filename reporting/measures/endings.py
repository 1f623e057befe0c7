"""What became of everybody referred, week by week since the referral: each end's share of them all.

Operational only. A curve tells on which day the last few ended, which no threshold hides: none stands in a release.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from reporting.codes import AT_RISK, LIVE
from reporting.measures import counting
from reporting.measures.declared import OPEN, SENT
from reporting.measures.spread import FEWEST
from reporting.statistics.incidence import Reached, aalen_johansen

COMPLETED, OTHERWISE, BY_OTHERS = "completed", "ended_otherwise", "withdrawn_by_others"
ENDS = (COMPLETED, OTHERWISE, BY_OTHERS)
STILL_OPEN, UNDATED = "open", "undated"
DAYS, MOST_WEEKS = 7, 52
_END = f"""CASE WHEN {OPEN} THEN '{STILL_OPEN}' WHEN s.ended_on IS NULL THEN '{UNDATED}'
    WHEN f.result = 'completed' THEN '{COMPLETED}' WHEN s.ending IN ('declined', 'withdrawn') THEN '{BY_OTHERS}'
    ELSE '{OTHERWISE}' END"""
_UNTIL = f"GREATEST(0, CASE WHEN {OPEN} THEN %(as_of)s ELSE COALESCE(s.ended_on, %(as_of)s) END - f.referred_on)"
_WEEKS = f"(%(as_of)s - f.referred_on) / {DAYS}"
_UNDATED = f"NOT {OPEN} AND s.ended_on IS NULL"
#: Of whom a curve tells, and of whom it cannot.
FOLLOWED, LEFT_OUT = f"{SENT} AND NOT ({_UNDATED})", f"{SENT} AND {_UNDATED}"


@dataclass
class _Seen:
    """People by end and by the days until it, or until today; ``could``: by for how many whole weeks they could be
    followed, whatever became of them."""

    until: dict[str, Counter[int]] = field(default_factory=lambda: {end: Counter() for end in (*ENDS, STILL_OPEN)})
    could: Counter[int] = field(default_factory=Counter)
    undated: int = 0

    @property
    def people(self) -> int:
        return sum(times.total() for times in self.until.values())

    def open_after(self, day: int) -> int:
        """How many were seen for longer than that without an end."""
        return sum(number for times in self.until.values() for at, number in times.items() if at > day)

    def weeks(self) -> list[int]:
        """Those that are told: as far as enough people could be followed, and while anybody of them was open."""
        found = []
        for week in range(1, MOST_WEEKS + 1):
            could = sum(number for weeks, number in self.could.items() if weeks >= week)
            if could < FEWEST or (week > 1 and not self.open_after((week - 1) * DAYS)):
                break
            found.append(week)
        return found


def open_as_began(week: str) -> str | None:
    """Whom ``at_risk`` of a week, "1" to "52", counts, as a condition of facts; None where there is no such week."""
    if week not in map(str, range(1, MOST_WEEKS + 1)):
        return None
    return FOLLOWED if week == "1" else f"{FOLLOWED} AND {_UNTIL} > {(int(week) - 1) * DAYS}"


def endings(force_id: int, start: date, end: date, as_of: date) -> dict[str, Any]:
    """``people`` referred by decisions of those days to schemes of which police hear, ``open`` of them, and in
    ``weeks`` by the end of each since the referral: the share that came to each end of ``ENDS``, with its interval.

    ``at_risk`` of a week: whoever was still open as it began. ``undated``: people whose referral ended on a day that
    nobody knows; they are in no week. No week is told of fewer than 10 people.
    """
    seen = _seen(force_id, start, end, as_of)
    weeks = seen.weeks() if seen.people >= FEWEST else []
    ended = {name: seen.until[name] for name in ENDS}
    found = aalen_johansen(ended, seen.until[STILL_OPEN], [week * DAYS for week in weeks])
    return {
        "people": seen.people,
        "open": seen.until[STILL_OPEN].total(),
        "undated": seen.undated,
        "as_of": as_of.isoformat(),
        "weeks": [
            {
                "week": week,
                AT_RISK: seen.open_after((week - 1) * DAYS) if place else seen.people,
                **{name: _told(found[name][place]) for name in ENDS},
            }
            for place, week in enumerate(weeks)
        ],
    }


def _told(reached: Reached) -> dict[str, Any]:
    interval = list(reached.interval) if reached.interval else None
    return {"rate": reached.share if interval else None, "interval": interval, "numerator": reached.events}


def _seen(force_id: int, start: date, end: date, as_of: date) -> _Seen:
    tables, values = counting.of_facts(LIVE, {})
    people = f"SELECT {_END} AS ended, {_UNTIL} AS days, {_WEEKS} AS weeks {tables} AND {SENT}"
    sets = "GROUPING SETS ((ended, days), (ended, weeks))"
    sql = f"SELECT ended, days, weeks, count(*) FROM ({people}) AS one GROUP BY {sets}"  # noqa: S608 (names of ours)
    days: dict[str, Any] = {"force": force_id, "source": LIVE, "start": start, "end": end, "as_of": as_of}
    with connection.cursor() as cursor:
        cursor.execute(sql, values | days)
        rows = cursor.fetchall()
    seen = _Seen(undated=sum(number for ended, day, _weeks, number in rows if ended == UNDATED and day is not None))
    for ended, day, weeks, number in rows:
        if ended == UNDATED:
            continue
        if weeks is None:
            seen.until[ended][day] += number
        else:
            seen.could[weeks] += number
    return seen
