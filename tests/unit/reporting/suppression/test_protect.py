"""What is hidden is enough, and hardly more."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.suppression import protect
from reporting.suppression.attack import attack
from reporting.suppression.family import key
from reporting.suppression.moves import Moves
from reporting.suppression.pattern import Ground
from reporting.suppression.primary import EVERYONE, SMALL, sensitive
from reporting.suppression.protect import known, suppress
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Thresholds
from tests.unit.reporting.suppression.worlds import cheapest, plain_interval, safe, seeded, table, tables, with_part

NESTED = [("considered", "diverted")]


@settings(max_examples=12)
@given(with_part(), st.sampled_from([Thresholds(), Thresholds(threshold=5), Thresholds(threshold=6, protection=8)]))
def test_no_hidden_cell_is_narrower_than_promised(pair, thresholds):
    """The promise itself, on generated tables, by an attacker that shares no code with the service's."""
    family = link(pair, NESTED)
    result = suppress(family, thresholds, effort=50)
    assert not result.exposed
    assert safe(family, result.hidden, set(result.primary), thresholds.width)


@settings(max_examples=12)
@given(with_part())
def test_no_small_count_nor_small_complement_is_shown(pair):
    """A count under the threshold must not stand on a page, nor follow from two that do by taking away."""
    family = link(pair, NESTED)
    result = suppress(family, Thresholds(), effort=0)
    shown = {name for index, name in enumerate(family.keys) if family.printed[index] and not result.hidden[index]}
    for name in shown:
        assert not 0 < family.values[family.position[name]] < 10
        other = ("considered", name[1])
        if name[0] == "diverted" and other in shown:
            left = family.values[family.position[other]] - family.values[family.position[name]]
            assert left >= 10 or family.values[family.position[other]] == 0


@pytest.mark.parametrize("seed", range(6))
def test_the_price_is_within_a_fifth_of_the_optimum(seed):
    """Hiding too much is a loss to the public: compared with trying every choice there is."""
    family = link([seeded(seed, (2, 3), 22)])
    result = suppress(family, Thresholds())
    needed = set(result.primary)
    fewest = cheapest(family, needed, 9, np.ones(family.size))
    lowest = cheapest(family, needed, 9, family.values.astype(float))
    assert result.price.fewest_cells <= fewest
    assert result.price.fewest_counts <= lowest
    # Where the two wishes conflict, neither price may be far from its own optimum.
    assert result.price.cells_hidden <= 1.2 * fewest
    assert result.price.counts_hidden <= 1.2 * lowest


#: Small tables: up to 150 cells, those that nobody prints among them; groups of very different size.
PLAIN = [(12,), (3, 4), (4, 6), (6, 8), (8, 10), (10, 12), (2, 3, 4), (3, 3, 3), (3, 4, 4), (2, 4, 7), (4, 4, 4)]
PLAIN += [(2, 2, 12)]
PARTED = [(4,), (8,), (3, 4), (4, 6), (2, 3, 3)]
FAMILY = [(shape, mean, seed, False) for shape in PLAIN for mean in (5, 12, 30) for seed in (1, 2)]
FAMILY += [(shape, mean, seed, True) for shape in PARTED for mean in (5, 12, 30) for seed in (1, 2)]
SAMPLE = [((10, 12), 12, 1, False), ((2, 3, 4), 30, 2, False), ((3, 3, 3), 12, 1, False), ((3, 4), 12, 1, True)]


def within_a_fifth(shape, mean, seed, parted):
    whole = seeded(seed, shape, mean)
    tables = [whole]
    if parted:
        chance = np.random.default_rng(seed)
        counts = {at: int(chance.binomial(n, 0.4)) for at, n in whole.counts.items()}
        tables.append(Table("diverted", whole.dimensions, counts))
    family = link(tables, NESTED if parted else [])
    assert family.size <= 150
    result = suppress(family, Thresholds())
    assert not result.exposed
    assert result.price.times_both <= 1.2 * result.price.conflict


@pytest.mark.parametrize(("shape", "mean", "seed", "parted"), SAMPLE)
def test_small_tables_are_within_a_fifth_of_a_proven_bound(shape, mean, seed, parted):
    """Too large to try every choice, but no choice can go below the bound."""
    within_a_fifth(shape, mean, seed, parted)


@pytest.mark.sweep
@pytest.mark.parametrize(("shape", "mean", "seed", "parted"), FAMILY)
def test_every_small_table_is_within_a_fifth_of_a_proven_bound(shape, mean, seed, parted):
    """The same of the whole family that docs/measures.md speaks of."""
    within_a_fifth(shape, mean, seed, parted)


def test_whoever_knows_how_many_there_are_learns_no_more_of_a_small_group():
    """Police know that three were sent: that up to three came is theirs already, and nothing may be told beside it."""
    sent = Table("considered", ("gender",), {("m",): 26, ("f",): 14, ("o",): 3})
    came = Table("diverted", ("gender",), {("m",): 23, ("f",): 4, ("o",): 1})
    family = link([sent, came], NESTED)
    seat = {cell for cell in family.keys if cell[0] == "considered"}
    result = suppress(family, Thresholds(), seat=seat)
    assert not result.exposed
    assert not result.hidden[family.position[key("diverted")]]
    unknown = result.hidden & [cell not in seat for cell in family.keys]
    few = plain_interval(family, unknown, family.position[key("diverted", {"gender": "o"})])
    assert few == (0, 3)
    for gender in "mf":
        low, high = plain_interval(family, unknown, family.position[key("diverted", {"gender": gender})])
        assert high - low >= 9


def test_no_clock_decides_what_is_hidden():
    """A busy machine would hide other cells than a quiet one, and two copies of one release would differ."""
    for path in Path(protect.__file__).parent.glob("*.py"):
        words = path.read_text(encoding="utf-8")
        assert not re.search(r"time_limit|monotonic|perf_counter|\bimport time\b|from time import", words), path.name


def test_alternative_tables_are_taken_only_if_they_add_up():
    """A proof that does not add up would let a narrow cell pass for a safe one."""
    family = link([table("n", (3,), iter([3, 50, 12]).__next__)])
    moves = Moves(Ground(family.matrix, family.values.astype(float)), np.full(family.size, 9))
    good = np.zeros(family.size)
    a, b = (family.position[key("n", {"ethnicity": name})] for name in ("e0", "e1"))
    good[[a, b]] = 9, -9
    off = good.copy()
    off[a] = 8
    assert [moves.add(move) for move in (off, -good, np.zeros(family.size), good)] == [False, False, False, True]
    assert moves.lacking([a, b]) == []
    hidden = np.zeros(family.size, dtype=bool)
    hidden[a] = True
    assert moves.within(hidden).lacking([a, b]) == [a, b]


def test_three_dimensions_two_measures_and_months_hold_together():
    """The size of a real quarter: every hidden count keeps its width, found by the service's own attacker."""
    whole = seeded(7, (5, 3, 3), 40)
    chance = np.random.default_rng(7)
    part = Table("diverted", whole.dimensions, {at: int(chance.binomial(n, 0.3)) for at, n in whole.counts.items()})
    family = link([whole, part], NESTED)
    result = suppress(family, Thresholds(), effort=1000)
    found = attack(result.published(), np.flatnonzero(result.hidden).tolist())
    assert min(interval.width for interval in found.values()) >= 9
    assert 0 < result.price.share_of_counts < 0.5


@pytest.mark.sweep
@settings(max_examples=300)
@given(with_part(), st.integers(2, 12))
def test_the_promise_holds_on_many_tables(pair, threshold):
    """The promise again, as often as patience allows."""
    family, thresholds = link(pair, NESTED), Thresholds(threshold=threshold)
    result = suppress(family, thresholds, effort=0)
    assert not result.exposed
    assert safe(family, result.hidden, set(result.primary), thresholds.width)


@pytest.mark.sweep
@pytest.mark.parametrize("shape", [(6, 5, 12), (12, 9, 12)])
def test_large_linked_tables_hold_together(shape):
    """1,296 linked cells and their margins."""
    result = suppress(link([seeded(11, shape, 12)]), Thresholds())
    assert not result.exposed


def test_tables_that_share_a_margin_are_suppressed_together():
    """A count hidden by age must not come out of the same people by sex."""
    by_age = Table(
        "n", ("ethnicity", "age"), {("A", "young"): 4, ("A", "old"): 30, ("B", "young"): 50, ("B", "old"): 60}
    )
    by_sex = Table("n", ("ethnicity", "sex"), {("A", "f"): 14, ("A", "m"): 20, ("B", "f"): 55, ("B", "m"): 55})
    family = link([by_age, by_sex])
    assert family.size == 9 + 9 - 3
    result = suppress(family, Thresholds())
    assert safe(family, result.hidden, set(result.primary), 9)


def test_tables_that_disagree_about_a_shared_margin_are_refused():
    """Two tables made from different facts would let both be unpicked."""
    with pytest.raises(ValueError, match=r"disagree about n, all: 5 and 6"):
        link([Table("n", ("ethnicity", "age"), {("A", "x"): 5}), Table("n", ("ethnicity", "sex"), {("A", "f"): 6})])


def test_part_larger_than_whole_and_four_dimensions_are_refused():
    """Both are faults upstream and must not be smoothed over."""
    with pytest.raises(ValueError, match="check the stages"):
        link([Table("n", (), {(): 4}), Table("d", (), {(): 5})], [("n", "d")])
    with pytest.raises(ValueError, match="three at most"):
        Table("n", ("a", "b", "c", "d"), {})
    with pytest.raises(ValueError, match="twice"):
        Table("n", ("a", "a"), {})
    with pytest.raises(ValueError, match="one category for each"):
        Table("n", ("a",), {("x", "y"): 3})


def test_whole_group_results_are_hidden_and_true_zeros_are_not():
    """ "0 of 13" and "13 of 13" tell about each of the thirteen; "0 of 0" tells about nobody."""
    whole = Table("considered", ("g",), {("none diverted",): 13, ("all diverted",): 14, ("nobody",): 0, ("most",): 90})
    part = Table("diverted", ("g",), {("none diverted",): 0, ("all diverted",): 14, ("nobody",): 0, ("most",): 45})
    family = link([whole, part], NESTED)
    reasons = sensitive(family, Thresholds())

    def reason(group: str) -> str | None:
        return reasons.get(family.position[key("diverted", {"g": group})])

    assert reason("none diverted") == reason("all diverted") == EVERYONE
    assert reason("nobody") is None
    assert not sensitive(family, Thresholds(whole_groups=False))
    assert len(sensitive(family, Thresholds(whole_groups_up_to=13))) == 2


def test_a_disposal_given_to_all_of_a_group_is_hidden_with_the_zeros_beside_it():
    """Three shown zeros would tell as much as the hidden fourteen."""
    counts = {("A", "caution"): 14, ("A", "resolution"): 0, ("B", "caution"): 20, ("B", "resolution"): 25}
    reasons = sensitive(link([Table("n", ("g", "disposal"), counts, results=frozenset({"disposal"}))]), Thresholds())
    assert list(reasons.values()) == [EVERYONE, EVERYONE]
    assert not sensitive(link([Table("n", ("g", "disposal"), counts)]), Thresholds())


def test_small_complements_are_sensitive_although_nobody_prints_them():
    """12 diverted of 15 shows that 3 were not."""
    family = link([Table("considered", (), {(): 15}), Table("diverted", (), {(): 12})], NESTED)
    assert sensitive(family, Thresholds()) == {family.position[("considered but not diverted", ())]: SMALL}
    result = suppress(family, Thresholds())
    assert result.price.cells_hidden == 1


def test_two_overlapping_periods_do_not_give_the_difference():
    """The four months to April less the three to March must not be one month's two people."""
    quarter = frozenset({"jan", "feb", "mar"})
    windows = {"month": {"to March": quarter, "to April": quarter | {"apr"}}}
    counts = {("A", "jan"): 12, ("A", "feb"): 30, ("A", "mar"): 20, ("A", "apr"): 2, ("B", "jan"): 99, ("B", "apr"): 80}
    family = link([Table("n", ("g", "month"), counts, windows=windows)])
    printed = {name for index, name in enumerate(family.keys) if family.printed[index]}
    assert printed == {key("n", {**g, "month": m}) for g in ({}, {"g": "A"}, {"g": "B"}) for m in windows["month"]}
    result = suppress(family, Thresholds())
    assert not result.exposed
    for g in ("A", "B"):
        pair = [result.hidden[family.position[key("n", {"g": g, "month": m})]] for m in windows["month"]]
        assert any(pair) or g == "B"


def test_what_is_out_already_bends_what_can_be_shown_now():
    """An earlier release showed all but the small group; this one may not complete the sum."""
    counts = {("a",): 4, ("b",): 30, ("c",): 40}
    family = link([Table("n", ("g",), counts)])
    earlier = {key("n", {"g": "b"}), key("n", {"g": "c"})}
    result = suppress(family, Thresholds(), already_shown=earlier)
    hidden = {family.keys[index] for index in np.flatnonzero(result.hidden)}
    assert hidden == {key("n", {"g": "a"}), key("n")}
    assert not result.exposed


def test_what_can_no_longer_be_protected_is_told():
    """If everything but one cell is out, nobody may believe it is safe."""
    family = link([Table("n", ("g",), {("a",): 4, ("b",): 30})])
    result = suppress(family, Thresholds(), already_shown={key("n", {"g": "b"}), key("n")})
    assert result.exposed == (key("n", {"g": "a"}),)


@settings(max_examples=20)
@given(tables())
def test_nothing_is_hidden_where_nothing_is_small(made):
    """Suppression has a price: no table without small counts may pay it."""
    grown = Table(made.measure, made.dimensions, {at: count + 10 for at, count in made.counts.items()})
    result = suppress(link([grown]), Thresholds())
    assert not result.hidden.any()
    assert (result.price.times_optimum, result.price.share_of_counts) == (1, 0)


def test_the_same_table_in_another_order_costs_the_same():
    """Permuted groups are the same groups."""
    made = seeded(5, (3, 4), 20)
    turned = Table(made.measure, made.dimensions[::-1], {at[::-1]: n for at, n in reversed(made.counts.items())})
    first, second = suppress(link([made]), Thresholds()), suppress(link([turned]), Thresholds())
    assert first.price == second.price
    assert known(first.family, first.hidden).low.tolist() == known(second.family, second.hidden).low.tolist()


@pytest.mark.parametrize("wrong", [{"threshold": 0}, {"rounding": 0}, {"protection": 0}])
def test_thresholds_that_promise_nothing_are_refused(wrong):
    """A protection of 0 would call an exact disclosure safe."""
    with pytest.raises(ValueError, match=r"thresholds|protection"):
        Thresholds(**wrong)


def test_a_one_dimensional_table_hides_the_next_smallest():
    """What every statistician expects of a single row."""
    made = table("n", (4,), iter([3, 50, 12, 100]).__next__)
    result = suppress(link([made]), Thresholds())
    assert sorted(result.family.values[result.hidden].tolist()) == [3, 12]
