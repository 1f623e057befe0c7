"""The least that must be hidden in a small block: a mixed-integer programme, cut by the attacker's own proofs.

The master programme chooses which cells to hide; the attacker looks for a hidden cell that is too narrow; the dual
prices of his linear programmes become an inequality that every safe choice satisfies and this one does not; again.
Work is counted in programmes and branches, never in seconds, so that the same block gives the same choice anywhere.
Source: Fischetti and Salazar (2000), Management Science 47:1008.
"""

from dataclasses import dataclass, field
from math import ceil, floor, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reporting.suppression.attack import SLACK
from reporting.suppression.constructive import Choice, Task, protect
from reporting.suppression.moves import Moves
from reporting.suppression.pattern import Floats

#: A branch of the master programme costs about a fifth of one of the attacker's programmes.
BRANCHES = 5
#: Every so many rounds the master's choice, not safe yet, is completed: a better choice at hand cuts the search short.
COMPLETE_EVERY = 5
#: Of two choices whose larger price is the same, the one with the smaller sum of both.
HINT = 1e-4


@dataclass
class Cuts:
    """Inequalities ``rows @ x >= least`` over the cells that may be hidden or shown."""

    rows: list[Floats] = field(default_factory=list)
    least: list[float] = field(default_factory=list)


@dataclass
class Search:
    """A search under way: its cuts, the choices found, the moves that have proved cells, and the work left."""

    task: Task
    counts: Floats
    left: float
    best: list[Choice]
    cuts: Cuts = field(default_factory=Cuts)
    known: list[Floats] = field(default_factory=list)
    fewest_cells: float = 0.0
    fewest_counts: float = 0.0
    conflict: float = 1.0


def search(task: Task, counts: Floats, effort: int, start: Choice) -> Search:
    """Choices near the fewest cells and the fewest counts at once, for so much work; ``start`` is safe already.

    The two wishes can conflict; what the last choice makes least is the larger of the two prices, each over its own
    optimum. Where the work runs out the bounds still hold.
    """
    found = Search(task, counts, 0.0, [start])
    cells, lost = task.printed.astype(float), counts * task.printed
    _add_sums(task, found.cuts)
    # A touch of the other wish breaks ties, too small to change either optimum.
    found.left += effort / 2
    found.fewest_cells = ceil(_settle(found, cells + lost * 0.5 / (1 + lost.sum())) - 0.5 - SLACK)
    found.left += effort / 4
    found.fewest_counts = ceil(_settle(found, lost + cells * 0.5 / (1 + cells.sum())) - 0.5 - SLACK)
    found.left += effort / 4
    both = np.vstack([cells / max(found.fewest_cells, 1.0), lost / max(found.fewest_counts, 1.0)])
    # The hint of the sum is at most the larger price and again as much, times itself.
    found.conflict = max(1.0, _settle(found, both) / (1 + 2 * HINT) - SLACK)
    return found


def _settle(found: Search, cost: Floats) -> float:
    """Ask master and attacker in turn until the attacker finds nothing; the best proven bound of the cost."""
    bound, rounds = 0.0, 0
    while found.left > 0:
        limit = min(_price(cost, choice.hidden) for choice in found.best)
        hidden, least = _master(found, cost, limit)
        bound = max(bound, min(least, limit))
        if hidden is None or bound >= limit * (1 - 1e-9) - SLACK:
            break
        moves = Moves(found.task.ground, found.task.widths)
        moves.known = [move for move in found.known if not move[~hidden].any()]
        if not _add_cuts(found, hidden, moves):
            found.best.append(Choice(hidden, moves))
            return bound
        rounds += 1
        if rounds % COMPLETE_EVERY == 0 or found.left <= 0:
            _complete(found, hidden, moves)
    return bound


def _price(cost: Floats, hidden: NDArray[np.bool_]) -> float:
    if cost.ndim == 1:
        return float(cost @ hidden)
    return float((cost @ hidden).max() + HINT * (cost @ hidden).sum())


def _complete(found: Search, hidden: NDArray[np.bool_], moves: Moves) -> None:
    """Make the master's choice safe step by step, and keep it."""
    whole = protect(found.task, hidden, moves)
    found.left -= whole.moves.solved
    found.best.append(whole)


def _master(found: Search, cost: Floats, limit: float) -> tuple[NDArray[np.bool_] | None, float]:
    """Cheapest choice that satisfies all cuts, and a bound of its cost; None where there is none within the work.

    ``limit``: a price at which there is a safe choice already. Two rows of cost: the larger of the two sums is least.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    task = found.task
    size = len(task.weight)
    free = ~task.hidden & ~task.fixed
    rows, least = [*found.cuts.rows], [*found.cuts.least]
    objective = cost
    low, high, whole = task.hidden.astype(float), (task.hidden | free).astype(float), np.ones(size)
    if cost.ndim == 2:
        # One more variable, above both prices; a hint of their sum breaks ties.
        objective = np.append(cost.sum(axis=0) * HINT, 1.0)
        rows = [np.append(row, 0.0) for row in rows] + [np.append(-row, 1.0) for row in cost]
        least = [*least, 0.0, 0.0]
        low, high, whole = np.append(low, 0.0), np.append(high, np.inf), np.append(whole, 0.0)
    rows, least = [*rows, -objective], [*least, -limit * (1 + 1e-6) - SLACK]
    limits = LinearConstraint(csr_array(np.array(rows)), np.array(least), np.inf)
    options = {"node_limit": max(1, int(found.left * BRANCHES)), "mip_rel_gap": 1e-6}
    result = milp(objective, integrality=whole, bounds=Bounds(low, high), constraints=limits, options=options)
    found.left -= 1 + (result.mip_node_count or 0) / BRANCHES
    bound = result.mip_dual_bound
    chosen = None if result.x is None else np.asarray(result.x[:size] > 0.5)
    return chosen, float(bound) if bound is not None and isfinite(bound) else 0.0


def _add_sums(task: Task, cuts: Cuts) -> None:
    """What every sum demands by itself: a hidden cell in it is not the only one, and the others have room for it.

    A part of ``n`` that must be ``width`` wide goes up by ``width - n`` at least; what goes down for it are the other
    parts, none further than it is high, or the total goes up.
    """
    from scipy.sparse import csr_array

    values, matrix = task.ground.values, csr_array(task.ground.rows)
    free = ~task.hidden & ~task.fixed
    for row in range(matrix.shape[0]):
        inside = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        signs = dict(zip(inside.tolist(), matrix.data[matrix.indptr[row] : matrix.indptr[row + 1]], strict=True))
        for cell in inside.tolist():
            if not (free[cell] or cell in task.needy or (task.hidden[cell] and task.printed[cell])):
                continue
            up = task.widths[cell] - min(task.widths[cell], values[cell])
            for room, wanted in _rooms(values, signs, cell, up):
                _add_sum(task, cuts, cell, room, wanted)


def _rooms(values: Floats, signs: dict[int, float], cell: int, up: float) -> list[tuple[dict[int, float], float]]:
    """({other cell: its room}, how much room is wanted) of one cell in one sum."""
    others = [other for other in signs if other != cell]
    rooms = [(dict.fromkeys(others, 1.0), 1.0)]
    if up >= 1:
        # Cells on the same side of the sum go down for it, as far as they are high; those on the other side go up.
        down = {other: min(values[other], up) if signs[other] == signs[cell] else up for other in others}
        rooms.append((down, float(up)))
    return rooms


def _add_sum(task: Task, cuts: Cuts, cell: int, room: dict[int, float], wanted: float) -> None:
    free = ~task.hidden & ~task.fixed
    wanted -= sum(amount for other, amount in room.items() if task.hidden[other])
    if wanted <= SLACK:
        return
    row = np.zeros(len(task.weight))
    for other, amount in room.items():
        if free[other]:
            row[other] = min(amount, wanted)
    _append(cuts, row, wanted, cell, chosen=bool(free[cell]))


def _add_cuts(found: Search, hidden: NDArray[np.bool_], moves: Moves) -> bool:
    """A cut for each required cell that is too narrow when ``hidden`` is all that is hidden; False if there is none."""
    task, narrow = found.task, False
    for cell in task.required(hidden):
        if not moves.lacking([cell]):
            continue
        ends = []
        for sign in (1.0, -1.0):
            reach, price, move = _reach(task, cell, hidden, sign)
            found.left -= 1
            ends.append((reach, price))
            before = len(moves.known)
            moves.add(move)
            found.known += moves.known[before:]
        (up, price_up), (down, price_down) = ends
        if floor(up + SLACK) + floor(down + SLACK) < task.widths[cell]:
            narrow = True
            _add(task, found.cuts, cell, price_up + price_down, hidden)
    return narrow


def _reach(task: Task, cell: int, hidden: NDArray[np.bool_], sign: float) -> tuple[float, Floats, Floats]:
    """How far a count can move up (1) or down (-1), what hiding each cell could add to that at most, and the move."""
    from scipy.optimize import linprog

    values, width = task.ground.values, float(task.widths[cell])
    cost = np.zeros(len(values))
    cost[cell] = -sign
    low, high = np.where(hidden, -values, 0.0), np.where(hidden, np.inf, 0.0)
    if sign > 0:
        high[cell] = width
    rows = task.ground.rows
    result: Any = linprog(cost, A_eq=rows, b_eq=np.zeros(rows.shape[0]), bounds=np.column_stack([low, high]))
    if result.status != 0:
        return width, np.full(len(values), width), np.zeros(len(values))
    reduced = result.lower.marginals + result.upper.marginals
    # A lower limit costs its true count; there is no upper limit, so hiding may add all that is wanted.
    price = np.where(reduced > 1e-9, reduced * values, np.where(reduced < -1e-9, width, 0.0))
    return float(sign * result.x[cell]), np.minimum(price, width), np.asarray(result.x)


def _add(task: Task, cuts: Cuts, cell: int, price: Floats, hidden: NDArray[np.bool_]) -> None:
    """The dual cut, and the plain one: whatever else is shown, something not hidden now has to be."""
    free = ~task.hidden & ~task.fixed
    chosen = bool(free[cell])
    own = price[cell] if chosen else 0.0
    wanted = float(task.widths[cell]) - own - float(price[task.hidden].sum())
    if wanted > SLACK and isfinite(wanted):
        row = np.where(free, np.minimum(price, wanted), 0.0)
        _append(cuts, row, wanted, cell, chosen=chosen)
    _append(cuts, (free & ~hidden).astype(float), 1.0, cell, chosen=chosen)


def _append(cuts: Cuts, row: Floats, least: float, cell: int, *, chosen: bool) -> None:
    if chosen:
        row[cell] = -least
    cuts.rows.append(row)
    cuts.least.append(0.0 if chosen else float(ceil(least * 1e6 - 1) / 1e6))
