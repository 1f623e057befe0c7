"""Releases as files: what was published, in the form that the attacker reads. The format is in docs/measures.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import isfinite, prod
from typing import Any

import numpy as np
from scipy.sparse import csr_array, vstack

from reporting.suppression import figures, scopes
from reporting.suppression.attack import DoesNotAddUp, Floats, Interval, Published, attack
from reporting.suppression.family import Family, Key, describe, key
from reporting.suppression.policy import Mark, Policy
from reporting.suppression.protect import Suppressed
from reporting.suppression.tables import Table, link

FORMAT = "diversion-release/1"
MOST_CELLS = 200_000


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
    shown: dict[int, int] = field(default_factory=dict)
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
    except (KeyError, TypeError, AttributeError, OverflowError) as fault:
        raise BadRelease(f"The release is not in the form {FORMAT}: {type(fault).__name__} {fault}.") from fault


def _read(contents: Sequence[Mapping[str, Any]]) -> Knowledge:
    if not contents:
        raise BadRelease("There is no release to attack.")
    for content in contents:
        if content.get("format") != FORMAT:
            raise BadRelease(f'A release says "format": "{FORMAT}"; this one says {content.get("format")!r}.')
        if not content["tables"]:
            raise BadRelease("The release holds no table.")
    contents = scopes.apart(contents)
    told = [(content, table, _cells(content, table)) for content in contents for table in content["tables"]]
    nested = [(pair["whole"], pair["part"]) for content in contents for pair in content.get("parts", [])]
    family = _structure(scopes.with_all_windows([_as_table(table) for _, table, _ in told]), nested)
    knowledge = Knowledge(family, _policy(contents), np.zeros(family.size), np.full(family.size, np.inf))
    for content, _, cells in told:
        base = _whole(content.get("policy", {}), "rounding", 1, least=1)
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
    thresholds = [_whole(policy, "threshold", Policy().threshold, least=1) for policy in found]
    pairs = zip(found, thresholds, strict=True)
    widths = [_whole(policy, "protection", threshold - 1, least=0) for policy, threshold in pairs]
    return Policy(threshold=max(thresholds), protection=max(widths))


def _whole(policy: Mapping[str, Any], name: str, default: int, *, least: int) -> int:
    value = policy.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadRelease(f'The policy\'s "{name}" is a whole number of {least} or more, not {value!r}.')
    return value


def _number(told: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = told.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise BadRelease(f'"{name}" of a rate or ratio is a number, not {value!r}.')
    return float(value)


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
    good = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if mark not in (None, Mark.TRUE_ZERO) or not good or value < 0 or value != int(value):
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


def _reference(knowledge: Knowledge, told: Mapping[str, Any]) -> int:
    return _position(knowledge, key(told["measure"], told.get("at", {})))


def _spread(told: Mapping[str, Any], per: float, decimals: int) -> tuple[float, float]:
    """Lowest and highest true figure that would have been shown so."""
    half = 0.5 * 10.0 ** -int(_number(told, "decimals", decimals))
    value, by = _number(told, "value"), _number(told, "per", per)
    if by <= 0 or value < 0:
        raise BadRelease(f"A rate or ratio is not below 0, and is per more than 0: {dict(told)}.")
    return max(0.0, value - half) / by, (value + half) / by


def _adds_nothing(knowledge: Knowledge, above: Sequence[int], below: Sequence[int], ends: tuple[float, float]) -> bool:
    """Whether the figure is what the counts printed beside it give, rounded ones too: it then tells no more than they.

    A release of this service makes its rates of what it shows. Taken for a rate of the true counts, such a figure would
    contradict them wherever counts are rounded.
    """
    if not knowledge.shown.keys() >= {*above, *below}:
        return False
    bottom = prod(knowledge.shown[index] for index in below)
    figure = prod(knowledge.shown[index] for index in above) / bottom if bottom else 0.0
    return ends[0] - 1e-9 <= figure <= ends[1] + 1e-9


def _learn_rate(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """numerator - low x denominator >= 0 and numerator - high x denominator <= 0: linear whatever is hidden."""
    if told.get("value") is None:
        return
    above, below = _reference(knowledge, told["numerator"]), _reference(knowledge, told["denominator"])
    low, high = _spread(told, 100, 1)
    if above != below and not _adds_nothing(knowledge, [above], [below], (low, high)):
        _row(knowledge, {above: 1.0, below: -low}, 0.0, np.inf)
        _row(knowledge, {above: 1.0, below: -high}, -np.inf, 0.0)


def _learn_ratio(knowledge: Knowledge, told: Mapping[str, Any]) -> None:
    """(a/n1)/(c/n2): a n2 - r c n1 is linear while one of a, n2 and one of c, n1 are shown."""
    if told.get("value") is None:
        return
    group, reference = told["group"], told["reference"]
    a, n1 = _reference(knowledge, group["events"]), _reference(knowledge, group["people"])
    c, n2 = _reference(knowledge, reference["events"]), _reference(knowledge, reference["people"])
    low, high = _spread(told, 1, 2)
    if _adds_nothing(knowledge, [a, n2], [c, n1], (low, high)):
        return
    (top, least_top, most_top), (bottom, least_bottom, most_bottom) = (
        _product(knowledge, a, n2),
        _product(knowledge, c, n1),
    )
    if top == bottom:
        return
    _row(knowledge, {top: most_top, bottom: -low * least_bottom}, 0.0, np.inf)
    _row(knowledge, {top: least_top, bottom: -high * most_bottom}, -np.inf, 0.0)


def _product(knowledge: Knowledge, first: int, second: int) -> tuple[int, float, float]:
    """The product of two counts as one of them times a number between two ends: those of the other, which is shown."""
    known = [index for index in (second, first) if index in knowledge.shown]
    if not known:
        names = " and ".join(describe(knowledge.family.keys[index]) for index in (first, second))
        raise BadRelease(f"A ratio is published though both {names} are hidden: withhold the ratio.")
    other = first if known[0] == second else second
    return other, float(knowledge.low[known[0]]), float(knowledge.high[known[0]])


def _row(knowledge: Knowledge, row: dict[int, float], low: float, high: float) -> None:
    knowledge.rows.append({index: value for index, value in row.items() if value})
    knowledge.row_low.append(low)
    knowledge.row_high.append(high)
