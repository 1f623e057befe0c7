"""The kept standing of a case is what is worked out of it; after every action: tests/unit/test_every_action.py."""

import pytest
from django.db import connection

from cases.models import Case
from referrals.actions.standing import restate
from referrals.codes import CaseStatus
from referrals.models import Standing
from tests.conftest import Cast
from tests.factories.cases import record
from tests.unit.in_step import out_of_step

pytestmark = pytest.mark.usefixtures("frozen")


def test_a_standing_that_is_wrong_is_told(cast: Cast) -> None:
    """The other half: a comparison that finds nothing ever would prove nothing."""
    case = record(cast["amara"])
    assert not out_of_step()
    Standing.objects.filter(case=case).update(status=CaseStatus.CLOSED)
    assert [row[0] for row in out_of_step()] == [case.pk]
    restate(Case.objects.all())
    assert not out_of_step()


def test_the_statement_is_planned_once_a_session(cast: Cast) -> None:
    """Planned for each case, it took ten times as long as it runs, four times in each decision."""
    record(cast["amara"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT custom_plans FROM pg_prepared_statements WHERE name LIKE 'written_standing%'")
        assert cursor.fetchall() == [(0,)]
