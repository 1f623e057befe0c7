"""What is printed in place of numbers, and releases as files that the attacker reads."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings

from reporting.management.commands.attack import Command
from reporting.suppression import figures
from reporting.suppression.attack import DoesNotAddUp
from reporting.suppression.family import key
from reporting.suppression.knowledge import BadRelease
from reporting.suppression.protect import Suppressed, suppress
from reporting.suppression.release import FORMAT, read, write
from reporting.suppression.tables import Table, link
from reporting.suppression.thresholds import Mark, Thresholds
from tests.unit.reporting.suppression.worlds import with_part

NESTED = [("considered", "diverted")]
WHOLE = Table("considered", ("g",), {("a",): 240, ("b",): 90, ("c",): 0, ("d",): 60})
PART = Table("diverted", ("g",), {("a",): 3, ("b",): 45, ("c",): 0, ("d",): 30})


@pytest.fixture(scope="module")
def suppressed() -> Suppressed:
    """Two linked measures in which one count is small."""
    return suppress(link([WHOLE, PART], NESTED), Thresholds())


def at(measure, group):
    return key(measure, {"g": group})


def test_marks_say_what_is_missing_and_never_a_false_bound(suppressed):
    """A hidden 45 must not read "<10": the mark says only that it is hidden."""
    assert str(figures.count(suppressed, at("diverted", "a"))) == "[c]"
    assert str(figures.count(suppressed, at("diverted", "c"))) == "[z]"
    assert figures.count(suppressed, at("diverted", "c")).value == 0
    assert str(figures.count(suppressed, at("diverted", "elsewhere"))) == "[x]"
    assert figures.count(suppressed, at("considered but not diverted", "b")).mark is Mark.UNAVAILABLE
    assert figures.count(suppressed, at("considered", "a")).value == 240


def test_a_rate_goes_with_its_count(suppressed):
    """12.5 per 1,000 of 240 is 3, written differently."""
    hidden = figures.rate(suppressed, at("diverted", "a"), at("considered", "a"), per=1000)
    assert hidden.mark is Mark.SUPPRESSED
    assert figures.counts_behind_rate(12.5, 240, 1000) == [3]
    assert figures.rate(suppressed, at("diverted", "c"), at("considered", "c")).mark is Mark.UNAVAILABLE
    assert len(figures.counts_behind_rate(12.5, 240_000, 1000)) > 10


def test_a_ratio_goes_with_any_of_its_four_counts(suppressed):
    """Three known counts and the ratio give the fourth."""
    pairs = {g: (at("diverted", g), at("considered", g)) for g in "abcd"}
    assert figures.relative_rate(suppressed, pairs["a"], pairs["b"]).mark is Mark.SUPPRESSED
    assert figures.relative_rate(suppressed, pairs["b"], pairs["a"]).mark is Mark.SUPPRESSED
    shown = [g for g in "bd" if figures.count(suppressed, at("diverted", g)).mark is None]
    for g in shown:
        assert figures.relative_rate(suppressed, pairs[g], pairs[g]).value == 1.0
        assert figures.rate(suppressed, *pairs[g]).value == 50.0
    assert figures.relative_rate(suppressed, pairs["c"], pairs["c"]).mark is Mark.UNAVAILABLE


def test_rates_come_from_rounded_counts():
    """A rate of the exact count beside a rounded one would undo the rounding."""
    thresholds = Thresholds(rounding=5)
    release = suppress(link([Table("considered", (), {(): 63}), Table("diverted", (), {(): 33})], NESTED), thresholds)
    assert figures.count(release, key("diverted")).value == 35
    assert figures.rate(release, key("diverted"), key("considered")).value == pytest.approx(53.8)
    assert figures.rounding_interval(35, 5) == (33, 37)
    assert [figures.round_to(n, 5) for n in range(33, 38)] == [35] * 5


@settings(max_examples=8)
@given(with_part())
def test_a_written_release_keeps_its_promise_when_read_by_a_stranger(pair):
    """The attacker gets the file and nothing else, as a newspaper would."""
    family = link(pair, NESTED)
    result = suppress(family, Thresholds(), effort=0)
    text = json.dumps(write("r", result, pair, NESTED))
    knowledge = read([json.loads(text)])
    found = knowledge.intervals()
    assert len(found) == result.price.cells_hidden
    for name, interval in found.items():
        assert interval.width >= 9
        truth = family.values[family.position[name]]
        assert interval.low <= truth <= (interval.high if interval.high is not None else truth)


def release(cells, **more):
    """A release of one table by group."""
    table = {"measure": "n", "dimensions": ["g"], "cells": cells}
    return {"format": FORMAT, "name": "r", "policy": {"threshold": 10}, "tables": [table], **more}


def cell(group, **told):
    return {"at": {"g": group} if group else {}, **told}


def test_two_releases_held_together_are_attacked_together():
    """Each hides the small group well; the second shows what the first hid beside it."""
    one = release([cell("a", mark="[c]"), cell("b", mark="[c]"), cell("c", value=80), cell("", value=114)])
    two = release([cell("a", mark="[c]"), cell("b", value=30), cell("c", mark="[c]"), cell("", value=114)])
    assert [interval.width for interval in read([one]).intervals().values()] == [34, 34]
    both = read([one, two]).intervals()
    assert both[key("n", {"g": "a"})].width == 0


@pytest.mark.parametrize(("decimals", "width"), [(1, 0), (0, 2)])
def test_a_published_rate_is_used_against_the_count(decimals, width):
    """A rate beside a hidden count narrows it as far as its decimals allow."""
    cells = [cell("a", mark="[c]"), cell("b", mark="[c]"), cell("", value=400)]
    rate = {"numerator": {"measure": "n", "at": {"g": "a"}}, "denominator": {"measure": "n"}, "decimals": decimals}
    found = read([release(cells, rates=[{**rate, "value": 1 if not decimals else 0.8, "per": 100}])]).intervals()
    assert found[key("n", {"g": "a"})].width <= 4
    assert found[key("n", {"g": "a"})].width >= width


def test_a_published_ratio_is_used_against_the_count():
    """(a/n1)/(c/n2) with three of four known."""

    def entry(measure, cells):
        return {"measure": measure, "dimensions": ["g"], "cells": cells}

    people = entry("n", [cell("a", value=200), cell("b", value=400), cell("", value=600)])
    events = entry("d", [cell("a", mark="[c]"), cell("b", value=80), cell("", mark="[c]")])
    refer = lambda m, g: {"measure": m, "at": {"g": g}}  # noqa: E731
    pairs = {g: {"events": refer("d", g), "people": refer("n", g)} for g in "ab"}
    ratio = {"group": pairs["a"], "reference": pairs["b"], "value": 0.18, "decimals": 2}
    told = {"format": FORMAT, "tables": [people, events], "parts": [{"whole": "n", "part": "d"}], "ratios": [ratio]}
    found = read([told]).intervals()[key("d", {"g": "a"})]
    assert (found.low, found.high) == (7, 7)
    events["cells"][1] = cell("b", mark="[c]")
    people["cells"][0] = cell("a", mark="[c]")
    with pytest.raises(BadRelease, match="withhold the ratio"):
        read([told])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"format": "other"}, FORMAT),
        ({"format": FORMAT}, "tables"),
        (release([cell("a", value=2.5)]), "neither a count nor a mark"),
        (release([cell("a")]), "neither a count nor a mark"),
    ],
)
def test_a_file_in_another_form_is_refused_with_the_reason(content, says):
    """Whoever writes releases by hand must be able to mend them."""
    with pytest.raises(BadRelease, match=says):
        read([content])


def test_a_revised_count_is_not_taken_for_the_same_count():
    """Two figures for one cell are a revision or a fault, and either must be said."""
    one, two = release([cell("", value=40)]), release([cell("", value=41)])
    with pytest.raises(DoesNotAddUp, match="revised"):
        read([one, two])


def test_the_command_fails_when_a_count_is_given_away(tmp_path):
    """A release that leaks must stop whatever would publish it."""
    leaky, sound = tmp_path / "leaky.json", tmp_path / "sound.json"
    leaky.write_text(json.dumps(release([cell("a", mark="[c]"), cell("b", value=30), cell("", value=34)])))
    sound.write_text(json.dumps(release([cell("a", mark="[c]"), cell("b", mark="[c]"), cell("", value=34)])))
    out = StringIO()
    with pytest.raises(CommandError, match="1 hidden counts"):
        call_command(Command(stdout=out), str(leaky))
    assert json.loads(out.getvalue().splitlines()[0]) == {
        "measure": "n",
        "at": {"g": "a"},
        "low": 4,
        "high": 4,
        "kept": False,
    }
    out = StringIO()
    call_command(Command(stdout=out), str(sound))
    assert json.loads(out.getvalue().splitlines()[-1]) == {"hidden": 2, "promised": 9, "narrowest": 34, "too_narrow": 0}
    with pytest.raises(CommandError, match="Cannot read"):
        call_command(Command(), str(tmp_path / "none.json"))
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(CommandError, match="not JSON"):
        call_command(Command(), str(tmp_path / "bad.json"))


def test_a_single_row_as_others_publish_it():
    """The published one-way rule, kept for comparison: small counts and the next smallest."""
    thresholds = Thresholds(threshold=6, protection=1)
    assert figures.one_way({"a": 3, "b": 8, "c": 50}, thresholds) == (["a"], ["b"])
    assert figures.one_way({"a": 3, "b": 2, "c": 50}, thresholds) == (["a", "b"], [])
    assert figures.one_way({"a": 3, "b": 0, "c": 50}, thresholds) == (["a"], ["c"])
    assert figures.one_way({"a": 0, "b": 7}, thresholds) == ([], [])


@pytest.mark.parametrize("mark", ["[c]", "[x]"])
def test_a_count_left_beside_its_mark_is_found(mark):
    """The page shows the mark, the file the count: an attack that reads only marks would call it safe."""
    cells = [{"at": {"e": "A"}, "mark": mark, "value": 3}, {"at": {"e": "B"}, "mark": "[c]"}, {"at": {}, "value": 40}]
    table = {"measure": "m", "dimensions": ["e"], "categories": {"e": ["A", "B"]}, "cells": cells}
    with pytest.raises(BadRelease, match="its count stands beside the mark"):
        read([{"format": FORMAT, "tables": [table]}])
    table["cells"][0]["value"] = None
    read([{"format": FORMAT, "tables": [table]}])
