"""What a rank has to decide is proposed, then authorised, then explained and signed: nothing begins before."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Allegation, Authorisation, Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding, explaining
from referrals.actions.deciding import Support
from referrals.models import Agreement, Condition, ProposedAgreement, Referral, SchemeVersion, Slot
from referrals.queries.cases import CaseStatus, status_of
from reporting.models import Fact
from reporting.outbox import drain
from tests.conftest import Cast
from tests.factories.cases import condition, decision, person, record, sign
from tests.factories.cases import crime as case_crime
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
ABUSE = {
    "offence": "common-assault",
    "victim_kind": "person",
    "victim_name": "Jo Price",
    "victim_stance": "agrees",
    "flags": ["domestic_abuse"],
    "first_statement_on": "2026-06-08",
}
MINIMUM_STANDARDS = {
    "fact-domestic_abuse_risk": "standard",
    "fact-controlling_behaviour": "false",
    "fact-first_domestic_abuse": "true",
    "fact-harmed_seen_apart": "true",
    "fact-approved_programme": "true",
    "fact-specified_offence": "false",
}


@made_once
def checkpoint(cast: Cast) -> SchemeVersion:
    return adopt_scheme("checkpoint", cast).versions.latest("valid_from")


@made_once
def proposed(cast: Cast, checkpoint: SchemeVersion) -> Case:
    """A deferred charge with Checkpoint, its first appointment held, waiting for authority."""
    slot = Slot.objects.create(
        version=checkpoint, starts_at=clock.now() + timedelta(days=9), place="Bridgeway, 4 Mill Lane"
    )
    conditions = [condition(), condition("I will keep my appointments.")]
    support = Support(scheme_version=checkpoint, slot=slot, conditions=conditions)
    return record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support)


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def authorise(case: Case, cast: Cast) -> Case:
    waiting = Authorisation.objects.get(case=case)
    by = cast["carol"] if waiting.rank == "sergeant" else cast["david"]
    deciding.authorise(evidence_met=True, case=case, rationale="Proportionate.", seen=case.corrections.count(), by=by)
    return Case.objects.get(pk=case.pk)


def test_a_proposal_holds_the_place_and_binds_nobody(cast: Cast, proposed: Case) -> None:
    """Signed before anybody decided, the person has promised something that nobody may ask of them."""
    referral = Referral.objects.get()
    assert (referral.state, referral.sent_at) == (Referral.State.HELD, None)
    assert referral.appointments.get().place == "Bridgeway, 4 Mill Lane"
    assert not Agreement.objects.exists()
    assert not Condition.objects.exists()
    assert not Referral.objects.visible_to(cast["hana"]).exists()
    held = proposed.proposed
    assert [one["wording"] for one in held.conditions] == ["I will go to the sessions.", "I will keep my appointments."]
    assert status_of(proposed) == CaseStatus.WAITING


def test_authorised_it_waits_to_be_explained_and_stands_on_the_officer_s_list(
    cast: Cast, proposed: Case, signed_in: SignIn
) -> None:
    """The decision comes before explanation and signature (CJA 2003 s.23): who signs must learn that it is made."""
    case = authorise(proposed, cast)
    assert status_of(case) == CaseStatus.TO_SIGN
    assert Referral.objects.get().state == Referral.State.HELD
    assert not Agreement.objects.exists()
    drain()
    fact = Fact.objects.get(case_id=case.pk)
    assert (fact.diverted, fact.disposal, fact.referred_on) == (False, "waiting_for_authority", None)
    client = signed_in(cast["amara"])
    assert reverse("case_explain", args=[case.reference]) in words_of(client.get(reverse("home")))
    page = words_of(client.get(reverse("case_page", args=[case.reference])))
    assert "Next: explain and sign" in page
    assert "Proposed agreement" in page


def test_signed_it_begins_on_that_day_with_its_dates_and_clocks(
    cast: Cast, proposed: Case, signed_in: SignIn, frozen: datetime
) -> None:
    """Counted from the proposal, a week at the inspector's is a week that the person has not had."""
    authorise(proposed, cast)
    with clock.set_to(frozen + timedelta(days=5)):
        client = signed_in(cast["amara"])
        address = reverse("case_explain", args=[proposed.reference])
        page = words_of(client.get(address))
        assert f"It is about: {proposed.allegations.get().offence}," in page
        assert "Do they admit the offence?" not in page  # a deferred charge asks for none
        sent = {
            "read_aloud": "on",
            "result": "signed",
            "signed_as": "Sam Price",
            "due_0": "13 7 2026",
            "due_1": "14 7 2026",
        }
        response = client.post(address, sent)
        assert response.status_code == 302, words_of(response)
        agreement = Agreement.objects.get()
        assert agreement.agreed_on == date(2026, 6, 15)
        assert agreement.ends_on == date(2026, 10, 15)
        assert sorted(one.due_on for one in agreement.conditions.all()) == [date(2026, 7, 13), date(2026, 7, 14)]
        referral = Referral.objects.get()
        assert (referral.state, referral.sent_at, referral.agreement) == (Referral.State.SENT, clock.now(), agreement)
        assert status_of(proposed) == CaseStatus.SENT
        kept = ProposedAgreement.objects.get()
        assert (kept.explained_by, kept.signed_as) == (cast["amara"], "Sam Price")
        assert "version" in kept.read_aloud
        assert Event.objects.filter(kind="agreement.signed").exists()
        page = words_of(client.get(reverse("case_page", args=[proposed.reference])))
        assert "Explained and signed" in page
        assert "signed “Sam Price”" in page
        drain()
        assert Fact.objects.get(case_id=proposed.pk).diverted


def test_days_are_moved_by_as_long_as_it_waited(cast: Cast, proposed: Case, frozen: datetime) -> None:
    """Twenty-eight days to write a letter are twenty-eight days from the signature."""
    authorise(proposed, cast)
    with clock.set_to(frozen + timedelta(days=5)):
        sign(proposed)
    assert {one.due_on for one in Condition.objects.all()} == {date(2026, 7, 13)}


def test_domestic_abuse_with_a_conditional_caution_in_mind(cast: Cast, signed_in: SignIn) -> None:
    """Who decides is said first; what is agreed is proposed and not signed; and the admission is asked again."""
    client = signed_in(cast["amara"])
    typed = posted(
        disposal="conditional_caution",
        evidence="charge_standard",
        **{f"crimes-0-{name}": value for name, value in ABUSE.items()},
        **MINIMUM_STANDARDS,
        **{"conditions-0-kind": "course"},
    )
    page = words_of(client.post(reverse("record_decision"), typed | {"show": "1"}))
    offer = page.partition('value="conditional_caution:"')[2].partition("</div> </div>")[0]
    assert "decides" in offer
    for question in ("domestic_abuse_risk", "controlling_behaviour", "first_domestic_abuse", "approved_programme"):
        assert f'name="fact-{question}"' in page
    response = client.post(reverse("record_decision"), typed)
    assert response.status_code == 302, words_of(response)[:4000]
    case = Case.objects.get()
    assert case.authorisation.state == Authorisation.State.WAITING
    assert not Agreement.objects.exists()
    authorise(case, cast)
    address = reverse("case_explain", args=[case.reference])
    assert "Do they admit the offence?" in words_of(client.get(address))
    due = {f"due_{place}": "8 7 2026" for place in range(len(case.proposed.conditions))}
    sent = {"read_aloud": "on", "result": "signed", "signed_as": "Sam Price", **due}
    for said in ({}, {"admits": "no"}):
        refused = client.post(address, sent | said)
        assert refused.status_code == 422
        assert "admit the offence now, before they sign" in words_of(refused)
    words = {"admitted_words": "I pushed her.", "admitted_in": "interview"}
    assert client.post(address, sent | {"admits": "yes"} | words).status_code == 302
    assert ProposedAgreement.objects.get().admits is True
    assert status_of(case) == CaseStatus.CONDITIONS


def test_who_does_not_agree_has_declined_and_nothing_has_begun(cast: Cast, proposed: Case, signed_in: SignIn) -> None:
    """A signature is the person's to give; without it the provider hears nothing."""
    authorise(proposed, cast)
    client, address = signed_in(cast["amara"]), reverse("case_explain", args=[proposed.reference])
    due = {"due_0": "8 7 2026", "due_1": "8 7 2026"}
    wrong = client.post(address, {"read_aloud": "on", "result": "declined", **due})
    assert "Choose why the person declined" in words_of(wrong)
    response = client.post(address, {"read_aloud": "on", "result": "declined", "declined_reason": "distrust", **due})
    assert response.status_code == 302
    case = Case.objects.get()
    assert (case.decision.result, case.decision.declined_reason) == ("offered_declined", "distrust")
    assert case.closed_at is not None
    assert list(Allegation.objects.values_list("outcome", flat=True)) == [""]
    assert Referral.objects.get().state == Referral.State.WITHDRAWN
    assert not Agreement.objects.exists()
    assert "Explained, and declined" in words_of(client.get(reverse("case_page", args=[case.reference])))


def test_a_child_signs_with_an_appropriate_adult(cast: Cast) -> None:
    """What a child signs alone binds nobody, and should not."""
    child = person(date_of_birth=date(2011, 5, 4))
    case = record(cast["amara"], person=child, decision=decision(disposal="deferred_prosecution_child"))
    case = authorise(case, cast)
    with pytest.raises(Refused, match="appropriate adult"):
        explaining.explain_and_sign(case=case, admits=True, signed_as="Sam Price", by=cast["amara"])
    sign(case)
    assert ProposedAgreement.objects.get().adult == "Ann Adult"


def test_nothing_is_signed_before_it_is_authorised_nor_twice(cast: Cast, proposed: Case) -> None:
    """A constable would issue what only a sergeant may."""
    with pytest.raises(Outdated):
        sign(proposed)
    authorise(proposed, cast)
    sign(proposed)
    with pytest.raises(Outdated):
        sign(proposed)
    assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"signed_as": "  "}, "name that the person signed"),
        ({"due_on": [date(2026, 6, 1), date(2026, 7, 1)]}, "a day to come"),
        ({"due_on": [date(2027, 6, 1), date(2026, 7, 1)]}, "a day to come"),
    ],
    ids=["no-name", "passed", "after-the-end"],
)
def test_what_cannot_be_signed_is_refused(cast: Cast, proposed: Case, changes: dict[str, Any], match: str) -> None:
    """An agreement without a name, or with a day that cannot be kept, is broken on the day it begins."""
    case = authorise(proposed, cast)
    given = {"admits": True, "signed_as": "Sam Price"} | changes
    with pytest.raises(Refused, match=match):
        explaining.explain_and_sign(case=case, **given, by=cast["amara"])
    assert not Agreement.objects.exists()


def test_a_plan_that_no_longer_fits_before_the_limit_is_not_begun(cast: Cast, checkpoint: SchemeVersion) -> None:
    """Begun too late, a broken agreement could not be prosecuted any more."""
    old = case_crime("common-assault", committed_on=clock.today() - timedelta(days=10), victim_kind="person")
    conditions = [condition(), condition("I will keep my appointments.")]
    support = Support(scheme_version=checkpoint, conditions=conditions)
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support, crimes=[old])
    case = authorise(case, cast)
    with clock.set_to(clock.now() + timedelta(days=100)), pytest.raises(Refused):
        sign(case)
    assert not Agreement.objects.exists()


def test_what_runs_past_the_latest_safe_day_by_waiting_begins_with_a_sergeants_reason(
    cast: Cast, checkpoint: SchemeVersion, signed_in: SignIn
) -> None:
    """Nobody who authorised four months knew that a month of waiting would leave no time to charge."""
    old = case_crime("common-assault", committed_on=clock.today() - timedelta(days=10), victim_kind="person")
    support = Support(scheme_version=checkpoint, conditions=[condition(), condition("I will keep my appointments.")])
    case = record(cast["amara"], decision=decision(disposal="deferred_charge"), support=support, crimes=[old])
    case = authorise(case, cast)
    address, why = reverse("case_explain", args=[case.reference]), "It is one week, and she is nearly there."
    signed: dict[str, Any] = {"case": case, "admits": True, "signed_as": "Sam Price"}
    with clock.set_to(clock.now() + timedelta(days=30)):
        officer = words_of(signed_in(cast["amara"]).get(address))
        sergeant = words_of(signed_in(cast["carol"]).get(address))
        for by, late_because in [("amara", why), ("carol", " ")]:
            with pytest.raises(Refused, match="a sergeant has to give a reason"):
                explaining.explain_and_sign(**signed, late_because=late_because, by=cast[by])
        explaining.explain_and_sign(**signed, late_because=why, by=cast["carol"])
    assert ("late_because" in officer, "late_because" in sergeant) == (False, True)
    assert "after the latest safe day" in officer
    assert (ProposedAgreement.objects.get().late_because, Agreement.objects.count()) == (why, 1)


def test_what_a_constable_may_issue_alone_is_agreed_at_once(cast: Cast, signed_in: SignIn) -> None:
    """The simple case must cost not one click more."""
    response = signed_in(cast["amara"]).post(reverse("record_decision"), posted(**crime(0)))
    assert response.status_code == 302
    assert Agreement.objects.get().agreed_on == clock.today()
    assert not ProposedAgreement.objects.exists()


def test_nobody_signs_in_a_case_that_they_may_not_see(cast: Cast, proposed: Case, signed_in: SignIn) -> None:
    """Another force's officer must not begin anything."""
    authorise(proposed, cast)
    address = reverse("case_explain", args=[proposed.reference])
    assert signed_in(cast["ben"]).get(address).status_code == 404
    with pytest.raises(Outdated):
        sign(proposed, by=cast["ben"])


def test_an_address_kept_from_before_leads_to_the_case(cast: Cast, proposed: Case, signed_in: SignIn) -> None:
    """An old tab must not offer to sign what waits, or is signed."""
    client = signed_in(cast["amara"])
    response = client.get(reverse("case_explain", args=[proposed.reference]))
    assert response.url == reverse("case_page", args=[proposed.reference])
