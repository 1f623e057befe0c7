"""A named facilitator: named with the victim's agreement alone, seen by nobody beside them, and never on both sides."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.eligibility.schemes import Ladder
from cases.models import Allegation, Case
from cases.models.crime import stand_in
from diversion import clock
from diversion.accounts.models import Role, User
from diversion.audit.models import Event
from diversion.notifications.models import Message
from diversion.notifications.tasks import tell
from diversion.refusals import Outdated, Refused
from diversion.unit_of_work import unit_of_work
from referrals.actions import breaching, closing, deciding, facilitating, handing_over, partner, support, varying
from referrals.actions.deciding import Support
from referrals.actions.facilitation_notices import write_named
from referrals.actions.letting_go import Signed
from referrals.actions.victims import keep_wishes
from referrals.judging.breach import standing_of
from referrals.models import (
    Condition,
    Facilitation,
    FacilitatorContact,
    NextDue,
    Referral,
    SchemeVersion,
    SharingAgreement,
    Undoable,
)
from referrals.queries.facilitating import facilitated_of, who_may_facilitate
from referrals.queries.managing import late
from referrals.queries.settling import conditions_for_home
from tests.conftest import Cast
from tests.factories.breaches import broken, heard
from tests.factories.cases import condition, crime, decision, person, record, refer, sign
from tests.factories.ground import adopt_scheme, hold, move
from tests.factories.schemes import rewrite

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


def to_settle(row: Facilitation, one: Condition, came: str) -> dict[str, Any]:
    one.refresh_from_db()
    return {"facilitation": row, "condition": one, "came": came, "version": one.version, "by": row.facilitator}


def test_what_is_another_victims_is_neither_read_nor_settled(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """A victim who said no would be written to all the same, through somebody they never agreed to."""
    harmed_both = [
        crime("common-assault", victim_kind="person", victim_name=name) for name in ("Zenobia Quill", "Marigold Other")
    ]
    letters = [condition(f"A letter to {name}.", kind="apology", object="reparative") for name in ("Zenobia", "Mari")]
    case = record(cast["amara"], crimes=harmed_both, support=Support(conditions=letters))
    one, two = case.allegations.order_by("pk")
    to_one, to_two = Condition.objects.filter(agreement__case=case).order_by("pk")
    keep_wishes(allegation=two, said={"letter": "no", "sharing": "no"}, seen=0, by=cast["vera"])
    row = named(cast, facilitator, one)
    page, victim = (
        reverse("facilitation_page", args=[row.pk]),
        reverse("victim_page", args=[case.reference, one.pk]),
    )
    shown = words_of(signed_in(facilitator).get(page))
    assert not any(each.wording in shown for each in (to_one, to_two))  # until somebody says whose they are
    vera = signed_in(cast["vera"])
    asked = words_of(vera.get(victim))
    assert "What of this is for this victim" in asked
    assert "checked" not in asked[asked.index("What of this is") : asked.index("Save what is for them")]
    chosen = {"facilitator": facilitator.pk, "conditions": [to_one.pk]}
    vera.post(reverse("facilitator_name", args=[case.reference, one.pk]), chosen)
    shown = words_of(signed_in(facilitator).get(page))
    assert to_one.wording in shown
    assert to_two.wording not in shown
    with pytest.raises(Refused, match="not yours"):
        facilitating.settle_facilitated(**to_settle(row, to_two, "taken"))
    with pytest.raises(Refused, match="in another way"):
        support.settle_condition(condition=to_one, state="not_done", evidence="", version=1, by=cast["amara"])
    done = support.settle_condition(condition=to_two, state="done", evidence="Seen.", version=1, by=cast["amara"])
    assert done.state == "done"
    keep_wishes(allegation=two, said=AGREES, seen=1, by=cast["vera"])
    with pytest.raises(Refused, match="for another victim"):
        facilitating.name_facilitator(allegation=two, facilitator=facilitator, conditions=[to_one], by=cast["vera"])


def test_who_wants_a_letter_is_not_met(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """Nobody reports of a meeting that the victim refused."""
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    meeting = condition("We will meet.", kind="rj", object="reparative")
    one = harmed(cast["amara"], support=Support(conditions=[letter, meeting]))
    row = named(cast, facilitator, one)
    met = Condition.objects.get(agreement__case=one.case_id, wording="We will meet.")
    shown = words_of(signed_in(facilitator).get(reverse("facilitation_page", args=[row.pk])))
    assert "I will write a letter." in shown
    assert "We will meet." not in shown
    with pytest.raises(Refused, match="not yours"):
        facilitating.settle_facilitated(**to_settle(row, met, "held"))
    page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[one.case.reference])))
    assert f"condition-{met.pk}-state" in page
    assert f"condition-{letter_of(one).pk}-state" not in page  # not offered, since it would be refused


def test_nothing_is_settled_past_what_binds_everybody(cast: Cast, facilitator: User) -> None:
    """After a rank decided that it was broken, a letter would close the case as kept; what was let go stays let go."""
    strict: dict[str, Any] = {"decision": decision(disposal="conditional_caution")}
    one = harmed(cast["amara"], **strict)
    deciding.authorise(evidence_met=True, case=one.case, rationale="Fair.", seen=0, by=cast["david"])
    sign(one.case)
    row, letter = named(cast, facilitator, one), letter_of(one)
    course = Condition.objects.get(agreement__case=one.case_id, kind="course")
    support.settle_condition(condition=course, state="not_done", evidence="", version=1, by=cast["amara"])
    broken(one.case, cast)
    with pytest.raises(Refused, match="was not kept"):
        facilitating.settle_facilitated(**to_settle(row, letter, "taken"))
    two = harmed(cast["amara"], person=person(given_names="Bo"))
    let_go = support.settle_condition(
        condition=letter_of(two), state="cancelled", evidence="", version=1, by=cast["amara"]
    )
    led = named(cast, facilitator, two)
    with pytest.raises(Refused, match="not yours"):
        facilitating.settle_facilitated(**to_settle(led, let_go, "not_written"))


def test_a_partner_changes_nothing_that_a_facilitator_settles(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """A worker would let the person off what is owed to a victim of whom they know nothing."""
    version = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    agreed = Support(scheme_version=version, conditions=[letter, condition()])
    case = record(cast["amara"], crimes=[crime("possession-of-cannabis", **about)], support=agreed)
    sent, one = case.referrals.get(), case.allegations.get()
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    agreed_letter = letter_of(one)
    asked = varying.Change(way="let_go", reason="illness", because="Ill.", agreed_on=clock.today(), agreed_how="signed")
    change: dict[str, Any] = {"condition": agreed_letter, "change": asked, "version": 1, "by": cast["george"]}
    keep_wishes(allegation=one, said=AGREES, seen=0, by=cast["vera"])
    row = facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=cast["vera"])
    with pytest.raises(Refused, match="in another way"):
        varying.change_condition(**change)
    page = words_of(signed_in(cast["george"]).get(reverse("referral_page", args=[sent.reference])))
    assert reverse("condition_settle", args=[sent.reference, agreed_letter.pk]) not in page
    facilitating.end_facilitation(facilitation=row, by=cast["vera"])
    assert varying.change_condition(**change).state == "waiting"
    again = facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=cast["vera"])
    with pytest.raises(Refused, match="waits for the police"):
        facilitating.settle_facilitated(**to_settle(again, agreed_letter, "not_written"))


def supported(
    cast: Cast, facilitator: User, victims: Sequence[str] = ("Zenobia Quillfeather",), *, are_theirs: bool = False
) -> tuple[Facilitation, Referral, Condition]:
    """A letter that a facilitator leads for the first of ``victims``, one a crime, beside a course that is done; with
    Harbour Trust and george. ``are_theirs``: police have said that the letter is for that victim."""
    version = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    crimes = [crime("possession-of-cannabis", victim_kind="person", victim_name=name) for name in victims]
    agreed = Support(scheme_version=version, conditions=[letter, condition()])
    case = record(cast["amara"], crimes=crimes, support=agreed)
    sent, one = case.referrals.get(), case.allegations.earliest("pk")
    sent = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    course = Condition.objects.get(agreement__case=case, kind="course")
    support.settle_condition(condition=course, state="done", evidence="Seen.", version=1, by=cast["george"])
    row = named(cast, facilitator, one)
    if are_theirs:
        chosen = {"facilitator": facilitator, "conditions": [letter_of(one)], "by": cast["vera"]}
        row = facilitating.name_facilitator(allegation=one, **chosen)
    return row, sent, letter_of(one)


def complete(sent: Referral, cast: Cast) -> None:
    sent.refresh_from_db()
    closing.close_referral(referral=sent, result="completed", note="", version=sent.version, by=cast["george"])


@pytest.mark.parametrize("came", ["taken", "not_taken", "not_written"])
@pytest.mark.parametrize("partner_is_first", [True, False])
def test_the_partner_completes_its_part_before_or_after_the_facilitator(
    cast: Cast, facilitator: User, signed_in: SignIn, partner_is_first: bool, came: str
) -> None:
    """Six sessions that were attended would end as not completed, because nobody had taken the letter yet."""
    row, sent, letter = supported(cast, facilitator)
    steps = [partial(complete, sent, cast)]
    steps.append(lambda: facilitating.settle_facilitated(**to_settle(row, letter, came)))
    first, second = steps if partner_is_first else reversed(steps)
    first()
    case = Case.objects.get(pk=sent.case_id)
    assert case.closed_at is None
    if partner_is_first:
        page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
        assert f"condition-{letter.pk}-state" not in page
    second()
    sent.refresh_from_db()
    case.refresh_from_db()
    assert (sent.result, case.closed_at is None) == ("completed", False)
    assert [it.outcome for it in case.allegations.all()] == ["8"]
    if partner_is_first:
        facilitating.settle_facilitated(**to_settle(row, letter, "nothing_yet"))
        case.refresh_from_db()
        letter.refresh_from_db()
        assert (case.closed_at, letter.state) == (None, "open")


def test_the_worker_reads_that_it_is_not_theirs(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """They would wait for it, or think that the person is late."""
    row, sent, letter = supported(cast, facilitator)
    with clock.set_to(clock.now() + timedelta(days=60)):
        page = words_of(signed_in(cast["george"]).get(reverse("referral_page", args=[sent.reference])))
        board = words_of(signed_in(cast["george"]).get(reverse("caseload")))
        assert (sent.reference in board, "I will write a letter." in board) == (True, False)
        assert "condition" not in [it.what for it in late(by=cast["hugh"])]
        assert standing_of(sent, Ladder()).unasked == 0
        assert next_step(sent) != letter.due_on
        facilitating.end_facilitation(facilitation=row, by=cast["vera"])
        assert "condition" in [it.what for it in late(by=cast["hugh"])]
        assert standing_of(sent, Ladder()).unasked == 1
        assert next_step(sent) == letter.due_on
        assert "I will write a letter." in words_of(signed_in(cast["george"]).get(reverse("caseload")))
    told = page[page.index("I will write a letter.") :]
    assert "settled by police" in told[: told.index("</p> </li>") if "</p> </li>" in told else 600]
    assert "police ask why" not in page
    assert letter.state == "open"


def next_step(sent: Referral) -> date | None:
    return NextDue.objects.get(referral=sent).step_on


def test_the_board_of_the_day_of_the_upgrade_leaves_a_led_letter_out(cast: Cast, facilitator: User) -> None:
    """It would stand there as late until something else of the case changes."""
    upgrade = import_module("referrals.migrations.0026_not_the_workers_letter")
    _row, sent, letter = supported(cast, facilitator)
    kept = next_step(sent)
    NextDue.objects.update(step_on=letter.due_on)
    with connection.cursor() as cursor:
        cursor.execute(upgrade.NEXT_STEP)
    assert next_step(sent) == kept != letter.due_on


MARIGOLD = "Marigold Other"


@pytest.mark.parametrize(
    ("victims", "is_left"),
    [
        (("Zenobia Quillfeather", MARIGOLD), True),
        (("Zenobia Quillfeather", " zenobia quillfeather"), False),
        (("Zenobia Quillfeather", ""), True),
        (("", ""), True),
    ],
)
def test_a_letter_of_which_nobody_says_whose_it_is_is_on_the_first_page_of_police(
    cast: Cast, facilitator: User, victims: Sequence[str], is_left: bool
) -> None:
    """Nobody would lead it, and nobody be told: the case stays open for ever."""
    row, sent, letter = supported(cast, facilitator, victims, are_theirs=True)
    assert facilitated_of([letter]) == {letter.pk}
    complete(sent, cast)
    said = {"allegation": row.allegation, "facilitator": facilitator, "by": cast["vera"]}
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert not conditions_for_home(by=cast["amara"])
        facilitating.name_facilitator(**said, conditions=[])
        assert (facilitated_of([letter]) == set()) == is_left
        assert [one.pk for one in conditions_for_home(by=cast["amara"])] == ([letter.pk] if is_left else [])


def test_what_nobody_leads_any_more_police_settle_and_it_never_counts_against_the_person(
    cast: Cast, facilitator: User, signed_in: SignIn
) -> None:
    """The victim thought better of it once the partner had gone: the case would wait for ever, or be charged for it."""
    row, sent, letter = supported(cast, facilitator)
    complete(sent, cast)
    says: dict[str, Any] = {"condition": letter, "evidence": "The victim wants none.", "by": cast["amara"]}
    with pytest.raises(Refused, match="in another way"):
        support.settle_condition(**says, state="cancelled", version=letter.version)
    keep_wishes(allegation=row.allegation, said={"letter": "no"}, seen=1, by=cast["vera"])
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert "I will write a letter." in words_of(signed_in(cast["amara"]).get("/"))
        page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[sent.case.reference])))
        form = page[page.index(f'id="condition-{letter.pk}-state"') :]
        form = form[: form.index("</form>")]
        assert [f'value="{one}"' in form for one in ("done", "cancelled", "not_done")] == [True, True, False]
        with pytest.raises(Refused, match="Nobody leads this any more"):
            support.settle_condition(**says, state="not_done", version=letter.version)
        support.settle_condition(**says, state="cancelled", version=letter.version)
    case = Case.objects.get(pk=sent.case_id)
    assert case.closed_at is not None
    assert [it.outcome for it in case.allegations.all()] == ["8"]


def cautioned(cast: Cast, **changes: Any) -> Allegation:
    """Harmed by somebody with a conditional caution, which is authorised and signed."""
    one = harmed(cast["amara"], decision=decision(disposal="conditional_caution"), **changes)
    deciding.authorise(evidence_met=True, case=one.case, rationale="Fair.", seen=0, by=cast["david"])
    sign(one.case)
    return one


@pytest.mark.parametrize("is_excused", [True, False])
def test_whom_a_facilitator_has_left_is_not_charged_for_what_they_did_not_do(
    cast: Cast, facilitator: User, signed_in: SignIn, is_excused: bool
) -> None:
    """A victim thinks better of it, and the officer notes the letter as not done: the person would stand in breach."""
    one = cautioned(cast)
    row, letter = named(cast, facilitator, one), letter_of(one)
    if is_excused:  # what the facilitator said before that stands no more
        facilitating.settle_facilitated(**to_settle(row, letter, "not_written"))
        breach = heard(breaching.ask_for_account(case=one.case, by=cast["amara"]), worker=cast["amara"])
        again = breaching.Ruling(way="excuse", rationale="Ill.", new_day=letter.due_on)
        with pytest.raises(Refused, match="on which day the person signed this change"):
            breaching.decide_breach(breach=breach, ruling=again, seen=breach.version, by=cast["david"])
        page = words_of(signed_in(cast["david"]).get(reverse("breach_page", args=[breach.pk])))
        assert "on which the person signed that new day" in page
        assert ("What was agreed was not done" in page, "The support ended" in page) == (True, False)  # none had begun
        again = replace(again, signed=Signed(clock.today()))
        breaching.decide_breach(breach=breach, ruling=again, seen=breach.version, by=cast["david"])
        change = letter.changes.get()
        assert (change.way, change.agreed_how, change.new_day) == ("new_day", "signed", letter.due_on)
    keep_wishes(allegation=one, said={"letter": "no"}, seen=1, by=cast["vera"])
    letter.refresh_from_db()
    page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[one.case.reference])))
    form = page[page.index(f'action="/cases/{one.case.reference}/conditions/{letter.pk}"') :]
    form = form[: form.index("</form>")]
    # An authorised person lets a condition of a caution go, once that is signed.
    assert [f'value="{each}"' in form for each in ("done", "cancelled", "not_done")] == [True, False, False]
    says: dict[str, Any] = {"condition": letter, "evidence": "The victim wants none.", "by": cast["amara"]}
    with pytest.raises(Refused, match="Nobody leads this any more"):
        support.settle_condition(**says, state="not_done", version=letter.version)
    says |= {"by": cast["david"], "signed": Signed(clock.today())}
    assert support.settle_condition(**says, state="cancelled", version=letter.version).state == "cancelled"


def test_in_a_conditional_caution_no_facilitator_lets_anybody_off(cast: Cast, facilitator: User) -> None:
    """Nobody but an authorised person changes its conditions (Criminal Justice Act 2003 s.23B): it would be void."""
    meeting = condition("We will meet.", kind="rj", object="reparative")
    one = cautioned(cast, support=Support(conditions=[meeting, condition()]))
    keep_wishes(allegation=one, said=AGREES | {"meeting": "yes"}, seen=0, by=cast["vera"])
    row = facilitating.name_facilitator(allegation=one, facilitator=facilitator, by=cast["vera"])
    met = Condition.objects.get(agreement__case=one.case_id, kind="rj")
    with pytest.raises(Refused, match="a change that the police decide"):
        facilitating.settle_facilitated(**to_settle(row, met, "victim_stopped"))


def test_a_facilitator_learns_nothing_of_voluntary_support(cast: Cast, facilitator: User) -> None:
    """Police lead letters too: that nothing more could be recorded would tell them how the support ended."""
    version = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    version = rewrite(version, confidentiality="voluntary")
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    told = crime("possession-of-cannabis", number=stand_in(), victim_kind="person", victim_name="Zenobia Quillfeather")
    case = record(
        cast["amara"], crimes=[told], support=Support(scheme_version=version, conditions=[letter, condition()])
    )
    sent = case.referrals.get()
    sent = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    closing.close_referral(referral=sent, result="not_completed", note="", version=sent.version, by=cast["george"])
    row = named(cast, hold(cast["jo"], Role.objects.get(slug="facilitator")), case.allegations.get())
    facilitating.settle_facilitated(**to_settle(row, letter_of(row.allegation), "taken"))
    assert letter_of(row.allegation).state == "done"


def test_who_may_be_named_tells_nothing_of_voluntary_support(cast: Cast, facilitator: User) -> None:
    """The one colleague missing from the list would tell police that the person came, and who helps them."""
    george = hold(cast["george"], *Role.objects.filter(slug__in=["navigator", "provider-facilitator"]))
    version = SchemeVersion.objects.filter(scheme__slug="drug-diversion").latest("valid_from")
    told = crime("possession-of-cannabis", victim_kind="person", victim_name="Zenobia Quillfeather")
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    version = rewrite(version, confidentiality="voluntary")
    agreed = Support(scheme_version=version, conditions=[letter, condition()])
    case = record(cast["amara"], crimes=[told], support=agreed)
    one, sent = case.allegations.get(), case.referrals.get()

    def offered() -> set[User]:
        return {facilitator, george} & set(who_may_facilitate(one))

    before = offered()
    partner.accept(referral=sent, navigator=george, version=sent.version, by=facilitator)
    assert offered() == before == set()
    assert {facilitator, george} <= set(who_may_facilitate(harmed(cast["amara"], person=person(given_names="Ann"))))


def test_what_closed_the_case_can_be_taken_back(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """One click on the wrong line would end it for good, and the victim would be told so."""
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    one = harmed(cast["amara"], support=Support(conditions=[letter]))
    row, agreed = named(cast, facilitator, one), letter_of(one)
    client = signed_in(facilitator)
    address = reverse("facilitation_settle", args=[row.pk, agreed.pk])
    client.post(address, {"version": agreed.version, "came": "not_taken"})
    closed = Case.objects.get(pk=one.case_id)
    assert closed.closed_at is not None
    assert closed.undoable_until is not None
    assert Undoable.objects.live().get(case=closed).by == facilitator
    read = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[closed.reference])))
    assert "Condition settled by a facilitator" in read
    assert "Hugh" not in read
    client = signed_in(facilitator)
    shown = words_of(client.get(reverse("facilitation_page", args=[row.pk])))
    assert "You can take it back until" in shown
    agreed.refresh_from_db()
    assert client.post(address, {"version": agreed.version, "came": "taken"}).status_code == 422
    client.post(address, {"version": agreed.version, "came": "nothing_yet"})
    agreed.refresh_from_db()
    row.refresh_from_db()
    assert (agreed.state, agreed.by_facilitator, row.letter) == ("open", False, "")
    assert Case.objects.get(pk=one.case_id).closed_at is None
    client.post(address, {"version": agreed.version, "came": "taken"})
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert signed_in(facilitator).get(reverse("facilitation_page", args=[row.pk])).status_code == 404
    kinds = Event.objects.filter(organisation_id=facilitator.organisation_id).values_list("kind", flat=True)
    assert not {"case.closed", "case.reopened", "closing.undone", "facilitation.settled"}.intersection(kinds)
    force = Event.objects.filter(organisation_id=cast["amara"].organisation_id, actor_id=facilitator.pk)
    assert {"case.closed", "case.reopened", "closing.undone"} <= set(force.values_list("kind", flat=True))


def test_what_a_facilitator_said_police_put_right_after_the_end(
    cast: Cast, facilitator: User, signed_in: SignIn
) -> None:
    """Else a slip of somebody who has gone would stand against the person for good."""
    one = harmed(cast["amara"])
    row, letter = named(cast, facilitator, one), letter_of(one)
    facilitating.settle_facilitated(**to_settle(row, letter, "not_written"))
    letter.refresh_from_db()
    mend: dict[str, Any] = {"condition": letter, "state": "done", "evidence": "Seen.", "by": cast["amara"]}
    with pytest.raises(Refused, match="in another way"):
        support.settle_condition(**mend, version=letter.version)
    facilitating.end_facilitation(facilitation=row, by=cast["vera"])
    read = words_of(signed_in(cast["vera"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "The person did not write it" in read
    assert "Ended by the police" in read
    page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[one.case.reference])))
    assert f"condition-{letter.pk}-state" in page
    mended = support.settle_condition(**mend, version=letter.version)
    assert (mended.state, mended.by_facilitator, mended.settled_by) == ("done", False, cast["amara"])


def test_the_page_of_a_closed_case_says_so(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """Whoever reads that somebody can be named once the victim agrees would ask a victim who has agreed."""
    one = harmed(cast["amara"])
    named(cast, facilitator, one)
    Case.objects.filter(pk=one.case_id).update(closed_at="2026-06-09T12:00Z")
    read = words_of(signed_in(cast["vera"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "This case is closed: nobody leads anything any more." in read
    assert "When the case closed" in read
    assert "Somebody can be named once" not in read


def test_who_decided_the_case_leads_nothing_in_it(cast: Cast, facilitator: User) -> None:
    """A victim could not believe that they take no side."""
    trained = hold(cast["amara"], *Role.objects.filter(slug__in=["officer", "facilitator"]))
    one = harmed(trained)
    keep_wishes(allegation=one, said=AGREES, seen=0, by=cast["vera"])
    with pytest.raises(Refused, match="decided this case"):
        facilitating.name_facilitator(allegation=one, facilitator=trained, by=cast["vera"])


def test_who_moved_away_leads_nothing_any_more(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """A victim's number would go with them to a body with which nobody shares."""
    one = harmed(cast["amara"])
    row, letter = named(cast, facilitator, one), letter_of(one)
    page = reverse("facilitation_page", args=[row.pk])
    assert signed_in(facilitator).get(page).status_code == 200
    moved = move(facilitator, cast["hana"].organisation)
    assert signed_in(moved).get(page).status_code == 404
    read = words_of(signed_in(cast["vera"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "They work there no longer, or may not sign in" in read
    done = support.settle_condition(condition=letter, state="done", evidence="Seen.", version=1, by=cast["amara"])
    assert done.state == "done"


def test_a_note_typed_as_it_ends_is_answered_in_words(cast: Cast, facilitator: User, signed_in: SignIn) -> None:
    """What a victim has just said on the telephone would be gone with a page that says nothing."""
    row = named(cast, facilitator, harmed(cast["amara"]))
    client = signed_in(facilitator)
    facilitating.end_facilitation(facilitation=row, by=cast["vera"])
    sent = {"submission": str(uuid.uuid4()), "who": "victim", "channel": "telephone", "result": "reached"}
    answer = client.post(reverse("facilitation_contact", args=[row.pk]), sent | {"note": "She will ring back."})
    assert answer.status_code == 422
    assert all(words in words_of(answer) for words in ("You lead this no longer", "She will ring back."))
    assert not FacilitatorContact.objects.exists()


def test_who_is_named_is_told_and_the_message_names_nobody(cast: Cast, facilitator: User) -> None:
    """Nobody looks at a list that has always been empty; and what is told stands in the log of the force."""
    named(cast, facilitator, harmed(cast["amara"]))
    assert (tell("named_facilitator"), tell("named_facilitator")) == (1, 0)
    message = Message.objects.get(kind="named_facilitator")
    assert (message.to, message.organisation_id) == (facilitator, cast["amara"].organisation_id)
    letter = write_named(message)
    assert letter is not None
    assert reverse("facilitation_list") in letter.text
    assert not any(mark in letter.text + letter.subject for mark in (*MARKS, "Price"))
    facilitating.end_facilitation(facilitation=Facilitation.objects.get(), by=cast["vera"])
    assert write_named(message) is None


def test_under_an_agreement_that_ended_it_goes_on_and_police_read_so(
    cast: Cast, facilitator: User, signed_in: SignIn
) -> None:
    """As with referrals: whoever is helped already goes on, and nobody new is named."""
    one = harmed(cast["amara"])
    row = named(cast, facilitator, one)
    ended = clock.today() - timedelta(days=1)
    SharingAgreement.objects.filter(provider=facilitator.organisation).update(valid_to=ended)
    assert signed_in(facilitator).get(reverse("facilitation_page", args=[row.pk])).status_code == 200
    read = words_of(signed_in(cast["vera"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "They go on with this until you end it" in read


def test_an_ending_that_is_refused_leaves_who_leads_it_to_be_named(
    cast: Cast, facilitator: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of the form that names one stood an empty one: nobody could be named on the page that was sent back."""
    one = harmed(cast["amara"])
    row = named(cast, facilitator, one)
    vera, page = signed_in(cast["vera"]), reverse("victim_page", args=[one.case.reference, one.pk])
    before = words_of(vera.get(page)).count('id="lead-')

    def refuse(**_given: Any) -> None:
        Facilitation.objects.filter(pk=row.pk).update(
            ended_at=clock.now(), ended_by=cast["vera"], end_reason="by_police"
        )
        raise Refused("Somebody else has the case open just now: try again.")

    monkeypatch.setattr(facilitating, "end_facilitation", refuse)
    response = vera.post(reverse("facilitator_end", args=[one.case.reference, one.pk, row.pk]))
    assert response.status_code == 422
    again = words_of(response)
    assert "Somebody else has the case open just now" in again
    assert again.count('id="lead-') > before
