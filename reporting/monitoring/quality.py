"""What is doubtful in the figures: counted and shown, never dropped."""

from datetime import date
from typing import Any

from django.db.models import Sum

from reporting import codes
from reporting.facts.sources import Source
from reporting.models import UnrecognisedValue
from reporting.monitoring.cube import BOTH_ETHNICITIES, Cube
from reporting.monitoring.tables import Table


def data_quality(cube: Cube, source: Source, tables: list[Table]) -> dict[str, Any]:
    """Rows that break a rule, repeated rows, ethnicities that disagree, and tables of which no ratio can be made."""
    return {
        "rules": [rule_broken(code, words, cube) for code, words in source.quality.items()],
        # Of a source of counts the events of one row are alike, and none repeats another.
        "repeated_rows": 0 if source.counted else sum(counts.repeats for counts in cube.cells["quality",].values()),
        "ethnicity": ethnicities_compared(cube),
        "all_unknown": [table["by"] for table in tables if table["unknown_share"] == 1],
        "single_group": [table["by"] for table in tables[:4] if len(_known_groups(table)) == 1],
    }


def rule_broken(code: str, words: str, cube: Cube) -> dict[str, Any]:
    """How many rows, and how many of those considered, carry the mark of a rule."""
    marked = [counts for (marks,), counts in cube.cells["quality",].items() if code in str(marks).split()]
    return {
        "code": code,
        "words": words,
        "rows": sum(counts.rows for counts in marked),
        "considered": sum(counts.considered for counts in marked),
    }


def ethnicities_compared(cube: Cube) -> dict[str, int]:
    """Of all rows with both ethnicities known, in how many the person and the official disagree."""
    both = {
        groups: counts.rows for groups, counts in cube.cells[BOTH_ETHNICITIES].items() if codes.UNKNOWN not in groups
    }
    disagree = sum(rows for (own, official), rows in both.items() if own != official)
    return {"both_known": sum(both.values()), "disagree": disagree}


def unknown_values(force_id: int, source: str, start: date, end: date) -> dict[str, dict[str, int]]:
    """Column -> word of the file that its mapping does not know -> how often in the period, most frequent first."""
    found = UnrecognisedValue.objects.filter(
        batch__force_id=force_id, batch__source=source, happened_on__range=(start, end)
    )
    totals = found.values_list("column", "value").annotate(number=Sum("count")).order_by("column", "-number", "value")
    values: dict[str, dict[str, int]] = {}
    for column, value, number in totals:
        values.setdefault(column, {})[value] = number
    return values


def _known_groups(table: Table) -> list[str]:
    return [row["group"] for row in table["rows"] if row["considered"] and row["group"] != codes.UNKNOWN]
