"""Keeping where each case stands, and what is due next of its support, in step with the case."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from psycopg2.extensions import AsIs

from cases.models import Case
from diversion.unit_of_work import WRITTEN, as_service, current
from referrals.models import NextDue, Referral, Standing
from referrals.queries.next_due import COLUMNS as DUE
from referrals.queries.next_due import next_due
from referrals.queries.standing import COLUMNS, worked_out


@transaction.atomic(savepoint=False)
@as_service()
def restate(rows: QuerySet[Case]) -> None:
    """Work out where these cases stand and what is due next, and keep it: the one function that writes either.

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
    name = f"{WRITTEN}standing_{sha256(statement.encode()).hexdigest()[:16]}"
    if not _is_prepared(cursor, name):
        cursor.execute(f"PREPARE {name} (bigint[]) AS {statement}", parameters)
        (current().prepared or set()).add(name)
    return name


def _is_prepared(cursor: Any, name: str) -> bool:
    """Whether the database session has it; a unit of work has asked that as it began, of all that is `written`."""
    if (prepared := current().prepared) is not None:
        return name in prepared
    cursor.execute(PREPARED, [name])
    return bool(cursor.fetchone()[1])


@cache
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The statement that states the standing of `CASES` anew, and what is due next of the support in them.

    Written once a process: Django takes ten times as long to write it as PostgreSQL to run it, and nothing in it
    depends on the day or on who asks.
    """
    referrals = Referral.objects.filter(_named(Referral, "case_id"))
    ended, of_ended = referrals.not_open().order_by().values("pk").query.sql_with_params()
    due, of_due = _written(NextDue, DUE, next_due(referrals))
    stands, of_stands = _written(Standing, COLUMNS, worked_out(Case.objects.filter(_named(Case, "id"))))
    over = f"DELETE FROM {NextDue._meta.db_table} WHERE referral_id IN ({ended})"  # noqa: S608 - our own tables
    return f"WITH over AS ({over}), due AS ({due}) {stands}", (*of_ended, *of_due, *of_stands)


def _named(model: type[Model], column: str) -> RawSQL:
    """Whether a row is one of `CASES` or hangs on one."""
    ours = f"{model._meta.db_table}.{column} = ANY(%s)"
    return RawSQL(ours, [CASES], output_field=BooleanField())  # noqa: S611 - the name of our own table


def _written(model: type[Model], columns: Sequence[str], rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """The statement that keeps ``rows``, which come in the order of ``columns``; the first of them names a row."""
    query, parameters = rows.query.sql_with_params()
    values = ", ".join(f"{column} = EXCLUDED.{column}" for column in columns[1:])
    into = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {query}"
    return f"{into} ON CONFLICT ({columns[0]}) DO UPDATE SET {values}", tuple(parameters)


def follow(case_id: int, **kwargs: Any) -> None:
    """Receiver of ``case_changed``: the standing of the case follows within the change."""
    restate(Case.objects.filter(pk=case_id))
