from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from diversion.design_system import wording


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 6, 5, 13, 30, tzinfo=UTC), "2:30pm"),
        (datetime(2026, 1, 5, 13, 30, tzinfo=UTC), "1:30pm"),
        (datetime(2026, 6, 5, 8, 0, tzinfo=UTC), "9am"),
        (datetime(2026, 6, 5, 11, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 6, 5, 23, 0, tzinfo=UTC), "midnight"),
        (datetime(2026, 6, 5, 23, 5, tzinfo=UTC), "12:05am"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "1:30am BST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "1:30am GMT"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "2am"),
    ],
)
def test_times_are_said_in_london_time(moment: datetime, said: str) -> None:
    """An appointment an hour out is an appointment missed."""
    assert wording.clock_time(moment) == said


def test_a_moment_has_the_date_it_has_in_london() -> None:
    """A quarter past midnight in June is the day before in UTC."""
    assert wording.long_date(datetime(2026, 6, 9, 23, 15, tzinfo=UTC)) == "10 June 2026"
    assert wording.date_and_time(datetime(2026, 6, 9, 23, 15, tzinfo=UTC)) == "10 June 2026 at 12:15am"
    assert wording.weekday_date(date(2026, 6, 5)) == "Friday 5 June 2026"
    assert wording.short_date(date(2026, 6, 5)) == "5 Jun 2026"


def test_a_time_without_a_zone_is_refused() -> None:
    """Nobody can say which hour it is."""
    with pytest.raises(ValueError, match="aware"):
        wording.clock_time(datetime(2026, 6, 5, 9, 0))  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("pounds", "said"),
    [
        *((Decimal("1250"), "£1,250"), (Decimal("99.50"), "£99.50"), (0.1, "£0.10"), (-5, "−£5"), (None, ""), ("", "")),
        *((Decimal("66.666"), "£66.67"), (Decimal("99.999"), "£100"), ("0.005", "£0.01")),
    ],
)
def test_money_has_pence_only_when_there_are_some(pounds: Decimal | float | str | None, said: str) -> None:
    """The GOV.UK style; and half a penny lost is a complaint."""
    assert wording.money(pounds) == said


def test_no_rate_is_not_a_rate_of_nought() -> None:
    """An inspector must not read "0%" where nothing could be counted."""
    assert wording.percent(None) == "–"
    assert wording.percent(0.0) == "0.0%"
    assert wording.percent(0.1234) == "12.3%"
    assert wording.percent(2 / 3) == "66.7%"
    assert wording.percent(0.125, 0) == "13%"
    assert wording.percent(0.9996) == "100.0%"
    assert wording.count(None) == "–"
    assert wording.count(12345) == "12,345"


@pytest.mark.parametrize("said", [wording.long_date, wording.short_date, wording.clock_time, wording.iso])
def test_nothing_is_said_of_no_date(said: object) -> None:
    """ "None" on a page is a bug that people see."""
    assert said(None) == ""  # type: ignore[operator]
