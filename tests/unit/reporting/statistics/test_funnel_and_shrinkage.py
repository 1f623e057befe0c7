"""Funnel limits, and shares drawn towards the whole: which unit differs, and how much of it to believe."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from reporting.measures.spread import spread
from reporting.statistics.funnel import ACT, WARN, limits, outside, sizes
from reporting.statistics.shrinkage import correlation, shrunk
from reporting.statistics.trend import overall

#: Hits of 45 at bat, of 18 players (Efron and Morris 1975, JASA 70:311).
BASEBALL = [(hits, 45) for hits in (18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7)]


@settings(max_examples=60)
@given(st.integers(1, 400), st.floats(0.01, 0.99))
def test_no_more_than_promised_lie_outside_by_chance(n: int, share: float) -> None:
    """A limit that is too narrow names a team in a meeting for what a coin did."""
    found = {events: outside(events, n, share) for events in range(n + 1)}
    for place, confidence in ((1, WARN), (2, ACT)):
        tail = (1 - confidence) / 2
        for sign in (-1, 1):
            named = [events for events, where in found.items() if where * sign >= place]
            assert float(binom.pmf(named, n, share).sum()) <= tail + 1e-9
            # One count more would be too much: else a team that stands out would be passed over.
            more = [*named, (max(named, default=-1) + 1) if sign < 0 else (min(named, default=n + 1) - 1)]
            assert float(binom.pmf(more, n, share).sum()) >= tail - 1e-9


def test_limits_are_wider_for_a_smaller_unit_and_for_more_confidence() -> None:
    """A small team is far from the whole more often; drawn at one width it would lead every list."""
    small, large = limits(0.3, 20, WARN), limits(0.3, 400, WARN)
    assert small is not None
    assert large is not None
    assert small[0] < large[0] < 0.3 < large[1] < small[1]
    wide = limits(0.3, 400, ACT)
    assert wide is not None
    assert wide[0] < large[0]
    assert limits(0.3, 0, WARN) is None
    assert [outside(0, 20, 0.0), outside(20, 20, 1.0), outside(1, 20, 0.0)] == [0, 0, 2]
    assert (sizes(400)[0], sizes(400)[-1], sizes(4)) == (10, 400, [4])
    with pytest.raises(ValueError, match="between 0 and 1"):
        limits(1.2, 10, WARN)


def test_shares_are_drawn_as_far_as_their_own_spread_says() -> None:
    """With units of one size, moments keep n/(n-1) (1 - (k-1)/chi-squared) of each difference from the whole."""
    found = shrunk(BASEBALL)
    assert found is not None
    whole = sum(a for a, _ in BASEBALL) / (45 * 18)
    kept = 45 / 44 * (1 - 17 / overall(BASEBALL).statistic)
    assert found[0].value == pytest.approx(whole + kept * (18 / 45 - whole))
    assert found[0].interval is not None
    low, high = found[0].interval
    assert low < found[0].value < high
    assert 0 < correlation(BASEBALL) < 0.01


def test_nothing_is_drawn_of_few_units_nor_invented_where_they_do_not_differ() -> None:
    """Of nine teams nobody can tell how much they differ; and of equal ones none may look different."""
    assert shrunk(BASEBALL[:9]) is None
    assert shrunk([(0, 30)] * 12) is None
    alike = shrunk([(10, 30)] * 12)
    assert alike is not None
    assert {(one.value, one.interval) for one in alike} == {(1 / 3, None)}
    apart = shrunk([(30, 30)] * 6 + [(0, 30)] * 6)
    assert apart is not None
    assert [apart[0].value, apart[-1].value] == [1.0, 0.0]


def test_a_unit_of_few_people_is_named_and_not_drawn() -> None:
    """A rate of nine people in a plot is read like any other point."""
    found = spread({"Large": (50, 100), "Small": (9, 9), "Nobody": (0, 0), "Other": (60, 100)})
    assert [row["unit"] for row in found["units"]] == ["Large", "Other"]
    assert found["left_out"] == ["Nobody", "Small"]
    assert (found["whole"]["numerator"], found["whole"]["denominator"]) == (110, 200)
    assert found["too_few_to_shrink"]
    assert spread({})["curve"] == []
