"""What the law and a scheme say of a proposal, asked without a database."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.law import codes, disposals
from referrals.judging.books import Law, OwnRecord
from referrals.judging.judge import judge, rules_in_words
from tests.unit.referrals.judging.proposed import TODAY, condition, crime, judged, proposal, unmet, version


def blocking(**changes: Any) -> dict[str, str]:
    return {one.rule: one.reason for one in judged(proposal(**changes)).findings if one.blocks}


def test_a_plain_community_resolution_has_nothing_against_it() -> None:
    """A rule that fires on the ordinary case would stop every officer on every shift."""
    assert unmet(judged(proposal())) == []
    assert judged(proposal()).open_facts == ()


@pytest.mark.parametrize(
    ("offence", "rank"), [("theft", "sergeant"), ("blade", "inspector"), ("aggravated", "prosecutor")]
)
def test_a_simple_caution_asks_the_rank_that_the_offence_itself_asks(offence: str, rank: str) -> None:
    """A sergeant's caution for a blade would be unlawful (s.17(3)), and for hate crime the prosecutor is asked."""
    proposed = proposal(disposal="simple_caution", crimes=[crime(offence)])
    assert rank in {need.rank for need in judged(proposed).needs}


@pytest.mark.parametrize(
    ("changes", "criterion"),
    [
        ({"date_of_birth": "2010-01-01", "disposal": "simple_caution"}, "law.age"),
        ({"admission": "denied"}, "law.admission"),
        ({"evidence": "insufficient"}, "law.evidence"),
        ({"disposal": "conditional_caution"}, "law.no_conditions"),
        ({"disposal": "simple_caution", "conditions": [condition()]}, "law.conditions_not_allowed"),
        ({"disposal": "outcome_22"}, "record.no_activity"),
        ({"disposal": "none"}, "record.no_scheme"),
        ({"version": version(min_age=30), "conditions": [condition()]}, "scheme.typed-age"),
        ({"version": version(admissions=["no_comment"])}, "scheme.typed-admission"),
        ({"version": version(disposals=["deferred_charge"])}, "scheme.disposal"),
        ({"version": version(disposals=[])}, "scheme.disposal"),
        ({"version": version(min_conditions=2)}, "scheme.conditions"),
        ({"version": version(max_conditions=1), "conditions": [condition(), condition()]}, "law.contract_too_many"),
        (
            {"version": version(entry_window_months=1), "crimes": [crime(committed_on="2026-05-09")]},
            "scheme.typed-entry-window",
        ),
    ],
)
def test_what_cannot_stand_is_blocked_by_the_rule_that_says_so(changes: dict[str, Any], criterion: str) -> None:
    """An unlawful resolution, or a person whom the scheme will send back, must be stopped here with the reason."""
    assert criterion in blocking(**changes)


def test_an_entry_window_still_holds_on_its_last_day() -> None:
    """A person must not be turned away on the last day that the scheme allows."""
    last = {"version": version(entry_window_months=1), "crimes": [crime(committed_on="2026-05-10")]}
    assert "scheme.typed-entry-window" not in blocking(**last)


@given(
    disposal=st.sampled_from(sorted(one.code for one in disposals.disposals_at(TODAY))),
    admission=st.sampled_from([one.value for one in codes.Admission]),
    evidence=st.sampled_from(["charge_standard", "offence_made_out", "insufficient"]),
    age=st.integers(10, 80),
)
def test_a_declined_offer_can_always_be_recorded(disposal: str, admission: str, evidence: str, age: int) -> None:
    """What happened must be on the record even where it should not have: declined offers are counted."""
    born = date(TODAY.year - age - 1, 1, 1).isoformat()
    said = {"disposal": disposal, "admission": admission, "evidence": evidence, "date_of_birth": born}
    found = judged(proposal(result="offered_declined", **said))
    assert (found.stopping, found.needs, found.open_facts) == ((), (), ())


def test_a_child_under_ten_is_never_recorded_whatever_was_decided() -> None:
    """A child of nine cannot be guilty of an offence: no decision of this kind may stand against them."""
    for result in ("offered_accepted", "offered_declined", "not_offered"):
        disposal = "" if result == "not_offered" else "community_resolution"
        child = judged(proposal(date_of_birth="2017-01-01", result=result, disposal=disposal))
        assert "law.under_10" in {one.rule for one in child.stopping}


def test_an_enforceable_plan_past_the_limit_is_refused_and_close_to_it_asks_a_sergeant() -> None:
    """Past the limit a broken agreement could not be prosecuted; near it somebody must say why it is still right."""
    old = [crime("common-assault", committed_on="2026-02-01")]  # limit 1 August 2026
    deferred = {"disposal": "deferred_charge", "crimes": old, "conditions": [condition()]}
    assert "law.plan" in blocking(**deferred, ends_on=date(2026, 8, 2))
    close = judged(proposal(**deferred, ends_on=date(2026, 7, 20)))
    assert ("law.plan", "sergeant") in {(one.rule, one.rank) for one in close.findings}
    within = judged(proposal(**deferred, ends_on=date(2026, 7, 1)))
    assert "law.plan" not in {one.rule for one in within.findings}


def test_a_voluntary_plan_past_the_limit_is_said_and_not_refused() -> None:
    """A community resolution stands whatever becomes of it; the officer is told that no charge can follow."""
    old = [crime("common-assault", committed_on="2026-02-01")]
    late = judged(proposal(crimes=old, conditions=[condition()], ends_on=date(2026, 9, 1)))
    assert [(one.rule, one.severity) for one in unmet(late)] == [("law.plan", "warns")]


def test_who_must_decide_is_asked_once_for_each_reason() -> None:
    """An authoriser who reads one reason three times reads none of them."""
    twice = [crime(flags=["hate_crime"]), crime(number="AV/2/26", flags=["hate_crime"])]
    assert [need.rank for need in judged(proposal(crimes=twice)).needs] == ["inspector"]


def test_a_victim_not_asked_is_noted() -> None:
    """The Victims' Code asks for the victim's view: that it is missing must stand on the record."""
    unasked = [crime(victim_kind="person", victim_stance="not_asked")]
    assert [one.rule for one in unmet(judged(proposal(crimes=unasked)))] == ["record.victim_not_asked"]


def test_what_the_law_cannot_tell_stays_open_and_is_asked() -> None:
    """Nobody has said how the person can follow: a child's caution would pass as if an adult had been there."""
    child = {"date_of_birth": "2010-01-05", "disposal": "youth_caution", "follow": []}
    found = judged(proposal(**child))
    assert found.open_facts == ("appropriate_adult", "yjs_consulted")
    assert not found.needs or "sergeant" in {need.rank for need in found.needs}


def test_a_repeat_within_two_years_needs_an_inspector_and_not_known_asks_for_it() -> None:
    """CJCA 2015 s.17(4) must bite on what is listed, and wait for an answer where nobody has checked."""
    similar = [{"outcome": "simple_caution", "date": "2025-01-10", "similar": True}]
    caution = {"disposal": "simple_caution", "facts": {"specified_offence": False}}
    repeated = judged(proposal(**caution, earlier_outcomes="caution", earlier=similar))
    assert ("law.similar_in_two_years", "inspector") in {(one.rule, one.rank) for one in unmet(repeated)}
    unchecked = judged(proposal(**caution, earlier_outcomes="not_checked"))
    assert unchecked.open_facts == ("earlier_outcomes",)
    said = judged(proposal(**caution, earlier_outcomes="not_checked", not_known={"earlier_outcomes": "PNC is down"}))
    assert said.open_facts == ()
    assert "inspector" in {need.rank for need in said.needs}
    assert any("PNC is down" in need.reason for need in said.needs)


def test_the_worst_crime_decides_and_is_named() -> None:
    """One of six thefts that a constable may not settle must be seen, and which one it is."""
    two = [crime(), crime("robbery", number="AV/2/26")]
    found = {one.rule: one for one in judged(proposal(crimes=two)).findings}
    assert (found["law.indictable_only"].result, found["law.indictable_only"].crime) == ("not_met", "AV/2/26")
    assert found["law.admission"].crime == ""


def test_answers_that_contradict_each_other_stop_the_offer_in_words() -> None:
    """A birth in the future judged by no rule at all would let anything pass."""
    found = judged(proposal(date_of_birth="2031-01-01"))
    assert [one.rule for one in found.stopping] == ["record.facts"]


def test_the_rules_applied_are_named_with_their_dates() -> None:
    """A later reader must know which version of law and scheme the officer was shown."""
    words = rules_in_words(proposal(version=version()), TODAY)
    assert "10 June 2026" in words
    assert "Community resolution (rules from 8 April 2013)" in words
    assert "Second Step (rules from 1 January 2026)" in words
    assert len(words) <= 200


def test_rules_of_next_year_ask_nothing_of_a_decision_made_today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law that has been entered ahead of its first day must not stop today's officers, nor may it be late."""
    now = disposals.get("community_resolution", TODAY).model_copy(update={"valid_to": date(2026, 12, 31)})
    then = now.model_copy(update={"valid_from": date(2027, 1, 1), "valid_to": None, "activity_required": True})
    dated = disposals.build_catalogue([now, then])
    monkeypatch.setattr(disposals, "catalogue", lambda: dated)

    assert "record.no_activity" not in blocking()
    later = judge(proposal(), date(2027, 1, 1), [Law(), OwnRecord()])
    assert [one.rule for one in later.stopping] == ["record.no_activity"]
