"""An attacker who knows everything published and adds it up: the interval in which each hidden count must lie.

For each unknown count the lowest and the highest value that any set of non-negative counts could give it, found by
linear programming block by block (HiGHS through scipy) and rounded inwards to whole numbers.
Sources: Fischetti and Salazar (2000), the attacker's problem; Hundepool et al. (2012), Statistical Disclosure Control.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Solver's answers are good to about 1e-7; a whole number missed by less is meant.
SLACK = 1e-6
UNBOUNDED = 3
#: How far a sum of shown counts may miss, by the rounding of floats where rates are printed.
OFF = 1e-6
OPTIMAL = 0


class DoesNotAddUp(ValueError):
    """No set of counts agrees with what is published."""


@dataclass(frozen=True)
class Published:
    """All that the attacker knows: row_low <= rows @ counts <= row_high, and low <= counts <= high."""

    rows: Any
    row_low: Floats
    row_high: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole numbers a hidden count could be; ``high`` is None where nothing bounds it."""

    low: int
    high: int | None

    @property
    def width(self) -> float:
        """Highest minus lowest; infinite where nothing bounds it."""
        return inf if self.high is None else self.high - self.low


def attack(published: Published, targets: Iterable[int]) -> dict[int, Interval]:
    """The interval of each target. Raises DoesNotAddUp where what is published contradicts itself."""
    wanted = set(targets)
    found: dict[int, Interval] = {}
    for block in blocks(published):
        inside = [local for local, index in enumerate(block.columns) if int(index) in wanted]
        if inside:
            block.search(inside)
            found |= {int(block.columns[local]): block.interval(local) for local in inside}
    for index in wanted - found.keys():
        found[index] = _inwards(float(published.low[index]), float(published.high[index]))
    return found


def pinned_down(published: Published, targets: Iterable[int], width: int) -> list[int]:
    """Those of the targets whose interval is narrower than ``width``; each is sought only until that is settled."""
    wanted = set(targets)
    found: list[int] = []
    settled: set[int] = set()
    for block in blocks(published):
        inside = [local for local, index in enumerate(block.columns) if int(index) in wanted]
        settled |= {int(block.columns[local]) for local in inside}
        block.search(inside, enough=width)
        found += [int(block.columns[local]) for local in inside if block.interval(local).width < width]
    bare = [index for index in wanted - settled if published.high[index] - published.low[index] < width]
    return sorted({*found, *bare})


def bounded(published: Published, targets: Iterable[int], width: int) -> dict[int, int]:
    """Those of the targets whose interval is narrower than ``width``, with how wide it is; a programme is solved only
    for what sums alone bound so far."""
    wanted = set(targets)
    found = {index: int(published.high[index] - published.low[index]) for index in wanted if _is_bare(published, index)}
    for block in blocks(published):
        near = [at for at, index in enumerate(block.columns) if int(index) in wanted and block.room(at) < width]
        block.search(near)
        found |= {int(block.columns[at]): int(block.interval(at).width) for at in near}
    return {index: wide for index, wide in found.items() if wide < width}


def _is_bare(published: Published, index: int) -> bool:
    return bool(published.high[index] == published.low[index])


def blocks(published: Published) -> list["Block"]:
    """Independent parts of the unknown: counts that no chain of equations ties together are sought apart."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    unknown = np.flatnonzero(published.high > published.low)
    _check_known(published, unknown)
    if not unknown.size:
        return []
    inside = csr_array(published.rows[:, unknown])
    used = np.flatnonzero(np.diff(inside.indptr))
    inside = inside[used]
    settled = np.where(published.high > published.low, 0.0, published.low)
    moved = (published.rows @ settled)[used]
    _, label = connected_components(abs(inside).T @ abs(inside), directed=False)
    row_label = label[inside.indices[inside.indptr[:-1]]]
    low, high = published.row_low[used] - moved, published.row_high[used] - moved
    order, row_order = np.argsort(label, kind="stable"), np.argsort(row_label, kind="stable")
    columns = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    starts = np.searchsorted(row_label[row_order], np.arange(len(columns) + 1))
    return [
        Block(inside[rows][:, part], low[rows], high[rows], published.low, published.high, unknown[part])
        for part, rows in ((part, row_order[starts[i] : starts[i + 1]]) for i, part in enumerate(columns))
    ]


def _check_known(published: Published, unknown: NDArray[np.int64]) -> None:
    """Figures that contradict each other by themselves, with nothing unknown between them."""
    from scipy.sparse import csr_array

    if (published.high < published.low - SLACK).any():
        raise DoesNotAddUp("A figure is published with two different values.")
    rows = csr_array(published.rows)
    whole = np.diff(csr_array(rows[:, unknown]).indptr) == 0
    sums = rows @ np.where(published.high > published.low, 0.0, published.low)
    off = (sums < published.row_low - OFF) | (sums > published.row_high + OFF)
    if (off & whole).any():
        raise DoesNotAddUp("The figures shown do not add up.")


class Block:
    """Unknown counts tied together, with the lowest and highest values so far seen and so far possible."""

    def __init__(self, rows: Any, row_low: Floats, row_high: Floats, low: Floats, high: Floats, columns: Any) -> None:
        from scipy.sparse import csr_array

        self.rows, self.row_low, self.row_high, self.columns = csr_array(rows), row_low, row_high, columns
        self.low, self.high = low[columns].copy(), high[columns].copy()
        self.seen_low, self.seen_high = np.full(len(columns), inf), np.full(len(columns), -inf)
        self.tighten()

    def tighten(self, sweeps: int = 20) -> None:
        """Narrow what is possible row by row: cheap bounds that spare most of the linear programmes."""
        entries = self.rows.tocoo()
        row, column, sign = entries.row, entries.col, entries.data
        for _ in range(sweeps):
            before = self.low.sum(), np.where(np.isinf(self.high), 0.0, self.high).sum(), np.isinf(self.high).sum()
            ends = np.where(sign > 0, self.low[column], self.high[column]) * sign
            least = _rest(ends, row, len(self.row_low))
            ends = np.where(sign > 0, self.high[column], self.low[column]) * sign
            most = _rest(ends, row, len(self.row_low))
            upper, lower = self.row_high[row] - least, self.row_low[row] - most
            np.minimum.at(self.high, column, np.where(sign > 0, upper / sign, lower / sign))
            np.maximum.at(self.low, column, np.where(sign > 0, lower / sign, upper / sign))
            after = self.low.sum(), np.where(np.isinf(self.high), 0.0, self.high).sum(), np.isinf(self.high).sum()
            if before == after:
                break
        if (self.high < self.low - SLACK).any():
            raise DoesNotAddUp("No counts agree with what is published: the figures do not add up.")
        self.high = np.maximum(self.high, self.low)

    def search(self, targets: Iterable[int], enough: float = inf) -> None:
        """Find both ends of each target, or stop at a target once its interval is ``enough`` wide."""
        for target in targets:
            # The lowest first: it always exists, so a failure to find it means that the figures contradict.
            for sign in (1.0, -1.0):
                if self.interval_seen(target) < enough and not self.settled(target, sign):
                    self.solve(target, sign)

    def settled(self, target: int, sign: float) -> bool:
        """Whether the end sought (-1 the highest, 1 the lowest) was already reached by another's solution."""
        if sign < 0:
            return bool(self.seen_high[target] >= self.high[target] - SLACK)
        return bool(self.seen_low[target] <= self.low[target] + SLACK)

    def solve(self, target: int, sign: float) -> None:
        """One linear programme; its solution also widens what has been seen of every other count."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        cost = np.zeros(len(self.columns))
        cost[target] = sign
        result = milp(
            cost,
            constraints=LinearConstraint(self.rows, self.row_low, self.row_high),
            bounds=Bounds(self.low, self.high),
        )
        if result.status == OPTIMAL:
            self.see(result.x)
            end = result.x[target]
            self.high[target], self.low[target] = (end, self.low[target]) if sign < 0 else (self.high[target], end)
        elif result.status == UNBOUNDED or (sign < 0 and np.isinf(self.high[target]) and self.seen_low[target] < inf):
            self.seen_high[target] = inf
        else:
            raise DoesNotAddUp("No counts agree with what is published: the figures do not add up.")

    def see(self, counts: Floats) -> None:
        """Remember a set of counts that agrees with everything published."""
        self.seen_low, self.seen_high = np.minimum(self.seen_low, counts), np.maximum(self.seen_high, counts)

    def room(self, target: int) -> float:
        """The widest that its interval can be, by adding and taking away alone; infinite where nothing bounds it."""
        return float(self.high[target] - self.low[target])

    def interval(self, target: int) -> Interval:
        """The target's interval as far as it was sought, rounded inwards."""
        return _inwards(float(self.seen_low[target]), float(self.seen_high[target]))

    def interval_seen(self, target: int) -> float:
        """Width of what was seen so far, rounded inwards; below 0 before anything was."""
        low, high = self.seen_low[target], self.seen_high[target]
        return -inf if low > high or low == inf else self.interval(target).width


def _rest(ends: Floats, row: NDArray[np.int64], rows: int) -> Floats:
    """For each entry the sum of the other entries of its row; infinite where one of those is."""
    endless = np.isinf(ends)
    finite = np.where(endless, 0.0, ends)
    total = np.bincount(row, finite, rows)[row] - finite
    others = np.bincount(row, endless, rows)[row] - endless
    sign = -1.0 if (ends[endless] < 0).any() else 1.0
    return np.where(others > 0, sign * inf, total)


def _inwards(low: float, high: float) -> Interval:
    return Interval(ceil(low - SLACK), None if high == inf else floor(high + SLACK))
