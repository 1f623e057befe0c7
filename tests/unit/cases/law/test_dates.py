"""Corresponding dates, ages and entry windows."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.law.dates import (
    DateError,
    add_months,
    add_weeks,
    age_at_disposal,
    age_on,
    attains_on,
    entry_window,
    long_date,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))
MONTHS = st.integers(-600, 600)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 10), 6, date(2026, 7, 10)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2025, 8, 30), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 6, date(2026, 6, 30)),
        (date(2026, 2, 28), 6, date(2026, 8, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 5, 31), -3, date(2026, 2, 28)),
        (date(2024, 2, 29), -24, date(2022, 2, 28)),
        (date(2026, 6, 15), 0, date(2026, 6, 15)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
    ],
)
def test_months_end_on_the_corresponding_date_or_the_months_last(start: date, months: int, end: date) -> None:
    """A limit would land a day late, in a month with no such day."""
    assert add_months(start, months) == end


@given(DAYS, MONTHS)
def test_adding_months_never_overflows_the_month(day: date, months: int) -> None:
    """A deadline would spill into the month after the one the law means."""
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


@given(DAYS, DAYS, MONTHS)
def test_adding_months_keeps_dates_in_order(one: date, other: date, months: int) -> None:
    """An earlier offence would get a later limit."""
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


@given(DAYS, st.integers(0, 600))
def test_a_day_that_exists_in_the_month_is_kept(day: date, months: int) -> None:
    """The corresponding date rule would be lost for ordinary days."""
    assume(day.day <= 28)
    assert add_months(day, months).day == day.day


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 31), -1)])
def test_a_date_off_the_calendar_is_a_clear_error(day: date, months: int) -> None:
    """A mistyped year would crash a page with a stack trace."""
    with pytest.raises(DateError, match="outside the calendar"):
        add_months(day, months)


@given(DAYS, st.integers(0, 100))
def test_weeks_keep_the_weekday(day: date, weeks: int) -> None:
    """A 16-week plan would end on another day of the week."""
    assert add_weeks(day, weeks).weekday() == day.weekday()


@pytest.mark.parametrize(
    ("dob", "on", "age"),
    [
        (date(2008, 6, 1), date(2026, 5, 31), 17),
        (date(2008, 6, 1), date(2026, 6, 1), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2016, 6, 1), date(2026, 5, 31), 9),
        (date(2016, 6, 1), date(2026, 6, 1), 10),
        (date(2026, 6, 1), date(2026, 6, 1), 0),
        (date(2000, 12, 31), date(2026, 1, 1), 25),
    ],
)
def test_age_changes_as_the_birthday_begins(dob: date, on: date, age: int) -> None:
    """A 17-year-old would be dealt with as an adult on the eve of a birthday, or in a common year on 28 February."""
    assert age_on(dob, on) == age


@given(st.dates(date(1920, 1, 1), date(2015, 12, 31)), st.integers(0, 80))
def test_an_age_is_attained_on_its_day_and_not_the_day_before(dob: date, years: int) -> None:
    """The two functions would disagree about when somebody turns 18."""
    day = attains_on(dob, years)
    assert age_on(dob, day) == years
    if years:
        assert age_on(dob, day - timedelta(days=1)) == years - 1


@given(st.dates(date(1920, 1, 1), date(2015, 12, 31)), DAYS, DAYS)
def test_nobody_grows_younger(dob: date, one: date, other: date) -> None:
    """A later date would give a lower age."""
    first, second = sorted((one, other))
    assume(first >= dob)
    assert age_on(dob, first) <= age_on(dob, second)


def test_a_birth_after_the_day_is_a_clear_error() -> None:
    """A mistyped date of birth would become a negative age."""
    with pytest.raises(DateError, match="Check both dates"):
        age_on(date(2026, 6, 2), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("dob", "offence", "disposal", "child", "crossed", "found"),
    [
        (date(2010, 1, 1), date(2026, 5, 1), date(2026, 6, 1), True, False, []),
        (date(2008, 6, 1), date(2026, 5, 1), date(2026, 5, 31), True, False, []),
        (date(2008, 6, 1), date(2026, 5, 1), date(2026, 6, 1), False, True, ["maturity", "yjs_handover"]),
        (date(1990, 1, 1), date(2026, 5, 1), date(2026, 6, 1), False, False, []),
        (date(2016, 5, 2), date(2026, 5, 1), date(2026, 6, 1), True, False, ["under_10"]),
        (date(2016, 5, 1), date(2026, 5, 1), date(2026, 6, 1), True, False, []),
    ],
)
def test_age_at_disposal_sets_the_track(
    dob: date, offence: date, disposal: date, child: bool, crossed: bool, found: list[str]
) -> None:
    """A child would meet adult law, or a nine-year-old any criminal law at all."""
    age = age_at_disposal(dob, offence, disposal)
    assert (age.is_child, age.turned_18) == (child, crossed)
    assert [finding.code for finding in age.findings] == found


def test_the_words_say_which_disposals_follow() -> None:
    """A page could not say why only adult resolutions are offered."""
    age = age_at_disposal(date(2008, 6, 1), date(2026, 5, 1), date(2026, 6, 1))
    assert age.explanation == "17 at the offence, 18 at disposal: adult disposals only."
    assert "Family Law Reform Act 1969 s.9" in age.source


@pytest.mark.parametrize(
    ("entry", "inclusive", "is_open"),
    [
        (date(2026, 1, 31), True, True),
        (date(2026, 4, 30), True, True),
        (date(2026, 4, 30), False, False),
        (date(2026, 4, 29), False, True),
        (date(2026, 5, 1), True, False),
    ],
)
def test_the_entry_window_can_keep_or_leave_out_its_last_day(entry: date, inclusive: bool, is_open: bool) -> None:
    """A scheme that says “under three months” would take people of exactly three, or the reverse."""
    assert entry_window(date(2026, 1, 31), entry, 3, inclusive=inclusive).is_open is is_open


def test_an_entry_before_the_offence_is_not_open() -> None:
    """A mistyped offence date in the future would pass as recent."""
    assert not entry_window(date(2026, 2, 1), date(2026, 1, 31), 3).is_open


def test_the_window_says_its_last_day() -> None:
    """A page could not tell an officer by when to refer."""
    window = entry_window(date(2026, 1, 15), date(2026, 5, 1), 3)
    assert window.explanation == "An offence on 15 January 2026 is too old to enter: the last day is 15 April 2026."


def test_dates_read_as_people_write_them() -> None:
    """A letter would say 09 July."""
    assert long_date(date(2026, 7, 9)) == "9 July 2026"
