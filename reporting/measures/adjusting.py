"""The adjusted ratios of one comparison: by offence and history for everybody, by gravity and history where scored.

Gravity is scored by officers, of some cases and not of others. A stratum "not scored" would be a mixture of every
gravity and adjust for none, so the second ratio is of the people with a score only, beside their own crude ratio: what
the scores' absence does (scored against all) is then seen apart from what adjusting does. It is given where at least
half of the people in each of the two groups have a score; where a group is scored less often than that, the ratio
would speak for a part of it chosen by officers.
"""

from collections.abc import Callable, Sequence
from typing import Any

from reporting.measures.counting import NOBODY, Counted
from reporting.measures.dimensions import UNKNOWN
from reporting.statistics.disparity import REST, Comparison
from reporting.statistics.ratios import relative_rate
from reporting.statistics.stratified import (
    MANTEL_FLEISS,
    Stratum,
    compared,
    crude,
    mantel_fleiss,
    mantel_haenszel,
    ratio_homogeneity,
)

GRAVITY = "gravity"
STRATA = ("offence_group", "history")
GRAVITY_STRATA = (GRAVITY, "history")
BOTH = (STRATA, GRAVITY_STRATA)
DIMENSIONS = tuple(dict.fromkeys([*STRATA, *GRAVITY_STRATA]))
LEAST_SCORED = 0.5
#: An adjusted ratio of fewer than half of a group's people speaks for a part of it: our own limit for the warning.
LEAST_COMPARED = 0.5
Groups = tuple[str, ...]


def adjustments(counted: Counted, measure: str, dimension: str, one: Comparison) -> dict[str, Any]:
    """``adjusted`` and ``adjusted_for_gravity`` as they stand beside the crude ratio of ``one``."""
    everybody = strata_of(counted, measure, dimension, one, STRATA)
    scored = strata_of(counted, measure, dimension, one, GRAVITY_STRATA, lambda stratum: stratum[0] != UNKNOWN)
    return {"adjusted": {"by": list(STRATA), **_pooled(everybody)}, "adjusted_for_gravity": _by_gravity(scored, one)}


def strata_of(
    counted: Counted,
    measure: str,
    dimension: str,
    one: Comparison,
    strata: Sequence[str],
    keep: Callable[[Groups], bool] = lambda _: True,
) -> list[Stratum]:
    """(a, n1, c, n2) in each combination of the strata that is kept and in which there is anybody; unknown groups are
    compared with nobody."""
    found: dict[Groups, list[int]] = {}
    for (group, *stratum), counts in counted.over([dimension, *strata]).items():
        if not keep(tuple(stratum)):
            continue
        count, row = counts.get(measure, NOBODY), found.setdefault(tuple(stratum), [0, 0, 0, 0])
        if group == one.group:
            row[0], row[1] = row[0] + count.events, row[1] + count.people
        elif group == one.reference or (one.reference == REST and group != UNKNOWN):
            row[2], row[3] = row[2] + count.events, row[3] + count.people
    return [(a, n1, c, n2) for a, n1, c, n2 in found.values() if n1 or n2]


def _pooled(strata: Sequence[Stratum]) -> dict[str, Any]:
    pooled, same = mantel_haenszel(strata), ratio_homogeneity(strata)
    return {
        "ratio": pooled.value,
        "interval": list(pooled.interval) if pooled.interval else None,
        "strata": pooled.strata,
        "strata_used": pooled.strata_used,
        **_rests_on(strata),
        "homogeneity": {"statistic": same.statistic, "degrees": same.degrees, "p": same.p},
    }


def _rests_on(strata: Sequence[Stratum]) -> dict[str, Any]:
    """Of how many people a pooled ratio speaks, the crude ratio of those same people, and what to beware of."""
    a, n1, c, n2 = crude(compared(strata))
    _, people, _, reference_people = crude(strata)
    plain = relative_rate(a, n1, c, n2)
    return {
        "compared": n1,
        "compared_of": people,
        "reference_compared": n2,
        "reference_compared_of": reference_people,
        "crude_of_compared": plain.value,
        "crude_of_compared_interval": list(plain.interval) if plain.interval else None,
        "warnings": _warnings(strata, (n1, people), (n2, reference_people)),
    }


def _warnings(strata: Sequence[Stratum], *shares: tuple[int, int]) -> list[str]:
    found = []
    if compared(strata) and mantel_fleiss(strata) < MANTEL_FLEISS:
        found.append("The strata are sparse: too few people in each for the interval to be trusted.")
    if any(part < LEAST_COMPARED * whole for part, whole in shares):
        found.append("Fewer than half of the people of a group could be compared with anybody like them.")
    return found


def _by_gravity(strata: Sequence[Stratum], one: Comparison) -> dict[str, Any]:
    """Among those with a score; without a ratio, and the words why, where too few have one."""
    a, n1, c, n2 = crude(strata)
    told = {"by": list(GRAVITY_STRATA), "scored": n1, "people": one.n1, "reference_scored": n2}
    told |= {"reference_people": one.n2}
    if n1 < LEAST_SCORED * one.n1 or n2 < LEAST_SCORED * one.n2 or not n1 or not n2:
        words = f"Gravity was scored for {n1} of {one.n1} and {n2} of {one.n2} people: too few to adjust for it."
        return told | {"ratio": None, "words": words}
    plain = relative_rate(a, n1, c, n2)
    beside = {"crude_of_scored": plain.value, "crude_interval": list(plain.interval) if plain.interval else None}
    return told | beside | _pooled(strata)
