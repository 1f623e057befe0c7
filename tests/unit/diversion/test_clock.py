from datetime import UTC, date, datetime, time

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


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 6, 10), time(14, 30), ["13:30"]),
        (date(2026, 12, 10), time(14, 30), ["14:30"]),
        (date(2027, 3, 28), time(0, 59), ["00:59"]),
        (date(2027, 3, 28), time(1), []),
        (date(2027, 3, 28), time(1, 59), []),
        (date(2027, 3, 28), time(2), ["01:00"]),
        (date(2026, 10, 25), time(1), ["00:00", "01:00"]),
        (date(2026, 10, 25), time(1, 59), ["00:59", "01:59"]),
        (date(2026, 10, 25), time(2), ["02:00"]),
    ],
)
def test_the_moments_of_a_time_on_the_wall(day: date, at: time, utc: list[str]) -> None:
    """An hour that does not exist was moved, and of one that comes twice the first was taken without asking."""
    assert [f"{moment:%H:%M}" for moment in clock.moments_at(day, at)] == utc


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2060, 1, 1)))  # noqa: DTZ001
def test_every_moment_is_found_by_what_the_clock_shows_then(naive: datetime) -> None:
    """A moment that cannot be typed back could never be planned."""
    moment = naive.replace(tzinfo=UTC)
    shown = moment.astimezone(clock.LONDON)
    found = clock.moments_at(shown.date(), shown.time())
    assert moment in found
    assert len(found) in (1, 2)


def test_a_naive_moment_is_refused() -> None:
    """Without a zone nobody could say which day a limit ends on."""
    with pytest.raises(ValueError, match="time zone"), clock.set_to(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass
