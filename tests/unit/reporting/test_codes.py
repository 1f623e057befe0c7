"""The words in which facts are written."""

import pytest

from cases.codes import SelfDefinedEthnicity, ethnic_group
from reporting import codes


def test_every_code_of_the_record_has_its_place_in_the_tables() -> None:
    """A code that the record allows and the tables do not would fall out of every figure."""
    assert set(SelfDefinedEthnicity.values) | {codes.NOT_STATED} == set(codes.SELF_CODES)
    for code in SelfDefinedEthnicity.values:
        assert codes.self_group(code) == ethnic_group(code)


@pytest.mark.parametrize("code", [codes.NOT_STATED, ""])
def test_not_stated_is_unknown_and_never_a_group(code: str) -> None:
    """Someone who did not say belongs to no group, whatever letter their code begins with."""
    assert codes.self_group(code) == codes.UNKNOWN


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "under 10"),
        (9, "under 10"),
        (10, "10-17"),
        (17, "10-17"),
        (18, "18-24"),
        (24, "18-24"),
        (25, "25-34"),
        (34, "25-34"),
        (35, "over 34"),
        (110, "over 34"),
        (None, "Unknown"),
    ],
)
def test_age_ranges_meet_without_gap_or_overlap(age: int | None, band: str) -> None:
    """A person of 17 counted among adults would hide how children are dealt with."""
    assert codes.age_band(age) == band


def test_an_age_below_nought_is_refused() -> None:
    """A birth date after the offence is a mistake to be seen, not an age range."""
    with pytest.raises(ValueError, match="negative"):
        codes.age_band(-1)
