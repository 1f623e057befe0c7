"""Releases as files: what was published, in the form that the attacker reads. The format is in docs/measures.md."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, product
from math import isfinite, prod
from typing import Any, TypeGuard

import numpy as np

from reporting.suppression import fields, figures, rates, scopes
from reporting.suppression.attack import DoesNotAddUp
from reporting.suppression.family import Family, Key, describe, key
from reporting.suppression.knowledge import BadRelease, Knowledge
from reporting.suppression.protect import Suppressed
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Mark, Thresholds

FORMAT = "diversion-release/1"
MOST_CELLS = 200_000


def write(
    name: str, release: Suppressed, tables: Sequence[Table], nested: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """A release as JSON: every printed cell of its tables with its figure or mark, never a hidden count."""
    kept = release.thresholds
    return {
        "format": FORMAT,
        "name": name,
        "policy": {"threshold": kept.threshold, "protection": kept.width, "rounding": kept.rounding},
        "parts": [{"whole": whole, "part": part} for whole, part in nested],
        "tables": [_table(release, table) for table in tables],
    }


def _table(release: Suppressed, table: Table) -> dict[str, Any]:
    inside = _structure([table], []).keys
    found = [(cell, figures.count(release, cell)) for cell in inside]
    return {
        "measure": table.measure,
        "dimensions": list(table.dimensions),
        "categories": _categories(table),
        "results": sorted(table.results),
        "windows": {d: {label: sorted(units) for label, units in w.items()} for d, w in table.windows.items()},
        "cells": [
            {"at": dict(cell[1]), **({"mark": figure.mark} if figure.mark else {"value": figure.value})}
            for cell, figure in found
            if figure.mark is not Mark.UNAVAILABLE
        ],
    }


def _categories(table: Table) -> dict[str, list[str]]:
    return {
        dimension: sorted({place[index] for place in table.counts}) for index, dimension in enumerate(table.dimensions)
    }


def counted(tables: Sequence[Table], only: Callable[[Key], bool] = lambda _cell: True) -> dict[str, Any]:
    """Every count of the tables in the form of a release, or ``only`` some: what somebody knows who has counted them
    too."""
    return {"format": FORMAT, "tables": [_all_of(table, only) for table in tables]}


def _all_of(table: Table, only: Callable[[Key], bool]) -> dict[str, Any]:
    family = link([table])
    pairs = zip(family.keys, family.values, strict=True)
    cells = [{"at": dict(cell[1]), "value": int(value)} for cell, value in pairs if only(cell)]
    dimensions, categories = list(table.dimensions), _categories(table)
    return {"measure": table.measure, "dimensions": dimensions, "categories": categories, "cells": cells}


def read(contents: Iterable[Mapping[str, Any]], knows: Iterable[Mapping[str, Any]] = ()) -> Knowledge:
    """What one or several releases held together tell. BadRelease or DoesNotAddUp where they cannot be read.

    ``knows``: counts, in the form of a release, that the reader knows from elsewhere; nothing is promised of those.
    """
    contents, own = list(contents), list(knows)
    try:
        return _read(contents, own)
    except (KeyError, TypeError, AttributeError, OverflowError) as fault:
        raise BadRelease(f"The release is not in the form {FORMAT}: {type(fault).__name__} {fault}.") from fault


def _read(releases: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]]) -> Knowledge:
    if not releases:
        raise BadRelease("There is no release to attack.")
    contents = scopes.apart([_checked(content) for content in (*releases, *own)])
    told = [(content, table, _cells(content, table)) for content in contents for table in content["tables"]]
    told += [(content, table, _cells(content, table)) for content in contents for table in _first_told(content)]
    nested = [(pair["whole"], pair["part"]) for content in contents for pair in content.get("parts", [])]
    family = _structure(scopes.with_all_windows([_as_table(table) for _, table, _ in told]), nested)
    knowledge = Knowledge(family, _strictest(contents), np.zeros(family.size), np.full(family.size, np.inf))
    for content, _, cells in told:
        base = _whole(content.get("policy", {}), "rounding", 1, least=1)
        for cell, entry in cells:
            _learn(knowledge, cell, entry, base)
    knowledge.revised = revised_pairs(table for _, table, _ in told)
    knowledge.nested = list(dict.fromkeys(nested))
    knowledge.before = _alone(knowledge, contents[len(releases) :])
    for content in contents[len(releases) :]:
        places = (knowledge.position(cell) for table in content["tables"] for cell, _ in _cells(content, table))
        knowledge.suppressed.difference_update(places)
    for content in contents:
        for rate in content.get("rates", []):
            rates.learn_rate(knowledge, rate)
        for ratio in content.get("ratios", []):
            rates.learn_ratio(knowledge, ratio)
    return knowledge


def _alone(knowledge: Knowledge, own: Sequence[Mapping[str, Any]]) -> Knowledge | None:
    """What the reader has from elsewhere, without any release."""
    size = knowledge.family.size
    found = Knowledge(knowledge.family, knowledge.thresholds, np.zeros(size), np.full(size, np.inf))
    for one in own:
        base = _whole(one.get("policy", {}), "rounding", 1, least=1)
        for cell, entry in (pair for table in one["tables"] for pair in _cells(one, table)):
            _learn(found, cell, entry, base)
    return found if own else None


def _first_told(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The figures that a revision repeats of what it revises, as the tables of that."""
    return [
        {name: table[name] for name in table if name != "revises"}
        | {
            "measure": table["revises"],
            "categories": table.get("categories") or _all_categories(table),
            "cells": [{"at": cell["at"], "value": cell["first"]} for cell in table["cells"] if "first" in cell],
        }
        for table in content["tables"]
        if "revises" in table
    ]


def _all_categories(table: Mapping[str, Any]) -> dict[str, list[str]]:
    at = [cell["at"] for cell in table["cells"]]
    return {name: sorted({one[name] for one in at if name in one}) for name in table["dimensions"]}


def revised_pairs(tables: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """(earlier, later) measures that tell of the same people: each revision after what it revises, and two revisions of
    one count beside each other."""
    revisions: dict[str, list[str]] = {}
    for table in tables:
        if "revises" in table:
            known = revisions.setdefault(table["revises"], [])
            known += [table["measure"]] if table["measure"] not in known else []
    return [pair for first, later in revisions.items() for pair in combinations([first, *later], 2)]


def _checked(content: Mapping[str, Any]) -> Mapping[str, Any]:
    if content.get("format") != FORMAT:
        raise BadRelease(f'A release says "format": "{FORMAT}"; this one says {content.get("format")!r}.')
    if not content["tables"]:
        raise BadRelease("The release holds no table.")
    fields.check(content)
    return content


def _strictest(contents: Sequence[Mapping[str, Any]]) -> Thresholds:
    """The strictest of the releases' promises."""
    found = [content.get("policy", {}) for content in contents]
    lowest = [_whole(told, "threshold", Thresholds().threshold, least=1) for told in found]
    widths = [_whole(told, "protection", low - 1, least=0) for told, low in zip(found, lowest, strict=True)]
    return Thresholds(threshold=max(lowest), protection=max(widths))


def _whole(told: Mapping[str, Any], name: str, default: int, *, least: int) -> int:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadRelease(f'The policy\'s "{name}" is a whole number of {least} or more, not {value!r}.')
    return value


def _structure(tables: Sequence[Table], nested: Sequence[tuple[str, str]]) -> Family:
    """The cells and equations of the tables; their counts play no part."""
    empty = [Table(t.measure, t.dimensions, dict.fromkeys(t.counts, 0), t.results, t.windows) for t in tables]
    return link(empty, nested)


def _as_table(table: Mapping[str, Any]) -> Table:
    """A published table's shape: every combination of its categories."""
    dimensions = tuple(table["dimensions"])
    windows = {d: {label: frozenset(units) for label, units in w.items()} for d, w in table.get("windows", {}).items()}
    categories = [_options(table, dimension, windows) for dimension in dimensions]
    if prod(map(len, categories)) > MOST_CELLS:
        raise BadRelease(f"The table of {table['measure']} has more than {MOST_CELLS:,} cells: attack parts of it.")
    results = frozenset(table.get("results", []))
    return Table(table["measure"], dimensions, dict.fromkeys(product(*categories), 0), results, windows)


def _options(
    table: Mapping[str, Any], dimension: str, windows: Mapping[str, Mapping[str, frozenset[str]]]
) -> list[str]:
    if dimension in windows:
        return sorted(set().union(*windows[dimension].values()))
    declared = table.get("categories", {}).get(dimension)
    return list(declared) if declared else sorted({c["at"][dimension] for c in table["cells"] if dimension in c["at"]})


def _cells(content: Mapping[str, Any], table: Mapping[str, Any]) -> list[tuple[Key, Mapping[str, Any]]]:
    return [(key(table["measure"], entry["at"]), entry) for entry in table["cells"]]


def _learn(knowledge: Knowledge, cell: Key, entry: Mapping[str, Any], base: int) -> None:
    """One printed cell: a number, a true zero, or a mark that leaves it unknown."""
    index, mark = knowledge.position(cell), entry.get("mark")
    if mark in (Mark.SUPPRESSED, Mark.UNAVAILABLE) and entry.get("value") is not None:
        raise BadRelease(f"{describe(cell)} is marked {mark} and its count stands beside the mark: take it out.")
    if mark in (Mark.SUPPRESSED, Mark.UNAVAILABLE):
        if mark == Mark.SUPPRESSED:
            knowledge.suppressed.add(index)
        return
    value = 0 if mark == Mark.TRUE_ZERO else entry.get("value")
    if mark not in (None, Mark.TRUE_ZERO) or not _is_count(value):
        raise BadRelease(f"{describe(cell)} has neither a count nor a mark [c], [x] or [z]: {dict(entry)}.")
    low, high = (0, 0) if mark == Mark.TRUE_ZERO else figures.rounding_interval(int(value), base)
    knowledge.shown[index] = int(value)
    knowledge.low[index] = max(knowledge.low[index], low)
    knowledge.high[index] = min(knowledge.high[index], high)
    if knowledge.low[index] > knowledge.high[index]:
        raise DoesNotAddUp(
            f"Two figures are given for {describe(cell)}. If a count was revised, give the later release's measure "
            "another name, so that it is not taken for the same count."
        )


def _is_count(value: Any) -> TypeGuard[int | float]:
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return bool(number and value >= 0 and value == int(value))
