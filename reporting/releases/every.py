"""Every table that a release of a period may ever hold, counted in one pass over the facts.

There are more than a hundred, and crossed with each other their dimensions make nearly as many cells as there are
facts. So each fact is read once, as a few codes, and each table is added up from these by arrays.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.facts.months import Span
from reporting.measures import counting, declared
from reporting.measures.dimensions import RESULTS, Dimension, one
from reporting.measures.figures import source_of
from reporting.releases.freezing import Sheet
from reporting.releases.tables import Released, counts_by, every_table, given, releasable, released_counts, units

#: Between the groups of dimensions that are read as one text; no group has it in its name.
APART = "\x1f"
Codes = NDArray[np.int32]


@dataclass
class _Bundle:
    """Dimensions that follow from each other (of one kin), read as one text: few different ones, many times each."""

    dimensions: tuple[Dimension, ...]
    seen: dict[str, int] = field(default_factory=dict)
    parts: list[Codes] = field(default_factory=list)

    def __post_init__(self) -> None:
        codes: defaultdict[str, int] = defaultdict()
        codes.default_factory = codes.__len__
        self.seen = codes

    @property
    def column(self) -> str:
        each = [f"COALESCE(({dimension.column})::text, '')" for dimension in self.dimensions]
        return f"concat_ws('{APART}', {', '.join(each)})"

    def add(self, texts: Sequence[str]) -> None:
        self.parts.append(np.fromiter(map(self.seen.__getitem__, texts), dtype=np.int32, count=len(texts)))

    def groups(self) -> Iterator[tuple[str, list[str], Codes]]:
        """Each dimension's name, its groups in order of their names, and the group of each fact."""
        whole = np.concatenate(self.parts) if self.parts else np.zeros(0, dtype=np.int32)
        texts = [text.split(APART) for text in self.seen]
        for place, dimension in enumerate(self.dimensions):
            named = sorted({text[place] for text in texts})
            place_of = {group: number for number, group in enumerate(named)}
            codes = np.array([place_of[text[place]] for text in texts], dtype=np.int32)
            yield dimension.name, named, codes[whole] if len(codes) else whole


def bare_sheets(force: Organisation, start: date, end: date, *, source: str, unit: str) -> list[Sheet]:
    """The counts of every such table, without the places in which nobody is."""
    chosen = source_of(force, start, end, source)
    counts = released_counts(chosen)
    bundles = _bundles([one(name, live=chosen == LIVE) for name in releasable(live=chosen == LIVE)])
    times, marks = _read(force, start, end, chosen, unit, bundles, counts)
    coded = {name: (named, codes) for bundle in bundles for name, named, codes in bundle.groups()}
    return [
        sheet
        for number, time in enumerate(units(start, end, unit))
        for sheet in _of_time(time, np.flatnonzero(times == number), coded, marks, chosen)
    ]


def _bundles(dimensions: Sequence[Dimension]) -> list[_Bundle]:
    found: dict[str, list[Dimension]] = {}
    for dimension in dimensions:
        found.setdefault(dimension.kin or dimension.name, []).append(dimension)
    return [_Bundle(tuple(each)) for each in found.values()]


def _read(
    force: Organisation,
    start: date,
    end: date,
    source: str,
    unit: str,
    bundles: Sequence[_Bundle],
    counts: Sequence[Released],
) -> tuple[Codes, Codes]:
    """Of each fact the number of its unit of time, and a mark for each of the counts that it is in, as one number.
    Month by month, so that no more than a month's facts are there as words at once."""
    tables, values = counting.of_facts(source, {})
    marks = [f"CASE WHEN {_condition(each)} THEN {1 << place} ELSE 0 END" for place, each in enumerate(counts)]
    columns = ", ".join([" + ".join(marks), *(bundle.column for bundle in bundles)])
    sql = f"SELECT {columns} {tables}"
    names = units(start, end, unit)
    times, found = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int32)]
    for first in Span(force.pk, source, start, end, staged=source == LIVE).months:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        days: Mapping[str, Any] = {"start": max(first, start), "end": min(last, end), "as_of": clock.today()}
        with connection.cursor() as cursor:
            cursor.execute(sql, {"force": force.pk, "source": source, **values, **days})
            rows = cursor.fetchall()
        marked, *texts = zip(*rows, strict=True) if rows else ((), *(() for _bundle in bundles))
        for bundle, column in zip(bundles, texts, strict=True):
            bundle.add(column)
        found.append(np.array(marked, dtype=np.int32))
        times.append(np.full(len(rows), names.index(units(first, first, unit)[0]), dtype=np.int32))
    return np.concatenate(times), np.concatenate(found)


def _condition(count: Released) -> str:
    measure = declared.BY_NAME[count.measure]
    return f"({measure.people})" if count.people else f"(({measure.people}) AND ({measure.events}))"


def _of_time(
    time: str, within: Any, coded: Mapping[str, tuple[list[str], Codes]], marks: Codes, source: str
) -> Iterator[Sheet]:
    own = marks[within]
    codes = {name: each[within] for name, (_named, each) in coded.items()}
    for table in every_table(live=source == LIVE):
        named = [coded[name][0] for name in table]
        yield from _of_table(time, table, named, [codes[name] for name in table], own, source)


def _of_table(
    time: str, table: tuple[str, ...], named: Sequence[list[str]], codes: Sequence[Codes], marks: Codes, source: str
) -> Iterator[Sheet]:
    counts = released_counts(source)
    kinds, sizes = 1 << len(counts), [max(1, len(groups)) for groups in named]
    cells = np.ravel_multi_index(tuple(codes), sizes) if len(marks) else np.zeros(0, dtype=np.int64)
    numbers = np.bincount(cells * kinds + marks, minlength=int(np.prod(sizes)) * kinds).reshape(-1, kinds)
    there = np.flatnonzero(numbers.any(axis=1))
    at = np.unravel_index(there, sizes)
    places = list(zip(*([groups[code] for code in of] for groups, of in zip(named, at, strict=True)), strict=True))
    for each in counts_by(table, source):
        has_it = [bool(kind >> counts.index(each) & 1) for kind in range(kinds)]
        sums = numbers[there][:, has_it].sum(axis=1).tolist()
        found = dict(zip(places, sums, strict=True))
        yield Sheet(each.of, time, table, given(found) if RESULTS & set(table) else found)
