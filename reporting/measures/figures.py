"""The measures of a force and period, by up to three dimensions: counts, rates with their intervals, and times."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from statistics import median, quantiles
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.facts.selection import NoReport, check_period, choose_source, has_hidden_counts
from reporting.measures import confided, counting, declared, dimensions, needs
from reporting.measures.counting import NOBODY, Count, Counted, Place
from reporting.measures.declared import Measure
from reporting.measures.dimensions import Dimension
from reporting.measures.needs import NeedsCounted
from reporting.statistics.intervals import upper_bound_of_none, wilson
from reporting.suppression.thresholds import Mark


def compute(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[str] = (),
    where: Mapping[str, Iterable[str]] | None = None,
    measures: Sequence[str] | None = None,
    *,
    source: str | None = None,
    as_of: date | None = None,
) -> Leaving:
    """Every measure asked for, in each combination of ``by`` and in all its margins; operational, exact.

    One pass over the facts. ``where`` keeps the facts in the given groups: {"gender": ["Female"]}. ``as_of`` is the
    day at which follow-up ends (today). docs/measures.md, section 12, has the keys. NoMeasure or NoReport for what
    cannot be had.
    """
    name = source_of(force, start, end, source)
    if needs.asks_for_needs(measures, by):
        return _of_needs(force, start, end, by, where, measures, name)
    day = as_of or clock.today()
    measures, withheld = confided.told(force, start, end, by, where, measures, source=name, as_of=day)
    chosen, split, counted = counts(force, start, end, by, where, measures, source=name, as_of=day)
    rows = [row for kept in _margins(split) for row in _rows(counted, kept, chosen)]
    content = {
        **about(force, start, end, name),
        "by": [dimension.name for dimension in split],
        "where": {name: list(groups) for name, groups in (where or {}).items()},
        "facts": counted.facts,
        "withheld": withheld,
        "measures": [described(measure) for measure in chosen],
        "rows": list(map(confided.without_pending, rows)) if confided.is_confided(by) else rows,
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _of_needs(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[str],
    where: Mapping[str, Iterable[str]] | None,
    measures: Sequence[str] | None,
    source: str,
) -> Leaving:
    """The measures that count needs, in the one shape in which they are told. ``people``: those whose needs were
    reviewed at the start."""
    chosen, found = needs.count(force.pk, start, end, by, where, measures, source=source)
    content = {
        **about(force, start, end, source),
        "by": [dimension.name for dimension in found.split],
        "where": {},
        "people": found.reviewed,
        "withheld": sorted(frozenset().union(*map(found.withheld, chosen))),
        "measures": [described(measure) for measure in chosen],
        "rows": [row for kept in _margins(found.split) for row in _need_rows(found, kept, chosen)],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _need_rows(found: NeedsCounted, kept: Sequence[Dimension], chosen: Sequence[Measure]) -> list[dict[str, Any]]:
    """As ``_rows``; a row that would tell too much has its mark and no number."""
    cells = found.counted.over([dimension.name for dimension in kept])
    rows = []
    for place, measure in product(_places(cells, kept), chosen):
        row: dict[str, Any] = {"at": _at(kept, place), "measure": measure.name}
        if found.tells_too_much(kept, place, measure):
            rows.append(row | dict.fromkeys(figures(NOBODY)) | times(()) | {"mark": str(Mark.SUPPRESSED)})
        else:
            count = cells.get(place, {}).get(measure.name, NOBODY)
            rows.append(row | figures(count) | (times(count.days) if measure.days else {}))
    return rows


def counts(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[str],
    where: Mapping[str, Iterable[str]] | None,
    measures: Sequence[str] | None,
    *,
    source: str | None = None,
    as_of: date | None = None,
    most: int = dimensions.MOST_DIMENSIONS,
    over: Sequence[Sequence[str]] = (),
) -> tuple[tuple[Measure, ...], tuple[Dimension, ...], Counted]:
    """What ``compute`` counts, before any number is made of it: it stays inside the service."""
    name = source_of(force, start, end, source)
    live = name == LIVE
    split = dimensions.named(list(by), live=live, most=most)
    only = kept(where, live=live)
    asked = any(dimension.asked for dimension in (*split, *only))
    chosen = declared.named(None if measures is None else list(measures), live=live, asked=asked)
    counted = counting.count(
        force_id=force.pk,
        source=name,
        start=start,
        end=end,
        measures=chosen,
        by=split,
        where=only,
        as_of=as_of or clock.today(),
        over=over,
    )
    return chosen, split, counted


def kept(where: Mapping[str, Iterable[str]] | None, *, live: bool) -> dict[Dimension, Iterable[str]]:
    """The groups to which a question is confined, by dimension. NoMeasure where the source cannot tell one."""
    return {dimensions.one(key, live=live): groups for key, groups in (where or {}).items()}


def source_of(force: Organisation, start: date, end: date, source: str | None) -> str:
    """The source asked for, or the only one there is. NoReport where several could be meant."""
    check_period(start, end)
    name = choose_source(force, start, end, source).name
    if has_hidden_counts(force, name, start, end):
        raise NoReport(
            f"The source '{name}' has counts in this time that its publisher hid: no rate, ratio or release can be "
            "made over them. The monitoring report tells their sums as ranges; or choose a time without them."
        )
    return name


def about(force: Organisation, start: date, end: date, source: str) -> dict[str, Any]:
    """Whose figures, of which days, from where."""
    return {
        "force": force.slug,
        "force_name": force.name,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "source": source,
        "made_at": clock.now().isoformat(timespec="seconds"),
    }


def described(measure: Measure) -> dict[str, str]:
    """The measure in words, as it stands beside its figures."""
    return {
        "name": measure.name,
        "words": measure.words,
        "of": measure.of,
        "direction": str(measure.direction),
        "grade": measure.grade,
        "pending": measure.pending_words,
    }


def _margins(split: Sequence[Dimension]) -> list[tuple[Dimension, ...]]:
    return [kept for size in range(len(split) + 1) for kept in combinations(split, size)]


def _rows(counted: Counted, kept: Sequence[Dimension], chosen: Sequence[Measure]) -> list[dict[str, Any]]:
    cells = counted.over([dimension.name for dimension in kept])
    return [
        {"at": _at(kept, place), "measure": measure.name, **figures(cells.get(place, {}).get(measure.name, NOBODY))}
        | more(measure, cells.get(place, {}).get(measure.name, NOBODY))
        for place in _places(cells, kept)
        for measure in chosen
    ]


def more(measure: Measure, count: Count) -> dict[str, Any]:
    """What only some measures have: times, and of how many an extract ought to tell and does not."""
    found = times(count.days) if measure.days else {}
    return found | ({"not_found": count.not_found} if measure.followed else {})


def _places(cells: Mapping[Place, Any], kept: Sequence[Dimension]) -> list[Place]:
    """Each combination of groups that there is, in the order of the dimensions; everybody is one."""
    order = [dimensions.ordered(each, {place[at] for place in cells}) for at, each in enumerate(kept)]
    places = sorted(cells, key=lambda place: [order[at].index(group) for at, group in enumerate(place)])
    return places if kept else [()]


def _at(kept: Sequence[Dimension], place: Place) -> dict[str, str]:
    return {dimension.name: group for dimension, group in zip(kept, place, strict=True)}


def figures(count: Count) -> dict[str, Any]:
    """Numerator, denominator, rate and its Wilson interval (null where there is nobody), and who is pending.

    Where nobody of n had it, ``upper_bound`` is the one-sided 95% bound: there is no telling "never" from "not yet".
    """
    interval = wilson(count.events, count.people)
    bound = upper_bound_of_none(count.people) if count.people and not count.events else None
    return {
        "numerator": count.events,
        "denominator": count.people,
        "rate": count.events / count.people if count.people else None,
        "interval": list(interval) if interval else None,
        "upper_bound": bound,
        "pending": count.pending,
    }


def times(days: Sequence[int]) -> dict[str, Any]:
    """Median and quartiles (inclusive method) in days of those who had the event; null where nobody had."""
    if not days:
        return {"median": None, "quartiles": None}
    low, _, high = quantiles(days, n=4, method="inclusive") if len(days) > 1 else (days[0],) * 3
    return {"median": float(median(days)), "quartiles": [float(low), float(high)]}
