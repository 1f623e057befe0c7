from datetime import UTC, date, datetime

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from diversion import clock
from diversion.design_system.dates import GovDateField
from diversion.months import month_number


class Born(forms.Form):
    born = GovDateField(label="Date of birth", past=True)


def typed(day: str, month: str, year: str) -> Born:
    return Born({"born": f"{day} {month} {year}".strip()})


@given(st.dates(max_value=date(2026, 1, 1), min_value=date(1000, 1, 1)))
def test_a_date_as_typed_and_an_iso_string_give_the_same(day: date) -> None:
    """An import or a test that posts one string would otherwise differ from what an officer types."""
    as_typed, as_iso = typed(str(day.day), str(day.month), str(day.year)), Born({"born": day.isoformat()})
    assert as_typed.is_valid()
    assert as_iso.is_valid()
    assert as_typed.cleaned_data["born"] == as_iso.cleaned_data["born"] == day


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2026, 1, 1)))
def test_a_date_put_into_its_box_comes_back(day: date) -> None:
    """A redisplayed date must be the one that was saved."""
    shown = Born(initial={"born": day})["born"]
    box = shown.field.widget.format_value(shown.value())
    assert Born({"born": box}).fields["born"].clean(box) == day


@pytest.mark.parametrize("month", ["6", "06", "Jun", "june", "JUNE", "jun."])
def test_months_may_be_written_as_people_write_them(month: str) -> None:
    """An officer who types "Jun" should not be told that it is not a month."""
    assert month_number(month) == 6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3", "Date of birth must include a month and a year"),
        ("3 2", "Date of birth must include a year"),
        ("31 2 1994", "Date of birth must be a real date"),
        ("1 13 1994", "Date of birth must be a real date"),
        ("1 Foo 1994", "Date of birth must be a real date"),
        ("x 1 1994", "Date of birth must be a real date"),
        ("1 1 94", "Year must include 4 numbers"),
        ("1 1 year", "Date of birth must be a real date"),
        ("1 1 0000", "Date of birth must be a real date"),
        ("1 1 2999", "Date of birth must be today or in the past"),
    ],
)
def test_a_wrong_date_says_what_is_wrong_and_stays_as_typed(text: str, message: str) -> None:
    """Whoever mistyped one figure would otherwise guess which, or type all of it again."""
    form = Born({"born": text})
    assert form.errors["born"] == [message]
    assert form.fields["born"].widget.format_value(form["born"].value()) == text


def test_an_example_says_how_a_date_is_written_where_nothing_else_does() -> None:
    """An empty box with the one word "Date" leaves people to guess; one with a date in it shows how."""
    assert GovDateField().help_text == "For example, 14 6 2026"
    assert GovDateField(help_text="The day of the interview").help_text == "The day of the interview"
    assert GovDateField(initial=clock.today).help_text == ""


def test_today_ends_at_midnight_in_london() -> None:
    """Half past midnight in summer is still yesterday in UTC: a date of today must not be refused as future."""
    with clock.set_to(datetime(2026, 6, 9, 23, 30, tzinfo=UTC)):
        assert typed("10", "6", "2026").is_valid()
        assert not typed("11", "6", "2026").is_valid()


def test_earliest_and_latest_are_said_in_words() -> None:
    """A refusal must say which dates will do."""
    field = GovDateField(label="Start", earliest=date(2026, 1, 1), latest=date(2026, 12, 31))
    with pytest.raises(forms.ValidationError, match="Start must be on or after 1 January 2026"):
        field.clean("2025-12-31")
    with pytest.raises(forms.ValidationError, match="Start must be on or before 31 December 2026"):
        field.clean("2027-01-01")


def test_an_unchanged_date_is_not_a_change() -> None:
    """has_changed drives formsets: a row that nobody touched must not be taken as filled in."""
    field = GovDateField(required=False)
    assert not field.has_changed(date(1994, 3, 27), "27 March 1994")
    assert field.has_changed(date(1994, 3, 27), "28 March 1994")
    assert not field.has_changed(None, None)


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_anything_typed_gives_a_date_or_a_message_and_never_a_crash(day: str, month: str, year: str) -> None:
    """crispy-forms-gds crashed on invalid dates: the officer lost the page."""
    form = typed(day, month, year)
    assert form.is_valid() or form.errors["born"]
    assert str(form["born"].value()) is not None


@pytest.mark.parametrize("place", [0, 1, 2])  # day, month, year
@pytest.mark.parametrize("count", [30, 5000])
def test_a_key_held_down_is_an_error_of_the_date(place: int, count: int) -> None:
    """A number too large for the machine would stop the page and lose everything typed."""
    boxes = ["1", "1", "2001"]
    boxes[place] = "9" * count
    assert typed(*boxes).errors["born"]
