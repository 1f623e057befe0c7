"""A rule that a rank may set aside: asked by the officer, decided by that rank, kept with the finding."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.findings import Finding
from cases.models import Authorisation, Case, Person
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import deciding
from referrals.judging.judge import Judged
from referrals.judging.proposal import Plan
from referrals.models import Referral, SchemeVersion
from reporting.facts.stages import eligibility
from tests.conftest import Cast
from tests.factories.cases import decision, record
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
WHY = "The first referral was closed by the partner through no fault of Sam’s."
ANSWERS = {"disposal": "deferred_charge", "evidence": "charge_standard"}
RULE = "The person was on Checkpoint in the last 12 months."


@made_once
def checkpoint(cast: Cast) -> SchemeVersion:
    return adopt_scheme("checkpoint", cast).versions.latest("valid_from")


@pytest.fixture
def again(checkpoint: SchemeVersion, cast: Cast, signed_in: SignIn) -> dict[str, Any]:
    """What the officer sends for somebody who has been on the scheme already."""
    client = signed_in(cast["amara"])
    assert client.post(reverse("record_decision"), posted(checkpoint, **ANSWERS)).status_code == 302
    known = Person.objects.get()
    return posted(checkpoint, **ANSWERS, existing=str(known.pk), **crime(0, number="AV/2/26"))


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def shown_rules(page: str) -> str:
    return page.partition('name="set_aside_rules" value="')[2].partition('"')[0]


def ask(client: Client, data: dict[str, Any], reason: str = WHY) -> Any:
    first = client.post(reverse("record_decision"), data)
    rules = shown_rules(text_of(first))
    assert rules
    return client.post(reverse("record_decision"), data | {"set_aside_rules": rules, "set_aside_reason": reason})


@pytest.fixture
def held(cast: Cast, signed_in: SignIn, again: dict[str, Any]) -> Case:
    response = ask(signed_in(cast["amara"]), again)
    assert response.status_code == 302, text_of(response)
    return Case.objects.latest("pk")


def test_the_officer_is_asked_for_a_reason_and_the_decision_is_held(cast: Cast, held: Case) -> None:
    """A rule that an inspector may set aside was a dead end: nobody could ask."""
    waiting = held.authorisation
    assert (waiting.state, waiting.rank) == (Authorisation.State.WAITING, "inspector")
    assert any(RULE in reason and "(Checkpoint: " in reason for reason in waiting.reasons)
    assert held.referrals.get().state == Referral.State.HELD
    finding = next(one for one in held.assessments.get().findings if one["rule"] == "scheme.repeat")
    assert (finding["result"], finding["severity"]) == ("not_met", "blocks")
    assert finding["set_aside"] == {"asked_because": WHY}


def test_without_a_reason_nothing_is_recorded(cast: Cast, signed_in: SignIn, again: dict[str, Any]) -> None:
    """An inspector cannot decide on nothing."""
    response = ask(signed_in(cast["amara"]), again, reason="  ")
    assert response.status_code == 422
    assert "say why the rank of inspector or above should set this aside" in text_of(response)
    assert Case.objects.count() == 1


def test_a_reason_given_for_one_rule_sets_no_other_aside(cast: Cast, signed_in: SignIn, again: dict[str, Any]) -> None:
    """A reason typed for one scheme would carry the person past the rules of another that nobody has read."""
    data = again | {"set_aside_rules": "0123456789abcdef", "set_aside_reason": WHY}
    response = signed_in(cast["amara"]).post(reverse("record_decision"), data)
    assert response.status_code == 422
    assert shown_rules(text_of(response)) not in ("", "0123456789abcdef")
    assert WHY in text_of(response)


def test_a_bar_in_the_law_is_never_set_aside(cast: Cast, signed_in: SignIn, again: dict[str, Any]) -> None:
    """A statute yields to no rank: beside one, nothing can be asked."""
    response = signed_in(cast["amara"]).post(reverse("record_decision"), again | {"admission": "denied"})
    assert response.status_code == 422
    assert shown_rules(text_of(response)) == ""


@pytest.mark.parametrize(
    "finding",
    [
        {"rule": "law.admission", "override_by": "inspector"},
        {"rule": "scheme.age", "override_by": ""},
        {"rule": "scheme.repeat", "override_by": "inspector"},
        {"rule": "scheme.repeat", "result": "unknown", "waits_for": ("earlier_outcomes",), "is_open": True},
    ],
)
def test_the_action_itself_refuses_what_cannot_be_set_aside(cast: Cast, finding: dict[str, Any]) -> None:
    """What only the page refused could be asked by another way in."""
    whole = {"result": "not_met", "severity": "blocks", "reason": "No.", "source": "s"}
    one = Finding(**{**whole, **finding})
    stopped = Judged(Plan("offered_accepted"), (one.asked_aside(WHY if finding["rule"].startswith("law") else ""),))
    with pytest.raises(Refused):
        record(cast["amara"], judged=stopped)
    assert not Case.objects.exists()


def test_the_inspector_reads_the_rule_in_the_queue_and_sets_it_aside(cast: Cast, signed_in: SignIn, held: Case) -> None:
    """Who set a rule aside, when and why must stand where the rule stands."""
    client = signed_in(cast["david"])
    assert f"To be set aside: {RULE}" in text_of(client.get(reverse("authorisation_list")))
    page = text_of(client.get(reverse("authorise", args=[held.reference])))
    assert RULE in page
    assert WHY in page
    assert "Set aside, and authorise" in page
    answer = {"seen": "0", "decision": "authorise", "evidence_met": "on", "rationale": "Seen the partner’s note"}
    assert client.post(reverse("authorise", args=[held.reference]), answer).status_code == 302
    assert held.referrals.get().state == Referral.State.HELD
    finding = next(one for one in held.assessments.get().findings if one["rule"] == "scheme.repeat")
    assert finding["set_aside"] == {
        "asked_because": WHY,
        "decision": "set_aside",
        "by": "David Mbeki",
        "rank": "inspector",
        "at": "2026-06-10T09:30:00+00:00",
        "because": "Seen the partner’s note",
    }
    assert Event.objects.get(kind="authorisation.given").detail["rules_set_aside"] == ["scheme.repeat"]
    shown = text_of(client.get(reverse("case_page", args=[held.reference])))
    assert "Set aside by David Mbeki, 10 June 2026: Seen the partner’s note" in shown
    assert "Rule set aside" in shown


def test_the_rule_counts_as_unmet_whoever_set_it_aside(cast: Cast, held: Case) -> None:
    """A figure of who was eligible must not change with who was let past a rule."""
    deciding.authorise(
        evidence_met=True, case=held, rationale="Agreed.", seen=held.corrections.count(), by=cast["david"]
    )
    assert eligibility(held.assessments.get().findings) == "ineligible"


def test_refused_the_finding_says_that_it_was_not_set_aside(cast: Cast, signed_in: SignIn, held: Case) -> None:
    """A refusal that left no trace on the rule would read as never asked."""
    deciding.refuse(case=held, rationale="Too soon.", seen=held.corrections.count(), by=cast["david"])
    assert held.referrals.get().state == Referral.State.WITHDRAWN
    shown = text_of(signed_in(cast["david"]).get(reverse("case_page", args=[held.reference])))
    assert "Not set aside. David Mbeki, 10 June 2026: Too soon." in shown


def test_below_the_rank_and_in_one_s_own_case_nobody_sets_a_rule_aside(
    cast: Cast, signed_in: SignIn, held: Case
) -> None:
    """Each rule names its own rank, and nobody decides their own case."""
    with pytest.raises(Refused):
        deciding.authorise(
            evidence_met=True, case=held, rationale="Fine.", seen=held.corrections.count(), by=cast["carol"]
        )
    Authorisation.objects.filter(case=held).update(rank="sergeant")
    with pytest.raises(Refused, match="Only the rank of inspector"):
        deciding.authorise(
            evidence_met=True, case=held, rationale="Fine.", seen=held.corrections.count(), by=cast["carol"]
        )
    page = text_of(signed_in(cast["carol"]).get(reverse("authorise", args=[held.reference])))
    assert "This needs the rank of inspector or above." in page
    Case.objects.filter(pk=held.pk).update(officer=cast["david"])
    held.refresh_from_db()
    with pytest.raises(Refused, match="You are the officer"):
        deciding.authorise(
            evidence_met=True, case=held, rationale="Fine.", seen=held.corrections.count(), by=cast["david"]
        )


def test_an_offer_that_was_declined_asks_nobody_to_set_a_rule_aside(cast: Cast) -> None:
    """Nothing is carried out, so there is nothing to let past a rule, and no inspector to wait for."""
    rule = Finding("scheme.repeat", "not_met", "blocks", "No.", "s", override_by="inspector")
    declined = decision(result="offered_declined", declined_reason="distrust")
    case = record(cast["amara"], decision=declined, judged=Judged(Plan("offered_declined"), (rule.asked_aside(WHY),)))
    assert not Authorisation.objects.filter(case=case).exists()
