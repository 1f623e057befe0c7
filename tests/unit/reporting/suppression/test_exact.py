"""The least that must be hidden: against every choice there is, tried one by one by an attacker of our own."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.suppression import exact
from reporting.suppression.constructive import Choice, Task, protect
from reporting.suppression.family import Family
from reporting.suppression.pattern import Ground
from reporting.suppression.primary import sensitive
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Thresholds
from tests.unit.reporting.suppression.worlds import cheapest, safe, seeded, table

WIDTH = 9
#: Enough work for any of these small tables: what ends the search is that nothing is left to find.
ENOUGH = 4000


def task_of(family: Family) -> Task:
    """The whole family as one block, its sensitive cells hidden."""
    counts, nothing = family.values.astype(float), np.zeros(family.size, dtype=bool)
    needy = frozenset(sensitive(family, Thresholds()))
    hidden = ~family.printed
    hidden[list(needy)] = True
    weight = np.where(family.printed, 1 + counts / max(1.0, counts.mean()), 0.0)
    return Task(
        Ground(family.matrix, counts), np.full(family.size, WIDTH), needy, hidden, nothing, family.printed, weight
    )


def searched(family: Family, effort: int = ENOUGH) -> exact.Search:
    task = task_of(family)
    return exact.search(task, task.ground.values, effort, protect(task, task.hidden))


def grid(*rows: list[int]) -> Family:
    counts = {(f"g{i}", f"m{j}"): n for i, row in enumerate(rows) for j, n in enumerate(row)}
    return link([Table("n", ("group", "month"), counts)])


def line(*counts: int) -> Family:
    return link([Table("n", ("group",), {(f"g{i}",): n for i, n in enumerate(counts)})])


def sums(family: Family, choices: list[Choice]) -> tuple[int, int]:
    """Fewest cells and fewest counts that any of the choices hides."""
    cells = min(int((one.hidden & family.printed).sum()) for one in choices)
    return cells, min(int(family.values[one.hidden & family.printed].sum()) for one in choices)


@pytest.mark.parametrize(
    ("family", "fewest_cells", "fewest_counts"),
    [
        # 3 and 4 alone leave 3 between 0 and 7, too narrow: 50 goes with them, or the total of 57, which is as many
        # cells and more counts.
        (line(3, 4, 50), 3, 57),
        # One small count of three: the cheapest beside it is enough, for it has room to go down by nine.
        (line(3, 40, 50), 2, 43),
        # In two directions a count is hidden by a rectangle. Its own corner costs 3 + 50 + 40 + 60, with a margin more.
        (grid([3, 50], [40, 60]), 4, 153),
        # The rectangle that takes in the small count of the other corner, not the first or the cheapest beside it.
        (grid([3, 20, 90], [70, 80, 75], [30, 5, 60]), 4, 3 + 20 + 30 + 5),
        # Nothing is small: nothing is hidden.
        (grid([30, 50], [40, 60]), 0, 0),
    ],
)
def test_the_optimum_of_tables_that_are_solved_by_hand(family: Family, fewest_cells: int, fewest_counts: int) -> None:
    """Whoever reads the price of a release takes these two for the least that there is."""
    found = searched(family)
    assert (found.fewest_cells, found.fewest_counts) == (fewest_cells, fewest_counts)
    assert sums(family, found.best) == (fewest_cells, fewest_counts)
    assert all(safe(family, one.hidden, set(task_of(family).needy), WIDTH) for one in found.best)


@pytest.mark.parametrize(("shape", "seed"), [((2, 2), 0), ((2, 2), 1), ((2, 2), 2), ((3, 3), 3)])
def test_bounds_are_the_optimum_and_are_reached(shape: tuple[int, int], seed: int) -> None:
    """A bound above the optimum would call a bad choice a good one; one below it, a good choice a bad one."""
    family = link([seeded(seed, shape, 18)])
    found, needed = searched(family), set(task_of(family).needy)
    fewest = cheapest(family, needed, WIDTH, np.ones(family.size))
    lowest = cheapest(family, needed, WIDTH, family.values.astype(float))
    assert (found.fewest_cells, found.fewest_counts) == (fewest, lowest)
    assert sums(family, found.best) == (fewest, lowest)


#: Tables in which the sums alone do not settle it: the attacker finds narrow cells, and his prices become cuts.
HARD = [((3, 3), 3), ((2, 2, 2), 1), ((2, 2, 2), 3), ((3, 4), 2)]


@pytest.mark.parametrize(("shape", "seed"), HARD)
def test_what_the_attacker_finds_cuts_off_no_safe_choice(shape: tuple[int, ...], seed: int) -> None:
    """A cut that is too deep takes the optimum away, and a dearer choice passes for the cheapest."""
    family = link([seeded(seed, shape, 18)])
    found, task, chance = searched(family, 400), task_of(family), np.random.default_rng(seed)
    by_sums = exact.Cuts()
    exact._add_sums(task, by_sums)
    assert len(found.cuts.rows) > len(by_sums.rows)
    completed = [protect(task, task.hidden | (chance.random(family.size) < share)) for share in np.linspace(0, 0.8, 12)]
    for one in [*found.best, *completed]:
        assert safe(family, one.hidden, set(task.needy), WIDTH)
        assert all(row @ one.hidden >= least - 1e-5 for row, least in zip(*vars(found.cuts).values(), strict=True))


@settings(max_examples=15)
@given(st.data(), st.sampled_from([(3,), (4,), (2, 2)]), st.sampled_from([0, 1, 3, 10, 60]))
def test_however_little_work_is_left_bounds_hold_and_choices_are_safe(
    data: st.DataObject, shape: tuple[int, ...], effort: int
) -> None:
    """A busy month must cost counts at most, and never somebody's secret."""
    count = st.integers(0, 14) | st.integers(15, 80)
    family = link([table("n", shape, lambda: data.draw(count))])
    found, needed = searched(family, effort), set(task_of(family).needy)
    for one in found.best:
        assert safe(family, one.hidden, needed, WIDTH)
    if len(shape) == 1:
        assert found.fewest_cells <= cheapest(family, needed, WIDTH, np.ones(family.size))
        assert found.fewest_counts <= cheapest(family, needed, WIDTH, family.values.astype(float))
    assert found.conflict >= 1


@settings(max_examples=25)
@given(st.lists(st.integers(0, 14) | st.integers(15, 80), min_size=2, max_size=4))
def test_no_inequality_cuts_off_a_safe_choice(counts: list[int]) -> None:
    """The optimum would be cut off with it, and a dearer choice would be called the cheapest."""
    family = line(*counts)
    found, task = searched(family), task_of(family)
    free = np.flatnonzero(~task.hidden)
    for chosen in product([False, True], repeat=len(free)):
        hidden = task.hidden.copy()
        hidden[free] = chosen
        if safe(family, hidden, set(task.needy), WIDTH):
            for row, least in zip(found.cuts.rows, found.cuts.least, strict=True):
                assert row @ hidden >= least - 1e-5


def test_what_is_out_already_is_never_chosen() -> None:
    """A count that stands in an earlier release hides nothing any more, however cheap it would be."""
    family = line(3, 40, 50, 60)
    task = task_of(family)
    task.fixed[family.position["n", (("group", "g1"),)]] = True
    found = exact.search(task, task.ground.values, ENOUGH, protect(task, task.hidden))
    assert not any(one.hidden[task.fixed].any() for one in found.best)
    assert (found.fewest_cells, found.fewest_counts) == (2, 53)


def test_the_same_block_gives_the_same_choices() -> None:
    """Two copies of one release that hide other cells show, held together, what each hides."""
    family = link([seeded(3, (3, 4), 20)])
    first, second = searched(family, 200), searched(family, 200)
    assert [one.hidden.tolist() for one in first.best] == [one.hidden.tolist() for one in second.best]
    assert (first.fewest_cells, first.fewest_counts, first.conflict) == (
        second.fewest_cells,
        second.fewest_counts,
        second.conflict,
    )
