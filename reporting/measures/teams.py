"""Teams beside each other, and one team with its officers: who was offered, and who completed. Never by ethnicity.

A single officer has so few people of each group that a rate of theirs would be chance, read as a fault of theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation, Team, User
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.measures import counting, figures
from reporting.measures.counting import NOBODY, Count
from reporting.measures.declared import BY_NAME
from reporting.measures.dimensions import UNKNOWN, Dimension
from reporting.measures.overview import FEWEST_FOR_A_RATE, HEADLINE, TEAM
from reporting.measures.spread import spread

#: What is told of a team and of an officer.
TOLD = ("eligible", HEADLINE, "offered", "accepted", "started", "completed_in_time")
#: What says besides what became of whoever was referred.
CAME_OF_IT = ("referred", "breached")
#: Who decided, whoever has the case now.
_OFFICER = "SELECT d.decided_by_id::text FROM cases_decision d WHERE d.case_id = f.case_id"
#: No dimension that can be asked for: by itself it splits nothing but what stands here.
OFFICER = Dimension("officer", "Officer", f"COALESCE(({_OFFICER}), '{UNKNOWN}')", live=True)

Row = dict[str, Any]


def teams(force: Organisation, start: date, end: date) -> Leaving:
    """Each team of ``force`` by name, and the whole force; operational and exact.

    ``teams`` and ``whole`` have of each measure of ``TOLD`` what ``figures`` gives; no rate under 10 people.
    ``no_offer``: people were considered, and nobody was offered anything. ``came_of_it``: how everybody referred stands
    today. ``spread``: teams beside the whole.
    """
    found = _count(force, start, end, [TEAM])
    rows = [{"team": name, **_told(counts)} for (name,), counts in sorted(found.cells.items())]
    pairs = {row["team"]: (row[HEADLINE]["numerator"], row[HEADLINE]["denominator"]) for row in rows}
    content = {
        **figures.about(force, start, end, LIVE),
        "teams": rows,
        "whole": _told(found.over([]).get((), {})),
        "measures": [figures.described(BY_NAME[name]) for name in TOLD],
        "spread": spread(pairs),
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def team(whose: Team, start: date, end: date, *, officer: User | None) -> Leaving:
    """One team, and its officers by name, or ``officer`` alone; operational and exact. Keys as in ``teams``."""
    force = whose.organisation
    found = _count(force, start, end, [OFFICER], {TEAM: [whose.name]})
    cells = {key: counts for (key,), counts in found.cells.items() if officer is None or key == str(officer.pk)}
    names = {str(one.pk): one.full_name for one in User.objects.filter(pk__in=[key for key in cells if key.isdigit()])}
    rows = [{"officer": names.get(key, UNKNOWN), "key": key, **_told(counts)} for key, counts in cells.items()]
    content = {
        **figures.about(force, start, end, LIVE),
        "team": whose.name,
        "whole": _told(found.over([]).get((), {})),
        "officers": sorted(rows, key=lambda row: str(row["officer"])),
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _count(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[Dimension],
    where: Mapping[Dimension, list[str]] | None = None,
) -> counting.Counted:
    return counting.count(
        force_id=force.pk,
        source=LIVE,
        start=start,
        end=end,
        measures=[BY_NAME[name] for name in (*TOLD, *CAME_OF_IT)],
        by=by,
        where=where,
        as_of=clock.today(),
    )


def _told(counts: Mapping[str, Count]) -> Row:
    rows = {name: _rate(counts.get(name, NOBODY)) for name in TOLD}
    headline = rows[HEADLINE]
    no_offer = bool(headline["denominator"]) and not headline["numerator"]
    return {**rows, "no_offer": no_offer, "came_of_it": _came_of_it(counts)}


def _came_of_it(counts: Mapping[str, Count]) -> dict[str, int]:
    """How everybody referred stands today, each in one way: so that nobody refers into silence."""
    referred = counts.get("referred", NOBODY).events
    started, kept = counts.get("started", NOBODY), counts.get("breached", NOBODY)
    told = started.people + started.pending  # of a voluntary scheme police hear nothing
    return {
        "referred": referred,
        "waiting": started.pending,
        "under_way": kept.pending - started.pending,
        "completed": kept.people - kept.events,
        "not_kept": kept.events,
        "declined_or_withdrawn": told - kept.people - kept.pending,
        "not_told": referred - told,
    }


def _rate(count: Count) -> Row:
    """As ``figures`` gives it; no rate where there are too few people."""
    few = count.people < FEWEST_FOR_A_RATE
    return figures.figures(count) | ({"rate": None, "interval": None, "upper_bound": None} if few else {})
