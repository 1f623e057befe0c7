"""The words in which facts are written, in the order in which tables show them. Pure: no Django, no database."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

LIVE = "live"
#: What a provider counts of its own voluntary schemes, and no force of anybody: the source of its own releases.
OWN = "own"

UNKNOWN = "Unknown"
#: With a week ("at_risk:3"), the figure of how many were still open as it began.
AT_RISK = "at_risk"
#: 18+1: the 18 groups a person can name, and NS where they were asked and did not say (N1 to N4). An empty code is a
#: blank, or a word that nobody could read: also unknown, but for another reason.
NOT_STATED = "NS"
GROUP_OF_LETTER = {"W": "White", "B": "Black", "A": "Asian", "M": "Mixed", "O": "Other"}
SELF_CODES = (
    *("W1", "W2", "W3", "W9"),
    *("B1", "B2", "B9"),
    *("A1", "A2", "A3", "A4", "A9"),
    *("M1", "M2", "M3", "M9"),
    *("O2", "O9", NOT_STATED),
)
ETHNIC_GROUPS = (*GROUP_OF_LETTER.values(), UNKNOWN)
GENDERS = ("Male", "Female", "Other", UNKNOWN)
#: The age ranges of police.uk, and the lowest age of each but the first (domain 3.4).
AGE_BANDS = ("under 10", "10-17", "18-24", "25-34", "over 34")
_LOWEST = (10, 18, 25, 35)
#: A decision that sent nobody to a scheme, where the source can say so; an empty scheme is one that it cannot say.
NO_SCHEME = "none"
#: Of an imported row whose outcome is blank, and of one whose word the mapping does not know.
NOT_RECORDED, UNRECOGNISED = "not_recorded", "unrecognised"
#: Of a live case that was recorded and left open: it is no decision yet, and in no figure of decisions.
NOT_DECIDED = "not_decided"
RESULTS = ("completed", "not_completed", "")
#: How a referral to a voluntary scheme ended: police hear nothing after the referral.
NOT_TOLD = "not_told"
#: Weeks after a scheme should be over in which what came of it is still being written down: our own [unsure].
SPARE_WEEKS = 4


def self_group(code: str) -> str:
    """The 5+1 group of an 18+1 code; Unknown for NS and for none."""
    return GROUP_OF_LETTER.get(code[:1], UNKNOWN)


def age_band(age: int | None) -> str:
    """The range of AGE_BANDS in which ``age`` (whole years) falls; Unknown for None. ValueError below 0."""
    if age is None:
        return UNKNOWN
    if age < 0:
        raise ValueError(f"An age cannot be negative: {age}.")
    for band, (low, high) in zip(AGE_BANDS, pairwise((0, *_LOWEST, 1000)), strict=True):
        if low <= age < high:
            return band
    raise ValueError(f"Nobody is {age} years old.")


def told(row: Mapping[str, Any], name: str) -> str | int:
    """The sum ``name`` of a row of the report: a number, or the range that it is where a count in it was hidden."""
    return as_range(row[f"{name}_range"]) if f"{name}_range" in row else int(row[name])


def told_disposal(row: Mapping[str, Any], code: str) -> str | int:
    """How many considered rows had that outcome: a number or a range."""
    ranges = row.get("disposals_range", {})
    return as_range(ranges[code]) if code in ranges else int(row["disposals"].get(code, 0))


def as_range(bounds: Sequence[int | None]) -> str:
    """In words; an upper bound of None is one that nobody can say."""
    low, high = bounds
    return f"{low:,} or more" if high is None else f"{low:,} to {high:,}"
