"""Generated tables, and an attacker of our own to check the service's against."""

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog, milp

from reporting.suppression.family import Family
from reporting.suppression.tables import Table

SHAPES = [(3,), (2, 3), (3, 4), (2, 2, 2), (2, 3, 2)]
NAMES = ("ethnicity", "age", "month")


def table(measure: str, shape: tuple[int, ...], draw: Callable[[], int], names: tuple[str, ...] = NAMES) -> Table:
    """A table of the shape, each count drawn anew."""
    places = product(*([f"{name[0]}{i}" for i in range(size)] for name, size in zip(names, shape, strict=False)))
    return Table(measure, names[: len(shape)], {place: draw() for place in places})


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A small table of small, middling and large counts, zeros among them."""
    count = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(100, 900))
    return table("considered", draw(st.sampled_from(SHAPES)), lambda: draw(count))


@st.composite
def with_part(draw: st.DrawFn) -> tuple[Table, Table]:
    """A table and, of its people, those diverted."""
    whole = draw(tables())
    return whole, Table("diverted", whole.dimensions, {at: draw(st.integers(0, n)) for at, n in whole.counts.items()})


def seeded(seed: int, shape: tuple[int, ...], mean: float) -> Table:
    """A table whose groups are of very different size, as real ones are."""
    chance = np.random.default_rng(seed)
    return table("considered", shape, lambda: int(chance.poisson(mean * chance.gamma(0.5, 2))))


def plain_interval(family: Family, hidden: np.ndarray, cell: int, *, whole: bool = False) -> tuple[float, float]:
    """The interval of one cell by one linear programme for each end, nothing spared; ``whole`` counts only if asked."""
    unknown = hidden | ~family.printed
    limits = [(0, None) if open_ else (n, n) for n, open_ in zip(family.values, unknown, strict=True)]
    ends = []
    for sign in (1, -1):
        cost = np.zeros(family.size)
        cost[cell] = sign
        matrix = family.matrix.toarray() if family.equations else None
        zeros = np.zeros(len(family.equations)) if family.equations else None
        integrality = np.ones(family.size) if whole else None
        result = linprog(cost, A_eq=matrix, b_eq=zeros, bounds=limits, integrality=integrality)
        ends.append(sign * result.fun if result.status == 0 else np.inf)
    return ends[0], ends[1]


def safe(family: Family, hidden: np.ndarray, needed: set[int], width: int) -> bool:
    """Whether every hidden printed cell and every needed one keeps the width, by the plain attacker."""
    for cell in {*np.flatnonzero(hidden).tolist(), *needed}:
        low, high = plain_interval(family, hidden, cell)
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < width:
            return False
    return True


def cheapest(family: Family, needed: set[int], width: int, cost: np.ndarray) -> float:
    """Least cost of any safe choice, by trying all of them, cheapest first."""
    forced = [cell for cell in needed if family.printed[cell]]
    others = [cell for cell in range(family.size) if family.printed[cell] and cell not in needed]
    for total, chosen in sorted(_choices(others, cost), key=lambda pair: pair[0]):
        hidden = np.zeros(family.size, dtype=bool)
        hidden[[*forced, *chosen]] = True
        if safe(family, hidden, needed, width):
            return float(total + cost[forced].sum())
    raise AssertionError("hiding everything is always safe")


def _choices(others: list[int], cost: np.ndarray) -> Iterator[tuple[float, tuple[int, ...]]]:
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            yield float(cost[list(chosen)].sum()), chosen


__all__ = ["cheapest", "milp", "plain_interval", "safe", "seeded", "table", "tables", "with_part"]
