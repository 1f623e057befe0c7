"""Vary before breach: what the worker changes alone, what a rank decides, and what nobody may do meanwhile."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied

from cases.findings import Finding
from cases.models import Allegation, Authorisation, Case, VictimRecord
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import closing, deciding, missed, partner, support, varying
from referrals.actions.deciding import Support
from referrals.judging import variation
from referrals.judging.variation import Clocks
from referrals.models import Condition, ConditionChange, MissedStep, Referral
from referrals.queries.varying import changes_to_decide, changes_to_watch, late_before, reasons_before, steps_to_answer
from referrals.schemes.missed import is_missed
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, person, record, sign
from tests.factories.ground import adopt_scheme, rank
from tests.factories.schemes import open_to_all
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")
PAYS = "I will pay £80 to Vera Victim."


@made_once
def scheme(cast: Cast) -> Any:
    """Open to everybody, in 16 weeks at most; Harbour Trust (hugh, george) delivers it."""
    return open_to_all(
        adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from"),
        disposal_modes=["community_resolution", "deferred_charge", "conditional_caution"],
        conditions=[],
        min_conditions=0,
        max_conditions=None,
        duration={"amount": 16, "unit": "weeks"},
    )


def supported(cast: Cast, scheme: Any, disposal: str = "community_resolution", **changes: Any) -> Condition:
    """The one condition of somebody whom george helps; by default compensation to a named victim, due in four weeks."""
    values = {"kind": "compensation", "object": "reparative", "partner_wording": "I will pay compensation."} | changes
    harmed = crime("criminal-damage", victim_kind="person", victim_name="Vera Victim")
    backing = Support(scheme_version=scheme, conditions=[condition(values.pop("wording", PAYS), **values)])
    case = record(cast["amara"], decision=decision(disposal=disposal), support=backing, crimes=[harmed])
    if disposal != "community_resolution":
        deciding.authorise(
            evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
        )
        sign(case)
    referral = case.referrals.get()
    partner.accept(referral=referral, navigator=cast["george"], version=referral.version, by=cast["hugh"])
    return Condition.objects.get(agreement__case=case)


def ask(one: Condition, by: User, way: str = "other", **changes: Any) -> ConditionChange:
    """A change with everything that police are told of it."""
    told = {"because": "Lost the job on Friday.", "agreed_on": clock.today(), "agreed_how": "in_person"} | changes
    told = {"wording": "I will pay £40.", **told} if way == "other" else told
    change = varying.Change(way, told.pop("reason", "money"), **told)
    return varying.change_condition(condition=one, change=change, version=one.version, by=by)


def move(one: Condition, day: date, by: User) -> ConditionChange:
    """A new day, and nothing that police would have to be told."""
    return varying.change_condition(
        condition=one, change=varying.Change("new_day", "money", due_on=day), version=one.version, by=by
    )


def test_lost_job_cannot_pay_more_time_is_the_workers_and_less_is_the_sergeants(cast: Cast, scheme: Any) -> None:
    """Somebody who lost their job and says so would be broken for want of a form, or let off by nobody."""
    one, george, carol = supported(cast, scheme), cast["george"], cast["carol"]
    with clock.set_to(clock.now() + timedelta(days=40)):
        assert is_missed(one)
        later = clock.today() + timedelta(days=21)
        moved = move(one, later, george)
        assert (moved.state, one.due_on, is_missed(one)) == ("made", later, False)
        assert MissedStep.objects.get().way == "new_day"
        less = ask(one, george)
        assert (less.state, less.rank, less.asks_victim) == ("waiting", "sergeant", True)
        with pytest.raises(Refused, match="the coordinator asks them first"):
            varying.authorise_change(change=less, rationale="Fair.", by=carol)
        varying.note_victim_answer(change=less, answer="disagrees", by=cast["elin"])  # heard, and no veto
        varying.authorise_change(change=less, rationale="Fair.", by=carol)
    one.refresh_from_db()
    assert (one.wording, one.wording_for_partner, one.due_on) == ("I will pay £40.", "I will pay £40.", later)
    assert less.before["wording"] == PAYS
    assert less.after["wording"] == "I will pay £40."


def test_in_a_conditional_caution_a_date_too_needs_a_signature_and_an_authorised_person(
    cast: Cast, scheme: Any
) -> None:
    """A caution changed by a worker binds nobody, and what follows from it falls (Criminal Justice Act 2003 s.23B)."""
    one, george = supported(cast, scheme, "conditional_caution"), cast["george"]
    day = one.due_on + timedelta(days=2)
    with pytest.raises(Refused, match="an authorised person decides on every change"):
        move(one, day, george)
    with pytest.raises(Refused, match="the person signs the change"):
        ask(one, george, "new_day", due_on=day)
    asked = ask(one, george, "new_day", due_on=day, agreed_how="signed")
    assert (asked.state, asked.rank, asked.asks_victim) == ("waiting", "sergeant", False)
    one.refresh_from_db()
    assert one.due_on < day
    varying.authorise_change(change=asked, rationale="Reasonable.", by=cast["carol"])
    one.refresh_from_db()
    assert one.due_on == day


#: In a deferral: the kind of condition, what is done, by how many days it is moved, and whether it is made or waits.
WHOSE = [
    ("course", "new_day", 20, "made"),
    ("course", "swapped", 0, "made"),
    ("course", "other", 0, "waiting"),
    ("course", "let_go", 0, "waiting"),
    ("course", "new_day", 100, "waiting"),
    ("no_reoffending", "new_day", 5, "waiting"),
    ("unpaid_work", "new_day", 5, "made"),
    ("unpaid_work", "swapped", 0, "waiting"),
    ("other", "swapped", 0, "waiting"),
    ("apology", "swapped", 0, "waiting"),
    ("compensation", "new_day", 5, "made"),
]


def test_what_is_the_workers_own(cast: Cast, scheme: Any) -> None:
    """Too narrow, and every missed bus goes to a sergeant; too wide, and a worker rewrites what a court may ask for."""
    first = supported(cast, scheme, "deferred_charge", kind="course", partner_wording="")
    for kind, way, days, state in WHOSE:
        words = "I will do this. (6 hours)"
        made = {"kind": kind, "object": "rehabilitative", "wording": words, "due_on": first.due_on}
        one = Condition.objects.create(agreement=first.agreement, **made)
        given = {"due_on": one.due_on + timedelta(days=days)} if way == "new_day" else {}
        given |= {"wording": "I will do that. (5 hours)"} if way in ("swapped", "other") else {}
        assert (kind, way, ask(one, cast["george"], way, **given).state) == (kind, way, state)


def test_a_rank_is_never_below_the_schemes_own_nor_whoever_authorised_the_case(cast: Cast, scheme: Any) -> None:
    """A scheme that asks for an inspector would be varied by a sergeant."""
    one = supported(cast, open_to_all(scheme, variation_rank="inspector"))
    asked = ask(one, cast["george"], "let_go")
    assert asked.rank == "inspector"
    varying.note_victim_answer(change=asked, answer="no_view", by=cast["elin"])
    with pytest.raises(Refused, match="rank of inspector"):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["carol"])
    varying.authorise_change(change=asked, rationale="Fair.", by=cast["david"])
    one.refresh_from_db()
    assert one.state == "cancelled"


def test_a_victim_who_wants_no_contact_is_asked_nothing(cast: Cast, scheme: Any) -> None:
    """The hub, which reads nothing of victims, would have rung somebody who asked to be left alone."""
    asked = ask(supported(cast, scheme), cast["george"], "let_go")
    with pytest.raises(Refused, match="have not said so"):
        varying.note_victim_answer(change=asked, answer="left_alone", by=cast["elin"])
    VictimRecord.objects.create(allegation=Allegation.objects.get(victim__isnull=False), contact_by="none")
    with pytest.raises(Refused, match="wants no contact"):
        varying.note_victim_answer(change=asked, answer="agrees", by=cast["elin"])
    assert varying.note_victim_answer(change=asked, answer="left_alone", by=cast["elin"])


def test_past_the_end_of_the_agreement_the_agreement_is_extended_with_it(cast: Cast, scheme: Any) -> None:
    """The person would have until July for a condition of an agreement that ends in June."""
    one = supported(cast, scheme)
    last = Clocks.of(one.agreement).last_day
    assert last == one.agreement.ends_on
    day = last + timedelta(days=10)
    varying.authorise_change(
        change=ask(one, cast["george"], "new_day", due_on=day), rationale="Fair.", by=cast["carol"]
    )
    one.agreement.refresh_from_db()
    assert one.agreement.ends_on == day


def test_past_a_limit_on_prosecution_nobody_extends_a_deferral(cast: Cast, scheme: Any) -> None:
    """A charge that is held until after it can be brought is no charge, and everybody would find out too late."""
    version, harmed = open_to_all(scheme, disposal_modes=["deferred_charge"]), crime("common-assault")
    backing = Support(scheme_version=version, conditions=[condition(partner_wording="")])
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), support=backing, crimes=[harmed])
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    sign(case)
    sent = case.referrals.get()
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    one = Condition.objects.get(agreement__case=case)
    limit = case.allegations.get().limit_on
    with pytest.raises(Refused) as refused:
        ask(one, cast["george"], "new_day", due_on=limit + timedelta(days=1))
    assert str(refused.value) == variation.TOO_LATE  # a partner learns no limit
    assert ask(one, cast["george"], "new_day", due_on=limit - timedelta(days=5)).state == "waiting"


def test_while_a_change_waits_nothing_counts_against_the_person(cast: Cast, scheme: Any) -> None:
    """Somebody who asked in time would be in breach because an answer was late."""
    one, george = supported(cast, scheme, kind="course", partner_wording=""), cast["george"]
    referral = one.agreement.referral
    asked = ask(one, george, "let_go")
    one.refresh_from_db()
    referral.refresh_from_db()
    with pytest.raises(Refused, match="until they decide"):
        support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=george)
    with pytest.raises(Refused, match="until they decide"):
        closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=george)
    with pytest.raises(Refused, match="waits for the police already"):
        ask(one, george, "let_go")
    support.settle_condition(condition=one, state="done", evidence="Certificate", version=one.version, by=george)
    asked.refresh_from_db()
    assert asked.state == "taken_back"
    with pytest.raises(Outdated):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["carol"])


def test_who_may_not_ask_and_who_may_not_decide(cast: Cast, scheme: Any) -> None:
    """Another provider, an officer in the case, another force and somebody of too low a rank stay out."""
    one, george = supported(cast, scheme, kind="course", partner_wording=""), cast["george"]
    for stranger in ("hana", "amara", "carol"):
        with pytest.raises((Refused, PermissionDenied)):
            move(one, one.due_on + timedelta(days=1), cast[stranger])
    asked = ask(one, george, "let_go")
    for stranger in ("george", "amara", "elin"):
        with pytest.raises(PermissionDenied):
            varying.authorise_change(change=asked, rationale="Fair.", by=cast[stranger])
    Case.objects.filter(pk=asked.case.pk).update(officer=cast["carol"])
    with pytest.raises(Refused, match="someone else"):
        varying.authorise_change(change=ConditionChange.objects.get(pk=asked.pk), rationale="Mine.", by=cast["carol"])
    neighbour = rank(cast["ben"], "inspector")
    with pytest.raises((ObjectDoesNotExist, PermissionDenied)):
        varying.authorise_change(change=asked, rationale="Theirs.", by=neighbour)
    varying.refuse_change(change=asked, rationale="Another course runs.", by=cast["david"])
    with pytest.raises(Outdated):
        varying.authorise_change(change=asked, rationale="After all.", by=cast["david"])


def test_a_reason_not_known_yet_is_changed_later_and_both_are_kept(cast: Cast, scheme: Any) -> None:
    """The reason that comes out a week later is the one that helps; the first shows that somebody asked."""
    one, george = supported(cast, scheme), cast["george"]
    held = support.plan_appointment(referral=one.agreement.referral, starts_at=clock.now(), place="Here", by=george)
    support.record_attendance(appointment=held, attendance="unacceptable_absence", version=1, by=george)
    step = missed.answer_missed(missed=held, reason="not_known", version=0, by=george)
    with pytest.raises(Refused, match="Ask for the reason"):
        missed.answer_missed(missed=held, reason="not_known", way="excused", version=1, by=george)
    step = missed.answer_missed(missed=held, reason="caring", way="excused", version=1, by=george)
    held.refresh_from_db()
    assert (held.attendance, step.way) == ("acceptable_absence", "excused")
    assert [reason for reason, _when in reasons_before(step)] == ["Not known yet"]
    assert missed.answer_missed(missed=held, reason="caring", way="excused", version=1, by=george).version == 2
    with pytest.raises(Outdated):
        missed.answer_missed(missed=held, reason="work", version=1, by=george)
    support.record_attendance(appointment=held, attendance="unacceptable_absence", version=held.version, by=george)
    assert MissedStep.objects.get().way == ""  # missed after all: there is something to see to again


def test_what_waits_two_working_days_is_the_coordinators(cast: Cast, scheme: Any) -> None:
    """A change that nobody decides leaves somebody between two agreements, and the partner would ring in vain."""
    one = supported(cast, scheme, kind="course", partner_wording="")
    asked = ask(one, cast["george"], "let_go")  # Wednesday 10 June
    for days, late in [(0, False), (2, False), (5, True)]:  # Friday is the second working day
        with clock.set_to(clock.now() + timedelta(days=days)):
            assert (asked.asked_at < late_before()) == late
            assert bool(changes_to_watch(by=cast["elin"])) == late
            assert changes_to_watch(by=cast["amara"]) == []


def test_a_step_put_to_police_is_the_officers_at_once(cast: Cast, scheme: Any) -> None:
    """The worker would have asked nobody."""
    one, george = supported(cast, scheme), cast["george"]
    with clock.set_to(clock.now() + timedelta(days=40)):
        given = {"reason": "none", "way": "escalated", "note": "No answer to three calls."}
        step = missed.answer_missed(missed=one, **given, version=0, by=george)
        assert [found.pk for found in steps_to_answer(by=cast["amara"])] == [step.pk]
        assert steps_to_answer(by=cast["elin"]) == []
        with pytest.raises(Refused, match="put to the police"):
            move(one, clock.today() + timedelta(days=3), george)
        missed.answer_escalation(step=step, answer="Give them one more week.", by=cast["amara"])
        assert move(one, clock.today() + timedelta(days=7), george).state == "made"


def test_of_voluntary_support_nothing_is_asked_of_police(cast: Cast, scheme: Any) -> None:
    """What happens in voluntary help would reach police through a form that was meant to help."""
    voluntary = open_to_all(scheme, confidentiality="voluntary")
    one = supported(cast, voluntary, kind="course", partner_wording="")
    with pytest.raises(Refused, match="voluntary"):
        ask(one, cast["george"], "let_go")
    move(one, one.due_on + timedelta(days=3), cast["george"])
    assert not ConditionChange.objects.of_force(cast["carol"]).exists()
    with clock.set_to(clock.now() + timedelta(days=60)), pytest.raises(Refused, match="voluntary"):
        missed.answer_missed(missed=one, reason="none", way="escalated", note="Gone.", version=0, by=cast["george"])


def test_what_is_closed_is_not_changed(cast: Cast, scheme: Any) -> None:
    """A record that is complete would change behind the back of whoever relied on it."""
    one, george = supported(cast, scheme), cast["george"]
    referral = Referral.objects.get(agreement=one.agreement)
    closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=george)
    with pytest.raises(Refused, match="not open"):
        move(one, one.due_on + timedelta(days=1), george)


def test_a_child_signs_with_an_adult(cast: Cast, scheme: Any) -> None:
    """A child's signature alone would change a caution."""
    one = supported(cast, scheme, "conditional_caution")
    who = one.agreement.case.person
    who.date_of_birth = person(date_of_birth=date(2009, 1, 1)).date_of_birth
    who.save()
    one = Condition.objects.get(pk=one.pk)
    with pytest.raises(Refused, match="appropriate adult"):
        ask(one, cast["george"], "new_day", due_on=one.due_on + timedelta(days=1), agreed_how="signed")
    given = {"due_on": one.due_on + timedelta(days=1), "agreed_how": "signed", "adult": "Ann Adult"}
    assert ask(one, cast["george"], "new_day", **given).adult == "Ann Adult"
    varying.take_back_change(change=one.changes.get(), by=cast["george"])
    one.refresh_from_db()
    with pytest.raises(Refused, match="at least one condition"):
        ask(one, cast["george"], "let_go", agreed_how="signed", adult="Ann Adult")


@pytest.mark.parametrize("severity", ["blocks", "needs_authority"])
def test_what_only_police_know_of_a_case_is_not_told_by_a_refusal(
    severity: str, cast: Cast, scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker who tries what is not allowed would learn from the answer what the case is about."""
    found = Finding("law.abuse", "not_met", severity, "There is domestic abuse.", "Policy", rank="inspector")
    monkeypatch.setattr(variation, "findings_of_change", lambda *_given: [found])
    one = supported(cast, scheme, kind="course", partner_wording="")
    with pytest.raises(Refused) as refused:
        ask(one, cast["george"], "let_go", because="")
    assert "abuse" not in str(refused.value)
    if severity == "needs_authority":
        asked = ask(one, cast["george"], "let_go")
        assert (asked.rank, "There is domestic abuse." in asked.needs) == ("inspector", True)


def test_nobody_changes_what_police_are_deciding_again_or_have_ended(cast: Cast, scheme: Any) -> None:
    """A sergeant would let somebody off what an inspector is about to end, and change a record that is complete."""
    one = supported(cast, scheme, "deferred_charge", kind="course", partner_wording="")
    asked, case = ask(one, cast["george"], "let_go"), one.agreement.case
    again = {"rank": "inspector", "state": "waiting", "decided_at": None, "decided_by": None, "rationale": ""}
    Authorisation.objects.filter(case=case).update(**again)
    with pytest.raises(Refused, match="deciding again"):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["carol"])
    deciding.refuse(
        case=Case.objects.get(pk=case.pk),
        rationale="No.",
        seen=Case.objects.get(pk=case.pk).corrections.count(),
        by=cast["david"],
    )
    asked = ConditionChange.objects.get(pk=asked.pk)
    assert asked.state == "taken_back"
    assert list(changes_to_decide(by=cast["carol"])) == []
    ConditionChange.objects.filter(pk=asked.pk).update(state="waiting", decided_at=None, decided_by=None)
    with pytest.raises(Refused, match="has ended"):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["david"])
    one.refresh_from_db()
    assert one.state == "open"


def test_a_rank_that_went_up_meanwhile_decides(cast: Cast, scheme: Any) -> None:
    """A case that was put to an inspector would be changed by the sergeant who was asked before."""
    one = supported(cast, scheme, "deferred_charge", kind="course", partner_wording="")
    asked = ask(one, cast["george"], "let_go")
    Authorisation.objects.filter(case=asked.case).update(rank="inspector")
    with pytest.raises(Refused, match="rank of inspector"):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["carol"])
    varying.authorise_change(change=asked, rationale="Fair.", by=cast["david"])
    varying.authorise_change(change=asked, rationale="Fair.", by=cast["david"])  # a double click
    assert asked.state == "given"


def test_two_extensions_leave_the_later_end(cast: Cast, scheme: Any) -> None:
    """The second to be decided would end the agreement before what the first gave the person time for."""
    one = supported(cast, scheme, kind="course", partner_wording="")
    values = {"kind": "treatment_appt", "object": "rehabilitative", "wording": "I go.", "due_on": one.due_on}
    two, end = Condition.objects.create(agreement=one.agreement, **values), one.agreement.ends_on
    asked = [ask(each, cast["george"], "new_day", due_on=end + timedelta(days=n)) for each, n in ((one, 20), (two, 5))]
    for change in asked:
        varying.authorise_change(change=change, rationale="Fair.", by=cast["carol"])
    one.agreement.refresh_from_db()
    assert one.agreement.ends_on == end + timedelta(days=20)


def test_a_victim_is_asked_before_keeping_away_ends_sooner(cast: Cast, scheme: Any) -> None:
    """Somebody would come back to the victim's street weeks before the victim was told to expect it."""
    away = {"kind": "exclusion", "object": "reparative", "wording": "I will not go to 4 High Street."}
    one = supported(cast, scheme, **away, partner_wording="")
    asked = ask(one, cast["george"], "new_day", due_on=clock.today())
    assert asked.asks_victim
    ConditionChange.objects.filter(pk=asked.pk).update(asks_victim=False)  # as it was before the rules asked
    with pytest.raises(Refused, match="nobody has asked them"):
        varying.authorise_change(change=asked, rationale="Fair.", by=cast["carol"])


def test_what_was_missed_is_to_be_seen_to_again_once_a_change_falls(cast: Cast, scheme: Any) -> None:
    """A condition recorded as done by mistake would vanish from the worker's list when that is put right."""
    one, george = supported(cast, scheme, kind="course", partner_wording=""), cast["george"]
    with clock.set_to(clock.now() + timedelta(days=40)):
        ask(one, george, "let_go")
        for state in ("done", "open"):
            one.refresh_from_db()
            support.settle_condition(condition=one, state=state, evidence="Seen", version=one.version, by=george)
        assert (is_missed(one), MissedStep.objects.get().way) == (True, "")


def test_a_swap_for_less_or_for_what_the_rules_stop_is_not_the_workers(
    cast: Cast, scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker who calls it a swap would let somebody off half of what was agreed, or past what the scheme asks."""
    one, george = supported(cast, scheme, kind="course", partner_wording=""), cast["george"]
    Condition.objects.filter(pk=one.pk).update(sessions=6)
    one.refresh_from_db()
    fewer = ask(one, george, "swapped", wording="I will go to the other course.", sessions=3)
    varying.take_back_change(change=fewer, by=george)
    one.refresh_from_db()
    found = Finding("scheme.courses", "not_met", "needs_authority", "Not of this scheme.", "Scheme", rank="inspector")
    monkeypatch.setattr(variation, "findings_of_change", lambda *_given: [found])
    stopped = ask(one, george, "swapped", wording="I will go to the other course.")
    assert (fewer.rank, stopped.state, stopped.rank) == ("sergeant", "waiting", "inspector")


def test_days_and_answers_out_of_bounds_are_sent_back(cast: Cast, scheme: Any) -> None:
    """A slip of the keyboard would bind somebody until 9999, or have them agree before they were ever asked."""
    one, george = supported(cast, scheme, kind="course", partner_wording=""), cast["george"]
    with pytest.raises(Refused, match="before the agreement itself"):
        ask(one, george, "let_go", agreed_on=date(1900, 1, 1))
    with pytest.raises(Refused, match="within two years"):
        ask(one, george, "new_day", due_on=date(9999, 12, 31))
    with pytest.raises(Refused, match="asks for it as a change"):  # nor is anybody let off by a mark on the list
        support.settle_condition(condition=one, state="cancelled", evidence="", version=one.version, by=george)
