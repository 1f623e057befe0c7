"""The ladder: a small force is told something, and the choice of the rung tells of nobody."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from reporting.actions.releases import make_release
from reporting.models import Release
from reporting.releases import ladder
from reporting.releases.differing import is_little, told_of
from reporting.releases.tables import fits, last_whole, units
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1

YEAR = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}


@pytest.fixture
def force(cast: Cast, frozen: datetime) -> Organisation:
    return cast["ian"].organisation


def some(force: Organisation, number: int, day: date) -> None:
    """So many decisions of a day, of several groups."""
    for place, code in enumerate(("W1", "B1", "A2", "M1")):
        for gender in ("Male", "Female"):
            live(force, number // (2 + place), happened_on=day, ethnicity_self_code=code, gender=gender, age=20 + place)


def test_each_rung_recodes_more_than_the_one_before() -> None:
    """A rung out of order would combine ethnic groups while months could still be pooled."""
    assert [rung.unit for rung in ladder.RUNGS] == ["quarter", "year", "pooled", "pooled", "pooled", "pooled"]
    means = [rung.mean(1000) for rung in ladder.RUNGS]
    assert means == sorted(means)
    assert "ethnicity_two" in str(ladder.RUNGS[-1].tables)
    assert not any("ethnicity_two" in str(rung.tables) for rung in ladder.RUNGS[:-1])


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_more_decisions_never_lead_to_a_coarser_rung(one: int, other: int) -> None:
    """A force that grows would be told less."""
    low, high = sorted((one, other))
    assert ladder.RUNGS.index(ladder.choose(high)) <= ladder.RUNGS.index(ladder.choose(low))


def test_the_rung_comes_from_the_year_before_and_not_from_what_is_released(force: Organisation) -> None:
    """Chosen from the counts released, it would say how many there were."""
    some(force, 40, date(2024, 5, 1))
    before = ladder.chosen(force, "live", **YEAR)
    some(force, 900, date(2025, 5, 1))
    assert ladder.chosen(force, "live", **YEAR) == before
    assert before.unit == "year"  # pooled, if the period were two years
    assert before.tables == ladder.APART
    some(force, 900, date(2024, 6, 1))
    assert ladder.chosen(force, "live", **YEAR).tables == ladder.RUNGS[0].tables


def test_releases_of_one_time_stand_on_one_rung(force: Organisation) -> None:
    """The coarser one's groups would tell what the finer one hides."""
    some(force, 40, date(2024, 5, 1))
    some(force, 60, date(2025, 5, 1))
    first = make_release(force=force, audience="published", **YEAR, by=None)
    some(force, 2000, date(2024, 6, 1))
    second = make_release(force=force, audience="shared", **YEAR, by=None)
    assert second.declared == first.declared
    assert second.unit == first.unit == "year"
    assert "no group crossed" in first.declared["rung"]


def test_pooled_years_are_added_up_and_never_overlap(force: Organisation) -> None:
    """2024 with 2025, and 2025 with 2026, would be told apart by subtraction."""
    assert units(date(2022, 1, 1), date(2025, 12, 31), "pooled") == ["2022 to 2023", "2024 to 2025"]
    assert not fits(date(2025, 1, 1), date(2026, 12, 31), "pooled")
    assert last_whole(date(2026, 6, 10), "pooled") == (date(2024, 1, 1), date(2025, 12, 31))
    for year in (2024, 2025):
        live(force, 40, happened_on=date(year, 5, 1), gender="Male")
        live(force, 30, happened_on=date(year, 5, 1), gender="Female", decision="not_offered")
    given = {"force": force, "audience": "published", "unit": "pooled", "tables": [("gender",)], "by": None}
    release = make_release(start=date(2024, 1, 1), end=date(2025, 12, 31), **given)
    table = next(table for table in release.document["tables"] if table["of"] == "considered")
    assert {cell["at"].get("gender"): cell.get("value") for cell in table["cells"]}[None] == 140
    with pytest.raises(Refused, match="pairs of years, the first an even one"):
        make_release(start=date(2023, 1, 1), end=date(2024, 12, 31), **given)
    with pytest.raises(Refused, match="holds some of this time by pooled"):
        make_release(start=date(2025, 1, 1), end=date(2025, 3, 31), **given | {"unit": "quarter"})


def test_a_small_force_is_told_more_on_its_rung_and_warned_where_little_is_left(force: Organisation) -> None:
    """780 numbers of which 42 are left tell a small force nothing, and nobody says what would."""
    for month in range(1, 13):
        some(force, 12, date(2025, month, 3))
    some(force, 12, date(2026, 2, 3))
    tables = ladder.RUNGS[0].tables
    fine = make_release(force=force, audience="published", **Q1, tables=tables, name="fine", by=None)
    assert is_little(fine.document)
    shown, every = told_of(fine.document)
    longer = fine.verdict["longer"]
    assert (longer["from"], longer["to"]) == ("2025-01-01", "2025-12-31")
    assert longer["shown"] / longer["of"] > shown / every
    by_year = make_release(force=force, audience="published", **YEAR, tables=ladder.APART, by=None)
    assert told_of(by_year.document)[0] > shown
    assert Release.objects.count() == 2
