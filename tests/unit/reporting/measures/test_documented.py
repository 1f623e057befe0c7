"""docs/measures.md lists what the code declares: a statistician reads the one and is answered by the other."""

import re
from pathlib import Path

import pytest

from reporting.measures.declared import MEASURES, Measure
from reporting.measures.declared_victims import VICTIM_MEASURES
from reporting.measures.dimensions import DIMENSIONS, NEED
from reporting.statistics.disparity import compare, judge
from reporting.statistics.flags import Direction, Flag
from reporting.statistics.power import detectable_ratio
from reporting.statistics.stratified import crude, mantel_fleiss, mantel_haenszel, ratio_homogeneity
from reporting.statistics.unknown import bounds

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "measures.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `([a-z0-9_]+)` \| (.+) \|$", TEXT, re.MULTILINE))


def test_the_page_lists_the_measures_and_no_others() -> None:
    """A figure without a definition, or a definition of nothing, is what we blame others for."""
    assert set(TABLE) == {measure.name for measure in (*MEASURES, *VICTIM_MEASURES)}


@pytest.mark.parametrize("measure", [*MEASURES, *VICTIM_MEASURES], ids=lambda measure: measure.name)
def test_each_says_what_it_is_to_the_person_and_whether_it_can_be_had(measure: Measure) -> None:
    """A harm shown as a benefit turns every flag round."""
    direction = TABLE[measure.name].split(" | ")[-2]
    assert direction == str(measure.direction)
    assert ("**not collected**" in TABLE[measure.name]) is (bool(measure.needs) and measure.name != "considered")


def test_every_dimension_is_named() -> None:
    """A split that nobody can look up is read as each reader likes."""
    assert not [one.name for one in (*DIMENSIONS, NEED) if f"`{one.name}`" not in TEXT]


def test_the_worked_example_comes_out() -> None:
    """Whoever checks us by hand begins with the page's own example."""
    found = [
        tuple(int(each.replace(",", "")) for each in row)
        for row in re.findall(r"^\| [TV]\w+, .+? \| (\d+) of (\d+) \| (\d+) of (\d+) \|$", TEXT, re.MULTILINE)
    ]
    strata = [(a, n1, c, n2) for a, n1, c, n2 in found]
    a, n1, c, n2 = crude(strata)
    assert f"| All | {a} of {n1} (25%) | {c} of {n2:,} (34%) |" in TEXT
    [one] = judge([compare("Black", (a, n1), "White", (c, n2))], Direction.BENEFIT)
    adjusted, worst = mantel_haenszel(strata), bounds(a, n1, c, n2, 40, 120)
    assert one.flag is Flag.LOOK
    assert one.rate.value
    assert one.rate.interval
    assert one.test.z
    assert adjusted.value
    assert adjusted.interval
    said = [
        f"= {one.rate.value:.3f}, by Katz {one.rate.interval[0]:.3f} to {one.rate.interval[1]:.3f}",
        f"z = −{-one.test.z:.2f}, p = {one.test.p:.4f}",
        f"The ratio is {adjusted.value:.3f} ({adjusted.interval[0]:.3f} to {adjusted.interval[1]:.3f})",
        f"p = {ratio_homogeneity(strata).p:.2f}",
        f"({mantel_fleiss(strata):.1f} against 5)",
        f"the ratio would be {worst.low:.3f}",
        f"other way about {worst.high:.3f}",
        f"a ratio of {detectable_ratio(n1, n2, c / n2, above=False):.3f} or less",
        f"or {detectable_ratio(n1, n2, c / n2, above=True):.3f} or more",
    ]
    text = " ".join(TEXT.split())
    assert [each for each in said if each not in text] == []
    assert worst.could_reverse


def test_declining_and_accepting_are_choices() -> None:
    """A right that is used is neither a benefit lost nor a harm done."""
    choices = {measure.name for measure in MEASURES if measure.direction is Direction.NEITHER}
    assert {"declined", "accepted"} <= choices
