"""Who was left out, and why: not considered, not offered a resolution, or declined it, by group."""

from typing import Any

from diversion import clock
from diversion.accounts.models import Organisation
from reporting.codes import LIVE
from reporting.door import Audience, Leaving, leave
from reporting.measures import counting, coverage, figures
from reporting.measures.counting import NOBODY, Count
from reporting.measures.declared import BY_NAME, Measure
from reporting.measures.dimensions import BY_NAME as DIMENSIONS
from reporting.measures.dimensions import UNKNOWN, Dimension, ordered
from reporting.measures.overview import FEWEST_FOR_A_RATE, HEADLINE, Question
from reporting.measures.residents import beside_residents
from reporting.measures.schemes import without_small_rates
from reporting.statistics.flags import Direction


def _reason(name: str, column: str) -> Dimension:
    return Dimension(name, name, f"COALESCE(NULLIF(({column}), ''), '{UNKNOWN}')", live=True)


NOT_OFFERED = _reason(
    "not_offered_reason", "SELECT d.not_offered_reason FROM cases_decision d WHERE d.case_id = f.case_id"
)
DECLINED = _reason("declined_reason", "SELECT d.declined_reason FROM cases_decision d WHERE d.case_id = f.case_id")
HERE = "left_out"
NO_SHARE = {"share": None, "interval": None}
#: What is told -> why, and of whom. Somebody refused authority had no reason coded: they are among the unknown.
LEFT_OUT = {
    "not_offered": (NOT_OFFERED, f"({BY_NAME[HEADLINE].people}) AND NOT ({BY_NAME[HEADLINE].events})"),
    "declined": (DECLINED, f"({BY_NAME['declined'].people}) AND ({BY_NAME['declined'].events})"),
}


def reasons(force: Organisation, asked: Question) -> Leaving:
    """Of live decisions, each reason by the groups of ``asked.by``; operational and exact.

    ``not_offered`` and ``declined`` hold ``groups`` (name, people, and of how many), and ``rows``, the most frequent
    reason first, with the people of each group and their share of those of the group to whom it happened, with
    its Wilson interval (none under 10). ``coverage`` (section 14) is null where no extract tells of suspects, or not by
    this dimension. ``residents`` (section 14) is null where no census is imported, and where there is a filter.
    """
    content = {
        **figures.about(force, asked.start, asked.end, LIVE),
        "by": asked.by,
        "where": {name: list(groups) for name, groups in asked.where.items()},
        "coverage": _coverage(force, asked),
        "residents": None if asked.where else beside_residents(force, asked.start, asked.end),
        **{name: _by_reason(force, asked, name) for name in LEFT_OUT},
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _coverage(force: Organisation, asked: Question) -> dict[str, Any] | None:
    if asked.by not in coverage.BY or asked.where or not coverage.has_extract(force, asked.start, asked.end):
        return None
    found = coverage.coverage(force, asked.start, asked.end, asked.by)
    rows = [without_small_rates(row) for row in found["rows"]]
    return {**found, "rows": rows, "total": without_small_rates(found["total"])}


def _by_reason(force: Organisation, asked: Question, name: str) -> dict[str, Any]:
    dimension, people = LEFT_OUT[name]
    whole = BY_NAME[HEADLINE if name == "not_offered" else "declined"]
    split = DIMENSIONS[asked.by]
    found = counting.count(
        force_id=force.pk,
        source=LIVE,
        start=asked.start,
        end=asked.end,
        measures=[Measure(HERE, name, name, Direction.NEITHER, "our own", people=people), whole],
        by=(dimension, split),
        where=figures.kept(asked.where, live=True),
        as_of=clock.today(),
    )
    totals = {group: each for (group,), each in found.over([split.name]).items() if each[whole.name].people}
    groups = ordered(split, set(totals))
    happened = {group: totals[group][HERE].people for group in groups}
    numbers = {
        reason: {group: found.cells.get((reason, group), {}).get(HERE, NOBODY).people for group in groups}
        for (reason,) in found.over([dimension.name])
    }
    rows = [_row(reason, each, happened) for reason, each in numbers.items() if any(each.values())]
    return {
        "groups": [
            {"group": group, "people": happened[group], "of": totals[group][whole.name].people} for group in groups
        ],
        "rows": sorted(rows, key=lambda row: (-row["people"], row["reason"])),
    }


def _share(number: int, of: int) -> dict[str, Any]:
    found = figures.figures(Count(number, of))
    return {"share": found["rate"], "interval": found["interval"]}


def _row(reason: str, numbers: dict[str, int], happened: dict[str, int]) -> dict[str, Any]:
    enough = {group: happened[group] >= FEWEST_FOR_A_RATE for group in numbers}
    return {
        "reason": reason,
        "people": sum(numbers.values()),
        "groups": [
            {"group": group, "people": number, **(_share(number, happened[group]) if enough[group] else NO_SHARE)}
            for group, number in numbers.items()
        ],
    }
