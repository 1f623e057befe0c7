"""What a hostile newspaper would try: odd but legal releases, several held together, and documents that are none."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from reporting.suppression.family import key
from reporting.suppression.protect import suppress
from reporting.suppression.release import FORMAT, read, write
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Thresholds
from tests.unit.reporting.suppression.worlds import seeded


def cell(value: int | str, **at: str) -> dict[str, Any]:
    return {"at": at, **({"mark": value} if isinstance(value, str) else {"value": value})}


def table(measure: str, dimensions: list[str], *cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"measure": measure, "dimensions": dimensions, "cells": list(cells), **more}


def release(*tables: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format": FORMAT, "name": "x", "tables": list(tables), **more}


def ends(*documents: dict[str, Any]) -> dict[str, tuple[int, int | None]]:
    """{"measure at": (low, high)} of what the documents hide."""
    found = read(documents).intervals()
    return {" ".join([name, *(group for _, group in at)]): (one.low, one.high) for (name, at), one in found.items()}


def windowed(months: list[str], label: str, a: int | str, b: int | str) -> dict[str, Any]:
    windows = {"month": {label: months}}
    cells = [cell(a, g="A", month=label), cell(b, g="B", month=label)]
    return table("n", ["g", "month"], *cells, windows=windows, categories={"g": ["A", "B"]})


def test_two_periods_in_two_files_give_the_months_between() -> None:
    """The half year less the quarter: whoever holds both files subtracts."""
    quarter, half = ["1", "2", "3"], ["1", "2", "3", "4", "5", "6"]
    first, second = release(windowed(quarter, "Q1", 62, 99)), release(windowed(half, "H1", 64, 180))
    months, groups = {"month": {"4-6": half[3:]}}, {"g": ["A", "B"]}
    between = table("n", ["g", "month"], cell("[c]", g="A", month="4-6"), windows=months, categories=groups)
    second["tables"].append(between)
    assert ends(first, second) == {"n A 4-6": (2, 2)}
    assert ends(second)["n A 4-6"] == (0, 64)


def test_months_in_one_file_and_the_quarter_in_another() -> None:
    """The month that one file hides is the quarter of the other less the two months beside it."""
    months = table("n", ["month"], cell(30, month="1"), cell("[c]", month="2"), cell("[c]", month="3"), cell("[c]"))
    assert ends(release(months))["n 2"] == (0, None)
    quarter = table("n", ["month"], cell(45, month="Q1"), windows={"month": {"Q1": ["1", "2", "3"]}})
    assert ends(release(months), release(quarter))["n 2"] == (0, 15)
    other = table("n", ["month"], cell(40, month="Q1"), windows={"month": {"Q1": ["1", "2"]}})
    with pytest.raises(ValueError, match="'Q1' of n stands for different times"):
        ends(release(quarter), release(other))


def test_two_forces_have_counts_of_their_own() -> None:
    """Their measures are called alike: taken for one count they would contradict each other, or help each other."""
    one = release(table("n", ["g"], cell("[c]", g="A"), cell("[c]", g="B"), cell(40)), force="avonford")
    two = release(table("n", ["g"], cell(12, g="A"), cell(30, g="B"), cell(42)), force="northmoor")
    assert ends(one, two) == {"avonford: n A": (0, 40), "avonford: n B": (0, 40)}


def test_rates_and_ratios_of_rounded_counts_tell_no_more_than_those() -> None:
    """A release rounded to 5 makes its rates of what it shows: taken for true ones they would contradict the counts."""
    whole = table("w", ["g"], cell(40, g="A"), cell(60, g="B"), cell("[c]", g="C"), cell("[c]"))
    part = table("p", ["g"], cell(15, g="A"), cell(35, g="B"), cell("[c]", g="C"), cell("[c]"))
    a, b = ({"events": {"measure": "p", "at": {"g": g}}, "people": {"measure": "w", "at": {"g": g}}} for g in "AB")
    rate = {"numerator": a["events"], "denominator": a["people"], "per": 100, "decimals": 1, "value": 37.5}
    ratio = {"group": a, "reference": b, "decimals": 2, "value": 0.64}
    parts = [{"whole": "w", "part": "p"}]
    rounded = {"rounding": 5, "threshold": 10}
    with_both = release(whole, part, policy=rounded, parts=parts, rates=[rate], ratios=[ratio])
    assert ends(with_both) == ends(release(whole, part, policy=rounded, parts=parts))
    # A ratio of true counts beside rounded ones is another matter: it must hold somewhere within their ends.
    assert ends(with_both | {"ratios": [ratio | {"value": 0.7}]})["w C"] == (0, None)


def test_a_ratio_beside_one_hidden_count_gives_it_away() -> None:
    """0.64 of the reference, everything else shown: the hidden count is a division away."""
    whole = table("w", ["g"], cell(40, g="A"), cell(60, g="B"))
    part = table("p", ["g"], cell("[c]", g="A"), cell(35, g="B"), cell("[c]"))
    a, b = ({"events": {"measure": "p", "at": {"g": g}}, "people": {"measure": "w", "at": {"g": g}}} for g in "AB")
    told = release(whole, part, ratios=[{"group": a, "reference": b, "decimals": 2, "value": 0.64}])
    assert ends(told)["p A"] == (15, 15)


def test_empty_groups_full_groups_and_what_is_not_listed() -> None:
    """A zero of nobody is shown; all of a group is hidden; a cell that no file lists has no promise."""
    whole = table("w", ["g"], cell("[z]", g="A"), cell(13, g="B"), cell(90, g="C"), cell(103))
    part = table("p", ["g"], cell("[z]", g="A"), cell("[c]", g="B"), cell("[c]"))
    part["categories"] = {"g": ["A", "B", "C"]}
    told = release(whole, part, parts=[{"whole": "w", "part": "p"}])
    assert ends(told) == {"p": (0, 103), "p B": (0, 13)}


BAD: list[tuple[Any, str]] = [
    ([], "not in the form"),
    ({"format": "x"}, 'says "format"'),
    (release(), "holds no table"),
    ({"format": FORMAT}, "tables"),
    (release({"dimensions": [], "cells": []}), "measure"),
    (release(table("n", ["g"], cell(3.5, g="A"))), "neither a count nor a mark"),  # type: ignore[arg-type]
    (release(table("n", ["g"], {"at": {"g": "A"}, "value": float("nan")})), "neither a count nor a mark"),
    (release(table("n", ["g"], {"at": {"g": "A"}, "value": 1e400})), "neither a count nor a mark"),
    (release(table("n", ["g"], {"at": {"g": "A"}})), "neither a count nor a mark"),
    (release(table("n", ["g"], cell("[d]", g="A"))), "neither a count nor a mark"),
    (release(table("n", ["g"], {"at": {"g": "A"}, "mark": "[d]", "value": 4})), "neither a count nor a mark"),
    (release(table("n", ["g"], cell(4, g="A"), cell(5, g="A"))), "Two figures are given"),
    (release(table("n", ["g"], cell(4, g="A"), cell(5))), "add up"),
    (release(table("n", ["g"], cell(4, h="A"))), "No table of the release holds"),
    (release(table("n", ["g", "g"], cell(4, g="A"))), "twice"),
    (release(table("n", ["a", "b", "c", "d"])), "three at most"),
    (release(table("n", ["g"], cell(4, g="A")), policy={"threshold": 0}), "threshold"),
    (release(table("n", ["g"], cell(4, g="A")), policy={"rounding": 0}), "rounding"),
    (release(table("n", ["g"], cell(4, g="A")), policy={"protection": None}), "protection"),
    (release(table("n", ["g"], cell(4, g="A")), rates=[{"value": 3}]), "numerator"),
    (
        release(table("n", ["a", "b", "c"], categories={d: [str(i) for i in range(99)] for d in "abc"})),
        "more than 200,000 cells",
    ),
]
BAD += [
    (release(table("n", ["g"], {"at": {"g": "A"}, "mark": "[c]", "first": 12})), "not of which measure"),
    (
        release(table("n", ["g"], {"at": {"g": "A"}, "value": 30, "first": -1}, revises="m")),
        "neither a count nor a mark",
    ),
    (release(table("n", ["g"], {"at": {"g": "A"}, "value": 30, "first": 12}, revises="n")), "Two figures are given"),
    (release(table("n", ["g"], {"at": {"g": "A"}, "value": 30}, revises=5)), "not in the form"),
]
RATE = {"numerator": {"measure": "n", "at": {"g": "A"}}, "denominator": {"measure": "n", "at": {}}, "value": 40}
BAD += [
    (release(table("n", ["g"], cell(4, g="A")), rates=[RATE | wrong]), words)
    for wrong, words in (
        ({"per": 0}, "per more than 0"),
        ({"value": "40%"}, "is a number"),
        ({"decimals": "one"}, "is a number"),
        ({"value": -1}, "not below 0"),
        ({"numerator": {"measure": "m", "at": {}}}, "No table of the release holds"),
    )
]


@pytest.mark.parametrize(("document", "words"), BAD)
def test_a_document_that_is_no_release_is_told_what_is_wrong(document: Any, words: str, tmp_path: Path) -> None:
    """A traceback tells the analyst nothing, and a verdict over half a document is worse."""
    path = tmp_path / "release.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CommandError, match=words) as refusal:
        call_command("attack", str(path), stdout=StringIO())
    assert "Traceback" not in str(refusal.value)


def test_a_file_nested_without_end_is_no_release(tmp_path: Path) -> None:
    """The reader of JSON itself gives up at some depth."""
    path = tmp_path / "release.json"
    path.write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(CommandError, match="not JSON"):
        call_command("attack", str(path), stdout=StringIO())


def made() -> dict[str, Any]:
    """A release as this service writes it, with rates, intervals, ratios and all its words."""
    from reporting.releases.freezing import Sheet, freeze

    considered = {("A",): 200, ("B",): 150, ("C",): 15}
    diverted = {("A",): 90, ("B",): 60, ("C",): 12}
    sheets = [Sheet("considered", "2026", ("g",), considered), Sheet("diverted", "2026", ("g",), diverted)]
    frozen = freeze("x", sheets, [("considered", "diverted")], Thresholds(), references={"g": "A"})
    words = ("audience", "force", "force_name", "from", "to", "unit", "source", "grade")
    return frozen.document | dict.fromkeys(words, "x") | {"footnotes": ["A row is a decision."]}


def objects(value: Any) -> list[dict[str, Any]]:
    """Every object of a document, itself first, but those whose names are groups and dimensions."""
    if isinstance(value, list):
        return [each for one in value for each in objects(one)]
    if not isinstance(value, dict):
        return []
    inner = (each for name, each in value.items() if name not in ("at", "categories", "windows"))
    return [value, *(one for each in inner for one in objects(each))]


def test_no_field_stands_in_a_release_that_the_attacker_does_not_reckon_with() -> None:
    """Whoever adds a figure to the document has to teach the attacker first: added anywhere, it is refused."""
    document = made()
    read([document])
    every = objects(document)
    assert len(every) > 30
    for one in every:
        one["fewest_cells"] = 4
        with pytest.raises(ValueError, match="tells 'fewest_cells'"):
            read([document])
        del one["fewest_cells"]
    assert "price" not in document


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"grade": 3}, "'grade' of a release is words"),
        ({"footnotes": ["Of the hidden ones, 3 were diverted."]}, "holds a figure"),
        ({"footnotes": "none"}, "list of sentences"),
        ({"price": {"fewest_cells": 2}}, "tells 'price'"),
    ],
)
def test_a_figure_in_a_field_of_words_is_refused(wrong: dict[str, Any], words: str) -> None:
    """Three hidden people in a footnote are told as plainly as in a cell."""
    with pytest.raises(ValueError, match=words):
        read([made() | wrong])


def test_days_that_end_before_they_begin_are_refused() -> None:
    """A reader who holds two releases would take them for days apart, and no file would say which they are of."""
    read([made() | {"from": "2026-01-01", "to": "2026-01-01"}])
    with pytest.raises(ValueError, match="correct 'from' or 'to'"):
        read([made() | {"from": "2026-02-01", "to": "2026-01-31"}])


def test_an_interval_tells_what_it_is_made_of() -> None:
    """0.8% to 24.0% is 1 of 17 written differently: only where both stand may it stand."""
    whole = table("w", ["g"], cell(40, g="A"), cell(60, g="B"), cell("[c]", g="C"), cell("[c]"))
    part = table("p", ["g"], cell(15, g="A"), cell(35, g="B"), cell("[c]", g="C"), cell("[c]"))
    a, c = (({"measure": "p", "at": {"g": g}}, {"measure": "w", "at": {"g": g}}) for g in "AC")
    rate = {"numerator": a[0], "denominator": a[1], "per": 100, "decimals": 1, "value": 37.5, "interval": [24.2, 53.0]}
    read([release(whole, part, rates=[rate])])
    hidden = rate | {"numerator": c[0], "denominator": c[1], "value": None, "mark": "[c]"}
    for wrong, words in ((hidden, "withhold the interval"), (rate | {"interval": [24.0, 53.1]}, "make it of those")):
        with pytest.raises(ValueError, match=words):
            read([release(whole, part, rates=[wrong])])


def test_the_interval_of_a_ratio_tells_what_it_is_made_of() -> None:
    """0.41 to 1.01 is 15 of 40 against 35 of 60 written differently, of true counts as well as of those shown."""
    whole = table("w", ["g"], cell(40, g="A"), cell(60, g="B"), cell("[c]", g="C"), cell("[c]"))
    part = table("p", ["g"], cell(15, g="A"), cell(35, g="B"), cell("[c]", g="C"), cell("[c]"))
    a, b, c = ({"events": {"measure": "p", "at": {"g": g}}, "people": {"measure": "w", "at": {"g": g}}} for g in "ABC")
    ratio = {"group": a, "reference": b, "decimals": 2, "value": 0.64, "interval": [0.41, 1.01]}
    read([release(whole, part, ratios=[ratio])])
    hidden = ratio | {"group": c}
    for wrong, words in ((hidden, "withhold the interval"), (ratio | {"interval": [0.42, 1.0]}, "make it of those")):
        with pytest.raises(ValueError, match=words):
            read([release(whole, part, ratios=[wrong])])


def test_too_few_in_place_of_a_rate_limits_a_hidden_count() -> None:
    """[x] says that fewer than ten stand under the rate: beside a hidden count that is the count, nearly."""
    whole = table("w", ["g"], cell("[c]", g="A"), cell("[c]", g="B"), cell(60))
    part = table("p", ["g"], cell("[c]", g="A"), cell(35, g="B"), cell("[c]"))
    a, b = ({"events": {"measure": "p", "at": {"g": g}}, "people": {"measure": "w", "at": {"g": g}}} for g in "AB")
    rate = {"numerator": a["events"], "denominator": a["people"], "value": None, "mark": "[x]"}
    assert ends(release(whole, part))["w A"] == (0, 60)
    assert ends(release(whole, part, rates=[rate]))["w A"] == (0, 9)
    ratio = {"group": a, "reference": b, "value": None, "mark": "[x]"}
    assert ends(release(whole, part, ratios=[ratio]))["p A"] == (0, 4)
    assert ends(release(whole, part, ratios=[ratio | {"mark": "[c]"}]))["p A"] == (0, None)
    with pytest.raises(ValueError, match="is a number"):
        read([release(whole, part, rates=[rate | {"mark": "[d]"}])])


def shared_and_published(seed: int, rounding: int) -> None:
    """Two releases of one time with tables of their own, read together: suppressed as one family."""
    whole = seeded(seed, (3, 4), 14)
    chance = np.random.default_rng(seed)
    part = Table("diverted", whole.dimensions, {at: int(chance.binomial(n, 0.5)) for at, n in whole.counts.items()})
    nested = [("considered", "diverted")]
    thresholds = Thresholds(rounding=rounding)
    result = suppress(link([whole, part], nested), thresholds, effort=100)
    margin = [Table(t.measure, t.dimensions[:1], _over(t)) for t in (whole, part)]
    held = [write("shared", result, [whole, part], nested), write("published", result, margin, nested)]
    for documents in (held[:1], held[1:], held):
        for (measure, at), interval in read(documents).intervals().items():
            truth = int(result.family.values[result.family.position[key(measure, at)]])
            assert interval.width >= thresholds.width
            assert interval.low <= truth <= (truth if interval.high is None else interval.high)


def _over(whole: Table) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for at, n in whole.counts.items():
        found[at[:1]] = found.get(at[:1], 0) + n
    return found


@pytest.mark.parametrize(("seed", "rounding"), [(1, 1), (2, 5)])
def test_shared_and_published_together_give_nothing_away(seed: int, rounding: int) -> None:
    """A panel member reads the newspaper too; rounding changes what he reads and not what he may learn."""
    shared_and_published(seed, rounding)


@pytest.mark.sweep
@pytest.mark.parametrize("rounding", [1, 5, 10])
@pytest.mark.parametrize("seed", range(10, 30))
def test_many_releases_together_give_nothing_away(seed: int, rounding: int) -> None:
    """The same as often as patience allows."""
    shared_and_published(seed, rounding)
