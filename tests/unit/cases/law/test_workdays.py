"""Working days from the list inside the library; never from the network."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law import workdays
from cases.law.workdays import (
    BankHolidaysUnknown,
    add_working_days,
    bank_holidays,
    is_working_day,
    known_years,
    working_day_on_or_before,
)

KNOWN = st.dates(date(2020, 1, 1), date(2027, 6, 30))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 4),
        date(2026, 5, 25),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2022, 9, 19),
        date(2023, 5, 8),
        date(2026, 6, 6),
        date(2026, 6, 7),
    ],
)
def test_weekends_and_bank_holidays_of_england_and_wales_are_not_worked(day: date) -> None:
    """A victim's deadline would fall on a day when nobody is there."""
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 1, 2), date(2026, 8, 3), date(2026, 11, 30), date(2026, 3, 17)])
def test_holidays_of_scotland_and_northern_ireland_are_worked(day: date) -> None:
    """2 January and St Andrew's Day would lengthen every clock in England and Wales."""
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 6, 1), 5, date(2026, 6, 8)),
        (date(2026, 6, 5), 1, date(2026, 6, 8)),
        (date(2026, 6, 6), 1, date(2026, 6, 8)),
        (date(2026, 4, 1), 5, date(2026, 4, 10)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days_count_from_the_day_after(start: date, count: int, end: date) -> None:
    """The five working days of a victim would be four, or six."""
    assert add_working_days(start, count) == end


@given(KNOWN, st.integers(1, 60))
def test_the_result_is_a_working_day_after_the_start(day: date, count: int) -> None:
    """A notice would fall due on a Sunday."""
    due = add_working_days(day, count)
    assert is_working_day(due)
    assert due > day
    between = (day + timedelta(days=step) for step in range(1, (due - day).days + 1))
    assert sum(is_working_day(each) for each in between) == count


@given(KNOWN, KNOWN, st.integers(1, 30))
def test_an_earlier_start_is_never_due_later(one: date, other: date, count: int) -> None:
    """Deciding earlier would give a victim's notice more time."""
    first, second = sorted((one, other))
    assert add_working_days(first, count) <= add_working_days(second, count)


@given(KNOWN)
def test_going_back_ends_on_a_working_day_not_after(day: date) -> None:
    """Something due on a holiday would be put off past its limit."""
    back = working_day_on_or_before(day)
    assert is_working_day(back)
    assert back <= day
    assert (back == day) is is_working_day(day)


def test_a_proclaimed_holiday_can_be_added_by_hand() -> None:
    """A day of national mourning would be worked until the library is updated."""
    day = date(2026, 6, 2)
    assert add_working_days(date(2026, 6, 1), 1, extra_holidays={day}) == date(2026, 6, 3)
    assert working_day_on_or_before(day, extra_holidays={day}) == date(2026, 6, 1)


@pytest.mark.parametrize("step", [-1, 1])
def test_a_year_outside_the_list_is_an_error_that_says_how_to_mend_it(step: int) -> None:
    """Every day of an unlisted year would count as worked, silently."""
    first, last = known_years()
    year = last + 1 if step > 0 else first - 1
    with pytest.raises(BankHolidaysUnknown, match=f"{year} are not in the installed list.*govuk-bank-holidays"):
        is_working_day(date(year, 6, 3))


def test_counting_over_the_end_of_the_list_is_an_error_too() -> None:
    """A clock that crosses New Year of the last year would guess at 1 January."""
    last = known_years()[1]
    with pytest.raises(BankHolidaysUnknown):
        add_working_days(date(last, 12, 30), 5)


@pytest.mark.parametrize("count", [0, -1])
def test_no_or_negative_working_days_is_an_error(count: int) -> None:
    """Zero would loop or mean today, by accident."""
    with pytest.raises(ValueError, match="1 or more"):
        add_working_days(date(2026, 6, 1), count)


def test_the_list_is_read_without_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock would wait on GOV.UK, or change with what it answers."""
    asked: list[str] = []
    monkeypatch.setattr("requests.get", lambda *args, **kwargs: asked.append(args[0]))
    workdays.bank_holidays.cache_clear()
    assert date(2026, 12, 25) in bank_holidays()
    assert asked == []


def test_the_list_reaches_far_enough_to_be_of_use() -> None:
    """The service would refuse every victim's clock from the day it is installed."""
    first, last = known_years()
    assert first <= 2020
    assert last >= 2027
