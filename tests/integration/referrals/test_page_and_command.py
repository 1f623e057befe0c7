"""The officer's page and ``manage.py assess`` give one answer, in sixty cases of every sort."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from cases.models import Assessment, Authorisation, Offence
from diversion.accounts.models import Organisation, User
from referrals.judging.facts import CaseFacts
from tests.conftest import NOW, Cast
from tests.factories.decisions import crime, posted

pytestmark = pytest.mark.usefixtures("frozen")

TODAY = NOW.date()
OFFENCES = {
    "theft-from-a-shop": {},
    "possession-of-cannabis": {"victim_kind": None, "victim_name": None, "victim_stance": None},
    "criminal-damage": {"victim_kind": "person", "victim_name": "Joan Hill"},
    "common-assault": {"victim_kind": "person", "victim_name": "Joan Hill", "victim_stance": "objects"},
    "possession-of-a-bladed-article": {
        "victim_kind": None,
        "victim_name": None,
        "victim_stance": None,
    },
}
DISPOSALS = ("community_resolution", "simple_caution", "deferred_charge", "outcome_22")
WHO = (
    {"date_of_birth": "2001-03-04"},
    {"date_of_birth": "2010-01-05", "follow": ["appropriate_adult"], "fact-yjs_consulted": "true"},
    {"date_of_birth": "1980-01-05", "admission": "denied", "gravity_score": "4"},
)


def answer_of_command(facts: dict[str, Any], plan: dict[str, Any], tmp_path: Path, capsys: Any) -> dict[str, Any]:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({**facts, "plan": plan}, default=str))
    call_command("assess", str(file), force="avonford", at=TODAY.isoformat())
    found: dict[str, Any] = json.loads(capsys.readouterr().out)["plan"]
    return found


def third_of_cases(number: int) -> list[tuple[str, dict[str, Any]]]:
    """Each offence with one of the people, and each of them in one of the three thirds."""
    return [(offence, WHO[(place + number) % len(WHO)]) for place, offence in enumerate(OFFENCES)]


@pytest.mark.parametrize(
    "third", [0, pytest.param(1, marks=pytest.mark.sweep), pytest.param(2, marks=pytest.mark.sweep)]
)
@pytest.mark.parametrize("disposal", DISPOSALS)
def test_the_page_and_the_command_agree(
    cast: Cast, signed_in: Callable[[User], Client], tmp_path: Path, capsys: Any, disposal: str, third: int
) -> None:
    """Two answers to one question, and a force would believe neither: what the page refuses, asks and sends to a rank
    is what the command says, for five offences and three people (sixty cases in all, a third of them in each part)."""
    client = signed_in(cast["amara"])

    def command(facts: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
        return answer_of_command(facts, plan, tmp_path, capsys)

    for offence, who in third_of_cases(third + DISPOSALS.index(disposal)):
        with transaction.atomic():
            agree(client, command, cast["amara"].organisation, disposal, offence, who)
            transaction.set_rollback(True)


def agree(
    client: Client,
    command: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]],
    force: Organisation,
    disposal: str,
    offence: str,
    who: dict[str, Any],
) -> None:
    """One case: what is kept of a declined offer and what becomes of an accepted one are what the command prints."""
    asked = {
        "disposal": disposal,
        "evidence": "charge_standard",
        "fact-specified_offence": "false",
        **who,
        **crime(0, offence=offence, **OFFENCES[offence]),
    }
    # Declined offers are recorded whatever the rules say: so each case leaves its findings to compare.
    declined = {"result": "offered_declined", "declined_reason": "not_said"}
    response = client.post(reverse("record_decision"), posted(**asked, **declined))
    assert response.status_code == 302, response.content.decode()
    kept = Assessment.objects.get()
    (facts,) = CaseFacts.of(kept.answers, Offence.objects.catalogue(force), TODAY).crimes
    told = command({**facts, "consent": None}, {"disposal": disposal, "result": "offered_declined"})
    assert said(kept.findings) == said(told["findings"]), (offence, who)

    accepted = {**asked, **conditions(disposal), "family_name": "Other", "crimes-0-number": "AV/99/26"}
    response = client.post(reverse("record_decision"), posted(**accepted))
    plan = {"disposal": disposal, "ends_on": "2026-07-08", "conditions": agreed(disposal)}
    told = command(facts, plan)
    recorded = response.status_code == 302
    assert recorded == (not told["stopped_by"] and not told["open_questions"]), (offence, who)
    waiting = Authorisation.objects.filter(case__person__family_name="Other").first()
    ranks = {need["rank"] for need in told["needs"]} if recorded else set()
    assert (waiting.rank if waiting else "") == (max(ranks, key=RANKS.index) if ranks else ""), (offence, who)


RANKS = ("constable", "sergeant", "inspector", "superintendent", "prosecutor")


def said(findings: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Rule, result and rank of each; consent is given by accepting, so of a declined offer it stays open."""
    return {(one["rule"], one["result"], one["rank"]) for one in findings if not one["rule"].endswith(".consent")}


def conditions(disposal: str) -> dict[str, Any]:
    return {"conditions-0-kind": "" if disposal == "simple_caution" else "apology"}


def agreed(disposal: str) -> list[dict[str, Any]]:
    return [] if disposal == "simple_caution" else [{"type": "apology"}]


@pytest.mark.parametrize(
    ("offence", "extra"),
    [
        ("theft-from-a-shop", {}),
        ("possession-of-cannabis", {"victim_kind": None, "victim_name": None, "victim_stance": None}),
        ("criminal-damage", {"victim_kind": "person", "victim_name": "Joan Hill"}),
    ],
)
def test_usual_cases_stay_a_constable_s(
    cast: Cast, signed_in: Callable[[User], Client], offence: str, extra: dict[str, Any]
) -> None:
    """Every shop theft would wait for a sergeant, and officers would go back to doing nothing."""
    nineteen = {"date_of_birth": "2007-01-05", **crime(0, offence=offence, **extra)}
    response = signed_in(cast["amara"]).post(reverse("record_decision"), posted(**nineteen))
    assert response.status_code == 302, response.content.decode()
    assert not Authorisation.objects.exists()
