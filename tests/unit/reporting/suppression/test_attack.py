"""The attacker finds all that can be found, and never rules out the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.suppression.attack import DoesNotAddUp, Published, attack
from reporting.suppression.protect import known
from reporting.suppression.tables import Table, link
from tests.unit.reporting.suppression.worlds import plain_interval, tables, with_part


@settings(max_examples=20)
@given(with_part(), st.randoms())
def test_the_truth_is_never_excluded_and_nothing_is_missed(pair, chance):
    """An attacker who errs on the wide side would let a leak pass; on the narrow side, cry wolf."""
    family = link(pair, [("considered", "diverted")])
    hidden = np.array([chance.random() < 0.4 for _ in family.keys]) & family.printed
    found = attack(known(family, hidden), np.flatnonzero(hidden).tolist())
    assert set(found) == set(np.flatnonzero(hidden).tolist())
    for cell, interval in list(found.items())[:6]:
        low, high = plain_interval(family, hidden, cell)
        assert interval.low <= family.values[cell]
        assert interval.high is None or family.values[cell] <= interval.high
        assert interval.low == np.ceil(low - 1e-6)
        assert (interval.high is None) == (high == np.inf)
        assert interval.high is None or interval.high == np.floor(high + 1e-6)


@settings(max_examples=12)
@given(tables().filter(lambda one: len(one.dimensions) < 3), st.randoms())
def test_in_two_dimensions_every_end_is_a_possible_count(table, chance):
    """The interval we report is what could really be, not only a bound of it."""
    family = link([table])
    hidden = np.array([chance.random() < 0.5 for _ in family.keys])
    for cell, interval in list(attack(known(family, hidden), np.flatnonzero(hidden).tolist()).items())[:4]:
        low, high = plain_interval(family, hidden, cell, whole=True)
        assert (interval.low, np.inf if interval.high is None else interval.high) == (low, high)


def test_two_hidden_in_every_row_and_column_can_still_give_one_away():
    """The rule of thumb "two in each line" is not safe: rows less columns leave one cell alone."""
    #        c0       c1       c2
    counts = {("r0", "c0"): 3, ("r0", "c1"): 20, ("r0", "c2"): 30, ("r1", "c0"): 4, ("r1", "c1"): 25, ("r1", "c2"): 31,
              ("r2", "c0"): 41, ("r2", "c1"): 5, ("r2", "c2"): 6, ("r3", "c0"): 60, ("r3", "c1"): 61,
              ("r3", "c2"): 62}  # fmt: skip
    family = link([Table("n", ("row", "column"), counts)])
    cells = {("r0", "c0"), ("r0", "c1"), ("r1", "c0"), ("r1", "c1"), ("r1", "c2"), ("r2", "c1"), ("r2", "c2")}
    names = [("n", (("column", column), ("row", row))) for row, column in cells]
    hidden = np.array([name in names for name in family.keys])
    found = attack(known(family, hidden), np.flatnonzero(hidden).tolist())
    assert all(interval.width > 0 for interval in found.values())
    hidden[family.position[("n", (("column", "c2"), ("row", "r2")))]] = False
    again = attack(known(family, hidden), np.flatnonzero(hidden).tolist())
    alone = family.position[("n", (("column", "c2"), ("row", "r1")))]
    assert (again[alone].low, again[alone].high) == (31, 31)


def test_figures_that_contradict_each_other_are_told():
    """A release that does not add up must not pass as safe."""
    family = link([Table("n", ("g",), {("a",): 3, ("b",): 4})])
    low = family.values.astype(float)
    low[family.position[("n", ())]] = 9
    zeros = np.zeros(1)
    high = low.copy()
    high[family.position[("n", (("g", "a"),))]] = 2
    low[family.position[("n", (("g", "a"),))]] = 0
    with pytest.raises(DoesNotAddUp, match="add up"):
        attack(Published(family.matrix, zeros, zeros, low, high), [0, 1, 2])


def test_a_count_tied_to_nothing_has_no_bound():
    """A hidden total that nothing adds up to stays unknown."""
    family = link([Table("n", (), {(): 4})])
    [interval] = attack(known(family, np.array([True])), [0]).values()
    assert (interval.low, interval.high) == (0, None)


def test_independent_blocks_do_not_touch_each_other():
    """What one force publishes must not change what can be known of another."""
    one = Table("n, Durham", ("g",), {("a",): 3, ("b",): 14})
    two = Table("n, Surrey", ("g",), {("a",): 5, ("b",): 44})
    family = link([one, two])
    hidden = np.array([name[1] != () for name in family.keys])
    alone = link([one])
    found = attack(known(family, hidden), np.flatnonzero(hidden).tolist())
    apart = attack(known(alone, np.array([name[1] != () for name in alone.keys])), [1, 2])
    assert {family.keys[i]: v for i, v in found.items() if family.keys[i] in alone.position} == {
        alone.keys[i]: v for i, v in apart.items()
    }
