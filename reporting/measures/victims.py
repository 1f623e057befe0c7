"""Victims in figures: how long it took, whether they were told in time, and what they think, by what was decided."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

from cases.codes import VictimStance
from cases.rulebook import settings_of
from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.facts.sources import LIVE_SOURCE
from reporting.measures import figures
from reporting.measures.counting import NOBODY, Count
from reporting.measures.declared import Measure
from reporting.measures.declared_victims import NOTICES, TIMES, VICTIM_MEASURES
from reporting.measures.overview import FEWEST_FOR_A_RATE

#: Which rights: everybody's, and those of the shorter days apart from the others.
EVERY, ENHANCED, USUAL = "all", "enhanced", "usual"
UNWANTED = {"decision": "v.decision_unwanted", "end": "v.end_unwanted"}
_FROM = """FROM reporting_victimfact v JOIN reporting_fact f ON f.id = v.fact_id
    WHERE f.force_id = %(force)s AND f.source = %(source)s AND f.happened_on BETWEEN %(start)s AND %(end)s"""

Row = dict[str, Any]


def victims(force: Organisation, start: date, end: date) -> Leaving:
    """The victims of the decisions of ``force`` from ``start`` to ``end``; operational and exact.

    ``times`` has each measure of time; ``notices`` of each kind of rights each measure of telling, and how many want no
    updates (``unwanted``), who are in no rate. ``views`` counts each view by disposal, everybody last.
    """
    values = {"force": force.pk, "source": LIVE, "start": start, "end": end, "as_of": clock.today()}
    told = _counted(values)
    whole = told.get(EVERY, {})
    law = settings_of(force, clock.today())
    content = {
        **figures.about(force, start, end, LIVE),
        "victims": whole.get("victims", 0),
        "times": [_row(one, whole) for one in TIMES],
        "notices": [_notices(rights, told.get(rights, {})) for rights in (EVERY, ENHANCED, USUAL)],
        "days": {ENHANCED: law.victim_notice_days_enhanced, USUAL: law.victim_notice_days},
        "measures": [figures.described(one) for one in VICTIM_MEASURES],
        "views": _views(values),
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _row(measure: Measure, counts: Mapping[str, Any]) -> Row:
    """As ``figures`` gives it; no rate where there are too few victims."""
    found: Count = counts.get(measure.name, NOBODY)
    few = {"rate": None, "interval": None, "upper_bound": None} if found.people < FEWEST_FOR_A_RATE else {}
    return {"measure": measure.name, **figures.figures(found), **few, **figures.more(measure, found)}


def _notices(rights: str, counts: Mapping[str, Any]) -> Row:
    told = {one.name: _row(one, counts) for one in NOTICES}
    return {"rights": rights, **told, "unwanted": {name: counts.get(name, 0) for name in UNWANTED}}


def _counted(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Of everybody and of each kind of rights: how many, what wants no updates, and the count of each measure."""
    columns = ["count(*)", *(f"count(*) FILTER (WHERE {test})" for test in UNWANTED.values())]
    columns += [column for measure in VICTIM_MEASURES for column in _columns(measure)]
    rights = "CASE WHEN grouping(v.has_enhanced_rights) = 1 THEN NULL ELSE v.has_enhanced_rights END"
    sql = f"SELECT {rights}, {', '.join(columns)} {_FROM} GROUP BY GROUPING SETS ((), (v.has_enhanced_rights))"
    found: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for enhanced, *numbers in cursor:
            found[{None: EVERY, True: ENHANCED, False: USUAL}[enhanced]] = _named(numbers)
    return found


def _columns(measure: Measure) -> list[str]:
    events = f"({measure.people}) AND ({measure.events})"
    days = f"array_agg({measure.days}) FILTER (WHERE {events})" if measure.days else "NULL"
    return [*(f"count(*) FILTER (WHERE {test})" for test in (events, measure.people, measure.pending)), days]


def _named(numbers: Sequence[Any]) -> dict[str, Any]:
    first = ("victims", *UNWANTED)
    found: dict[str, Any] = dict(zip(first, numbers, strict=False))
    for place, measure in enumerate(VICTIM_MEASURES):
        events, people, pending, days = numbers[len(first) + 4 * place : len(first) + 4 * place + 4]
        found[measure.name] = Count(events, people, pending, tuple(days or ()))
    return found


def _views(values: Mapping[str, Any]) -> list[Row]:
    """Each disposal in the order of the catalogue, with how many of its victims think what."""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT f.disposal, v.view, count(*) {_FROM} GROUP BY 1, 2", values)
        for disposal, view, number in cursor:
            found.setdefault(disposal, {})[view] = number
    order = {code: place for place, code in enumerate(LIVE_SOURCE.words.disposals)}
    rows = [
        _view_row(code, found[code]) for code in sorted(found, key=lambda code: (order.get(code, len(order)), code))
    ]
    whole = {view: sum(each.get(view, 0) for each in found.values()) for view in VictimStance.values}
    return [*rows, _view_row(EVERY, whole)] if rows else []


def _view_row(disposal: str, views: Mapping[str, int]) -> Row:
    words = LIVE_SOURCE.words.disposals.get(disposal, disposal)
    each = {view: views.get(view, 0) for view in VictimStance.values}
    return {"disposal": disposal, "words": words, "views": each, "victims": sum(each.values())}
