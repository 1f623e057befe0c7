"""Keeping where each case stands in step with the case."""

from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from cases.models import Case
from diversion.unit_of_work import as_service
from referrals.models import Standing
from referrals.queries.standing import COLUMNS, worked_out


@transaction.atomic
@as_service()
def restate(rows: QuerySet[Case]) -> None:
    """Work out where these cases stand, and keep it: the one function that writes Standing.

    It is worked out from what nobody sees whole: a clock stops with a contact that the partner alone reads of. The
    cases are held first. So of two people who change one case at once, the second works it out from what both did.
    """
    cases = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    statement, parameters = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, [cases if one is CASES else one for one in parameters])


CASES = object()  # the place of the cases among the parameters


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The statement that states the standing of `CASES` anew.

    Written once a process: Django takes ten times as long to write it as PostgreSQL to run it, and nothing in it
    depends on the day or on who asks.
    """
    ours = f"{Case._meta.db_table}.id = ANY(%s)"
    named = RawSQL(ours, [CASES], output_field=BooleanField())  # noqa: S611 - the name of our own table
    query, parameters = worked_out(Case.objects.filter(named)).query.sql_with_params()
    table, columns = Standing._meta.db_table, ", ".join(COLUMNS)
    values = ", ".join(f"{column} = EXCLUDED.{column}" for column in COLUMNS[1:])
    return f"INSERT INTO {table} ({columns}) {query} ON CONFLICT (case_id) DO UPDATE SET {values}", tuple(parameters)


def follow(case_id: int, **kwargs: Any) -> None:
    """Receiver of ``case_changed``: the standing of the case follows within the change."""
    restate(Case.objects.filter(pk=case_id))
