"""What was typed into the one box: a name, a date of birth, or both."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.names.typed import Sought, UnreadableDate, read

BORN = date(2001, 3, 4)


@pytest.mark.parametrize(
    "typed",
    ["4/3/2001", "04.03.2001", "4-3-2001", "4 3 2001", "2001-03-04", "4 March 2001", "4 mar. 2001", "04 / 03 / 2001"],
)
def test_a_date_of_birth_as_people_write_it(typed: str) -> None:
    """The one thing that a name spelt by telephone cannot get wrong."""
    assert read(typed) == Sought((), BORN)
    assert read(f"Price, Sam {typed}") == Sought((("price", "sam"),), BORN)
    assert read(f"{typed} Price") == Sought((("price",),), BORN)


def test_a_name_alone() -> None:
    """No date is seen where none was typed."""
    assert read("May March") == Sought((("may", "march"), ("maymarch",)), None)
    assert not read("  ")


@pytest.mark.parametrize(("typed", "words"), [("31/2/2001", "real date"), ("Sam 4/3/01", "4 numbers")])
def test_a_date_that_is_none_says_how_to_mend_it(typed: str, words: str) -> None:
    """Passed over in silence, everybody of that name would be shown."""
    with pytest.raises(UnreadableDate, match=words):
        read(typed)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read_as_itself(day: date) -> None:
    """In the ways that an officer and a computer write it."""
    for typed in (f"{day.day}/{day.month}/{day.year}", day.isoformat(), f"{day:%d %B %Y}", f"{day:%d.%m.%Y}"):
        assert read(typed).born == day


@given(st.text(max_size=40))
def test_anything_typed_is_read_or_refused_in_words(typed: str) -> None:
    """The page must not be lost for a slip of the hand."""
    try:
        read(typed)
    except UnreadableDate as refusal:
        assert str(refusal)  # noqa: PT017 - either outcome is right, and each is checked
