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
from cases.models import Allegation, Case, Person, VictimContact, VictimDuty, VictimRecord
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
from tests.factories.cases import condition, crime, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
MARKS = ("Zenobia", "Quillfeather", "07700900777", "afraid of dogs", "after six on Tuesdays")


def harmed(by: User, offence: str = "common-assault", *, person: str = "Zenobia", **changes: Any) -> Allegation:
    """A crime of which somebody was the victim, in a community resolution with a condition."""
    about = {"victim_kind": "person", "victim_name": f"{person} Quillfeather"}
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
    deciding.authorise(case=abuse.case, rationale="Proportionate.", by=cast["david"])
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
        hear_victim(allegation=one, stance="uncontactable", by=cast["vera"])
    tried = {"channel": "letter", "result": "not_reached", "by": cast["vera"]}
    victims.note_contact(allegation=one, submission=uuid.uuid4(), **tried)
    hear_victim(allegation=one, stance="uncontactable", by=cast["vera"])
    one.refresh_from_db()
    assert (one.outcome, status_of(one.case)) == ("8", CaseStatus.CLOSED)
    assert "ask" not in owed(one)


def test_a_later_objection_is_a_sergeants_to_review(cast: Cast) -> None:
    """It has no veto, and it may not be filed away by whom it is about."""
    one = harmed(cast["amara"])
    hear_victim(allegation=one, stance="objects", by=cast["vera"])
    hear_victim(allegation=one, stance="objects", by=cast["vera"])
    review = one.victim_duties.get(kind="review")
    assert (review.due_on, Standing.objects.get().victim_on) == (date(2026, 6, 12), date(2026, 6, 12))
    with pytest.raises(PermissionDenied):
        victims.review_objection(duty=review, note="Fine.", by=cast["vera"])
    with pytest.raises(Refused, match="in a sentence"):
        victims.review_objection(duty=review, note="  ", by=cast["carol"])
    Case.objects.update(officer=cast["carol"])
    with pytest.raises(Refused, match="not the officer in the case"):
        victims.review_objection(duty=review, note="Fine.", by=cast["carol"])
    Case.objects.update(officer=cast["amara"])
    victims.review_objection(duty=review, note="She was told why it stands.", by=cast["carol"])
    with pytest.raises(Outdated):
        victims.review_objection(duty=review, note="Again.", by=cast["david"])


def test_a_number_that_is_also_the_persons_is_used_by_nobody_until_checked(cast: Cast) -> None:
    """A call about the case would be answered by whom the victim is afraid of."""
    one, vera = harmed(cast["amara"]), cast["vera"]
    Person.objects.filter(pk=one.case.person_id).update(telephone="+44 7700 900777")
    victims.keep_record(allegation=one, seen=1, said={"telephone": "07700 900 777"}, by=vera)
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


def test_whoever_wants_no_updates_is_not_told_and_whoever_has_not_said_so_is(cast: Cast) -> None:
    """An opt-out that nobody recorded is a notice that was forgotten."""
    one = harmed(cast["amara"])
    duty = one.victim_duties.get()
    with pytest.raises(Refused, match="have not said"):
        victims.tell(duty=duty, channel="", by=cast["vera"])
    victims.keep_record(allegation=one, seen=1, said={"updates": "no"}, by=cast["vera"])
    with pytest.raises(Outdated):
        victims.keep_record(allegation=one, seen=7, said={"updates": "yes"}, by=cast["vera"])
    done = victims.tell(duty=duty, channel="", by=cast["vera"])
    assert victims.tell(duty=duty, channel="", by=cast["amara"]).done_by == done.done_by == cast["vera"]
    assert owed(one) == {}


def test_a_business_is_a_victim_through_somebody(cast: Cast) -> None:
    """A letter to a shop reaches nobody."""
    shop = harmed(cast["amara"], "theft-from-a-shop", victim_kind="business")
    with pytest.raises(Refused, match="name of the contact"):
        victims.keep_record(allegation=shop, seen=1, said={"telephone": "0117 496 0000"}, by=cast["vera"])
    victims.keep_record(allegation=shop, seen=1, said={"contact_name": "Ann Till"}, by=cast["vera"])
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
    assert client.get("/")["Location"] == reverse("victim_list")
    assert page_of(one) in words_of(client.get(reverse("victim_list"), {"q": one.crime.number}))
    shown = words_of(client.get(page_of(one)))
    assert "Sam Price" not in shown  # nothing of the person but what touches the victim
    where = [one.case.reference, one.pk]
    wishes = {"version": "1", "letter": "hold", "updates": "yes", "contact_by": "letter", "telephone": "07700900777"}
    contact = {"submission": str(uuid.uuid4()), "channel": "letter", "result": "reached"}
    told = reverse("victim_told", args=[*where, one.victim_duties.get(kind="decision").pk])
    assert client.post(reverse("victim_view", args=where), {}).status_code == 422
    for address, sent in [
        (reverse("victim_contact", args=where), contact),
        (reverse("victim_view", args=where), {"stance": "agrees"}),
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
    victims.keep_record(allegation=one, seen=1, said=kept, by=cast["vera"])
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
