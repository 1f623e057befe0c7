"""The tables of the report: every group in its fixed order, those with nobody in them too."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from reporting import codes
from reporting.facts.sources import Source
from reporting.monitoring.cube import ZERO, Counts, Cube
from reporting.statistics.intervals import wilson

#: The tables in order: name in report.json, column of the facts.
TABLES = (
    ("ethnicity_self_defined", "ethnicity_self_group"),
    ("ethnicity_officer_defined", "ethnicity_officer_group"),
    ("age_band", "age_band"),
    ("gender", "gender"),
    ("month", "month"),
    ("scheme", "scheme"),
)

Table = dict[str, Any]


def tables(cube: Cube, source: Source, start: date, end: date) -> list[Table]:
    """Every table of the report; the self-defined one carries the 18+1 codes under ``detail``."""
    found = [table(name, cube, column, groups(name, cube, source, start, end), source) for name, column in TABLES]
    detail = table("ethnicity_self_code", cube, "ethnicity_self_code", (*codes.SELF_CODES, ""), source)
    found[0]["detail"] = [row | {"of": codes.self_group(row["group"])} for row in detail["rows"]]
    return found


def groups(name: str, cube: Cube, source: Source, start: date, end: date) -> Sequence[str]:
    """The groups of a table, in order."""
    if name == "month":
        return months(start, end)
    if name == "scheme":
        seen = {str(group) for group, _, _ in cube.by_disposal("scheme")}
        return [*sorted(seen - {"", codes.NO_SCHEME}), *sorted(seen & {codes.NO_SCHEME}), ""]
    if name == "age_band":
        return (*source.age_bands, "Unknown")
    return codes.GENDERS if name == "gender" else codes.ETHNIC_GROUPS


def months(start: date, end: date) -> list[str]:
    """``2019-06`` for each month that has a day of the period in it."""
    first, last = start.year * 12 + start.month - 1, end.year * 12 + end.month - 1
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in range(first, last + 1)]


def table(name: str, cube: Cube, column: str, order: Sequence[str], source: Source) -> Table:
    """One table: a row for each group, their total, and the share of the considered whose group is not known."""
    cells: dict[str, dict[str, Counts]] = {group: {} for group in order}
    for group, disposal, counts in cube.by_disposal(column):
        cells.setdefault(_label(group), {})[disposal] = counts
    rows = [counted(_shown(group, column), cells[group], source) for group in cells]
    total = counted("Total", sum_over(cells.values()), source)
    unknown = sum(row["considered"] for row in rows if row["group"] == codes.UNKNOWN)
    return {
        "by": name,
        "rows": rows,
        "total": total,
        "unknown_share": unknown / total["considered"] if total["considered"] else None,
    }


def counted(group: str, cells: dict[str, Counts], source: Source) -> dict[str, Any]:
    """One row: ``rate`` and ``interval`` (Wilson, 95%) are null where nobody was considered."""
    considered = sum(counts.considered for counts in cells.values())
    diverted = sum(counts.diverted for counts in cells.values())
    interval = wilson(diverted, considered)
    others = sorted(code for code, counts in cells.items() if counts.considered and code not in source.disposals)
    return {
        "group": group,
        "considered": considered,
        "diverted": diverted,
        "rate": diverted / considered if considered else None,
        "interval": list(interval) if interval else None,
        "disposals": {code: cells.get(code, ZERO).considered for code in (*source.disposals, *others)},
        "not_considered": sum(counts.rows - counts.considered for counts in cells.values()),
    }


def sum_over(groups: Iterable[dict[str, Counts]]) -> dict[str, Counts]:
    """Disposal -> counts, over all groups."""
    total: dict[str, Counts] = {}
    for cells in groups:
        for disposal, counts in cells.items():
            pairs = zip(total.get(disposal, ZERO), counts, strict=True)
            total[disposal] = Counts(*(before + more for before, more in pairs))
    return total


def _label(group: object) -> str:
    return f"{group:%Y-%m}" if isinstance(group, date) else str(group)


def _shown(group: str, column: str) -> str:
    """A scheme that the source cannot name is Unknown; so is an empty 18+1 code, which stands beside NS, not stated."""
    return group or codes.UNKNOWN
