"""A full scheme: it says so before anything is typed, and takes nobody more, whoever comes first."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Refused
from referrals.actions import closing, partner, slots, undoing
from referrals.actions.breaching import Ruling, decide_breach
from referrals.models import Breach, Referral, SchemeVersion, Undoable
from referrals.queries.schemes import free_slots
from referrals.schemes.capacity import full
from tests.conftest import Cast, password_hash
from tests.factories.breaches import heard
from tests.factories.cases import crime as case_crime
from tests.factories.cases import decision, person, refer
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme, assemble
from tests.factories.schemes import rewrite
from tests.integration.referrals.test_ending import helped
from tests.integration.referrals.test_two_at_once import together

SignIn = Callable[[User], Client]
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}
FULL = "1 of 1 places are taken"


@pytest.fixture
def narrow(version: SchemeVersion) -> SchemeVersion:
    """One place."""
    SchemeVersion.objects.filter(pk=version.pk).update(capacity=1)
    version.refresh_from_db()
    return version


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_officer_reads_it_before_choosing(cast: Cast, narrow: SchemeVersion, signed_in: SignIn) -> None:
    """An officer who has typed everything for a scheme that is full has lost a minute, and the person hope."""
    client, typed = signed_in(cast["amara"]), posted(given_names="Ada", show="1", **crime(0, **CANNABIS))
    assert "It is full: " not in text_of(client.post(reverse("record_decision"), typed))
    refer(cast["amara"], narrow)
    assert f"It is full: {FULL}" in text_of(client.post(reverse("record_decision"), typed))


def test_nothing_is_recorded_for_a_full_scheme_and_another_can_be_chosen(
    cast: Cast, narrow: SchemeVersion, signed_in: SignIn
) -> None:
    """The choice is the officer's: nobody is put anywhere else, or on a list that nobody reads."""
    refer(cast["amara"], narrow)
    client, sent = signed_in(cast["amara"]), posted(narrow, given_names="Ada", **crime(0, **CANNABIS))
    response = client.post(reverse("record_decision"), sent)
    assert response.status_code == 422
    assert f"{narrow.scheme.name} is full, {FULL}: choose another scheme" in text_of(response)
    assert Case.objects.count() == 1
    another = posted(given_names="Ada", **crime(0, **CANNABIS))
    assert client.post(reverse("record_decision"), another).status_code == 302


def test_an_offer_that_was_declined_needs_no_place(cast: Cast, narrow: SchemeVersion, signed_in: SignIn) -> None:
    """What was offered is recorded, whether or not there was room."""
    refer(cast["amara"], narrow)
    sent = posted(
        narrow, given_names="Ada", **crime(0, **CANNABIS), result="offered_declined", declined_reason="distrust"
    )
    assert signed_in(cast["amara"]).post(reverse("record_decision"), sent).status_code == 302


def test_one_held_for_authority_has_its_place_already(cast: Cast, narrow: SchemeVersion) -> None:
    """Authorised on Monday, and no room: the person would be sent away twice."""
    hated = case_crime("possession-of-cannabis", is_hate_crime=True)
    held = refer(cast["amara"], narrow, crimes=[hated], decision=decision(disposal="deferred_summons"))
    assert held.state == Referral.State.HELD
    with pytest.raises(Refused, match=FULL):
        refer(cast["amara"], narrow)


@pytest.mark.parametrize("how", ["declined", "closed"])
def test_a_place_that_comes_free_can_be_taken(cast: Cast, narrow: SchemeVersion, how: str) -> None:
    """A scheme that stayed full on paper would stand empty."""
    first = refer(cast["amara"], narrow)
    if how == "declined":
        partner.decline(referral=first, reason="risk", version=first.version, by=cast["hugh"])
    else:
        first = partner.accept(referral=first, navigator=None, version=first.version, by=cast["hugh"])
        closing.close_referral(referral=first, result="not_completed", note="", version=first.version, by=cast["hugh"])
    assert refer(cast["amara"], narrow).state == Referral.State.SENT


def test_voluntary_support_keeps_its_appointment_also_once_it_has_ended(cast: Cast, version: SchemeVersion) -> None:
    """Offered to an officer again, or gone from the printed agreement, it told police that the support had ended."""
    version = rewrite(version, confidentiality="voluntary")
    when, by = [clock.now() + timedelta(days=2)], cast["george"]
    [slot] = slots.offer_slots(scheme=version.scheme, moments=when, place="Harbour", places=1, by=by)
    sent = refer(cast["amara"], version)
    Referral.objects.filter(pk=sent.pk).update(slot=slot)
    referral = partner.accept(referral=sent, navigator=by, version=sent.version, by=cast["hugh"])
    closing.close_referral(referral=referral, result="not_completed", note="", version=referral.version, by=by)
    assert not free_slots([version]).exists()
    with pytest.raises(Refused, match="Somebody has booked this appointment"):
        slots.withdraw_slot(scheme=version.scheme, slot=slot, by=by)
    undoing.undo(undoable=Undoable.objects.get(), by=by)


def test_a_place_under_voluntary_support_tells_nobody_that_it_has_ended(
    cast: Cast, version: SchemeVersion, signed_in: SignIn
) -> None:
    """ "1 of 1 places are taken" went from the officer's page on the day on which the person stopped going."""
    version = rewrite(version, confidentiality="voluntary")
    SchemeVersion.objects.filter(pk=version.pk).update(capacity=1)
    referral = refer(cast["amara"], version)
    referral = partner.accept(referral=referral, navigator=None, version=referral.version, by=cast["hugh"])
    officer, typed = signed_in(cast["amara"]), posted(given_names="Ada", show="1", **crime(0, **CANNABIS))
    before = text_of(officer.post(reverse("record_decision"), typed))
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["hugh"]
    )
    after = text_of(signed_in(cast["amara"]).post(reverse("record_decision"), typed))
    assert f"It is full: {FULL}" in before
    assert f"It is full: {FULL}" in after
    assert "1 of 1: full" in text_of(signed_in(cast["elin"]).get(reverse("scheme_list")))
    with pytest.raises(Refused, match=FULL):
        refer(cast["amara"], SchemeVersion.objects.get(pk=version.pk))
    undoing.undo(undoable=Undoable.objects.get(), by=cast["hugh"])  # it never lost its place
    with clock.set_to(clock.now() + timedelta(days=400)):
        assert full(SchemeVersion.objects.filter(pk=version.pk)) == {}


def test_what_a_rank_excuses_goes_on_only_where_there_is_a_place(cast: Cast) -> None:
    """The provider had one person more than it takes, and nobody had decided that."""
    referral = helped(cast, disposal="deferred_summons")
    SchemeVersion.objects.filter(pk=referral.scheme_version_id).update(capacity=1)
    closing.close_referral(
        referral=referral, result="not_completed", note="", version=referral.version, by=cast["george"]
    )
    breach = heard(Breach.objects.get(), worker=cast["george"], advice="excuse")
    refer(cast["amara"], SchemeVersion.objects.get(pk=referral.scheme_version_id))
    excused = {"breach": breach, "ruling": Ruling("excuse", "In hospital.", "Go on."), "seen": breach.version}
    with clock.set_to(clock.now() + timedelta(days=1)):
        with pytest.raises(Refused, match="ask your coordinator to let one more in"):
            decide_breach(**excused, by=cast["carol"])
        SchemeVersion.objects.filter(pk=referral.scheme_version_id).update(capacity=2)
        decide_breach(**excused, by=cast["carol"])
    referral.refresh_from_db()
    assert referral.state in (Referral.State.ACCEPTED, Referral.State.STARTED)


def test_a_coordinator_lets_one_more_in_and_says_why(cast: Cast, narrow: SchemeVersion, signed_in: SignIn) -> None:
    """A rule of thumb about numbers must not turn away somebody for whom the provider has room after all."""
    refer(cast["amara"], narrow)
    client, address = signed_in(cast["elin"]), reverse("scheme_capacity", args=[narrow.scheme.slug])
    assert client.post(address, {"capacity": "2", "reason": "Ada Quill asked"}).status_code == 422
    assert client.post(address, {"capacity": "2", "reason": "one_person"}).status_code == 302
    narrow.refresh_from_db()
    assert refer(cast["amara"], narrow).state == Referral.State.SENT
    detail = Event.objects.get(kind="scheme.capacity_changed").detail
    assert detail == {"from": 1, "to": 2, "reason": "one_person"}
    assert signed_in(cast["amara"]).post(address, {"capacity": "9", "reason": "agreed"}).status_code == 403
    assert signed_in(cast["mina"]).post(address, {"capacity": "9", "reason": "agreed"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_cannot_take_the_last_place(transactional_db: None) -> None:
    """Each would see the place free, and the provider would have one person too many."""
    people = assemble(password_hash())
    version = adopt_scheme("drug-diversion", people, provider="hugh").versions.latest("valid_from")
    SchemeVersion.objects.filter(pk=version.pk).update(capacity=1)
    version.refresh_from_db()

    def send() -> Referral:
        return refer(people["amara"], version, person=person(given_names=f"P{uuid.uuid4().hex[:6]}"))

    met = together(send, send)
    assert sorted(bool(words) for words in met) == [False, True]
    assert any("is full" in words for words in met)
    assert Referral.objects.count() == 1
