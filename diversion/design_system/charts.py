"""The charts' house style, drawn on the server as SVG: the same bytes for the same data, and no package that draws.

No chart speaks by colour alone: values are written beside the marks, lines differ by dash, point and label, and a
chart is always shown with its title and its table (``{% chart svg title=… table=… %}``). Each fits 360 pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import exp, log
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system import wording
from diversion.design_system.svg import INK, PRIMARY, QUIET, RULE, Drawing, render_aside

# Okabe and Ito, "Color Universal Design" (2008), darkened where needed to 4.5:1 against white (WCAG 2.2, 1.4.3).
PALETTE = (PRIMARY, "#b34700", "#0072b2", "#7a3e6b", "#8a6d00", "#3b3b3b")
DASHES = ("none", "6 3", "2 2", "8 3 2 3", "12 4", "1 3")
DOT, SQUARE = "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z", "M-5,-5h10v10h-10z"
UP, DIAMOND, CROSS, DOWN = (
    *("M0,-6l6,11h-12z", "M0,-7l7,7l-7,7l-7,-7z"),
    *("M-2,-6h4v4h4v4h-4v4h-4v-4h-4v-4h4z", "M0,6l6,-11h-12z"),
)
SHAPES = (DOT, SQUARE, UP, DIAMOND, CROSS, DOWN)
TINT = "#d6e6e8"
#: Words that stand over a line stay readable.
HALO: dict[str, Any] = {"stroke": "white", "stroke_width": 3, "paint_order": "stroke"}

#: What lies between these shares of the width is drawn in; marks at the ends are not cut off.
LEFT, RIGHT = 2.0, 98.0
ROW, AXIS, FOOT = 42, 34, 176
#: A name and its numbers stand on one line, or on two where 360 pixels have no room for both.
LINE, MOST_ON_A_LINE = 18, 40


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
    """A value of ``series`` in the month that begins on ``month``; None where there is none, and then a gap.

    ``low`` and ``high``: its interval, drawn as a band.
    """

    series: str
    month: date
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval, and its words; None where there is none."""

    value: float | None
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Compared:
    """One group of a forest plot: its crude ratio, and the adjusted one under it with ``note`` (of how many)."""

    group: str
    crude: Ratio
    adjusted: Ratio | None = None
    note: str = ""


def interval_chart(rows: Sequence[Interval], axis: str = "") -> Drawing:
    """A dot for each rate and a line for its interval, in the order given, with both written out over them."""
    if not rows:
        return _nothing(Drawing(ROW), ROW / 2)
    lines = [LINE if len(row.group) + len(_said(row)) > MOST_ON_A_LINE else 0 for row in rows]
    height = ROW * len(rows) + sum(lines)
    drawing, y = Drawing(height + AXIS), -ROW
    top = ceiling([row.high or row.rate or 0 for row in rows])
    _shares_across(drawing, top, height, axis)
    for row, more in zip(rows, lines, strict=True):
        y += ROW + more
        drawing.text(0, y - more + 16, row.group)
        drawing.text(100, y + 16, _said(row), anchor="end")
        if row.rate is None:
            continue
        if row.low is not None and row.high is not None:
            ends = (_across(row.low / top), _across(row.high / top))
            drawing.line(ends[0], y + 30, ends[1], y + 30, stroke=PRIMARY, stroke_width=3)
        drawing.mark(_across(row.rate / top), y + 30, DOT, fill=PRIMARY)
    return drawing


def _nothing(drawing: Drawing, y: float) -> Drawing:
    drawing.text(50, y, _("Too few to draw"), anchor="middle", fill=QUIET)
    return drawing


def bar_chart(bars: Sequence[Bar], axis: str = "") -> Drawing:
    """Horizontal bars in the order given, each with its count written over its end."""
    most = max((bar.value for bar in bars), default=0) or 1
    drawing = Drawing(ROW * len(bars) + (AXIS if axis else 0))
    for place, bar in enumerate(bars):
        drawing.text(0, ROW * place + 16, bar.label)
        drawing.text(100, ROW * place + 16, wording.count(round(bar.value)), anchor="end")
        drawing.rectangle(0, ROW * place + 22, 100 * bar.value / most, 14, fill=PRIMARY)
    if axis:
        drawing.text(0, drawing.height - 8, axis, fill=QUIET)
    return drawing


def share_bar(share: float) -> SafeString:
    """A bar of ``share`` of its place, for a table whose row says the number."""
    drawing = Drawing(12)
    drawing.rectangle(0, 0, 100 * share, 12, fill=PRIMARY)
    return render_aside(drawing)


def month_chart(points: Sequence[Point], axis: str = "") -> Drawing:
    """One line for each series over months, with its band; each has its own dash, point and colour, and its name."""
    names = list(dict.fromkeys(point.series for point in points))
    if len(names) > len(PALETTE):
        raise ValueError(f"A chart by month tells {len(PALETTE)} lines apart at most, not {len(names)}: draw several.")
    drawing, bottom, highest = Drawing(FOOT + 24), FOOT, _most(points)
    if points and all(point.value is None for point in points):
        return _nothing(drawing, FOOT / 2)
    shares = highest <= 1
    for step in range(4):
        y = bottom - (bottom - 30) * step / 3
        drawing.line(0, y, 100, y, stroke=RULE, stroke_width=1)
        value = highest * step / 3
        drawing.text(
            0, y - 4, wording.percent(value, 0) if shares else wording.count(round(value)), size=13, fill=QUIET
        )
    if axis:
        drawing.text(100, 14, axis, anchor="end", size=13, fill=QUIET)
    months = sorted({point.month for point in points})
    _months_across(drawing, months, bottom + 20)
    for number, name in enumerate(names):
        own = {point.month: point for point in points if point.series == name}
        _series(drawing, number, [own.get(month) for month in months], lambda v: bottom - (bottom - 30) * v / highest)
        if len(names) > 1:
            _name_at_end(drawing, number, name, [point for point in own.values() if point.value is not None], highest)
    return drawing


def forest_chart(rows: Sequence[Compared], reference: str, words: tuple[str, str]) -> Drawing:
    """Each group's ratio to ``reference``, crude (dot, full line) and adjusted (diamond, broken line), on a scale on
    which half and twice lie equally far from 1. ``words``: what lies to the left and to the right of 1."""
    height = sum(_forest_row(row) for row in rows)
    drawing, span = Drawing(height + 2 * AXIS), _span(rows)
    zone = (_on(span, 0.8), _on(span, 1.25))
    drawing.rectangle(zone[0], 20, zone[1] - zone[0], height, fill=TINT)
    drawing.text(_on(span, 1), 14, _("as %(group)s") % {"group": reference}, anchor="middle", size=13, fill=QUIET)
    drawing.line(_on(span, 1), 20, _on(span, 1), 20 + height, stroke=INK, stroke_width=1.5)
    y = 20
    for row in rows:
        _compared(drawing, row, y, span)
        y += _forest_row(row)
    for tick in (0.125, 0.25, 0.5, 1, 2, 4, 8):
        if abs(log(tick)) <= span + 1e-9:
            drawing.line(_on(span, tick), y, _on(span, tick), y + 5, stroke=QUIET)
            drawing.text(_on(span, tick), y + 20, f"{tick:g}", anchor="middle", size=13, fill=QUIET)
    drawing.text(0, y + 40, f"← {words[0]}", size=13, fill=QUIET)
    drawing.text(100, y + 40, f"{words[1]} →", anchor="end", size=13, fill=QUIET)
    return drawing


def _forest_row(row: Compared) -> int:
    return (74 if row.adjusted else 46) if row.crude.value is not None else 32


def _compared(drawing: Drawing, row: Compared, y: float, span: float) -> None:
    drawing.text(0, y + 16, row.group, font_weight="bold")
    drawing.text(100, y + 16, row.crude.words, anchor="end", **HALO)
    if row.crude.value is None:
        return
    lane = y + 30
    if row.adjusted:
        drawing.text(0, y + 32, row.note, size=13, fill=QUIET)
        drawing.text(100, y + 32, row.adjusted.words, anchor="end", size=13, fill=QUIET, **HALO)
        _on_scale(drawing, row.adjusted, y + 60, span, DIAMOND, fill="white", stroke=PALETTE[1], dash="5 3")
        lane = y + 44
    _on_scale(drawing, row.crude, lane, span, DOT, fill=PRIMARY, stroke=PRIMARY, dash="none")


def _on_scale(
    drawing: Drawing, ratio: Ratio, y: float, span: float, shape: str, *, fill: str, stroke: str, dash: str
) -> None:
    if not ratio.value:
        return
    if ratio.low and ratio.high:
        ends = _on(span, ratio.low), _on(span, ratio.high)
        drawing.line(ends[0], y, ends[1], y, stroke=stroke, stroke_width=2.5, stroke_dasharray=dash)
        for end, value in zip(ends, (ratio.low, ratio.high), strict=True):
            if abs(log(value)) > span:  # it goes on beyond the scale
                drawing.mark(end, y, "M-6,-5l0,10l-8,-5z" if value < 1 else "M6,-5l0,10l8,-5z", fill=stroke)
    drawing.mark(_on(span, ratio.value), y, shape, fill=fill, stroke=stroke, stroke_width=2)


def _span(rows: Sequence[Compared]) -> float:
    """How far the scale reaches to each side of 1, as a logarithm: what is drawn, from 2 to 8 times."""
    ratios = [ratio for row in rows for ratio in (row.crude, row.adjusted) if ratio and ratio.value]
    ends = [value for ratio in ratios for value in (ratio.value, ratio.low, ratio.high) if value]
    return min(log(8), max([log(2), *(abs(log(value)) for value in ends)]) * 1.05)


def _on(span: float, value: float) -> float:
    """Where a ratio lies across, no farther out than the scale."""
    return 50 + (RIGHT - 50) * max(-1.0, min(1.0, log(max(value, exp(-9))) / span))


def _across(share: float) -> float:
    return LEFT + (RIGHT - LEFT) * share


def _shares_across(drawing: Drawing, top: float, height: float, axis: str) -> None:
    """Upright lines at nought, the middle and the highest share, with their percentages under them."""
    for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        x = _across(part)
        drawing.line(x, 0, x, height, stroke=RULE, stroke_width=1)
        drawing.text(x, height + 14, wording.percent(top * part, 0), anchor=anchor, size=13, fill=QUIET)
    if axis:
        drawing.text(0, height + 30, axis, size=13, fill=QUIET)


def _months_across(drawing: Drawing, months: Sequence[date], y: float) -> None:
    places = sorted({0, len(months) // 2, len(months) - 1}) if months else []
    for place in places:
        anchor = "start" if place == 0 else "end" if place == len(months) - 1 else "middle"
        said = date_format(months[place], "M Y")
        drawing.text(_of_month(place, len(months)), y, said, anchor=anchor, size=13, fill=QUIET)


def _of_month(place: int, of: int) -> float:
    """Where the month lies across: to the right of what is written on the lines."""
    return 12 + (RIGHT - 12) * (place / (of - 1) if of > 1 else 0.5)


def _series(drawing: Drawing, number: int, points: Sequence[Point | None], down: Callable[[float], float]) -> None:
    """Line, band and marks of one series; a month without a value is a gap."""
    placed = [(_of_month(place, len(points)), point) for place, point in enumerate(points)]
    colour = PALETTE[number]
    for whole, run in groupby(placed, key=lambda one: one[1] is not None and one[1].value is not None):
        known = [(x, point) for x, point in run if point is not None] if whole else []
        band = [(x, point.low, point.high) for x, point in known if point.low is not None and point.high is not None]
        if len(band) > 1:
            edge = [(x, down(high)) for x, _low, high in band] + [(x, down(low)) for x, low, _high in reversed(band)]
            drawing.area(edge, fill=TINT)
        if len(known) > 1:
            line = [(x, down(point.value or 0)) for x, point in known]
            drawing.path(line, stroke=colour, stroke_width=2.5, stroke_dasharray=DASHES[number])
        for x, point in known:
            drawing.mark(x, down(point.value or 0), SHAPES[number], fill=colour)


def _name_at_end(drawing: Drawing, number: int, name: str, points: Sequence[Point], highest: float) -> None:
    if points:
        y = FOOT - (FOOT - 30) * (max(points, key=lambda point: point.month).value or 0) / highest
        drawing.text(100, y - 10, name, anchor="end", fill=PALETTE[number], font_weight="bold")


def _most(points: Sequence[Point]) -> float:
    values = [point.high if point.high is not None else point.value for point in points if point.value is not None]
    highest = max((value for value in values if value is not None), default=0)
    return (ceiling([highest]) if highest <= 1 else highest * 1.1) or 1


def ceiling(shares: Sequence[float]) -> float:
    """The next tenth above the highest share, so that axes of like charts agree more often than not."""
    return min(1.0, int(max(shares, default=0) * 10 + 1) / 10)


def _said(row: Interval) -> str:
    if row.rate is None:
        return _("not shown") if row.n is None else _("not shown (n = %(n)s)") % {"n": wording.count(row.n)}
    return _("%(rate)s (n = %(n)s)") % {"rate": wording.percent(row.rate), "n": wording.count(row.n)}
