"""A revision tells late records where that tells of nobody; where it would, what was first told stands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import StringIO
from math import inf
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from hypothesis import given, settings
from hypothesis import strategies as st

from diversion import clock
from diversion.accounts.models import Organisation
from diversion.refusals import Refused
from reporting.actions.releases import as_file, make_release, withdraw
from reporting.models import Fact, Release, StageFact
from reporting.releases import editions
from reporting.releases.changes import changes_since
from reporting.releases.freezing import Frozen, Sheet
from reporting.suppression.family import Key
from reporting.suppression.knowledge import Knowledge
from reporting.suppression.release import read
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1, left
from tests.unit.reporting.releases.test_freezing import frozen, sheets
from tests.unit.reporting.releases.test_standing import LATER, force, started, totals  # noqa: F401

TIME, AGAIN = "2026 Q1", "2026 Q1, revision 1"


def again(made: Sequence[Sheet], number: int = 1) -> list[Sheet]:
    return [replace(sheet, time=editions.called(sheet.time, number)) for sheet in made]


def values(document: dict[str, Any], field: str = "value") -> dict[Key, Any]:
    """{cell: what is told of it}, by the name that the count first had."""
    return {
        (editions.plain(table["measure"]), tuple(sorted(cell["at"].items()))): (
            0 if cell.get("mark") == "[z]" and field == "value" else cell.get(field)
        )
        for table in document["tables"]
        for cell in table["cells"]
    }


def only_late(first: Frozen, second: Frozen) -> Knowledge:
    """What somebody knows who holds both and rightly supposes that records come late and are never struck out."""
    knowledge = read([first.document, second.document])
    for earlier, later in knowledge.revised:
        for measure, at in knowledge.family.keys:
            if measure == later and (earlier, at) in knowledge.family.position:
                places = {knowledge.position((later, at)): 1.0, knowledge.position((earlier, at)): -1.0}
                knowledge.row(places, 0, inf)
    return knowledge


@settings(max_examples=8)
@given(st.data())
def test_no_small_number_of_late_people_is_told_by_what_lies_between(data: st.DataObject) -> None:
    """Of the difference of two figures somebody reads who was recorded late, as plainly as from a count of them."""

    def few(most: int) -> int:
        return data.draw(st.one_of(st.integers(0, min(most, 4)), st.integers(0, most)))

    before = sheets(few)
    late = sheets(lambda most: data.draw(st.one_of(st.just(0), st.integers(0, min(most, 12)))))
    after = [
        replace(sheet, counts={at: n + more.counts.get(at, 0) for at, n in sheet.counts.items()})
        for sheet, more in zip(before, late, strict=True)
    ]
    first = frozen(before)
    second = frozen(again(after), "second", earlier=(first,))
    knowledge = only_late(first, second)
    assert knowledge.too_narrow() == []
    assert knowledge.told_changes() == []
    truth = {(s.measure, s.dimensions): s.counts for s in after}
    told, hidden = values(second.document, "first"), knowledge.intervals()
    for (measure, at), interval in hidden.items():
        table = truth.get((editions.plain(measure), tuple(name for name, _ in at)))
        old = told.get((editions.plain(measure), at)) if measure != editions.plain(measure) else None
        if table is None or old is None or len(at) != len(next(iter(table))):
            continue
        moved = abs(table[tuple(group for _, group in at)] - old)
        assert not 0 < moved < 10 or interval.width >= 9, (measure, at)


def test_a_change_that_tells_of_people_is_not_told_and_the_first_figure_stands() -> None:
    """Three late women: the new figure beside the old one is a count of three."""
    table = {("Female",): 60, ("Male",): 90}
    before = [
        Sheet("considered", TIME, ("gender",), table),
        Sheet("offered", TIME, ("gender",), {("Female",): 30, ("Male",): 45}),
    ]
    first = frozen(before)
    few = [replace(before[0], counts={("Female",): 63, ("Male",): 90}), before[1]]
    second = frozen(again(few), "second", earlier=(first,)).document
    at = ("considered in 2026 Q1", (("gender", "Female"),))
    assert (values(second)[at], values(second, "first")[at]) == (None, 60)
    many = [replace(before[0], counts={("Female",): 90, ("Male",): 90}), before[1]]
    third = frozen(again(many), "second", earlier=(first,)).document
    assert (values(third)[at], values(third, "first")[at]) == (90, 60)
    nobody = ("considered in 2026 Q1", (("gender", "Male"),))
    assert values(third)[nobody] == values(third, "first")[nobody] == 90


def test_a_group_that_was_recorded_late_as_a_whole_is_not_told() -> None:
    """Nobody at first and twelve now: of each of the twelve it would be told that they were recorded late."""
    before = [Sheet("considered", TIME, ("gender",), {("Female",): 60, ("Male",): 90, ("Other",): 0})]
    first = frozen(before)
    after = [replace(before[0], counts={("Female",): 60, ("Male",): 90, ("Other",): 12})]
    second = frozen(again(after), "second", earlier=(first,)).document
    at = ("considered in 2026 Q1", (("gender", "Other"),))
    assert (values(second)[at], values(second, "first")[at]) == (None, 0)


def test_what_is_left_of_a_group_is_a_count_too() -> None:
    """Twenty more considered, eighteen more offered: that two were recorded late and not offered is told by both."""
    before = [Sheet("considered", TIME, (), {(): 200}), Sheet("offered", TIME, (), {(): 100})]
    first = frozen(before)
    after = [replace(before[0], counts={(): 220}), replace(before[1], counts={(): 118})]
    second = frozen(again(after), "second", earlier=(first,))
    assert list(values(second.document).values()).count(None) == 1
    by_hand = second.document["tables"]
    for table, number in zip(by_hand, (220, 118), strict=True):
        table["cells"][0] = {"at": {}, "value": number, "first": table["cells"][0]["first"]}
    (found,) = read([second.document]).told_changes()
    assert found[0].startswith("change from considered in 2026 Q1 but not offered in 2026 Q1 to ")


def test_three_tellings_give_nothing_away_together() -> None:
    """Each is far enough from the one before, and the third too near the first."""
    counts = [Sheet("considered", TIME, (), {(): 200})]
    first = frozen(counts)
    second = frozen(again([replace(counts[0], counts={(): 240})]), "second", earlier=(first,))
    third = frozen(again([replace(counts[0], counts={(): 203})], 2), "third", earlier=(first, second))
    assert list(values(second.document).values()) == [240]
    assert list(values(third.document).values()) == [None]
    assert read([one.document for one in (first, second, third)]).told_changes() == []


def revised(first: Release, **changes: Any) -> Release:
    Fact.objects.filter(force=first.force).update(case_id=F("pk"))  # as those of cases that are still there
    given: dict[str, Any] = {"force": first.force, "audience": "published", **Q1, "by": None}
    return make_release(**given | {"tables": first.declared["tables"], "revises": first, "anew": True} | changes)


def test_late_records_are_told_by_a_revision_and_change_no_other_table(
    force: Organisation,  # noqa: F811
    cast: Cast,
    tmp_path: Path,
) -> None:
    """Thirty men recorded late stay out of every figure for ever, or they blur what was told first."""
    first = left(force, cast, tables=[("gender",)])
    live(force, 30, happened_on=Q1["start"], gender="Male", age=20)
    live(force, 30, happened_on=Q1["start"], gender="Male", age=20, decision="not_offered")
    second = revised(first)
    at = ("considered in 2026 Q1", (("gender", "Male"),))
    assert (values(second.document)[at], values(second.document, "first")[at]) == (600, 540)
    assert changes_since(second)["changed"] == []
    assert {table["time"] for table in second.document["tables"]} == {AGAIN}
    later = make_release(force=force, audience="shared", **Q1, tables=[("age_band",)], by=None)
    assert totals(later) == totals(first)
    paths = []
    for one in (first, second, later):
        paths.append(tmp_path / f"{one.reference}.json")
        paths[-1].write_text(as_file(one.document), encoding="utf-8")
    call_command("attack", *map(str, paths), stdout=StringIO())


def test_the_attacker_finds_a_change_that_is_told(force: Organisation, cast: Cast, tmp_path: Path) -> None:  # noqa: F811
    """A revision made by hand, or by another service, is judged too: 543 beside 540."""
    first = left(force, cast, tables=[("gender",)])
    live(force, 30, happened_on=Q1["start"], gender="Male", age=20)
    document = revised(first).document | {"rates": [], "ratios": []}
    for table in document["tables"]:
        for cell in table["cells"]:
            if table["of"] == "considered" and cell["at"] in ({}, {"gender": "Male"}):
                cell["value"] = cell["first"] + 3
    path = tmp_path / "revision.json"
    path.write_text(as_file(document), encoding="utf-8")
    with pytest.raises(CommandError, match="changes are told"):
        call_command("attack", str(path), stdout=StringIO())


def test_what_revises_nothing_or_tells_of_retention_is_refused(force: Organisation, cast: Cast) -> None:  # noqa: F811
    """Weeded people would read as people struck out; and two tellings alike are none."""
    first = left(force, cast, tables=[("gender",)])
    with pytest.raises(Refused, match="No count of it would be another"):
        revised(first)
    with pytest.raises(Refused, match="give 2026-01-01 to 2026-03-31"):
        revised(first, start=Q1["start"].replace(month=2), unit="month")
    with pytest.raises(Refused, match="choose which one is revised"):
        revised(first, revises=None)
    Fact.objects.filter(force=force).update(month=date(2025, 1, 1), happened_on=date(2025, 1, 1))
    with pytest.raises(Refused, match="have been weeded"):
        revised(first, source="live")


def test_a_figure_that_was_withdrawn_or_never_left_is_not_shown_as_first_told(force: Organisation, cast: Cast) -> None:  # noqa: F811
    """A revision would give back what was taken back, and let out what two people have not checked."""
    first = left(force, cast, tables=[("gender",)])
    make_release(force=force, audience="shared", **Q1, tables=[("age_band",)], by=None)
    live(force, 30, happened_on=Q1["start"], gender="Male", age=20)
    second = revised(first, tables=[("gender",), ("age_band",)]).document
    with_first = {name for (_, at), value in values(second, "first").items() if value is not None for name, _ in at}
    assert with_first == {"gender"}
    withdraw(release=first, why="A group was miscounted.", by=cast["ian"])
    third = revised(first, name="third").document
    assert set(values(third, "first").values()) == {None}


def test_what_came_of_people_is_told_in_one_telling_alone(force: Organisation, cast: Cast) -> None:  # noqa: F811
    """Told again they would say who had not started by then."""
    started(force, 50, gender="Male")
    with clock.set_to(LATER):
        first = left(force, cast, tables=[("gender",)])
        assert totals(first)["started"] == 50
        started(force, 40, gender="Male")
        second = revised(first)
    assert set(totals(second)) == {"considered", "offered", "accepted"}
    assert StageFact.objects.filter(fact__force=force).exists()
