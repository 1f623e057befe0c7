"""What could be offered to somebody and how far each offer is open, as an officer sees it before anything is said."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from cases.eligibility.criteria import Criterion
from cases.eligibility.facts import VOCABULARY
from cases.eligibility.policy import Policy, load_policy
from cases.eligibility.schemes import load_scheme_library
from cases.law.disposals import catalogue
from diversion import clock
from referrals.judging.books import ForcePolicy, Law, OwnRecord, SchemeBook
from referrals.judging.facts import ACCEPTED, CaseFacts
from referrals.judging.judge import Judged, judge
from referrals.judging.offers import LEAST_FORMAL, Offer, before_conditions, offers, pairs, weigh
from referrals.judging.proposal import Plan, Proposal
from referrals.models import Scheme
from tests.conftest import Cast
from tests.factories.decisions import parts as parts_of
from tests.factories.policies import begin_with
from tests.unit.referrals.judging.proposed import TODAY, crime, proposal, version

SOURCES = [{"key": "house default", "tag": "proposal"}]
ON_BAIL = {
    "id": "on-bail", "reason": "Nobody on bail.", "sources": SOURCES, "severity": "blocks",
    "test": {"kind": "flag", "fact": "on_bail", "expected": False},
}  # fmt: skip


def scheme(pk: int, **changes: Any) -> Any:
    return version(pk=pk, scheme=Scheme(name=f"Scheme {pk}", slug=f"scheme-{pk}"), **changes)


def found(facts: CaseFacts, *versions: Any, places: dict[int, float] | None = None) -> list[Offer]:
    return offers(facts, force=None, versions=versions, at=TODAY, places=places)


def one(of: list[Offer], key: str) -> Offer:
    return next(offer for offer in of if offer.key == key)


def test_every_resolution_is_listed_alone_and_with_each_scheme_that_goes_with_it() -> None:
    """What is not on the list cannot be offered, and nobody would know that it was left out."""
    step, help_only = scheme(1, disposals=["community_resolution", "outcome_22"]), scheme(2, disposals=[])
    keys = {offer.key for offer in found(proposal().facts, step, help_only)}
    assert {"community_resolution:1", "outcome_22:1", "none:2", "community_resolution:", "simple_caution:"} <= keys
    assert not {"none:", "simple_caution:1", "community_resolution:2", "diversionary_caution:"} & keys
    assert len(keys) == len(pairs([step, help_only], TODAY))


def test_what_the_law_rules_out_comes_last_with_its_reason() -> None:
    """An officer who offers a child an adult's caution has to take it back in front of them."""
    child = proposal(date_of_birth="2011-01-01").facts
    listed = found(child)
    out = one(listed, "simple_caution:")
    assert "aged 18 and over" in out.stopping[0].reason
    assert not out.may_be_asked
    assert [bool(offer.stopping) for offer in listed] == sorted(bool(offer.stopping) for offer in listed)


def test_an_offer_says_how_much_is_left_to_ask_and_an_answer_settles_it() -> None:
    """Promised before it is asked, it is broken afterwards."""
    careful = scheme(1, criteria=[ON_BAIL])
    assert one(found(proposal().facts, careful), "community_resolution:1").open_facts == ("on_bail",)
    known = proposal(facts={"gravity_score": 2, "on_bail": False}).facts
    assert one(found(known, careful), "community_resolution:1").open_facts == ()
    bailed = proposal(facts={"gravity_score": 2, "on_bail": True}).facts
    assert [why.reason for why in one(found(bailed, careful), "community_resolution:1").stopping] == ["Nobody on bail."]


def test_the_least_formal_comes_first_then_the_soonest_place() -> None:
    """The first of the list is what most officers take: it must be the lightest that is open, and can begin soonest."""
    late, soon = scheme(1), scheme(2)
    listed = found(proposal().facts, late, soon, places={1: 20.0, 2: 10.0})
    assert [offer.key for offer in listed[:3]] == [
        "community_resolution:2", "community_resolution:1", "community_resolution:"
    ]  # fmt: skip


def test_a_rule_that_a_rank_may_set_aside_can_be_asked_for_and_says_whom() -> None:
    """A rule with a way out that nobody is shown is a dead end for the person."""
    soft = scheme(1, criteria=[ON_BAIL | {"override_by": "inspector"}])
    bailed = proposal(facts={"gravity_score": 2, "on_bail": True}).facts
    offer = one(found(bailed, soft), "community_resolution:1")
    assert (bool(offer.stopping), offer.may_be_asked, offer.rank) == (True, True, "inspector")


def test_an_agreement_that_would_end_after_the_limit_is_ruled_out_before_it_is_offered() -> None:
    """Six months run out for a summary offence: a plan past them can never be enforced (MCA 1980 s.127)."""
    long = scheme(1, disposals=["conditional_caution", "deferred_summons"], duration=5, duration_unit="months")
    old = proposal(crimes=[crime("common-assault", committed_on="2026-01-10")]).facts
    assert {finding.rule for finding in one(found(old, long), "deferred_summons:1").stopping} == {"law.plan"}


def test_every_resolution_has_its_place_in_the_order() -> None:
    """One without would come after the gravest, and be taken by nobody."""
    active = {code.value for code, versions in catalogue().items() if any(each.active for each in versions)}
    assert active <= set(LEAST_FORMAL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "first"),
    [("rank", "community_resolution:1"), ("formality", "community_resolution:1"), ("place", "deferred_caution:2")],
)
def test_a_force_says_what_its_officers_see_first(cast: Cast, chosen: str, first: str) -> None:
    """A force that wants people seen soonest would have the least formal on top, whatever it had signed."""
    force = cast["amara"].organisation
    begin_with(force, offers_first=chosen)
    later, soon = scheme(1, disposals=["community_resolution"]), scheme(2, disposals=["deferred_caution"])
    for each in (later, soon):
        each.scheme.force = force
    listed = offers(proposal().facts, force=force, versions=[later, soon], at=clock.today(), places={1: 9.0, 2: 1.0})
    assert listed[0].key == first


POLICY = load_policy()
KNOWN: dict[str, Any] = {
    "date_of_birth": "2001-03-04", "sex": "male", "admission": "admitted", "evidence": "charge_standard",
    "origin": "street", "offence_alleged": True, "offence_group": "shop_theft", "offence_code": "theft-from-a-shop",
    "mode_of_trial": "either_way", "offence_date": "2026-06-07", "domestic_abuse": False, "hate_crime": False,
    "victim_view": "agrees", "consent": True, "earlier_outcomes": [],
}  # fmt: skip


def every_offer(policy: Policy) -> Iterator[tuple[str, str]]:
    for each in policy.disposals:
        yield str(each.disposal), ""
    for scheme in load_scheme_library():
        rules = scheme.on(TODAY)
        for disposal in (rules.disposals if rules else ()) or ("none",):
            yield str(disposal), scheme.slug


def rules_of(slug: str) -> tuple[Criterion, ...]:
    entry = next((one for one in POLICY.schemes if one.scheme == slug), None)
    rules = entry.on(TODAY) if entry else None
    return rules.criteria if rules else ()


def weighed(disposal: str, slug: str, facts: dict[str, Any]) -> Judged:
    books = [Law(), ForcePolicy(POLICY, POLICY.name, "policy 1"), OwnRecord()]
    if slug:
        books.append(SchemeBook(slug, slug, rules_of(slug)))
    plan = Plan(ACCEPTED, disposal)
    return before_conditions(judge(Proposal(plan, CaseFacts((facts,))), TODAY, books))


def outcome(judged: Judged) -> frozenset[str]:
    """Who has to decide; nobody can where a rule stops it."""
    return frozenset({"nobody"}) if judged.stopping else frozenset(need.rank for need in judged.needs)


def values_of(name: str, slug: str) -> list[Any]:
    """Answers that a rule may tell apart."""
    fact = VOCABULARY[name]
    if fact.type == "yes_no":
        return [True, False]
    if fact.type in ("whole", "number"):
        return [fact.minimum or 0, 3, fact.maximum or 400]
    if fact.type == "needs":
        return [[], ["drugs"], ["drugs", "housing", "alcohol"]]
    if fact.type == "date":
        return ["2026-06-08", "2026-06-10"]
    return sorted(fact.values) or [*places_of(slug), "elsewhere"]


def places_of(slug: str) -> list[str]:
    """The areas that the scheme's rules name."""
    parts = (part for one in rules_of(slug) for part in parts_of(one.test.model_dump(mode="json")))
    return [place for part in parts if part["kind"] == "area" for place in part["any_of"]]


def seriousness(judged: Judged) -> tuple[int, int]:
    return len(judged.stopping), len(judged.needs)


def best_answers(disposal: str, slug: str, asked: Sequence[str]) -> dict[str, Any]:
    """Answers under which the offer is as open as it can be, each in turn."""
    found: dict[str, Any] = {name: values_of(name, slug)[0] for name in asked}
    for name in asked:
        each = [found | {name: value} for value in values_of(name, slug)]
        found = min(each, key=lambda given: seriousness(weighed(disposal, slug, KNOWN | given)))
    return found


OFFERS = list(every_offer(POLICY))
ONCE = {slug: (disposal, slug) for disposal, slug in reversed(OFFERS) if slug}  # each scheme with one resolution
FEW = [pair for pair in OFFERS if not pair[1] or pair in ONCE.values()]


@pytest.mark.parametrize(
    ("disposal", "slug"), [*FEW, *(pytest.param(*pair, marks=pytest.mark.sweep) for pair in OFFERS if pair not in FEW)]
)
def test_what_is_asked_of_an_offer_is_what_can_change_it(disposal: str, slug: str) -> None:
    """Asked in vain, it is a minute of somebody in handcuffs; left out, it comes to light once they have agreed."""
    beginning = weighed(disposal, slug, KNOWN)
    asked = beginning.open_facts
    if beginning.stopping:
        assert asked == ()
        return
    best = best_answers(disposal, slug, asked)
    silent = [name for name in asked if not tells(disposal, slug, name, best)]
    assert silent == []
    never_asked = [name for name in VOCABULARY if name not in KNOWN and name not in asked and name not in DEPENDENT]
    assert [name for name in never_asked if changes(disposal, slug, name, best)] == []


#: Answered only where another answer asks for it.
DEPENDENT = ("domestic_abuse_risk", "first_statement_date")


def tells(disposal: str, slug: str, name: str, best: dict[str, Any]) -> bool:
    """Whether the answer changes the offer, the others being well, or all but one of them."""
    but_one = ({other: value} for other in best if other != name for value in values_of(other, slug))
    return any(changes(disposal, slug, name, best | other) for other in itertools.chain([{}], but_one))


def changes(disposal: str, slug: str, name: str, given: dict[str, Any]) -> bool:
    found = {outcome(weighed(disposal, slug, KNOWN | given | {name: value})) for value in values_of(name, slug)}
    return len(found) > 1


def test_one_offer_weighed_whole_asks_what_the_list_said() -> None:
    """The count beside an offer is a promise of how long it takes."""
    careful = scheme(1, criteria=[ON_BAIL])
    listed = one(found(proposal().facts, careful), "community_resolution:1")
    whole = weigh(proposal().facts, "community_resolution", careful, force=None, at=date(2026, 6, 10))
    assert whole.open_facts == listed.open_facts
