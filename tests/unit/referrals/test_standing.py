"""The kept standing of a case is what is worked out of it, after whatever anybody does."""

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from cases.models import Allegation, Authorisation, Case, VictimDuty, YouthDuty
from diversion.unit_of_work import unit_of_work
from referrals.actions import deciding, partner
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.codes import CaseStatus
from referrals.models import Breach, Condition, ConditionChange, Referral, Standing, Undoable
from referrals.queries.standing import COLUMNS, out_of_step
from tests.conftest import Cast
from tests.factories.cases import condition, decision, record, refer
from tests.factories.ground import adopt_scheme
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
}


def left() -> dict[str, Counter[Any]]:
    return {model.__name__: Counter(model.objects.values_list(*names)) for model, names in LEFT.items()}


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
    with unit_of_work("as somebody does it on a page", user=by):
        call(by)
    assert left() == whole
    assert not out_of_step()
    assert Standing.objects.count() == Case.objects.count() > 0


def one_of_each(cast: Cast) -> dict[str, Case]:
    """A case in each way of standing that a few steps lead to."""
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    returned, accepted = refer(cast["amara"], scheme), refer(cast["amara"], scheme)
    partner.decline(referral=returned, reason="risk", note="", version=returned.version, by=cast["hugh"])
    partner.accept(referral=accepted, navigator=cast["george"], version=accepted.version, by=cast["hugh"])
    waiting = decision(disposal="deferred_charge")
    refused, to_sign = record(cast["amara"], decision=waiting), record(cast["amara"], decision=waiting)
    deciding.refuse(case=refused, rationale="Charge.", seen=refused.corrections.count(), by=cast["carol"])
    deciding.authorise(case=to_sign, rationale="Proportionate.", seen=to_sign.corrections.count(), by=cast["carol"])
    broken = record(cast["amara"], support=Support(conditions=[condition()]))
    Condition.objects.filter(agreement__case=broken).update(
        state="not_done", settled_by=cast["amara"], settled_at=broken.recorded_at
    )
    restate(Case.objects.filter(pk=broken.pk))
    return {
        CaseStatus.RETURNED: returned.case,
        CaseStatus.WITH_PARTNER: accepted.case,
        CaseStatus.SENT: refer(cast["amara"], scheme).case,
        CaseStatus.REFUSED: refused,
        CaseStatus.NOT_KEPT: broken,
        CaseStatus.TO_SIGN: to_sign,
        CaseStatus.WAITING: record(cast["amara"], decision=waiting),
        CaseStatus.CONDITIONS: record(cast["amara"], support=Support(conditions=[condition()])),
        CaseStatus.CLOSED: record(
            cast["amara"], decision=decision(result="not_offered", not_offered_reason="too_serious", disposal="")
        ),
    }


def test_a_standing_that_is_wrong_is_told(cast: Cast) -> None:
    """The other half: a comparison that finds nothing ever would prove nothing."""
    case = record(cast["amara"])
    assert not out_of_step()
    Standing.objects.filter(case=case).update(status=CaseStatus.CLOSED)
    assert [row[0] for row in out_of_step()] == [case.pk]
    restate(Case.objects.all())
    assert not out_of_step()
