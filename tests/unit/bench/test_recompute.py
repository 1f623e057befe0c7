"""Published cases recomputed by the service's own functions."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from bench.recomputation.by_case import BOOKS, USUAL, lines, recompute, wanted
from bench.recomputation.keys import look_up, round_half_up
from bench.recomputation.management.commands.recompute import Command

CASES = Path(__file__).parents[4] / "shared" / "data" / "published" / "cases.json"
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="../shared/data/published/cases.json is not here")


def agree(ours, theirs, tolerance):
    """Whether a number, list or word agrees with the published one."""
    if isinstance(theirs, list):
        return (
            isinstance(ours, list)
            and len(ours) == len(theirs)
            and all(agree(one, other, tolerance) for one, other in zip(ours, theirs, strict=True))
        )
    if theirs is None or ours is None or isinstance(theirs, str | bool):
        return ours == theirs
    return abs(ours - theirs) <= max(tolerance.get("abs", 0), tolerance.get("rel", 0) * abs(theirs))


@needs_cases
def test_every_published_case_agrees():
    """A published figure that we cannot reproduce is a fault in ours until shown otherwise."""
    cases = json.loads(CASES.read_text())
    done = 0
    for case, line in zip(cases, lines(cases), strict=True):
        assert line["id"] == case["id"]
        if case["category"] not in BOOKS:
            assert case["category"] in line["skipped"]
            continue
        for name, published in case["expected"].items():
            assert agree(line["computed"][name], published, case["tolerance"]), (case["id"], name)
        done += 1
    assert done > 60


@needs_cases
def test_published_values_are_never_read():
    """Handing back what was expected would prove nothing."""
    cases = json.loads(CASES.read_text())
    blind = [{**case, "expected": dict.fromkeys(case["expected"])} for case in cases]
    assert list(lines(blind)) == list(lines(cases))


def test_cases_without_expected_names_get_the_usual_numbers():
    """A checker may withhold what it expects altogether."""
    case = {"id": "x", "category": "risk_ratio", "inputs": {"group_events": 6, "group_total": 44,
            "ref_events": 29, "ref_total": 114}}  # fmt: skip
    assert set(recompute(case)["computed"]) == set(USUAL["risk_ratio"])
    assert wanted({**case, "expected": ["rr"]}) == ["rr"]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("nonsense", "case 1"),
        ({"id": "a", "category": "risk_ratio", "inputs": []}, "inputs"),
        ({"id": "a", "category": "risk_ratio", "inputs": {"group_events": 5}}, "group_total"),
        ({"id": "a", "category": "rri", "inputs": {"group_events": 5.5}}, "whole number"),
        ({"id": "a", "category": "one_proportion", "inputs": {"events": 9, "total": 4}}, "larger"),
        ({"id": "a", "category": "kaplan_meier", "inputs": {"times": [1]}}, "event"),
        ({"id": "a", "category": "stratified", "inputs": {}}, "tables"),
        ({"id": "a", "category": "multiple_testing", "inputs": {}}, "'p'"),
        ({"id": "a", "category": "suppression", "inputs": {"cells": []}}, "cells"),
        ({"id": "a", "category": "rri", "inputs": {}, "expected": {"moon": 1}}, "moon"),
    ],
)
def test_a_bad_case_gets_its_own_line(case, says):
    """One broken case must not stop the run for the others."""
    good = {"id": "b", "category": "one_proportion", "inputs": {"events": 1, "total": 4}}
    bad, fine = lines([case, good])
    assert says in bad["error"]
    assert fine["computed"]["proportion"] == 0.25


def test_zero_cells_and_no_bound_are_null():
    """JSON has no infinity: a reader must not choke on one."""
    inputs = {"group_events": 3, "group_total": 10, "ref_events": 0, "ref_total": 10}
    case = {"id": "z", "category": "rri_exact", "inputs": inputs, "expected": {"rri": 0, "exact_ci_high": 0}}
    assert json.dumps(recompute(case)["computed"], allow_nan=False) == '{"rri": null, "exact_ci_high": null}'


def test_other_shapes_of_the_same_inputs():
    """Cases come as 2x2 tables, as named strata and as two lists of times."""
    table = {"table": [[6, 38], [29, 85]]}
    assert look_up(BOOKS["risk_ratio"], "rr_2dp", table) == 0.54
    assert look_up(BOOKS["risk_ratio"], "group_pct_1dp", table) == 13.6
    strata = {"strata": [[40, 100, 300, 600], {"a": 30, "n1": 150, "c": 90, "n2": 450}, [6, 60, 15, 150]]}
    names = {"rr_mh": 0, "ci_low": 0, "ci_high": 0, "crude_rr": 0}
    found = recompute({"id": "s", "category": "stratified", "inputs": strata, "expected": names})["computed"]
    assert found == pytest.approx({"rr_mh": 0.877, "ci_low": 0.715, "ci_high": 1.076, "crude_rr": 0.726}, abs=0.0005)


@pytest.mark.parametrize(("value", "places", "shown"), [(0.125, 2, 0.13), (2.5, 0, 3.0), (None, 1, None)])
def test_rounding_is_half_up_as_in_official_tables(value, places, shown):
    """Python's own rounding would give 0.12 and 2."""
    assert round_half_up(value, places) == shown


@pytest.mark.parametrize(("content", "says"), [("{", "not JSON"), ("{}", "list of cases"), (None, "Cannot read")])
def test_a_file_that_is_no_list_of_cases_is_refused(tmp_path, content, says):
    """The mend must be in the message."""
    path = tmp_path / "cases.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError, match=says):
        call_command(Command(), str(path))


def test_the_command_prints_one_line_for_each_case(tmp_path):
    """Other programs read the output line by line."""
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"cases": [{"id": 1, "category": "trial"}, {"id": 2, "category": "rri"}]}))
    out = StringIO()
    call_command(Command(stdout=out), str(path))
    assert [json.loads(line)["id"] for line in out.getvalue().splitlines()] == [1, 2]


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ({"category": ["rri"], "inputs": {}}, "is not one that this command recomputes"),
        ({"category": "stratified", "inputs": {"tables": [[[1.5, 2], [3, 4]]]}}, "must be a whole number, not 1.5"),
        ({"category": "risk_ratio", "inputs": {"table": [[1.9, 2], [3, 4]]}}, "must be a whole number, not 1.9"),
        ({"category": "suppression", "inputs": {"cells": {"a": 2.7, "b": 30}}}, "must be a whole number, not 2.7"),
        ({"category": "suppression", "inputs": {"cells": {"a": -3, "b": 30}}}, "cannot be negative: a"),
        ({"category": "suppression", "inputs": {"cells": [{"count": 5}]}}, "not in the form of this category"),
        (
            {
                "category": "suppression",
                "inputs": {
                    "cells": {"1": {"12": 3, "2": 5}, "11": {"12": 6, "2": 4}},
                    "row_totals": {"1": 8, "11": 10},
                    "col_totals": {"12": 9, "2": 9},
                    "suppressed": ["112"],
                },
            },
            "Two cells have one name",
        ),
    ],
)
def test_what_is_no_count_is_said_and_never_rounded_off(case, says):
    """A ratio of one and a half people was computed of one, and nobody was told."""
    (line,) = lines([{"id": "x"} | case])
    assert says in line.get("error", "") + line.get("skipped", "")
    assert "computed" not in line


def test_a_cell_without_a_count_is_neither_hidden_nor_shown():
    """What is not there cannot be shown."""
    inputs = {"cells": {"a": None, "b": 2, "c": 40, "d": 60}}
    line = recompute({"id": "x", "category": "suppression", "inputs": inputs})
    assert (line["computed"]["suppressed"], line["computed"]["shown"]) == (["b", "c"], ["d"])


def test_a_rate_of_many_decimals_is_read_however_it_is_written():
    """0.00001 is 1e-05 to a program, and was an index out of range."""
    inputs = {"count_hidden": 3, "denominator": 10_000_000, "rate_pct_shown": 3e-05}
    line = recompute({"id": "x", "category": "suppression", "inputs": inputs, "expected": {"recovered_count": None}})
    assert line["computed"] == {"recovered_count": 3}


@pytest.mark.parametrize("content", ["[" * 100_000, '[{"id": ' + "9" * 5000 + "}]"])
def test_a_file_that_breaks_the_reader_is_refused_in_words(tmp_path, content):
    """A stranger's file ends in a sentence, not in a page of the program."""
    path = tmp_path / "cases.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match="too long or lists too deep"):
        call_command("recompute", str(path))


def test_names_that_no_output_can_hold_spoil_no_line(tmp_path, capsysbinary):
    """One odd case must not cost the lines of all that follow; a byte-order mark is no fault either."""
    ok = {"group_events": 6, "group_total": 44, "ref_events": 29, "ref_total": 114}
    odd = [float("nan"), "\ud800", "last"]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps([{"id": name, "category": "rri", "inputs": ok} for name in odd]), "utf-8-sig")
    call_command("recompute", str(path))
    found = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [line["id"] for line in found] == [None, "\ud800", "last"]


def test_several_groups_person_time_and_hazards_are_recomputed():
    """Values worked by hand: chi-squared from expected counts, a ratio of rates, one tie-free hazard."""
    groups = recompute({"id": "k", "category": "k_groups", "inputs": {"events": [10, 20, 30], "totals": [50, 50, 50]}})
    assert agree(groups["computed"]["chi2"], 100 / 20 + 100 / 20 + 100 / 30 + 100 / 30, {"rel": 1e-9})
    assert (groups["computed"]["df"], groups["computed"]["smallest_expected"]) == (2, 20)
    told = {"group_events": 30, "group_time": 1000, "ref_events": 60, "ref_time": 3000}
    rates = recompute({"id": "t", "category": "person_time", "inputs": told})["computed"]
    assert agree(rates["rate_ratio"], 1.5, {"rel": 1e-9})
    # 1.5 × exp(± 1.959964 × √(1/30 + 1/60))
    assert agree([rates["ci_low"], rates["ci_high"]], [0.96774, 2.32501], {"abs": 1e-5})
    # Partial likelihood of (group 1 at 1, group 2 at 2, group 2 at 3, group 1 at 4), h: h/(2h+2) × 1/(h+2) × 1/(h+1);
    # its logarithm's slope 1/h − 2/(h+1) − 1/(h+2) is nought where h² + h = 1, so h = (√5 − 1)/2.
    follow = {"group1": {"times": [1, 4], "event": [1, 1]}, "group2": {"times": [2, 3], "event": [1, 1]}}
    hazards = recompute({"id": "c", "category": "cox", "inputs": follow})["computed"]
    assert agree(hazards["hazard_ratio"], (5**0.5 - 1) / 2, {"abs": 1e-5})


@pytest.mark.parametrize(
    ("category", "inputs", "says"),
    [
        ("k_groups", {"events": [3], "totals": [5]}, "two groups or more"),
        ("k_groups", {"events": [0, 0], "totals": [5, 5]}, "nobody had the event"),
        ("person_time", {"group_events": 1, "group_time": 0, "ref_events": 1, "ref_time": 3}, "above"),
        ("cox", {"group1": {"times": [1], "event": [0]}, "group2": {"times": [2], "event": [1]}}, "an event in each"),
    ],
)
def test_what_cannot_be_told_of_several_groups_is_said(category, inputs, says):
    """An error of the library would read as a fault of ours."""
    assert says in recompute({"id": "x", "category": category, "inputs": inputs})["error"]
