"""Curves over weeks, one under the other on one scale: each with its band, and under the last how many are still open.

One place for each curve, so that no band lies over another and none is told by its colour; it fits 360 pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from diversion.design_system import wording
from diversion.design_system.charts import PALETTE, TINT, ceiling
from diversion.design_system.svg import PRIMARY, QUIET, RULE, Drawing

LEFT, RIGHT = 11.0, 98.0
HEAD, BODY, GAP, FOOT = 46, 74, 14, 58
#: How many weeks are written under the curves.
TICKS = 4
Ends = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A share (of 1) by the end of each week, from the first on, with its interval; None where there is none."""

    name: str
    shares: Sequence[float]
    ends: Sequence[Ends | None]
    said: str


def curves_chart(curves: Sequence[Curve], at_risk: Sequence[int], axis: str, still: str) -> Drawing:
    """``at_risk``: how many were still open as each week began, which ``still`` says; ``axis``: what lies across."""
    weeks = len(at_risk)
    drawing = Drawing((HEAD + BODY + GAP) * len(curves) + FOOT)
    top = ceiling([end[1] for curve in curves for end in curve.ends if end])
    for number, curve in enumerate(curves):
        _panel(drawing, curve, (HEAD + BODY + GAP) * number, top, weeks)
    _foot(drawing, at_risk, (HEAD + BODY + GAP) * len(curves), axis, still)
    return drawing


def _across(week: float, weeks: int) -> float:
    return LEFT + (RIGHT - LEFT) * week / max(1, weeks)


def _panel(drawing: Drawing, curve: Curve, y: float, top: float, weeks: int) -> None:
    """One curve with its name over it. Until the end of a week its share is not known: it rises there, in a step."""
    foot = y + HEAD + BODY
    drawing.text(0, y + 14, curve.name, font_weight="bold")
    drawing.text(0, y + 32, curve.said)
    for part in (0, 0.5, 1):
        drawing.line(LEFT, foot - BODY * part, RIGHT, foot - BODY * part, stroke=RULE, stroke_width=1)
        y_of_words = foot - BODY * part + (10 if part == 1 else 4)  # the highest lies under the words over the curve
        drawing.text(0, y_of_words, wording.percent(top * part, 0), size=13, fill=QUIET)

    def steps(values: Sequence[float]) -> list[tuple[float, float]]:
        """Flat until the end of each week, and up there to what was reached by then."""
        found, level = [(_across(0, weeks), foot)], foot
        for week, value in enumerate(values, start=1):
            found.append((_across(week, weeks), level))
            level = foot - BODY * min(value, top) / top
            found.append((_across(week, weeks), level))
        return found

    low, high = ([(end[side] if end else 0.0) for end in curve.ends] for side in (0, 1))
    drawing.area([*steps(high), *reversed(steps(low))], fill=TINT)
    drawing.path(steps(curve.shares), stroke=PRIMARY, stroke_width=2.5)


def _foot(drawing: Drawing, at_risk: Sequence[int], y: float, axis: str, still: str) -> None:
    weeks = len(at_risk)
    for place in range(TICKS + 1):
        week = round(weeks * place / TICKS)
        anchor = "start" if place == 0 else "end" if place == TICKS else "middle"
        x = _across(week, weeks)
        drawing.text(x, y + 2, wording.count(week), anchor=anchor, size=13, fill=QUIET)
        if week < weeks:
            drawing.text(x, y + 40, wording.count(at_risk[week]), anchor=anchor, size=13, fill=PALETTE[-1])
    drawing.text(LEFT, y + 20, axis, size=13, fill=QUIET)
    drawing.text(LEFT, y + 56, still, size=13, fill=QUIET)
