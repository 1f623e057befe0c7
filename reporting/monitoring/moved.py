"""What moved between two kept reports of one source: the share of each group, then and now."""

from collections.abc import Mapping
from typing import Any

from diversion.accounts.models import Organisation
from reporting.door import Audience, Leaving, checked, leave
from reporting.statistics.disparity import Comparison, compare
from reporting.statistics.significance import benjamini_hochberg

#: What fits on one page: who people are, and not each month or scheme.
TABLES = ("ethnicity_self_defined", "gender", "age_band")
#: Fewer people than that have no share on a page (domain 4.3).
FEWEST = 10
TOTAL = "Total"
BEYOND_CHANCE = 0.05

Row = Mapping[str, Any]
Counts = tuple[int, int]


def moved(force: Organisation, report: Leaving, before: Leaving) -> Leaving:
    """``report`` beside ``before``, whose days must not overlap with its own; operational and exact.

    ``tables`` has ``by`` and ``rows``: of each group ``before`` (its numbers then), ``change`` of the share (``report``
    less ``before``), Newcombe's ``interval``, and ``beyond_chance`` by Benjamini–Hochberg over all ``compared``. Change
    and interval are null of fewer than 10 people in either, and where the source hid a count. ValueError for days
    that overlap.
    """
    now, then = checked(report, Audience.OPERATIONAL), checked(before, Audience.OPERATIONAL)
    if then["to"] >= now["from"]:
        raise ValueError(f"The days to {then['to']} and from {now['from']} overlap: the same people would be in both.")
    pairs = {_place(by, row): (row, old) for by in TABLES for row, old in _beside(_table(now, by), _table(then, by))}
    found = {place: one for place, (row, old) in pairs.items() if (one := _compared(row, old)) is not None}
    adjusted = dict(zip(found, benjamini_hochberg([one.test.p for one in found.values()]), strict=True))
    rows = {place: _told(old, found.get(place), adjusted.get(place)) for place, (_row, old) in pairs.items()}
    content = {
        "before": {key: then[key] for key in ("from", "to")},
        "compared": len(found),
        "tables": [
            {"by": by, "rows": [{"group": row["group"], **rows[_place(by, row)]} for row in _table(now, by).values()]}
            for by in TABLES
        ],
    }
    return leave(content, audience=Audience.OPERATIONAL, force=force)


def _table(report: Leaving, by: str) -> dict[str, Row]:
    """Group -> its row, the total among them."""
    table = next(one for one in report["tables"] if one["by"] == by)
    return {row["group"]: row for row in (*table["rows"], table["total"])}


def _place(by: str, row: Row) -> tuple[str, str]:
    """What is compared once: the total is the same in each table."""
    return ("" if row["group"] == TOTAL else by, row["group"])


def _beside(now: Mapping[str, Row], then: Mapping[str, Row]) -> list[tuple[Row, Row | None]]:
    return [(row, then.get(group)) for group, row in now.items()]


def _counts(row: Row | None) -> Counts | None:
    """Events and people where both are known and there are enough people for a share."""
    if row is None or {"considered_range", "diverted_range"} & row.keys() or row["considered"] < FEWEST:
        return None
    return row["diverted"], row["considered"]


def _compared(row: Row, old: Row | None) -> Comparison | None:
    now, then = _counts(row), _counts(old)
    return compare(row["group"], now, "before", then) if now and then else None


def _told(old: Row | None, one: Comparison | None, p: float | None) -> dict[str, Any]:
    interval = one.difference_interval if one else None
    return {
        "before": None if old is None else {key: old.get(key) for key in ("considered", "diverted", "rate")},
        "change": one.difference if one else None,
        "interval": list(interval) if interval else None,
        "beyond_chance": p is not None and p <= BEYOND_CHANCE,
    }
