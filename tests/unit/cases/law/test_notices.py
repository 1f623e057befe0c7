"""Whom to tell, and by when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law.limits import statutory_limit
from cases.law.notices import days_left, earliest, escalations, victim_notice_due
from cases.law.settings import LawSettings
from cases.law.workdays import BankHolidaysUnknown, is_working_day

LIMIT = date(2026, 7, 10)
KNOWN = st.dates(date(2020, 1, 1), date(2027, 11, 30))


def test_a_sergeant_is_told_42_28_and_14_days_before() -> None:
    """A limit would arrive with nobody warned."""
    assert [(each.on, each.days_before) for each in escalations(LIMIT)] == [
        (date(2026, 5, 29), 42),
        (date(2026, 6, 12), 28),
        (date(2026, 6, 26), 14),
    ]


def test_a_limit_can_be_given_as_found() -> None:
    """A caller would unpack the date by hand and forget that there may be none."""
    assert escalations(statutory_limit("summary", date(2026, 1, 10))) == escalations(LIMIT)
    assert escalations(statutory_limit("either_way", date(2026, 1, 10))) == ()
    assert escalations(None) == ()


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.lists(st.integers(0, 120), max_size=6))
def test_warnings_come_in_order_once_each_and_never_after_the_limit(limit: date, days: list[int]) -> None:
    """A force's own list, in any order, would warn twice or too late."""
    found = [each.on for each in escalations(limit, settings=LawSettings(escalation_days=tuple(days)))]
    assert found == sorted(set(found))
    assert len(found) == len(set(days))
    assert all(day <= limit for day in found)


@pytest.mark.parametrize(
    ("decided", "enhanced", "due", "words"),
    [
        (date(2026, 6, 1), False, date(2026, 6, 8), "5 working days"),
        (date(2026, 6, 1), True, date(2026, 6, 2), "1 working day"),
        (date(2026, 6, 5), True, date(2026, 6, 8), "1 working day"),
        (date(2026, 4, 2), False, date(2026, 4, 13), "5 working days"),
        (date(2026, 12, 23), False, date(2027, 1, 4), "5 working days"),
    ],
)
def test_a_victim_is_told_in_five_working_days_or_one(decided: date, enhanced: bool, due: date, words: str) -> None:
    """A vulnerable victim would wait a week, or Easter would count as working days."""
    found = victim_notice_due(decided, enhanced=enhanced)
    assert found.on == due
    assert f"{words} after" in found.explanation


@given(KNOWN, st.booleans())
def test_a_notice_is_due_on_a_working_day_after_the_decision(decided: date, enhanced: bool) -> None:
    """A clock would run out on a Sunday."""
    due = victim_notice_due(decided, enhanced=enhanced).on
    assert is_working_day(due)
    assert due > decided


@given(KNOWN)
def test_enhanced_rights_are_never_slower(decided: date) -> None:
    """The victim with enhanced rights would hear last."""
    assert victim_notice_due(decided, enhanced=True).on <= victim_notice_due(decided).on


def test_the_days_are_the_forces_to_set_and_holidays_can_be_added() -> None:
    """A force promising three days would keep five; a proclaimed holiday would be missed."""
    settings = LawSettings(victim_notice_days=3)
    assert victim_notice_due(date(2026, 6, 1), settings=settings).on == date(2026, 6, 4)
    extra = {date(2026, 6, 2)}
    assert victim_notice_due(date(2026, 6, 1), settings=settings, extra_holidays=extra).on == date(2026, 6, 5)


def test_a_year_nobody_knows_is_an_error_and_not_a_guess() -> None:
    """A notice would be dated through a bank holiday."""
    with pytest.raises(BankHolidaysUnknown, match="Update the govuk-bank-holidays package"):
        victim_notice_due(date(2098, 1, 1))


@pytest.mark.parametrize(("on", "left"), [(LIMIT, 30), (date(2026, 6, 10), 0), (date(2026, 6, 9), -1), (None, None)])
def test_days_left_go_below_zero_once_past(on: date | None, left: int | None) -> None:
    """A badge would read “0 days” for a case that is out of time."""
    assert days_left(on, date(2026, 6, 10)) == left


@given(st.lists(st.one_of(st.none(), KNOWN), max_size=6))
def test_the_earliest_date_leaves_out_the_absent(days: list[date | None]) -> None:
    """A clock that is not running would stop those that are."""
    found = earliest(days)
    dated = [day for day in days if day is not None]
    assert (found is None) is (not dated)
    assert found is None or all(found <= day for day in dated)


def test_each_warning_says_what_is_coming() -> None:
    """A message would be a bare date."""
    assert escalations(LIMIT)[0].explanation == "42 days to the limit of 10 July 2026."
    assert escalations(LIMIT)[0].on == LIMIT - timedelta(days=42)
