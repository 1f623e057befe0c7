"""Complementary suppression step by step: hide the cheapest pattern for each count still too narrow, then tidy up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from reporting.suppression.pattern import Floats, Ground, Pattern, find

SLOPES = 4


@dataclass
class Task:
    """One block to protect.

    needy: cells that need an interval of ``width`` (the sensitive ones, printed or not).
    hidden: printed cells hidden so far, and cells never printed; fixed: cells already out, which cannot be hidden.
    weight: what it costs to hide each cell (0 for a cell never printed).
    """

    ground: Ground
    width: int
    needy: frozenset[int]
    hidden: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    printed: NDArray[np.bool_]
    weight: Floats
    proofs: dict[int, NDArray[np.int64]] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)

    def required(self, hidden: NDArray[np.bool_]) -> list[int]:
        """Cells that must have the promised width if ``hidden`` are: every hidden printed one, and the sensitive."""
        return sorted({*np.flatnonzero(hidden & self.printed).tolist(), *self.needy} - self.given_up)


def protect(task: Task, start: NDArray[np.bool_], until: float) -> NDArray[np.bool_]:
    """Hidden cells such that each required one has a proof (a pattern) of its width, beginning from ``start``.

    Tidied until the clock (monotonic) passes ``until``; what is safe by then is kept.
    """
    hidden = start.copy()
    while missing := [cell for cell in task.required(hidden) if cell not in task.proofs]:
        # The rarest freedom first: a small count in a small table leaves least choice.
        _open(task, min(missing, key=lambda cell: task.ground.values[cell]), hidden)
    return _tidy(task, hidden, until)


def _open(task: Task, cell: int, hidden: NDArray[np.bool_]) -> None:
    """Prove one cell from what is hidden already, else by hiding the cheapest more."""
    pattern = find(task.ground, cell, task.width, _thrift(task), hidden) if hidden[cell] else None
    if pattern is None:
        pattern = _cheapest(task, cell, hidden)
    if pattern is None:
        task.given_up.add(cell)
        return
    hidden[pattern.support()] = True
    _note(task, pattern, task.required(hidden))


def _cheapest(task: Task, cell: int, hidden: NDArray[np.bool_]) -> Pattern | None:
    """The pattern that hides least anew. A programme prices every unit moved, but hiding is paid once for a cell: so
    it is solved again with each price divided by the units that the last solution moved (slope scaling; Kim and
    Pardalos 1999), and the cheapest of the solutions is kept."""
    price = np.where(hidden, 0.0, task.weight)
    cost, best, least = price / task.width, None, np.inf
    for _ in range(SLOPES):
        pattern = find(task.ground, cell, task.width, cost + _thrift(task), ~task.fixed)
        if pattern is None:
            break
        paid = float(price[pattern.support()].sum())
        if paid < least - 1e-9:
            best, least = pattern, paid
        moved = np.abs(pattern.up) + np.abs(pattern.down)
        cost = price / np.where(moved > 1e-6, moved, 1.0)
    return best


def _thrift(task: Task) -> Floats:
    """A small price on every move, so that proofs rest on few cells."""
    return np.full(len(task.weight), 1e-3)


def _note(task: Task, pattern: Pattern, cells: Iterable[int]) -> None:
    """A pattern proves every cell to which it gives the width, not only the one it was sought for."""
    support = pattern.support()
    moved = set(support.tolist())
    for cell in cells:
        if cell in moved and cell not in task.proofs and pattern.width(task.ground.values, cell) >= task.width:
            task.proofs[cell] = support


def _tidy(task: Task, hidden: NDArray[np.bool_], until: float) -> NDArray[np.bool_]:
    """Show again each cell, dearest first, whose hiding turns out not to be needed."""
    extra = [cell for cell in np.flatnonzero(hidden & ~task.hidden & task.printed) if cell not in task.needy]
    for cell in sorted(extra, key=lambda one: -task.weight[one]):
        if monotonic() > until:
            break
        hidden = _without(task, hidden, int(cell))
    return hidden


def _without(task: Task, hidden: NDArray[np.bool_], cell: int) -> NDArray[np.bool_]:
    """``hidden`` less one cell, if every other required cell can be proved without it; else as it was."""
    fewer = hidden.copy()
    fewer[cell] = False
    kept = {one: proof for one, proof in task.proofs.items() if one != cell and cell not in proof}
    trial = Task(
        task.ground, task.width, task.needy, task.hidden, task.fixed, task.printed, task.weight, kept, task.given_up
    )
    for other in trial.required(fewer):
        if other in trial.proofs:
            continue
        pattern = find(task.ground, other, task.width, _thrift(task), fewer)
        if pattern is None:
            return hidden
        _note(trial, pattern, trial.required(fewer))
    task.proofs = trial.proofs
    return fewer
