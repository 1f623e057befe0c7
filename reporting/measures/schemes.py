"""Schemes beside each other: by name, each within the limits that chance gives for its size."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from referrals.models import SchemeVersion
from reporting.codes import LIVE, NO_SCHEME
from reporting.door import Audience, Leaving, leave
from reporting.measures import figures
from reporting.measures.declared import BY_NAME
from reporting.measures.dimensions import UNKNOWN
from reporting.measures.endings import endings
from reporting.measures.spread import FEWEST, spread

TOLD = ("offered_of_considered", "accepted", "started", "completed_in_time", "withdrawn_by_others", "still_open")
#: Those of which a funnel is drawn: who came, and who completed of everybody due.
SPREAD = ("started", "completed_in_time")


def schemes(force: Organisation, start: date, end: date) -> Leaving:
    """``schemes``: the rows of ``scheme_rows``; under each name of ``SPREAD`` what ``spread`` gives; ``endings``: what
    became of everybody referred, by week. Operational."""
    rows = scheme_rows(force, start, end, {})
    content = {
        **figures.about(force, start, end, LIVE),
        "schemes": rows,
        "measures": [figures.described(BY_NAME[name]) for name in TOLD],
        "endings": endings(force.pk, start, end, clock.today()),
        **{name: spread({row["scheme"]: _pair(row[name]) for row in rows}) for name in SPREAD},
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _pair(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["numerator"], row["denominator"]


def scheme_rows(
    force: Organisation, start: date, end: date, where: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Each scheme with the measures of ``TOLD`` and its places, by name: an order by rate would make a league table of
    chance. No rate under 10 people."""
    found: dict[str, dict[str, Any]] = {}
    for row in figures.compute(force, start, end, ("scheme",), where, TOLD, source=LIVE)["rows"]:
        if row["at"]:
            found.setdefault(row["at"]["scheme"], {})[row["measure"]] = without_small_rates(row)
    places = _places(force)
    return [
        {"scheme": name, "places": places.get(name), **measures}
        for name, measures in sorted(found.items())
        if name not in (NO_SCHEME, UNKNOWN)
    ]


def without_small_rates(row: dict[str, Any]) -> dict[str, Any]:
    """No rate where there are too few people."""
    few = row["denominator"] < FEWEST
    return row | ({"rate": None, "interval": None} if few else {}) | {"too_few": few}


def _places(force: Organisation) -> dict[str, int | None]:
    """Scheme -> how many people it takes at a time, by the version that holds today."""
    versions = SchemeVersion.objects.filter(scheme__force=force, valid_from__lte=clock.today()).order_by("valid_from")
    return {one.scheme.name[:50]: one.capacity for one in versions.select_related("scheme")}
