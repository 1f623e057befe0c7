"""Dip samples of who was left out: drawn by a seed from each group alike, and what was found of them, by group."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cases.models import Case
from diversion.accounts.models import Organisation
from diversion.unit_of_work import as_service
from reporting.door import Audience, Leaving, leave
from reporting.measures import NoMeasure, coverage, figures
from reporting.measures.behind import case_ids
from reporting.measures.dimensions import BY_NAME
from reporting.measures.overview import Question
from reporting.models import DipSample, DipSampleItem
from reporting.statistics.sampling import drawn, place

Of = DipSample.Of
#: The figures of the pages whose cases are drawn from.
FIGURES = {Of.NOT_OFFERED: "offered_of_considered:without", Of.OFFERED: "offered_of_considered:with"}


def draw(force: Organisation, asked: Question, *, of: str, seed: str, size: int) -> Leaving:
    """Of each group of ``asked.by`` up to ``size`` of those left out, or offered something; operational and exact.

    ``strata`` has each group in which there is anybody, with ``people`` and how many were ``drawn``; ``items`` has
    ``group`` and ``pk`` of each, in the order of the seed and not by group, so that who looks is not told the group
    first. NoMeasure where the extract cannot tell whom nobody considered.
    """
    names = _not_considered(force, asked) if of == Of.NOT_CONSIDERED else _decided(force, asked, FIGURES[Of(of)])
    strata, items = [], []
    for group, people in names.items():
        chosen = drawn(seed, people, size)
        strata.append({"group": group, "people": len(people), "drawn": len(chosen)})
        items += [(place(seed, name), {"group": group, "pk": people[name]}) for name in chosen]
    content = figures.about(force, asked.start, asked.end, asked.source) | {
        "strata": strata,
        "items": [item for _place, item in sorted(items, key=lambda one: one[0])],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


Names = dict[str, dict[str, int]]


def _decided(force: Organisation, asked: Question, figure: str) -> Names:
    """Group -> reference and key of its cases of which ``figure`` tells."""
    groups = asked.where.get(asked.by) or BY_NAME[asked.by].order
    found = {}
    for group in groups:
        one = replace(asked, where={**asked.where, asked.by: [group]})
        ids = case_ids(force, one, figure=figure)
        found[group] = dict(Case.objects.filter(pk__in=ids or []).values_list("reference", "pk"))
    return {group: names for group, names in found.items() if names}


def _not_considered(force: Organisation, asked: Question) -> Names:
    """Group -> crime number with key of the person, and key, of its suspects whom nobody considered."""
    if asked.by not in coverage.BY or asked.where:
        raise NoMeasure("The outcome extract does not tell this: take the filters off, or compare by another group.")
    column, order = coverage.BY[asked.by]
    suspects, considered, _doubtful = coverage.matched(force, asked.start, asked.end)
    rest = [one for one in suspects if one.pk not in considered]
    found = {group: {coverage.name_of(one): one.pk for one in rest if getattr(one, column) == group} for group in order}
    return {group: names for group, names in found.items() if names}


GONE = "gone"


@as_service()  # an analyst may read no case: whether it is still there is counted all the same
def told(sample: DipSample) -> Leaving:
    """Each stratum of ``sample`` with how many there were, were drawn, and were found how; operational and exact.

    What was drawn is found of, ``waiting``, or ``gone``: no longer there for anybody to find of. No sum over the
    groups: each was drawn at a rate of its own, so that a sum would be of nobody.
    """
    found: dict[tuple[str, str], int] = {}
    read = ("case__withdrawals", "case__rescissions")
    items = sample.items.select_related("suspect", "case__decision").prefetch_related(*read)
    for item in items:
        what = item.group, GONE if item.is_gone else item.finding
        found[what] = found.get(what, 0) + 1
    content = figures.about(sample.force, sample.start, sample.end, "live") | {
        "by_words": BY_NAME[sample.by].words,
        "strata": [_stratum(one, found) for one in sample.drawn_from],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=sample.force)


def _stratum(one: Mapping[str, Any], found: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    findings = {name: found.get((one["group"], name), 0) for name in DipSampleItem.Finding.values}
    return {
        **one,
        "findings": findings,
        "waiting": found.get((one["group"], ""), 0),
        GONE: found.get((one["group"], GONE), 0),
    }
