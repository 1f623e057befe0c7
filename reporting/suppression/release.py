"""Releases as files: what was published, in the form that the attacker reads. The format is in docs/measures.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from reporting.suppression import figures
from reporting.suppression.attack import DoesNotAddUp, Floats, Interval, Published, attack
from reporting.suppression.family import Family, Key, describe, key
from reporting.suppression.policy import Mark, Policy
from reporting.suppression.protect import Suppressed
from reporting.suppression.tables import Table, link

FORMAT = "diversion-release/1"


class BadRelease(ValueError):
    """The file is not a release, and what would make it one."""


@dataclass
class Knowledge:
    """All that one or more releases say, linked into one family."""

    family: Family
    policy: Policy
    low: Floats
    high: Floats
    suppressed: set[int] = field(default_factory=set)
    rows: list[dict[int, float]] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)

    def published(self) -> Published:
        """The attacker's problem: equations of the tables, and whatever rates and ratios add."""
        matrix, zeros = self.family.matrix, np.zeros(len(self.family.equations))
        if self.rows:
            entries = [(row, column, value) for row, line in enumerate(self.rows) for column, value in line.items()]
            row, column, value = zip(*entries, strict=True)
            matrix = vstack([matrix, csr_array((value, (row, column)), shape=(len(self.rows), self.family.size))])
        low, high = np.append(zeros, self.row_low), np.append(zeros, self.row_high)
        return Published(csr_array(matrix), low, high, self.low, self.high)

    def intervals(self) -> dict[Key, Interval]:
        """The attacker's interval of each suppressed cell."""
        found = attack(self.published(), self.suppressed)
        return {self.family.keys[index]: found[index] for index in sorted(found)}


def write(
    name: str, release: Suppressed, tables: Sequence[Table], nested: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """A release as JSON: every printed cell of its tables with its figure or mark, never a hidden count."""
    policy = release.policy
    return {
        "format": FORMAT,
        "name": name,
        "policy": {"threshold": policy.threshold, "protection": policy.width, "rounding": policy.rounding},
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


def read(contents: Iterable[Mapping[str, Any]]) -> Knowledge:
    """What one or several releases held together tell. BadRelease or DoesNotAddUp where they cannot be read."""
    contents = list(contents)
    try:
        return _read(contents)
    except (KeyError, TypeError, AttributeError) as fault:
        raise BadRelease(f"The release is not in the form {FORMAT}: {type(fault).__name__} {fault}.") from fault


def _read(contents: Sequence[Mapping[str, Any]]) -> Knowledge:
    if not contents:
        raise BadRelease("There is no release to attack.")
    for content in contents:
        if content.get("format") != FORMAT:
            raise BadRelease(f'A release says "format": "{FORMAT}"; this one says {content.get("format")!r}.')
    told = [(content, table, _cells(content, table)) for content in contents for table in content["tables"]]
    nested = [(pair["whole"], pair["part"]) for content in contents for pair in content.get("parts", [])]
    family = _structure([_as_table(table) for _, table, _ in told], nested)
    knowledge = Knowledge(family, _policy(contents), np.zeros(family.size), np.full(family.size, np.inf))
    for content, _, cells in told:
        base = int(content.get("policy", {}).get("rounding", 1))
        for cell, entry in cells:
            _learn(knowledge, cell, entry, base)
    for content in contents:
        for rate in content.get("rates", []):
            _learn_rate(knowledge, rate)
        for ratio in content.get("ratios", []):
            _learn_ratio(knowledge, ratio)
    return knowledge


def _policy(contents: Sequence[Mapping[str, Any]]) -> Policy:
    """The strictest of the releases' promises."""
    found = [content.get("policy", {}) for content in contents]
    thresholds = [int(policy.get("threshold", Policy().threshold)) for policy in found]
    widths = [int(policy.get("protection", threshold - 1)) for policy, threshold in zip(found, thresholds, strict=True)]
    return Policy(threshold=max(thresholds), protection=max(widths))


def _structure(tables: Sequence[Table], nested: Sequence[tuple[str, str]]) -> Family:
    """The cells and equations of the tables; their counts play no part."""
    empty = [Table(t.measure, t.dimensions, dict.fromkeys(t.counts, 0), t.results, t.windows) for t in tables]
    return link(empty, nested)


def _as_table(table: Mapping[str, Any]) -> Table:
    """A published table's shape: every combination of its categories."""
    dimensions = tuple(table["dimensions"])
    windows = {d: {label: frozenset(units) for label, units in w.items()} for d, w in table.get("windows", {}).items()}
    categories = [_options(table, dimension, windows) for dimension in dimensions]
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


def _position(knowledge: Knowledge, cell: Key) -> int:
    index = knowledge.family.position.get(cell)
    if index is None:
        raise BadRelease(f"No table of the release holds {describe(cell)}; declare its categories.")
    return index


def _learn(knowledge: Knowledge, cell: Key, entry: Mapping[str, Any], base: int) -> None:
    """One printed cell: a number, a true zero, or a mark that leaves it unknown."""
    index, mark = _position(knowledge, cell), entry.get("mark")
    if mark in (Mark.SUPPRESSED, Mark.UNAVAILABLE):
        if mark == Mark.SUPPRESSED:
            knowledge.suppressed.add(index)
        return
    value = 0 if mark == Mark.TRUE_ZERO else entry.get("value")
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
        raise BadRelease(f"{describe(cell)} has neither a count nor a mark [c], [x] or [z]: {dict(entry)}.")
    low, high = (0, 0) if mark == Mark.TRUE_ZERO else figures.rounding_interval(int(value), base)
    knowledge.low[index] = max(knowledge.low[index], low)
    knowledge.high[index] = min(knowledge.high[index], high)
    if knowledge.low[index] > knowledge.high[index]:
        raise DoesNotAddUp(
            f"Two figures are given for {describe(cell)}. If a count was revised, give the later release's measure "
            "another name, so that it is not taken for the same count."
        )


def _reference(knowledge: Knowledge, told: Mapping[str, Any]) -> int:
    return _position(knowledge, key(told["measure"], told.get("at", {})))


def _spread(told: Mapping[str, Any]) -> tuple[float, float]:
    """Lowest and highest true figure that would have been shown so."""
    half = 0.5 * 10.0 ** -int(told.get("decimals", 1))
    per = float(told.get("per", 1))
    return (float(told["value"]) - half) / per, (float(told["value"]) + half) / per


def _learn_rate(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """numerator - low x denominator >= 0 and numerator - high x denominator <= 0: linear whatever is hidden."""
    if told.get("value") is None:
        return
    above, below = _reference(knowledge, told["numerator"]), _reference(knowledge, told["denominator"])
    low, high = _spread({"per": 100, **told})
    _row(knowledge, {above: 1.0, below: -low}, 0.0, np.inf)
    _row(knowledge, {above: 1.0, below: -high}, -np.inf, 0.0)


def _learn_ratio(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """(a/n1)/(c/n2): a n2 - r c n1 is linear while one of a, n2 and one of c, n1 are known."""
    if told.get("value") is None:
        return
    group, reference = told["group"], told["reference"]
    a, n1 = _reference(knowledge, group["events"]), _reference(knowledge, group["people"])
    c, n2 = _reference(knowledge, reference["events"]), _reference(knowledge, reference["people"])
    low, high = _spread({"decimals": 2, **told})
    top, bottom = _product(knowledge, a, n2), _product(knowledge, c, n1)
    for limit, ends in ((low, (0.0, np.inf)), (high, (-np.inf, 0.0))):
        row, moved = dict(top[0]), top[1] - limit * bottom[1]
        for index, factor in bottom[0].items():
            row[index] = row.get(index, 0.0) - limit * factor
        if row:
            _row(knowledge, row, ends[0] - moved, ends[1] - moved)


def _product(knowledge: Knowledge, first: int, second: int) -> tuple[dict[int, float], float]:
    """The product of two counts as (factors of unknown counts, number)."""
    known = [index for index in (first, second) if knowledge.low[index] == knowledge.high[index]]
    if not known:
        names = " and ".join(describe(knowledge.family.keys[index]) for index in (first, second))
        raise BadRelease(f"A ratio is published though both {names} are hidden: withhold the ratio.")
    other = second if known[0] == first else first
    value = float(knowledge.low[known[0]])
    return ({}, value * float(knowledge.low[other])) if len(known) == 2 else ({other: value}, 0.0)


def _row(knowledge: Knowledge, row: dict[int, float], low: float, high: float) -> None:
    knowledge.rows.append({index: value for index, value in row.items() if value})
    knowledge.row_low.append(low)
    knowledge.row_high.append(high)
