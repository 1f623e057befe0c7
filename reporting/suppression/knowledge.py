"""What one or more releases tell, gathered for the attacker: counts, and what rates and ratios say of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from reporting.suppression.attack import Floats, Interval, Published, attack, bounded, pinned_down
from reporting.suppression.family import Family, Key, describe
from reporting.suppression.tables import change, rest, revised_rests
from reporting.suppression.thresholds import Thresholds


class BadRelease(ValueError):
    """The file is not a release, and what would make it one."""


@dataclass
class Knowledge:
    """All that one or more releases say, linked into one family."""

    family: Family
    thresholds: Thresholds
    low: Floats
    high: Floats
    suppressed: set[int] = field(default_factory=set)
    shown: dict[int, int] = field(default_factory=dict)
    rows: list[dict[int, float]] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    #: (earlier, later) measures that tell of the same people twice, and (whole, part) ones.
    revised: list[tuple[str, str]] = field(default_factory=list)
    nested: list[tuple[str, str]] = field(default_factory=list)
    #: What the reader knows from elsewhere, alone.
    before: "Knowledge | None" = None

    def published(self) -> Published:
        """The attacker's problem: equations of the tables, and whatever rates and ratios add."""
        from scipy.sparse import csr_array, vstack

        matrix, zeros = self.family.matrix, np.zeros(len(self.family.equations))
        if self.rows:
            entries = [(row, column, value) for row, line in enumerate(self.rows) for column, value in line.items()]
            row, column, value = zip(*entries, strict=True)
            matrix = vstack([matrix, csr_array((value, (row, column)), shape=(len(self.rows), self.family.size))])
        low, high = np.append(zeros, self.row_low), np.append(zeros, self.row_high)
        return Published(csr_array(matrix), low, high, self.low, self.high)

    def position(self, cell: Key) -> int:
        """Where a cell stands. BadRelease where no table holds it."""
        index = self.family.position.get(cell)
        if index is None:
            raise BadRelease(f"No table of the release holds {describe(cell)}; declare its categories.")
        return index

    def row(self, row: Mapping[int, float], low: float, high: float) -> None:
        """One more thing that is known: low <= the row's sum <= high."""
        self.rows.append({index: value for index, value in row.items() if value})
        self.row_low.append(low)
        self.row_high.append(high)

    def intervals(self) -> dict[Key, Interval]:
        """The attacker's interval of each suppressed cell."""
        found = attack(self.published(), self.suppressed)
        return {self.family.keys[index]: found[index] for index in sorted(found)}

    def too_narrow(self) -> list[Key]:
        """The suppressed cells that can be pinned down further than promised: as ``intervals``, and sought no further
        than to know. A cell that the reader knew further before is not among them, unless they now know it better."""
        width = self.thresholds.width
        found = pinned_down(self.published(), self.suppressed, width)
        before = self.known_before(found, width)
        now = attack(self.published(), before)
        return [self.family.keys[index] for index in found if index not in now or now[index].width < before[index]]

    def known_before(self, cells: Iterable[int], width: int) -> dict[int, int]:
        """Those of the cells that the reader, without any release, knows to an interval narrower than ``width``, and
        how wide: who sent four people to a scheme knows that at most four of them have started."""
        return bounded(self.before.published(), cells, width) if self.before else {}

    def told_changes(self) -> list[Key]:
        """Changes between two tellings of a count that are told and should not be: small ones, or of a whole group.
        Also of what is left of a group, where both counts are shown each time.

        A count that is hidden in either telling keeps its own width, and so does its change.
        """
        return [
            (change(earlier, later), at)
            for earlier, later in [*self.revised, *revised_rests(self.nested, self.revised)]
            for measure, at in self.family.keys
            if measure == later and self._moved(self._told(earlier, at), self._told(later, at))
        ]

    def _moved(self, before: int | None, after: int | None) -> bool:
        if before is None or after is None:
            return False
        return self.thresholds.is_small(abs(after - before)) or (before != after and 0 in (before, after))

    def _told(self, measure: str, at: tuple[tuple[str, str], ...]) -> int | None:
        """A count as it is shown; of what is left, what the two shown ones leave."""
        for whole, part in self.nested:
            if measure == rest(whole, part):
                two = self._told(whole, at), self._told(part, at)
                return None if two[0] is None or two[1] is None else two[0] - two[1]
        place = self.family.position.get((measure, at))
        return None if place is None else self.shown.get(place)
