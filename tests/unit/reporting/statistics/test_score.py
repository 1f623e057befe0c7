"""Score intervals: the published ones, and the score itself at both ends, by another way to the likeliest rates."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlog1py, xlogy
from statsmodels.stats.proportion import confint_proportions_2indep

from reporting.statistics.score import score_interval


@pytest.mark.parametrize(
    ("pair", "published"),
    [((56, 70, 48, 80), (0.0528, 0.3382)), ((9, 10, 3, 10), (0.1700, 0.8406)), ((5, 56, 0, 29), (-0.0326, 0.1933))],
)
def test_differences_of_newcombe_1998_method_6(pair: tuple[int, int, int, int], published: tuple[float, float]) -> None:
    """Newcombe (1998), Statistics in Medicine 17:873, table II: Miettinen and Nurminen's interval."""
    assert score_interval(*pair, "diff") == pytest.approx(published, abs=0.00006)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int, int, int]:
    n1, n2 = draw(st.integers(4, 200)), draw(st.integers(4, 200))
    return draw(st.integers(1, n1 - 1)), n1, draw(st.integers(1, n2 - 1)), n2


@settings(max_examples=40)
@given(pairs())
def test_both_ends_of_a_difference_have_the_score_of_the_limit(pair: tuple[int, int, int, int]) -> None:
    """The likeliest rates are sought by another method here, because statsmodels' own are not the likeliest."""
    a, n1, c, n2 = pair
    for end in score_interval(*pair, "diff") or ():
        assert end is not None

        def unlikely(p: float, gap: float = end) -> float:
            first = xlogy(a, p + gap) + xlog1py(n1 - a, -p - gap)
            return -float(first + xlogy(c, p) + xlog1py(n2 - c, -p))

        bounds = (max(0.0, -end), min(1.0, 1 - end))
        p2 = minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x
        p1 = p2 + end
        variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
        assert (a / n1 - c / n2 - end) ** 2 / variance == pytest.approx(3.841458820694124, rel=1e-4)


@settings(max_examples=30)
@given(pairs(), st.sampled_from(["ratio", "odds-ratio"]))
def test_ratios_are_those_of_statsmodels(pair: tuple[int, int, int, int], compare: str) -> None:
    """Where no cell is empty theirs is right for ratios, and ours is the same."""
    a, n1, c, n2 = pair
    options = {"correction": False} if compare == "ratio" else {}
    assume(a * n2 != c * n1)
    try:
        theirs = confint_proportions_2indep(*pair, method="score", compare=compare, **options)
    except (ValueError, ZeroDivisionError, RuntimeWarning):
        assume(False)
    assert score_interval(*pair, compare) == pytest.approx(theirs, rel=1e-4)


def test_two_groups_of_whom_everybody_had_it_are_like_each_other() -> None:
    """Everybody against everybody is no difference, and the interval lies about it."""
    low, high = score_interval(20, 20, 20, 20, "ratio") or (None, None)
    assert low
    assert high == pytest.approx(1 / low)
    assert score_interval(20, 20, 20, 20, "odds-ratio") is None
    assert score_interval(5, 5, 0, 5, "odds-ratio") == (pytest.approx(5.489, abs=0.001), None)
