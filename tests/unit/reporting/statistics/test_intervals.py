"""Intervals of one proportion and of a difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.statistics.intervals import clopper_pearson, newcombe, upper_bound_of_none, wilson, z_value


@st.composite
def proportions(draw: st.DrawFn) -> tuple[int, int]:
    """(successes, n) with n of 1 to 5,000."""
    n = draw(st.integers(1, 5000))
    return draw(st.integers(0, n)), n


@pytest.mark.parametrize(("a", "n", "low", "high"), [(6, 44, 0.064, 0.267), (29, 114, 0.183, 0.341)])
def test_wilson_gives_the_specified_intervals(a, n, low, high):
    """A wrong interval would make a small scheme look surer, or less sure, than it is."""
    assert wilson(a, n) == pytest.approx((low, high), abs=0.0005)


@given(proportions(), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_is_the_one_that_statsmodels_gives(pair, confidence):
    """The formula is written out for speed; it must stay the textbook's."""
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(*pair, confidence) == pytest.approx(
        proportion_confint(*pair, alpha=1 - confidence, method="wilson"), abs=1e-12
    )


@given(proportions())
def test_exact_is_the_one_that_statsmodels_gives(pair):
    """Readers compare our exact interval with R's binom.test."""
    from statsmodels.stats.proportion import proportion_confint

    assert clopper_pearson(*pair) == pytest.approx(proportion_confint(*pair, method="beta"), abs=1e-9)


@given(proportions())
def test_intervals_hold_the_share_and_mirror_with_its_complement(pair):
    """The share diverted and the share not diverted are one fact and must not disagree."""
    a, n = pair
    for method in (wilson, clopper_pearson):
        low, high = method(a, n)
        assert 0 <= low <= a / n <= high <= 1
        assert method(n - a, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_nobody_counted_gives_no_interval():
    """A group without people must show no rate rather than 0%."""
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None
    assert upper_bound_of_none(0) is None
    assert newcombe(1, 2, 0, 0) is None


def test_none_of_thirteen_has_an_upper_bound():
    """ "0 of 13" is not a rate of nought: the reader is told what it could be."""
    assert upper_bound_of_none(13) == pytest.approx(0.206, abs=0.0005)


def test_newcombe_of_the_hull_trial():
    """The difference printed for Hull's triage must be the one that reviewers computed."""
    assert newcombe(6, 44, 29, 114) == pytest.approx((-0.231, 0.031), abs=0.0005)


@given(proportions(), proportions())
def test_newcombe_agrees_with_statsmodels_and_turns_with_the_groups(first, second):
    """Swapping the groups must only turn the sign."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = newcombe(*first, *second)
    assert (low, high) == pytest.approx(
        confint_proportions_2indep(*first, *second, method="newcomb", compare="diff"), abs=1e-9
    )
    assert newcombe(*second, *first) == pytest.approx((-high, -low), abs=1e-12)


@pytest.mark.parametrize(("a", "n"), [(5, 4), (-1, 4), (0, -1)])
def test_impossible_counts_are_refused(a, n):
    """A numerator larger than its denominator is a wrong join, and must not become a number."""
    with pytest.raises(ValueError, match=r"negative|larger"):
        wilson(a, n)


def test_confidence_given_in_per_cent_is_refused():
    """95 for 0.95 must not silently give nonsense."""
    with pytest.raises(ValueError, match=r"0\.95"):
        z_value(95)
