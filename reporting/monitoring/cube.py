"""One pass over the facts of a force and period, counted along every table of the report at once."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from reporting.facts.cuts import REPORT
from reporting.facts.months import Part, Span, read

#: What the facts are grouped by. The report's tables are made of these columns; the rest is for data quality.
COLUMNS = (
    *("ethnicity_self_group", "ethnicity_self_code", "ethnicity_officer_group", "age_band", "gender"),
    *("month", "scheme", "quality"),
)
BY_DISPOSAL = COLUMNS[:-1]
BOTH_ETHNICITIES = ("ethnicity_self_group", "ethnicity_officer_group")
#: Each grouping set, by the columns that it keeps.
SETS = (*((column, "disposal") for column in BY_DISPOSAL), ("quality",), BOTH_ETHNICITIES)
_KEYS = (*COLUMNS, "disposal")

# The inner query makes one pass, in parallel where the server can, and leaves some thousands of groups; a grouping
# over several sets straight from the facts would hash each fact once for each set, on one core.
_SQL = """
WITH cube AS MATERIALIZED ({parts})
SELECT GROUPING({keys}), {keys}, sum(n)::bigint, sum(considered)::bigint, sum(diverted)::bigint, sum(repeats)::bigint
FROM cube GROUP BY GROUPING SETS ({sets})
"""
_PART = """
    SELECT {keys}, {count} AS n, {count} FILTER (WHERE f.considered) AS considered,
           {count} FILTER (WHERE f.diverted) AS diverted, {repeats} AS repeats
    FROM {tables} WHERE {where} AND (%(scheme)s = '' OR f.scheme = %(scheme)s)
    GROUP BY {keys}
"""


class Counts(NamedTuple):
    rows: int
    considered: int
    diverted: int
    repeats: int


ZERO = Counts(0, 0, 0, 0)


@dataclass
class Cube:
    """``cells[columns][values]``: the counts of each grouping set of SETS."""

    cells: dict[tuple[str, ...], dict[tuple[object, ...], Counts]] = field(default_factory=dict)

    def by_disposal(self, column: str) -> Iterator[tuple[object, str, Counts]]:
        """(group, disposal, counts) of a column."""
        for (group, disposal), counts in self.cells[column, "disposal"].items():
            yield group, str(disposal), counts


def query(parts: Sequence[Part]) -> str:
    """The SQL of the whole report over parts of the facts."""
    keys = ", ".join(f"f.{key}" for key in _KEYS)
    every = [_PART.format(keys=keys, **asdict(part)) for part in parts]
    sets = ", ".join(f"({', '.join(columns)})" for columns in SETS)
    return _SQL.format(parts=" UNION ALL ".join(every), keys=", ".join(_KEYS), sets=sets)


def count(force_id: int, source: str, start: date, end: date, scheme: str = "") -> Cube:
    """Count the facts from ``start`` to ``end``, both included; of one scheme alone where it is named."""
    cube = Cube({columns: {} for columns in SETS})
    sets = {_mask(columns): columns for columns in SETS}
    span = Span(force_id, source, start, end, staged=False)
    with transaction.atomic(), connection.cursor() as cursor:
        # Just after an import the planner knows nothing of the new rows and would sort them all. The groups are some
        # thousands at most: hashing them never needs more memory than there is.
        cursor.execute("SET LOCAL enable_sort = off")
        for mask, *row in read(span, REPORT, query, {"scheme": scheme}):
            columns = sets[mask]
            values = tuple(row[_KEYS.index(column)] for column in columns)
            cube.cells[columns][values] = Counts(*(number or 0 for number in row[len(_KEYS) :]))
        cursor.execute("SET LOCAL enable_sort = DEFAULT")
    return cube


def _mask(columns: tuple[str, ...]) -> int:
    """What PostgreSQL's GROUPING gives for a set: a bit for each key that is *not* in it, the first key the highest."""
    return sum(1 << place for place, key in enumerate(reversed(_KEYS)) if key not in columns)
