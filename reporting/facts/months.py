"""The one home of figures over time: months that stand are read as they were counted, the others from the facts.

A month stands while no transaction has changed its facts since it was counted (``MonthMark``). Which months do not is
asked within the statement that counts, so that every figure is of one moment and exact, whether a worker has counted
anything or not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from diversion import clock
from reporting.facts.cuts import OF_STAGES, WHETHER, Cut, of_source
from reporting.models import MonthMark

#: A figure is asked for anew where a month has been changed or counted meanwhile; after that the facts are read.
MOST_TRIES = 3
_LOCK = 0x0D17E52
#: Beside each live fact.
STAGES = " JOIN reporting_stagefact s ON s.fact_id = f.id"
#: For a day that has passed: which one it was would split the counts for nothing.
PASSED = date(1900, 1, 1)

Months = tuple[date, ...]
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Span:
    """Facts of one force and source from ``start`` to ``end``, both included; ``staged``: with the stages of each."""

    force_id: int
    source: str
    start: date
    end: date
    staged: bool

    @property
    def months(self) -> Months:
        """The first day of each month of which any day is in the span."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.start, self.end))
        return tuple(date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1))

    @property
    def values(self) -> dict[str, Any]:
        return {"force": self.force_id, "source": self.source, "start": self.start, "end": self.end}


@dataclass(frozen=True)
class Part:
    """Some of the facts of a span, with a fact as ``f`` and its stages as ``s``: ``count`` adds up how many facts its
    rows stand for, ``repeats`` how many of them say what another row said."""

    tables: str
    where: str
    count: str
    repeats: str


#: The SQL that adds up some parts of a span.
Statement = Callable[[Sequence[Part]], str]


def read(span: Span, cut: Cut | None, statement: Statement, values: Mapping[str, Any]) -> list[Row]:
    """The rows of ``statement``, which adds up the parts of the span that it is given; from the facts alone where
    there is no ``cut`` of them."""
    with connection.cursor() as cursor:
        for _ in range(MOST_TRIES if cut else 0):
            found = _tried(cursor, span, cut, statement, values)  # type: ignore[arg-type]
            if found is not None:
                return found
        cursor.execute(statement([from_facts(span, [(span.start, span.end)])]), span.values | dict(values))
        return list(cursor.fetchall())


def _tried(cursor: Any, span: Span, cut: Cut, statement: Statement, values: Mapping[str, Any]) -> list[Row] | None:
    """The rows, if the months that do not stand are those that did not when the question was last asked; facts alone
    are right in any case."""
    expected = _expected.get(span, ())
    is_right = "TRUE" if expected == span.months else f"({_APART}) = %(apart)s::date[]"
    told = statement(parts(span, cut, expected))
    more = {"cut": cut.name, "first": span.months[0], "last": span.months[-1], "apart": list(expected)}
    cursor.execute(_CHECKED.format(apart=_APART, told=told, is_right=is_right), span.values | more | dict(values))
    rows = cursor.fetchall()
    seen = tuple(rows[0][0])
    if len(_expected) >= MOST_EXPECTED:
        _expected.clear()
    _expected[span] = seen
    return [row[2:] for row in rows if row[1]] if seen == expected or expected == span.months else None


def parts(span: Span, cut: Cut, apart: Months) -> list[Part]:
    """The months that stand, and the facts of those that are ``apart``."""
    facts = [from_facts(span, _stretches(span, apart))] if apart else []
    return facts if apart == span.months else [_counted(span, cut), *facts]


def from_facts(span: Span, stretches: Sequence[tuple[date, date]]) -> Part:
    """Facts of those days."""
    days = " OR ".join(f"f.happened_on BETWEEN '{first}' AND '{last}'" for first, last in stretches)
    return Part(
        f"reporting_fact f{STAGES if span.staged else ''}",
        f"f.force_id = %(force)s AND f.source = %(source)s AND ({days})",
        "count(*)",
        "count(*) FILTER (WHERE f.occurrence > 1)",
    )


def _counted(span: Span, cut: Cut) -> Part:
    days = [f"CASE WHEN {told} THEN month END AS {day}" for day, told in WHETHER.items() if told in cut.columns]
    columns = ", ".join(["month", *cut.columns, "facts", "repeats", *days])
    stages = ", ".join(f"f.{name}" for name in OF_STAGES if name in cut.columns)
    where = (
        "force_id = %(force)s AND source = %(source)s AND cut = %(cut)s"
        " AND month BETWEEN %(first)s AND %(last)s AND month <> ALL (%(apart)s::date[])"
    )
    chosen = f"(SELECT {columns} FROM reporting_monthcount WHERE {where}) f"  # noqa: S608 (names of our columns)
    beside = f" CROSS JOIN LATERAL (SELECT {stages}) s" if stages else ""
    return Part(f"{chosen}{beside}", "TRUE", "sum(f.facts)", "sum(f.repeats)")


#: Months of the span that do not stand: marked, or with facts of days outside it.
_APART = """SELECT COALESCE(array_agg(month ORDER BY month), '{}') FROM (
    SELECT month FROM reporting_monthmark
    WHERE force_id = %(force)s AND source = %(source)s AND month BETWEEN %(first)s AND %(last)s
    UNION SELECT month FROM reporting_monthcount
    WHERE force_id = %(force)s AND source = %(source)s AND cut = %(cut)s AND month IN (%(first)s, %(last)s)
    AND (first_on < %(start)s OR last_on > %(end)s)) AS changed"""
#: One row at least, with the months that do not stand; and those of the statement, if it was made for these months.
_CHECKED = """SELECT ({apart}), found.* FROM (SELECT) AS one
    LEFT JOIN (SELECT TRUE AS is_there, told.* FROM ({told}) AS told WHERE {is_right}) AS found ON TRUE"""
#: The months that did not stand when a span was last asked for. That they still are the same is asked each time.
_expected: dict[Span, Months] = {}
MOST_EXPECTED = 1_000


def _stretches(span: Span, months: Months) -> list[tuple[date, date]]:
    """The days of these months that are in the span; of months that follow each other as one stretch."""
    found: list[tuple[date, date]] = []
    for month in months:
        first, last = max(month, span.start), min(_next(month) - timedelta(days=1), span.end)
        if found and found[-1][1] + timedelta(days=1) == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


@transaction.atomic
def count_one() -> bool:
    """Count the month that was marked first anew; False where none is marked, or somebody else counts.

    The marks are read before the facts and only those are taken away: of a change that is committed meanwhile, seen
    here or not, the mark stays.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return False
        first = MonthMark.objects.order_by("pk").first()
        if first is None:
            return False
        key: dict[str, Any] = {"force_id": first.force_id, "source": first.source, "month": first.month}
        marks = list(MonthMark.objects.filter(**key).values_list("pk", flat=True))
        values = key | {"after": _next(first.month), "today": clock.today(), "passed": PASSED}
        cursor.execute(f"DELETE FROM reporting_monthcount WHERE {_KEY}", values)  # noqa: S608 (names of our columns)
        for cut in sorted(of_source(first.source), key=lambda cut: bool(cut.whole)):
            cursor.execute(_count_of(cut), values)
        MonthMark.objects.filter(pk__in=marks).delete()
    return True


_KEY = "force_id = %(force_id)s AND source = %(source)s AND month = %(month)s"
#: The days find the facts, by their summary; all of a month lie in it.
_FACTS = (
    "f.force_id = %(force_id)s AND f.source = %(source)s AND f.month = %(month)s"
    " AND f.happened_on >= %(month)s AND f.happened_on < %(after)s"
)


def _count_of(cut: Cut) -> str:
    """The statement that adds up one month: its facts, or the rows of a larger cut."""
    columns = ", ".join(cut.columns)
    if cut.whole:
        sums = "sum(facts), sum(repeats), min(first_on), max(last_on)"
        rows = f"reporting_monthcount WHERE {_KEY} AND cut = '{cut.whole}'"
    else:
        sums = "count(*), count(*) FILTER (WHERE occurrence > 1), min(happened_on), max(happened_on)"
        told = ", ".join(f"{_told(name)} AS {name}" for name in cut.columns)
        tables = f"reporting_fact f{STAGES if cut.staged else ''}"
        rows = f"(SELECT f.happened_on, f.occurrence, {told} FROM {tables} WHERE {_FACTS}) AS fact"  # noqa: S608
    return f"""INSERT INTO reporting_monthcount
        (force_id, source, month, cut, facts, repeats, first_on, last_on, {columns})
        SELECT %(force_id)s, %(source)s, %(month)s, '{cut.name}', {sums}, {columns} FROM {rows}
        GROUP BY {columns}"""  # noqa: S608 (names of our columns)


def _told(name: str) -> str:
    """A column of a cut, of a fact ``f`` and its stages ``s``."""
    if name == "due_by":
        return "CASE WHEN s.due_by < %(today)s THEN %(passed)s::date ELSE s.due_by END"
    days = {told: day for day, told in WHETHER.items()}
    if name in days:
        return f"f.{days[name]} IS NOT NULL"
    return f"{'s' if name in OF_STAGES else 'f'}.{name}"


def marked() -> int:
    """How many months are to be counted anew."""
    return MonthMark.objects.values("force", "source", "month").distinct().count()


def marked_since() -> float | None:
    """Age in seconds of the oldest mark; None where every month stands."""
    oldest = MonthMark.objects.aggregate(at=Min("marked_at"))["at"]
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else None
