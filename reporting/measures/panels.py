"""What scrutiny panels found, by the year in which they met."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reporting.door import OPERATOR, Audience, Leaving, leave
from reporting.measures.needs import too_small
from reporting.models import PanelCase, PanelFinding
from reporting.suppression.thresholds import Mark

if TYPE_CHECKING:
    from diversion.accounts.models import Organisation, User

WAITING, SET_ASIDE = "waiting", "set_aside"


def yearly(force: "Organisation", *, exact: bool, by: "User | None" = OPERATOR) -> Leaving:
    """``rows``, the last year first: ``year``, ``cases``, ``found`` (a number of each finding), ``set_aside`` and
    ``waiting``; these add up to the cases.

    Counts of cases and no shares: each group of a sample was drawn at a rate of its own, so that a share would be of
    nobody. Unless ``exact``, numbers under 10 are marked [c], with the next smallest until together they are 10.
    """
    years: dict[int, dict[str, int]] = {}
    found = PanelCase.objects.filter(panel__force=force).values_list("panel__meets_on", "finding", "set_aside_at")
    for day, finding, set_aside_at in found:
        counts = years.setdefault(day.year, dict.fromkeys((*PanelFinding.values, SET_ASIDE, WAITING), 0))
        counts[finding or (SET_ASIDE if set_aside_at else WAITING)] += 1
    rows = [_row(year, counts, exact=exact) for year, counts in sorted(years.items(), reverse=True)]
    content: dict[str, Any] = {"force": force.name, "exact": exact, "rows": rows}
    return leave(content, audience=Audience.OPERATIONAL, force=force, by=by)


def _row(year: int, counts: Mapping[str, int], *, exact: bool) -> dict[str, Any]:
    hidden = frozenset() if exact else too_small(counts)
    cases = sum(counts.values())
    told = {name: str(Mark.SUPPRESSED) if name in hidden else number for name, number in counts.items()}
    return {
        "year": year,
        "cases": cases if exact or len(hidden) < len(counts) else str(Mark.SUPPRESSED),
        "found": {name: told[name] for name in PanelFinding.values},
        SET_ASIDE: told[SET_ASIDE],
        WAITING: told[WAITING],
    }
