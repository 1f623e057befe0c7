"""Ratios of two rates and what is said of zero cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.statistics import ratios
from reporting.statistics.disparity import compare
from reporting.statistics.intervals import newcombe
from reporting.statistics.significance import compare_proportions, fisher, pooled_z


@st.composite
def four(draw: st.DrawFn, least: int = 1) -> tuple[int, int, int, int]:
    """(a, n1, c, n2) with at least ``least`` events in each group."""
    n1, n2 = draw(st.integers(max(1, least), 3000)), draw(st.integers(max(1, least), 3000))
    return draw(st.integers(least, n1)), n1, draw(st.integers(least, n2)), n2


@pytest.mark.parametrize(
    ("counts", "value", "low", "high"),
    [
        ((60, 300, 420, 1500), 0.714, 0.562, 0.908),
        ((4, 22, 180, 640), 0.646, 0.264, 1.582),
        ((6, 44, 29, 114), 0.536, 0.239, 1.202),
        ((21700, 129700, 48000, 159200), 0.555, 0.547, 0.563),
        ((11900, 46400, 23100, 61500), 0.683, 0.670, 0.696),
        ((37, 51, 24, 48), 1.451, 1.044, 2.017),
    ],
)
def test_specified_ratios(counts, value, low, high):
    """The figures that the specification names, from Hull, OJJDP and the victim trial."""
    shown = ratios.relative_rate(*counts)
    assert shown.value == pytest.approx(value, abs=0.0005)
    assert shown.interval == pytest.approx((low, high), abs=0.0005)


# Counts of boys and girls, 2020 (rounded to 100 at the source), against ratios published to one decimal.
OJJDP = [
    ("referred", (159200, 8752200), [(129700, 2468900, 2.9), (6900, 310700, 1.2), (71800, 4038700, 1.0)]),
    ("diverted", (48000, 159200), [(21700, 129700, 0.6), (1500, 6900, 0.7), (1100, 4500, 0.8), (16500, 71800, 0.8)]),
    ("detained", (32500, 159200), [(41000, 129700, 1.6), (2000, 6900, 1.4), (1300, 4500, 1.4), (23700, 71800, 1.6)]),
    ("petitioned", (83500, 159200), [(83400, 129700, 1.2), (4300, 6900, 1.2), (2500, 4500, 1.1), (39700, 71800, 1.1)]),
    ("referred, girls", (61500, 8336000), [(46400, 2396600, 2.6), (3700, 301900, 1.6), (23200, 3885000, 0.8)]),
    ("diverted, girls", (23100, 61500), [(11900, 46400, 0.7), (900, 3700, 0.7), (600, 1600, 1.0), (7900, 23200, 0.9)]),
]


@pytest.mark.parametrize(("stage", "reference", "groups"), OJJDP, ids=[row[0] for row in OJJDP])
def test_relative_rates_published_by_the_us_juvenile_justice_office(stage, reference, groups):
    """A reader who knows the American tables must find the same ratios here."""
    c, n2 = reference
    for a, n1, published in groups:
        # Counts were rounded to 100 at the source, the ratios made before that.
        low = ratios.ratio(a - 50, n1 + 50, c + 50, n2 - 50)
        high = ratios.ratio(a + 50, n1 - 50, c - 50, n2 + 50)
        assert low - 0.05 <= published <= high + 0.05, stage
        assert high - low < 0.25


def test_the_hull_trial_in_full():
    """An interval that crosses 1 is the finding; a bare "46% lower" would mislead."""
    odds, interval = ratios.odds_ratio(6, 44, 29, 114)
    assert (odds, *interval) == pytest.approx((0.463, 0.177, 1.207), abs=0.0005)
    z, p = pooled_z(6, 44, 29, 114)
    assert (z * z, p) == pytest.approx((2.564, 0.109), abs=0.0005)
    assert fisher(6, 44, 29, 114) == pytest.approx(0.136, abs=0.0005)
    assert compare("triage", (6, 44), "usual", (29, 114)).difference == pytest.approx(-0.118, abs=0.0005)
    assert newcombe(6, 44, 29, 114)[0] < 0 < newcombe(6, 44, 29, 114)[1]


def test_the_victim_trial_of_conditional_cautions():
    """72.5% against 50% satisfied: Fisher's p as computed by reviewers."""
    assert fisher(37, 51, 24, 48) == pytest.approx(0.025, abs=0.0005)


def test_odds_that_a_review_of_trials_published():
    """The Campbell review's 50% to 44% is an odds ratio of 0.786."""
    assert ratios.odds_ratio(44, 100, 50, 100)[0] == pytest.approx(0.786, abs=0.0005)


def test_no_events_in_the_group_is_said_in_words():
    """A ratio of 0 with no interval would read as proof of exclusion."""
    shown = ratios.relative_rate(0, 13, 180, 640)
    assert (shown.value, shown.interval, shown.words) == (None, None, "0 of 13")
    assert shown.upper_bound == pytest.approx(0.206, abs=0.0005)


def test_no_events_in_the_reference_and_empty_groups_give_no_ratio():
    """Dividing by nothing must give words, never an error page or infinity."""
    assert ratios.relative_rate(3, 13, 0, 640).value is None
    assert "reference" in ratios.relative_rate(3, 13, 0, 640).words
    assert ratios.relative_rate(0, 0, 5, 10).value is None
    with pytest.raises(ValueError, match="both groups"):
        ratios.ratio(0, 0, 5, 10)


def test_everyone_having_the_event_is_an_ordinary_case():
    """A scheme that everybody completed still has a ratio."""
    shown = ratios.relative_rate(20, 20, 10, 20)
    assert shown.value == 2.0
    assert shown.interval[0] < 2 < shown.interval[1]


@given(four())
def test_a_ratio_and_its_inverse_agree(counts):
    """Black against White and White against Black are one fact."""
    a, n1, c, n2 = counts
    forward, back = ratios.relative_rate(a, n1, c, n2), ratios.relative_rate(c, n2, a, n1)
    assert forward.value * back.value == pytest.approx(1)
    assert forward.interval == pytest.approx((1 / back.interval[1], 1 / back.interval[0]))
    low, high = ratios.conditional_exact(a, n1, c, n2)
    turned = ratios.conditional_exact(c, n2, a, n1)
    assert (low, high) == pytest.approx((1 / turned[1], 1 / turned[0]))
    assert low < forward.value < high


@given(four(), st.integers(2, 9))
def test_more_of_the_same_people_narrows_the_interval(counts, times):
    """A larger group with the same rates must never look less certain."""
    narrow = ratios.katz(*(times * count for count in counts))
    wide = ratios.katz(*counts)
    assert wide[0] <= narrow[0] * (1 + 1e-12)
    assert narrow[1] <= wide[1] * (1 + 1e-12)


@given(four(least=0))
def test_zero_cells_never_raise_and_never_show_a_ratio(counts):
    """Every table has empty cells somewhere; the page must stand."""
    a, n1, c, n2 = counts
    shown = ratios.relative_rate(*counts)
    assert (shown.value is None) == (a == 0 or c == 0)
    assert shown.words
    low, high = ratios.conditional_exact(a, n1, c, n2)
    assert low >= 0
    assert (high is None) == (c == 0)


@given(four(least=0))
def test_the_test_is_symmetric_and_exact_where_numbers_are_small(counts):
    """p may not depend on which group is named first."""
    a, n1, c, n2 = counts
    found, turned = compare_proportions(a, n1, c, n2), compare_proportions(c, n2, a, n1)
    assert found.p == pytest.approx(turned.p, abs=1e-9)
    assert 0 <= found.p <= 1
    assert found.test == ("fisher" if found.smallest_expected < 5 else "z")


@given(four())
def test_the_pooled_test_is_the_one_that_statsmodels_gives(counts):
    """The formula is written out; it must stay the textbook's."""
    from statsmodels.stats.proportion import proportions_ztest

    a, n1, c, n2 = counts
    found = pooled_z(a, n1, c, n2)
    if found is None:
        assert a + c == n1 + n2
        return
    assert found == pytest.approx(proportions_ztest([a, c], [n1, n2]), rel=1e-6, abs=1e-12)


def test_events_above_the_population_leave_the_exact_interval_standing():
    """Several searches of one person can exceed a small population: no false interval may come of it."""
    assert ratios.katz(12, 10, 30, 100) is None
    low, high = ratios.conditional_exact(12, 10, 30, 100)
    assert low < 4 < high
