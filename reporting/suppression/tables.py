"""Tables of counts, with all their margins, linked into one family wherever they share a margin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from reporting.suppression.family import Equation, Family, Key, describe, key

MOST_DIMENSIONS = 3
Windows = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Table:
    """Counts of one measure over at most three dimensions; every margin is part of the table.

    counts: {(category of each dimension, in order): people}; a combination left out is 0.
    results: those of the dimensions that say what happened to people (disposal), not who they are.
    windows: {dimension: {published label: units}} where what is published are overlapping sums of units, such as the
        year to March and the year to June; the units themselves are then not printed.
    """

    measure: str
    dimensions: tuple[str, ...]
    counts: Mapping[tuple[str, ...], int]
    results: frozenset[str] = frozenset()
    windows: Mapping[str, Windows] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.dimensions) > MOST_DIMENSIONS:
            raise ValueError(
                f"The table of {self.measure} has {len(self.dimensions)} dimensions; a release holds three at most."
            )
        if len(set(self.dimensions)) != len(self.dimensions):
            raise ValueError(f"The table of {self.measure} names a dimension twice: {', '.join(self.dimensions)}.")
        for place, count in self.counts.items():
            if len(place) != len(self.dimensions) or count < 0 or count != int(count):
                raise ValueError(f"{self.measure} at {place}: expected one category for each dimension and a count.")


class _Builder:
    """Collects cells and equations; refuses two different counts for one cell."""

    def __init__(self) -> None:
        self.values: dict[Key, int] = {}
        self.printed: dict[Key, bool] = {}
        self.equations: dict[tuple[Key, tuple[Key, ...]], bool] = {}

    def cell(self, name: Key, value: int, *, printed: bool) -> None:
        if self.values.setdefault(name, value) != value:
            raise ValueError(
                f"Two tables disagree about {describe(name)}: {self.values[name]} and {value}. "
                "Make them from the same facts, unknown groups included."
            )
        self.printed[name] = self.printed.get(name, False) or printed

    def equation(self, total: Key, parts: Iterable[Key], *, result: bool) -> None:
        found = tuple(sorted(parts))
        if found != (total,):
            self.equations[(total, found)] = self.equations.get((total, found), False) or result

    def family(self) -> Family:
        keys = tuple(sorted(self.values))
        place = {name: index for index, name in enumerate(keys)}
        return Family(
            keys,
            np.array([self.values[name] for name in keys], dtype=np.int64),
            np.array([self.printed[name] for name in keys], dtype=np.bool_),
            tuple(
                Equation(place[total], tuple(place[part] for part in parts), result)
                for (total, parts), result in self.equations.items()
            ),
        )


def link(
    tables: Sequence[Table], nested: Sequence[tuple[str, str]] = (), revised: Sequence[tuple[str, str]] = ()
) -> Family:
    """One family of all the tables. ``nested`` holds (whole, part) measures: considered and, of those, diverted.

    For each such pair what is left (considered but not diverted) becomes a cell that nobody prints but anyone can work
    out by subtraction. ``revised`` holds (earlier, later) measures that tell of the same people twice: of each cell,
    and of what is left, the change becomes such a cell too. ValueError where tables disagree or a part is larger than
    its whole.
    """
    builder = _Builder()
    for table in tables:
        _add_table(builder, table)
    for whole, part in nested:
        _add_rest(builder, whole, part)
    for earlier, later in [*revised, *revised_rests(nested, revised)]:
        _add_change(builder, earlier, later)
    return builder.family()


def change(earlier: str, later: str) -> str:
    """The measure of what lies between two tellings of a count."""
    return f"change from {earlier} to {later}"


def rest(whole: str, part: str) -> str:
    """The measure of what is left of a count without its part."""
    return f"{whole} but not {part}"


def revised_rests(nested: Sequence[tuple[str, str]], revised: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(earlier, later) of what is left: who was not offered, by the first figures and by the revised ones."""
    told, twice = set(nested), set(revised)
    wholes = [(before, after, part) for before, after in revised for whole, part in nested if whole == after]
    return [
        (rest(before, part_before), rest(after, part))
        for before, after, part in wholes
        for whole, part_before in told
        if whole == before and (part_before, part) in twice
    ]


def _segments(windows: Windows) -> dict[str, str]:
    """Each unit's segment: units held by just the same windows stand together, named by those windows."""
    units = sorted(set().union(*windows.values()))
    held = {unit: tuple(sorted(name for name, inside in windows.items() if unit in inside)) for unit in units}
    return {unit: "only in " + " + ".join(names) for unit, names in held.items()}


def _add_table(builder: _Builder, table: Table) -> None:
    counts = _in_segments(table)
    # What overlaps is added up over no two of its sums: there is no total over a dimension of windows.
    always = {place for place, name in enumerate(table.dimensions) if name in table.windows}
    for size in range(len(table.dimensions) + 1):
        for chosen in combinations(range(len(table.dimensions)), size):
            if always <= set(chosen):
                _add_margin(builder, table, counts, chosen)
    for dimension, windows in table.windows.items():
        _add_windows(builder, table, dimension, windows)


def _in_segments(table: Table) -> dict[tuple[str, ...], int]:
    """The table's counts with windowed units gathered into segments (those in no window are left out)."""
    segments = {name: _segments(windows) for name, windows in table.windows.items()}
    counts: dict[tuple[str, ...], int] = {}
    for place, count in table.counts.items():
        pairs = zip(table.dimensions, place, strict=True)
        moved = tuple(segments[name].get(unit, "") if name in segments else unit for name, unit in pairs)
        if "" not in moved:
            counts[moved] = counts.get(moved, 0) + int(count)
    return counts


def _add_margin(
    builder: _Builder, table: Table, counts: Mapping[tuple[str, ...], int], chosen: tuple[int, ...]
) -> None:
    """All cells over the chosen dimensions, each tied to its parts along every dimension it is split by."""
    windowed = any(table.dimensions[place] in table.windows for place in range(len(table.dimensions)))
    categories = [sorted({place[index] for place in counts}) for index in range(len(table.dimensions))]
    totals: dict[tuple[str, ...], int] = dict.fromkeys(_grid([categories[index] for index in chosen]), 0)
    for place, count in counts.items():
        totals[tuple(place[index] for index in chosen)] += count
    names = {place: _name(table, chosen, place) for place in totals}
    for place, value in totals.items():
        builder.cell(names[place], value, printed=not windowed)
    for position, index in enumerate(chosen):
        if table.dimensions[index] in table.windows:
            continue
        groups: dict[tuple[str, ...], list[Key]] = {}
        for place, name in names.items():
            groups.setdefault(place[:position] + place[position + 1 :], []).append(name)
        rest = chosen[:position] + chosen[position + 1 :]
        for place, parts in groups.items():
            builder.equation(_name(table, rest, place), parts, result=table.dimensions[index] in table.results)


def _grid(categories: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    grid: list[tuple[str, ...]] = [()]
    for options in categories:
        grid = [(*place, option) for place in grid for option in options]
    return grid


def _name(table: Table, chosen: Sequence[int], place: Sequence[str]) -> Key:
    return key(table.measure, zip((table.dimensions[index] for index in chosen), place, strict=True))


def _add_windows(builder: _Builder, table: Table, dimension: str, windows: Windows) -> None:
    """Each published window is the sum of its segments, at every place of the other dimensions."""
    segments = _segments(windows)
    for name in [cell for cell in builder.values if cell[0] == table.measure]:
        at = dict(name[1])
        if at.get(dimension) not in segments.values():
            continue
        for label in windows:
            inside = sorted({segment for unit, segment in segments.items() if unit in windows[label]})
            parts = [key(table.measure, {**at, dimension: segment}) for segment in inside]
            total = key(table.measure, {**at, dimension: label})
            builder.cell(total, sum(builder.values[part] for part in parts if part in builder.values), printed=True)
            builder.equation(total, [part for part in parts if part in builder.values], result=False)


def _add_rest(builder: _Builder, whole: str, part: str) -> None:
    for measure, at in [name for name in builder.values if name[0] == part]:
        above, others = (whole, at), (rest(whole, part), at)
        if above not in builder.values:
            continue
        left = builder.values[above] - builder.values[(measure, at)]
        if left < 0:
            raise ValueError(f"{describe((measure, at))} is larger than {describe(above)}; check the stages.")
        builder.cell(others, left, printed=False)
        builder.equation(above, [(measure, at), others], result=True)


def _add_change(builder: _Builder, earlier: str, later: str) -> None:
    """How many more, or fewer, each cell tells the second time. Whoever reads both is taken to know which of the two,
    and that nobody moved the other way: they know more than a reader does, so what is safe from them is safe."""
    for measure, at in [name for name in builder.values if name[0] == later]:
        before, after = (earlier, at), (measure, at)
        if before not in builder.values:
            continue
        less, more = sorted((before, after), key=lambda name: builder.values[name])
        moved = (change(earlier, later), at)
        builder.cell(moved, builder.values[more] - builder.values[less], printed=False)
        builder.equation(more, [less, moved], result=False)


def told_late(family: Family, revised: Sequence[tuple[str, str]]) -> set[Key]:
    """Changes that make a group out of nobody, or nobody out of a group: they would tell of each of its members, at any
    size, that they were recorded late, or struck out."""
    found = set()
    for earlier, later in revised:
        for measure, at in family.keys:
            place = family.position.get((earlier, at)) if measure == later else None
            if place is not None:
                pair = {int(family.values[place]), int(family.values[family.position[measure, at]])}
                found |= {(change(earlier, later), at)} if 0 in pair and len(pair) > 1 else set()
    return found
