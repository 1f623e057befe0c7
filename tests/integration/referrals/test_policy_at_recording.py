"""The force's policy at the moment of a decision: it is assessed, it counts, and its name stands on the record."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import rulebook
from cases.actions import policies as actions
from cases.eligibility.criteria import Criterion
from cases.eligibility.editing import with_criterion
from cases.models import Assessment, Authorisation, PolicyVersion
from diversion.accounts.models import User
from tests.conftest import Cast
from tests.factories.decisions import posted

pytestmark = pytest.mark.usefixtures("frozen")

TODAY = date(2026, 6, 10)


@pytest.fixture
def officer(cast: Cast, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(cast["amara"])


def put_live(cast: Cast, **criterion: Any) -> PolicyVersion:
    """A version of Avonford's policy with one more criterion for community resolutions, live today."""
    elin = cast["elin"]
    draft = actions.start_draft(base=rulebook.live_version(elin.organisation, TODAY), by=elin)
    added = Criterion.model_validate({"id": "ours", "sources": [{"key": "force policy"}], **criterion})
    document = with_criterion(rulebook.policy_of(draft), "disposal:community_resolution", added)
    draft = actions.save_document(version=draft, document=document, revision=draft.revision, by=elin)
    draft = actions.describe(
        version=draft,
        name="Avonford policy",
        label="2",
        review_date=date(2027, 6, 1),
        notes="One rule more.",
        revision=draft.revision,
        by=elin,
    )
    draft = actions.keep_preview(version=draft, preview={}, by=elin)
    once = actions.sign(version=draft, revision=draft.revision, starts_on=TODAY, by=elin)
    return actions.sign(version=once, revision=once.revision, by=cast["david"])


UNDER_30 = {"kind": "age", "maximum": 20}


def test_the_default_policy_stands_on_a_decision_by_name(officer: Client) -> None:
    """Nobody could say later under which policy a person was offered a resolution."""
    assert officer.post(reverse("record_decision"), posted()).status_code == 302
    assessment = Assessment.objects.get()
    assert assessment.rules.startswith("Default policy, version 1 (default, not yet approved by the force); Law as it")
    found = {finding["rule"]: finding for finding in assessment.findings}
    assert found["policy.capacity"]["result"] == "met"
    assert found["policy.gravity"]["result"] == "met"
    assert "policy.admission" not in found  # the law says the same, and is said once


def test_a_later_version_stands_on_later_decisions_only(officer: Client, cast: Cast) -> None:
    """A new policy would rewrite the grounds of decisions already made."""
    officer.post(reverse("record_decision"), posted())
    put_live(cast, test=UNDER_30, severity="warns", reason="The person is over 20.")
    officer.post(reverse("record_decision"), posted(family_name="Okoro", **{"crimes-0-number": "AV/9/26"}))
    earlier, later = Assessment.objects.order_by("pk")
    assert earlier.rules.startswith("Default policy, version 1")
    assert later.rules.startswith("Avonford policy, version 2; Law as it stood on 10 June 2026")


def test_the_policy_can_ask_for_a_rank(officer: Client, cast: Cast) -> None:
    """The coordinator's change would be on paper only."""
    put_live(cast, test=UNDER_30, severity="needs_authority", rank="inspector", reason="Over 20: an inspector decides.")
    officer.post(reverse("record_decision"), posted())
    waiting = Authorisation.objects.get()
    assert (waiting.rank, waiting.reasons) == ("inspector", ["Over 20: an inspector decides."])


def test_the_policy_can_stop_a_resolution(officer: Client, cast: Cast) -> None:
    """An officer could issue what the force has ruled out."""
    put_live(cast, test=UNDER_30, severity="blocks", reason="Only people up to 20 get this resolution.")
    response = officer.post(reverse("record_decision"), posted())
    assert response.status_code == 422
    assert "Only people up to 20 get this resolution." in response.content.decode()


def test_the_law_and_the_policy_do_not_say_the_same_twice(officer: Client) -> None:
    """Two sentences for one obstacle would read as two obstacles."""
    response = officer.post(reverse("record_decision"), posted(admission="denied"))
    assert response.status_code == 422
    assert "Outcome 22 or a deferral needs no admission" not in response.content.decode()
