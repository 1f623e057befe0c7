"""Who may be recorded already, under a name or a birthday that differs by a slip."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.names.likeness import may_be_one, slips_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ann", "O'Brien"), ("Ann", "O’Brien")),
        (("Ann", "O'Brien"), ("Ann", "OBrien")),
        (("Ann", "O'Brien"), ("Ann", "O Brien")),
        (("Siobhán", "Byrne"), ("Siobhan", "Byrne")),
        (("Jan", "Wójcik"), ("Jan", "Wojcik")),
        (("Ian", "MacDonald"), ("Ian", "McDonald")),
        (("Ian", "MacDonald"), ("MacDonald", "Ian")),
        (("Eve", "Smith-Jones"), ("Eve", "Smith Jones")),
        (("Eve", "Smith-Jones"), ("Eve", "Jones")),
        (("John", "Smith"), ("John Paul", "Smith")),
        (("Zoé", "Ward"), ("Zoe\N{COMBINING ACUTE ACCENT}", "Ward")),
        (("-", "Suharto"), ("", "suharto")),
    ],
)
def test_the_same_name_written_differently(one: tuple[str, str], other: tuple[str, str]) -> None:
    """A history split across two records makes limits on repeats wrong."""
    assert may_be_one(one, other)
    assert may_be_one(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Sam", "Price"), ("Sam", "Prior")),
        (("Sam", "Price"), ("Samuel", "Price")),
        (("Sam", "Price"), ("Sam", "-")),
        (("Ann", "Lee"), ("Anna", "Lee")),
        (("-", "-"), ("Sam", "Price")),
    ],
)
def test_another_name(one: tuple[str, str], other: tuple[str, str]) -> None:
    """A question that is asked of everybody is answered by habit."""
    assert not may_be_one(one, other)
    assert not may_be_one(other, one)


@pytest.mark.parametrize(
    ("born", "typed"),
    [
        (date(2001, 3, 4), date(2001, 4, 3)),
        (date(2001, 3, 4), date(2001, 3, 14)),
        (date(2001, 3, 4), date(2011, 3, 4)),
        (date(1990, 12, 1), date(1990, 11, 1)),
        (date(1990, 2, 28), date(1990, 2, 18)),
    ],
)
def test_one_slip_apart(born: date, typed: date) -> None:
    """Day and month swapped, or one key beside the right one."""
    assert typed in slips_of(born)
    assert born in slips_of(typed)


def test_two_slips_apart_is_another_birthday() -> None:
    """Everybody of one name and about one age would be asked about."""
    assert date(2002, 3, 14) not in slips_of(date(2001, 3, 4))
    assert date(2001, 3, 4) not in slips_of(date(2001, 3, 4))


@given(st.dates(), st.dates())
def test_a_slip_goes_both_ways(one: date, other: date) -> None:
    """Whichever of the two was recorded first."""
    assert (other in slips_of(one)) == (one in slips_of(other))


@given(st.dates())
def test_the_slips_are_few_real_dates(born: date) -> None:
    """Each is looked up."""
    assert born not in slips_of(born)
    assert 0 < len(slips_of(born)) <= 73
