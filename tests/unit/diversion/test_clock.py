from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
    ],
)
def test_a_day_is_a_local_day(moment: datetime, day: date) -> None:
    """In summer a decision at half past midnight is already of the next day: its clock would start a day early."""
    assert clock.local_date(moment) == day


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001
def test_the_clock_can_be_held(naive: datetime) -> None:
    """A clock that ran on inside the block would make tests of time limits flicker."""
    moment = naive.replace(tzinfo=UTC)
    with clock.set_to(moment):
        assert clock.now() == moment
        assert clock.today() == clock.local_date(moment)
    assert clock.now() != moment


def test_a_naive_moment_is_refused() -> None:
    """Without a zone nobody could say which day a limit ends on."""
    with pytest.raises(ValueError, match="time zone"), clock.set_to(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
