"""Who is treated differently: every measure, by each dimension, against a reference and against the rest."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import product
from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.measures import adjusting, confided, figures
from reporting.measures.counting import NOBODY, Count, Counted
from reporting.measures.declared import Measure, NoMeasure
from reporting.measures.dimensions import BY_NAME, UNKNOWN, ordered
from reporting.statistics.disparity import REST, Comparison, against_reference, against_rest, judge
from reporting.statistics.flags import DEFAULT_RULE, Direction, FlagRule, is_adverse
from reporting.statistics.power import detectable_ratio
from reporting.statistics.trend import overall
from reporting.statistics.unknown import bounds, unknown_share

DEFAULT_BY = ("ethnicity", "ethnicity_apart", "gender", "age_band")
OFFICER = "ethnicity_officer"
REFERENCE = "the reference"
NOTES = (
    "Offence, gravity and history are police decisions themselves: adjusting for them can hide what they carry.",
    "No flag is not the absence of a disparity, and a disparity is not by itself evidence of bias.",
    "The adjusted ratio stands beside the crude one and does not replace it.",
    "Adjusted for gravity: of the people with a score only, and only where at least half of each group have one.",
)
Judged = tuple[Measure, str, Comparison]


def disparity(
    force: Organisation,
    start: date,
    end: date,
    by: Sequence[str] = DEFAULT_BY,
    measures: Sequence[str] | None = None,
    *,
    references: Mapping[str, str] | None = None,
    where: Mapping[str, Iterable[str]] | None = None,
    source: str | None = None,
    rule: FlagRule = DEFAULT_RULE,
    as_of: date | None = None,
) -> Leaving:
    """Every comparison, operational and exact; docs/measures.md, section 13, has the keys.

    One statement. The other side of a measure stands here only where it is named: it would be the same
    comparison twice. ``references``: {dimension: group}; else each dimension's own. ``where``: as in ``compute``. The
    family that is corrected together is every comparison of one kind in the answer, and its size stands with it.
    """
    if len(set(by)) != len(by):
        raise NoMeasure(f"Name each dimension once: {', '.join(by)} would count the same comparisons twice.")
    name = figures.source_of(force, start, end, source)
    # In strata, and of those with a score, what one person told a provider would stand by itself.
    adjusted = name == LIVE and not confided.is_confided(by)
    day = as_of or clock.today()
    measures, withheld = confided.told(force, start, end, by, where, measures, source=name, as_of=day)
    split = list(dict.fromkeys([*by, OFFICER, *(adjusting.DIMENSIONS if adjusted else ())]))
    strata = adjusting.BOTH if adjusted else ()
    tables = [[OFFICER], *([each] for each in by), *([each, *beside] for each in by for beside in strata)]
    chosen, _, counted = figures.counts(
        force, start, end, split, where, measures, source=name, as_of=day, most=len(split), over=tables
    )
    rates = [measure for measure in chosen if not measure.days and (measures or not measure.other_side_of)]
    told = {dimension: (references or {}).get(dimension, BY_NAME[dimension].reference) for dimension in split}
    compared = _compared(rates, by, counted, told, rule, adjusted=adjusted)
    content = {
        **figures.about(force, start, end, name),
        "adjusted_for": [list(strata) for strata in adjusting.BOTH] if adjusted else [],
        "rule": asdict(rule),
        "notes": list(NOTES),
        "withheld": withheld,
        "measures": [figures.described(measure) for measure in rates],
        **compared,
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _compared(
    rates: Sequence[Measure],
    by: Sequence[str],
    counted: Counted,
    references: Mapping[str, str],
    rule: FlagRule,
    *,
    adjusted: bool,
) -> dict[str, Any]:
    """Every comparison, judged within its family, as tables: one for each measure and dimension."""
    kinds = {
        "against_reference": _with_reference(rates, by, counted, references),
        "against_rest": _rest(rates, by, counted),
    }
    judged = {kind: _judged(family, rule) for kind, family in kinds.items()}
    return {
        "family_size": {kind: _size(family) for kind, family in judged.items()},
        "tables": [
            _table(measure, dimension, references[dimension], counted, judged, adjusted=adjusted)
            for measure, dimension in product(rates, by)
        ],
    }


def _size(family: Sequence[Judged]) -> int:
    """How many comparisons were corrected together."""
    return max((one.family_size for *_, one in family), default=0)


def pairs(counted: Counted, dimension: str, measure: str) -> dict[str, Count]:
    """Group -> its counts, in the order in which tables show them; unknown groups too."""
    cells = counted.over([dimension])
    order = ordered(BY_NAME[dimension], {group for (group,) in cells})
    return {group: cells[group,].get(measure, NOBODY) for group in order}


def _known(counts: Mapping[str, Count]) -> dict[str, tuple[int, int]]:
    """Events and people of each group whose name is known and in which there is anybody."""
    return {group: (one.events, one.people) for group, one in counts.items() if group != UNKNOWN and one.people}


def _with_reference(
    rates: Sequence[Measure], by: Sequence[str], counted: Counted, references: Mapping[str, str]
) -> list[Judged]:
    found: list[Judged] = []
    for measure in rates:
        for dimension in by:
            known = _known(pairs(counted, dimension, measure.name))
            if references[dimension] in known:
                found += [(measure, dimension, one) for one in against_reference(known, references[dimension])]
    return found


def _rest(rates: Sequence[Measure], by: Sequence[str], counted: Counted) -> list[Judged]:
    return [
        (measure, dimension, one)
        for measure in rates
        for dimension in by
        if len(known := _known(pairs(counted, dimension, measure.name))) > 1
        for one in against_rest(known)
    ]


def _judged(family: Sequence[Judged], rule: FlagRule) -> list[Judged]:
    """Corrected and flagged as one family; whether a ratio is adverse depends on each measure's own direction."""
    verdicts = judge([one for *_, one in family], Direction.NEITHER, rule, _names(family))
    return [
        (measure, dimension, replace(one, adverse=is_adverse(one.rate.value, measure.direction)))
        for (measure, dimension, _), one in zip(family, verdicts, strict=True)
    ]


def _names(family: Sequence[Judged]) -> list[Hashable]:
    """One name for each comparison, the same for those that compare the same people in the same respect.

    A group against everyone else is the same in a coarse and a fine form of one dimension; where there are two groups,
    each one's rest is the other; and what one measure counts as the event may be all that another does not.
    """
    groups: dict[tuple[str, str], set[str]] = {}
    for measure, dimension, one in family:
        groups.setdefault((measure.name, dimension), set()).add(one.group)
    return [_name(*each, groups[each[0].name, each[1]]) for each in family]


def _name(measure: Measure, dimension: str, one: Comparison, groups: set[str]) -> Hashable:
    """Counts stand in the name: forms of one dimension whose groups differ in a single person are different."""
    other = one.reference
    if other == REST and len(groups) == 2:
        (other,) = groups - {one.group}
    group, other = (REFERENCE if each == BY_NAME[dimension].reference else each for each in (one.group, other))
    a, c = (one.n1 - one.a, one.n2 - one.c) if measure.complement_of else (one.a, one.c)
    sides = frozenset({(group, a, one.n1), (other, c, one.n2)})
    return measure.complement_of or measure.name, BY_NAME[dimension].kin or dimension, sides


def _table(
    measure: Measure,
    dimension: str,
    reference: str,
    counted: Counted,
    judged: Mapping[str, Sequence[Judged]],
    *,
    adjusted: bool,
) -> dict[str, Any]:
    counts = pairs(counted, dimension, measure.name)
    unknown = counts.get(UNKNOWN, NOBODY)
    total = sum(counts.values(), NOBODY)
    table = {
        "measure": measure.name,
        "by": dimension,
        "reference": reference,
        "groups": [_group(dimension, group, one, measure) for group, one in counts.items()],
        "overall": asdict(overall(list(_known(counts).values()))),
        "unknown": {"events": unknown.events, "people": unknown.people, "of": total.people},
        "unknown_share": unknown_share(unknown.people, total.people),
        "unknown_share_of_events": unknown_share(unknown.events, total.events),
    }
    for kind, family in judged.items():
        mine = [one for owner, split, one in family if owner is measure and split == dimension]
        table[kind] = [_row(one, counted, measure, dimension, unknown, adjusted=adjusted) for one in mine]
    if not table["against_reference"]:
        table["words"] = f"Nobody to compare with: no group but '{reference or 'a reference'}', or nobody in it."
    if BY_NAME[dimension].kin == "ethnicity":
        table["officer_defined"] = _officer_defined(counted, measure)
    return table


def _group(dimension: str, group: str, count: Count, measure: Measure) -> dict[str, Any]:
    row = {"group": group, **figures.figures(count), **figures.more(measure, count)}
    return confided.without_pending(row) if confided.is_confided([dimension]) else row


def _row(
    one: Comparison, counted: Counted, measure: Measure, dimension: str, unknown: Count, *, adjusted: bool
) -> dict[str, Any]:
    row = told(one)
    if adjusted:
        row |= adjusting.adjustments(counted, measure.name, dimension, one)
    worst = bounds(one.a, one.n1, one.c, one.n2, unknown.events, unknown.people)
    return row | {"unknown": {"low": worst.low, "high": worst.high, "could_reverse": worst.could_reverse}}


def told(one: Comparison) -> dict[str, Any]:
    """One comparison as plain JSON: the crude ratio with both intervals, the difference, the test and the flag."""
    return {
        "group": one.group,
        "reference": one.reference,
        "events": one.a,
        "people": one.n1,
        "reference_events": one.c,
        "reference_people": one.n2,
        "rate": one.a / one.n1 if one.n1 else None,
        "reference_rate": one.c / one.n2 if one.n2 else None,
        "ratio": one.rate.value,
        "interval": list(one.rate.interval) if one.rate.interval else None,
        "exact_interval": list(one.exact) if one.exact else None,
        "words": one.rate.words,
        "upper_bound": one.rate.upper_bound,
        "difference": one.difference,
        "difference_interval": list(one.difference_interval) if one.difference_interval else None,
        "test": one.test.test,
        "p": one.test.p,
        "adjusted_p": one.adjusted_p,
        "family_size": one.family_size,
        "flag": str(one.flag),
        "adverse": one.adverse,
        "detectable": _detectable(one),
    }


def _detectable(one: Comparison) -> list[float | None]:
    """The ratios nearest to 1, below and above it, that groups of these sizes would show in four cases of five."""
    rate = one.c / one.n2 if one.n2 else 0.0
    return [detectable_ratio(one.n1, one.n2, rate, above=above) for above in (False, True)]


def _officer_defined(counted: Counted, measure: Measure) -> list[dict[str, Any]]:
    """The same by the ethnicity that officers recorded: beside it, secondary, in a family of its own."""
    known = _known(pairs(counted, OFFICER, measure.name))
    reference = BY_NAME[OFFICER].reference
    if reference not in known:
        return []
    return [told(one) for one in judge(against_reference(known, reference), measure.direction)]
