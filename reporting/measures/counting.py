"""One pass over the facts of a force and period: every measure in every combination of the groups asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from diversion import clock
from reporting.codes import LIVE
from reporting.facts.cuts import Cut, cut_for
from reporting.facts.months import STAGES, Part, Span, read
from reporting.measures.declared import Measure, NoMeasure
from reporting.measures.dimensions import Dimension

Place = tuple[str, ...]
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


Cells = dict[Place, dict[str, Count]]


@dataclass
class Counted:
    """``cells[place][measure]``: the counts at each combination of groups; ``facts`` is how many there were. Where only
    some tables were asked for (``over`` of ``count``) there are those and no cells."""

    dimensions: tuple[str, ...]
    cells: Cells = field(default_factory=dict)
    facts: int = 0
    tables_only: bool = False
    added: dict[tuple[str, ...], Cells] = field(default_factory=dict, repr=False)

    def over(self, kept: Sequence[str]) -> Cells:
        """The counts by some of the dimensions, added over the others."""
        if (asked := tuple(kept)) not in self.added:
            if self.tables_only:
                raise KeyError(f"No table by {', '.join(asked)} was asked for.")
            self.added[asked] = self._add_over(asked)
        return self.added[asked]

    def _add_over(self, kept: tuple[str, ...]) -> Cells:
        places = [self.dimensions.index(name) for name in kept]
        found: Cells = {}
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
    over: Sequence[Sequence[str]] = (),
) -> Counted:
    """Count from ``start`` to ``end``, both included. ``where`` keeps those in one of the groups of each dimension.

    ``over``: the tables that are needed, each by some of the dimensions. Every combination of many dimensions would be
    nearly as many rows as there are facts.
    """
    if not measures:
        raise NoMeasure("Choose at least one measure.")
    span = Span(force_id, source, start, end, staged=source == LIVE)
    names = tuple(dimension.name for dimension in by)
    tables = tuple(tuple(map(names.index, kept)) for kept in over)
    asked = _Asked(tuple(measures), tuple(by), tuple(where or ()), tables)
    found = Counted(names, tables_only=bool(over), added={tuple(kept): {} for kept in over})
    for row in read(span, asked.cut(source, as_of), asked.statement, _groups(where or {}) | {"as_of": as_of}):
        groups, (facts, *numbers) = row[: len(by)], row[len(by) :]
        counts = {measure.name: _count_of(*numbers[5 * at : 5 * at + 5]) for at, measure in enumerate(measures)}
        if not over:
            found.facts += facts or 0
            found.cells[tuple(map(str, groups))] = counts
        for table in asked.tables_of(groups):
            found.added[tuple(names[place] for place in table)][tuple(str(groups[place]) for place in table)] = counts
    return found


def _count_of(*row: Any) -> Count:
    """A sum over nobody is null."""
    events, people, pending, not_found = (number or 0 for number in row[:4])
    return Count(events, people, pending, tuple(row[4] or ()), not_found)


@dataclass(frozen=True)
class _Asked:
    """What is counted, as SQL. Conditions and columns are the declared ones; whatever a person gave is a parameter."""

    measures: tuple[Measure, ...]
    by: tuple[Dimension, ...]
    where: tuple[Dimension, ...]
    tables: tuple[tuple[int, ...], ...]

    def tables_of(self, groups: Sequence[object]) -> list[tuple[int, ...]]:
        """The tables asked for of which a row is: a dimension that is not in one is null, and no group ever is."""
        told = {place for place, group in enumerate(groups) if group is not None}
        return [table for table in self.tables if set(table) == told]

    def cut(self, source: str, as_of: date) -> Cut | None:
        """The cut through the counts of months from which all of it can be told: none of times, nor of an earlier day
        than those were counted for."""
        if any(measure.days or measure.followed for measure in self.measures):
            return None
        conditions = [test for measure in self.measures for test in _tests(measure)]
        if as_of < clock.today() and any("%(as_of)s" in test for test in conditions):
            return None
        return cut_for(source, [*conditions, *(each.column for each in (*self.by, *self.where))])

    def statement(self, parts: Sequence[Part]) -> str:
        """Groups, how many facts, and five columns for each measure: of one part, or added over several."""
        if len(parts) == 1:
            return self._of(parts[0])
        names = [f"n{place}" for place in range(1 + 5 * len(self.measures))]
        groups = [f"g{place}" for place in range(len(self.by))]
        added = ["NULL" if place and place % 5 == 0 else f"sum({name})::bigint" for place, name in enumerate(names)]
        every = " UNION ALL ".join(f"({self._of(part)})" for part in parts)
        grouped = f"GROUP BY {', '.join(groups)}" if groups else ""
        columns, named = ", ".join([*groups, *added]), ", ".join([*groups, *names])
        return f"SELECT {columns} FROM ({every}) AS part ({named}) {grouped}"  # noqa: S608 (declared ones)

    def _of(self, part: Part) -> str:
        columns = [f"g.g{place}" for place in range(len(self.by))] + [part.count]
        for measure in self.measures:
            columns += [f"{part.count} FILTER (WHERE {test})" for test in _tests(measure)]
            events = _tests(measure)[0]
            columns.append(f"array_agg({measure.days}) FILTER (WHERE {events})" if measure.days else "NULL")
        followed = any(measure.followed for measure in self.measures)
        groups = ", ".join(f"{dimension.column} AS g{place}" for place, dimension in enumerate(self.by))
        tables = f"{part.tables}{FOLLOW_UPS if followed else ''} CROSS JOIN LATERAL (SELECT {groups}) AS g"
        filters = " AND ".join([part.where, *_within(self.where)])
        return f"SELECT {', '.join(columns)} FROM {tables} WHERE {filters} {self._grouped()}"  # noqa: S608 (declared)

    def _grouped(self) -> str:
        """By every dimension, or along each of the tables asked for."""
        if not self.tables:
            return f"GROUP BY {', '.join(f'g.g{place}' for place in range(len(self.by)))}" if self.by else ""
        sets = {tuple(sorted(set(table))) for table in self.tables}
        listed = sorted(f"({', '.join(f'g.g{place}' for place in each)})" for each in sets)
        return f"GROUP BY GROUPING SETS ({', '.join(listed)})"


def _tests(measure: Measure) -> tuple[str, str, str, str]:
    return f"({measure.people}) AND ({measure.events})", measure.people, measure.pending, measure.not_found


def of_facts(source: str, where: Mapping[Dimension, Iterable[str]]) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the facts of a force, source and period (parameters of these names) in the groups of each
    dimension, and the values of the latter."""
    filters = ["f.force_id = %(force)s", "f.source = %(source)s", "f.happened_on BETWEEN %(start)s AND %(end)s"]
    filters += _within(where)
    joined = STAGES if source == LIVE else ""
    return f"FROM reporting_fact f {joined} WHERE {' AND '.join(filters)}", _groups(where)


def _within(where: Iterable[Dimension]) -> list[str]:
    """Conditions of the parameters that ``_groups`` gives."""
    return [f"({dimension.column}) = ANY(%(where_{number})s)" for number, dimension in enumerate(where)]


def _groups(where: Mapping[Dimension, Iterable[str]]) -> dict[str, Any]:
    return {f"where_{number}": list(groups) for number, groups in enumerate(where.values())}
