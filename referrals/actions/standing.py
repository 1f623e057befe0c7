"""Keeping where each case stands in step with the case."""

from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL
from psycopg2.extensions import AsIs

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
    with connection.cursor() as cursor:
        cursor.execute(f"EXECUTE {_prepared(cursor)} (%s)", [cases])


CASES = AsIs("$1")  # the place of the cases in the statement
#: A plan made with no case in mind is kept, instead of one for each case; nothing else in a transaction is prepared.
PREPARED = (
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true),"
    " EXISTS (SELECT FROM pg_prepared_statements WHERE name = %s)"
)


def _prepared(cursor: Any) -> str:
    """The name under which the database session has the statement, which is prepared where it is not yet.

    PostgreSQL took 20 ms to plan it and 2 to run it. The session is asked, not remembered: behind a pooler another
    answers each time. The name changes with the statement, so that code of two versions may share a session.
    """
    statement, parameters = _statement()
    name = f"standing_{sha256(statement.encode()).hexdigest()[:16]}"
    cursor.execute(PREPARED, [name])
    if not cursor.fetchone()[1]:
        cursor.execute(f"PREPARE {name} (bigint[]) AS {statement}", parameters)
    return name


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
