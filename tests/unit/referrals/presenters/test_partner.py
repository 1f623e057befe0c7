"""How soon something is due, in words: a navigator plans the day by them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion import clock
from diversion.design_system.wording import short_weekday
from referrals.presenters.partner import due, waited_words

TODAY = date(2026, 6, 10)


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (-2, "2 days overdue", "red"),
        (-1, "1 day overdue", "red"),
        (0, "today", "yellow"),
        (1, "tomorrow", "yellow"),
        (7, "7 days left", "yellow"),
        (8, "8 days left", ""),
    ],
)
def test_how_soon(days: int, words: str, tone: str) -> None:
    """Read wrongly, somebody misses the day they agreed to."""
    found = due("", TODAY + timedelta(days=days), today=TODAY)
    assert (found.when, found.tone) == (words, tone)


@given(st.integers(-400, 400))
def test_what_is_late_is_said_in_words_and_not_by_colour_alone(days: int) -> None:
    """Somebody who cannot tell red from grey would miss it."""
    found = due("", TODAY + timedelta(days=days), today=TODAY)
    assert (found.tone == "red") is ("overdue" in found.when)


def test_an_appointment_passed_is_not_overdue_but_unrecorded() -> None:
    """The person may well have come: what is missing is the record."""
    assert due("", TODAY - timedelta(days=1), today=TODAY, passed="result not recorded").when == "result not recorded"


@pytest.mark.parametrize(
    ("waited", "words"),
    [
        (timedelta(minutes=59), "less than an hour"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=23), "23 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_how_long_somebody_has_waited(waited: timedelta, words: str) -> None:
    """Two working days are the aim: hours and days must not be confused."""
    now = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
    assert waited_words(now - waited, now) == words


def test_the_year_is_said_when_it_is_not_this_one() -> None:
    """An agreement that ends next January is not late."""
    with clock.set_to(datetime(2026, 11, 23, tzinfo=UTC)):
        assert short_weekday(date(2026, 11, 27)) == "Fri 27 Nov"
        assert short_weekday(date(2027, 1, 4)) == "Mon 4 Jan 2027"
