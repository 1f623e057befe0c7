"""A breach is an episode: everything else first, both sides heard, and a rank decides; or nothing, where none may."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cases.details import Prosecutor
from cases.models import Authorisation, Case
from diversion import clock
from diversion.refusals import Outdated, Refused
from referrals.actions import breaching, closing, deciding, missed, partner, support, undoing, varying
from referrals.actions.breaching import Ruling
from referrals.actions.deciding import Support
from referrals.judging.breach import ladder_of, standing_of
from referrals.models import Appointment, Breach, Condition, Referral, Undoable
from referrals.queries.breaches import breaches_to_decide, last_known
from referrals.queries.caseload import load_of, places
from referrals.queries.cases import CaseStatus, status_of
from tests.conftest import NOW, Cast
from tests.factories.breaches import NO_EXCUSE, broken, heard
from tests.factories.cases import condition, decision, let_stand, person, record, sign
from tests.factories.ground import adopt_scheme, rank
from tests.factories.schemes import open_to_all, rewrite
from tests.made_once import made_once
from tests.unit.referrals.test_varying import supported

pytestmark = pytest.mark.usefixtures("frozen")


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


@made_once
def one(cast: Cast, scheme: Any) -> Condition:
    """A course that somebody agreed to whose charge is deferred, due in four weeks; george helps."""
    return supported(cast, scheme, "deferred_charge", kind="course", object="rehabilitative", wording="A course.")


def referral_of(one: Condition) -> Referral:
    return Referral.objects.get(agreement=one.agreement)


def miss(referral: Referral, cast: Cast, reason: str, *, days: int) -> Appointment:
    """An appointment that was not kept so many days ago, with the reason that was given."""
    starts = clock.now() - timedelta(days=days)
    made = Appointment.objects.create(referral=referral, starts_at=starts, place="Harbour House")
    given = {"attendance": "unacceptable_absence", "version": made.version, "by": cast["george"]}
    made = support.record_attendance(appointment=made, **given)
    if reason:
        missed.answer_missed(missed=made, reason=reason, version=0, by=cast["george"])
    return made


def put(one: Condition, cast: Cast, trigger: str = "stopped") -> Breach:
    referral = referral_of(one)
    return breaching.put_breach(referral=referral, trigger=trigger, seen=last_known(referral), by=cast["george"])


def test_nobody_speaks_of_a_breach_before_the_reason_was_asked_and_the_ladder_is_climbed(
    cast: Cast, one: Condition
) -> None:
    """Somebody would be charged for two buses that did not come, and nobody had asked."""
    referral = referral_of(one)
    for days, reason in ((5, "none"), (4, "other")):
        miss(referral, cast, reason, days=days)
    with pytest.raises(Refused, match="2 missed without a good reason so far"):
        put(one, cast, "missed")
    third = miss(referral, cast, "", days=3)
    with pytest.raises(Refused, match="Ask first why each step was missed"):
        put(one, cast, "missed")
    missed.answer_missed(missed=third, reason="illness", way="excused", version=0, by=cast["george"])
    with pytest.raises(Refused, match="2 missed"):  # what was excused counts for nothing
        put(one, cast, "missed")
    with pytest.raises(Refused, match="Nothing is past its day"):
        put(one, cast, "overdue")
    miss(referral, cast, "none", days=2)
    breach = put(one, cast, "missed")
    assert (breach.state, breach.account_by, breach.case.closed_at) == ("open", NOW.date() + timedelta(days=7), None)
    assert put(one, cast, "missed") == breach


def test_the_scheme_says_how_long_the_ladder_is_and_voluntary_support_has_none(cast: Cast, scheme: Any) -> None:
    """LEAD would become a threat: whoever comes is never told on."""
    rewrite(scheme, breach={"missed": 1})
    short = supported(cast, scheme, "deferred_charge")
    miss(referral_of(short), cast, "none", days=1)
    assert put(short, cast, "missed").state == "open"
    free = supported(cast, scheme, "community_resolution")
    assert ladder_of(free.agreement.case, referral_of(free)) is None
    with pytest.raises(Refused, match="cannot be enforced"):
        put(free, cast)
    rewrite(scheme, confidentiality="voluntary")
    assert ladder_of(short.agreement.case, Referral.objects.get(pk=referral_of(short).pk)) is None


def test_it_is_decided_once_both_sides_were_heard_or_the_days_are_over(cast: Cast, one: Condition) -> None:
    """Somebody would lose what they agreed to with nobody having asked them why."""
    breach, ruling = put(one, cast), Ruling("prosecute", NO_EXCUSE)
    with pytest.raises(Refused, match="can be given until 17 June 2026"):
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    early = breaching.note_account(breach=breach, how="not_reached", version=breach.version, by=cast["george"])
    early = breaching.advise(breach=early, advice="prosecute", why="No answer.", version=2, by=cast["george"])
    with pytest.raises(Refused, match="That they were not reached"):
        breaching.decide_breach(breach=early, ruling=ruling, seen=early.version, by=cast["carol"])
    early = breaching.note_account(breach=early, how="nothing", version=3, by=cast["amara"])
    with pytest.raises(Refused, match="or that police alone note that they say nothing"):
        breaching.decide_breach(breach=early, ruling=ruling, seen=early.version, by=cast["carol"])
    assert breaches_to_decide(by=cast["carol"]) == []
    with clock.set_to(NOW + timedelta(days=8)):
        assert breaches_to_decide(by=cast["carol"]) == [breach]
        decided = breaching.decide_breach(breach=breach, ruling=ruling, seen=early.version, by=cast["carol"])
        assert decided.state == "decided"


def test_what_was_broken_ends_the_support_and_only_what_was_decided_follows(cast: Cast, one: Condition) -> None:
    """An officer alone would charge somebody whom a supervisor had let off, or the other way round."""
    breach = heard(put(one, cast), worker=cast["george"])
    for _twice in range(2):
        ruling = Ruling("prosecute", NO_EXCUSE)
        breach = breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    referral, case = referral_of(one), Case.objects.get(pk=breach.case_id)
    assert (referral.state, referral.result, status_of(case)) == ("closed", "not_completed", CaseStatus.NOT_KEPT)
    with pytest.raises(Refused, match="It was decided otherwise: end it, and go back"):
        closing.decide_after_failure(case=case, result="failed_no_action", outcome="16", reason="No.", by=cast["amara"])
    closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    assert case.allegations.get().outcome == "1"


@pytest.mark.parametrize("way", ["excuse", "vary"])
def test_what_is_excused_goes_on_also_where_the_worker_had_ended_it(way: str, cast: Cast, one: Condition) -> None:
    """A good reason that came late would help nobody: the support would be over."""
    referral, george = referral_of(one), cast["george"]
    support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=george)
    closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=george)
    breach = heard(Breach.objects.get(), worker=george, advice=way, account="I was in hospital.")
    assert breach.trigger == "ended"
    with clock.set_to(NOW + timedelta(minutes=16)), pytest.raises(Refused, match="Hear the person first"):
        closing.decide_after_failure(case=breach.case, result="failed_prosecuted", by=cast["amara"])
    with pytest.raises(Refused, match="what the worker and the person are told"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling(way, "In hospital."), seen=breach.version, by=cast["carol"]
        )
    breaching.decide_breach(
        breach=breach, ruling=Ruling(way, "In hospital.", "Go on."), seen=breach.version, by=cast["carol"]
    )
    referral.refresh_from_db()
    one.refresh_from_db()
    assert (referral.state, referral.result, one.state) == ("accepted", "", "open")
    assert status_of(Case.objects.get(pk=breach.case_id)) == CaseStatus.WITH_PARTNER
    with pytest.raises(Refused, match="what follows is decided anew"):
        undoing.undo(undoable=Undoable.objects.get(), by=george)


@pytest.mark.parametrize("result", ["completed", "not_completed"])
def test_what_was_excused_ends_once_more(result: str, cast: Cast, one: Condition) -> None:
    """The case would stay open for ever: not closed as kept, and nobody asked why it was not."""
    referral, george = referral_of(one), cast["george"]
    closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=george)
    breach = heard(Breach.objects.get(), worker=george, advice="excuse", account="I was in hospital.")
    ruling = Ruling("excuse", "In hospital.", "Go on.")
    breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    support.settle_condition(condition=one, state="done", evidence="Seen.", version=one.version, by=george)
    referral.refresh_from_db()
    for _twice in range(2):
        closing.close_referral(referral=referral, result=result, note="", version=referral.version, by=george)
        referral.version -= 1
    case = Case.objects.get(pk=breach.case_id)
    is_kept = result == "completed"
    assert (case.closed_at is not None, Breach.objects.live().exists()) == (is_kept, not is_kept)
    assert (Breach.objects.count(), Undoable.objects.count()) == (1 if is_kept else 2, 2)


def test_after_it_was_excused_the_ladder_begins_anew(cast: Cast, one: Condition) -> None:
    """What was forgiven would count again with the next bus that is missed."""
    referral = referral_of(one)
    for days in (3, 2, 1):
        miss(referral, cast, "none", days=days)
    breach = heard(put(one, cast, "missed"), worker=cast["george"], advice="excuse")
    breaching.decide_breach(
        breach=breach, ruling=Ruling("excuse", "Fair.", "Go on."), seen=breach.version, by=cast["carol"]
    )
    ladder = ladder_of(referral.case, referral)
    assert ladder is not None
    assert standing_of(referral, ladder).counted == 0


def test_while_it_is_looked_into_nothing_is_overdue_and_nobody_writes_over_another(cast: Cast, one: Condition) -> None:
    """A worker would be told to chase what police are deciding on, and an account would be lost to a second page."""
    breach, seen = put(one, cast), 1
    with clock.set_to(NOW + timedelta(days=130)):
        due = [place.due_on for place in places(by=cast["george"], load=load_of(by=cast["george"]))]
        assert one.agreement.ends_on not in due
    first = breaching.note_account(breach=breach, how="said", account="Ill.", version=seen, by=cast["george"])
    assert breaching.note_account(breach=breach, how="said", account="Ill.", version=seen, by=cast["george"]) == first
    with pytest.raises(Outdated):
        breaching.note_account(breach=breach, how="not_reached", version=seen, by=cast["amara"])
    with pytest.raises(Refused, match="who knows the person"):
        breaching.advise(breach=breach, advice="excuse", why="Kind.", version=first.version, by=cast["amara"])


def test_a_change_that_waits_is_decided_before_anything_counts_as_not_kept(cast: Cast, one: Condition) -> None:
    """Somebody would be charged for what a sergeant was about to change."""
    breach = heard(put(one, cast), worker=cast["george"])
    asked = {"because": "Lost the job.", "agreed_on": clock.today(), "agreed_how": "in_person"}
    change = varying.Change("let_go", "money", **asked)
    varying.change_condition(condition=one, change=change, version=one.version, by=cast["george"])
    with pytest.raises(Refused, match="A change to a condition waits"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("finalise", "Enough."), seen=breach.version, by=cast["carol"]
        )


def test_a_prosecution_is_signed_twice_where_the_scheme_says_so(cast: Cast, scheme: Any) -> None:
    """One sergeant alone would end what an inspector has to answer for."""
    rewrite(scheme, breach={"second_rank": "inspector"})
    one = supported(cast, scheme, "deferred_charge")
    breach, ruling = heard(put(one, cast), worker=cast["george"]), Ruling("prosecute", NO_EXCUSE)
    breach = breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    assert (breach.state, referral_of(one).state) == ("signing", "accepted")
    rank(cast["carol"], "inspector")
    with pytest.raises(Refused, match="somebody else signs"):
        breaching.sign_breach(breach=breach, agrees=True, rationale="Yes.", seen=breach.version, by=cast["carol"])
    breach = breaching.sign_breach(
        breach=breach, agrees=False, rationale="He came back.", seen=breach.version, by=cast["david"]
    )
    assert (breach.state, breach.decision, breach.second_rationale) == ("open", "", "He came back.")
    breach = breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    for _twice in range(2):
        breach = breaching.sign_breach(
            breach=breach, agrees=True, rationale="Yes.", seen=breach.version, by=cast["david"]
        )
    assert (breach.state, referral_of(one).state) == ("decided", "closed")


def test_only_the_rank_that_the_scheme_names_and_never_the_officer_in_the_case_decides(cast: Cast, scheme: Any) -> None:
    """Whoever arrested somebody would also say that they broke their word."""
    rewrite(scheme, breach={"rank": "inspector"})
    breach = heard(put(supported(cast, scheme, "deferred_charge"), cast), worker=cast["george"])
    ruling = Ruling("prosecute", NO_EXCUSE)
    with pytest.raises(Refused, match="rank of inspector"):
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["carol"])
    with pytest.raises(PermissionDenied):
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["amara"])
    Case.objects.filter(pk=breach.case_id).update(officer=cast["david"])
    with pytest.raises(Refused, match="officer in this case"):
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"])


def test_where_no_partner_helps_the_officer_asks_and_an_excuse_gives_a_new_day(cast: Cast) -> None:
    """A letter of apology that came a day late would be a charge, or could never be asked for again."""
    support_of = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    deciding.authorise(
        evidence_met=True,
        case=support_of,
        rationale="Proportionate.",
        seen=support_of.corrections.count(),
        by=cast["carol"],
    )
    case = sign(support_of)
    one = case.agreement.conditions.get()
    support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=cast["amara"])
    breach = heard(breaching.ask_for_account(case=case, by=cast["amara"]), worker=cast["amara"], advice="excuse")
    with pytest.raises(Refused, match="Enter a day to come"):
        breaching.decide_breach(breach=breach, ruling=Ruling("excuse", "Ill."), seen=breach.version, by=cast["carol"])
    day = clock.today() + timedelta(days=21)
    breaching.decide_breach(
        breach=breach, ruling=Ruling("excuse", "Ill.", new_day=day), seen=breach.version, by=cast["carol"]
    )
    one.refresh_from_db()
    assert (one.state, one.due_on, status_of(Case.objects.get(pk=case.pk))) == ("open", day, CaseStatus.CONDITIONS)


def completed(cast: Cast, scheme: Any, *, alleged: bool = False) -> tuple[Condition, Referral]:
    """A partner has completed its part of a deferred charge; that there was no further offence is police's to say."""
    one = supported(cast, scheme, "deferred_charge", kind="no_reoffending", partner_wording="")
    referral = referral_of(one)
    if alleged:
        breaching.hear_after_review(referral.case, by=cast["carol"])
    closing.close_referral(referral=referral, result="completed", note="", version=referral.version, by=cast["george"])
    let_stand(referral.case)
    return one, referral


def ended(referral: Referral) -> tuple[str, bool]:
    referral.refresh_from_db()
    referral.case.refresh_from_db()
    return referral.result, referral.case.closed_at is not None


def test_what_police_say_was_not_kept_is_decided_and_leaves_the_partners_result(cast: Cast, scheme: Any) -> None:
    """Who came to every session would stand in the partner's figures as somebody who did not."""
    one, referral = completed(cast, scheme)
    assert (status_of(referral.case), ended(referral)) == (CaseStatus.CONDITIONS, ("completed", False))
    support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=cast["amara"])
    assert (status_of(referral.case), ended(referral)) == (CaseStatus.NOT_KEPT, ("completed", False))
    let_stand(referral.case)
    broken(referral.case, cast)
    closing.decide_after_failure(case=referral.case, result="failed_prosecuted", by=cast["amara"])
    assert ended(referral) == ("completed", True)


def test_a_new_offence_is_decided_on_although_the_partner_has_done_its_part(cast: Cast, scheme: Any) -> None:
    """A worker would end what a supervisor looks into, or nobody could say what follows from it."""
    one, referral = completed(cast, scheme, alleged=True)
    breach = heard(Breach.objects.get(case=referral.case), worker=cast["george"])
    assert breach.is_live
    ruling = Ruling("prosecute", NO_EXCUSE)
    breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"])
    assert (one.state, status_of(referral.case)) == ("open", CaseStatus.NOT_KEPT)
    closing.decide_after_failure(case=referral.case, result="failed_prosecuted", by=cast["amara"])
    assert ended(referral) == ("completed", True)


def test_what_a_rank_decided_on_is_not_taken_back(cast: Cast) -> None:
    """Undone and done again badly a month later, somebody would be prosecuted by the decision on the first time."""
    case = record(cast["amara"], decision=decision(disposal="deferred_summons"))
    one = case.agreement.conditions.get()
    one = support.settle_condition(condition=one, state="not_done", evidence="", version=1, by=cast["amara"])
    broken(case, cast)
    with pytest.raises(Refused, match="what follows is decided anew"):
        undoing.undo(undoable=Undoable.objects.get(), by=cast["amara"])
    with pytest.raises(Refused, match="It was decided that this was not kept"):
        support.settle_condition(condition=one, state="open", evidence="", version=one.version, by=cast["amara"])


def test_a_breach_ends_with_its_case_and_nothing_is_decided_on_it_after(cast: Cast, scheme: Any) -> None:
    """Somebody who did everything after all would be told that they had broken it, and be prosecuted by a signature."""
    rewrite(scheme, breach={"second_rank": "inspector"})
    one = supported(cast, scheme, "deferred_charge")
    breach = heard(put(one, cast), worker=cast["george"])
    breach = breaching.decide_breach(
        breach=breach, ruling=Ruling("prosecute", NO_EXCUSE), seen=breach.version, by=cast["carol"]
    )
    support.settle_condition(condition=one, state="done", evidence="Receipt.", version=one.version, by=cast["amara"])
    referral = referral_of(one)
    ended = {"result": "completed", "note": "", "version": referral.version, "by": cast["george"]}
    closing.close_referral(referral=referral, **ended)
    breach.refresh_from_db()
    assert (breach.state, breach.decision, breaches_to_decide(by=cast["david"])) == ("ended", "", [])
    with pytest.raises(Outdated):
        breaching.sign_breach(breach=breach, agrees=True, rationale="Yes.", seen=breach.version, by=cast["david"])
    assert Case.objects.get(pk=breach.case_id).closed_at == NOW
    undoing.undo(undoable=Undoable.objects.get(referral=referral), by=cast["george"])
    breach.refresh_from_db()
    assert (breach.state, breach.account_how) == ("open", "nothing")


def test_an_excuse_never_brings_back_the_support_of_a_case_that_was_refused(cast: Cast, one: Condition) -> None:
    """A worker would go on helping, and reading about, somebody whose case is closed."""
    closing.close_referral(
        referral=referral_of(one), result="not_completed", note="", version=referral_of(one).version, by=cast["george"]
    )
    breach = heard(Breach.objects.get(), worker=cast["george"], advice="excuse")
    states = Authorisation.State
    undecided = {"rationale": "", "decided_at": None, "decided_by": None, "decided_as": ""}
    Authorisation.objects.filter(case=breach.case).update(state=states.SPOKEN, **undecided)
    with pytest.raises(Refused, match="radio or telephone is not confirmed"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("excuse", "Ill.", "Go on."), seen=breach.version, by=cast["david"]
        )
    Authorisation.objects.filter(case=breach.case).update(state=states.WAITING)
    with pytest.raises(Refused, match="being decided again"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("excuse", "Ill.", "Go on."), seen=breach.version, by=cast["david"]
        )
    deciding.refuse(
        case=Case.objects.get(pk=breach.case_id),
        rationale="No.",
        seen=Case.objects.get(pk=breach.case_id).corrections.count(),
        by=cast["david"],
    )
    with pytest.raises(Outdated):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("excuse", "Ill.", "Go on."), seen=breach.version, by=cast["carol"]
        )
    assert (Breach.objects.get().state, referral_of(one).state) == ("ended", "closed")


def test_whoever_noted_or_advised_does_not_decide_also_where_no_partner_helps(cast: Cast) -> None:
    """One sergeant would ask, answer, recommend and decide within a minute."""
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    one = sign(case).agreement.conditions.get()
    support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=cast["amara"])
    breach = breaching.ask_for_account(case=Case.objects.get(pk=case.pk), by=cast["carol"])
    breach = heard(breach, worker=cast["carol"])
    with pytest.raises(Refused, match="somebody else decides it"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("prosecute", NO_EXCUSE), seen=breach.version, by=cast["carol"]
        )
    assert breaches_to_decide(by=cast["carol"]) == []
    assert breaches_to_decide(by=cast["david"]) == [breach]


def test_nobody_is_prosecuted_because_a_partner_declined(cast: Cast, scheme: Any) -> None:
    """Somebody who broke nothing would be charged by the officer alone, since a partner had no room."""
    backing = Support(scheme_version=scheme, conditions=[condition()])
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), support=backing)
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["carol"]
    )
    sent = sign(case).referrals.get()
    partner.decline(referral=sent, reason="risk", version=sent.version, by=cast["hugh"])
    case = Case.objects.get(pk=case.pk)
    with pytest.raises(Refused, match="the person broke nothing"):
        closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    closing.decide_after_failure(
        case=case, result="failed_no_action", outcome="16", reason="No room.", by=cast["amara"]
    )
    assert case.allegations.get().outcome == "16"


def test_what_was_excused_does_not_count_again_and_an_old_page_begins_nothing(cast: Cast, one: Condition) -> None:
    """The same course would be put again the minute that it was excused, or by the button of a page from before."""
    with clock.set_to(NOW + timedelta(days=40)):
        missed.answer_missed(missed=one, reason="none", version=0, by=cast["george"])
        breach = heard(put(one, cast, "overdue"), worker=cast["george"], advice="excuse")
        breaching.decide_breach(
            breach=breach, ruling=Ruling("excuse", "Fair.", "Go on."), seen=breach.version, by=cast["carol"]
        )
        with pytest.raises(Refused, match="Nothing is past its day"):
            put(one, cast, "overdue")
        with pytest.raises(Outdated):
            breaching.put_breach(referral=referral_of(one), trigger="stopped", seen=0, by=cast["george"])
        assert put(one, cast, "stopped") != breach


def test_a_signature_refused_is_not_taken_for_one_given_and_a_prosecutor_decides_after_it_was_asked(
    cast: Cast, scheme: Any
) -> None:
    """An inspector who changed their mind would read that it was recorded; a decision of 2020 would do."""
    rewrite(scheme, breach={"rank": "prosecutor", "second_rank": "inspector"})
    breach = heard(put(supported(cast, scheme, "deferred_charge"), cast), worker=cast["george"])
    old, new = (Prosecutor("Ada", day, "CPS/1/26") for day in (date(2020, 1, 1), NOW.date()))
    ruling = Ruling("prosecute", NO_EXCUSE, prosecutor=old)
    with pytest.raises(Refused, match="between the day on which it was asked and today"):
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"])
    ruling = Ruling("prosecute", NO_EXCUSE, prosecutor=new)
    breach = breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"])
    rank(cast["carol"], "inspector")
    breach = breaching.sign_breach(
        breach=breach, agrees=False, rationale="Same.", seen=breach.version, by=cast["carol"]
    )
    with pytest.raises(Outdated):
        breaching.sign_breach(breach=breach, agrees=True, rationale="Same.", seen=breach.version, by=cast["carol"])


def test_a_child_is_heard_with_an_adult_and_youth_justice_knows_before_they_are_prosecuted(cast: Cast) -> None:
    """A child of 15 would be charged over what they said alone to a police officer, and nobody would know of it."""
    child = person(date_of_birth=date(2011, 1, 2))
    case = record(cast["amara"], person=child, decision=decision(disposal="deferred_prosecution_child"))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
    )
    one = sign(case).agreement.conditions.get()
    support.settle_condition(condition=one, state="not_done", evidence="", version=one.version, by=cast["amara"])
    breach = breaching.ask_for_account(case=Case.objects.get(pk=case.pk), by=cast["amara"])
    with pytest.raises(Refused, match="Name the appropriate adult"):
        breaching.note_account(breach=breach, how="said", account="I forgot.", version=1, by=cast["amara"])
    breach = heard(breach, worker=cast["amara"])
    assert breach.account_adult == "Ines Price"
    with pytest.raises(Refused, match="whom you told in youth justice"):
        breaching.decide_breach(
            breach=breach, ruling=Ruling("prosecute", NO_EXCUSE), seen=breach.version, by=cast["david"]
        )
    ruling = Ruling("prosecute", NO_EXCUSE, youth_justice="Pat Reed, Avonford YJS")
    assert (
        breaching.decide_breach(breach=breach, ruling=ruling, seen=breach.version, by=cast["david"]).state == "decided"
    )
