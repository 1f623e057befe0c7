"""A funnel plot: each unit by its size and share, within the limits that chance alone gives for the size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from diversion.design_system import wording
from diversion.design_system.charts import DOT, DOWN, HALO, PALETTE, TINT, UP
from diversion.design_system.svg import INK, PRIMARY, QUIET, RULE, Drawing

TOP, BOTTOM, FOOT = 12, 232, 44
LEFT, RIGHT = 11.0, 98.0
STEPS = 4


@dataclass(frozen=True)
class Sized:
    """A unit with its share (of 1) of ``n`` people; ``outside`` below 0 under the limits, above 0 over them."""

    name: str
    n: int
    share: float
    outside: int


@dataclass(frozen=True)
class Limit:
    """The inner and the outer limits of a unit of ``n`` people, (low, high) in shares of 1."""

    n: int
    inner: tuple[float, float]
    outer: tuple[float, float]


def funnel_chart(units: Sequence[Sized], limits: Sequence[Limit], whole: float, axis: str) -> Drawing:
    """The whole as a line, the inner limits as a band, the outer ones as broken lines. Units outside are named and have
    a mark of their own; the others are told in the table beside it."""
    drawing = Drawing(BOTTOM + FOOT)
    most = max([*(unit.n for unit in units), *(one.n for one in limits), 1])
    ends = [end for one in limits for end in one.outer]
    low, high = _ends([*(unit.share for unit in units), *ends, whole])

    def across(n: float) -> float:
        return LEFT + (RIGHT - LEFT) * n / most

    def down(share: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (share - low) / (high - low)

    _axes(drawing, most, (low, high), axis, across)
    _limits(drawing, limits, across, down)
    drawing.line(LEFT, down(whole), RIGHT, down(whole), stroke=INK, stroke_width=1.5)
    for unit in sorted(units, key=lambda unit: abs(unit.outside)):
        _unit(drawing, unit, across(unit.n), down(unit.share))
    return drawing


def _ends(shares: Sequence[float]) -> tuple[float, float]:
    """The tenths around everything that is drawn."""
    low, high = int(min(shares) * 10) / 10, min(1.0, int(max(shares) * 10 + 1) / 10)
    return (low, high) if high > low else (low - 0.1, high)


def _axes(drawing: Drawing, most: int, ends: tuple[float, float], axis: str, across: Callable[[float], float]) -> None:
    for step in range(STEPS + 1):
        y = BOTTOM - (BOTTOM - TOP) * step / STEPS
        drawing.line(LEFT, y, RIGHT, y, stroke=RULE, stroke_width=1)
        share = ends[0] + (ends[1] - ends[0]) * step / STEPS
        drawing.text(0, y + 4, wording.percent(share, 0), size=13, fill=QUIET)
    for part, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
        drawing.text(
            across(most * part), BOTTOM + 18, wording.count(round(most * part)), anchor=anchor, size=13, fill=QUIET
        )
    drawing.text(LEFT, BOTTOM + 38, axis, size=13, fill=QUIET)


def _limits(
    drawing: Drawing, limits: Sequence[Limit], across: Callable[[float], float], down: Callable[[float], float]
) -> None:
    if len(limits) < 2:
        return
    upper = [(across(one.n), down(one.inner[1])) for one in limits]
    lower = [(across(one.n), down(one.inner[0])) for one in limits]
    drawing.area([*upper, *reversed(lower)], fill=TINT)
    for side in (0, 1):
        outer = [(across(one.n), down(one.outer[side])) for one in limits]
        drawing.path(outer, stroke=QUIET, stroke_width=1.5, stroke_dasharray="5 4")


def _unit(drawing: Drawing, unit: Sized, x: float, y: float) -> None:
    if not unit.outside:
        drawing.mark(x, y, DOT, fill=PRIMARY)
        return
    drawing.mark(x, y, UP if unit.outside > 0 else DOWN, fill=PALETTE[1])
    anchor, beside = ("end", x - 2.5) if x > 50 else ("start", x + 2.5)
    drawing.text(beside, y + 5, unit.name, anchor=anchor, **HALO)


def described(units: Sequence[Sized]) -> str:
    """Which units lie outside, in words."""
    found = [unit for unit in units if unit.outside]
    if not found:
        return _("Every one lies within the limits that chance gives.")
    over = [unit.name for unit in found if unit.outside > 0]
    under = [unit.name for unit in found if unit.outside < 0]
    said = [_("Over the limits: %(names)s.") % {"names": ", ".join(over)}] if over else []
    said += [_("Under the limits: %(names)s.") % {"names": ", ".join(under)}] if under else []
    return " ".join(said)
