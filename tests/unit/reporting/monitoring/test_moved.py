"""What moved between two kept reports."""

from typing import Any

import pytest

from diversion.accounts.models import Organisation
from reporting.door import Audience, Leaving, leave
from reporting.monitoring.moved import TABLES, moved

FORCE = Organisation(slug="x", name="X")


def row(group: str, diverted: int, considered: int, **more: Any) -> dict[str, Any]:
    return {"group": group, "diverted": diverted, "considered": considered, "rate": diverted / considered} | more


def report(start: str, end: str, *rows: dict[str, Any]) -> Leaving:
    total = row("Total", sum(one["diverted"] for one in rows), sum(one["considered"] for one in rows))
    tables = [{"by": by, "rows": list(rows), "total": total} for by in TABLES]
    return leave({"from": start, "to": end, "tables": tables}, audience=Audience.OPERATIONAL, force=FORCE)


Q1, Q2 = ("2026-01-01", "2026-03-31"), ("2026-04-01", "2026-06-30")


def test_the_change_of_a_share_stands_with_its_interval_and_is_judged_together() -> None:
    """A rise of one group among many is read as a finding unless chance is told; the total must not count thrice.

    Newcombe (1998), table II, column (a): 56 of 70 less 48 of 80 is 0.2, from 0.0524 to 0.3339.
    """
    found = moved(
        FORCE, report(*Q2, row("A", 56, 70), row("B", 10, 40)), report(*Q1, row("A", 48, 80), row("B", 10, 40))
    )
    a, b, total = found["tables"][0]["rows"]
    assert (a["change"], a["interval"]) == (pytest.approx(0.2), pytest.approx([0.0524, 0.3339], abs=5e-5))
    assert (a["beyond_chance"], b["beyond_chance"], b["change"]) == (True, False, 0)
    assert a["before"] == {"considered": 80, "diverted": 48, "rate": 0.6}
    assert total["group"] == "Total"
    assert found["compared"] == 2 * len(TABLES) + 1


def test_few_people_and_hidden_counts_are_not_compared() -> None:
    """A share of nine people is theirs; a range is no number that anything could be taken from."""
    old = report(*Q1, row("A", 4, 9), row("B", 10, 40), row("C", 5, 20))
    hidden = row("B", 10, 40, considered_range=[38, 42])
    rows = moved(FORCE, report(*Q2, row("A", 9, 20), hidden, row("C", 5, 9), row("D", 5, 20)), old)["tables"][0]["rows"]
    assert {one["group"]: one["change"] for one in rows if one["group"] != "Total"} == dict.fromkeys("ABCD")
    assert rows[3]["before"] is None


def test_days_that_overlap_are_refused() -> None:
    """The same people in both would make every change look smaller and surer than it is."""
    with pytest.raises(ValueError, match="overlap"):
        moved(FORCE, report(*Q2, row("A", 9, 20)), report("2026-01-01", "2026-04-01", row("A", 9, 20)))
