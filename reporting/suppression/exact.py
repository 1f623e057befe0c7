"""The least that must be hidden in a small block: a mixed-integer programme, cut by the attacker's own proofs.

The master programme chooses which cells to hide; the attacker looks for a hidden cell that is too narrow; the dual
prices of his linear programmes become an inequality that every safe choice satisfies and this one does not; again.
Source: Fischetti and Salazar (2000), Management Science 47:1008.
"""

from dataclasses import dataclass, field
from math import ceil, floor, isfinite
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from reporting.suppression.attack import SLACK
from reporting.suppression.constructive import Task
from reporting.suppression.pattern import Floats


@dataclass
class Cuts:
    """Inequalities ``rows @ x >= least`` over the cells that may be hidden or shown."""

    rows: list[Floats] = field(default_factory=list)
    least: list[float] = field(default_factory=list)


@dataclass
class Found:
    """``safe`` choices; ``nearly`` safe ones, where time ran out; and what no safe choice can go below."""

    safe: list[NDArray[np.bool_]] = field(default_factory=list)
    nearly: list[NDArray[np.bool_]] = field(default_factory=list)
    fewest_cells: float = 0.0
    fewest_counts: float = 0.0


def search(task: Task, counts: Floats, seconds: float) -> Found:
    """Choices near the fewest cells and the fewest counts at once, within about ``seconds``.

    The two wishes can conflict; what the last choice makes least is the larger of the two prices, each over its own
    optimum. Where time runs out the bounds still hold, and the choice that came nearest is given to be completed.
    """
    cuts, cells, lost, found = Cuts(), task.printed.astype(float), counts * task.printed, Found()
    # A touch of the other wish breaks ties, too small to change either optimum.
    found.fewest_cells = ceil(_settle(task, cuts, cells + lost * 0.5 / (1 + lost.sum()), seconds / 2, found) - 0.5)
    found.fewest_counts = ceil(_settle(task, cuts, lost + cells * 0.5 / (1 + cells.sum()), seconds / 4, found) - 0.5)
    balance = np.vstack([cells / max(found.fewest_cells, 1.0), lost / max(found.fewest_counts, 1.0)])
    _settle(task, cuts, balance, seconds / 4, found)
    return found


def _settle(task: Task, cuts: Cuts, cost: Floats, seconds: float, found: Found) -> float:
    """Ask master and attacker in turn until the attacker finds nothing; the best proven bound of the cost."""
    until, bound, last = monotonic() + seconds, 0.0, None
    while monotonic() < until:
        hidden, least = _master(task, cuts, cost, until - monotonic())
        bound = max(bound, least)
        if hidden is None:
            break
        last = hidden
        if not _add_cuts(task, cuts, hidden):
            found.safe.append(hidden)
            return bound
    found.nearly += [] if last is None else [last]
    return bound


def _master(task: Task, cuts: Cuts, cost: Floats, seconds: float) -> tuple[NDArray[np.bool_] | None, float]:
    """Cheapest choice that satisfies all cuts, and a bound of its cost; None where there is none in time.

    Two rows of cost: the larger of the two sums is made least.
    """
    size = len(task.weight)
    free = ~task.hidden & ~task.fixed
    rows, least = list(cuts.rows), list(cuts.least)
    objective = cost
    if cost.ndim == 2:
        # One more variable, above both prices; a hint of their sum breaks ties.
        objective = np.append(cost.sum(axis=0) * 1e-4, 1.0)
        rows = [np.append(row, 0.0) for row in rows] + [np.append(-row, 1.0) for row in cost]
        least = [*least, 0.0, 0.0]
    low, high = task.hidden.astype(float), (task.hidden | free).astype(float)
    whole = np.ones(size)
    if cost.ndim == 2:
        low, high, whole = np.append(low, 0.0), np.append(high, np.inf), np.append(whole, 0.0)
    limits = LinearConstraint(csr_array(np.array(rows)), np.array(least), np.inf) if rows else ()
    options = {"time_limit": max(0.1, seconds), "mip_rel_gap": 1e-6}
    result = milp(objective, integrality=whole, bounds=Bounds(low, high), constraints=limits, options=options)
    bound = result.mip_dual_bound
    return None if result.x is None else np.asarray(result.x[:size] > 0.5), float(bound) if bound is not None else 0.0


def _add_cuts(task: Task, cuts: Cuts, hidden: NDArray[np.bool_]) -> bool:
    """A cut for each required cell that is too narrow when ``hidden`` is all that is hidden; False if there is none."""
    narrow = False
    for cell in task.required(hidden):
        up, price_up = _reach(task, cell, hidden, 1.0)
        down, price_down = _reach(task, cell, hidden, -1.0)
        if floor(up + SLACK) + floor(down + SLACK) >= task.width:
            continue
        narrow = True
        _add(task, cuts, cell, price_up + price_down, hidden)
    return narrow


def _reach(task: Task, cell: int, hidden: NDArray[np.bool_], sign: float) -> tuple[float, Floats]:
    """How far a count can move up (1) or down (-1), and what hiding each cell could add to that at most."""
    values = task.ground.values
    cost = np.zeros(len(values))
    cost[cell] = -sign
    limits = [(-value, None) if open_ else (0.0, 0.0) for value, open_ in zip(values, hidden, strict=True)]
    if sign > 0:
        limits[cell] = (limits[cell][0], float(task.width))
    result: Any = linprog(cost, A_eq=task.ground.rows, b_eq=np.zeros(task.ground.rows.shape[0]), bounds=limits)
    if result.status != 0:
        return float(task.width), np.full(len(values), float(task.width))
    reduced = result.lower.marginals + result.upper.marginals
    # A lower limit costs its true count; there is no upper limit, so hiding may add all that is wanted.
    price = np.where(reduced > 1e-9, reduced * values, np.where(reduced < -1e-9, float(task.width), 0.0))
    return float(sign * result.x[cell]), np.minimum(price, float(task.width))


def _add(task: Task, cuts: Cuts, cell: int, price: Floats, hidden: NDArray[np.bool_]) -> None:
    """The dual cut, and the plain one: whatever else is shown, something not hidden now has to be."""
    free = ~task.hidden & ~task.fixed
    chosen = bool(free[cell])
    own = price[cell] if chosen else 0.0
    wanted = task.width - own - float(price[task.hidden].sum())
    if wanted > SLACK and isfinite(wanted):
        row = np.where(free, np.minimum(price, wanted), 0.0)
        _append(cuts, row, wanted, cell, chosen=chosen)
    _append(cuts, (free & ~hidden).astype(float), 1.0, cell, chosen=chosen)


def _append(cuts: Cuts, row: Floats, least: float, cell: int, *, chosen: bool) -> None:
    if chosen:
        row[cell] = -least
    cuts.rows.append(row)
    cuts.least.append(0.0 if chosen else float(ceil(least * 1e6 - 1) / 1e6))
