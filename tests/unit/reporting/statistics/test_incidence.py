"""Shares that came to each of several ends: as statsmodels has them, and Wilson's where nobody was lost."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.statistics.incidence import aalen_johansen
from reporting.statistics.intervals import wilson

PEOPLE = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=4, max_size=60)


@settings(max_examples=30)
@given(PEOPLE)
def test_curves_are_those_of_statsmodels(people: list[tuple[int, int]]) -> None:
    """With one more who is followed for longest: where everybody at risk ends on one day, theirs divides by nought."""
    from statsmodels.duration.survfunc import CumIncidenceRight

    people = [*people, (1, 3), (41, 0)]
    curve = CumIncidenceRight([day for day, _ in people], [end for _, end in people])
    ended = {str(end): Counter(day for day, own in people if own == end) for end in (1, 2, 3)}
    followed = Counter(day for day, own in people if own == 0)
    found = aalen_johansen(ended, followed, [int(day) for day in curve.times])
    for end in (1, 2, 3):
        assert [one.share for one in found[str(end)]] == pytest.approx(list(curve.cinc[end - 1]), abs=1e-12)
        assert [one.std_err for one in found[str(end)]] == pytest.approx(list(curve.cinc_se[end - 1]), abs=1e-6)


def test_of_people_all_followed_to_their_end_it_is_their_share_with_wilsons_interval() -> None:
    """Beside the rate of the cohort on the same page another interval of the same people would contradict it."""
    found = aalen_johansen({"a": {3: 5, 9: 10}, "b": {9: 5}, "c": {}}, {}, [2, 3, 9])
    assert [one.share for one in found["a"]] == pytest.approx([0, 0.25, 0.75])
    assert [one.events for one in found["a"]] == [0, 5, 15]
    for place, events in enumerate((0, 5, 15)):
        assert found["a"][place].interval == pytest.approx(wilson(events, 20))
    assert [one.interval for one in found["c"]] == [pytest.approx(wilson(0, 20))] * 3
    assert found["a"][-1].share + found["b"][-1].share == pytest.approx(1)


def test_who_was_lost_is_in_no_end_and_nobody_makes_no_curve() -> None:
    """Counted as an end they would fail; left out altogether, those who ended soonest would be all there is."""
    some = aalen_johansen({"a": {5: 4}}, {3: 10, 5: 6}, [4, 5])["a"]
    assert [one.share for one in some] == pytest.approx([0, 0.4])
    assert some[0].interval == pytest.approx(wilson(0, 10))
    assert aalen_johansen({"a": {}}, {3: 5}, [7])["a"][0].interval is None
    with pytest.raises(ValueError, match="negative"):
        aalen_johansen({"a": {5: -4}}, {}, [4])
