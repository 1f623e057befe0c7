"""Taking the facts of whole months out of the figures, for a later publication of the same months, and back again.

Facts that are replaced stand in a table of their own: a mark on them would have to be remembered by every query.
"""

from collections import Counter
from datetime import date

from django.db import connection
from django.db.models import Count, Model, Q

from reporting.intake.periods import Months
from reporting.intake.rows.extracts import identity
from reporting.models import Fact, ImportBatch, ReplacedFact, ReplacedValue, SuppressedCount, UnrecognisedValue

Monthly = dict[date, int]


def by_month(force_id: int, source: str, months: Months) -> Monthly:
    """How many facts of the source the force has in each of the months, from those that have any."""
    facts = Fact.objects.filter(force_id=force_id, source=source, happened_on__range=(months.first, months.last))
    return dict(facts.values_list("month").annotate(number=Count("pk")).order_by("month"))


def take_out(batch: ImportBatch, months: Months) -> int:
    """Move every fact of the months, of the force and source of ``batch``, to the replaced ones; how many there were.

    What the facts' words could not be read as goes with them.
    """
    same: list[int | str | date] = [batch.force_id, batch.source, months.first, months.last]
    hidden = SuppressedCount.objects.filter(force=batch.force_id, source=batch.source, replaced_by=None)
    hidden.filter(happened_on__range=(months.first, months.last)).update(replaced_by=batch)
    moved = _move(Fact, ReplacedFact, "force_id = %s AND source = %s AND happened_on BETWEEN %s AND %s", same, batch.pk)
    values = "batch_id IN (SELECT id FROM reporting_importbatch WHERE force_id = %s AND source = %s)"
    _move(UnrecognisedValue, ReplacedValue, f"{values} AND happened_on BETWEEN %s AND %s", same, batch.pk)
    return moved


def bring_back(batch: ImportBatch) -> int:
    """Move every fact that ``batch`` replaced back among the facts; how many there were."""
    SuppressedCount.objects.filter(replaced_by=batch).update(replaced_by=None)
    _move(ReplacedValue, UnrecognisedValue, "replaced_by_id = %s", [batch.pk])
    return _move(ReplacedFact, Fact, "replaced_by_id = %s", [batch.pk])


def counted_twice(batch: ImportBatch) -> Monthly:
    """Of the facts that ``batch`` replaced, by month: those that an earlier import of the same rows had set beside an
    older publication of their days. That they go is no fall.

    Such an import brought nothing in these months that ``batch`` does not bring again.
    """
    replaced, facts = (connection.ops.quote_name(model._meta.db_table) for model in (ReplacedFact, Fact))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH old AS (
                SELECT batch_id, happened_on, month, EXISTS (
                    SELECT FROM {facts} AS new WHERE new.digest = old.digest AND new.occurrence = old.occurrence
                ) AS again
                FROM {replaced} AS old WHERE replaced_by_id = %s
            )
            SELECT month, count(*) FROM old
            WHERE batch_id IN (SELECT batch_id FROM old GROUP BY batch_id HAVING bool_and(again))
              AND happened_on IN (SELECT happened_on FROM old WHERE NOT again)
            GROUP BY month""",  # noqa: S608 (names of our tables)
            [batch.pk],
        )
        return dict(cursor.fetchall())


def undo(batch: ImportBatch) -> tuple[int, int]:
    """Remove what ``batch`` brought and bring back what it replaced: how many facts went, and how many came."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Fact._meta.db_table)
        cursor.execute(f"DELETE FROM {table} WHERE batch_id = %s", [batch.pk])  # noqa: S608
        gone: int = cursor.rowcount
    SuppressedCount.objects.filter(batch=batch).delete()
    return gone, bring_back(batch)


def _move(
    origin: type[Model], goal: type[Model], where: str, parameters: list[int | str | date], by: int | None = None
) -> int:
    """Rows from one table to the other of the same columns, ``replaced_by`` apart, in one statement."""
    of = Fact if issubclass(origin, Fact | ReplacedFact) else UnrecognisedValue
    columns = [field.attname for field in of._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    listed = ", ".join(map(quote, columns))
    more, value = (", replaced_by_id", ", %s") if by else ("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM {quote(origin._meta.db_table)} WHERE {where} RETURNING {listed})"  # noqa: S608
            f" INSERT INTO {quote(goal._meta.db_table)} ({listed}{more}) SELECT {listed}{value} FROM gone",
            [*parameters, *([by] if by else [])],
        )
        return cursor.rowcount


def replaced_identities(force_id: int, source: str, now: Months | None) -> set[bytes]:
    """The identities of facts that other imports have replaced: their rows are not to come again by an old file.

    Those of the months that are being replaced ``now`` may come again: the publisher may have changed them back.
    """
    found = ReplacedFact.objects.filter(force_id=force_id, source=source)
    if now is not None:
        found = found.exclude(happened_on__range=(now.first, now.last))
    pairs = found.values_list("digest", "occurrence").iterator(chunk_size=20_000)
    return {identity(digest.bytes, occurrence) for digest, occurrence in pairs if digest and occurrence}


def not_repeated(batch: ImportBatch, days: set[date], repeated: Counter[date]) -> Counter[date]:
    """Of each of the ``days`` that a file covers: facts that stand from earlier imports and that it does not repeat."""
    if not days:
        return Counter()
    standing: Counter[date] = Counter()
    for stand in (Fact.objects.all(), SuppressedCount.objects.filter(replaced_by=None)):
        earlier = stand.filter(force_id=batch.force_id, source=batch.source).exclude(batch=batch)
        earlier = earlier.filter(happened_on__range=(min(days), max(days)))
        standing.update(dict(earlier.values_list("happened_on").annotate(number=Count("pk")).order_by("happened_on")))
    left = {day: number - repeated[day] for day, number in standing.items() if day in days}
    return Counter({day: number for day, number in left.items() if number > 0})


def later_replacement(batch: ImportBatch) -> ImportBatch | None:
    """An import after ``batch`` that replaced some of what it brought, or months that it replaced itself."""
    others = ImportBatch.objects.filter(force=batch.force, source=batch.source, pk__gt=batch.pk)
    concerned = Q(pk__in=ReplacedFact.objects.filter(batch=batch).values("replaced_by"))
    if batch.replaced_from is not None:
        concerned |= Q(replaced_from__lte=batch.replaced_to, replaced_to__gte=batch.replaced_from)
    return others.filter(concerned).order_by("-pk").first()
