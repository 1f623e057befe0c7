"""The sheets of a release out of the facts: which counts, which units of time, which dimensions may stand together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, pairwise

from django.conf import settings
from django.db import connection

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE, OWN
from reporting.facts.months import STAGES
from reporting.measures import figures
from reporting.measures.counting import NOBODY, Count, Counted
from reporting.measures.dimensions import BY_NAME, DIMENSIONS, RESULTS, Dimension, one, ordered
from reporting.releases.freezing import KNOWN_TO_PARTNERS, MOST_WHO, CannotRelease, Sheet, complete


@dataclass(frozen=True)
class Released:
    """One count of a release: the events of a measure, or the people that it is a rate of. ``has_results``: whoever is
    counted was given something, by which they can be told apart."""

    of: str
    measure: str
    people: bool = False
    has_results: bool = False


LIVE_COUNTS = (
    Released("considered", "diverted", people=True),
    Released("offered", "offered_of_considered"),
    Released("accepted", "diverted", has_results=True),
    Released("started", "started"),
    Released("completed", "completed"),
)
IMPORTED_COUNTS = (
    Released("considered", "diverted", people=True),
    Released("diverted", "diverted", has_results=True),
)
#: Of a provider's own people, under schemes of which police hear nothing.
OWN_COUNTS = tuple(Released(of, "") for of in ("referred", *KNOWN_TO_PARTNERS))
#: By what they may be split: what a provider knows of everybody whom it is sent.
OWN_DIMENSIONS = ("gender", "age_band", "age_two")
COUNTS_OF = {LIVE: LIVE_COUNTS, OWN: OWN_COUNTS}
#: Months in each unit of time. Years are pooled in twos that never overlap: an even one and the one after it.
UNITS = {"month": 1, "quarter": 3, "year": 12, "pooled": 24}
NAMES = {"month": "months", "quarter": "quarters", "year": "years", "pooled": "pairs of years, the first an even one"}
MONTHS = 12
#: Each a list of dimensions; with the time, three at most.
DEFAULT_TABLES = (("ethnicity_apart", "gender"), ("age_band",))


def released_counts(source: str) -> tuple[Released, ...]:
    """The counts that releases of a source hold, each a part of the one before it."""
    return COUNTS_OF.get(source, IMPORTED_COUNTS)


def counts_by(table: Iterable[str], source: str) -> tuple[Released, ...]:
    """The counts that a table by these dimensions holds: by what people were given, of whoever was given it alone."""
    return tuple(count for count in released_counts(source) if count.has_results or not RESULTS & set(table))


def chain(source: str) -> list[tuple[str, str]]:
    """(whole, part) for each count and the one after it."""
    names = [count.of for count in released_counts(source)]
    return list(pairwise(names))


def unit_for(start: date, end: date, asked: str | None) -> str:
    """The unit of time of a release: as asked, else quarters where the period is whole ones, else months.

    CannotRelease unless the period is made of whole units: the days between two cuts would be told by subtraction.
    """
    for unit in [asked] if asked else ["quarter", "month"]:
        if fits(start, end, unit):
            return unit
    first, after = _first_of(start, asked or "month"), _first_of(_next(end, asked or "month"), asked or "month")
    raise CannotRelease(
        f"A release is of whole {NAMES[asked or 'month']}, because two that are cut at different days tell of the days "
        f"between: give {first} to {after - timedelta(days=1)}."
    )


def fits(start: date, end: date, unit: str) -> bool:
    """Whether the period is whole units of that kind."""
    after = end + timedelta(days=1)
    return _first_of(start, unit) == start and _first_of(after, unit) == after


def _first_of(day: date, unit: str) -> date:
    months = UNITS[unit]
    if months > MONTHS:
        return date(day.year - day.year % (months // MONTHS), 1, 1)
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _next(day: date, unit: str) -> date:
    """A day in the unit after that of ``day``."""
    first = _first_of(day, unit)
    number = first.month - 1 + UNITS[unit]
    return date(first.year + number // MONTHS, number % MONTHS + 1, 1)


def last_whole(today: date, unit: str = "quarter") -> tuple[date, date]:
    """The first and the last day of the last unit that has ended."""
    last = _first_of(today, unit) - timedelta(days=1)
    return _first_of(last, unit), last


def units(start: date, end: date, unit: str) -> list[str]:
    """The name of each unit from ``start`` to ``end``, as the facts' dimension of that name gives it."""
    found, day = [], _first_of(start, unit)
    while day <= end:
        quarter = f"{day.year} Q{(day.month - 1) // 3 + 1}"
        pooled = f"{day.year} to {day.year + 1}"
        found.append({"month": f"{day:%Y-%m}", "quarter": quarter, "year": f"{day.year}", "pooled": pooled}[unit])
        day = _next(day, unit)
    return found


def checked_tables(tables: Sequence[Sequence[str]], others: Iterable[str], *, source: str) -> list[tuple[str, ...]]:
    """The declared tables. CannotRelease where a dimension may not be released, or not beside another one.

    ``others``: dimensions of earlier releases of the same time. A dimension and a finer form of it never stand in one
    time: the finer one's hidden counts could be worked out from the coarser.
    """
    declared = [tuple(table) for table in tables]
    chosen = {name: one(name, live=source in (LIVE, OWN)) for table in declared for name in table}
    if source == OWN and (others_told := sorted(set(chosen) - set(OWN_DIMENSIONS))):
        raise CannotRelease(
            f"A provider's own figures are split by {', '.join(OWN_DIMENSIONS)}: leave out {', '.join(others_told)}."
        )
    for table in declared:
        if not table or len(table) > MOST_WHO or len(set(table)) != len(table):
            raise CannotRelease(
                f"A table of a release has one or two dimensions beside the time, and {', '.join(table) or 'none'} is "
                "not that: declare another."
            )
        if len(RESULTS & set(table)) > 1:
            raise CannotRelease(
                f"A table of a release tells of one result by who people are, and {' and '.join(table)} are two: "
                "declare a table for each."
            )
    for name, dimension in chosen.items():
        if not dimension.who and not dimension.result:
            raise CannotRelease(
                f"'{name}' says what happened to people: a release is split by who they are, and whoever accepted by "
                f"{' or '.join(sorted(RESULTS))}."
            )
        if dimension.asked:
            raise CannotRelease(
                f"'{name}' is known only of people whom a provider asked, so that rates of all who were considered "
                "would mislead: release tables without it."
            )
    _no_two_of_a_kin({*chosen, *others})
    return declared


def _no_two_of_a_kin(names: Iterable[str]) -> None:
    kin: dict[str, str] = {}
    for name in sorted(names):
        family = BY_NAME[name].kin
        if family and kin.setdefault(family, name) != name:
            raise CannotRelease(
                f"'{name}' and '{kin[family]}' are two forms of one thing: what one hides the other may tell. Use one "
                "of them, the same in every release of a time."
            )


def whole_around(day: date, unit: str) -> tuple[date, date]:
    """The first and the last day of the unit in which ``day`` is."""
    return _first_of(day, unit), _next(day, unit) - timedelta(days=1)


def releasable(*, live: bool) -> list[str]:
    """Every dimension that a release of such a source may be split by."""
    return [one.name for one in DIMENSIONS if (one.who or one.result) and not one.asked and (live or not one.live)]


def every_table(*, live: bool) -> list[tuple[str, ...]]:
    """Every table that a release of such a source may hold: one or two dimensions, never two of a kin."""
    return tables_by(releasable(live=live))


def tables_by(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Every table by one or two of the dimensions."""
    crossed = [
        (one, other)
        for one, other in combinations(names, 2)
        if (not BY_NAME[one].kin or BY_NAME[one].kin != BY_NAME[other].kin) and not {one, other} <= RESULTS
    ]
    return _everybody_first([*((name,) for name in names), *crossed])


def _everybody_first(tables: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Those of whoever accepted alone stand after those that begin with everybody considered."""
    return sorted(map(tuple, tables), key=lambda table: bool(RESULTS & set(table)))


def is_ripe(start: date, unit: str, today: date) -> bool:
    """Whether what came of people can be told of the unit of time that begins on ``start``: it has had time to show."""
    after = _next(start, unit)
    months = after.month - 1 + settings.RELEASE_RIPE_MONTHS
    return date(after.year + months // MONTHS, months % MONTHS + 1, 1) <= today


def sheets(
    force: Organisation, start: date, end: date, *, source: str, unit: str, tables: Sequence[Sequence[str]]
) -> list[Sheet]:
    """The true counts of a release, in one pass over the facts. They stay inside until they are suppressed.

    What came of people is told once it is ripe; until then it is there, but not told.
    """
    names = sorted({name for table in tables for name in table})
    split, counted = _count(force, start, end, source, unit, names)
    groups = {dimension.name: _groups(force, source, dimension, counted) for dimension in split}
    ripe = ripe_units(start, end, unit)
    return [
        replace(complete(sheet, groups), told=sheet.of not in KNOWN_TO_PARTNERS or ripe[sheet.time])
        for sheet in _cut(counted, start, end, source, unit, tables)
    ]


def given(cells: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """Without the places in which nobody is: "declined" is no result of anybody who accepted."""
    return {at: number for at, number in cells.items() if number}


def _number(found: Mapping[str, Count], one: Released) -> int:
    count = found.get(one.measure, NOBODY)
    return count.people if one.people else count.events


def _count(
    force: Organisation, start: date, end: date, source: str, unit: str, names: Sequence[str]
) -> tuple[Sequence[Dimension], Counted]:
    measures = sorted({count.measure for count in released_counts(source)})
    most = 1 + len(DIMENSIONS)
    _, split, counted = figures.counts(
        force, start, end, [_cut_by(unit), *names], None, measures, source=source, most=most
    )
    return split, counted


def _cut(
    counted: Counted, start: date, end: date, source: str, unit: str, tables: Sequence[Sequence[str]]
) -> list[Sheet]:
    return [
        _sheet(counted, _cut_by(unit), time, tuple(table), count)
        for time in units(start, end, unit)
        for table in _everybody_first(tables)
        for count in counts_by(table, source)
    ]


def _cut_by(unit: str) -> str:
    """The dimension by which the facts are cut into units of that kind, or into parts of them."""
    return "year" if unit == "pooled" else unit


def ripe_units(start: date, end: date, unit: str) -> dict[str, bool]:
    """Of each unit from ``start`` to ``end`` whether what came of people can be told of it."""
    found, day, today = [], _first_of(start, unit), clock.today()
    while day <= end:
        found.append(is_ripe(day, unit, today))
        day = _next(day, unit)
    return dict(zip(units(start, end, unit), found, strict=True))


def _groups(force: Organisation, source: str, dimension: Dimension, counted: Counted) -> list[str]:
    """Every group that the dimension names, and every other that the force has ever recorded.

    The shape tells nothing of the counts: a group listed only where the period has somebody in it would say that a
    hidden count is not nought.
    """
    if dimension.result:
        return ordered(dimension, _ever(force, source, dimension))
    place = counted.dimensions.index(dimension.name)
    found = {at[place] for at in counted.cells}
    return ordered(dimension, {*dimension.order, *found, *(() if dimension.time else _ever(force, source, dimension))})


def _ever(force: Organisation, source: str, dimension: Dimension) -> set[str]:
    """The groups of the dimension that the source's facts of the force have at any time; of a result, those that
    somebody was given."""
    joined, given = STAGES if source == LIVE else "", "AND f.diverted" if dimension.result else ""
    facts = f"reporting_fact f {joined} WHERE f.force_id = %s AND f.source = %s {given}"
    sql = f"SELECT DISTINCT {dimension.column} FROM {facts}"  # noqa: S608 (declared columns)
    with connection.cursor() as cursor:
        cursor.execute(sql, [force.pk, source])
        return {str(row[0]) for row in cursor}


def _sheet(counted: Counted, unit: str, time: str, table: tuple[str, ...], count: Released) -> Sheet:
    cells: dict[tuple[str, ...], int] = {}
    for (when, *place), found in counted.over([unit, *table]).items():
        if when in time.split(" to "):
            cells[tuple(place)] = cells.get(tuple(place), 0) + _number(found, count)
    return Sheet(count.of, time, table, given(cells) if RESULTS & set(table) else cells)
