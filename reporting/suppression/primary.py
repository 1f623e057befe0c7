"""Which counts must not be known, and why."""

from reporting.suppression.family import Equation, Family
from reporting.suppression.thresholds import Thresholds

SMALL = "small count"
EVERYONE = "tells of everyone in the group"
STILL_HIDDEN = "hidden in an earlier release"


def sensitive(family: Family, thresholds: Thresholds) -> dict[int, str]:
    """Positions of cells that need protection, each with its reason; cells nobody prints are among them.

    Small counts, complements too; results that hold for all or none of a group, together with the zeros beside them.
    A zero of a group in which there is nobody tells of nobody and stays, unless that nobody is in it is hidden and the
    audience can tell of whom (``Thresholds.follows_none``).
    """
    found = {index: SMALL for index, value in enumerate(family.values) if thresholds.is_small(int(value))}
    split = [equation for equation in family.equations if equation.splits_result]
    for equation in split:
        group = int(family.values[equation.total])
        parts = [int(family.values[part]) for part in equation.parts]
        if not any(part == group and thresholds.tells_of_everyone(part, group) for part in parts):
            continue
        for index in equation.parts:
            found.setdefault(index, EVERYONE)
    return found | _of_none(family, split, found) if thresholds.follows_none else found


def _of_none(family: Family, split: list[Equation], found: dict[int, str]) -> dict[int, str]:
    """The zeros that follow from a hidden one: that none of thirty started is told as well by that none completed."""
    hidden: dict[int, str] = {}
    more = {index for index, why in found.items() if why == EVERYONE and not family.values[index]}
    while more:
        more = {part for one in split if one.total in more for part in one.parts} - hidden.keys() - found.keys()
        hidden |= dict.fromkeys(more, EVERYONE)
    return hidden
