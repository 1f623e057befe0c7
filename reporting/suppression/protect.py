"""From true counts to what may be shown: primary and complementary suppression, then the attacker's verdict."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reporting.suppression import constructive, exact
from reporting.suppression.attack import Floats, Published, blocks, bounded
from reporting.suppression.constructive import Choice, Task
from reporting.suppression.family import Family, Key
from reporting.suppression.pattern import Ground
from reporting.suppression.primary import EVERYONE, STILL_HIDDEN, sensitive
from reporting.suppression.thresholds import Thresholds

# Blocks up to this many cells are sought the optimum of; larger ones are built step by step.
SMALL_BLOCK = 250
Bools = NDArray[np.bool_]
Widths = NDArray[np.int64]
#: How much work the search for the optimum of a block may cost, in programmes solved. Work and not time: the same
#: tables are hidden on every machine, however busy it is.
EFFORT = 1000


@dataclass(frozen=True, slots=True)
class Price:
    """What hiding cost. Counts are summed over printed cells, margins included.

    ``fewest_cells`` and ``fewest_counts``: no safe choice can hide less (the optimum where every block was small
    enough to be solved, else the sensitive cells alone). ``conflict``: the two cannot be had at once; in some block no
    safe choice is within this factor of both (1: they can, as far as is proven).
    """

    cells_hidden: int
    cells: int
    counts_hidden: int
    counts: int
    fewest_cells: float
    fewest_counts: float
    conflict: float = 1.0

    @property
    def share_of_counts(self) -> float:
        """Share of the printed counts that was lost, 0 to 1."""
        return self.counts_hidden / self.counts if self.counts else 0.0

    @property
    def times_optimum(self) -> float:
        """Cells hidden over the fewest possible: an upper limit of the true ratio."""
        return self.cells_hidden / self.fewest_cells if self.fewest_cells else 1.0

    @property
    def times_both(self) -> float:
        """The larger of the two prices, each over its own optimum."""
        counts = self.counts_hidden / self.fewest_counts if self.fewest_counts else 1.0
        return max(self.times_optimum, counts)


@dataclass(frozen=True)
class Suppressed:
    """The verdict on a family: ``hidden`` marks printed cells that must not be shown.

    ``primary`` gives each sensitive cell's reason; ``exposed`` lists cells that what was already published gives away,
    which no hiding now can mend.
    """

    family: Family
    thresholds: Thresholds
    hidden: NDArray[np.bool_]
    primary: dict[int, str]
    exposed: tuple[Key, ...]
    price: Price

    def published(self) -> Published:
        """What an attacker would know of this family (counts as shown before rounding, which tells him more)."""
        return known(self.family, self.hidden)


def known(family: Family, hidden: Bools, seen: Bools | None = None) -> Published:
    """The attacker's knowledge if ``hidden`` cells, and those never printed, are all that he lacks, less ``seen``."""
    unknown = hidden | ~family.printed
    unknown = unknown if seen is None else unknown & ~seen
    return Published(family.matrix, *_nothing(family), *_limits(family, unknown))


def _nothing(family: Family) -> tuple[Floats, Floats]:
    zeros = np.zeros(len(family.equations))
    return zeros, zeros


def _limits(family: Family, unknown: Bools) -> tuple[Floats, Floats]:
    counts = family.values.astype(float)
    return np.where(unknown, 0.0, counts), np.where(unknown, inf, counts)


def suppress(
    family: Family,
    thresholds: Thresholds,
    already_shown: Set[Key] = frozenset(),
    effort: int = EFFORT,
    still_hidden: Set[Key] = frozenset(),
    seat: Set[Key] = frozenset(),
) -> Suppressed:
    """Hide enough of a family that every hidden printed cell, and every sensitive one, keeps the promised width.

    ``already_shown``: cells that stand in an earlier release and cannot be taken back; link both releases into one
    family, and what is hidden now is chosen so that holding both gives nothing away.
    ``still_hidden``: cells that an earlier release hides, for whatever reason: they stay hidden, as widely.
    ``effort``: how many programmes are solved to seek the optimum of each small block; safety never depends on it, the
    price may.
    ``seat``: cells that somebody who reads this knows already, hidden or not (a partner knows who started and who
    completed). What they do not know keeps its width from there too; of what they knew to fewer numbers before
    anything was told (who sent four people knows that at most four started) all that they held possible stays so.
    """
    primary = {index: STILL_HIDDEN for index, cell in enumerate(family.keys) if cell in still_hidden}
    primary |= sensitive(family, thresholds)
    fixed = np.array([cell in already_shown for cell in family.keys], dtype=np.bool_)
    seen = _seen_from(family, seat)
    widths = np.full(family.size, thresholds.width, dtype=np.int64)
    found = _hide(family, widths, primary, fixed, np.zeros(family.size, dtype=np.bool_), effort)
    hidden, failed = found.hidden, set(found.failed)
    if seen.any():
        # Whoever sits there knows more than others do, so what is wide enough from there is so from everywhere; and
        # hiding more narrows nothing. One look from each place is enough, this one last.
        known_there = _known_of_everyone(family, seen)
        theirs = {index: why for index, why in primary.items() if not seen[index]}
        theirs = {index: why for index, why in theirs.items() if why != EVERYONE or index not in known_there}
        theirs |= {int(index): STILL_HIDDEN for index in np.flatnonzero(hidden & ~seen) if int(index) not in theirs}
        theirs_wide = known_before(family, widths, seen, theirs)
        more = _hide(family, theirs_wide, theirs, fixed | seen, seen, effort)
        hidden, failed = hidden | more.hidden, failed | set(more.failed)
    exposed = tuple(family.keys[index] for index in sorted(failed))
    return Suppressed(family, thresholds, hidden, primary, exposed, _price(family, hidden, found.bounds))


def _seen_from(family: Family, seat: Set[Key]) -> Bools:
    """Cells that are known where those of ``seat`` are: they, and what they leave of each other."""
    seen = np.array([cell in seat for cell in family.keys], dtype=np.bool_)
    for equation in family.equations if seat else ():
        inside = (equation.total, *equation.parts)
        unknown = [index for index in inside if not seen[index]]
        if len(unknown) == 1:
            seen[unknown] = True
    return seen


def _known_of_everyone(family: Family, seen: Bools) -> set[int]:
    """What is left of a group, and is all of it, where whoever has ``seen`` the rest knows that there is none: that
    nobody of those who accepted has started is known to whoever knows that nobody has started at all."""
    found = set()
    for equation in family.equations:
        left = [part for part in equation.parts if not seen[part]]
        if equation.splits_result and len(left) == 1 and not family.printed[left[0]]:
            found |= set(left) if family.values[left[0]] == family.values[equation.total] else set()
    return found


def known_before(family: Family, widths: Widths, seen: Bools, cells: Iterable[int]) -> Widths:
    """``widths``, and of ``cells`` that whoever has ``seen`` some knows to fewer numbers without any release just so
    many as they leave possible: no hiding gives back what was known before."""
    nothing = Published(family.matrix, *_nothing(family), *_limits(family, ~seen))
    before = widths.copy()
    for index, wide in bounded(nothing, cells, int(widths.max(initial=0))).items():
        before[index] = min(wide, before[index])
    return before


@dataclass(frozen=True)
class _Found:
    """Cells to hide, those that remain too narrow, and the bounds of the price."""

    hidden: Bools
    failed: list[int]
    bounds: tuple[float, float, float]


def _hide(family: Family, widths: Widths, primary: dict[int, str], fixed: Bools, seen: Bools, effort: int) -> _Found:
    """What to hide from somebody who knows what is shown, and the cells ``seen`` besides, so that each cell that needs
    it keeps its width."""
    hidden, fewest, lost, conflict = np.zeros(family.size, dtype=np.bool_), 0.0, 0.0, 1.0
    proofs: list[Proof] = []
    for cells, rows in _parts(family):
        task = _task(family, widths, primary, fixed, seen, cells, rows)
        if not task.needy:
            continue
        choice, bounds = _choose(task, effort)
        hidden[cells] = choice.hidden & task.printed
        fewest, lost, conflict = fewest + bounds[0], lost + bounds[1], max(conflict, bounds[2])
        proofs += [(cells, move) for move in choice.moves.known]
    failed = narrow(family, widths, hidden, primary, proofs, seen)
    if failed:
        hidden = _hide_all_around(family, fixed, hidden, failed)
        failed = narrow(family, widths, hidden, primary, seen=seen)
    return _Found(hidden, failed, (fewest, lost, conflict))


def _parts(family: Family) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Cells and equations of each part of the family that no equation ties to another."""
    from scipy.sparse.csgraph import connected_components

    link: Any = abs(family.matrix)
    count, label = connected_components(link.T @ link, directed=False)
    first = np.array([equation.total for equation in family.equations], dtype=np.int64)
    for part in range(count):
        yield np.flatnonzero(label == part), np.flatnonzero(label[first] == part) if first.size else first


def _task(
    family: Family,
    widths: Widths,
    primary: dict[int, str],
    fixed: Bools,
    seen: Bools,
    cells: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> Task:
    counts, printed = family.values[cells].astype(float), family.printed[cells]
    needy = frozenset(local for local, index in enumerate(cells) if int(index) in primary and not fixed[index])
    hidden = ~printed & ~seen[cells]
    hidden[list(needy)] = True
    # One for the cell and one for an average count: both kinds of loss are in the price.
    weight = np.where(printed, 1 + counts / max(1.0, float(counts.mean())), 0.0)
    ground = Ground(family.matrix[rows][:, cells], counts)
    return Task(ground, widths[cells], needy, hidden, fixed[cells], printed, weight)


def _choose(task: Task, effort: int) -> tuple[Choice, tuple[float, float, float]]:
    """The best choice found for a block; the fewest cells and counts that any choice must hide, and their conflict."""
    counts = task.ground.values
    forced = task.hidden & task.printed
    fewest, lost = float(forced.sum()), float(counts[forced].sum())
    choices, conflict = [_build(task, task.hidden)], 1.0
    if len(counts) <= SMALL_BLOCK and effort:
        found = exact.search(task, counts, effort, choices[0])
        fewest, lost = max(fewest, found.fewest_cells), max(lost, found.fewest_counts)
        choices, conflict = found.best, found.conflict

    def price(choice: Choice) -> float:
        shown = choice.hidden & task.printed
        return float(max(shown.sum() / max(1.0, fewest), counts[shown].sum() / max(1.0, lost)))

    return min(choices, key=price), (fewest, lost, conflict)


def _build(task: Task, start: NDArray[np.bool_]) -> Choice:
    return constructive.protect(replace(task, given_up=set()), start)


#: Cells of a block, and a move of theirs: an alternative table that agrees with everything shown.
Proof = tuple[NDArray[np.int64], Floats]


def narrow(
    family: Family,
    widths: Widths,
    hidden: NDArray[np.bool_],
    primary: dict[int, str],
    proofs: Sequence[Proof] = (),
    seen: Bools | None = None,
) -> list[int]:
    """Cells that the attacker can pin down further than promised: hidden printed ones, and sensitive ones.

    ``seen``: cells that he knows whatever is hidden; of those nothing is promised to him.
    ``proofs`` spare him programmes where an alternative table is at hand; whether it adds up was checked when it came.
    """
    tables = [_table(family, hidden, *proof) for proof in proofs]
    targets = hidden if seen is None else hidden & ~seen
    needed = {*np.flatnonzero(targets).tolist(), *primary}
    found = [index for index in needed if family.printed[index] and not hidden[index]]
    settled: set[int] = set()
    for block in blocks(known(family, hidden, seen)):
        settled |= {int(index) for index in block.columns}
        block.see(family.values[block.columns].astype(float))
        for table in tables:
            if table is not None:
                block.see(table[block.columns])
        inside = [local for local, index in enumerate(block.columns) if int(index) in needed]
        for local in inside:
            block.search([local], enough=int(widths[block.columns[local]]))
        found += [one for local in inside if block.interval(local).width < widths[one := int(block.columns[local])]]
    return sorted({*found, *(needed - settled)})


def _table(family: Family, hidden: NDArray[np.bool_], cells: NDArray[np.int64], move: Floats) -> Floats | None:
    """The alternative table of a move; None where it moves a cell that is shown, and so proves nothing."""
    table = family.values.astype(float)
    table[cells] += move
    moved = cells[np.flatnonzero(move)]
    return None if (family.printed[moved] & ~hidden[moved]).any() else table


def _hide_all_around(
    family: Family, fixed: NDArray[np.bool_], hidden: NDArray[np.bool_], failed: Sequence[int]
) -> NDArray[np.bool_]:
    """The last resort, where the attacker still finds a cell too narrow: hide all of its part that can be hidden."""
    wider = hidden.copy()
    for cells, _ in _parts(family):
        if set(failed) & set(cells.tolist()):
            wider[cells] = family.printed[cells] & ~fixed[cells]
    return wider


def _price(family: Family, hidden: NDArray[np.bool_], bounds: tuple[float, float, float]) -> Price:
    counts: Floats = family.values.astype(float)
    return Price(
        int(hidden.sum()),
        int(family.printed.sum()),
        int(counts[hidden].sum()),
        int(counts[family.printed].sum()),
        *bounds,
    )
