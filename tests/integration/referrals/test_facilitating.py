"""A named facilitator: named with the victim's agreement alone, seen by nobody beside them, and never on both sides."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.models import Allegation, Case
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import facilitating, handing_over, partner, support
from referrals.actions.deciding import Support
from referrals.actions.victims import keep_wishes
from referrals.models import Condition, Facilitation, FacilitatorContact, Referral, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import condition, crime, person, record, refer
from tests.factories.ground import adopt_scheme, hold

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
AGREES = {"letter": "yes", "sharing": "yes", "contact_when": "after six", "telephone": "07700 900777"}
MARKS = ("Zenobia", "Quillfeather", "after six", "07700 900777")


@pytest.fixture
def facilitator(cast: Cast) -> User:
    """Hugh of Harbour, who manages there too."""
    adopt_scheme("drug-diversion", cast, provider="hugh")
    return hold(cast["hugh"], *Role.objects.filter(slug__in=["partner-manager", "provider-facilitator"]))


def harmed(by: User, **changes: Any) -> Allegation:
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    agreed = Support(conditions=[letter, condition()])
    return record(by, crimes=[crime("common-assault", **about)], **{"support": agreed} | changes).allegations.get()


def named(cast: Cast, who: User, one: Allegation) -> Facilitation:
    keep_wishes(allegation=one, said=AGREES, seen=0, by=cast["vera"])
    return facilitating.name_facilitator(allegation=one, facilitator=who, by=cast["vera"])


def letter_of(one: Allegation) -> Condition:
    return Condition.objects.get(agreement__case=one.case_id, kind="apology")


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_nobody_is_named_without_the_victims_agreement(cast: Cast, facilitator: User) -> None:
    """A victim who hears from a stranger about what they told the police alone tells the police nothing more."""
    one, vera = harmed(cast["amara"]), cast["vera"]
    for seen, said in enumerate(({"letter": "yes"}, {"letter": "no", "sharing": "yes"}, {"sharing": "not_said"})):
        keep_wishes(allegation=one, said=said, seen=seen, by=vera)
        with pytest.raises(Refused, match="Record first"):
            facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=vera)
    keep_wishes(allegation=one, said=AGREES, seen=3, by=vera)
    with pytest.raises(PermissionDenied):
        facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=cast["hana"])
    with pytest.raises(Refused, match="Choose a facilitator"):
        facilitating.name_facilitator(allegation=one, facilitator=cast["george"], by=vera)
    made = facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=vera)
    assert facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=vera) == made
    other = hold(cast["jo"], Role.objects.get(slug="facilitator"))
    with pytest.raises(Outdated):
        facilitating.name_facilitator(allegation=one, facilitator=other, by=vera)


def test_the_facilitator_alone_opens_it_and_each_look_is_logged(
    cast: Cast, facilitator: User, signed_in: SignIn
) -> None:
    """Not their manager, not a colleague, not another partner; the force reads in its log who looked."""
    one = harmed(cast["amara"])
    row = named(cast, facilitator, one)
    page = reverse("facilitation_page", args=[row.pk])
    client = signed_in(facilitator)
    shown = words_of(client.get(page))
    assert all(mark in shown for mark in (*MARKS, "I will write a letter."))
    assert "I will go to the sessions." not in shown
    assert reverse("facilitation_page", args=[row.pk]) in words_of(client.get(reverse("facilitation_list")))
    looked = Event.objects.filter(kind="facilitation.opened")
    assert [each.organisation_id for each in looked] == [cast["amara"].organisation_id]
    for key in ("george", "hana", "amara", "vera"):
        assert signed_in(cast[key]).get(page).status_code == 403
    trained = hold(cast["george"], *Role.objects.filter(slug__in=["navigator", "provider-facilitator"]))
    colleague = signed_in(trained)
    assert colleague.get(page).status_code == 404
    for address in ("caseload", "inbox", "facilitation_list", "ended_list"):
        assert not any(mark in words_of(colleague.get(reverse(address))) for mark in MARKS)
    with unit_of_work("test", user=trained):
        assert not Facilitation.objects.exists()
    tried = {
        "submission": str(uuid.uuid4()),
        "who": "victim",
        "channel": "letter",
        "result": "reached",
        "note": "Rowan",
    }
    client = signed_in(facilitator)
    client.post(reverse("facilitation_contact", args=[row.pk]), tried)
    assert "Rowan" in words_of(client.get(page))
    with unit_of_work("test", user=cast["vera"]):
        assert not FacilitatorContact.objects.exists()


def test_it_ends_with_the_agreement_the_case_or_the_coordinator(
    cast: Cast, facilitator: User, signed_in: SignIn
) -> None:
    """What a victim takes back is taken back at once."""
    one = harmed(cast["amara"])
    row = named(cast, facilitator, one)
    page = reverse("facilitation_page", args=[row.pk])
    keep_wishes(allegation=one, said={"sharing": "no"}, seen=1, by=cast["vera"])
    row.refresh_from_db()
    assert (row.end_reason, signed_in(facilitator).get(page).status_code) == ("withdrawn", 404)
    keep_wishes(allegation=one, said={"sharing": "yes"}, seen=2, by=cast["vera"])
    again = facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=cast["amara"])
    victim = reverse("victim_page", args=[one.case.reference, one.pk])
    vera = signed_in(cast["vera"])
    assert "Hugh Barrow, Harbour Trust" in words_of(vera.get(victim))
    vera.post(reverse("facilitator_end", args=[one.case.reference, one.pk, again.pk]))
    assert signed_in(facilitator).get(reverse("facilitation_page", args=[again.pk])).status_code == 404
    vera = signed_in(cast["vera"])
    vera.post(reverse("facilitator_name", args=[one.case.reference, one.pk]), {"facilitator": facilitator.pk})
    third = Facilitation.objects.get(ended_at=None)
    assert signed_in(facilitator).get(reverse("facilitation_page", args=[third.pk])).status_code == 200
    Case.objects.filter(pk=one.case_id).update(closed_at="2026-06-10T12:00Z")
    assert signed_in(facilitator).get(reverse("facilitation_page", args=[third.pk])).status_code == 404
    letter = letter_of(one)
    with pytest.raises(Refused, match="no longer"):
        facilitating.settle_facilitated(
            facilitation=third, condition=letter, came="taken", version=letter.version, by=facilitator
        )


def test_what_is_theirs_they_settle_and_nobody_else(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """A letter is done once it is handed over; whether it was taken is nobody's to read but the police's."""
    one = harmed(cast["amara"])
    row, letter = named(cast, facilitator, one), letter_of(one)
    with pytest.raises(Refused, match="in another way"):
        support.settle_condition(condition=letter, state="done", evidence="Seen.", version=1, by=cast["amara"])
    client, course = signed_in(facilitator), Condition.objects.get(agreement__case=one.case_id, kind="course")
    assert client.post(reverse("facilitation_settle", args=[row.pk, course.pk])).status_code == 404
    address = reverse("facilitation_settle", args=[row.pk, letter.pk])
    assert client.post(address, {"version": letter.version}).status_code == 422
    assert client.post(address, {"version": letter.version, "came": "held"}).status_code == 422
    client.post(address, {"version": letter.version, "came": "not_taken"})
    letter.refresh_from_db()
    assert (letter.state, letter.by_facilitator, letter.settled_by) == ("done", True, facilitator)
    for side in (facilitator.organisation_id, cast["amara"].organisation_id):
        assert letter.evidence_for(side) == ""
    vera = words_of(signed_in(cast["vera"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "the victim did not take it" in vera
    given: dict[str, Any] = {"facilitation": row, "condition": letter, "came": "not_taken", "by": facilitator}
    facilitating.settle_facilitated(**given, version=1)  # sent once more by a browser that had no answer
    with pytest.raises(Outdated):
        facilitating.settle_facilitated(**given | {"came": "taken"}, version=1)


def test_the_case_closes_once_the_last_is_settled(cast: Cast, facilitator: User) -> None:
    """Nobody has to look at it again."""
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    one = harmed(cast["amara"], support=Support(conditions=[letter]))
    row, agreed = named(cast, facilitator, one), letter_of(one)
    facilitating.settle_facilitated(
        facilitation=row, condition=agreed, came="taken", version=agreed.version, by=facilitator
    )
    assert Case.objects.get(pk=one.case_id).closed_at is not None


def test_nobody_is_on_both_sides(cast: Cast, facilitator: User) -> None:
    """Who helps the person is not who speaks with their victim: neither could trust them."""
    version = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    trained = hold(cast["george"], *Role.objects.filter(slug__in=["navigator", "provider-facilitator"]))
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    who = person(given_names="Una")
    sent = refer(cast["amara"], version, person=who, crimes=[crime("possession-of-cannabis", **about)])
    one = sent.case.allegations.get()
    sent = partner.accept(referral=sent, navigator=trained, version=sent.version, by=cast["hugh"])
    partner.assign(referral=sent, navigator=cast["hugh"], version=sent.version, by=cast["hugh"])
    keep_wishes(allegation=one, said=AGREES, seen=0, by=cast["vera"])
    for helped in (trained, facilitator):  # who did, and who does
        with pytest.raises(Refused, match="helps the person"):
            facilitating.name_facilitator(allegation=one, facilitator=helped, by=cast["vera"])
    theirs = refer(
        cast["amara"], version, person=person(given_names="Vi"), crimes=[crime("possession-of-cannabis", **about)]
    )
    two = theirs.case.allegations.get()
    led = named(cast, trained, two)
    facilitating.end_facilitation(facilitation=led, by=cast["vera"])
    with pytest.raises(Refused, match="cannot help this person"):
        partner.accept(referral=theirs, navigator=trained, version=theirs.version, by=cast["hugh"])
    theirs = partner.accept(referral=theirs, navigator=cast["hugh"], version=theirs.version, by=cast["hugh"])
    with pytest.raises(Refused, match="cannot help this person"):
        partner.assign(referral=theirs, navigator=trained, version=theirs.version, by=cast["hugh"])
    with pytest.raises(Refused, match="cannot help this person"):
        handing_over.hand_over(references=[theirs.reference], holder=cast["hugh"], to=trained, by=cast["hugh"])
    assert Referral.objects.get(pk=theirs.pk).navigator == cast["hugh"]


def test_a_colleague_who_was_not_named_does_nothing(cast: Cast, facilitator: User) -> None:
    """A number in an address is no key."""
    row = named(cast, facilitator, harmed(cast["amara"]))
    trained = hold(cast["george"], Role.objects.get(slug="provider-facilitator"))
    tried: dict[str, Any] = {"who": "victim", "channel": "letter", "result": "reached"}
    with pytest.raises(ObjectDoesNotExist):
        facilitating.note_facilitator_contact(facilitation=row, submission=uuid.uuid4(), **tried, by=trained)
