"""A question is written once a process, and answers whoever asks it with what is theirs, as it is then."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.db.models import Prefetch, QuerySet
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from diversion import clock
from diversion.accounts.models import Role, User
from diversion.unit_of_work import unit_of_work
from diversion.written import KeepsWhatIsRead, written
from referrals.models import Standing
from tests.conftest import Cast
from tests.factories.cases import record

times = {"written": 0}


@written(keys=[int])
def cases_of(*, by: User, keys: list[int], closed: bool = False) -> QuerySet[Any]:
    times["written"] += 1
    return Case.objects.visible_to(by).filter(pk__any=keys, closed_at__isnull=not closed).select_related("officer")


@written()
def lately(*, by: User) -> QuerySet[Any, Any]:
    rows = Standing.objects.visible_to(by).filter(recorded_at__gt=clock.now() - timedelta(minutes=30))
    return rows.values_list("pk", flat=True)


def test_each_reader_has_their_own_answer_of_now_and_nothing_of_another_stays(cast: Cast, frozen: Any) -> None:
    amara, elin, lena = cast["amara"], cast["elin"], cast["lena"]
    first, second = (record(amara).pk for _ in range(2))
    for _round in range(2):
        assert [(one.pk, one.officer.full_name) for one in cases_of(by=amara, keys=[first])] == [
            (first, amara.full_name)
        ]
        assert {one.pk for one in cases_of(by=elin, keys=[first, second])} == {first, second}
        assert cases_of(by=lena, keys=[first, second]) == []  # of another force
        assert cases_of(by=cast["george"], keys=[first]) == []  # a provider sees no case
        assert cases_of(by=amara, keys=[]) == []
    kinds = times["written"]
    with unit_of_work("GET /", user=amara):
        with CaptureQueriesContext(connection) as asked:
            assert [one.pk for one in cases_of(by=amara, keys=[second])] == [second]
            assert [one.pk for one in cases_of(by=amara, keys=[first])] == [first]
            assert cases_of(by=lena, keys=[first]) == []
        assert [query["sql"][:7] for query in asked.captured_queries][:2] == ["PREPARE", "EXECUTE"]
    assert times["written"] == kinds  # one session more, and nothing is written anew
    with clock.set_to(frozen + timedelta(minutes=20)):
        assert len(lately(by=amara)) == 2
    with clock.set_to(frozen + timedelta(minutes=40)):
        assert lately(by=amara) == []
    assert {one.pk for one in cases_of(by=amara, keys=[first, second])} == {first, second}
    amara.__dict__["permissions"] = frozenset()
    assert cases_of(by=amara, keys=[first, second]) == []
    elin.is_active = False
    assert cases_of(by=elin, keys=[first]) == []  # whoever may not sign in any more


@written()
def by_their_name(*, by: User) -> QuerySet[Any]:
    return Case.objects.filter(officer__full_name=by.full_name)


@written()
def by_todays_roles(*, by: User) -> QuerySet[Any]:
    return Case.objects.filter(officer__roles__in=list(Role.objects.all()))


@written()
def with_what_is_beside(*, by: User) -> QuerySet[Any]:
    return Case.objects.prefetch_related(Prefetch("allegations"))


@pytest.mark.parametrize("ask", [by_their_name, by_todays_roles, with_what_is_beside])
def test_what_would_keep_what_one_reader_read_is_refused(cast: Cast, ask: Any) -> None:
    with pytest.raises(KeepsWhatIsRead):
        ask(by=cast["amara"])
    assert not issubclass(KeepsWhatIsRead, DatabaseError)
