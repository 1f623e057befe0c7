"""Every action stands or falls with its entry in the access log and its row in the outbox."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps

from cases.models import OutboxEntry
from diversion.audit.models import Event
from referrals.actions import closing, deciding, needs, partner, support
from referrals.models import Referral
from tests.conftest import NOW, Cast
from tests.factories.cases import decision, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

TABLES = ("cases", "referrals")


def snapshot() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of cases and support, the history apart."""
    models = [model for model in apps.get_models() if model._meta.app_label in TABLES]
    models = [model for model in models if not hasattr(model, "pgh_tracked_model")]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


@pytest.fixture
def referral(cast: Cast) -> Referral:
    scheme = adopt_scheme("drug-diversion", cast, provider="hugh")
    return refer(cast["amara"], scheme.versions.latest("valid_from"))


@pytest.fixture
def accepted(cast: Cast, referral: Referral) -> Referral:
    return partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])


@pytest.fixture
def actions(cast: Cast, accepted: Referral) -> dict[str, Callable[[], object]]:
    george, hugh, carol = cast["george"], cast["hugh"], cast["carol"]
    waiting = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    scheme = accepted.scheme_version
    appointment = support.plan_appointment(referral=accepted, starts_at=NOW, place="Here", by=george)
    condition = accepted.agreement.conditions.earliest("pk")
    sent = refer(cast["amara"], scheme)
    needs.review_needs(referral=accepted, point="start", levels={"drugs": 2}, version=0, by=george)
    return {
        "record a decision": lambda: refer(cast["amara"], scheme),
        "authorise": lambda: deciding.authorise(case=waiting, rationale="Proportionate.", by=carol),
        "refuse": lambda: deciding.refuse(case=waiting, rationale="Charge.", by=carol),
        "accept": lambda: partner.accept(referral=sent, navigator=None, version=sent.version, by=hugh),
        "decline": lambda: partner.decline(referral=sent, reason="risk", note="", version=sent.version, by=hugh),
        "assign": lambda: partner.assign(referral=accepted, navigator=hugh, version=accepted.version, by=hugh),
        "plan": lambda: support.plan_appointment(referral=accepted, starts_at=NOW, place="There", by=george),
        "attend": lambda: support.record_attendance(
            appointment=appointment, attendance="attended", version=1, by=george
        ),
        "contact": lambda: support.record_contact(
            referral=accepted, submission=UUID(int=1), channel="message", reached=True, note="", by=george
        ),
        "settle": lambda: support.settle_condition(
            condition=condition, state="done", evidence="Seen", version=1, by=george
        ),
        "review needs": lambda: needs.review_needs(
            referral=accepted, point="mid", levels={"drugs": 1}, version=0, by=george
        ),
        "outcomes": lambda: needs.record_outcomes(
            referral=accepted, outcomes=[needs.OutcomeDetails("drugs", "not_met")], by=george
        ),
        "answers": lambda: needs.record_answers(
            referral=accepted, disability="no", care_experience="yes", version=0, by=george
        ),
        "close": lambda: closing.close_referral(
            referral=accepted, result="not_completed", note="", version=accepted.version, by=george
        ),
    }


NAMES = ["record a decision", "authorise", "refuse", "accept", "decline", "assign"]
NAMES += ["plan", "attend", "contact", "settle", "review needs", "outcomes", "answers", "close"]


@pytest.mark.parametrize("broken", [Event, OutboxEntry])
@pytest.mark.parametrize("name", NAMES)
def test_an_action_without_its_event_changes_nothing(
    name: str, broken: Any, actions: dict[str, Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody's record would change with nobody to answer for it, or change unseen by the figures."""
    before = snapshot()

    def fail(**values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(broken.objects, "create", fail)
    with pytest.raises(OSError, match="disk full"):
        actions[name]()
    assert snapshot() == before


@pytest.mark.parametrize("name", NAMES)
def test_each_action_leaves_an_event_and_an_outbox_row(name: str, actions: dict[str, Callable[[], object]]) -> None:
    """The other half: the action does change something, so that the test above can fail."""
    before, events, rows = snapshot(), Event.objects.count(), OutboxEntry.objects.count()
    actions[name]()
    assert snapshot() != before
    assert Event.objects.count() > events
    assert OutboxEntry.objects.count() > rows


def test_the_list_of_actions_is_whole(actions: dict[str, Callable[[], object]]) -> None:
    """An action left out of the list would go unproved."""
    assert sorted(actions) == sorted(NAMES)
