"""What was first told of a time stands, whatever becomes of the records; and what came of people is told when ripe."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.actions.releases import make_release
from reporting.models import Fact, Release, StageFact
from reporting.releases import tables
from reporting.releases.every import bare_sheets
from reporting.releases.freezing import Sheet
from reporting.releases.standing import as_first_told, base, stored
from reporting.suppression.release import read
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1

LATER = datetime(2026, 11, 10, 9, 30, tzinfo=UTC)


@pytest.fixture
def force(cast: Cast, frozen: datetime) -> Organisation:
    """A quarter of two genders and two ages, none of them few."""
    avonford = cast["ian"].organisation
    for gender, number in (("Male", 90), ("Female", 60)):
        for age, share in ((20, number), (40, 2 * number)):
            live(avonford, share, happened_on=Q1["start"], gender=gender, age=age)
            live(avonford, share, happened_on=Q1["start"], gender=gender, age=age, decision="not_offered")
    return avonford


def made(force: Organisation, tables: list[tuple[str, ...]], **changes: Any) -> Release:
    given: dict[str, Any] = {"force": force, "audience": "published", **Q1, "tables": tables, "by": None}
    return make_release(**given | changes)


def totals(release: Release) -> dict[str, Any]:
    return {
        table["of"]: cell.get("value", cell.get("mark"))
        for table in release.document["tables"]
        for cell in table["cells"]
        if not cell["at"]
    }


def test_late_records_block_no_later_table_and_change_none(force: Organisation) -> None:
    """A year that was released once could never be told by another group, because somebody was recorded late."""
    first = made(force, [("gender",)])
    live(force, 7, happened_on=Q1["start"], gender="Male", age=20)
    second = made(force, [("age_band",), ("age_band", "gender")])
    assert totals(second) == totals(first)
    assert read([first.document, second.document]).too_narrow() == []


def test_it_stands_when_the_records_have_been_weeded(force: Organisation) -> None:
    """Retention ends; a question about a year that was published does not."""
    first = made(force, [("gender",)])
    StageFact.objects.filter(fact__force=force).delete()
    Fact.objects.filter(force=force).delete()
    second = made(force, [("age_band",)], source="live")
    assert totals(second) == totals(first)
    ages = {cell["at"].get("age_band") for table in second.document["tables"] for cell in table["cells"]}
    assert {"18-24", "over 34"} <= ages


def test_what_came_of_people_is_told_once_there_has_been_time(force: Organisation) -> None:
    """Told a month after the quarter, those who are still waiting would read as people who failed."""
    early = made(force, [("gender",)])
    assert set(totals(early)) == {"considered", "offered", "accepted"}
    assert early.verdict["seat"]  # a partner knows who has started, told or not
    live_now = StageFact.objects.filter(fact__force=force, decision="offered_accepted")
    with clock.set_to(LATER):
        late = made(force, [("gender",)], audience="shared")
        assert {"started", "completed"} <= set(totals(late))
        assert totals(late)["considered"] == totals(early)["considered"]
        assert late.verdict["held"][0]["pk"] == early.pk
    assert live_now.exists()


def started(force: Organisation, number: int, **who: Any) -> None:
    """So many people whom a scheme has taken on and who have started."""
    day = date(2026, 3, 1)
    live(force, number, happened_on=Q1["start"], scheme="pathfinder", referred_on=day, started_on=day, **who)


def test_what_does_not_fit_what_was_told_first_is_left_out(force: Organisation) -> None:
    """Somebody recorded late who has started would be told by the difference, in full."""
    started(force, 50, gender="Male")
    made(force, [("gender",)])
    with clock.set_to(LATER):
        fits = made(force, [("gender",)], audience="shared")
        assert totals(fits)["started"] == 50
        Release.objects.filter(pk=fits.pk).update(state="discarded")
        started(force, 1, gender="Other")
        late = made(force, [("gender",)], audience="shared")
    assert set(totals(late)) == {"considered", "offered", "accepted"}


def test_a_table_is_kept_whichever_way_its_groups_are_named() -> None:
    """Kept as gender by age and asked for as age by gender, it would be counted anew."""
    sheet = Sheet("considered", "2026 Q1", ("gender", "age"), {("Male", "18"): 4, ("Female", "18"): 0})
    kept = base([stored([sheet])])
    asked = Sheet("considered", "2026 Q1", ("age", "gender"), {("18", "Male"): 9, ("18", "Female"): 9})
    (found,) = as_first_told([asked], kept, set())
    assert found.counts == {("18", "Male"): 4, ("18", "Female"): 0}


def test_every_table_is_what_it_is_when_it_is_counted_by_itself(force: Organisation) -> None:
    """What a later release is made of would differ from what the first one told."""
    started(force, 12, gender="Male", age=31, ethnicity_self_code="B1")
    period: dict[str, Any] = {**Q1, "source": "live", "unit": "month"}
    every = tables.every_table(live=True)
    _, counted = tables._count(force, *period.values(), tables.releasable(live=True))
    by_themselves = tables._cut(counted, *period.values(), every)
    assert bare_sheets(force, **period) == by_themselves
    assert sum(sum(sheet.counts.values()) for sheet in by_themselves) > 0
    empty = {**period, "start": date(2025, 1, 1), "end": date(2025, 1, 31)}
    assert {sum(sheet.counts.values()) for sheet in bare_sheets(force, **empty)} == {0}
