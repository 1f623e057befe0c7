"""Complementary suppression step by step: hide the cheapest pattern for each count still too narrow, then tidy up."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reporting.suppression.moves import Moves
from reporting.suppression.pattern import Floats, Ground, Pattern, find, prove

SLOPES = 4
#: Programmes that tidying may solve, times the cells of the block: about half a minute, on any machine the same work.
TIDY_WORK = 1_000_000


@dataclass
class Task:
    """One block to protect.

    widths: how wide the interval of each cell must be, where one is needed.
    needy: cells that need it (the sensitive ones, printed or not).
    hidden: printed cells hidden so far, and cells never printed; fixed: cells already out, which cannot be hidden.
    weight: what it costs to hide each cell (0 for a cell never printed).
    given_up: cells that nothing can protect any more.
    """

    ground: Ground
    widths: NDArray[np.int64]
    needy: frozenset[int]
    hidden: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    printed: NDArray[np.bool_]
    weight: Floats
    given_up: set[int] = field(default_factory=set)

    def required(self, hidden: NDArray[np.bool_]) -> list[int]:
        """Cells that must have the promised width if ``hidden`` are: every hidden printed one, and the sensitive."""
        return sorted({*np.flatnonzero(hidden & self.printed).tolist(), *self.needy} - self.given_up)


@dataclass
class Choice:
    """Which cells are hidden, and the moves that prove each of them wide enough."""

    hidden: NDArray[np.bool_]
    moves: Moves


def protect(task: Task, start: NDArray[np.bool_], known: Moves | None = None) -> Choice:
    """Hidden cells such that each required one has moves of its width, beginning from ``start``.

    Tidied for a fixed amount of work; ``known`` moves are taken over where they fit.
    """
    hidden = start.copy()
    moves = known.within(hidden) if known else Moves(task.ground, task.widths)
    while missing := moves.lacking(task.required(hidden)):
        # The rarest freedom first: a small count in a small table leaves least choice.
        _open(task, min(missing, key=lambda cell: task.ground.values[cell]), hidden, moves)
    return _tidy(task, Choice(hidden, moves))


def _open(task: Task, cell: int, hidden: NDArray[np.bool_], moves: Moves) -> None:
    """Prove one cell from what is hidden already, else by hiding the cheapest more."""
    pattern = _solved(task, cell, hidden, moves) if hidden[cell] else None
    if pattern is None:
        pattern = _cheapest(task, cell, hidden, moves)
    if pattern is None:
        task.given_up.add(cell)
        return
    hidden[pattern.support()] = True
    moves.take(pattern)
    if moves.lacking([cell]):  # a solution that does not add up proves nothing: leave it to the attacker's own verdict
        task.given_up.add(cell)


def _solved(task: Task, cell: int, hidden: NDArray[np.bool_], moves: Moves) -> Pattern | None:
    moves.solved += 1
    return prove(task.ground, cell, int(task.widths[cell]), _thrift(task), hidden)


def _cheapest(task: Task, cell: int, hidden: NDArray[np.bool_], moves: Moves) -> Pattern | None:
    """The pattern that hides least anew. A programme prices every unit moved, but hiding is paid once for a cell: so
    it is solved again with each price divided by the units that the last solution moved (slope scaling; Kim and
    Pardalos 1999), and the cheapest of the solutions is kept."""
    price = np.where(hidden, 0.0, task.weight)
    width = int(task.widths[cell])
    cost, best, least = price / max(width, 1), None, np.inf
    for _ in range(SLOPES):
        pattern = find(task.ground, cell, width, cost + _thrift(task), ~task.fixed)
        moves.solved += 1
        if pattern is None:
            break
        paid = float(price[pattern.support()].sum())
        if paid >= least - 1e-9:
            break
        best, least = pattern, paid
        moved = np.abs(pattern.up) + np.abs(pattern.down)
        cost = price / np.where(moved > 1e-6, moved, 1.0)
    return best


def _thrift(task: Task) -> Floats:
    """A small price on every move, so that proofs rest on few cells."""
    return np.full(len(task.weight), 1e-3)


def _tidy(task: Task, choice: Choice) -> Choice:
    """Show again each cell, dearest first, whose hiding turns out not to be needed."""
    hidden = choice.hidden
    extra = [cell for cell in np.flatnonzero(hidden & ~task.hidden & task.printed) if cell not in task.needy]
    left = TIDY_WORK // len(hidden)
    for cell in sorted(extra, key=lambda one: (-task.weight[one], one)):
        fewer, spent = _without(task, choice, int(cell))
        left -= spent
        choice = fewer or choice
        if left <= 0:
            break
    return choice


def _without(task: Task, choice: Choice, cell: int) -> tuple[Choice | None, int]:
    """``choice`` less one cell, if every other required cell can be proved without it; and the programmes solved."""
    hidden = choice.hidden.copy()
    hidden[cell] = False
    moves = choice.moves.within(hidden)
    required = task.required(hidden)
    lacking = moves.lacking(required)
    near = _beside(task, cell)
    # Those that share a sum with it are the likeliest to fail, the smallest of them first.
    for other in sorted(lacking, key=lambda one: (not near[one], task.ground.values[one])):
        if moves.lacking([other]) and not _proved(task, other, hidden, moves):
            return None, moves.solved
    return Choice(hidden, moves), moves.solved


def _proved(task: Task, cell: int, hidden: NDArray[np.bool_], moves: Moves) -> bool:
    pattern = _solved(task, cell, hidden, moves)
    if pattern is not None:
        moves.take(pattern)
    return pattern is not None


def _beside(task: Task, cell: int) -> NDArray[np.bool_]:
    """Cells that share a sum with ``cell``."""
    rows = task.ground.rows[np.flatnonzero(task.ground.rows[:, [cell]].toarray().ravel())]
    return np.asarray(abs(rows).sum(axis=0)).ravel() > 0
