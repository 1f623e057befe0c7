"""What becomes of each entry offered, against the entries that are there: nothing is written here.

An entry is known by its code and its first day. The same entry again is unchanged; one with a later first day follows,
and closes the one before it; one with the same first day and other facts corrects it: the corrected entry takes its
place, and the cases that rest on the old one keep it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.catalogue.entry import Entry, day_before
from cases.catalogue.files import Offered, Reject


class Fate(StrEnum):
    """What becomes of a row; all but the last are accepted."""

    ADDED = "added"
    FOLLOWS = "follows"
    CORRECTS = "corrects"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Kept:
    """An entry that is there, under the key ``pk``."""

    pk: int
    entry: Entry


@dataclass(frozen=True)
class Step:
    """``entry`` as it will stand, and ``kept``, which it corrects or is."""

    line: int
    fate: Fate
    entry: Entry
    kept: Kept | None = None

    @property
    def words(self) -> str:
        """For whoever sends the file."""
        if self.fate is Fate.CORRECTS and self.kept:
            return f"corrects {', '.join(self.entry.differences(self.kept.entry))}"
        return str(self.fate)


@dataclass(frozen=True)
class Plan:
    """The steps in the order of the file, the entries that end earlier because another follows, and the rejects."""

    steps: Sequence[Step] = ()
    closing: Sequence[tuple[Kept, date]] = ()
    rejects: Sequence[Reject] = ()

    def count(self, *fates: Fate) -> int:
        return sum(step.fate in fates for step in self.steps)

    @property
    def unchanged(self) -> int:
        return self.count(Fate.UNCHANGED)

    @property
    def accepted(self) -> int:
        return len(self.steps) - self.unchanged

    @property
    def rows(self) -> int:
        return len(self.steps) + len(self.rejects)


def plan(offered: Offered, kept: Sequence[Kept], *, taken: Collection[str] = ()) -> Plan:
    """The plan for ``offered``. ``taken`` are codes that belong to somebody else and are refused."""
    fit, rejects = _fit(offered, taken)
    there: dict[str, list[Kept]] = {}
    for one in kept:
        there.setdefault(one.entry.code, []).append(one)
    by_code: dict[str, list[tuple[int, Entry]]] = {}
    for line, entry in fit:
        by_code.setdefault(entry.code, []).append((line, entry))
    steps: list[Step] = []
    closing: list[tuple[Kept, date]] = []
    for code, rows in by_code.items():
        standing, refused = _without_overlaps(rows, there.get(code, []))
        rejects += refused
        steps += _steps(standing, there.get(code, []))
        closing += _closing(standing, there.get(code, []))
    ordered = sorted(steps, key=lambda step: step.line)
    return Plan(ordered, closing, sorted([*offered.rejects, *rejects], key=lambda reject: reject.line))


def _fit(offered: Offered, taken: Collection[str]) -> tuple[list[tuple[int, Entry]], list[Reject]]:
    """The entries whose code is free and that stand in the file once."""
    fit, rejects, seen = [], [], dict[tuple[str, date], int]()
    for line, entry in offered.entries:
        key = (entry.code, entry.starts)
        if entry.code in taken:
            why = "this code belongs to the catalogue that every force shares: give your entry a code of its own"
            rejects.append(Reject(line, entry.code, why))
        elif key in seen:
            same = "the same first day" if entry.valid_from else "no first day"
            why = f"the code stands on line {seen[key]} already, with {same}: keep one, or give each its first day"
            rejects.append(Reject(line, entry.code, why))
        else:
            seen[key] = line
            fit.append((line, entry))
    return fit, rejects


Rows = list[tuple[int, Entry]]


def _without_overlaps(rows: Rows, there: Sequence[Kept]) -> tuple[Rows, list[Reject]]:
    """Rows that end, where they say when, before the next entry of their code begins."""
    rejects: list[Reject] = []
    standing = list(rows)
    while True:
        wrong = next(_overlapping(standing, there), None)
        if wrong is None:
            return standing, rejects
        line, entry, following = wrong
        why = (
            f"it runs to {entry.valid_to}, and another entry of this code begins on {following}:"
            f" let it end on {day_before(following)}"
        )
        rejects.append(Reject(line, entry.code, why))
        standing.remove((line, entry))


def _overlapping(rows: Rows, there: Sequence[Kept]) -> Iterator[tuple[int, Entry, date]]:
    for line, entry in rows:
        following = _next_start(entry.starts, rows, there)
        if entry.valid_to and following and entry.valid_to >= following:
            yield line, entry, following


def _next_start(start: date, rows: Rows, there: Sequence[Kept]) -> date | None:
    starts = {entry.starts for _, entry in rows} | {one.entry.starts for one in there}
    return min((day for day in starts if day > start), default=None)


def _steps(rows: Rows, there: Sequence[Kept]) -> Iterator[Step]:
    same: Mapping[date, Kept] = {one.entry.starts: one for one in there}
    for line, entry in rows:
        kept = same.get(entry.starts)
        entry = entry.ending(_last_day(entry, kept, _next_start(entry.starts, rows, there)))
        if kept is None:
            earlier = any(one.entry.starts < entry.starts for one in there)
            yield Step(line, Fate.FOLLOWS if earlier else Fate.ADDED, entry)
        elif entry == kept.entry:
            yield Step(line, Fate.UNCHANGED, entry, kept)
        else:
            fate = Fate.CORRECTS if entry.differences(kept.entry) else Fate.CHANGED
            yield Step(line, fate, entry, kept)


def _last_day(entry: Entry, kept: Kept | None, following: date | None) -> date | None:
    """A last day left empty says nothing: the entry keeps the one it has, and never reaches into the next one."""
    if entry.valid_to is not None:
        return entry.valid_to
    ends = [day for day in (kept and kept.entry.valid_to, following and day_before(following)) if day]
    return min(ends, default=None)


def _closing(rows: Rows, there: Sequence[Kept]) -> Iterator[tuple[Kept, date]]:
    """Entries that are there, are not in the file, and reach into one that is."""
    in_file = {entry.starts for _, entry in rows}
    for one in there:
        following = min((start for start in in_file if start > one.entry.starts), default=None)
        if one.entry.starts not in in_file and following and one.entry.ends >= following:
            yield one, day_before(following)
