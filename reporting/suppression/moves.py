"""Proofs that a hidden count could be another: tables that agree with everything shown and differ from the truth.

A move is what such a table adds to each cell. Some of them, and the truth, show how far each hidden cell can be told: a
proof that anyone can check by adding up, without solving anything.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reporting.suppression.attack import SLACK, Floats
from reporting.suppression.pattern import Ground, Pattern

#: How far the sums of an alternative table may be off: what the solver leaves of zeros, added over a row.
OFF = 1e-5


class Moves:
    """The moves found so far in one block, how wide they show each cell to be, and the programmes solved for them."""

    def __init__(self, ground: Ground, widths: NDArray[np.int64]) -> None:
        self.ground, self.widths = ground, widths
        self.known: list[Floats] = []
        self.down, self.up = np.zeros(len(ground.values)), np.zeros(len(ground.values))
        self.solved = 0

    def add(self, move: Floats) -> bool:
        """Keep a move, if it holds: the sums stay as they are and no count falls below nothing."""
        kept = np.where(np.abs(move) > SLACK, move, 0.0)
        good = bool(kept.any()) and holds(self.ground, kept)
        if good:
            self._note(kept)
        return good

    def take(self, pattern: Pattern) -> None:
        """Keep both tables of a pattern."""
        self.add(pattern.up)
        self.add(pattern.down)

    def _note(self, move: Floats) -> None:
        self.known.append(move)
        self.down, self.up = np.minimum(self.down, move), np.maximum(self.up, move)

    def within(self, hidden: NDArray[np.bool_]) -> "Moves":
        """Those that move hidden cells only."""
        found, shown = Moves(self.ground, self.widths), np.flatnonzero(~hidden)
        for move in self.known:
            if not move[shown].any():
                found._note(move)
        return found

    def lacking(self, cells: Sequence[int]) -> list[int]:
        """Those of the cells that are not shown to be wide enough, rounded inwards."""
        at = np.asarray(cells, dtype=np.int64)
        values = self.ground.values[at]
        widths = np.floor(values + self.up[at] + SLACK) - np.ceil(values + self.down[at] - SLACK)
        return at[widths < self.widths[at]].tolist()


def holds(ground: Ground, move: Floats) -> bool:
    """Whether the table that the move gives adds up as the true one does, with no count below nothing."""
    off = np.abs(ground.rows @ move)
    return bool((off <= OFF).all() and (ground.values + move >= -SLACK).all())
