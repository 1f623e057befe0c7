"""Victims: what is kept of them, what they are owed and by when, and who may know any of it."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import victims
from cases.actions.victim_duties import follow_victims
from cases.models import Allegation, Authorisation, Case, Person, VictimContact, VictimDuty, VictimRecord
from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.refusals import Outdated, Refused
from referrals.actions import deciding, partner, support
from referrals.actions.deciding import Support
from referrals.actions.victims import hear_victim
from referrals.codes import CaseStatus
from referrals.models import Standing
from referrals.queries.cases import status_of
from tests.conftest import Cast
from tests.factories.cases import by_prosecutor, condition, crime, person, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
MARKS = ("Zenobia", "Quillfeather", "07700900777", "afraid of dogs", "after six on Tuesdays")


def harmed(by: User, offence: str = "common-assault", *, named: str = "Zenobia", **changes: Any) -> Allegation:
    """A crime of which somebody was the victim, in a community resolution with a condition."""
    about = {"victim_kind": "person", "victim_name": f"{named} Quillfeather"}
    given = {key: changes.pop(key) for key in list(changes) if key.startswith(("victim", "is_"))}
    return record(by, crimes=[crime(offence, **about | given)], **changes).allegations.get()


def owed(allegation: Allegation) -> dict[str, date]:
    return dict(VictimDuty.objects.open().filter(allegation=allegation).values_list("kind", "due_on"))


def page_of(allegation: Allegation) -> str:
    return reverse("victim_page", args=[allegation.case.reference, allegation.pk])


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_what_a_victim_is_owed_follows_the_case(cast: Cast) -> None:
    """Five working days, or one: counted from the decision and from the end, and nobody has to think of it."""
    assert owed(harmed(cast["amara"])) == {"decision": date(2026, 6, 17)}
    abuse = harmed(cast["amara"], is_domestic_abuse=True)
    assert owed(abuse) == {}  # nobody has decided yet
    deciding.authorise(
        evidence_met=True,
        case=abuse.case,
        rationale="Proportionate.",
        seen=abuse.case.corrections.count(),
        by=cast["david"],
    )
    assert owed(abuse) == {"decision": date(2026, 6, 11)}
    unasked = harmed(cast["amara"], victim_stance="not_asked")
    assert owed(unasked) == {"ask": date(2026, 6, 17), "decision": date(2026, 6, 17)}
    one = harmed(cast["amara"])
    step = one.case.agreement.conditions.get()
    with clock.set_to(clock.now() + timedelta(days=7)):
        support.settle_condition(condition=step, state="done", evidence="Seen.", version=1, by=cast["amara"])
    assert owed(one) == {"decision": date(2026, 6, 17), "end": date(2026, 6, 24)}
    assert Standing.objects.get(case=one.case).nearest_on == date(2026, 6, 17)  # closed, and still on the board


def test_nobody_is_owed_anything_where_nobody_was_harmed(cast: Cast) -> None:
    """An offence without a victim never asks for one."""
    record(cast["amara"], crimes=[crime("possession-of-cannabis")])
    assert not VictimDuty.objects.exists()


def test_a_community_resolution_waits_for_the_view_and_closes_with_it(cast: Cast) -> None:
    """Outcome 8 without a victim's view or the efforts made is recorded wrongly, for good."""
    one = harmed(cast["amara"], victim_stance="not_asked")
    step = one.case.agreement.conditions.get()
    support.settle_condition(condition=step, state="done", evidence="Seen.", version=1, by=cast["amara"])
    assert (status_of(one.case), Case.objects.get().closed_at) == (CaseStatus.UNASKED, None)
    with pytest.raises(Refused, match="how you tried"):
        hear_victim(allegation=one, stance="uncontactable", seen=one.victim_stance, by=cast["vera"])
    tried = {"channel": "letter", "result": "not_reached", "by": cast["vera"]}
    victims.note_contact(allegation=one, submission=uuid.uuid4(), **tried)
    hear_victim(allegation=one, stance="uncontactable", seen=one.victim_stance, by=cast["vera"])
    one.refresh_from_db()
    assert (one.outcome, status_of(one.case)) == ("8", CaseStatus.CLOSED)
    assert "ask" not in owed(one)


def test_a_later_objection_is_a_sergeants_to_review(cast: Cast) -> None:
    """It has no veto, and it may not be filed away by whom it is about."""
    one = harmed(cast["amara"])
    hear_victim(allegation=one, stance="objects", seen=one.victim_stance, by=cast["vera"])
    hear_victim(allegation=one, stance="objects", seen=one.victim_stance, by=cast["vera"])
    review = one.victim_duties.get(kind="review")
    assert (review.due_on, Standing.objects.get().victim_on) == (date(2026, 6, 12), date(2026, 6, 12))
    with pytest.raises(PermissionDenied):
        victims.review_objection(duty=review, note="Fine.", by=cast["vera"])
    with pytest.raises(Refused, match="in a sentence"):
        victims.review_objection(duty=review, note="  ", by=cast["carol"])
    Case.objects.update(officer=cast["carol"])
    with pytest.raises(Refused, match="decided, authorised and corrected nothing"):
        victims.review_objection(duty=review, note="Fine.", by=cast["carol"])
    Case.objects.update(officer=cast["amara"])
    victims.review_objection(duty=review, note="She was told why it stands.", by=cast["carol"])
    with pytest.raises(Outdated):
        victims.review_objection(duty=review, note="Again.", by=cast["david"])


def test_a_number_that_is_also_the_persons_is_used_by_nobody_until_checked(cast: Cast) -> None:
    """A call about the case would be answered by whom the victim is afraid of."""
    one, vera = harmed(cast["amara"]), cast["vera"]
    Person.objects.filter(pk=one.case.person_id).update(telephone="+44 7700 900777")
    victims.keep_record(allegation=one, seen=0, said={"telephone": "07700 900 777"}, by=vera)
    call: dict[str, Any] = {"allegation": one, "channel": "telephone", "result": "reached", "by": vera}
    with pytest.raises(Refused, match="also the person"):
        victims.note_contact(submission=uuid.uuid4(), **call)
    with pytest.raises(Refused, match="also the person"):
        victims.tell(duty=one.victim_duties.get(), channel="message", by=vera)
    victims.note_contact(submission=uuid.uuid4(), **call | {"channel": "letter"})
    victims.check_number(allegation=one, by=vera)
    victims.note_contact(submission=uuid.uuid4(), **call)
    victims.keep_record(allegation=one, seen=2, said={"telephone": "07700 900778"}, by=vera)
    victims.keep_record(allegation=one, seen=3, said={"telephone": "07700 900777"}, by=vera)
    with pytest.raises(Refused, match="also the person"):
        victims.note_contact(submission=uuid.uuid4(), **call)


#: One address as people write it, or as a telephone copies it.
WRITTEN = (
    "‘ash.home@example.org’",
    "“Ash.home＠example.org”?",
    "mailto:ash.home@example.org?a=b",
    "ash.home+mum@example.org’s",
)


def test_an_address_that_is_also_the_persons_stops_the_e_mail(cast: Cast) -> None:
    """They shared a mailbox: the notice of the decision would be read by whom it is about."""
    one, vera = harmed(cast["amara"]), cast["vera"]
    Person.objects.filter(pk=one.case.person_id).update(safe_contact="Write to Ash.Home@Example.org, or 07700 900 112.")
    victims.keep_record(allegation=one, seen=0, said={"telephone": "ash.home@example.org"}, by=vera)
    duty = one.victim_duties.get()
    with pytest.raises(Refused, match="e-mail address is also the person"):
        victims.tell(duty=duty, channel="email", by=vera)
    for place, written in enumerate(WRITTEN, start=1):
        Person.objects.filter(pk=one.case.person_id).update(safe_contact=f"Write to {written}")
        kept = victims.keep_record(allegation=one, seen=place, said={"telephone": "ash.home@example.org"}, by=vera)
        assert kept.stopped == {"email"}, written
    Person.objects.filter(pk=one.case.person_id).update(safe_contact="\u202a٠7700\u2013900\u200b１12\u202c")
    victims.keep_record(allegation=one, seen=place + 1, said={"telephone": "07700 900112"}, by=vera)
    with pytest.raises(Refused, match="also the person"):
        victims.tell(duty=duty, channel="telephone", by=vera)
    victims.check_number(allegation=one, by=vera)
    assert victims.tell(duty=duty, channel="telephone", by=vera).done_at


def test_whoever_wants_no_updates_is_not_told_and_whoever_has_not_said_so_is(cast: Cast) -> None:
    """An opt-out that nobody recorded is a notice that was forgotten."""
    one = harmed(cast["amara"])
    duty = one.victim_duties.get()
    with pytest.raises(Refused, match="have not said"):
        victims.tell(duty=duty, channel="", by=cast["vera"])
    victims.keep_record(allegation=one, seen=0, said={"updates": "no"}, by=cast["vera"])
    with pytest.raises(Outdated):
        victims.keep_record(allegation=one, seen=7, said={"updates": "yes"}, by=cast["vera"])
    done = victims.tell(duty=duty, channel="", by=cast["vera"])
    assert victims.tell(duty=duty, channel="", by=cast["amara"]).done_by == done.done_by == cast["vera"]
    assert owed(one) == {}


def test_a_business_is_a_victim_through_somebody(cast: Cast) -> None:
    """A letter to a shop reaches nobody."""
    shop = harmed(cast["amara"], "theft-from-a-shop", victim_kind="business")
    with pytest.raises(Refused, match="name of the contact"):
        victims.keep_record(allegation=shop, seen=0, said={"telephone": "0117 496 0000"}, by=cast["vera"])
    victims.keep_record(allegation=shop, seen=0, said={"contact_name": "Ann Till"}, by=cast["vera"])
    assert VictimRecord.objects.get().contact_name == "Ann Till"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *[(who, 200) for who in ("vera", "amara", "carol")],
        *[(who, 404) for who in ("callum", "elin", "noel", "hana", "fatima", "george", "hugh", "yusuf")],
    ],
)
def test_who_may_open_a_victims_record(cast: Cast, signed_in: SignIn, who: str, status: int) -> None:
    """The officer in the case, who authorises it, and the victim coordinator: nobody else has any business there."""
    assert signed_in(cast[who]).get(page_of(harmed(cast["amara"]))).status_code == status


def test_the_coordinator_does_it_all_on_the_page_and_the_log_tells(cast: Cast, signed_in: SignIn) -> None:
    """What cannot be done on the page is done on paper, where nobody finds it."""
    one, client = harmed(cast["amara"], victim_stance="not_asked"), signed_in(cast["vera"])
    assert reverse("victim_list") in words_of(client.get("/"))
    assert page_of(one) in words_of(client.get(reverse("victim_list"), {"q": one.crime.number}))
    shown = words_of(client.get(page_of(one)))
    assert "Sam Price" not in shown  # nothing of the person but what touches the victim
    where = [one.case.reference, one.pk]
    wishes = {"version": "0", "letter": "hold", "updates": "yes", "contact_by": "letter", "telephone": "07700900777"}
    contact = {"submission": str(uuid.uuid4()), "channel": "letter", "result": "reached"}
    told = reverse("victim_told", args=[*where, one.victim_duties.get(kind="decision").pk])
    assert client.post(reverse("victim_view", args=where), {}).status_code == 422
    for address, sent in [
        (reverse("victim_contact", args=where), contact),
        (reverse("victim_view", args=where), {"seen": "not_asked", "stance": "agrees"}),
        (reverse("victim_wishes", args=where), wishes),
        (told, {"channel": "letter"}),
    ]:
        assert client.post(address, sent).status_code == 302, address
    assert owed(one) == {}
    assert (one.victim_record.letter, VictimContact.objects.count()) == ("hold", 1)
    kinds = set(Event.objects.filter(actor_id=cast["vera"].pk).values_list("kind", flat=True))
    assert {"victim.told", "victim.view_noted", "victim.wishes_kept", "victim.contact_noted"} <= kinds
    assert {"victim.record_opened", "victims.list_shown"} <= kinds


def test_no_partner_reads_any_of_it(cast: Cast, signed_in: SignIn) -> None:
    """One word of who was harmed, where they are or what they fear, on a worker's screen, and nobody reports again."""
    scheme = adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from")
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    sent = refer(cast["amara"], scheme, crimes=[crime("criminal-damage", **about)])
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    one = sent.case.allegations.get()
    kept = {"telephone": "07700900777", "contact_when": "after six on Tuesdays", "letter": "no"}
    victims.keep_record(allegation=one, seen=0, said=kept, by=cast["vera"])
    tried = {"channel": "letter", "result": "reached", "note": "She is afraid of dogs"}
    victims.note_contact(allegation=one, submission=uuid.uuid4(), **tried, by=cast["vera"])
    assert "after six on Tuesdays" in words_of(signed_in(cast["vera"]).get(page_of(one)))
    where = reverse("referral_page", args=[sent.reference])
    steps = sent.agreement.conditions.first()
    pages = [where, reverse("caseload"), reverse("inbox"), reverse("ended_list"), reverse("release_list")]
    pages += [
        reverse("condition_change", args=[sent.reference, steps.pk]),
        reverse("referral_needs", args=[sent.reference]),
    ]
    pages += [page_of(one), reverse("victim_list"), reverse("agreement_paper", args=[sent.case.reference])]
    for who in ("george", "hugh", "yusuf"):
        client = signed_in(cast[who])
        read = "".join(client.get(page).content.decode() for page in pages)
        read += client.post(reverse("condition_settle", args=[sent.reference, steps.pk]), {}).content.decode()
        assert not [mark for mark in MARKS if mark in read], who


def test_a_view_not_obtained_stops_no_decision(cast: Cast) -> None:
    """Waiting for a victim who does not answer would charge people who should not be."""
    one = harmed(cast["amara"], victim_stance="not_asked", support=Support(conditions=[condition()]))
    assert one.case.decision.result == "offered_accepted"
    assert Standing.objects.get().victim_on == date(2026, 6, 17)


@pytest.mark.parametrize(
    ("theirs", "number"),
    [
        ("07700 900777", "+44 (0)7700 900777"),
        ("+447700900777", "0117 496 0000 or 07700 900777"),
        ("0117 4960000/07700900777", "07700-900-777"),
    ],
)
def test_a_shared_number_is_one_however_it_is_written(cast: Cast, theirs: str, number: str) -> None:
    """Spaces, a country code or a second number beside it, and whom the victim fears would have answered."""
    one = harmed(cast["amara"])
    Person.objects.filter(pk=one.case.person_id).update(telephone=theirs)
    assert victims.keep_record(allegation=one, seen=0, said={"telephone": number}, by=cast["vera"]).number_is_shared


def test_the_number_of_anybody_suspected_of_the_crime_is_used_by_nobody(cast: Cast) -> None:
    """Two were there: a call to the other one tells as much."""
    one = harmed(cast["amara"])
    other = record(cast["amara"], person=person(given_names="Ada", telephone="07700 900777"))
    Allegation.objects.filter(case=other).update(crime=one.crime)
    assert victims.keep_record(
        allegation=one, seen=0, said={"telephone": "07700900777"}, by=cast["vera"]
    ).number_is_shared


def test_of_two_who_keep_the_first_wishes_the_second_is_told(cast: Cast, signed_in: SignIn) -> None:
    """“No contact” was wiped by a telephone number typed on a page that was opened before."""
    one = harmed(cast["amara"])
    where = reverse("victim_wishes", args=[one.case.reference, one.pk])
    assert signed_in(cast["vera"]).post(where, {"version": "0", "contact_by": "none"}).status_code == 302
    assert signed_in(cast["amara"]).post(where, {"version": "0", "telephone": "07700 900777"}).status_code == 422
    assert VictimRecord.objects.get().contact_by == "none"


def test_of_two_who_heard_different_views_the_second_is_told(cast: Cast) -> None:
    """An objection was overwritten, and nobody reviewed it."""
    one = harmed(cast["amara"], victim_stance="not_asked")
    hear_victim(allegation=one, stance="objects", seen="not_asked", by=cast["vera"])
    with pytest.raises(Outdated):
        hear_victim(allegation=one, stance="agrees", seen="not_asked", by=cast["amara"])


def test_a_view_without_what_the_page_showed_is_kept_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    """A hidden field that a browser emptied let the second view take the place of the first unseen."""
    one, client = harmed(cast["amara"], victim_stance="not_asked"), signed_in(cast["vera"])
    address = reverse("victim_view", args=[one.case.reference, one.pk])
    again = client.post(address, {"seen": "", "stance": "objects"})
    assert again.status_code == 422
    assert "Open this page again" in words_of(again)
    form = again.context["view"]
    assert (form["stance"].value(), form["seen"].value()) == ("objects", "not_asked")
    for _ in range(2):  # a double click is one
        assert client.post(address, {"seen": "not_asked", "stance": "objects"}).status_code == 302
    assert Allegation.objects.get(pk=one.pk).victim_stance == "objects"


def test_the_end_is_told_however_long_it_took(cast: Cast) -> None:
    """An agreement of sixteen weeks ends, and the victim was never told."""
    one = harmed(cast["amara"])
    step = one.case.agreement.conditions.get()
    with clock.set_to(clock.now() + timedelta(days=112)):
        support.settle_condition(condition=step, state="done", evidence="Seen.", version=1, by=cast["amara"])
        assert owed(one)["end"] == date(2026, 10, 7)
        assert owed(one)["decision"] == date(2026, 6, 17)  # still owed, and late


def test_another_decision_is_told_anew_and_none_is_told_while_it_waits(cast: Cast, signed_in: SignIn) -> None:
    """The victim was told that it was settled; then it was refused, and nobody rang again."""
    one = harmed(cast["amara"], is_domestic_abuse=True)
    assert "None yet: waiting for authorisation" in words_of(signed_in(cast["vera"]).get(page_of(one)))
    deciding.authorise(
        evidence_met=True,
        case=one.case,
        rationale="Proportionate.",
        seen=one.case.corrections.count(),
        by=cast["david"],
    )
    victims.tell(duty=one.victim_duties.get(), channel="letter", by=cast["vera"])
    Authorisation.objects.update(state="waiting", decided_at=None, decided_by=None, rationale="")
    follow_victims(one.case_id)
    assert owed(one) == {}
    deciding.authorise(
        evidence_met=True, case=one.case, rationale="It stands.", seen=one.case.corrections.count(), by=cast["david"]
    )
    assert owed(one) == {}  # the same decision, which they know
    Authorisation.objects.update(state="waiting", decided_at=None, decided_by=None, rationale="")
    deciding.refuse(
        case=one.case,
        rationale="Too serious.",
        prosecutor=by_prosecutor(),
        seen=one.case.corrections.count(),
        by=cast["david"],
    )
    assert owed(one) == {"decision": date(2026, 6, 11)}
    page = words_of(signed_in(cast["vera"]).get(page_of(one)))
    assert "Not authorised" in page
    assert "Offered and accepted" not in page


def test_a_clock_that_ran_stops_while_the_decision_waits_again(cast: Cast) -> None:
    """Somebody would be told of a decision that is none any more."""
    one = harmed(cast["amara"], is_domestic_abuse=True)
    deciding.authorise(
        evidence_met=True,
        case=one.case,
        rationale="Proportionate.",
        seen=one.case.corrections.count(),
        by=cast["david"],
    )
    Authorisation.objects.update(state="waiting", decided_at=None, decided_by=None, rationale="")
    follow_victims(one.case_id)
    assert not VictimDuty.objects.exists()


def test_one_victim_of_two_crimes_is_told_once_and_left_alone_about_both(cast: Cast) -> None:
    """No contact about one crime, and a call about the other; a shop with four thefts had four calls."""
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    crimes = [
        crime("common-assault", **about),
        crime("criminal-damage", **about | {"victim_name": "zenobia QUILLFEATHER "}),
    ]
    first, second = record(cast["amara"], crimes=crimes).allegations.order_by("pk")
    assert (VictimDuty.objects.count(), owed(first)) == (1, {"decision": date(2026, 6, 17)})
    victims.keep_record(allegation=second, seen=0, said={"contact_by": "none"}, by=cast["vera"])
    for one in (first, second):
        with pytest.raises(Refused, match="wants no contact"):
            victims.note_contact(
                allegation=one, submission=uuid.uuid4(), channel="telephone", result="reached", by=cast["vera"]
            )
    hear_victim(allegation=second, stance="agrees", seen=second.victim_stance, by=cast["vera"])
    assert set(Allegation.objects.values_list("victim_stance", flat=True)) == {"agrees"}


def test_a_form_sent_again_with_other_words_is_another_attempt(cast: Cast) -> None:
    """Back, other words, and “She is afraid; do not ring again” was gone."""
    one, sent = harmed(cast["amara"]), uuid.uuid4()
    for note in ("No answer", "No answer", "She is afraid; do not ring again"):
        victims.note_contact(
            allegation=one, submission=sent, channel="letter", result="reached", note=note, by=cast["vera"]
        )
    assert list(VictimContact.objects.values_list("note", flat=True).order_by("pk")) == [
        "No answer", "She is afraid; do not ring again",
    ]  # fmt: skip


def test_whoever_authorised_it_does_not_review_the_objection_to_it(cast: Cast, signed_in: SignIn) -> None:
    """Their own decision would be theirs to confirm."""
    one = harmed(cast["amara"], is_domestic_abuse=True)
    hear_victim(allegation=one, stance="objects", seen=one.victim_stance, by=cast["vera"])
    assert not one.victim_duties.filter(kind="review").exists()  # it waits: whoever decides it reads the objection
    deciding.authorise(
        evidence_met=True,
        case=one.case,
        rationale="Proportionate.",
        seen=one.case.corrections.count(),
        by=cast["david"],
    )
    hear_victim(allegation=one, stance="agrees", seen="objects", by=cast["vera"])
    hear_victim(allegation=one, stance="objects", seen="agrees", by=cast["vera"])
    review, decision = one.victim_duties.get(kind="review"), one.victim_duties.get(kind="decision")
    with pytest.raises(Refused, match="authorised"):
        victims.review_objection(duty=review, note="It stands.", by=cast["david"])
    wrong = reverse("victim_review", args=[one.case.reference, one.pk, decision.pk])
    assert signed_in(cast["carol"]).post(wrong, {"note": "It stands."}).status_code == 404
    victims.review_objection(duty=review, note="It stands.", by=cast["carol"])


def test_a_view_that_came_meanwhile_is_seen_by_whoever_decides(cast: Cast) -> None:
    """A case left open was decided on a page that did not know of the objection."""
    one = harmed(cast["amara"], victim_stance="not_asked")
    before = Case.objects.get().version
    hear_victim(allegation=one, stance="objects", seen=one.victim_stance, by=cast["vera"])
    assert Case.objects.get().version > before


def test_what_a_victim_said_no_to_stands_beside_the_crime(cast: Cast, signed_in: SignIn) -> None:
    """A letter of apology was agreed that its reader had refused."""
    one = harmed(cast["amara"])
    victims.keep_record(allegation=one, seen=0, said={"letter": "no", "contact_by": "none"}, by=cast["vera"])
    page = reverse("case_page", args=[one.case.reference])
    assert "no contact, no letter" in words_of(signed_in(cast["amara"]).get(page))
    assert "no letter" not in words_of(signed_in(cast["elin"]).get(page))
