"""Domestic abuse: what has to be known before anything is offered, and what sends the decision to the prosecutor."""

from typing import Any

import pytest

from cases.law.codes import Rank
from cases.law.settings import LawSettings
from referrals.judging.books import Law, OwnRecord
from referrals.judging.judge import Judged, judge
from tests.factories.cases import MINIMUM_STANDARDS
from tests.unit.referrals.judging.proposed import TODAY, condition, crime, proposal

ASKED = {"domestic_abuse_risk", "controlling_behaviour"}
STANDARDS = {"first_domestic_abuse", "harmed_seen_apart", "approved_programme"}


def abuse(disposal: str = "conditional_caution", settings: LawSettings | None = None, **facts: Any) -> Judged:
    hurt = crime("common-assault", flags=["domestic_abuse"], victim_kind="person", victim_stance="agrees")
    given = {"gravity_score": 2, **MINIMUM_STANDARDS, **facts}
    known = {name: value for name, value in given.items() if value is not None}
    proposed = proposal(disposal=disposal, crimes=[hurt], facts=known, conditions=[condition()])
    law = Law() if settings is None else Law(settings)
    return judge(proposed, TODAY, [law, OwnRecord()])


def ranks(found: Judged) -> set[str]:
    return {need.rank for need in found.needs}


@pytest.mark.parametrize("disposal", ["community_resolution", "conditional_caution", "deferred_charge", "outcome_22"])
@pytest.mark.parametrize("facts", [{"domestic_abuse_risk": "high"}, {"controlling_behaviour": True}])
def test_high_risk_or_controlling_behaviour_goes_to_the_prosecutor(disposal: str, facts: dict[str, Any]) -> None:
    """Settled at the kerb, the person harmed is left with whoever controls them."""
    assert "prosecutor" in ranks(abuse(disposal, **facts))
    assert "prosecutor" not in ranks(abuse(disposal))


@pytest.mark.parametrize("missing", sorted(STANDARDS))
def test_a_conditional_caution_below_the_minimum_standards_goes_to_the_prosecutor(missing: str) -> None:
    """A second time, no programme, or the person harmed asked beside the suspect: none is a first-time caution."""
    assert "prosecutor" in ranks(abuse(**{missing: False}))
    assert "prosecutor" not in ranks(abuse("community_resolution", **{missing: False}))


def test_what_is_not_known_is_asked_for_that_offer_only() -> None:
    """Nobody may find out after the offer that the risk was high; a shop theft must not be asked about it."""
    unknown = dict.fromkeys([*ASKED, *STANDARDS])
    assert set(abuse(**unknown).open_facts) == ASKED | STANDARDS
    assert set(abuse("community_resolution", **unknown).open_facts) == ASKED
    shop = judge(proposal(), TODAY, [Law(), OwnRecord()])
    assert not (ASKED | STANDARDS) & set(shop.open_facts)


def test_a_force_can_name_another_rank() -> None:
    """Which rank decides today is not settled: no force may be held to our reading of it."""
    settings = LawSettings(domestic_abuse_rank=Rank.SUPERINTENDENT)
    found = ranks(abuse("community_resolution", settings, domestic_abuse_risk="high"))
    assert "superintendent" in found
    assert "prosecutor" not in found


def test_a_case_with_another_crime_beside_it_can_be_recorded() -> None:
    """Asked of the case, the risk is that of the assault: it must not make domestic abuse of the theft."""
    crimes = [crime("common-assault", flags=["domestic_abuse"]), crime("theft", number="AV/2/26")]
    found = judge(proposal(crimes=crimes, facts={"gravity_score": 2, **MINIMUM_STANDARDS}), TODAY, [Law(), OwnRecord()])
    assert "record.facts" not in {one.rule for one in found.findings}
    assert "inspector" in ranks(found)
