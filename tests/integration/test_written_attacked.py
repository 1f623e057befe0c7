"""What would have a question that is written once answer with what is another's, or of another day, or not at all."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import DateField, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.stand_ins import FIRST, WORKS
from diversion.unit_of_work import as_service, current, once, unit_of_work
from diversion.written import KeepsWhatIsRead, written
from tests.conftest import Cast
from tests.factories.cases import record


@written(keys=[int])
def cases_of(*, by: User, keys: list[int]) -> QuerySet[Case]:
    return Case.objects.visible_to(by).filter(pk__any=keys)


@written(reference=str, last=str)
def called(*, by: User, reference: str, last: str) -> QuerySet[Any, Any]:
    return Case.objects.filter(force=by.organisation_id, reference__gte=reference, reference__lt=last)


@written()
def since_the_full_hour(*, by: User) -> QuerySet[Case]:
    return Case.objects.filter(closed_at__gt=clock.now().replace(minute=0, second=0, microsecond=0))


@written()
def at_night(*, by: User) -> QuerySet[Case]:
    return Case.objects.all() if clock.now().hour > 20 else Case.objects.visible_to(by)


@written()
def of_what_was_read(*, by: User) -> QuerySet[Case]:
    return Case.objects.filter(pk__any=once("a list", lambda: [*Case.objects.values_list("pk", flat=True)]))


@written()
def by_own_permissions(*, by: User) -> QuerySet[Case]:
    return Case.objects.all() if by.own_permissions else Case.objects.none()


@written(word=str)
def in_capitals(*, word: str) -> QuerySet[Case]:
    return Case.objects.filter(reference=word.upper())


@written(word=str)
def beginning(*, word: str) -> QuerySet[Case]:
    return Case.objects.filter(reference__startswith=word)


@written(key=int)
def the_next(*, key: int) -> QuerySet[Case]:
    return Case.objects.filter(pk=key + 1)


@written(keys=[int])
def one_by_one(*, keys: list[int]) -> QuerySet[Case]:
    return Case.objects.filter(pk__in=keys)


@written(on=date)
def among_days(*, on: date) -> QuerySet[Case]:
    return Case.objects.annotate(days=Value([on], output_field=ArrayField(DateField())))


@written()
def of_a_number(*, number: int) -> QuerySet[Case]:
    return Case.objects.filter(force=number)


@pytest.mark.parametrize("ask", [since_the_full_hour, at_night, of_what_was_read, by_own_permissions])
def test_what_depends_on_the_hour_or_was_read_before_is_refused(cast: Cast, ask: Any) -> None:
    """An officer would read until midnight what was so when the first of their kind opened the page."""
    amara = cast["amara"]
    with unit_of_work("GET /", user=amara):
        once("a list", lambda: [1])
        with pytest.raises(KeepsWhatIsRead):
            ask(by=amara)


@pytest.mark.parametrize(
    ("ask", "given"),
    [
        *((in_capitals, {"word": "x"}), (beginning, {"word": "x"}), (the_next, {"key": 1})),
        (among_days, {"on": date(2026, 3, 1)}),
        *((one_by_one, {"keys": [1]}), (of_a_number, {"number": WORKS})),
    ],
)
def test_what_is_worked_out_of_a_value_is_refused(db: None, ask: Any, given: dict[str, Any]) -> None:
    """It would be worked out of what stands in for it, and the one who asks would be told that there is nothing."""
    with pytest.raises(KeepsWhatIsRead):
        ask(**given)


def test_what_is_typed_is_looked_for_as_it_is(cast: Cast) -> None:
    """Somebody who types a stand-in is answered as by any other word; and nobody asks for None."""
    by = cast["amara"]
    record(by)
    for typed in (str(WORKS), f"x{FIRST + 11}y", "', ''); --", "%", "$1", "\\"):
        with CaptureQueriesContext(connection) as asked:
            assert called(by=by, reference=typed, last=typed) == []
        assert typed.replace("'", "''") in asked.captured_queries[-1]["sql"]
    with pytest.raises(TypeError):
        written(flag=bool)  # its stand-in would be True for all
    with pytest.raises(TypeError):
        called(by=by, reference=None, last="")


def test_a_plan_that_failed_or_is_of_another_schema_keeps_nobody_from_the_next_page(cast: Cast) -> None:
    by, case = cast["amara"], record(cast["amara"])

    def asked(keys: Any = None) -> list[int]:
        return [one.pk for one in cases_of(by=by, keys=keys or [case.pk])]

    def fail(execute: Any, sql: str, *others: Any) -> Any:
        raise OperationalError("it took too long to plan")

    with unit_of_work("GET /", user=by):
        with pytest.raises(OperationalError), connection.execute_wrapper(fail):
            asked()  # remembered as prepared, it would fail for the rest of the page
        assert asked() == [case.pk]
    with unit_of_work("GET /", user=by) as unit:
        with pytest.raises(DatabaseError), transaction.atomic():
            asked([10**30])  # prepared, and failed after that
        assert asked() == [case.pk]
        assert unit.prepared is None
    with unit_of_work("GET /", user=by) as unit:
        with unit_of_work("within"):
            assert asked() == [case.pk]
        assert asked() == [case.pk]  # prepared by the inner one, in the same session
        before, unit.schema = set(unit.prepared or ()), unit.schema + 1
        with CaptureQueriesContext(connection) as queries:
            assert asked() == [case.pk]
        # A plan from before a migration that widened a column fails: "cached plan must not change result type".
        assert queries.captured_queries[0]["sql"].startswith("PREPARE")
        assert (unit.prepared or set()) > before
    assert current().prepared is None


def test_a_session_and_a_process_keep_no_more_than_they_need(
    cast: Cast, frozen: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions hold their day: a process that runs for weeks would keep each, and a pooler's session each plan."""
    by, case = cast["amara"], record(cast["amara"])
    monkeypatch.setattr("diversion.written.MOST_PREPARED", 1)
    monkeypatch.setattr("diversion.written.DAYS", 1)
    with unit_of_work("GET /", user=by) as unit:
        assert called(by=by, reference="", last="zz")
        assert len(cases_of(by=by, keys=[case.pk])) == 1
        assert called(by=by, reference="", last="zz")
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(name::text) FROM pg_prepared_statements")
            assert set(cursor.fetchone()[0]) == unit.prepared
        assert len(unit.prepared or ()) == 1
    question = written()

    def mine(*, by: User) -> QuerySet[Case]:
        return Case.objects.visible_to(by)

    ask = question(mine)
    for day in range(3):
        with clock.set_to(frozen + timedelta(days=day)):
            ask(by=by)
    assert [len(kept) for kept in question._days.values()] == [1]


def test_a_plan_made_for_one_holds_the_wall_of_whoever_asks_with_it(cast: Cast) -> None:
    """One plan for all: what the wall hides is read from the transaction each time it runs."""
    by, case = cast["amara"], record(cast["amara"])
    for user, hers in ((by, [case]), (cast["lena"], []), (by, [case])):
        with unit_of_work("GET /", user=user):
            assert cases_of(by=by, keys=[case.pk]) == hers
            with as_service():
                assert cases_of(by=by, keys=[case.pk]) == [case]
            assert cases_of(by=by, keys=[case.pk]) == hers
