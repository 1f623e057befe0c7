"""The charts' house style: Altair specifications drawn as SVG on the server, offline, the same bytes for the same data.

No chart speaks by colour alone: values are written beside the marks, lines differ by dash, point and label, and a
chart is always shown with its title and its table (``{% chart svg title=… table=… %}``). Altair is imported when the
first chart is drawn, since it is slow to load.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from diversion.design_system import wording

if TYPE_CHECKING:
    import altair

FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
INK, QUIET, RULE, PRIMARY = "#0b0c0c", "#484949", "#cecece", "#00505c"

# Okabe and Ito, "Color Universal Design" (2008), darkened where needed to 3:1 against white (WCAG 2.2, 1.4.11).
PALETTE = (PRIMARY, "#b34700", "#0072b2", "#7a3e6b", "#8a6d00", "#3b3b3b")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [12, 4], [1, 3])
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")

WIDTH = 620
ROW_HEIGHT = 34


@dataclass(frozen=True)
class Interval:
    """One group's rate with its interval, all shares of 1, out of ``n``; rate None where it may not be given."""

    group: str
    rate: float | None
    low: float | None
    high: float | None
    n: int | None


@dataclass(frozen=True)
class Bar:
    """One count (``value``) and what it counts."""

    label: str
    value: float


@dataclass(frozen=True)
class Point:
    """A value of ``series`` in the month that begins on ``month``."""

    series: str
    month: date
    value: float


def interval_chart(rows: Sequence[Interval], axis: str = "") -> "altair.TopLevelMixin":
    """A dot for each rate and a line for its interval, in the order given, with both written out at the right."""
    import altair as alt

    data = alt.Data(values=[{**asdict(row), "said": _said(row)} for row in rows])
    order = [row.group for row in rows]
    base = alt.Chart(data).encode(y=_categories("group", order))
    scale = alt.Scale(domain=[0, _ceiling([row.high or row.rate or 0 for row in rows])])
    x_axis = alt.Axis(title=axis or None, format="%", tickCount=6)
    lines = base.mark_rule(strokeWidth=3, color=PRIMARY).encode(x=alt.X("low:Q", scale=scale, axis=x_axis), x2="high:Q")
    dots = base.mark_point(filled=True, size=110, color=PRIMARY, opacity=1).encode(x=alt.X("rate:Q", scale=scale))
    words = base.mark_text(align="left", fontSize=14, color=INK).encode(text="said:N", x=alt.value(WIDTH + 10))
    return alt.layer(lines, dots, words).properties(width=WIDTH, height=ROW_HEIGHT * len(rows))


def bar_chart(bars: Sequence[Bar], axis: str = "") -> "altair.TopLevelMixin":
    """Horizontal bars in the order given, each with its count written at its end."""
    import altair as alt

    data = alt.Data(values=[{**asdict(bar), "said": wording.count(round(bar.value))} for bar in bars])
    base = alt.Chart(data).encode(
        y=_categories("label", [bar.label for bar in bars]),
        x=alt.X("value:Q", axis=alt.Axis(title=axis or None, tickCount=6, format=",d"), scale=_from_nought(bars)),
    )
    words = base.mark_text(align="left", dx=6, fontSize=14, color=INK).encode(text="said:N")
    return alt.layer(base.mark_bar(color=PRIMARY, height=20), words).properties(
        width=WIDTH, height=ROW_HEIGHT * len(bars)
    )


def month_chart(points: Sequence[Point], axis: str = "") -> "altair.TopLevelMixin":
    """One line for each series over months; each has its own dash, point and colour, and its name at its end."""
    import altair as alt

    names = list(dict.fromkeys(point.series for point in points))
    if len(names) > len(PALETTE):
        raise ValueError(f"A chart by month tells {len(PALETTE)} lines apart at most, not {len(names)}: draw several.")
    data = alt.Data(values=[{**asdict(point), "month": point.month.isoformat()} for point in points])
    base = alt.Chart(data).encode(
        x=alt.X("month:T", axis=alt.Axis(title=None, format="%b %Y", tickCount="month", labelOverlap=True)),
        y=alt.Y("value:Q", axis=alt.Axis(title=axis or None, tickCount=5), scale=alt.Scale(zero=True)),
        color=alt.Color("series:N", legend=None, scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)]))),
    )
    dash = alt.StrokeDash("series:N", legend=None, scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])))
    shape = alt.Shape("series:N", legend=None, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])))
    last = max(point.month for point in points).isoformat() if points else ""
    ends = base.transform_filter(f"utcFormat(datum.month, '%Y-%m-%d') == '{last}' || datum.month == '{last}'")
    layers = [
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(size=60, filled=True, opacity=1).encode(shape=shape),
        ends.mark_text(align="left", dx=10, fontSize=14, fontWeight="bold").encode(text="series:N"),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=280)


def theme() -> dict[str, Any]:
    """Vega-Lite configuration of every chart."""
    text = {"labelFont": FONT, "labelFontSize": 14, "labelColor": INK, "titleFont": FONT, "titleFontSize": 14}
    return {
        "aria": False,  # the SVG as a whole is one image with a title; its parts are not read out one by one
        "background": "white",
        "font": FONT,
        "padding": 8,
        "view": {"stroke": None},
        "text": {"font": FONT},
        "axis": {**text, "titleColor": QUIET, "titleFontWeight": "normal", "gridColor": RULE, "domainColor": QUIET},
        "axisY": {"grid": False, "ticks": False, "labelPadding": 8, "labelLimit": 240},
    }


def _categories(name: str, order: list[str]) -> "altair.Y":
    import altair as alt

    return alt.Y(f"{name}:N", sort=order, axis=alt.Axis(title=None))


def _from_nought(bars: Sequence[Bar]) -> "altair.Scale":
    import altair as alt

    return alt.Scale(domain=[0, max((bar.value for bar in bars), default=0) * 1.15 or 1], nice=False)


def _ceiling(shares: Sequence[float]) -> float:
    """The next tenth above the highest share, so that axes of like charts agree more often than not."""
    return min(1.0, int(max(shares, default=0) * 10 + 1) / 10)


def _said(row: Interval) -> str:
    if row.rate is None:
        return _("not shown (n = %(n)s)") % {"n": wording.count(row.n)}
    return _("%(rate)s (n = %(n)s)") % {"rate": wording.percent(row.rate), "n": wording.count(row.n)}
