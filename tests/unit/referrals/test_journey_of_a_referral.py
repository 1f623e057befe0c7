"""A referral from the officer's decision to its closure, by actions alone."""

import pytest

from cases.models import OutboxEntry
from referrals.actions import closing, partner, support
from referrals.models import Referral
from tests.conftest import Cast
from tests.factories.cases import record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def referral(cast: Cast) -> Referral:
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
    return refer(cast["amara"], scheme.versions.latest("valid_from"))


def test_a_completed_referral_gives_the_crime_its_outcome(cast: Cast, referral: Referral) -> None:
    """Without it the force's return would show a crime without an outcome after the person kept the agreement."""
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    for condition in referral.agreement.conditions.all():
        support.settle_condition(condition=condition, state="done", evidence="Seen", version=1, by=cast["george"])
    closing.close_referral(referral=referral, result="completed", note="", version=referral.version, by=cast["george"])

    referral.case.refresh_from_db()
    assert referral.case.closed_at is not None
    assert [allegation.outcome for allegation in referral.case.allegations.all()] == ["8"]
    assert OutboxEntry.objects.filter(case=referral.case).count() >= 4


def test_the_same_submission_is_one_case(cast: Cast) -> None:
    """A double click at the roadside must not give somebody two records."""
    first = record(cast["amara"])
    assert record(cast["amara"], submission=first.submission) == first
