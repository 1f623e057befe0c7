"""Frozen releases: nobody who holds all of them can work out what any of them hides."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reporting.releases.freezing import (
    KNOWN_TO_PARTNERS,
    CannotRelease,
    Earlier,
    Frozen,
    Sheet,
    freeze,
    is_known_to_partners,
)
from reporting.suppression.family import key
from reporting.suppression.release import counted as counted_in
from reporting.suppression.release import read
from reporting.suppression.thresholds import Thresholds

CHAIN = [("considered", "offered"), ("offered", "accepted")]
WHOLE_CHAIN = [*CHAIN, ("accepted", "started"), ("started", "completed")]
THRESHOLDS = Thresholds()
GROUPS, GENDERS, AGES = ("Asian", "Black", "White"), ("Female", "Male"), ("under 18", "18 and over")


DIMENSIONS = ("ethnicity", "gender", "age_band")
MOST = 400
TABLES = (("ethnicity", "gender"), ("age_band",))


def sheets(
    draw: Callable[[int], int],
    times: tuple[str, ...] = ("2026 Q1",),
    tables: tuple[tuple[str, ...], ...] = TABLES,
) -> list[Sheet]:
    """Linked tables of three counts each, made of people who each have a group, a gender and an age."""
    made = []
    for time in times:
        places = [(group, gender, age) for group in GROUPS for gender in GENDERS for age in AGES]
        considered = {place: draw(MOST) for place in places}
        offered = {place: draw(n) for place, n in considered.items()}
        accepted = {place: draw(n) for place, n in offered.items()}
        for of, counts in (("considered", considered), ("offered", offered), ("accepted", accepted)):
            for dimensions in tables:
                cells: dict[tuple[str, ...], int] = {}
                for place, n in counts.items():
                    at = tuple(place[DIMENSIONS.index(name)] for name in dimensions)
                    cells[at] = cells.get(at, 0) + n
                made.append(Sheet(of, time, dimensions, cells))
    return made


@st.composite
def worlds(draw: st.DrawFn) -> list[Sheet]:
    return sheets(lambda most: draw(st.one_of(st.integers(0, min(most, 4)), st.integers(0, most))))


def frozen(made: list[Sheet], name: str = "first", earlier: tuple[Frozen, ...] = ()) -> Frozen:
    known = [Earlier.read({"sheets": [s.stored() for s in one.sheets]}, one.document) for one in earlier]
    return freeze(name, made, CHAIN, THRESHOLDS, earlier=known, references={"ethnicity": "White"}, effort=100)


def narrower(*releases: Frozen) -> list[str]:
    """The hidden cells that somebody who holds all these releases pins down further than promised."""
    found = read([one.document for one in releases]).intervals()
    return [str(cell) for cell, interval in found.items() if interval.width < THRESHOLDS.width]


SEEDS = range(2)


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_a_release_with_its_rates_and_ratios_gives_nothing_away(made: list[Sheet]) -> None:
    """A rate printed beside a hidden count is the hidden count."""
    one = frozen(made)
    assert narrower(one) == []
    hidden = {
        key(table["measure"], cell["at"])
        for table in one.document["tables"]
        for cell in table["cells"]
        if cell.get("mark") == "[c]"
    }
    assert len(hidden) == one.result.price.cells_hidden


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(worlds(), st.booleans())
def test_two_releases_of_one_time_give_nothing_away_together(made: list[Sheet], first_wide: bool) -> None:
    """A panel's shared release and the published one differ by a table: the difference must tell nothing."""
    wide = [sheet for sheet in made if len(sheet.dimensions) == 2]
    narrow = [sheet for sheet in made if len(sheet.dimensions) == 1]
    first = frozen(wide if first_wide else narrow)
    try:
        second = frozen(narrow if first_wide else wide, "second", earlier=(first,))
    except CannotRelease:
        return  # refused: nothing left
    assert narrower(first, second) == []


def lopsided(chance: random.Random, most: int) -> int:
    """Some hundred people, or a few, or nobody; of them about half."""
    if most == MOST:
        return int(chance.choice((0, 1, 3, 12, 60, 300)) * chance.uniform(0.5, 1.3))
    return sum(chance.random() < 0.5 for _ in range(most))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_one_release_hides_the_next_does_not_show(seed: int) -> None:
    """A count hidden for another's sake and printed a month later gives that other one away."""
    chance = random.Random(seed)
    tables = (*TABLES, ("ethnicity",), ("gender", "age_band"))
    made = sheets(lambda most: lopsided(chance, most), tables=tables)
    first = frozen([sheet for sheet in made if sheet.dimensions in tables[:2]])
    second = frozen([sheet for sheet in made if sheet.dimensions in tables[2:]], "second", earlier=(first,))
    assert narrower(first, second) == []


def test_what_an_earlier_release_hid_for_another_s_sake_stays_hidden() -> None:
    """Large counts that nothing of their own would hide: printed now, they give away what they were hidden for."""
    sheet = Sheet("considered", "2026 Q1", ("area",), {("a",): 200, ("b",): 100, ("c",): 90})
    document = freeze("first", [sheet], [], THRESHOLDS).document
    for cell in document["tables"][0]["cells"]:
        if cell["at"].get("area") in ("b", "c"):
            del cell["value"]
            cell["mark"] = "[c]"
    earlier = Earlier.read({"sheets": [sheet.stored()]}, document)
    again = freeze("second", [sheet], [], THRESHOLDS, earlier=[earlier]).document
    hidden = {cell["at"]["area"] for cell in again["tables"][0]["cells"] if cell.get("mark") == "[c]"}
    assert hidden == {"b", "c"}
    intervals = read([document, again]).intervals().values()
    assert min(interval.width for interval in intervals) >= THRESHOLDS.width


def counted(seed: int) -> Callable[[int], int]:
    chance = random.Random(seed)
    return lambda most: chance.randint(0, most)


def test_what_was_released_stays_although_the_counts_have_moved() -> None:
    """Two figures for one count tell whose record was changed, and which way."""
    made = sheets(counted(1), ("2026 Q1", "2026 Q2"))
    before = [sheet for sheet in made if sheet.time == "2026 Q1"]
    moved = [
        Sheet(sheet.of, sheet.time, sheet.dimensions, {at: n + 1 for at, n in sheet.counts.items()}) for sheet in before
    ]
    first = frozen(before)
    later = [sheet for sheet in made if sheet.time == "2026 Q2"]
    second = frozen([*moved, *later], "second", earlier=(first,))
    told = {(table["measure"], tuple(table["dimensions"])): table["cells"] for table in second.document["tables"]}
    for table in first.document["tables"]:
        shown = [cell for cell in table["cells"] if "value" in cell]
        assert all(cell in told[table["measure"], tuple(table["dimensions"])] for cell in shown)
    assert narrower(first, second) == []


def test_a_new_table_that_contradicts_a_release_is_refused() -> None:
    """Its totals would differ from those released, by just the people whose records were changed."""
    made = sheets(counted(2))
    first = frozen([sheet for sheet in made if len(sheet.dimensions) == 2])
    moved = [
        Sheet(sheet.of, sheet.time, sheet.dimensions, {at: n + 1 for at, n in sheet.counts.items()})
        for sheet in made
        if len(sheet.dimensions) == 1
    ]
    with pytest.raises(CannotRelease, match="these have changed since"):
        frozen(moved, "second", earlier=(first,))


def test_three_dimensions_beside_the_time_are_refused() -> None:
    """Four-way tables are mostly people standing alone."""
    with pytest.raises(CannotRelease, match="three dimensions at most, one of them time"):
        Sheet("offered", "2026 Q1", ("ethnicity", "gender", "age_band"), {})


def test_a_rate_with_a_hidden_count_is_hidden_and_one_of_few_people_not_available() -> None:
    """A percentage of four people names them as well as a count does."""
    counts = {"considered": {("a",): 200, ("b",): 100, ("c",): 9}, "offered": {("a",): 120, ("b",): 40, ("c",): 4}}
    one = frozen([Sheet(of, "2026", ("area",), cells) for of, cells in counts.items()])
    rates = {rate["numerator"]["at"].get("area"): rate for rate in one.document["rates"]}
    assert rates["c"]["mark"] == "[c]"
    assert rates["c"]["value"] is None
    assert all("interval" in rate for rate in rates.values() if rate["value"] is not None)


def partners_own(made: list[Sheet]) -> dict[str, Any]:
    """Every started and completed count, as the worst-placed partner has them."""
    return counted_in([sheet.table() for sheet in made if sheet.of in KNOWN_TO_PARTNERS])


def test_a_partner_reads_what_it_does_not_know_in_no_release() -> None:
    """Of 12 who accepted 9 have started, and are hidden from strangers: their worker would read that 3 have not."""
    counts = {"offered": 60, "accepted": 12, "started": 9, "completed": 0}
    made = [Sheet(of, "2026", ("area",), {("a",): n, ("b",): 5 * n}) for of, n in counts.items()]
    chain = [("offered", "accepted"), ("accepted", "started"), ("started", "completed")]
    one = freeze("x", made, chain, THRESHOLDS)
    shown = {(t["of"], c["at"].get("area")) for t in one.document["tables"] for c in t["cells"] if "value" in c}
    assert ("accepted", "a") not in shown
    assert ("offered", "a") in shown
    assert read([one.document], [partners_own(made)]).too_narrow() == []


def test_what_a_partner_knows_of_everyone_hides_nothing_more() -> None:
    """Where nobody has started yet, the count of those who accepted would be hidden, and for nobody’s sake."""
    counts = {"offered": 300, "accepted": 243, "started": 0}
    made = [Sheet(of, "2026", ("area",), {("a",): n, ("b",): 2 * n}) for of, n in counts.items()]
    one = freeze("x", made, [("offered", "accepted"), ("accepted", "started")], THRESHOLDS)
    told = {
        (t["of"], c["at"].get("area")): c.get("value", c.get("mark"))
        for t in one.document["tables"]
        for c in t["cells"]
    }
    assert told["accepted", "a"] == 243
    assert told["started", "a"] == "[c]"  # a stranger does not know that nobody has
    assert read([one.document]).too_narrow() == []
    assert read([one.document], [partners_own(made)]).too_narrow() == []


def with_treatment(draw: Callable[[int], int], made: list[Sheet]) -> list[Sheet]:
    """The sheets with, of those who accepted, who started, and who of those completed."""
    more = []
    for sheet in made:
        if sheet.of == "accepted" and len(sheet.dimensions) == 2:
            started = {at: draw(n) for at, n in sheet.counts.items()}
            completed = {at: draw(n) for at, n in started.items()}
            more += [replace(sheet, of="started", counts=started), replace(sheet, of="completed", counts=completed)]
    return [*(sheet for sheet in made if len(sheet.dimensions) == 2), *more]


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_worst_seat_learns_no_count_that_it_does_not_know(data: st.DataObject) -> None:
    """Partners together know who started and who completed, and read what is published as well."""

    def draw(most: int) -> int:
        return data.draw(st.one_of(st.integers(0, min(most, 4)), st.integers(0, most)))

    made = with_treatment(draw, sheets(draw))
    one = freeze("x", made, WHOLE_CHAIN, THRESHOLDS, effort=100)
    for knows in ([], [partners_own(made)]):
        knowledge = read([one.document], knows)
        assert knowledge.too_narrow() == []
        narrow = [cell for cell, each in knowledge.intervals().items() if each.width < THRESHOLDS.width]
        assert narrow == []


def test_the_worst_seat_learns_nothing_from_two_releases_either() -> None:
    """It holds the shared one and the published one, and its own counts."""
    chance = random.Random(5)
    made = with_treatment(lambda most: lopsided(chance, most), sheets(lambda most: lopsided(chance, most)))
    margins = [Sheet(one.of, one.time, one.dimensions[:1], _over_first(one)) for one in made if one.of != "completed"]
    first = freeze("first", margins, WHOLE_CHAIN, THRESHOLDS, effort=100)
    known = Earlier.read({"sheets": [sheet.stored() for sheet in first.sheets]}, first.document)
    second = freeze("second", made, WHOLE_CHAIN, THRESHOLDS, earlier=[known], effort=100)
    assert read([first.document, second.document], [partners_own(made)]).too_narrow() == []


def _over_first(sheet: Sheet) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for at, n in sheet.counts.items():
        found[at[:1]] = found.get(at[:1], 0) + n
    return found


def given(chance: random.Random) -> list[Sheet]:
    """Tables of people who each have a group and a gender, and of those who accepted by what they were given too."""
    everybody = sheets(lambda most: lopsided(chance, most), tables=(("ethnicity",), ("gender",)))
    cells: dict[str, dict[tuple[str, ...], int]] = {"disposal": {}, "scheme": {}}
    (accepted,) = (one.counts for one in everybody if (one.of, one.dimensions) == ("accepted", ("gender",)))
    for (gender,), number in accepted.items():
        words = ["caution", "resolution"] if chance.random() < 0.8 else ["resolution"]
        for name, groups in (("disposal", words), ("scheme", ["none", "Checkpoint", "Pathfinder"])):
            left_over = number
            for group in groups[1:]:
                part = int(left_over * chance.choice((0, 0.02, 0.5, 0.97, 1)))
                cells[name][gender, group], left_over = part, left_over - part
            cells[name][gender, groups[0]] = left_over
        for group in ("caution", "resolution"):
            cells["disposal"].setdefault((gender, group), 0)
    results = [Sheet("accepted", "2026 Q1", ("gender", name), counts) for name, counts in cells.items()]
    return [*everybody, *results]


@pytest.mark.parametrize("seed", range(6))
def test_what_people_were_given_tells_nothing_of_them_to_strangers_or_to_who_helps_them(seed: int) -> None:
    """All of a group were cautioned, or all but three came to a scheme: each member of it is told, or three are."""
    made = given(random.Random(seed))
    own = counted_in([sheet.table() for sheet in made if "scheme" in sheet.dimensions], is_known_to_partners)
    assert own["tables"][0]["cells"]
    both = frozen(made)
    assert narrower(both) == []
    assert read([both.document], [own]).too_narrow() == []
    first = frozen([sheet for sheet in made if "scheme" not in sheet.dimensions])
    try:
        second = frozen(made, "second", earlier=(first,))
    except CannotRelease:
        second = first  # refused: who knows the schemes would read too much out of the first
    assert narrower(first, second) == []
    told = {(t["of"], tuple(t["dimensions"])): t["results"] for t in both.document["tables"]}
    assert told["accepted", ("gender", "disposal")] == ["disposal"]
    for rate in both.document["rates"]:
        assert rate["numerator"]["at"].keys() >= rate["denominator"]["at"].keys()
