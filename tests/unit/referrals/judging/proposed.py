"""Proposals as a page would make them, so that a test says only what is special about its own."""

from datetime import date, timedelta
from typing import Any

from cases.findings import Finding
from cases.models import Catalogue, Offence
from referrals.judging.books import Law, OwnRecord, Rulebook, SchemeBook
from referrals.judging.facts import CaseFacts
from referrals.judging.judge import Judged, judge
from referrals.judging.proposal import Plan, Proposal
from referrals.models import SchemeVersion
from referrals.schemes.condition_words import ConditionDetails
from referrals.schemes.document import criteria_in
from tests.factories import schemes

TODAY = date(2026, 6, 10)
OFFENCES = {
    "theft": Offence(code="theft", title="Theft", mode="either_way", policy_group="theft", specified=False),
    "blade": Offence(code="blade", mode="either_way", policy_group="weapon_possession", specified=True),
    "aggravated": Offence(code="aggravated", mode="either_way", policy_group="criminal_damage", hate_variant=True),
    "common-assault": Offence(code="common-assault", mode="summary", policy_group="common_assault"),
    "robbery": Offence(code="robbery", mode="indictable", policy_group="robbery"),
}
PLAN = ("result", "disposal", "version", "conditions", "quantities", "ends_on")
ANSWERS: dict[str, Any] = {
    "date_of_birth": "2001-03-04",
    "sex": "male",
    "admission": "admitted",
    "evidence": "charge_standard",
    "origin": "street",
    "earlier_outcomes": "none",
    "follow": ["alone"],
    "facts": {"gravity_score": 2},
}


def crime(offence: str = "theft", **changes: Any) -> dict[str, Any]:
    """The answers about one crime."""
    values = {"number": "AV/1/26", "offence": offence, "committed_on": "2026-06-07", "victim_kind": "none"}
    return values | changes


def proposal(**changes: Any) -> Proposal:
    """A plain community resolution for one theft; ``changes`` replace parts of the plan, or answers."""
    given: dict[str, Any] = {"result": "offered_accepted", "disposal": "community_resolution"} | changes
    plan = Plan(**{name: given.pop(name) for name in PLAN if name in given})
    on_record = given.pop("on_record", ())
    answers = ANSWERS | {"crimes": [crime()], "result": plan.result} | given
    offences = Catalogue(OFFENCES.values())
    return Proposal(plan, CaseFacts.of(answers, offences, TODAY, on_record))


def judged(proposed: Proposal, *more: Rulebook) -> Judged:
    """By the law, the scheme proposed and our own record, without a database; and by ``more`` books."""
    scheme = proposed.plan.version
    books: list[Rulebook] = [Law(), OwnRecord(), *more]
    if scheme is not None:
        books.append(SchemeBook(scheme.scheme.name, "scheme 1", criteria_in(scheme)))
    return judge(proposed, TODAY, books)


def unmet(found: Judged) -> list[Finding]:
    return [one for one in found.findings if one.result == "not_met"]


def condition(due: date = TODAY + timedelta(days=28)) -> ConditionDetails:
    return ConditionDetails("course", "rehabilitative", "I will go to the course.", due)


def version(**changes: Any) -> SchemeVersion:
    return schemes.version(**({"disposals": ["community_resolution"]} | changes))
