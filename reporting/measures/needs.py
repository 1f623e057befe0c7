"""The measures that count needs. What a need is to somebody is health, so they are told in one shape only.

Police read no need of anybody, under any scheme. Exact counts in every cut would give them back: of the one woman
referred in a week, or by the difference of two cuts. So: whole quarters that are over, at least FEWEST people reviewed
in each; all needs or by need, and by one of SPLITS, of which no two are forms of each other; no filter; and a group of
fewer than FEWEST people is not told, nor a need that everyone in a group has. Whether a need is lower at the end is
told of those reviewed at the end, whom a force can guess from who completed: they, and the others, are such groups too.
docs/measures.md, section 17.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection

from reporting.codes import LIVE
from reporting.measures import dimensions
from reporting.measures.confided import FEWEST, QUARTER, check_quarters
from reporting.measures.counting import Count, Counted, Place
from reporting.measures.declared import BY_NAME, Measure, NoMeasure, named
from reporting.measures.dimensions import NEED, Dimension

SPLITS = ("gender", "ethnicity", "age_band", "scheme", "quarter")
_FROM = """FROM reporting_needfact n JOIN reporting_fact f ON f.id = n.fact_id
    JOIN reporting_stagefact s ON s.fact_id = f.id
    WHERE f.force_id = %(force)s AND f.source = %(source)s AND f.happened_on BETWEEN %(start)s AND %(end)s"""


#: Quarter -> group -> how many people.
People = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Population:
    """People of whom a measure tells: how many in each group, and which of its counts are their needs."""

    people: People
    needs: Callable[[Count], int]


@dataclass
class NeedsCounted:
    """``counted`` by quarter, group (where there is one) and need; ``people``: how many had needs reviewed at the
    start; ``at_end``: how many of those had them reviewed again at the end.

    What may be told is settled for each quarter, and a longer period tells what each of its quarters does: whatever is
    told of a year is then the sum of what is told of quarters, and no subtraction finds more.
    """

    split: tuple[Dimension, ...]
    counted: Counted
    people: People
    at_end: People

    @property
    def reviewed(self) -> int:
        return sum(sum(groups.values()) for groups in self.people.values())

    def withheld(self, measure: Measure) -> frozenset[str]:
        """Groups too small to be told of in some quarter."""
        return self._told_of(measure)[0]

    def tells_too_much(self, kept: Sequence[Dimension], place: Place, measure: Measure) -> bool:
        """Whether this row is of people too few to be told of, or of a need that everyone in a group has.

        Such a need is told of no group, and neither is a total that would give it by subtraction.
        """
        withheld, few, all_have, all_have_in_a_group = self._told_of(measure)
        at = dict(zip((dimension.name for dimension in kept), place, strict=True))
        need = at.pop(NEED.name, None)
        having = all_have_in_a_group if at else all_have
        return few or bool(withheld & set(at.values())) or (need in having if need else bool(having))

    def _told_of(self, measure: Measure) -> tuple[frozenset[str], bool, set[str], set[str]]:
        if measure.name not in self._settled:
            self._settled[measure.name] = self._settle(measure)
        return self._settled[measure.name]

    @cached_property
    def _settled(self) -> dict[str, tuple[frozenset[str], bool, set[str], set[str]]]:
        return {}

    def _settle(self, measure: Measure) -> tuple[frozenset[str], bool, set[str], set[str]]:
        """The groups withheld; whether some quarter has too few people; needs that all have, or all in some group."""
        of = self._populations(measure)
        quarters = [groups for one in of for groups in one.people.values()]
        withheld = frozenset().union(*map(too_small, quarters))
        few = any(0 < sum(groups.values()) < FEWEST for groups in quarters)
        whole, apart = (lambda _: ""), (lambda group: "" if group in withheld else group)
        all_have, in_a_group = (
            set().union(*(self._had_by_all(measure, one, name_of) for one in of)) for name_of in (whole, apart)
        )
        return withheld, few, all_have, in_a_group

    def _populations(self, measure: Measure) -> list[Population]:
        if measure.name != "need_lower":
            return [Population(self.people, lambda count: count.people + count.pending)]
        return [
            Population(self.people, lambda count: count.people + count.pending),
            Population(self.at_end, lambda count: count.people),
            Population(_less(self.people, self.at_end), lambda count: count.pending),
        ]

    def _had_by_all(self, measure: Measure, of: Population, name_of: Callable[[str], str]) -> set[str]:
        """Needs that everybody of some group of some quarter has; groups that ``name_of`` calls alike are one."""
        had: dict[tuple[str, str, str], int] = {}
        for (quarter, *split, need), counts in self.counted.cells.items():
            place = (quarter, name_of(split[0] if split else quarter), need)
            had[place] = had.get(place, 0) + of.needs(counts[measure.name])
        people: dict[tuple[str, str], int] = {}
        for quarter, groups in of.people.items():
            for group, number in groups.items():
                people[quarter, name_of(group)] = people.get((quarter, name_of(group)), 0) + number
        everybody = ((need, number, people.get((quarter, group), 0)) for (quarter, group, need), number in had.items())
        return {need for need, number, of_them in everybody if 0 < of_them <= number}


def _less(people: People, some: People) -> dict[str, dict[str, int]]:
    """The people who are not among ``some``; groups of nobody are left out."""
    left = {
        quarter: {group: number - some.get(quarter, {}).get(group, 0) for group, number in groups.items()}
        for quarter, groups in people.items()
    }
    return {quarter: {group: number for group, number in groups.items() if number} for quarter, groups in left.items()}


def asks_for_needs(measures: Sequence[str] | None, by: Sequence[str]) -> bool:
    """Whether a question is one about needs: by its measures, or because it is split by need."""
    chosen = [BY_NAME[name].of_needs for name in measures or () if name in BY_NAME]
    return any(chosen) or (measures is None and NEED.name in by)


def count(
    force_id: int,
    start: date,
    end: date,
    by: Sequence[str],
    where: Mapping[str, Any] | None,
    measures: Sequence[str] | None,
    *,
    source: str,
) -> tuple[tuple[Measure, ...], NeedsCounted]:
    """The measures asked for, and what was counted. NoMeasure for a question in any other shape."""
    chosen = named(None if measures is None else list(measures), live=source == LIVE, of_needs=True)
    group = _checked(start, end, by, where)
    values = {"force": force_id, "source": source, "start": start, "end": end}
    people, at_end = _people(group, values)
    _check_quarters(people)
    split = tuple(dimension for dimension in (group, NEED) if dimension and dimension.name in by)
    # Counted by quarter and need whatever the answer is split by: what may be told depends on them.
    apart = tuple(dimension for dimension in (QUARTER, group, NEED) if dimension)
    return chosen, NeedsCounted(split, _counted(chosen, tuple(dict.fromkeys(apart)), values), people, at_end)


def _checked(start: date, end: date, by: Sequence[str], where: Mapping[str, Any] | None) -> Dimension | None:
    others = [name for name in by if name != NEED.name]
    if where or len(others) > 1 or len(set(by)) != len(by) or not set(others) <= set(SPLITS):
        raise NoMeasure(
            f"Needs are counted by need and by one of {', '.join(SPLITS)}, of everybody: with filters, or in finer "
            "cuts, figures would tell the needs of one person."
        )
    check_quarters(start, end, "Needs are")
    return dimensions.BY_NAME[others[0]] if others else None


def _people(group: Dimension | None, values: Mapping[str, Any]) -> tuple[People, People]:
    """Quarter -> group -> how many people's needs were reviewed at the start, and how many of theirs at the end too.
    Without a group, the quarter is one."""
    column = (group or QUARTER).column
    both = "count(DISTINCT f.id) FILTER (WHERE n.at_end IS NOT NULL)"
    sql = f"SELECT {QUARTER.column}, {column}, count(DISTINCT f.id), {both} {_FROM} AND n.at_start IS NOT NULL"
    found: dict[str, dict[str, int]] = {}
    at_end: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} GROUP BY 1, 2", values)
        for quarter, name, people, again in cursor:
            found.setdefault(quarter, {})[str(name)] = people
            at_end.setdefault(quarter, {}).update({str(name): again} if again else {})
    return found, at_end


def _check_quarters(people: Mapping[str, Mapping[str, int]]) -> None:
    few = sorted(quarter for quarter, groups in people.items() if sum(groups.values()) < FEWEST)
    if few:
        raise NoMeasure(
            f"In {', '.join(few)} the needs of fewer than {FEWEST} people were reviewed at the start, and figures "
            "would tell what they are. Leave these quarters out."
        )


def too_small(people: Mapping[str, int]) -> frozenset[str]:
    """Groups too small to be told of, with the next smallest ones until together they are not: the total minus the
    groups told would tell the rest."""
    in_order = sorted(people, key=lambda name: (people[name], name))
    hidden = [name for name in in_order if people[name] < FEWEST]
    while hidden and len(hidden) < len(in_order) and sum(people[name] for name in hidden) < FEWEST:
        hidden.append(in_order[len(hidden)])
    return frozenset(hidden)


def _counted(chosen: Sequence[Measure], split: Sequence[Dimension], values: Mapping[str, Any]) -> Counted:
    columns = [dimension.column for dimension in split]
    for measure in chosen:
        events = f"({measure.people}) AND ({measure.events})"
        columns += [f"count(*) FILTER (WHERE {test})" for test in (events, measure.people, measure.pending)]
        columns.append(f"array_agg({measure.days}) FILTER (WHERE {events})" if measure.days else "NULL")
    grouped = f"GROUP BY {', '.join(str(place + 1) for place in range(len(split)))}" if split else ""
    found = Counted(tuple(dimension.name for dimension in split))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} {_FROM} {grouped}", values)
        for row in cursor:
            place, numbers = tuple(map(str, row[: len(split)])), row[len(split) :]
            found.cells[place] = {
                measure.name: _count_of(*numbers[4 * at : 4 * at + 4]) for at, measure in enumerate(chosen)
            }
    return found


def _count_of(events: int, people: int, pending: int, days: Sequence[int] | None) -> Count:
    return Count(events, people, pending, tuple(day for day in days or () if day is not None))
