"""Trends, several groups at once, and what so many people could show."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.statistics.power import detectable_ratio
from reporting.statistics.significance import benjamini_hochberg, pooled_z
from reporting.statistics.trend import cochran_armitage, overall

#: Smokers of lung patients, as in the help of R's prop.trend.test: chi-squared 8.2249, p 0.004132.
SMOKERS = [(83, 86), (90, 93), (129, 136), (70, 82)]


def test_a_published_trend_comes_out() -> None:
    """A trend line without a test is read into every wobble."""
    found = cochran_armitage(SMOKERS)
    assert found.z is not None
    assert found.z**2 == pytest.approx(8.2249, abs=5e-5)
    assert found.p == pytest.approx(0.004132, abs=5e-7)
    assert found.z < 0


def test_several_groups_at_once_are_pearson_s_chi_squared() -> None:
    """R's prop.test of the same: chi-squared 12.6004 on 3 degrees of freedom, p 0.005585."""
    found = overall(SMOKERS)
    assert (found.statistic, found.degrees) == (pytest.approx(12.6004, abs=5e-5), 3)
    assert found.p == pytest.approx(0.005585, abs=5e-7)


@given(st.tuples(st.integers(0, 40), st.integers(41, 90)), st.tuples(st.integers(1, 40), st.integers(41, 90)))
def test_of_two_groups_both_are_the_test_of_two_proportions(first: tuple[int, int], second: tuple[int, int]) -> None:
    """Three names for one question must not give three answers."""
    z, p = pooled_z(*second, *first) or (None, None)
    assert cochran_armitage([first, second]).z == pytest.approx(z)
    assert overall([first, second]).p == pytest.approx(p)


@pytest.mark.parametrize("groups", [[], [(0, 0)], [(3, 9)], [(0, 5), (0, 9)], [(5, 5), (9, 9)], [(0, 0), (3, 9)]])
def test_where_nothing_varies_there_is_no_test(groups: list[tuple[int, int]]) -> None:
    """A month without decisions, or one in which everybody was offered, must not bring down the page."""
    assert overall(groups).p is None
    assert cochran_armitage(groups).p is None


@settings(max_examples=20)  # statsmodels collects all garbage at each call
@given(st.lists(st.floats(0, 1), max_size=30))
def test_the_correction_is_the_one_that_statsmodels_gives(p: list[float]) -> None:
    """It is written out so that a page need not import statsmodels; it must stay the textbook's."""
    from statsmodels.stats.multitest import multipletests

    expected = list(multipletests(p, method="fdr_bh")[1]) if p else []
    assert benjamini_hochberg(p) == pytest.approx(expected)


def test_the_ratio_that_so_many_could_show() -> None:
    """Domain 5.1: 225 of each arm find 48% against 35% with 80% power."""
    assert detectable_ratio(225, 225, 0.48, above=False) == pytest.approx(0.35 / 0.48, abs=0.005)
    assert detectable_ratio(177, 177, 0.254, above=False) == pytest.approx(0.136 / 0.254, abs=0.005)


@given(st.integers(5, 4000), st.integers(5, 4000), st.floats(0.02, 0.98))
def test_more_people_show_smaller_differences(n1: int, n2: int, rate: float) -> None:
    """A page that promised more of fewer people would be trusted where it is weakest."""
    for above in (False, True):
        few, many = (detectable_ratio(times * n1, times * n2, rate, above=above) for times in (1, 4))
        if few is not None:
            assert many is not None
            assert abs(many - 1) <= abs(few - 1) + 1e-9


@pytest.mark.parametrize(("n1", "n2", "rate"), [(0, 50, 0.5), (50, 0, 0.5), (50, 50, 0.0), (50, 50, 1.0), (2, 2, 0.5)])
def test_too_few_show_nothing(n1: int, n2: int, rate: float) -> None:
    """Two people show no ratio at all, and a rate of nought has none."""
    assert detectable_ratio(n1, n2, rate, above=False) is None
