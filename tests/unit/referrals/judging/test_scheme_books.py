"""A scheme's stored criteria read with a page's answers, without a database."""

from datetime import date
from typing import Any

from cases.eligibility.schemes import load_scheme_library
from cases.models import Catalogue, Offence
from referrals.judging.books import OwnRecord, SchemeBook
from referrals.judging.facts import CaseFacts
from referrals.judging.judge import Judged, judge
from referrals.judging.proposal import Plan, Proposal
from referrals.models import Scheme, SchemeVersion
from referrals.schemes.document import criteria_in
from tests.unit.referrals.judging.proposed import ANSWERS, TODAY, crime


def version(slug: str) -> SchemeVersion:
    definition = next(entry for entry in load_scheme_library() if entry.slug == slug)
    rules = definition.on(TODAY)
    assert rules is not None
    return SchemeVersion(
        scheme=Scheme(slug=slug, name=definition.name),
        valid_from=rules.valid_from,
        valid_to=rules.valid_to,
        confidentiality=rules.confidentiality,
        document=rules.document.model_dump(mode="json")
        | {"disposal_modes": ["community_resolution"], "min_conditions": 0},
    )


def judged(slug: str, *groups: str, on_record: Any = (), **said: Any) -> Judged:
    """What the scheme's own rules say of a person accused of offences of these ``groups``."""
    taken = groups or ("drug_possession",)
    offences = Catalogue(Offence(code=group, mode="either_way", policy_group=group) for group in taken)
    crimes = [crime(group, number=f"AV/{place}") for place, group in enumerate(taken)]
    answers = ANSWERS | {"crimes": crimes, "result": "offered_accepted", "earlier_outcomes": "not_checked"} | said
    chosen = version(slug)
    plan = Plan("offered_accepted", "community_resolution", chosen)
    book = SchemeBook(chosen.scheme.name, "scheme 1", criteria_in(chosen))
    proposed = Proposal(plan, CaseFacts.of(answers, offences, TODAY, on_record))
    return judge(proposed, TODAY, [book, OwnRecord()])


def results(slug: str, *groups: str, **said: Any) -> dict[str, str]:
    found = judged(slug, *groups, **said).findings
    return {one.rule.removeprefix("scheme."): one.result for one in found}


def test_known_answers_settle_a_criterion_and_unasked_ones_stay_unknown() -> None:
    """What nobody was asked must not be taken for a no."""
    found = results("drug-diversion")
    assert found["adult"] == "met"
    assert found["drug-possession"] == "met"
    assert found["small-quantity"] == "unknown"


def test_what_is_not_known_is_asked_and_never_passes_in_silence() -> None:
    """A person on bail, or a large quantity, would go to a scheme that excludes them."""
    assert "small_quantity" in judged("drug-diversion").open_facts
    assert "on_bail" in judged("checkpoint", "theft").open_facts
    asked = judged("checkpoint", "theft", facts={"gravity_score": 2, "on_bail": True})
    assert "scheme.on-bail" in {one.rule for one in asked.stopping}


def test_what_cannot_change_the_offer_any_more_is_not_asked() -> None:
    """An officer would answer ten questions about a scheme that is ruled out already."""
    assert judged("checkpoint", "theft", date_of_birth="2010-01-05").open_facts == ()


def test_the_worst_crime_of_a_case_decides() -> None:
    """One crime that the scheme does not take is enough for the partner to send the person back."""
    assert results("drug-diversion", "drug_possession", "burglary")["drug-possession"] == "not_met"


def test_our_own_records_can_break_a_limit_on_earlier_times_and_never_satisfy_it() -> None:
    """A second time is seen even if nobody mentions it; a clean record here says nothing of other forces."""
    earlier = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 2, 1)}]
    assert results("checkpoint")["repeat"] == "unknown"
    assert results("checkpoint", on_record=earlier)["repeat"] == "not_met"
    long_ago = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2024, 2, 1)}]
    assert results("checkpoint", on_record=long_ago)["repeat"] == "unknown"


def test_who_may_set_a_rule_aside_is_said() -> None:
    """A rule that an inspector may set aside, unsaid, turns people away for good."""
    earlier = [{"outcome": "scheme", "scheme": "checkpoint", "date": date(2026, 2, 1)}]
    repeat = next(one for one in judged("checkpoint", on_record=earlier).findings if one.rule == "scheme.repeat")
    assert (repeat.blocks, repeat.override_by) == (True, "inspector")
