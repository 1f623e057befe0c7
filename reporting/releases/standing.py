"""What was first released of a time stands: the counts of its every table, kept with that release.

Records go on changing, and weeding takes them away. Whatever is released later of that time is made from the counts
that were kept, so that no two releases differ by just the people whose records changed. Pure: no database.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import product
from typing import Any

from reporting.releases.freezing import KNOWN_TO_PARTNERS, Sheet

Place = tuple[str, ...]
#: (of, time, dimensions whatever their order): the sheet.
Base = Mapping[tuple[str, str, frozenset[str]], Sheet]


def stored(sheets: Iterable[Sheet]) -> list[dict[str, Any]]:
    """The sheets as plain JSON: a row for each place of a table with its counts side by side, none where nobody is."""
    tables: dict[tuple[str, Place], dict[str, Mapping[Place, int]]] = {}
    for sheet in sheets:
        tables.setdefault((sheet.time, sheet.dimensions), {})[sheet.of] = sheet.counts
    return [
        {"time": time, "dimensions": list(dimensions), "of": list(counts), "cells": _rows(counts)}
        for (time, dimensions), counts in tables.items()
    ]


def _rows(counts: Mapping[str, Mapping[Place, int]]) -> list[list[Any]]:
    places = sorted({place for each in counts.values() for place, n in each.items() if n})
    return [[*place, *(each.get(place, 0) for each in counts.values())] for place in places]


def base(kept: Iterable[Sequence[Mapping[str, Any]]]) -> Base:
    """What releases have ``kept``, the earliest first: of each time what came last. Each takes over what it found."""
    return {_name(sheet): sheet for tables in kept for table in tables for sheet in _sheets(table)}


def with_the_rest(first: Base, now: Base) -> Base:
    """``first``, and of the times that it does not tell what there is ``now``."""
    times = {time for _, time, _ in first}
    return {**first, **{name: sheet for name, sheet in now.items() if name[1] not in times}}


def with_what_came_of_people(first: Base, now: Base, ripe: Set[str]) -> Base:
    """``first`` with who started and who completed as it stands ``now``, of the times that are ``ripe`` for it."""
    late = {name: sheet for name, sheet in now.items() if sheet.of in KNOWN_TO_PARTNERS and sheet.time in ripe}
    return {**first, **late}


def _sheets(table: Mapping[str, Any]) -> list[Sheet]:
    size = len(table["dimensions"])
    places = {tuple(row[:size]): row[size:] for row in table["cells"]}
    return [
        Sheet(of, table["time"], tuple(table["dimensions"]), {at: int(row[number]) for at, row in places.items()})
        for number, of in enumerate(table["of"])
    ]


def _name(sheet: Sheet) -> tuple[str, str, frozenset[str]]:
    return sheet.of, sheet.time, frozenset(sheet.dimensions)


def still_fits(first: Base, now: Base, time: str, chain: Sequence[tuple[str, str]]) -> bool:
    """Whether who has started ``now`` is among those who were told of ``first``, in every table of the time.

    Where somebody was recorded late it may not be: then what was told first stands, and this is not told.
    """
    pairs = [(whole, part) for whole, part in chain if part in KNOWN_TO_PARTNERS and whole not in KNOWN_TO_PARTNERS]
    tables = {dimensions for _, when, dimensions in now if when == time}
    return all(
        _within(now.get((part, time, table)), first.get((whole, time, table)))
        for whole, part in pairs
        for table in tables
    )


def _within(part: Sheet | None, whole: Sheet | None) -> bool:
    if part is None or whole is None:
        return True
    order = [whole.dimensions.index(name) for name in part.dimensions]
    above = {tuple(at[index] for index in order): n for at, n in whole.counts.items()}
    return all(n <= above.get(at, 0) for at, n in part.counts.items())


def as_first_told(sheets: Sequence[Sheet], kept: Base, told: Set[str]) -> list[Sheet]:
    """The sheets with the counts that were ``kept``, in the places of either. ``told``: the times of which what came of
    people is told; of others it is only reckoned with."""
    return [_first(sheet, kept, told) for sheet in sheets]


def _first(sheet: Sheet, kept: Base, told: Set[str]) -> Sheet:
    found = kept.get(_name(sheet))
    is_told = sheet.told and (sheet.of not in KNOWN_TO_PARTNERS or sheet.time in told)
    if found is None:
        return replace(sheet, told=is_told)
    order = [found.dimensions.index(name) for name in sheet.dimensions]
    counts = {tuple(place[index] for index in order): n for place, n in found.counts.items()}
    places = [sorted({at[index] for at in (*sheet.counts, *counts)}) for index in range(len(order))]
    return replace(sheet, counts=dict.fromkeys(product(*places), 0) | counts, told=is_told)
