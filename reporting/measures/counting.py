"""One pass over the facts of a force and period: every measure in every combination of the groups asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from reporting.codes import LIVE
from reporting.measures.declared import Measure, NoMeasure
from reporting.measures.dimensions import Dimension

Place = tuple[str, ...]
STAGES = " JOIN reporting_stagefact s ON s.fact_id = f.id "
#: What counts of a decision's follow-up: the extract that followed it furthest, of two to the same day the last.
LAST_FOLLOW_UP = """SELECT DISTINCT ON (case_id) case_id, followed_from, followed_to, reoffence_on, proven_on, scope
    FROM reporting_followup WHERE force_id = %(force)s ORDER BY case_id, followed_to DESC, id DESC"""
#: A decision that was corrected afterwards may lie before the follow-up, or after the reoffence: then it tells nothing.
FOLLOW_UPS = f""" LEFT JOIN ({LAST_FOLLOW_UP}) u ON u.case_id = f.case_id AND u.followed_from <= f.happened_on
    AND (u.reoffence_on IS NULL OR u.reoffence_on > f.happened_on) """


@dataclass(frozen=True, slots=True)
class Count:
    """``events`` of ``people``; ``pending`` of whom it cannot be told yet; ``days`` of a measure of time.

    ``not_found``: of whom an extract ought to tell and does not.
    """

    events: int = 0
    people: int = 0
    pending: int = 0
    days: tuple[int, ...] = ()
    not_found: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.events + other.events,
            self.people + other.people,
            self.pending + other.pending,
            self.days + other.days,
            self.not_found + other.not_found,
        )


NOBODY = Count()


@dataclass
class Counted:
    """``cells[place][measure]``: the counts at each combination of groups; ``facts`` is how many there were."""

    dimensions: tuple[str, ...]
    cells: dict[Place, dict[str, Count]] = field(default_factory=dict)
    facts: int = 0
    _added: dict[tuple[str, ...], dict[Place, dict[str, Count]]] = field(default_factory=dict, repr=False)

    def over(self, kept: Sequence[str]) -> dict[Place, dict[str, Count]]:
        """The counts by some of the dimensions, added over the others."""
        if (asked := tuple(kept)) not in self._added:
            self._added[asked] = self._add_over(asked)
        return self._added[asked]

    def _add_over(self, kept: tuple[str, ...]) -> dict[Place, dict[str, Count]]:
        places = [self.dimensions.index(name) for name in kept]
        found: dict[Place, dict[str, Count]] = {}
        for place, counts in self.cells.items():
            into = found.setdefault(tuple(place[index] for index in places), {})
            for name, count in counts.items():
                into[name] = into.get(name, NOBODY) + count
        return found


def count(
    *,
    force_id: int,
    source: str,
    start: date,
    end: date,
    measures: Sequence[Measure],
    by: Sequence[Dimension],
    where: Mapping[Dimension, Iterable[str]] | None = None,
    as_of: date,
) -> Counted:
    """Count from ``start`` to ``end``, both included. ``where`` keeps those in one of the groups of each dimension."""
    sql, values = _query(source, measures, by, where or {})
    values |= {"force": force_id, "source": source, "start": start, "end": end, "as_of": as_of}
    found = Counted(tuple(dimension.name for dimension in by))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for row in cursor:
            place, (facts, *numbers) = tuple(map(str, row[: len(by)])), row[len(by) :]
            found.facts += facts
            found.cells[place] = {
                measure.name: _count_of(*numbers[5 * at : 5 * at + 5]) for at, measure in enumerate(measures)
            }
    return found


def _count_of(events: int, people: int, pending: int, not_found: int, days: list[int] | None) -> Count:
    return Count(events, people, pending, tuple(days or ()), not_found)


def _query(
    source: str, measures: Sequence[Measure], by: Sequence[Dimension], where: Mapping[Dimension, Iterable[str]]
) -> tuple[str, dict[str, Any]]:
    """Conditions and columns are the declared ones; whatever a person gave is a parameter."""
    if not measures:
        raise NoMeasure("Choose at least one measure.")
    columns = [dimension.column for dimension in by] + ["count(*)"]
    for measure in measures:
        events = f"({measure.people}) AND ({measure.events})"
        tests = (events, measure.people, measure.pending, measure.not_found)
        columns += [f"count(*) FILTER (WHERE {test})" for test in tests]
        columns.append(f"array_agg({measure.days}) FILTER (WHERE {events})" if measure.days else "NULL")
    chosen, values = of_facts(source, where, followed=any(measure.followed for measure in measures))
    grouped = f"GROUP BY {', '.join(str(place + 1) for place in range(len(by)))}" if by else ""
    return f"SELECT {', '.join(columns)} {chosen} {grouped}", values


def of_facts(source: str, where: Mapping[Dimension, Iterable[str]], *, followed: bool) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the facts of a force, source and period (parameters of these names) in the groups of each
    dimension, and the values of the latter."""
    values: dict[str, Any] = {}
    filters = ["f.force_id = %(force)s", "f.source = %(source)s", "f.happened_on BETWEEN %(start)s AND %(end)s"]
    for number, (dimension, groups) in enumerate(where.items()):
        filters.append(f"({dimension.column}) = ANY(%(where_{number})s)")
        values[f"where_{number}"] = list(groups)
    joined = (STAGES if source == LIVE else "") + (FOLLOW_UPS if followed else "")
    return f"FROM reporting_fact f {joined} WHERE {' AND '.join(filters)}", values
