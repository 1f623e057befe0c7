"""What victims choose from the community remedy document, who reads it, and what deciding otherwise asks for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from cases.actions import remedies, victims
from cases.models import Allegation, Case, RemedyDocument, VictimDuty, VictimRecord
from cases.remedies import chosen
from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Outdated, Refused
from referrals.actions import partner, support, undoing, varying
from referrals.actions.deciding import Support
from referrals.actions.victims import keep_wishes
from referrals.forms.recording import RecordingForms
from referrals.models import Condition, Undoable
from referrals.queries.remedies import asked_in
from tests.conftest import Cast
from tests.factories.cases import condition, crime, decision, left_open, record, refer
from tests.factories.ground import adopt_scheme

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
ACTIONS = (
    remedies.RemedyDetails("A letter that says sorry", "apology", "sorry"),
    remedies.RemedyDetails("Marigold money", "compensation", "money"),
)


def publish(by: User, **changes: Any) -> RemedyDocument:
    newest = RemedyDocument.objects.filter(force=by.organisation).order_by("-pk").first()
    given = {"title": "Remedies", "valid_from": clock.today(), "actions": ACTIONS, "seen": newest.pk if newest else 0}
    return remedies.publish_remedies(**given | changes, by=by)


def harmed(by: User, **changes: Any) -> Allegation:
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    agreed = Support(conditions=[condition(kind="apology", object="reparative")])
    return record(by, crimes=[crime("common-assault", **about)], **{"support": agreed} | changes).allegations.get()


def reviews(allegation: Allegation) -> list[str]:
    return list(VictimDuty.objects.open().filter(allegation=allegation, kind="review").values_list("about", flat=True))


def words_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_document_is_entered_once_and_the_next_takes_its_place_from_its_day(cast: Cast) -> None:
    """A victim who was asked yesterday chose from what stood yesterday: nobody may rewrite it under them."""
    elin, today = cast["elin"], clock.today()
    first = publish(elin)
    assert publish(elin) == first
    with pytest.raises(Outdated):
        publish(elin, title="Another", seen=0)
    with pytest.raises(Refused, match="today or later"):
        publish(elin, title="Another", valid_from=today - timedelta(days=1))
    with pytest.raises(Refused, match="at least one"):
        publish(elin, title="Another", actions=[])
    with pytest.raises(Refused, match="short name “sorry”"):
        publish(elin, title="Another", actions=[ACTIONS[0], ACTIONS[0]])
    with pytest.raises(PermissionDenied):
        publish(cast["amara"], title="Another")
    later = publish(elin, title="Next", valid_from=today + timedelta(days=3))
    assert RemedyDocument.objects.in_force(first.force, today) == first
    assert RemedyDocument.objects.in_force(first.force, today + timedelta(days=3)) == later
    assert RemedyDocument.objects.in_force(cast["ben"].organisation, today) is None


def test_the_planner_enters_it_on_the_page(cast: Cast, signed_in: SignIn) -> None:
    """As it was published: several actions, added without scripts, and what is wrong is said beside it."""
    client, add = signed_in(cast["elin"]), reverse("remedy_document_add")
    assert "victims are not asked" in words_of(client.get(reverse("remedy_documents")))
    size = {"actions-TOTAL_FORMS": "2", "actions-INITIAL_FORMS": "0", "seen": "0"}
    typed = {"title": "Avonford remedies", "valid_from": "10 6 2026",
             "actions-0-words": "A letter", "actions-0-kind": "apology", "actions-1-kind": "repair",
             "actions-1-code": "mend"}  # fmt: skip
    wrong = client.post(add, size | typed)
    assert (wrong.status_code, "Enter the words, or remove this action" in words_of(wrong)) == (422, True)
    more = client.post(add, size | typed | {"actions-add": "1"})
    assert "Action 3" in words_of(more)
    assert "Enter the words" not in words_of(more)
    done = client.post(add, size | typed | {"actions-1-words": "Mend the fence"}, follow=True)
    assert "Mend the fence" in words_of(done)
    assert [one.code for one in RemedyDocument.objects.get().choices] == ["a-letter", "mend"]
    again = client.post(add, size | typed | {"title": "Other", "actions-1-words": "Mend the fence"})
    assert "has changed since you opened this page" in words_of(again)
    signs = signed_in(cast["david"])
    assert "Enter a document" not in words_of(signs.get(reverse("remedy_documents")))
    assert signs.get(add).status_code == 403


def test_nothing_is_ticked_for_a_victim_and_no_preference_stands_alone(cast: Cast, signed_in: SignIn) -> None:
    """What nobody has asked is not an answer."""
    one = harmed(cast["amara"])
    page = reverse("victim_page", args=[one.case.reference, one.pk])
    client = signed_in(cast["vera"])
    assert "community remedy" not in words_of(client.get(page))  # the force has published nothing
    publish(cast["elin"])
    shown = words_of(client.get(page))
    assert "Not asked yet what they would like" in shown
    assert "checked" not in shown.split("A letter that says sorry")[0].split("Nothing ticked")[1]
    wishes = reverse("victim_wishes", args=[one.case.reference, one.pk])
    both = client.post(wishes, {"version": "0", "remedies": ["sorry", "no_preference"]})
    assert (both.status_code, "not both" in words_of(both)) == (422, True)
    assert client.post(wishes, {"version": "0", "remedies": ["gone"]}).status_code == 422
    client.post(wishes, {"version": "0", "remedies": ["no_preference"]})
    assert "Asked, and has no preference." in words_of(client.get(page))
    assert reviews(one) == []


def test_what_was_chosen_keeps_the_words_of_its_document(cast: Cast) -> None:
    """The next document may drop an action; what a victim said does not go with it."""
    publish(cast["elin"])
    one = harmed(cast["amara"])
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=0, by=cast["vera"])
    mended = [remedies.RemedyDetails("Mend it", "repair", "mend")]
    publish(cast["elin"], title="Next", actions=mended)
    kept = keep_wishes(allegation=one, said={"remedies": ["sorry"], "letter": "yes"}, seen=1, by=cast["vera"])
    assert (kept.remedies, kept.remedy_document and kept.remedy_document.title) == (["sorry"], "Remedies")
    kept = keep_wishes(allegation=one, said={"remedies": ["mend"]}, seen=2, by=cast["vera"])
    assert kept.remedy_document is not None
    assert kept.remedy_document.title == "Next"
    with pytest.raises(Refused, match="choose again"):
        keep_wishes(allegation=one, said={"remedies": ["money"]}, seen=3, by=cast["vera"])


def test_what_is_chosen_from_two_documents_is_read_whole(cast: Cast, signed_in: SignIn) -> None:
    """One choice kept and one added: whoever decides would read only one of them, and in other words."""
    publish(cast["elin"])
    one, vera = harmed(cast["amara"]), cast["vera"]
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=0, by=vera)
    mended = [remedies.RemedyDetails("Mend it", "repair", "mend")]
    publish(cast["elin"], title="Next", actions=mended)
    kept = keep_wishes(allegation=one, said={"remedies": ["mend", "sorry"]}, seen=1, by=vera)
    assert [each.words for each in chosen(kept)] == ["Mend it", "A letter that says sorry"]
    assert [[each.code for each in asked.unmet] for asked in asked_in(one.case)] == [["mend"]]
    assert reviews(one) == ["remedy"]
    last = [remedies.RemedyDetails("Mend all of it", "repair", "mend"), remedies.RemedyDetails("Sweep", "repair", "go")]
    publish(cast["elin"], title="Last", actions=last)
    kept = keep_wishes(allegation=one, said={"remedies": ["sorry", "go"]}, seen=2, by=vera)
    assert [each.words for each in chosen(kept)] == ["Sweep", "A letter that says sorry"]
    assert "A letter that says sorry" in words_of(
        signed_in(vera).get(reverse("victim_page", args=[one.case.reference, one.pk]))
    )


def test_each_action_has_a_name_of_its_own_in_any_script(cast: Cast) -> None:
    """A remedy in another script was refused for its letters; “No preference” stood there twice."""
    letter, money = (remedies.RemedyDetails(words, "apology") for words in ("Письмо", "Деньги"))
    made = publish(cast["elin"], actions=[letter, ACTIONS[0], money])
    assert [one.code for one in made.choices] == ["action-1", "sorry", "action-2"]
    assert publish(cast["elin"], actions=[letter, ACTIONS[0], money]) == made
    more = remedies.RemedyDetails("Сад", "repair")
    later = publish(cast["elin"], title="Next", actions=[more, money])
    assert [one.code for one in later.choices] == ["action-3", "action-2"]
    with pytest.raises(Refused, match="Two actions"):
        publish(cast["elin"], title="Twice", actions=[letter, letter])
    with pytest.raises(Refused, match="letter or figure"):
        publish(cast["elin"], title="None", actions=[remedies.RemedyDetails("!!!", "apology")])
    for given in ({"words": "No preference"}, {"words": "Any", "code": "no_preference"}):
        with pytest.raises(Refused, match="in any case"):
            publish(cast["elin"], title="None", actions=[remedies.RemedyDetails(kind="apology", **given)])


def test_what_is_not_agreed_is_a_sergeants_to_answer(cast: Cast, signed_in: SignIn) -> None:
    """An apology is agreed; money is not: somebody of rank says why, who had no part in it."""
    publish(cast["elin"])
    one, vera = harmed(cast["amara"]), cast["vera"]
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=0, by=vera)
    assert reviews(one) == []
    keep_wishes(allegation=one, said={"remedies": ["sorry", "money"]}, seen=1, by=vera)
    assert reviews(one) == ["remedy"]
    shown = words_of(signed_in(cast["carol"]).get(reverse("victim_page", args=[one.case.reference, one.pk])))
    assert "Say why what they asked for is not agreed" in shown
    assert "Not in what is agreed or proposed: Marigold money." in shown
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=2, by=vera)
    assert reviews(one) == []
    keep_wishes(allegation=one, said={"remedies": ["money"]}, seen=3, by=vera)
    victims.note_view(allegation=one, stance="objects", seen=one.victim_stance, by=vera)
    assert reviews(one) == [""]  # one review of the whole, which a change of wishes does not take away
    keep_wishes(allegation=one, said={"remedies": []}, seen=4, by=vera)
    assert reviews(one) == [""]


def test_whoever_authorises_reads_it_and_their_reason_stands(cast: Cast, signed_in: SignIn) -> None:
    """Nobody is asked twice why a victim's choice was not taken up."""
    publish(cast["elin"])
    one = harmed(cast["amara"], decision=decision(disposal="conditional_caution"))
    assert Case.objects.get().authorisation.state == "waiting"
    keep_wishes(allegation=one, said={"remedies": ["money"]}, seen=0, by=cast["vera"])
    assert reviews(one) == []
    rank = Case.objects.get().authorisation.rank
    reads = signed_in(cast["carol" if rank == "sergeant" else "david"])
    shown = words_of(reads.get(reverse("authorise", args=[one.case.reference])))
    assert "Would like: Marigold money. Not in what is agreed or proposed: Marigold money." in shown


def test_what_is_let_go_later_is_a_sergeants_to_answer(cast: Cast) -> None:
    """The letter that a victim chose was agreed, and is called off a week later: nobody would say why."""
    publish(cast["elin"])
    agreed = [condition("A letter", kind="apology", object="reparative"), condition()]
    one, amara = harmed(cast["amara"], support=Support(conditions=agreed)), cast["amara"]
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=0, by=cast["vera"])
    for letter in Condition.objects.all():
        settle = {"condition": letter, "state": "cancelled", "evidence": "", "version": letter.version, "by": amara}
        support.settle_condition(**settle)
        assert reviews(one) == ["remedy"]
    for done in Undoable.objects.order_by("-pk"):
        undoing.undo(undoable=done, by=amara)
    assert reviews(one) == []


def test_what_a_change_lets_go_is_a_sergeants_to_answer(cast: Cast) -> None:
    """The partner asks to let the letter go, and a rank allows it: the victim was promised it by another decision."""
    publish(cast["elin"])
    version = adopt_scheme("pathfinder", cast, provider="hana").versions.latest("valid_from")
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    sent = refer(cast["amara"], version, crimes=[crime("common-assault", **about)])
    one = sent.case.allegations.get()
    given = {"kind": "apology", "object": "reparative", "wording": "A letter.", "due_on": clock.today()}
    letter = Condition.objects.create(agreement=sent.agreement, **given)
    keep_wishes(allegation=one, said={"remedies": ["sorry"]}, seen=0, by=cast["vera"])
    partner.accept(referral=sent, navigator=cast["fatima"], version=sent.version, by=cast["hana"])
    agreed = {"agreed_on": clock.today(), "agreed_how": "in_person", "because": "He moved away."}
    change = varying.change_condition(
        condition=letter, change=varying.Change("let_go", "other", **agreed), version=1, by=cast["fatima"]
    )
    if change.waits_for_victim:
        varying.note_victim_answer(change=change, answer="disagrees", by=cast["elin"])
        change.refresh_from_db()
    assert reviews(one) == []
    varying.authorise_change(change=change, rationale="He cannot write it.", by=cast["carol"])
    assert reviews(one) == ["remedy"]


def test_a_case_left_open_offers_what_was_asked_for(cast: Cast, signed_in: SignIn) -> None:
    """The officer who decides it later has the choice before them, beside the conditions."""
    publish(cast["elin"])
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    case = left_open(cast["amara"], crimes=[crime("common-assault", **about)])
    keep_wishes(allegation=case.allegations.get(), said={"remedies": ["money"]}, seen=0, by=cast["vera"])
    forms = RecordingForms(by=cast["amara"], case=Case.objects.get())
    assert [each.code for each in forms.asked_for] == [each.code for each in forms.asked_of_no_template] == ["money"]
    page = words_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
    assert "Would like: Marigold money." in page


def test_a_partner_reads_nothing_of_it(cast: Cast, signed_in: SignIn) -> None:
    """They read the condition in their own words, and not who asked for it."""
    publish(cast["elin"])
    version = adopt_scheme("pathfinder", cast, provider="hana").versions.latest("valid_from")
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    sent = refer(cast["amara"], version, crimes=[crime("common-assault", **about)])
    keep_wishes(allegation=sent.case.allegations.get(), said={"remedies": ["money"]}, seen=0, by=cast["vera"])
    partner.accept(referral=sent, navigator=cast["fatima"], version=sent.version, by=cast["hana"])
    client = signed_in(cast["fatima"])
    for address in (reverse("referral_page", args=[sent.reference]), reverse("caseload")):
        assert "Marigold" not in words_of(client.get(address))
    assert VictimRecord.objects.get().remedies == ["money"]
