"""Keeping where each case stands in step with the case."""

from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from cases.models import Case
from referrals.models import Standing
from referrals.queries.standing import COLUMNS, worked_out


@transaction.atomic
def restate(rows: QuerySet[Case]) -> None:
    """Work out where these cases stand, and keep it: the one function that writes Standing.

    The cases are held first. So of two people who change one case at once, the second works it out from what both did.
    """
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    query, parameters = worked_out(rows).query.sql_with_params()
    table, columns = Standing._meta.db_table, ", ".join(COLUMNS)
    values = ", ".join(f"{column} = EXCLUDED.{column}" for column in COLUMNS[1:])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) {query} ON CONFLICT (case_id) DO UPDATE SET {values}",
            parameters,
        )


def follow(case_id: int, **kwargs: Any) -> None:
    """Receiver of ``case_changed``: the standing of the case follows within the change."""
    restate(Case.objects.filter(pk=case_id))
