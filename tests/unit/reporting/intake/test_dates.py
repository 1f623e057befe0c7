"""Which day a stamp falls on."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.clock import LONDON
from reporting.intake import dates
from reporting.intake.mappings.parts import Day

TODAY = date(2026, 6, 10)


def day(**changes: object) -> Day:
    values = {"column": "Date", "zone": "Europe/London", "earliest": date(1986, 1, 1), "outside": "reject"}
    return Day.model_validate(values | changes)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2019-06-30T23:00:00+00:00", date(2019, 7, 1)),
        ("2019-06-30T22:59:59+00:00", date(2019, 6, 30)),
        ("2019-12-31T23:59:59+00:00", date(2019, 12, 31)),
        ("2019-03-31T00:59:00+00:00", date(2019, 3, 31)),
        ("2020-03-28T23:30:00+00:00", date(2020, 3, 28)),
        ("2020-03-29T23:30:00+00:00", date(2020, 3, 30)),
        ("2020-10-24T23:00:00+00:00", date(2020, 10, 25)),
        ("2020-10-25T23:30:00+00:00", date(2020, 10, 25)),
        ("2019-06-30T23:00:00Z", date(2019, 7, 1)),
        ("2019-07-01T00:30:00+01:00", date(2019, 7, 1)),
        ("2019-06-30T20:00:00-03:00", date(2019, 7, 1)),
        ("2019-06-30T23:00:00", date(2019, 6, 30)),
        ("2019-06-30 23:00", date(2019, 6, 30)),
        ("2019-06-30", date(2019, 6, 30)),
    ],
)
def test_the_day_is_the_one_in_london(stamp: str, expected: date) -> None:
    """A search at midnight in summer belongs to the month that its officer lived in."""
    assert dates.reader(day()).read(stamp) == expected


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2026, 6, 1)), max_size=30), st.booleans())  # noqa: DTZ001
def test_stamps_of_one_key_have_one_day(moments: list[datetime], naive: bool) -> None:
    """Days are remembered by their key for speed: the answer must be that of asking the time zone each time."""
    reader = dates.reader(day())
    remembered: dict[str, date] = {}
    for moment in moments:
        stamp = moment.replace(tzinfo=UTC, microsecond=0)
        texts = [(stamp.isoformat(), stamp.astimezone(LONDON).date())]
        texts += [(stamp.replace(tzinfo=None).isoformat(), stamp.date())] if naive else []
        for text, expected in texts:
            found = remembered.get(reader.key(text)) or reader.read(text)
            remembered[reader.key(text)] = found
            assert found == expected


@pytest.mark.parametrize(
    ("stamp", "why"),
    [
        ("", "is missing"),
        ("yesterday", "cannot be read"),
        ("30/06/2019", "cannot be read"),
        ("2019-02-29T00:00:00+00:00", "no such date"),
        ("2019-06-30T25:00:00+00:00", "no such date"),
        ("2019-06-30T12:60:00+00:00", "no such date"),
        ("2019-06-30T12:00:00+00:00 ", "cannot be read"),
        ("２019-06-30", "cannot be read"),
        ("9999-12-31T23:59:59-12:00", "no such date"),
    ],
)
def test_what_is_no_day_is_refused_with_the_reason(stamp: str, why: str) -> None:
    """A guessed date would put a row into a month where nothing happened."""
    reader = dates.reader(day())
    reader.read("2019-06-30T12:00:00+00:00")
    for _ in range(2):
        with pytest.raises(ValueError, match=why):
            reader.read(stamp)


def test_days_of_elsewhere_are_taken_as_written() -> None:
    """Chicago's midnight is yesterday evening in nobody's records."""
    read = dates.reader(day(format="%m/%d/%Y %I:%M:%S %p", zone="")).read
    assert read("06/17/2013 12:00:00 AM") == date(2013, 6, 17)
    with pytest.raises(ValueError, match="cannot be read"):
        read("17/06/2013 12:00:00 AM")
    with pytest.raises(ValueError, match="is missing"):
        read("")


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (TODAY, ""),
        (date(1986, 1, 1), ""),
        (TODAY + timedelta(days=1), "has not come yet"),
        (date(1985, 12, 31), "is before 1986-01-01"),
    ],
)
def test_a_day_before_the_law_or_after_today_cannot_be_right(on: date, why: str) -> None:
    """The first and the last possible day are possible."""
    found = dates.outside(on, day(), TODAY)
    assert why in found
    assert bool(found) == bool(why)
