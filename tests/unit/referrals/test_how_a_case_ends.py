"""How a case ends, and what stops it from ending as what it was not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Allegation, Authorisation, Case, Offence, Person
from cases.models.crime import stand_in
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import closing, deciding, partner, referring, reviewing, support, undoing
from referrals.actions.deciding import Support
from referrals.actions.letting_go import Signed
from referrals.actions.numbering import number_crime
from referrals.actions.versions import VersionDetails, write_version
from referrals.models import (
    Condition,
    ConditionChange,
    Referral,
    Scheme,
    SchemeVersion,
    SharingAgreement,
    Slot,
    Undoable,
)
from referrals.queries.cases import CaseStatus, status_of
from referrals.schemes.typed import slug_of
from tests.conftest import NOW, Cast
from tests.factories.breaches import broken
from tests.factories.cases import OFFENCES, condition, crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import document

pytestmark = pytest.mark.usefixtures("frozen")


def outcomes(case: Case) -> list[str]:
    return [allegation.outcome for allegation in case.allegations.all()]


def scheme(cast: Cast, name: str, *, takes: str = "community_resolution", shared: str = "enforceable") -> SchemeVersion:
    if not Scheme.objects.filter(slug="drug-diversion").exists():
        adopt_scheme("drug-diversion", cast, provider="hugh")  # with its sharing agreement
    says = document(disposals=[takes], confidentiality=shared)
    details = VersionDetails(cast["hugh"].organisation, clock.today(), says)
    return write_version(Scheme.objects.create(force=cast["elin"].organisation, slug=slug_of(name), name=name), details)


def own_case(cast: Cast, disposal: str, *wordings: str, **given: Any) -> Case:
    """Authorised where it has to be, with conditions that police look after."""
    conditions = [condition(words) for words in wordings or ("One",)]
    about = {"decision": decision(disposal=disposal), "support": Support(conditions=conditions)}
    case = record(cast["amara"], **about, **given)
    if Authorisation.objects.filter(case=case).exists():
        deciding.authorise(
            evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
        )
        sign(case)
    return Case.objects.get(pk=case.pk)


def settle(case: Case, cast: Cast, *states: str) -> Case:
    for one, state in zip(case.agreement.conditions.order_by("pk"), states, strict=True):
        lets_go = {"by": cast["david"], "signed": Signed(clock.today())} if state == "cancelled" else {}
        said = {"condition": one, "state": state, "evidence": "Seen", "version": one.version, "by": cast["amara"]}
        support.settle_condition(**said | lets_go)
    return Case.objects.get(pk=case.pk)


def declined(cast: Cast, version: SchemeVersion, note: str = "") -> Case:
    referral = refer(cast["amara"], version)
    partner.decline(referral=referral, reason="risk", note=note, version=referral.version, by=cast["hugh"])
    return Case.objects.get(pk=referral.case_id)


@pytest.mark.parametrize("disposal", ["deferred_summons", "outcome_22", "conditional_caution"])
@pytest.mark.parametrize("states", [("done", "not_done"), ("cancelled", "cancelled")])
def test_what_was_not_done_never_closes_as_kept(cast: Cast, disposal: str, states: tuple[str, str]) -> None:
    """The crime would get the outcome of a kept agreement, and nobody would decide what follows."""
    case = settle(own_case(cast, disposal, "One", "Two"), cast, *states)
    assert (case.closed_at, outcomes(case), status_of(case)) == (None, [""], CaseStatus.NOT_KEPT)
    if disposal != "outcome_22":  # which nobody can enforce
        broken(case, cast)
    closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    assert outcomes(case) == ["1"]


def test_in_a_conditional_caution_nothing_is_let_go_without_rank_and_signature(
    cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    """A caution that an officer changes alone binds nobody (Criminal Justice Act 2003 s.23B)."""
    case, david = own_case(cast, "conditional_caution", "One", "Two"), cast["david"]
    one = case.agreement.conditions.earliest("pk")
    says: dict[str, Any] = {"condition": one, "state": "cancelled", "evidence": "Moved away.", "version": one.version}
    with pytest.raises(Refused, match="somebody who did not decide it"):
        support.settle_condition(**says, signed=Signed(clock.today()), by=cast["amara"])
    with pytest.raises(Refused, match="on which day the person signed this change"):
        support.settle_condition(**says, by=david)
    for days in (-1, 1):
        day = clock.today() + timedelta(days=days)
        with pytest.raises(Refused, match="between the day of the agreement and today"):
            support.settle_condition(**says, signed=Signed(day), by=david)
    answers = reverse("case_condition", args=[case.reference, one.pk])
    for who, offered in ((cast["amara"], False), (david, True)):
        page = signed_in(who).get(reverse("case_page", args=[case.reference])).content.decode()
        form = page[page.index(f'action="{answers}"') :]
        form = form[: form.index("</form>")]
        asked = (
            'value="cancelled"' in form,
            "on which the person signed" in form,
            "once the person has signed" in form,
        )
        assert asked == (offered, offered, not offered)
    today = f"{clock.today().day} {clock.today().month} {clock.today().year}"
    sent = {"state": "cancelled", "evidence": "Moved away.", "version": one.version, "signed_on": today}
    signed_in(david).post(answers, sent)
    one.refresh_from_db()
    change = ConditionChange.objects.get(condition=one)
    assert (one.state, change.state, change.agreed_how, change.decided_by) == ("cancelled", "given", "signed", david)
    undoing.undo(undoable=Undoable.objects.get(condition=one), by=david)
    one.refresh_from_db()
    change.refresh_from_db()
    assert (one.state, change.state) == ("open", "taken_back")


def test_what_was_done_closes_as_kept(cast: Cast) -> None:
    """Somebody who kept to it would stay under an open case."""
    case = settle(own_case(cast, "outcome_22", "One", "Two"), cast, "done", "cancelled")
    assert (case.closed_at is not None, outcomes(case)) == (True, ["22"])


def test_nobody_is_charged_for_what_they_agreed_to_and_did(cast: Cast) -> None:
    """A case that waits for nothing but its number would be opened again by a new offence, and end as a charge."""
    case = own_case(cast, "deferred_charge", crimes=[crime(number=stand_in())])
    told = reviewing.NewOffence(Offence.objects.get(code="criminal-damage"), clock.today(), is_sure=True)
    review = reviewing.tell_of_offence(case=case, told=told, by=cast["amara"])
    case = settle(case, cast, "done")
    assert (case.closed_at, status_of(case)) == (None, CaseStatus.UNNUMBERED)
    with pytest.raises(Refused, match="Everything agreed has ended here"):
        closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    with pytest.raises(Refused, match="nobody has to answer for what is done"):
        reviewing.decide_review(review=review, way="hear", rationale="A second offence.", by=cast["carol"])
    with pytest.raises(Refused, match="is a case of its own"):
        reviewing.tell_of_offence(
            case=case, told=replace(told, crime_number="AV/99/26", alleged_on=clock.today()), by=cast["amara"]
        )
    case = number_crime(allegation=case.allegations.get(), number="AV/3/26", by=cast["amara"])
    assert (case.closed_at is None, outcomes(case)) == (False, ["22"])


def test_what_was_kept_is_not_decided_anew_before_it_is_rescinded(cast: Cast) -> None:
    """Who was told that they are not prosecuted would be charged by way of a second case over the same crime."""
    case = settle(own_case(cast, "deferred_charge", crimes=[crime(number="AV/3/26")]), cast, "done")
    who = Person.objects.get(pk=case.person_id)
    again: dict[str, Any] = {
        "person": person(existing=who, version=who.version),
        "crimes": [crime(number="AV/3/26")],
        "decision": decision(result="not_offered", disposal="", not_offered_reason="too_serious"),
    }
    with pytest.raises(Refused, match=f"has its outcome: what was agreed over it has ended .{case.reference}"):
        record(cast["amara"], **again)
    Allegation.objects.filter(case=case).update(outcome="", outcome_on=None)  # as a rescission leaves it
    assert record(cast["amara"], **again).pk != case.pk


def test_what_a_prosecutor_sends_back_is_decided_like_any_other(cast: Cast) -> None:
    """Whoever was charged for not keeping it was told nothing that binds: no decision of theirs is to be rescinded."""
    case = settle(own_case(cast, "deferred_charge", crimes=[crime(number="AV/3/26")]), cast, "not_done")
    broken(case, cast)
    case = closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])
    who = Person.objects.get(pk=case.person_id)
    again = person(existing=who, version=who.version)
    assert record(cast["amara"], person=again, crimes=[crime(number="AV/3/26")]).pk != case.pk


def test_nothing_is_decided_while_the_agreement_can_be_kept(cast: Cast) -> None:
    """Somebody still at work on their conditions could be charged for failing them."""
    case = own_case(cast, "outcome_22")
    with pytest.raises(Refused, match="can still be kept"):
        closing.decide_after_failure(case=case, result="failed_prosecuted", by=cast["amara"])


@pytest.mark.parametrize(("outcome", "reason"), [("", "Witness moved."), ("16", ""), ("8", "Witness moved.")])
def test_no_further_action_needs_an_outcome_the_law_allows_and_why(cast: Cast, outcome: str, reason: str) -> None:
    """The crime would leave the force's return with no outcome, or one that nobody can account for."""
    case = settle(own_case(cast, "deferred_summons"), cast, "not_done")
    broken(case, cast, "finalise")
    with pytest.raises(Refused):
        closing.decide_after_failure(
            case=case, result="failed_no_action", outcome=outcome, reason=reason, by=cast["amara"]
        )


def test_no_further_action_keeps_the_outcome_and_the_reason(cast: Cast) -> None:
    """A later reader could not tell why nothing followed."""
    case = settle(own_case(cast, "deferred_summons"), cast, "not_done")
    broken(case, cast, "finalise")
    closing.decide_after_failure(
        case=case, result="failed_no_action", outcome="16", reason="Witness moved.", by=cast["amara"]
    )
    case = Case.objects.get(pk=case.pk)
    assert outcomes(case) == ["16"]
    assert "Witness moved." in case.decision.rationale


def test_a_case_is_decided_once(cast: Cast) -> None:
    """Two officers with the page open would each close it, with two outcomes of which the later stands."""
    case = settle(own_case(cast, "deferred_caution"), cast, "not_done")
    stale = Case.objects.get(pk=case.pk)
    broken(case, cast)
    closing.decide_after_failure(case=case, result="failed_cautioned", by=cast["amara"])
    with pytest.raises(Outdated):
        closing.decide_after_failure(case=stale, result="failed_prosecuted", by=cast["carol"])
    assert outcomes(stale) == ["3"]


def test_a_referral_never_sent_does_not_exist_for_the_provider(cast: Cast) -> None:
    """A provider would read about somebody whose referral was refused and never shared with it."""
    version = scheme(cast, "Deferral", takes="deferred_charge")
    support_of = Support(scheme_version=version, conditions=[condition()])
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support_of)
    deciding.refuse(case=case, rationale="Charge.", seen=case.corrections.count(), by=cast["david"])
    assert case.referrals.get().state == Referral.State.WITHDRAWN
    assert not Referral.objects.visible_to(cast["hugh"]).exists()


def held(cast: Cast, slot: bool = False) -> Case:
    version = scheme(cast, "Deferral", takes="deferred_charge")
    first = Slot.objects.create(version=version, starts_at=NOW + timedelta(hours=1), place="Here") if slot else None
    support_of = Support(scheme_version=version, slot=first, conditions=[condition()])
    return record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support_of)


@pytest.mark.parametrize("ended", [SharingAgreement, SchemeVersion])
def test_authorising_sends_nobody_where_nobody_may_be_sent(cast: Cast, ended: type[SharingAgreement]) -> None:
    """The person's details would go to a provider without a lawful arrangement, or to a scheme that has closed."""
    case = held(cast)
    of = {"valid_to": None}  # the one that is live
    ended.objects.filter(**of).update(
        valid_from=clock.today() - timedelta(days=9), valid_to=clock.today() - timedelta(days=1)
    )
    with pytest.raises(Refused, match=r"sharing agreement|not open"):
        deciding.authorise(
            evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
        )
    assert case.referrals.get().state == Referral.State.HELD
    assert Authorisation.objects.get(case=case).state == Authorisation.State.WAITING


def test_signing_lets_go_of_an_appointment_that_has_passed(cast: Cast) -> None:
    """The person would be marked as missing a meeting before anybody could send them to it."""
    case = held(cast, slot=True)
    Slot.objects.update(starts_at=NOW - timedelta(hours=1))
    deciding.authorise(
        evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
    )
    sign(case)
    referral = case.referrals.get()
    assert (referral.state, referral.slot, referral.appointments.count()) == (Referral.State.SENT, None, 0)


def test_a_returned_case_is_finished_by_police(cast: Cast) -> None:
    """A case that no scheme takes would stay open for ever, over somebody who did what was asked."""
    case = declined(cast, scheme(cast, "First"))
    assert status_of(case) == CaseStatus.RETURNED
    case = settle(case, cast, "done")
    assert outcomes(case) == ["8"]


def test_a_returned_case_can_be_decided(cast: Cast) -> None:
    """With no condition left to settle there would be no way to close it."""
    case = declined(cast, scheme(cast, "First"))
    closing.decide_after_failure(case=case, result="failed_no_action", by=cast["amara"])
    assert outcomes(case) == ["8"]


def test_a_voluntary_referral_closes_the_case_when_it_is_sent(cast: Cast) -> None:
    """The day on which the case closes would tell police when the partner stopped seeing the person."""
    version = scheme(cast, "Voluntary", shared="voluntary")
    referral = refer(cast["amara"], version)
    case = Case.objects.get(pk=referral.case_id)
    assert (case.closed_at, outcomes(case)) == (NOW, ["8"])
    referral = partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    assert Case.objects.get(pk=case.pk).version == case.version


def test_police_get_one_answer_whatever_came_of_voluntary_support(cast: Cast) -> None:
    """An officer could try the addresses of the case to learn whether the partner has ended."""
    version, other = scheme(cast, "Voluntary", shared="voluntary"), scheme(cast, "Other")
    waiting, ended = refer(cast["amara"], version), refer(cast["amara"], version)
    ended = partner.accept(referral=ended, navigator=None, version=ended.version, by=cast["hugh"])
    closing.close_referral(referral=ended, result="not_completed", note="", version=ended.version, by=cast["george"])
    said = set()
    for referral in (waiting, ended):
        with pytest.raises(Refused) as first:
            closing.decide_after_failure(case=referral.case, result="failed_prosecuted", by=cast["amara"])
        with pytest.raises(Refused) as second:
            referring.refer_again(case=referral.case, scheme_version=other, slot=None, by=cast["amara"])
        said.add((str(first.value), str(second.value)))
    assert len(said) == 1


def test_voluntary_support_goes_with_no_resolution_that_depends_on_it(cast: Cast) -> None:
    """Police would wait for a result that is never shared, and then see from the case that there was one."""
    version = scheme(cast, "Voluntary", takes="outcome_22", shared="voluntary")
    with pytest.raises(Refused, match="voluntary"):
        refer(cast["amara"], version, decision=decision(disposal="outcome_22"))


def test_the_scheme_that_declined_is_not_asked_again(cast: Cast) -> None:
    """The person would be sent round in a circle."""
    version = scheme(cast, "First")
    case = declined(cast, version)
    with pytest.raises(Refused, match="has declined"):
        referring.refer_again(case=case, scheme_version=version, slot=None, by=cast["amara"])


def test_referring_again_keeps_to_the_rules_of_the_other_scheme(cast: Cast) -> None:
    """A scheme for drug possession would get somebody over a shop theft by the back door."""
    case = declined(cast, scheme(cast, "First"))
    drugs = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    with pytest.raises(Refused):
        referring.refer_again(case=case, scheme_version=drugs, slot=None, by=cast["amara"])
    assert not Referral.objects.filter(case=case, scheme_version=drugs).exists()


def test_referring_again_adds_what_the_scheme_requires_and_keeps_the_judgement(cast: Cast) -> None:
    """The partner would get somebody who never agreed to what everybody there agrees to."""
    case, other = declined(cast, scheme(cast, "First")), scheme(cast, "Second")
    other.condition_templates.create(kind="course", object="rehabilitative", wording="I will come.", is_mandatory=True)
    referring.refer_again(case=case, scheme_version=other, slot=None, by=cast["amara"])
    wordings = Condition.objects.filter(agreement__case=case).values_list("wording", flat=True)
    assert set(wordings) == {"I will go to the sessions.", "I will come."}
    assert case.assessments.latest("pk").answers["scheme"] == other.scheme.slug


def on_scheme(cast: Cast, slug: str, disposal: str, **details: object) -> Referral:
    """Somebody on a scheme of the library under this resolution, authorised and accepted by the partner."""
    version = adopt_scheme(slug, cast, provider="hugh").versions.latest("valid_from")
    conditions = [condition(**details), condition("I will keep my appointments.")][: max(1, version.min_conditions)]
    agreed = Support(scheme_version=version, conditions=conditions)
    crimes = [crime(OFFENCES.get(slug, "theft-from-a-shop"))]
    case = record(cast["amara"], decision=decision(disposal=disposal), support=agreed, crimes=crimes)
    if Authorisation.objects.filter(case=case, state="waiting").exists():
        deciding.authorise(
            evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=cast["david"]
        )
        sign(case)
    referral = case.referrals.get()
    return partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])


def end(referral: Referral, cast: Cast, result: str) -> Case:
    if result == "completed":
        for one in Condition.objects.filter(agreement__referral=referral):
            support.settle_condition(condition=one, state="done", evidence="Seen", version=1, by=cast["george"])
    closing.close_referral(referral=referral, result=result, note="", version=referral.version, by=cast["george"])
    return Case.objects.get(pk=referral.case_id)


@pytest.mark.parametrize(("slug", "outcome"), [("checkpoint-surrey", "8"), ("checkpoint", "22")])
def test_a_kept_deferral_closes_as_its_scheme_says(cast: Cast, slug: str, outcome: str) -> None:
    """Surrey closes as a community resolution: as outcome 22 the force's return would count it as no resolution."""
    case = end(on_scheme(cast, slug, "deferred_charge"), cast, "completed")
    assert outcomes(case) == [outcome]


@pytest.mark.parametrize(
    ("slug", "may_caution"), [("checkpoint-surrey", True), ("checkpoint", False), ("checkpoint-plus", True)]
)
def test_what_comes_back_after_a_failure_is_what_the_scheme_says(cast: Cast, slug: str, may_caution: bool) -> None:
    """In Surrey the original caution comes back as well as the charge; in Durham it is the charge alone."""
    case = end(on_scheme(cast, slug, "deferred_charge"), cast, "not_completed")
    assert (case.closed_at, status_of(case)) == (None, CaseStatus.NOT_KEPT)
    broken(case, cast)
    if may_caution:
        closing.decide_after_failure(case=case, result="failed_cautioned", by=cast["amara"])
        assert outcomes(case) == ["3"]
    else:
        with pytest.raises(Refused, match="does not fall back to a caution"):
            closing.decide_after_failure(case=case, result="failed_cautioned", by=cast["amara"])


def test_as_many_sessions_as_were_agreed_are_attended_before_it_is_kept(cast: Cast) -> None:
    """Somebody who came to one of two sessions would close as having kept the agreement."""
    referral = on_scheme(cast, "drug-diversion", "deferred_summons", sessions=2)
    for day in (2, 1):
        meeting = referral.appointments.create(starts_at=NOW - timedelta(days=day), place="Here")
        if day == 1:
            with pytest.raises(Refused, match="2 sessions were agreed, and 1 of them is recorded as attended"):
                end(Referral.objects.get(pk=referral.pk), cast, "completed")
        support.record_attendance(appointment=meeting, attendance="attended", version=1, by=cast["george"])
    assert outcomes(end(Referral.objects.get(pk=referral.pk), cast, "completed")) == ["8"]
