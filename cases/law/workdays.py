"""Working days of England and Wales, from the copy of the GOV.UK list inside govuk-bank-holidays: no network."""

from collections.abc import Set
from datetime import date, timedelta
from functools import lru_cache

from govuk_bank_holidays.bank_holidays import BankHolidays  # type: ignore[import-untyped, unused-ignore]

NONE: frozenset[date] = frozenset()


class BankHolidaysUnknown(LookupError):
    """The installed list does not reach the year asked about, so a working day cannot be told."""


@lru_cache(maxsize=1)
def bank_holidays() -> frozenset[date]:
    """Every listed bank holiday of England and Wales."""
    # use_cached_holidays keeps the library from fetching: without it the constructor calls GOV.UK
    listed = BankHolidays(use_cached_holidays=True).get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    return frozenset(holiday["date"] for holiday in listed)


@lru_cache(maxsize=1)
def known_years() -> tuple[int, int]:
    """First and last year the list covers."""
    years = {day.year for day in bank_holidays()}
    return min(years), max(years)


def is_working_day(day: date, *, extra_holidays: Set[date] = NONE) -> bool:
    """Whether `day` is neither a weekend, a bank holiday nor one of `extra_holidays` (proclaimed after the list)."""
    first, last = known_years()
    if not first <= day.year <= last:
        raise BankHolidaysUnknown(
            f"Bank holidays of {day.year} are not in the installed list ({first} to {last}). "
            "Update the govuk-bank-holidays package, then try again."
        )
    return day.weekday() < 5 and day not in bank_holidays() and day not in extra_holidays


def add_working_days(day: date, count: int, *, extra_holidays: Set[date] = NONE) -> date:
    """The `count`-th working day after `day`; the next day is the first that can count. `count` is 1 or more."""
    if count < 1:
        raise ValueError(f"Give 1 or more working days, not {count}.")
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, extra_holidays=extra_holidays)
    return day


def weekday_after(day: date, count: int) -> date:
    """The ``count``-th day after ``day`` that is no weekend: for a year whose bank holidays are not listed."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def next_working_day(day: date) -> date:
    """The first working day after ``day``; the next weekday where the bank holidays of the year are not listed."""
    return working_days_after(day, 1)


def working_days_after(day: date, count: int) -> date:
    """As `add_working_days`, but counted in weekdays where the bank holidays of the year are not listed."""
    try:
        return add_working_days(day, count)
    except BankHolidaysUnknown:
        return weekday_after(day, count)


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after ``first``, up to and with ``last``: 0 on the same day, as `add_working_days`
    counts. Weekdays where the bank holidays of the year are not listed.
    """
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return len([day for day in days if _works(day)])


def _works(day: date) -> bool:
    try:
        return is_working_day(day)
    except BankHolidaysUnknown:
        return day.weekday() < 5


def working_day_on_or_before(day: date, *, extra_holidays: Set[date] = NONE) -> date:
    """The last working day not after `day`: when something due on a holiday has to be done by."""
    while not is_working_day(day, extra_holidays=extra_holidays):
        day -= timedelta(days=1)
    return day
