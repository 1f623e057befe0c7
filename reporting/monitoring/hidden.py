"""Counts that a publisher hid, in the tables of the report: every sum over one of them is a range, without a rate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reporting import codes
from reporting.models import SuppressedCount
from reporting.monitoring.tables import TABLES, Table

#: The sums of a row that a hidden count may be part of.
SUMS = ("rows", "considered", "diverted", "not_considered")


@dataclass(frozen=True)
class Cell:
    """A hidden count: the ``sums`` it is part of, from ``low`` to ``high`` (None: nobody can say)."""

    at: dict[str, str]  # column -> group
    sums: frozenset[str]
    disposal: str
    low: int
    high: int | None


def hidden_counts(force_id: int, source: str, start: date, end: date) -> list[Cell]:
    """The hidden counts of the period, both days included."""
    found = SuppressedCount.objects.filter(
        force_id=force_id, source=source, happened_on__range=(start, end), replaced_by=None
    )
    return [_cell(one) for one in found.iterator()]


def _cell(one: SuppressedCount) -> Cell:
    columns = [*(column for _, column in TABLES), "ethnicity_self_code"]
    at = {column: str(getattr(one, column)) or codes.UNKNOWN for column in columns}
    sums = {"rows", "considered" if one.considered else "not_considered"} | ({"diverted"} if one.diverted else set())
    return Cell(at | {"month": f"{one.month:%Y-%m}"}, frozenset(sums), one.disposal, one.low, one.high)


def with_ranges(tables: Iterable[Table], cells: Sequence[Cell]) -> list[Table]:
    """The tables, with ranges in the rows that have a hidden count in them."""
    if not cells:
        return list(tables)
    column_of = dict(TABLES)
    found = []
    for table in tables:
        rows = [spread(row, _within(cells, column_of[table["by"]], row["group"])) for row in table["rows"]]
        new = table | {"rows": rows, "total": spread(table["total"], cells)}
        if any("considered" in cell.sums for cell in cells):
            new["unknown_share"] = None
        if "detail" in table:
            detail = [spread(row, _within(cells, "ethnicity_self_code", row["group"])) for row in table["detail"]]
            new["detail"] = detail
        found.append(new)
    return found


def _within(cells: Iterable[Cell], column: str, group: str) -> list[Cell]:
    return [cell for cell in cells if cell.at[column] == group]


def spread(row: dict[str, Any], cells: Sequence[Cell]) -> dict[str, Any]:
    """A row with ``considered_range`` and the like, [low, high] with null for an open end; ``rate`` and ``interval``
    are null where what they are made of is not known."""
    new = dict(row)
    for name in SUMS:
        concerned = [cell for cell in cells if name in cell.sums]
        if concerned and name in row:
            new[f"{name}_range"] = _sum(row[name], concerned)
    if "considered_range" in new:  # the diverted are of the considered
        new |= {"rate": None, "interval": None}
        new["disposals_range"] = _by_disposal(row["disposals"], [cell for cell in cells if "considered" in cell.sums])
    return new


def _by_disposal(known: Mapping[str, int], cells: Sequence[Cell]) -> dict[str, list[int | None]]:
    """Outcome -> range, of each outcome with a hidden count in it."""
    hidden: dict[str, list[Cell]] = {}
    for cell in cells:
        hidden.setdefault(cell.disposal, []).append(cell)
    return {code: _sum(known.get(code, 0), concerned) for code, concerned in hidden.items()}


def outside(known: Mapping[str, int], cells: Iterable[Cell]) -> dict[str, list[int | None]]:
    """Outcome -> range, of those outside the rate."""
    return _by_disposal(known, [cell for cell in cells if "not_considered" in cell.sums])


def _sum(known: int, cells: Sequence[Cell]) -> list[int | None]:
    highs = [cell.high for cell in cells]
    return [
        known + sum(cell.low for cell in cells),
        None if None in highs else known + sum(high or 0 for high in highs),
    ]
