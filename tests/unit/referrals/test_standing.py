"""The kept standing of a case is what is worked out of it, after whatever anybody does."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from cases.models import Case
from referrals.actions import deciding, partner
from referrals.actions.deciding import Support
from referrals.actions.standing import restate
from referrals.codes import CaseStatus
from referrals.models import Condition, Standing
from referrals.queries.standing import out_of_step
from tests.conftest import Cast
from tests.factories.cases import condition, decision, record, refer
from tests.factories.ground import adopt_scheme
from tests.unit.proofs import PROOFS, Proof, World

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    return PROOFS[request.param]


@pytest.mark.parametrize("proof", [name for name in PROOFS if PROOFS[name].tells_figures], indirect=True)
def test_after_every_action_that_changes_a_case_its_standing_is_in_step(
    proof: Proof, cast: Cast, tmp_path: Any
) -> None:
    """A case would be looked for in the list where it does not stand any more, or be missing there."""
    call = proof.ready(World(cast, tmp_path))
    assert not out_of_step()
    call(cast[proof.by])
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


def test_the_migration_fills_what_is_worked_out(cast: Cast) -> None:
    """A force that has cases already would lose sight of them at a release."""
    cases = one_of_each(cast)
    Standing.objects.all().delete()
    assert len(out_of_step()) == len(cases)
    with connection.cursor() as cursor:
        cursor.execute(import_module("referrals.migrations.0006_standing").FILL)
        cursor.execute(import_module("referrals.migrations.0009_clocks").FILL)
    assert not out_of_step()
    assert {case.pk: status for status, case in cases.items()} == dict(Standing.objects.values_list("case", "status"))


def test_a_standing_that_is_wrong_is_told(cast: Cast) -> None:
    """The other half: a comparison that finds nothing ever would prove nothing."""
    case = record(cast["amara"])
    assert not out_of_step()
    Standing.objects.filter(case=case).update(status=CaseStatus.CLOSED)
    assert [row[0] for row in out_of_step()] == [case.pk]
    restate(Case.objects.all())
    assert not out_of_step()
