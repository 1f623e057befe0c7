"""From true counts to what may be shown: primary and complementary suppression, then the attacker's verdict."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from math import inf
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from reporting.suppression import constructive, exact
from reporting.suppression.attack import Floats, Published, blocks
from reporting.suppression.constructive import Task
from reporting.suppression.family import Family, Key
from reporting.suppression.pattern import Ground
from reporting.suppression.policy import Policy
from reporting.suppression.primary import STILL_HIDDEN, sensitive

# Blocks up to this many cells are sought the optimum of, for so many seconds; larger ones are built step by step.
SMALL_BLOCK = 250
SECONDS_EXACT = 10.0
SECONDS_TIDY = 30.0


@dataclass(frozen=True, slots=True)
class Price:
    """What hiding cost. Counts are summed over printed cells, margins included.

    ``fewest_cells`` and ``fewest_counts``: no safe choice can hide less (the optimum where every block was small
    enough to be solved, else the sensitive cells alone).
    """

    cells_hidden: int
    cells: int
    counts_hidden: int
    counts: int
    fewest_cells: float
    fewest_counts: float

    @property
    def share_of_counts(self) -> float:
        """Share of the printed counts that was lost, 0 to 1."""
        return self.counts_hidden / self.counts if self.counts else 0.0

    @property
    def times_optimum(self) -> float:
        """Cells hidden over the fewest possible: an upper limit of the true ratio."""
        return self.cells_hidden / self.fewest_cells if self.fewest_cells else 1.0


@dataclass(frozen=True)
class Suppressed:
    """The verdict on a family: ``hidden`` marks printed cells that must not be shown.

    ``primary`` gives each sensitive cell's reason; ``exposed`` lists cells that what was already published gives away,
    which no hiding now can mend.
    """

    family: Family
    policy: Policy
    hidden: NDArray[np.bool_]
    primary: dict[int, str]
    exposed: tuple[Key, ...]
    price: Price

    def published(self) -> Published:
        """What an attacker would know of this family (counts as shown before rounding, which tells him more)."""
        return known(self.family, self.hidden)


def known(family: Family, hidden: NDArray[np.bool_]) -> Published:
    """The attacker's knowledge if ``hidden`` cells, and those never printed, are all that he lacks."""
    unknown, counts = hidden | ~family.printed, family.values.astype(float)
    zeros = np.zeros(len(family.equations))
    return Published(family.matrix, zeros, zeros, np.where(unknown, 0.0, counts), np.where(unknown, inf, counts))


def suppress(
    family: Family,
    policy: Policy,
    already_shown: Set[Key] = frozenset(),
    seconds: float = SECONDS_EXACT,
    still_hidden: Set[Key] = frozenset(),
) -> Suppressed:
    """Hide enough of a family that every hidden printed cell, and every sensitive one, keeps the promised width.

    ``already_shown``: cells that stand in an earlier release and cannot be taken back; link both releases into one
    family, and what is hidden now is chosen so that holding both gives nothing away.
    ``still_hidden``: cells that an earlier release hides, for whatever reason: they stay hidden, as widely.
    ``seconds``: how long the optimum of each small block is sought; safety never depends on it, the price may.
    """
    primary = {index: STILL_HIDDEN for index, cell in enumerate(family.keys) if cell in still_hidden}
    primary |= sensitive(family, policy)
    fixed = np.array([cell in already_shown for cell in family.keys], dtype=np.bool_)
    hidden, fewest, lost = np.zeros(family.size, dtype=np.bool_), 0.0, 0.0
    for cells, rows in _parts(family):
        task = _task(family, policy, primary, fixed, cells, rows)
        if not task.needy:
            continue
        choice, least, counts = _choose(task, seconds)
        hidden[cells] = choice & task.printed
        fewest, lost = fewest + least, lost + counts
    failed = narrow(family, policy, hidden, primary)
    if failed:
        hidden = _hide_all_around(family, fixed, hidden, failed)
        failed = narrow(family, policy, hidden, primary)
    exposed = tuple(family.keys[index] for index in failed)
    return Suppressed(family, policy, hidden, primary, exposed, _price(family, hidden, fewest, lost))


def _parts(family: Family) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Cells and equations of each part of the family that no equation ties to another."""
    link: Any = abs(family.matrix)
    count, label = connected_components(link.T @ link, directed=False)
    first = np.array([equation.total for equation in family.equations], dtype=np.int64)
    for part in range(count):
        yield np.flatnonzero(label == part), np.flatnonzero(label[first] == part) if first.size else first


def _task(
    family: Family,
    policy: Policy,
    primary: dict[int, str],
    fixed: NDArray[np.bool_],
    cells: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> Task:
    counts, printed = family.values[cells].astype(float), family.printed[cells]
    needy = frozenset(local for local, index in enumerate(cells) if int(index) in primary and not fixed[index])
    hidden = ~printed
    hidden[list(needy)] = True
    # One for the cell and one for an average count: both kinds of loss are in the price.
    weight = np.where(printed, 1 + counts / max(1.0, float(counts.mean())), 0.0)
    ground = Ground(family.matrix[rows][:, cells], counts)
    return Task(ground, policy.width, needy, hidden, fixed[cells], printed, weight)


def _choose(task: Task, seconds: float) -> tuple[NDArray[np.bool_], float, float]:
    """The best choice found for a block, and the fewest cells and counts that any choice must hide."""
    counts = task.ground.values
    forced = task.hidden & task.printed
    fewest, lost = float(forced.sum()), float(counts[forced].sum())
    choices = [_build(task, task.hidden)]
    if len(counts) <= SMALL_BLOCK:
        found = exact.search(task, counts, seconds)
        fewest, lost = max(fewest, found.fewest_cells), max(lost, found.fewest_counts)
        choices += [*found.safe, *(_build(task, start) for start in found.nearly)]

    def price(choice: NDArray[np.bool_]) -> float:
        shown = choice & task.printed
        return float(max(shown.sum() / max(1.0, fewest), counts[shown].sum() / max(1.0, lost)))

    return min(choices, key=price), fewest, lost


def _build(task: Task, start: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return constructive.protect(replace(task, proofs={}, given_up=set()), start, monotonic() + SECONDS_TIDY)


def narrow(family: Family, policy: Policy, hidden: NDArray[np.bool_], primary: dict[int, str]) -> list[int]:
    """Cells that the attacker can pin down further than promised: hidden printed ones, and sensitive ones."""
    needed = {*np.flatnonzero(hidden).tolist(), *primary}
    found = [index for index in needed if family.printed[index] and not hidden[index]]
    settled: set[int] = set()
    for block in blocks(known(family, hidden)):
        settled |= {int(index) for index in block.columns}
        block.see(family.values[block.columns].astype(float))
        inside = [local for local, index in enumerate(block.columns) if int(index) in needed]
        block.search(inside, enough=policy.width)
        found += [int(block.columns[local]) for local in inside if block.interval(local).width < policy.width]
    return sorted({*found, *(needed - settled)})


def _hide_all_around(
    family: Family, fixed: NDArray[np.bool_], hidden: NDArray[np.bool_], failed: Sequence[int]
) -> NDArray[np.bool_]:
    """The last resort, where the attacker still finds a cell too narrow: hide all of its part that can be hidden."""
    wider = hidden.copy()
    for cells, _ in _parts(family):
        if set(failed) & set(cells.tolist()):
            wider[cells] = family.printed[cells] & ~fixed[cells]
    return wider


def _price(family: Family, hidden: NDArray[np.bool_], fewest: float, lost: float) -> Price:
    counts: Floats = family.values.astype(float)
    return Price(
        int(hidden.sum()),
        int(family.printed.sum()),
        int(counts[hidden].sum()),
        int(counts[family.printed].sum()),
        fewest,
        lost,
    )
