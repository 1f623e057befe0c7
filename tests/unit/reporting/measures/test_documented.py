"""docs/measures.md lists what the code declares: a statistician reads the one and is answered by the other."""

import re
from pathlib import Path

import pytest

from reporting.measures.declared import MEASURES, Measure
from reporting.measures.dimensions import DIMENSIONS, NEED
from reporting.statistics.flags import Direction

TEXT = (Path(__file__).resolve().parents[4] / "docs" / "measures.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `([a-z0-9_]+)` \| (.+) \|$", TEXT, re.MULTILINE))


def test_the_page_lists_the_measures_and_no_others() -> None:
    """A figure without a definition, or a definition of nothing, is what we blame others for."""
    assert set(TABLE) == {measure.name for measure in MEASURES}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_each_says_what_it_is_to_the_person_and_whether_it_can_be_had(measure: Measure) -> None:
    """A harm shown as a benefit turns every flag round."""
    direction = TABLE[measure.name].split(" | ")[-2]
    assert direction == str(measure.direction)
    assert ("**not collected**" in TABLE[measure.name]) is (bool(measure.needs) and measure.name != "considered")


def test_every_dimension_is_named() -> None:
    """A split that nobody can look up is read as each reader likes."""
    assert not [one.name for one in (*DIMENSIONS, NEED) if f"`{one.name}`" not in TEXT]


def test_declining_and_accepting_are_choices() -> None:
    """A right that is used is neither a benefit lost nor a harm done."""
    choices = {measure.name for measure in MEASURES if measure.direction is Direction.NEITHER}
    assert {"declined", "accepted"} <= choices
