"""What a release promises about small counts: numbers that a force or a statistician may set, and no code."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Shorthand in place of a number, as the Government Statistical Service writes it."""

    SUPPRESSED = "[c]"
    UNAVAILABLE = "[x]"
    TRUE_ZERO = "[z]"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Rules of one audience.

    threshold: counts from 1 to one below it are never shown, nor their complements.
    protection: each hidden count could, for all that is published, be anything in an interval at least this wide
        (highest minus lowest whole number); one below the threshold unless given.
    whole_groups: hide results that hold for all of a group, or for none of it, because they tell about each member;
        whole_groups_up_to limits this to groups of at most so many people (None: any size) [unsure].
    follows_none: hide the zeros that follow where it is hidden that none of a group have the result; a provider's own
        figures do, whose worst seat is that of police, who know everybody in the group.
    rounding: shown counts are rounded to this base (1: not rounded).
    rate_denominator, ratio_events: fewest people under a rate, fewest events in each count of a ratio.
    Sources: domain 4.3 (the Longitudinal Study's threshold of 10; SRS guidance on zeros and class disclosure).
    """

    name: str = "published"
    threshold: int = 10
    protection: int | None = None
    whole_groups: bool = True
    whole_groups_up_to: int | None = None
    follows_none: bool = False
    rounding: int = 1
    rate_denominator: int = 10
    ratio_events: int = 5

    def __post_init__(self) -> None:
        if self.threshold < 1 or self.rounding < 1:
            raise ValueError("The thresholds of a release need a smallest count and a rounding base of 1 or more.")
        if self.width < 1 and self.threshold > 1:
            raise ValueError("The protection must be 1 or more: an interval of one number hides nothing.")

    @property
    def width(self) -> int:
        """The narrowest interval allowed, highest minus lowest."""
        return self.threshold - 1 if self.protection is None else self.protection

    def is_small(self, count: int) -> bool:
        """Whether a count is too small to be shown. Zero is not: see ``whole_groups``."""
        return 0 < count < self.threshold

    def tells_of_everyone(self, part: int, group: int) -> bool:
        """Whether all or none of a group have the result, so that it is known of each member."""
        limit = self.whole_groups_up_to
        within = limit is None or group <= limit
        return self.whole_groups and group > 0 and within and part in (0, group)


PUBLISHED = Thresholds("published")
SHARED = Thresholds("shared")
