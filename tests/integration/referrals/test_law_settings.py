"""What a force chooses where the law leaves a choice: drafted on a page, signed by two, and used from its first day."""

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import rulebook
from cases.law.settings import DEFAULTS, LawSettings
from cases.models import Allegation, Assessment, Authorisation, PolicyVersion
from diversion import clock
from diversion.accounts.models import User
from referrals.actions import deciding, support
from referrals.forms.law_settings import initial_of
from referrals.judging.offers import offers
from referrals.models import Condition
from tests.conftest import NOW, Cast
from tests.factories.cases import crime, decision, record
from tests.factories.cases import sign as sign_agreement
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme
from tests.factories.policies import choose
from tests.unit.referrals.judging.proposed import crime as assault
from tests.unit.referrals.judging.proposed import proposal, version

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
TODAY, TOMORROW = date(2026, 6, 10), date(2026, 6, 11)


@pytest.fixture
def elin(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["elin"])


@pytest.fixture
def draft(cast: Cast, elin: Client) -> PolicyVersion:
    live = rulebook.live_version(cast["elin"].organisation, TODAY)
    response = elin.post(reverse("policy_draft", args=[live.reference]))
    return PolicyVersion.objects.get(reference=response["Location"].rstrip("/").rpartition("/")[2])


def url(name: str, version: PolicyVersion) -> str:
    return reverse(name, args=[version.reference])


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


def chosen(draft: PolicyVersion, **changes: Any) -> dict[str, Any]:
    """What the page of the choices sends, with ``changes``."""
    values = {
        name: value for name, value in initial_of(rulebook.policy_of(draft)).items() if value not in (None, False)
    }
    return {"revision": draft.revision, **values, **changes}


def sign(draft: PolicyVersion, cast: Cast, elin: Client, client: Client, starts_on: date) -> None:
    """Described, previewed and signed by the coordinator, then by an inspector."""
    about = {"name": "Avonford policy", "label": "2", "notes": "Sixty days to charge.", "review_date": "2027-06-01"}
    assert elin.post(url("policy_describe", draft), {"revision": draft.revision, **about}).status_code == 302
    draft.refresh_from_db()
    elin.post(url("policy_preview", draft), {"revision": draft.revision})
    signature = {"revision": draft.revision, "starts_on": starts_on.isoformat(), "agreed": "on"}
    assert elin.post(url("policy_sign", draft), signature).status_code == 302
    client.force_login(cast["david"])
    assert client.post(url("policy_sign", draft), signature).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "live"


def deferred(number: str, *, again: bool = False) -> dict[str, Any]:
    """A deferred charge for a common assault of 1 March (limit 1 September), to be kept by 8 July."""
    about = {"crimes-0-offence": "common-assault", "crimes-0-committed_on": "2026-03-01", "crimes-0-number": number}
    other = {"given_names": "Alex", "family_name": "Moss", "date_of_birth": "1998-11-02"} if again else {}
    return posted(disposal="deferred_charge", evidence="charge_standard", **about | other)


def test_what_two_people_signed_is_what_the_recording_says_from_its_first_day(
    cast: Cast, elin: Client, draft: PolicyVersion, client: Client, signed_in: SignIn
) -> None:
    """A force that needs sixty days to charge would go on being told that twenty-eight are enough."""
    assert elin.post(url("policy_settings", draft), chosen(draft, lead_days="60")).status_code == 302
    draft.refresh_from_db()
    page = text_of(elin.get(url("policy_version", draft)))
    assert "“28” → “60”" in page
    sign(draft, cast, elin, client, TOMORROW)
    officer = signed_in(cast["amara"])
    assert officer.post(reverse("record_decision"), deferred("AV/1/26")).status_code == 302
    with clock.set_to(NOW + timedelta(days=1)):
        assert officer.post(reverse("record_decision"), deferred("AV/2/26", again=True)).status_code == 302
    before, after = Assessment.objects.order_by("pk")
    assert "law.plan" not in {one["rule"] for one in before.findings if one["result"] != "met"}
    [plan] = [one for one in after.findings if one["rule"] == "law.plan"]
    assert (plan["severity"], plan["rank"]) == ("needs_authority", "sergeant")
    assert plan["values"]["latest_safe"] == "2026-07-03"
    reasons = Authorisation.objects.get(case=after.case).reasons
    assert plan["reason"] in reasons


def test_the_page_keeps_what_it_does_not_ask_and_what_was_typed_wrong(elin: Client, draft: PolicyVersion) -> None:
    """One choice would undo another, or a slip would cost the whole page."""
    page = text_of(elin.get(url("policy_settings", draft)))
    assert "Community resolution with hate crime: who decides" in page
    assert "Deferred charge, kept: the outcome, where the scheme says none" in page
    wrong = elin.post(url("policy_settings", draft), chosen(draft, lead_days="many", plan_weeks_youth="12"))
    assert wrong.status_code == 422
    assert "Days needed to charge if an agreement fails must be a whole number" in text_of(wrong)
    assert 'value="12"' in text_of(wrong)
    given = {
        "rank_community_resolution.hate_crime": "sergeant",
        "outcome_deferred_charge": "8",
        "unknown_rank": "inspector",
    }
    assert elin.post(url("policy_settings", draft), chosen(draft, **given)).status_code == 302
    draft.refresh_from_db()
    policy = rulebook.policy_of(draft)
    assert policy.settings.rank_overrides == {"community_resolution.hate_crime": "sergeant"}
    assert policy.settings.success_outcomes == {"deferred_charge": 8}
    assert (policy.unknown_rank, policy.settings.lead_days) == ("inspector", DEFAULTS.lead_days)
    back = chosen(draft, **{"rank_community_resolution.hate_crime": "", "outcome_deferred_charge": ""})
    assert elin.post(url("policy_settings", draft), back).status_code == 302
    draft.refresh_from_db()
    assert rulebook.policy_of(draft).settings == DEFAULTS


def test_what_was_signed_has_no_such_page_and_another_force_s_is_not_there(
    cast: Cast, elin: Client, draft: PolicyVersion, signed_in: SignIn
) -> None:
    """What two people signed would change under them, and a force would choose for another."""
    live = rulebook.live_version(cast["elin"].organisation, TODAY)
    assert elin.post(url("policy_settings", live), chosen(live, lead_days="60")).status_code == 422
    live.refresh_from_db()
    assert rulebook.policy_of(live).settings == DEFAULTS
    adopt_scheme("checkpoint", cast)
    response = elin.post(reverse("scheme_draft", args=["checkpoint"]))
    scheme = PolicyVersion.objects.get(reference=response["Location"].rstrip("/").rpartition("/")[2])
    assert elin.get(url("policy_settings", scheme)).status_code == 404
    stranger = signed_in(cast["ben"]).get(url("policy_settings", draft))
    assert stranger.status_code in (403, 404)


def test_a_kept_deferral_closes_with_the_outcome_that_the_force_chose(cast: Cast) -> None:
    """The force’s return would count it under another outcome than its own policy says."""
    choose(cast, success_outcomes={"deferred_charge": 8})
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    sign_agreement(case)
    for one in Condition.objects.filter(agreement__case=case):
        support.settle_condition(condition=one, state="done", evidence="Seen", version=one.version, by=cast["amara"])
    assert list(Allegation.objects.filter(case=case).values_list("outcome", flat=True)) == ["8"]


def test_the_force_s_day_of_the_repeal_ends_the_limit_on_shop_theft(cast: Cast, signed_in: SignIn) -> None:
    """An officer would be told of a limit that the law has ended."""
    choose(cast, shop_theft_repeal="2026-06-01")
    case = record(cast["amara"], crimes=[crime("theft-from-a-shop", committed_on=date(2026, 6, 2))])
    assert case.allegations.get().limit_on is None
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
    assert "shop theft of any value is either-way since repeal" in page


def test_a_mistyped_rank_is_refused() -> None:
    """The rank would stay as it was, and nobody would learn of it."""
    with pytest.raises(ValueError, match="simple_cauton"):
        LawSettings.model_validate({"rank_overrides": {"simple_cauton": "sergeant"}})


def test_the_list_of_offers_counts_with_the_days_of_the_force(cast: Cast) -> None:
    """The list would let an officer promise what the recording then sends to a sergeant."""
    facts = proposal(crimes=[assault("common-assault", committed_on="2026-04-01")]).facts
    step = version(pk=1, disposals=["deferred_summons"], duration=2, duration_unit="months")
    force = cast["elin"].organisation

    def about_time() -> list[str]:
        listed = offers(facts, force=force, versions=[step], at=TODAY)
        chosen = next(one for one in listed if one.key == "deferred_summons:1")
        return [finding.severity for part in chosen.parts for finding in part.findings if finding.rule == "law.plan"]

    assert about_time() == []
    choose(cast, lead_days=60)
    assert about_time() == ["needs_authority"]
