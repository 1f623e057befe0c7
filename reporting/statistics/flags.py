"""The one rule by which a difference is flagged: data, applied after the family's correction.

The absence of a flag is not the absence of a disparity, and no colour may say so.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log

from reporting.statistics.intervals import Interval


class Flag(StrEnum):
    """What the reader is asked to do."""

    INSUFFICIENT = "insufficient"
    NONE = "none"
    LOOK = "look"
    ACT = "act"


class Direction(StrEnum):
    """What the event is to the person. Declining an offer is a choice: neither."""

    BENEFIT = "benefit"
    HARM = "harm"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class FlagRule:
    """Thresholds of the flag. The defaults are the service's own proposal and a force may set others [unsure].

    ``look_below`` and ``look_above``: the four-fifths zone and its reciprocal, usual in Ministry of Justice practice.
    ``act_factor``: a ratio at least this far from 1, either way, whose interval also lies wholly outside the zone.
    Source: domain 4.2.
    """

    smallest_group: int = 30
    fewest_events: int = 5
    look_below: float = 0.80
    look_above: float = 1.25
    act_factor: float = 1.5
    false_discovery_rate: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.look_below <= 1 <= self.look_above or self.act_factor < 1:
            raise ValueError("A flag rule needs look_below <= 1 <= look_above, and act_factor of 1 or more.")

    def enough(self, a: int, n1: int, c: int, n2: int) -> bool:
        """Whether both groups and both counts of events are large enough to be compared at all."""
        return min(n1, n2) >= self.smallest_group and min(a, c) >= self.fewest_events


DEFAULT_RULE = FlagRule()


def flag(
    value: float | None, interval: Interval | None, adjusted_p: float | None, *, enough: bool, rule: FlagRule
) -> Flag:
    """Flag of one comparison, given its ratio, interval and p-value after Benjamini-Hochberg.

    ``enough`` is the rule's own verdict on the counts. Where ``adjusted_p`` is above the false discovery rate there is
    no flag, whatever the interval shows by itself.
    """
    if not enough or value is None or interval is None or adjusted_p is None or value <= 0:
        return Flag.INSUFFICIENT
    low, high = interval
    outside = value < rule.look_below or value > rule.look_above
    if adjusted_p > rule.false_discovery_rate or low <= 1 <= high or not outside:
        return Flag.NONE
    far = abs(log(value)) > log(rule.act_factor)
    return Flag.ACT if far and (high < rule.look_below or low > rule.look_above) else Flag.LOOK


def is_adverse(value: float | None, direction: Direction) -> bool | None:
    """Whether the ratio is to the group's disadvantage: below 1 for a benefit, above 1 for a harm; None otherwise."""
    if value is None or value == 1 or direction is Direction.NEITHER:
        return None
    return value < 1 if direction is Direction.BENEFIT else value > 1
