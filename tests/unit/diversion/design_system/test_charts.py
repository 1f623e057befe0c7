from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from diversion.design_system.charts import (
    DASHES,
    PALETTE,
    SHAPES,
    Bar,
    Compared,
    Interval,
    Point,
    Ratio,
    bar_chart,
    forest_chart,
    interval_chart,
    month_chart,
)
from diversion.design_system.curves import Curve, curves_chart
from diversion.design_system.svg import SVG, render_svg
from tests.unit.diversion.design_system.page import elements

ROWS = [Interval("White", 0.31, 0.29, 0.33, 2100), Interval("Unknown", None, None, None, 4)]


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{{{SVG}}}text")]  # noqa: S314


@pytest.fixture(scope="module")
def drawing() -> str:
    return render_svg(interval_chart(ROWS), title="Offered <by> ethnicity", description="Lower for some")


def test_a_chart_has_a_name_and_a_description(drawing: str) -> None:
    """A drawing without a name is an unlabelled graphic to a screen reader."""
    [root] = [attrs for attrs in elements(drawing, "svg") if "role" in attrs]
    labels = (root["aria-labelledby"] or "").split()
    assert root["role"] == "img"
    assert [attrs["id"] for tag in ("title", "desc") for attrs in elements(drawing, tag)] == labels
    assert "Offered &lt;by&gt; ethnicity" in drawing


def test_a_chart_carries_no_style_attribute_and_no_script(drawing: str) -> None:
    """style-src 'self' would drop the one and the other has no business there."""
    assert all("style" not in attrs for attrs in elements(drawing))
    assert elements(drawing, "script") == elements(drawing, "style") == []


def test_rates_are_written_out_and_a_missing_one_is_not_drawn(drawing: str) -> None:
    """Never by position and colour alone; and no dot at nought for a group that could not be counted."""
    assert "31.0% (n = 2,100)" in texts(drawing)
    assert "not shown (n = 4)" in texts(drawing)


def test_the_same_data_give_the_same_bytes(drawing: str) -> None:
    """A report that differs each time it is made cannot be checked."""
    assert drawing == render_svg(interval_chart(ROWS), title="Offered <by> ethnicity", description="Lower for some")


def test_two_charts_on_a_page_share_no_id(drawing: str) -> None:
    """A shared id names one chart by the other's title."""
    other = render_svg(interval_chart(ROWS[:1]), title="Offered <by> ethnicity", description="Lower for some")
    ids = [attrs["id"] for one in (drawing, other) for attrs in elements(one) if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_a_chart_is_as_wide_as_its_place_and_its_words_keep_their_size(drawing: str) -> None:
    """Drawn for a desk and made smaller for a telephone, nobody could read it there."""
    [root, *_] = elements(drawing, "svg")
    assert (root["width"], root.get("viewbox")) == ("100%", None)
    sizes = {float(attrs["font-size"] or 0) for attrs in elements(drawing, "text")}
    assert min(sizes) >= 13
    across = [attrs.get("x") or attrs.get("x1") for tag in ("text", "line") for attrs in elements(drawing, tag)]
    assert all(str(place).endswith("%") for place in across)


def test_bars_say_their_counts() -> None:
    """A bar without its number cannot be read exactly."""
    drawn = texts(render_svg(bar_chart([Bar("Outcome 22", 1234), Bar("Other", 0)]), title="T", description="D"))
    assert "1,234" in drawn
    assert "Outcome 22" in drawn


def test_lines_by_month_are_named_at_their_ends_and_differ_by_more_than_colour() -> None:
    """One man in twelve cannot tell some of the colours apart."""
    points = [Point(series, date(2026, month, 1), month) for series in ("Diverted", "Charged") for month in (1, 2, 3)]
    svg = render_svg(month_chart(points), title="T", description="D")
    assert [text for text in texts(svg) if text in ("Diverted", "Charged")] == ["Diverted", "Charged"]
    dashes = {attrs.get("stroke-dasharray") for attrs in elements(svg, "polyline")}
    shapes = {attrs.get("d") for attrs in elements(svg, "path")}
    assert len(dashes) == len(shapes) == 2


def test_a_long_name_stands_over_its_numbers_and_not_under_them() -> None:
    """On a telephone the name of a scheme ran into its own rate."""
    name = "Drug diversion (under 18): completed"
    rows = [Interval("White", 0.3, 0.2, 0.4, 100), Interval(name, 0.3, 0.2, 0.4, 100)]
    root = ElementTree.fromstring(render_svg(interval_chart(rows), title="T", description="D"))  # noqa: S314
    heights = {node.text: float(node.attrib["y"]) for node in root.iter(f"{{{SVG}}}text")}
    said = [float(node.attrib["y"]) for node in root.iter(f"{{{SVG}}}text") if node.text == "30.0% (n = 100)"]
    assert (said[0] == heights["White"], said[1] > heights[name]) == (True, True)


def test_a_month_without_a_value_is_a_gap() -> None:
    """A line drawn through a month in which nobody was counted tells of people who are not there."""
    values = (0.2, 0.3, None, 0.4, 0.5)
    points = [Point("", date(2026, 1 + place, 1), value, value, value) for place, value in enumerate(values)]
    svg = render_svg(month_chart(points), title="T", description="D")
    assert len(elements(svg, "polyline")) == len(elements(svg, "polygon")) == 2
    assert len(elements(svg, "path")) == 4


def test_a_forest_plot_shows_crude_and_adjusted_apart_and_on_a_scale_of_ratios() -> None:
    """Half as often and twice as often are equally far from as often; and no colour may tell the two ratios apart."""
    half, twice = Ratio(0.5, 0.4, 0.625, "0.50 (0.40 to 0.63)"), Ratio(2.0, 1.6, 2.5, "2.00 (1.60 to 2.50)")
    rows = [
        Compared("Black", half, twice, "40 of 50 compared"),
        Compared("Asian", Ratio(None, None, None, "insufficient")),
    ]
    svg = render_svg(forest_chart(rows, "White", ("less often", "more often")), title="T", description="D")
    assert {"Black", "0.50 (0.40 to 0.63)", "2.00 (1.60 to 2.50)", "40 of 50 compared", "insufficient"} <= set(
        texts(svg)
    )
    marks = {attrs["d"]: attrs for attrs in elements(svg, "path")}
    assert len(marks) == 2
    places = [float(str(attrs["x"]).rstrip("%")) for attrs in elements(svg, "svg") if attrs.get("x")]
    assert sum(places) == pytest.approx(100, abs=0.01)
    dashes = {attrs.get("stroke-dasharray") for attrs in elements(svg, "line") if attrs.get("stroke-width") == "2.5"}
    assert len(dashes) == 2


def test_an_interval_beyond_the_scale_says_that_it_goes_on() -> None:
    """Cut off in silence at 8 times it would look like an exact one."""
    row = Compared("Black", Ratio(0.9, 0.01, 90.0, "0.90 (0.01 to 90.00)"))
    svg = render_svg(forest_chart([row], "White", ("less", "more")), title="T", description="D")
    assert len(elements(svg, "path")) == 3


def test_more_lines_than_can_be_told_apart_are_refused() -> None:
    """A seventh line would look like the first."""
    points = [Point(str(number), date(2026, 1, 1), 1) for number in range(7)]
    with pytest.raises(ValueError, match="draw several"):
        month_chart(points)


def test_an_empty_chart_can_be_drawn() -> None:
    """A month without decisions still has a page."""
    for chart in (interval_chart([]), bar_chart([]), month_chart([]), curves_chart([], [], "weeks", "open")):
        assert "<svg" in render_svg(chart, title="T", description="D")


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", PALETTE)
def test_each_colour_stands_out_from_white(colour: str) -> None:
    """The lines' own names are written in these colours: 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    assert 1.05 / (_luminance(colour) + 0.05) >= 4.5


def test_each_series_has_its_own_dash_point_and_colour() -> None:
    """Two alike would be told apart by place alone."""
    assert len(PALETTE) == len(set(PALETTE)) == len(SHAPES) == len(set(SHAPES)) == len(set(DASHES))


def test_a_curve_rises_at_the_end_of_a_week_and_its_numbers_are_written_out() -> None:
    """Drawn as a slope it would say that somebody had ended before anybody had."""
    curve = Curve("Completed", [0.0, 0.4], [(0.0, 0.1), (0.3, 0.5)], "40% (30% to 50%) by week 2")
    svg = render_svg(curves_chart([curve, curve], [26, 20], "Weeks", "Still open"), title="T", description="D")
    assert [words for words in texts(svg) if words.startswith(("Comp", "40%"))] == [
        *("Completed", "40% (30% to 50%) by week 2"),
        *("Completed", "40% (30% to 50%) by week 2"),
    ]
    assert {"26", "20", "Weeks", "Still open"} <= set(texts(svg))
    points = ElementTree.fromstring(svg).find(f".//{{{SVG}}}polyline")  # noqa: S314
    assert points is not None
    places = [tuple(map(float, pair.split(","))) for pair in points.attrib["points"].split()]
    assert all(one[0] == two[0] or one[1] == two[1] for one, two in pairwise(places))
