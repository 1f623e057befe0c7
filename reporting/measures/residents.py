"""Who was considered, beside who lives in the force's area: the weakest denominator, named for what it cannot show."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from diversion.accounts.models import Organisation
from reporting.codes import ETHNIC_GROUPS, LIVE, UNKNOWN
from reporting.measures import figures
from reporting.measures.overview import HEADLINE
from reporting.models import Population
from reporting.statistics.intervals import wilson
from reporting.statistics.ratios import conditional_exact, ratio

REFERENCE = "White"
#: Fewer events than that in either group make no ratio, as in a release (domain 4.3).
FEWEST_EVENTS = 5
CANNOT_SHOW = (
    "Residents are of every age, small children among them, and as they were at the census; groups differ in age.",
    "Whoever was considered may live elsewhere, and is then no resident. Somebody considered twice counts twice.",
    "A ratio to residents holds all that comes before a decision: where people are, what is reported, whom police see.",
    "For how decisions are made read what was offered, of those considered.",
)


def beside_residents(force: Organisation, start: date, end: date) -> dict[str, Any] | None:
    """Decisions recorded, by ethnic group, for each 1,000 residents of the latest census; None where none is imported.

    ``rows``: ``group``, ``residents``, ``considered``, ``per_1000`` with its Wilson ``interval``, and ``ratio`` to
    White residents with its exact ``ratio_interval`` (its upper end null where there is none); null for Unknown.
    """
    known = Population.objects.filter(force=force).order_by("year").last()
    if known is None:
        return None
    found = figures.compute(force, start, end, ["ethnicity"], measures=[HEADLINE], source=LIVE)
    considered = {row["at"]["ethnicity"]: row["denominator"] for row in found["rows"] if row["at"]}
    rows = [
        {"group": group, **_beside(considered.get(group, 0), residents), **_against(considered, group, known.groups)}
        for group in ETHNIC_GROUPS
        if (residents := known.groups.get(group)) is not None
    ]
    return {
        "title": known.title,
        "area": known.area,
        "year": known.year,
        "reference": REFERENCE,
        "rows": rows,
        "unknown": considered.get(UNKNOWN, 0),
        "cannot_show": [*CANNOT_SHOW, *known.notes],
    }


def _beside(considered: int, residents: int) -> dict[str, Any]:
    """More decisions than residents are possible: then there is no interval of a share."""
    share = considered / residents if residents else None
    ends = wilson(considered, residents) if residents and considered <= residents else None
    return {
        "residents": residents,
        "considered": considered,
        "per_1000": None if share is None else 1000 * share,
        "interval": [1000 * end for end in ends] if ends else None,
    }


def _against(considered: Mapping[str, int], group: str, residents: Mapping[str, int]) -> dict[str, Any]:
    a, n1, c, n2 = considered.get(group, 0), residents[group], considered.get(REFERENCE, 0), residents[REFERENCE]
    if group == REFERENCE or min(a, c) < FEWEST_EVENTS or not (n1 and n2):
        return {"ratio": None, "ratio_interval": None}
    return {"ratio": ratio(a, n1, c, n2), "ratio_interval": list(conditional_exact(a, n1, c, n2))}
