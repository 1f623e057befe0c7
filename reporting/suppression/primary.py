"""Which counts must not be known, and why."""

from reporting.suppression.family import Family
from reporting.suppression.thresholds import Thresholds

SMALL = "small count"
EVERYONE = "tells of everyone in the group"
STILL_HIDDEN = "hidden in an earlier release"


def sensitive(family: Family, thresholds: Thresholds) -> dict[int, str]:
    """Positions of cells that need protection, each with its reason; cells nobody prints are among them.

    Small counts, complements too; results that hold for all or none of a group, together with the zeros beside them.
    A zero of a group in which there is nobody tells of nobody and stays.
    """
    found = {index: SMALL for index, value in enumerate(family.values) if thresholds.is_small(int(value))}
    for equation in family.equations:
        if not equation.splits_result:
            continue
        group = int(family.values[equation.total])
        parts = [int(family.values[part]) for part in equation.parts]
        if not any(part == group and thresholds.tells_of_everyone(part, group) for part in parts):
            continue
        for index in equation.parts:
            found.setdefault(index, EVERYONE)
    return found
