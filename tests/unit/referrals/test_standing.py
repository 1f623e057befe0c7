"""The kept standing of a case is what is worked out of it, after whatever anybody does."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction

from cases.models import Allegation, Authorisation, Case, VictimDuty, YouthDuty
from diversion.unit_of_work import unit_of_work
from referrals.actions.standing import restate
from referrals.codes import CaseStatus
from referrals.models import Breach, Condition, ConditionChange, NextDue, Referral, Standing, Undoable
from referrals.queries.next_due import COLUMNS as DUE
from referrals.queries.next_due import next_due
from referrals.queries.standing import COLUMNS, worked_out
from tests.conftest import Cast
from tests.factories.cases import record
from tests.unit.proofs import PROOFS, Proof, World

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    return PROOFS[request.param]


#: What a change leaves of a case: whoever made it, and whatever of it they may read.
LEFT: dict[Any, tuple[str, ...]] = {
    Case: ("closed_at", "officer", "team"),
    Allegation: ("outcome", "limit_on", "victim_stance"),
    Authorisation: ("state", "rank", "decided_by"),
    Referral: ("state", "result", "closed_at", "navigator", "provider"),
    Condition: ("state", "due_on"),
    Breach: ("state", "decision"),
    ConditionChange: ("state", "asks_victim"),
    VictimDuty: ("kind", "due_on", "done_at"),
    YouthDuty: ("kind", "due_on", "acknowledged_at", "ended_at"),
    Undoable: ("kind", "until", "undone_at"),
    Standing: COLUMNS[1:],
    NextDue: tuple(one for one in DUE[1:] if one != "scheme_id"),
}


def left() -> dict[str, Counter[str]]:
    return {model.__name__: Counter(map(repr, model.objects.values_list(*names))) for model, names in LEFT.items()}


def out_of_step() -> list[tuple[Any, ...]]:
    """The standings that are not what `worked_out` says, and those that are missing: none, or a list is wrong."""
    kept = dict.fromkeys(Standing.objects.values_list(*COLUMNS))
    return [row for row in worked_out(Case.objects.all()) if row not in kept]


def due_out_of_step() -> set[str]:
    """The same of what is due next: what is kept and is not so, and what is so and is not kept."""
    due = {repr(row) for row in next_due(Referral.objects.all())}
    return due ^ {repr(row) for row in NextDue.objects.values_list(*DUE)}


class Undone(Exception):
    pass


@pytest.mark.parametrize("proof", [name for name in PROOFS if PROOFS[name].tells_figures], indirect=True)
def test_after_every_action_that_changes_a_case_its_standing_is_in_step(
    proof: Proof, cast: Cast, tmp_path: Any
) -> None:
    """A case would be looked for in the list where it does not stand any more, or be missing there.

    And what an action does depends on no row that the database hides from whoever does it: a partner's worker closed
    what police were deciding again, because they may not read that.
    """
    by = cast[proof.by]
    with suppress(Undone), transaction.atomic():
        proof.ready(World(cast, tmp_path))(by)
        whole = left()
        raise Undone
    call = proof.ready(World(cast, tmp_path))
    assert not out_of_step()
    assert not due_out_of_step()
    with unit_of_work("as somebody does it on a page", user=by):
        call(by)
    assert left() == whole
    assert not out_of_step()
    assert not due_out_of_step()
    assert Standing.objects.count() == Case.objects.count() > 0


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
        cursor.execute("SELECT custom_plans FROM pg_prepared_statements WHERE name LIKE 'standing%'")
        assert cursor.fetchall() == [(0,)]
