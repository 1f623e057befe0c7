"""A release as a workbook, from its document alone: whoever opens it finds what the document shows, and no more."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from diversion.design_system.workbooks import Cell, Sheet, workbook
from reporting.door import Audience, Leaving, checked
from reporting.releases import telling
from reporting.releases.looking import At, looked_at, places
from reporting.suppression.family import Key, key

NOTES = (
    "[c]: hidden to protect people. It says nothing about how large the number is.",
    "[x]: not available, or too few people for a rate.",
    "[z]: nobody.",
    "All: everybody in the other groups of the row, those whose group is hidden among them.",
    "A rate is a percentage of the count before it, made of shown counts only; beside it its 95% interval (Wilson).",
    "The rate of a scheme or resolution is a percentage of everybody in the group of its row who accepted.",
    "A ratio is one rate divided by another, made of shown counts only; beside it its 95% interval (Katz).",
    "A difference between groups is no finding of its cause.",
)
ALL = "All"
#: Of each count of a row.
COLUMNS = ("", ", rate", ", rate from", ", rate to")
#: In a revision, besides: what was told first. It stands where the new count is hidden.
FIRST = ", as first told"
RATIO_COLUMNS = (
    *("Group", "Compared with", "Rate", "Events of the group", "People of the group"),
    *("Events of those compared with", "People of those compared with", "Ratio", "Ratio from", "Ratio to"),
)
Cells = Mapping[Key, Mapping[str, Any]]


def as_xlsx(document: Leaving, *, made_at: datetime) -> bytes:
    """The tables of ``document`` on a sheet each, and its ratios; ``made_at``: when it was released."""
    checked(document, Audience.SHARED, Audience.PUBLISHED)
    cells, rates = telling.cells_of(document), telling.rates_of(document)
    sheets = [_sheet(number, tables, cells, rates) for number, tables in looked_at(document).items()]
    ratios = [_ratio(one, cells) for one in document.get("ratios", [])]
    return workbook(
        title=str(document["name"]),
        marking=f"Audience: {checked(document).audience}",
        about=[f"{row['key']}: {row['value']}" for row in telling.about(document)],
        notes=NOTES,
        sheets=[*sheets, *([Sheet("ratios", "Ratios of rates", RATIO_COLUMNS, ratios)] if ratios else [])],
        made_at=made_at,
    )


def _sheet(number: str, tables: Sequence[Mapping[str, Any]], cells: Cells, rates: Cells) -> Sheet:
    dimensions = tables[0]["dimensions"]
    names = [str(telling.COUNTS.get(table["of"], table["of"])) for table in tables]
    columns = (*COLUMNS, FIRST) if _is_revised(tables) else COLUMNS
    header = [*dimensions, *(f"{name}{what}" for name in names for what in columns)]
    rows = [_row(at, tables, cells, rates) for at in places(tables)]
    return Sheet(f"table_{number}", telling.title(tables), header, rows)


def _row(at: At, tables: Sequence[Mapping[str, Any]], cells: Cells, rates: Cells) -> list[Cell]:
    row: list[Cell] = [telling.group_words(name, at[name]) if name in at else ALL for name in tables[0]["dimensions"]]
    for table in tables:
        place = key(table["measure"], at)
        rate = rates.get(place, {})
        low, high = rate.get("interval", ("[x]", "[x]"))
        cell = cells.get(place, {})
        row += [_shown(cell), _shown(rate), low, high, *([cell.get("first", "[x]")] if _is_revised(tables) else [])]
    return row


def _is_revised(tables: Sequence[Mapping[str, Any]]) -> bool:
    return any("revises" in table for table in tables)


def _shown(cell: Mapping[str, Any]) -> Cell:
    """The value that is shown, or its mark."""
    value = cell.get("value")
    return str(cell.get("mark", "[x]")) if value is None else value


def _ratio(one: Mapping[str, Any], cells: Cells) -> list[Cell]:
    low, high = telling.interval_of_ratio(one, cells) or ("[x]", "[x]")
    counts = [_shown(cell) for cell in telling.counts_of_ratio(one, cells)]
    return [*telling.ratio_words(one), *counts, _shown(one), low, high]
