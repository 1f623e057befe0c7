"""The force's policy at the moment of a decision: it is assessed, it counts, and its name stands on the record."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import rulebook
from cases.actions import policies as actions
from cases.eligibility.assess import assess
from cases.eligibility.codes import DEFERRALS
from cases.eligibility.criteria import Criterion
from cases.eligibility.editing import with_criterion
from cases.eligibility.policy import Policy, load_policy
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
    added = Criterion.model_validate({"id": "ours", "sources": [{"key": "force policy"}], **criterion})
    return sign(cast, lambda policy: with_criterion(policy, "disposal:community_resolution", added))


def sign(cast: Cast, change: Callable[[Policy], Policy]) -> PolicyVersion:
    """Avonford's policy with a change, signed by two people and live today."""
    elin = cast["elin"]
    draft = actions.start_draft(base=rulebook.live_version(elin.organisation, TODAY), by=elin)
    document = change(rulebook.policy_of(draft))
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


CHILD = {
    "date_of_birth": "2011-01-01",
    "follow": ["appropriate_adult"],
    "fact-yjs_consulted": "true",
    "evidence": "charge_standard",
    "crimes-0-offence": "possession-of-a-bladed-article",
    "crimes-0-victim_kind": "none",
    "crimes-0-victim_name": "",
    "crimes-0-victim_stance": "",
}
#: The same child in the terms of `manage.py assess`.
SAME_CHILD = {
    "date_of_birth": date(2011, 1, 1),
    "appropriate_adult": "present",
    "yjs_consulted": True,
    "evidence": "charge_standard",
    "offence_alleged": True,
    "offence_group": "weapon_possession",
    "mode_of_trial": "either_way",
    "offence_date": date(2026, 6, 7),
    "victim_view": "no_victim",
    "consent": True,
    "hate_crime": False,
    "domestic_abuse": False,
    "earlier_outcomes": [],
    "gravity_score": 2,
    "interpreter": "not_needed",
    "has_capacity": True,
}


@pytest.mark.parametrize("admission", ["accepts_responsibility", "denied"])
@pytest.mark.parametrize("disposal", ["community_resolution", "outcome_22", *DEFERRALS])
def test_the_page_and_assess_give_one_answer_about_a_child_with_a_knife(
    officer: Client, disposal: str, admission: str
) -> None:
    """What the command promises an analyst, and what an officer on the street may do, would be two rules."""
    answer = assess({**SAME_CHILD, "admission": admission}, load_policy(), TODAY).option(f"disposal:{disposal}")
    response = officer.post(reverse("record_decision"), posted(**CHILD, disposal=disposal, admission=admission))
    asked = Authorisation.objects.first()
    page = "ineligible" if response.status_code == 422 else "needs_authority" if asked else "eligible"
    assert (page, asked and asked.rank) == (answer.status, answer.rank)
    assert page != "eligible"
