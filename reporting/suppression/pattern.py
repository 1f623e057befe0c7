"""The cheapest way to let one count vary: which other counts must be hidden with it.

A pattern is a pair of alternative tables that agree with everything shown: one in which the count is higher and one in
which it is lower. If both agree on every shown cell, nobody can tell them from the truth.
Source: Kelly, Golden and Assad (1992); Fischetti and Salazar (2000), on cell suppression by linear programming.
"""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reporting.suppression.attack import OPTIMAL, SLACK

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """Cells of one block: the equations between them, their true counts."""

    rows: Any
    values: Floats


@dataclass(frozen=True)
class Pattern:
    """Moves of every cell in the higher and in the lower alternative, 0 where neither differs from the truth."""

    up: Floats
    down: Floats

    def support(self) -> NDArray[np.int64]:
        """Positions that the pattern needs hidden."""
        return np.flatnonzero((np.abs(self.up) > SLACK) | (np.abs(self.down) > SLACK))

    def width(self, values: Floats, cell: int) -> int:
        """Width that the pattern alone gives a cell, rounded inwards."""
        ends = float(values[cell] + self.up[cell]), float(values[cell] + self.down[cell])
        return floor(max(ends) + SLACK) - ceil(min(ends) - SLACK)


def find(ground: Ground, cell: int, width: int, cost: Floats, allowed: NDArray[np.bool_]) -> Pattern | None:
    """The pattern of least cost giving ``cell`` an interval of ``width``, moving only ``allowed`` cells; None if none.

    ``cost`` is per unit moved. In three dimensions a solution may fall between whole numbers and lose width when
    rounded; it is then sought again one wider.
    """
    for asked in (width, width + 1):
        pattern = _solve(ground, cell, asked, cost, allowed)
        if pattern is None or pattern.width(ground.values, cell) >= width:
            return pattern
    return None


def prove(ground: Ground, cell: int, width: int, cost: Floats, allowed: NDArray[np.bool_]) -> Pattern | None:
    """As ``find``, where it does not matter which of the ``allowed`` cells move: one higher table alone, half the
    programme, serves nearly always."""
    higher = _rise(ground, cell, width, cost, allowed)
    if higher is not None:
        found = Pattern(higher, np.zeros(len(higher)))
        if found.width(ground.values, cell) >= width:
            return found
    return find(ground, cell, width, cost, allowed)


def _rise(ground: Ground, cell: int, width: int, cost: Floats, allowed: NDArray[np.bool_]) -> Floats | None:
    """The cheapest move in which the cell goes up by ``width``."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack

    free = np.flatnonzero(allowed)
    rows = csr_array(ground.rows[:, free])
    rows = rows[np.flatnonzero(np.diff(rows.indptr))]
    count, here = len(free), int(np.searchsorted(free, cell))
    low, high = np.zeros(2 * count), np.append(np.full(count, np.inf), ground.values[free])
    low[here] = high[here] = width
    high[here + count] = 0
    nothing = np.zeros(rows.shape[0])
    system = LinearConstraint(hstack([rows, -rows], format="csr"), nothing, nothing)
    result = milp(np.tile(cost[free], 2), constraints=system, bounds=Bounds(low, high))
    if result.status != OPTIMAL:
        return None
    move = np.zeros(len(ground.values))
    move[free] = result.x[:count] - result.x[count:]
    return move


def _solve(ground: Ground, cell: int, width: int, cost: Floats, allowed: NDArray[np.bool_]) -> Pattern | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, vstack

    free = np.flatnonzero(allowed)
    rows = csr_array(ground.rows[:, free])
    rows = rows[np.flatnonzero(np.diff(rows.indptr))]
    count, here = len(free), int(np.searchsorted(free, cell))
    # Four parts: more and less in the higher table, more and less in the lower.
    both = hstack([rows, -rows], format="csr")
    apart = np.zeros(4 * count)
    apart[[here, here + count]], apart[[here + 2 * count, here + 3 * count]] = (1, -1), (-1, 1)
    nothing = csr_array(both.shape)
    system = vstack([hstack([both, nothing]), hstack([nothing, both]), csr_array(apart[None, :])], format="csr")
    target = np.zeros(system.shape[0])
    target[-1] = width
    most = np.concatenate([np.full(count, np.inf), ground.values[free]] * 2)
    most[[here + count, here + 2 * count]] = 0  # the higher table never lowers the cell, nor the lower one raises it
    result = milp(np.tile(cost[free], 4), constraints=LinearConstraint(system, target, target), bounds=Bounds(0, most))
    if result.status != OPTIMAL:
        return None
    up, down = np.zeros(len(ground.values)), np.zeros(len(ground.values))
    parts = result.x.reshape(4, count)
    up[free], down[free] = parts[0] - parts[1], parts[2] - parts[3]
    return Pattern(up, down)
