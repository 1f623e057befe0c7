"""Two records of one person: put together on somebody's word, parted exactly, and nothing deleted."""

import html
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client
from django.urls import reverse

from cases import actions as case_actions
from cases.actions import victims, youth
from cases.models import (
    Allegation,
    Authorisation,
    Case,
    Correction,
    Decision,
    OutboxEntry,
    Person,
    PersonMerge,
    PersonName,
    YouthDuty,
)
from cases.queries import chosen_person, find_people, open_person, people_like
from diversion import clock
from diversion.accounts.models import Role, User
from diversion.accounts.permissions import Permission
from diversion.audit.models import Event
from diversion.names.typed import read
from diversion.refusals import Outdated, Refused
from referrals.actions import closing, deciding, facilitating, partner, support, undoing
from referrals.actions.deciding import Support
from referrals.actions.merging import CONTACT, merge_people, split_people
from referrals.actions.parting import CONFIRM, REFUSED
from referrals.actions.victims import keep_wishes
from referrals.codes import CaseStatus
from referrals.models import Condition, Referral, Undoable
from referrals.queries.cases import told_status_of
from referrals.queries.listed import case_keys
from tests.conftest import Cast
from tests.factories.cases import (
    answers,
    condition,
    crime,
    decision,
    grouped,
    left_open,
    person,
    record,
    refer,
    said_again,
)
from tests.factories.decisions import posted
from tests.factories.ground import adopt_scheme, hold, only_may
from tests.factories.youth import child_with_knife, serve
from tests.integration.audit.test_access_log import LOG, who_did
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]

SignIn = Callable[[User], Client]


@made_once
def kept(cast: Cast) -> Case:
    return record(cast["amara"], person=person(telephone="07700 900111"))


@made_once
def other(cast: Cast) -> Case:
    return record(
        cast["amara"],
        person=person(
            given_names="Samuel", family_name="Pryce", telephone="07700 900222", safe_contact="Never at night"
        ),
    )


def merge(kept: Case, other: Case, by: User, contact: str = "kept", **changes: Any) -> PersonMerge:
    one, two = (Person.objects.get(pk=case.person_id) for case in (kept, other))
    given: dict[str, Any] = {"kept": one, "other": two, "seen": (one.version, two.version), "reason": "He said so."}
    return merge_people(contact=contact, by=by, **(given | changes))


def happened(case: Case, at: datetime) -> None:
    """Have ``case`` recorded and decided then."""
    Case.objects.filter(pk=case.pk).update(recorded_at=at)
    Decision.objects.filter(case=case).update(decided_at=at)


def part(made: PersonMerge, by: User) -> PersonMerge:
    return split_people(merge=PersonMerge.objects.get(pk=made.pk), because="Two people.", by=by)


def sent(this: Case, other: Case, contact: Case, **changes: Any) -> dict[str, Any]:
    """What the page of ``this`` sends that puts the record of ``other`` to it."""
    seen = {"seen_this": this.person.version, "seen_other": other.person.version}
    said = {"stays": this.person_id, "contact": contact.person_id, "reason": "He said so."}
    return {"merge": "yes", "other": other.person_id, **seen, **said, **changes}


def state() -> dict[str, Any]:
    """Everything of people and of whose cases are whose, but how often the rows were written."""
    columns = [one.name for one in Person._meta.concrete_fields if one.name != "version"]
    return {
        "people": list(Person.objects.order_by("pk").values(*columns)),
        "cases": list(Case.objects.order_by("pk").values("pk", "person")),
        "names": list(PersonName.objects.order_by("owner", "token").values("owner", "token", "domain")),
        "waiting": list(Authorisation.objects.order_by("pk").values("pk", "rank", "state")),
    }


def text_of(response: Any) -> str:
    return " ".join(html.unescape(response.content.decode()).split())


@pytest.mark.parametrize(("contact", "first", "more"), list(product(["kept", "other"], [True, False], [0, 2])))
def test_parted_they_are_what_they_were(
    cast: Cast, kept: Case, other: Case, contact: str, first: bool, more: int
) -> None:
    """A case would stay with the wrong person, or a telephone number of somebody else."""
    for _ in range(more):
        record(cast["amara"], person=person(given_names="Samuel", family_name="Pryce", existing=other.person))
    before = state()
    made = merge(kept, other, cast["elin"], contact) if first else merge(other, kept, cast["elin"], contact)
    assert state() != before
    assert len(set(Case.objects.values_list("person", flat=True))) == 1
    split_people(merge=made, because="Two people.", by=cast["elin"])
    assert state() == before


def test_the_other_name_finds_the_one_that_stays(cast: Cast, kept: Case, other: Case) -> None:
    """Officers would record a third person, or open a record that nobody looks after."""
    amara = cast["amara"]
    merge(kept, other, cast["elin"])
    for typed in ("Samuel Pryce", "Sam Price", "4/3/2001"):
        assert find_people(sought=read(typed), by=amara).people == [kept.person], typed
    like = people_like(given_names="Samuel", family_name="Pryce", born=date(2001, 3, 4), by=amara)
    assert like == [kept.person]
    assert set(case_keys(by=amara, text="Pryce", most=9)) == {kept.pk, other.pk}
    assert open_person(pk=other.person_id, by=amara) == kept.person
    assert chosen_person(pk=other.person_id, by=amara) == kept.person


def test_reached_as_the_one_who_merges_says(cast: Cast, kept: Case, other: Case) -> None:
    """A partner would ring at night whoever asked not to be rung then."""
    made = merge(kept, other, cast["elin"], "other")
    one = Person.objects.get(pk=kept.person_id)
    assert (one.telephone, one.safe_contact) == ("07700 900222", "Never at night")
    Person.objects.filter(pk=one.pk).update(telephone="07700 900333")
    split_people(merge=made, because="Two people.", by=cast["elin"])
    one.refresh_from_db()
    assert one.telephone == "07700 900333"  # said since, and nobody's to take back
    assert set(made.contact["now"]) == set(CONTACT)


def test_cases_recorded_since_stay(cast: Cast, kept: Case, other: Case, signed_in: SignIn) -> None:
    """Nobody knows of whom they were recorded; the page says that they stay."""
    made = merge(kept, other, cast["elin"])
    since = record(cast["amara"], person=person(existing=Person.objects.get(pk=kept.person_id)))
    page = text_of(signed_in(cast["elin"]).get(reverse("person_records", args=[kept.reference])))
    assert f"Recorded since, and staying with this record: {since.reference}" in page
    split_people(merge=made, because="Two people.", by=cast["elin"])
    since.refresh_from_db()
    other.refresh_from_db()
    assert since.person == kept.person
    assert other.person != kept.person


def test_an_outcome_of_the_other_record_counts_now(cast: Cast, kept: Case, other: Case) -> None:
    """Whoever had a resolution a month ago would keep what its rules leave to a sergeant then."""
    month_ago = clock.now() - timedelta(days=30)
    happened(other, month_ago)
    assert not Authorisation.objects.exists()
    made = merge(kept, other, cast["elin"])
    asked = Authorisation.objects.get()
    assert (asked.case, asked.state) == (kept, "waiting")
    assert list(Correction.objects.get().changes) == ["person"]
    split_people(merge=made, because="Two people.", by=cast["elin"])
    assert Case.objects.get(pk=other.pk).person == other.person


def test_another_birth_is_judged_as_a_birth_that_was_corrected(cast: Cast, kept: Case) -> None:
    """What was agreed with an adult would stand for a child."""
    child = record(cast["amara"], person=person(given_names="Sammy", date_of_birth=date(2002, 3, 4)))
    merge(kept, child, cast["elin"])
    correction = Correction.objects.get(case=child)
    assert correction.changes["date_of_birth"] == ["2002-03-04", "2001-03-04"]


def test_who_may_not(cast: Cast, kept: Case, other: Case) -> None:
    """Two people would be made one by whoever has an afternoon, or across two services."""
    with pytest.raises(PermissionDenied):
        merge(kept, other, cast["amara"])
    with pytest.raises(Http404):
        merge(kept, other, cast["mina"])
    theirs = Person.objects.get(pk=other.person_id)
    theirs.domain = "scheme:7"
    theirs.save()
    with pytest.raises(Http404):
        merge(kept, other, cast["elin"])


def test_what_cannot_be_merged(cast: Cast, kept: Case, other: Case) -> None:
    """A chain of records would lead nowhere once a link of it is parted."""
    elin = cast["elin"]
    with pytest.raises(Refused, match="one record"):
        merge(kept, kept, elin)
    with pytest.raises(Refused, match="Say how you know"):
        merge(kept, other, elin, reason=" ")
    with pytest.raises(Outdated):
        merge(kept, other, elin, seen=(9, 9))
    merge(kept, other, elin)
    third = record(cast["amara"], person=person(given_names="Samson"))
    gone = Person.objects.get(pk=PersonMerge.objects.get().merged_id)
    given = {"kept": third.person, "other": gone, "seen": (third.person.version, gone.version)}
    with pytest.raises(Refused, match="merged already"):
        merge_people(**given, contact="kept", reason="He said so.", by=elin)
    with pytest.raises(Refused, match="let that one stay"):
        merge(third, kept, elin)


def test_the_last_is_parted_first(cast: Cast, kept: Case, other: Case) -> None:
    """The telephone of a record that is parted already would come back to whoever stays."""
    first = merge(kept, other, cast["elin"], "other")
    third = record(cast["amara"], person=person(given_names="Samson", telephone="07700 900333"))
    last = merge(kept, third, cast["elin"], "other")
    with pytest.raises(Refused, match="part that first"):
        split_people(merge=first, because="Two people.", by=cast["elin"])
    for one in (last, first):
        split_people(merge=one, because="Two people.", by=cast["elin"])
    assert Person.objects.get(pk=kept.person_id).telephone == "07700 900111"


def test_side_by_side_on_the_page(cast: Cast, kept: Case, other: Case, signed_in: SignIn) -> None:
    """Whoever merges has to see whom, and a name in an address would stay in a log."""
    elin, page = signed_in(cast["elin"]), reverse("person_records", args=[kept.reference])
    assert page in text_of(elin.get(reverse("case_page", args=[kept.reference])))
    found = text_of(elin.post(page, {"q": "Pryce"}))
    assert f'value="{other.person_id}"' in found
    beside = text_of(elin.post(page, {"other": other.person_id}))
    for words in ("07700 900111", "07700 900222", "Never at night", kept.reference, other.reference):
        assert words in beside
    typed = {"merge": "yes", "other": other.person_id, "seen_this": 1, "seen_other": 1, "reason": "He said so."}
    wrong = elin.post(page, typed)
    assert wrong.status_code == 422
    assert "He said so." in text_of(wrong)
    done = typed | {"stays": kept.person_id, "contact": other.person_id}
    for _ in range(2):  # a browser that had no answer sends the same once more
        assert elin.post(page, done).status_code == 302
    made = PersonMerge.objects.get()
    assert (made.kept, made.cases) == (kept.person, [other.pk])
    assert elin.post(page, {"split": made.pk}).status_code == 422
    assert elin.post(page, {"split": made.pk, "because": "Two people."}).status_code == 302
    kinds = set(Event.objects.filter(kind__in=["person.merged", "person.split"]).values_list("kind", flat=True))
    assert kinds == {"person.merged", "person.split"}


def test_each_way_of_reaching_them_is_put_back_but_what_was_said_since(
    cast: Cast, kept: Case, other: Case, signed_in: SignIn
) -> None:
    """One answer changed since, and the person would be rung on somebody else's number."""
    made = merge(kept, other, cast["elin"], "other")
    Person.objects.filter(pk=kept.person_id).update(safe_contact="Through his sister")
    page = reverse("person_records", args=[kept.reference])
    done = signed_in(cast["elin"]).post(page, {"split": made.pk, "because": "Two people."}, follow=True)
    one = Person.objects.get(pk=kept.person_id)
    assert (one.telephone, one.safe_contact) == ("07700 900111", "Through his sister")
    assert "left as it is now: safe ways to make contact" in text_of(done)


@pytest.mark.parametrize(("number", "left"), [("07700 900333", ""), ("07700 900222", "day")])
def test_a_yes_to_texts_stays_with_its_number(cast: Cast, kept: Case, other: Case, number: str, left: str) -> None:
    """It was said of one number: a text to the next would be read by whoever has that."""
    Person.objects.filter(pk=kept.person_id).update(safe_contact_texts="day")
    made = merge(kept, other, cast["elin"], "other")
    Person.objects.filter(pk=kept.person_id).update(telephone=number)
    part(made, cast["elin"])
    assert Person.objects.get(pk=kept.person_id).safe_contact_texts == left


@pytest.mark.parametrize(("contact", "number"), [("kept", "07700 900222"), ("other", "07700 900111")])
def test_a_victims_number_that_is_the_suspects_is_still_warned_of(cast: Cast, contact: str, number: str) -> None:
    """Vera would ring the suspect of a domestic assault and speak of the victim's wishes."""
    about = {"victim_kind": "person", "victim_name": "Zen Quill"}
    one = record(cast["amara"], person=person(telephone="07700 900111"), crimes=[crime("common-assault", **about)])
    two = record(cast["amara"], person=person(given_names="Samuel", telephone="07700 900222"))
    allegation = one.allegations.get()
    keep_wishes(allegation=allegation, said={"telephone": number}, seen=0, by=cast["vera"])
    made = merge(one, two, cast["elin"], contact)
    assert victims.record_of(Allegation.objects.get(pk=allegation.pk)).number_is_shared
    part(made, cast["elin"])
    theirs = number == "07700 900111"
    assert victims.record_of(Allegation.objects.get(pk=allegation.pk)).number_is_shared == theirs


@pytest.mark.parametrize("ends", ["runs", "declined", "closed"])
def test_the_forces_log_tells_nothing_of_voluntary_support(cast: Cast, kept: Case, ends: str) -> None:
    """Whoever reads the log learnt from one entry more or less whether the support still runs."""
    version = adopt_scheme("divert", cast, provider="hugh").versions.latest("valid_from")
    voluntary = record(
        cast["amara"],
        person=person(given_names="Samuel"),
        decision=decision(disposal="none"),
        support=Support(scheme_version=version),
        origin="custody",
    )
    found = voluntary.referrals.get()
    if ends == "declined":
        partner.decline(referral=found, reason="no_capacity", note="", version=found.version, by=cast["hugh"])
    if ends == "closed":
        taken = partner.accept(referral=found, navigator=cast["george"], version=found.version, by=cast["hugh"])
        closing.close_referral(
            referral=taken, result="not_completed", note="", version=taken.version, by=cast["george"]
        )
    made = merge(kept, voluntary, cast["elin"])
    part(made, cast["elin"])
    assert not Event.objects.filter(kind="referral.corrected").exists()


@pytest.mark.parametrize("born", [date(2001, 3, 4), date(2002, 3, 4)], ids=["outcome", "birth"])
def test_whoever_merged_does_not_authorise_what_that_asks(
    cast: Cast, kept: Case, signed_in: SignIn, born: date
) -> None:
    """One person would make a rank decide, and be that rank."""
    david = hold(cast["david"], *Role.objects.filter(slug__in=["inspector", "coordinator"]))
    two = record(cast["amara"], person=person(given_names="Samuel", date_of_birth=born))
    happened(two, clock.now() - timedelta(days=30))
    merge(kept, two, david)
    asked = Authorisation.objects.get()
    words = "You put two records of this person together, or parted them: someone else must decide it."
    with pytest.raises(Refused, match=words):
        deciding.authorise(
            evidence_met=True, case=asked.case, rationale="Fine.", seen=asked.case.corrections.count(), by=david
        )
    assert words in text_of(signed_in(david).get(reverse("authorise", args=[asked.case.reference])))
    deciding.authorise(
        evidence_met=True, case=asked.case, rationale="Fine.", seen=asked.case.corrections.count(), by=cast["carol"]
    )


def test_two_suspects_of_one_crime_are_not_one_person(cast: Cast) -> None:
    """Two who stole together would be one, and the crime would be told twice of them."""
    one = record(cast["amara"], person=person(), crimes=[crime(number="AV/7/26")])
    two = record(cast["amara"], person=person(given_names="Samuel"), crimes=[crime(number="AV/7/26")])
    with pytest.raises(Refused, match="Both stand in crime AV/7/26: they cannot be one person, or one of"):
        merge(one, two, cast["elin"])
    Case.objects.filter(pk=two.pk).update(closed_at=clock.now())  # ended without an outcome, as the words say
    merge(one, two, cast["elin"])


def test_no_facilitator_comes_to_stand_on_both_sides(cast: Cast) -> None:
    """The victim's facilitator would be whoever helps the person who harmed them; the words name nobody."""
    version = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    george = hold(cast["george"], *Role.objects.filter(slug__in=["navigator", "provider-facilitator"]))
    about = {"victim_kind": "person", "victim_name": "Zenobia Quillfeather"}
    letter = condition("I will write a letter.", kind="apology", object="reparative")
    one = record(
        cast["amara"], crimes=[crime("common-assault", **about)], support=Support(conditions=[letter, condition()])
    ).allegations.get()
    keep_wishes(allegation=one, said={"letter": "yes", "sharing": "yes"}, seen=0, by=cast["vera"])
    facilitating.name_facilitator(allegation=one, facilitator=george, by=cast["vera"])
    helped = refer(cast["amara"], version, person=person(given_names="Samuel"))
    partner.accept(referral=helped, navigator=george, version=helped.version, by=cast["hugh"])
    for pair in ((one.case, helped.case), (helped.case, one.case)):
        with pytest.raises(Refused, match="helps the other, or has helped them") as refused:
            merge(*pair, cast["elin"])
        assert "George" not in str(refused.value)


def test_nobody_is_shown_by_a_number_that_is_guessed(
    cast: Cast, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every telephone of the force could be read by trying one number after another."""
    callum = cast["callum"]
    only_may(monkeypatch, callum, Permission.RECORD_DECISION, Permission.VIEW_OWN_CASES, Permission.MANAGE_SCHEMES)
    mine = record(callum, person=person(given_names="Own"))
    theirs = record(cast["david"], person=person(given_names="Zelda", telephone="07700 900999"))
    alone = record(callum, person=person(given_names="Zelma", telephone="07700 900888"))
    client, page = signed_in(callum), reverse("person_records", args=[mine.reference])
    assert client.post(page, {"other": theirs.person_id}).status_code == 404
    assert client.post(page, sent(mine, theirs, mine)).status_code == 404
    client.post(page, {"q": "Zelda"})
    refused = client.post(page, {"other": theirs.person_id})
    assert refused.status_code == 422
    assert "07700 900999" not in text_of(refused)
    assert "may not see every case of that record" in text_of(refused)
    assert "07700 900888" in text_of(client.post(page, {"other": alone.person_id}))
    assert Event.objects.filter(kind="person.opened", subjects__contains=[f"cases.person:{alone.person_id}"]).exists()


def test_what_no_page_sends_is_not_found(cast: Cast, kept: Case, signed_in: SignIn) -> None:
    """A crash tells nobody what to do."""
    elin, page = signed_in(cast["elin"]), reverse("person_records", args=[kept.reference])
    for typed in ({"merge": "yes"}, {"other": "x"}, {"split": ""}, {"other": kept.person_id}, {"split": "7"}):
        assert elin.post(page, typed).status_code == 404, typed


@pytest.mark.parametrize("first", [True, False])
def test_sent_again_with_another_answer_it_is_not_said_to_be_done(
    cast: Cast, kept: Case, other: Case, signed_in: SignIn, first: bool
) -> None:
    """Whoever went back and chose the other telephone would believe that this one is rung now."""
    elin, page = signed_in(cast["elin"]), reverse("person_records", args=[kept.reference])
    stays = {"stays": (kept if first else other).person_id}
    typed = sent(kept, other, kept, **stays)
    assert elin.post(page, typed).status_code == 302
    assert elin.post(page, typed).status_code == 302
    again = elin.post(page, typed | {"contact": other.person_id})
    assert again.status_code == 422
    assert "is merged already" in text_of(again)


def test_the_log_of_either_record_is_that_of_the_person(cast: Cast, kept: Case, other: Case, signed_in: SignIn) -> None:
    """Who looked somebody up would be lost to the log once another hand put two records together."""
    find_people(sought=read("Pryce"), by=cast["callum"])
    before = who_did(signed_in(cast["jo"]).get(LOG, {"person": other.person_id}))
    assert any("Callum" in str(one) for one in before)
    merge(kept, other, cast["elin"])
    for pk in (kept.person_id, other.person_id):
        after = who_did(signed_in(cast["jo"]).get(LOG, {"person": pk}))
        assert all(one in after for one in before), pk


def test_a_child_that_was_taken_on_stays_so(cast: Cast) -> None:
    """Youth justice would have to take on anew a child that it works with, and the clock would say that it is late."""
    serve(cast)
    child = child_with_knife(cast["amara"])
    duty = YouthDuty.objects.get(case=child)
    youth.acknowledge(duty=duty, version=duty.version, by=cast["yusuf"])
    before = YouthDuty.objects.values("reference", "due_on", "acknowledged_at", "ended_reason").get()
    adult = record(cast["amara"], person=person(given_names="Kim", family_name="Young"))
    with clock.set_to(clock.now() + timedelta(days=20)):
        made = merge(adult, child, cast["elin"])
        assert YouthDuty.objects.get().ended_reason == "corrected"
        part(made, cast["elin"])
    assert YouthDuty.objects.values("reference", "due_on", "acknowledged_at", "ended_reason").get() == before


def test_figures_of_the_record_that_stays_are_counted_again(cast: Cast, kept: Case, other: Case) -> None:
    """Whether a case was the person's last would be told of the two together for good."""
    made = merge(kept, other, cast["elin"])
    OutboxEntry.objects.all().delete()
    part(made, cast["elin"])
    assert set(OutboxEntry.objects.values_list("case", flat=True)) == {kept.pk, other.pk}


@made_once
def helped(cast: Cast) -> Referral:
    version = adopt_scheme("drug-diversion", cast).versions.latest("valid_from")
    return refer(cast["amara"], version, person=person(telephone="07700 900111"))


@pytest.fixture
def earlier(cast: Cast) -> Case:
    """Of somebody else, a month ago: where it counts, a sergeant decides."""
    case = record(cast["amara"], person=person(given_names="Samuel", family_name="Pryce"))
    happened(case, clock.now() - timedelta(days=30))
    return case


def test_parted_nobody_is_asked_and_the_referral_goes_on(cast: Cast, helped: Referral, earlier: Case) -> None:
    """Support would wait for a sergeant who is asked about the history of somebody else."""
    made = merge(helped.case, earlier, cast["elin"])
    helped.refresh_from_db()
    assert (helped.state, Authorisation.objects.get().state) == ("held", "waiting")
    part(made, cast["elin"])
    helped.refresh_from_db()
    assert helped.state == "sent"
    assert not Authorisation.objects.exists()
    assert told_status_of(Case.objects.get(pk=helped.case_id)) == CaseStatus.SENT


def test_parted_what_was_authorised_before_is_so_again(cast: Cast) -> None:
    """The sergeant would have to decide once more what they had decided on the person's own history."""
    agreed = {"decision": decision(disposal="deferred_charge"), "support": Support(conditions=[condition()])}
    none = decision(result="not_offered", disposal="", not_offered_reason="too_serious")
    child = person(given_names="Kim", date_of_birth=date(2011, 3, 4))
    other = record(cast["amara"], person=child, decision=none, support=Support())
    case = record(cast["amara"], **agreed)
    deciding.authorise(evidence_met=True, case=case, rationale="Fair.", seen=0, by=cast["carol"])
    before = Authorisation.objects.filter(case=case).values().get()
    made = merge(other, case, cast["elin"])
    assert Authorisation.objects.get(case=case).state == "waiting"
    part(made, cast["elin"])
    assert Authorisation.objects.filter(case=case).values().get() == before


def test_parted_a_rank_that_asked_meanwhile_confirms(cast: Cast, kept: Case, earlier: Case) -> None:
    """The sergeant's words would go with what they asked, or they would read of a crime that nobody corrected."""
    made = merge(kept, earlier, cast["elin"])
    case_actions.ask(case=kept, question="Was that him?", by=cast["carol"])
    part(made, cast["elin"])
    asked = Authorisation.objects.get()
    assert (asked.state, asked.reasons) == ("waiting", [CONFIRM.reason])


@pytest.mark.parametrize("begun", [True, False])
def test_parted_what_was_refused_meanwhile_is_decided_again(
    cast: Cast, helped: Referral, earlier: Case, begun: bool, signed_in: SignIn
) -> None:
    """Somebody lost their place over what another person had done."""
    if begun:
        partner.accept(referral=helped, navigator=cast["fatima"], version=helped.version, by=cast["hana"])
        helped.refresh_from_db()
    state = helped.state
    made = merge(helped.case, earlier, cast["elin"])
    deciding.refuse(case=helped.case, rationale="Had one.", seen=helped.case.corrections.count(), by=cast["carol"])
    part(made, cast["elin"])
    asked, case = Authorisation.objects.get(), Case.objects.get(pk=helped.case_id)
    assert (asked.state, asked.rank, case.closed_at) == ("waiting", "sergeant", None)
    assert asked.reasons == [REFUSED]
    helped.refresh_from_db()
    assert helped.state == (state if begun else "held")
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
    assert "Not authorised" in page
    deciding.authorise(
        evidence_met=True, case=case, rationale="Their first.", seen=case.corrections.count(), by=cast["carol"]
    )
    helped.refresh_from_db()
    assert helped.state == (state if begun else "sent")


def test_a_page_about_a_record_that_is_merged_goes_on_with_the_other(cast: Cast, signed_in: SignIn) -> None:
    """An officer would type an hour's work again, and be told that a record is not there which they had before them."""
    waits = left_open(cast["amara"], person=person(given_names="Samuel", family_name="Pryce", telephone="07700 900222"))
    kept = record(cast["amara"], person=person(telephone="07700 900111"))
    typed = posted(
        given_names="Samuel",
        family_name="Pryce",
        existing=str(waits.person_id),
        person_version="1",
        telephone="07700 900222",
        safe_contact="Ask for his sister",
        deciding=waits.reference,
        deciding_version=str(waits.version),
        **{"crimes-0-number": waits.allegations.get().crime.number},
        rationale="He said that he had it from a friend.",
    )
    merge(kept, waits, cast["elin"])
    amara = signed_in(cast["amara"])
    told = amara.post(reverse("record_decision"), typed)
    page = text_of(told)
    assert told.status_code == 422
    assert "put together with that of Sam Price" in page
    for words in ("He said that he had it from a friend.", "Ask for his sister", "07700 900111"):
        assert words in page
    waits.refresh_from_db()
    again = {"existing": str(kept.person_id), "person_version": str(kept.person.version), "given_names": "Sam"}
    again |= {"family_name": "Price", "telephone": "07700 900111", "deciding_version": str(waits.version)}
    assert f'name="deciding_version" value="{waits.version}"' in page
    done = amara.post(reverse("record_decision"), typed | again)
    assert done.status_code == 302, text_of(done)
    assert Person.objects.get(pk=kept.person_id).telephone == "07700 900111"


def test_an_unfinished_page_of_a_record_that_was_merged_says_so_when_it_is_opened(
    cast: Cast, signed_in: SignIn
) -> None:
    """Opened under another name without a word, it would be finished for somebody whom the officer does not mean."""
    gone = record(cast["amara"], person=person(given_names="Samuel", family_name="Pryce"))
    stays = record(cast["amara"], person=person(telephone="07700 900111"))
    about = {"existing": str(gone.person_id), "person_version": "1", "given_names": "Samuel", "family_name": "Pryce"}
    typed = posted(**about, **{"crimes-0-number": "AV/77/26"}, rationale="He had it from a friend.")
    amara = signed_in(cast["amara"])
    amara.post(reverse("record_decision"), typed | {"show": "1"})
    merge(stays, gone, cast["elin"])
    page = text_of(amara.get(reverse("record_decision"), {"draft": typed["submission"]}))
    assert "The record of Samuel Pryce was put together with that of Sam Price" in page
    assert f'name="existing" value="{stays.person_id}"' in page
    assert "He had it from a friend." in page
    stays.person.refresh_from_db()
    goes_on = {"existing": str(stays.person_id), "person_version": str(stays.person.version)}
    goes_on |= {"given_names": "Sam", "family_name": "Price"}
    assert amara.post(reverse("record_decision"), typed | goes_on).status_code == 302


@pytest.mark.parametrize("parted", [False, True])
def test_a_case_opened_again_is_asked_about_the_merge(cast: Cast, kept: Case, earlier: Case, parted: bool) -> None:
    """What counts of the other record would never come before a sergeant, if the case was closed for an hour."""
    one = Condition.objects.get(agreement__case=kept)
    support.settle_condition(condition=one, state="done", evidence="Seen", version=one.version, by=cast["amara"])
    made = merge(kept, earlier, cast["elin"])
    if parted:
        part(made, cast["elin"])
    assert not Authorisation.objects.exists()
    undoing.undo(undoable=Undoable.objects.live().get(case=kept), by=cast["amara"])
    assert Authorisation.objects.filter(case=kept, state="waiting").exists() is not parted
    assert Case.objects.get(pk=earlier.pk).person_id == (earlier if parted else kept).person_id


def test_both_officers_read_in_the_history_what_was_done(
    cast: Cast, kept: Case, earlier: Case, signed_in: SignIn
) -> None:
    """An officer finds another name on their case, and nobody to ask."""
    made = merge(kept, earlier, cast["elin"])
    title = "The record of Samuel Pryce put together with that of Sam Price"
    for case in (kept, earlier):
        page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[case.reference])))
        assert page.count(title) == 1
        assert "now Samuel" not in page
        assert "now Sam Price" not in page
    part(made, cast["elin"])
    page = text_of(signed_in(cast["amara"]).get(reverse("case_page", args=[earlier.reference])))
    assert "The records of Samuel Pryce and Sam Price parted" in page


def test_a_partner_finds_whom_they_were_sent_by_the_name_they_know(cast: Cast, signed_in: SignIn) -> None:
    """A worker who types the name on their own paper would find nobody; one who never had it would read an alias."""
    drugs = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    known = refer(cast["amara"], drugs, person=person(given_names="Samuel", family_name="Pryce"))
    stays = record(cast["amara"], person=person())
    hugh = signed_in(cast["hugh"])

    def found(typed: str) -> bool:
        address = hugh.post("/inbox/", {"q": typed})["Location"]
        return known.reference in text_of(hugh.get(address))

    made = merge(stays, known.case, cast["elin"])
    assert [found(typed) for typed in ("Pryce", "Samuel Pry", "Sam Price", "Pryde")] == [True, True, True, False]
    Referral.objects.filter(pk=known.pk).update(sent_at=made.merged_at + timedelta(minutes=1))  # held, and sent again
    assert found("Pryce")
    part(made, cast["elin"])
    assert [found("Pryce"), found("Sam Price")] == [True, False]
    other_way = record(cast["amara"], person=person(given_names="Zed", family_name="Quill"))
    merge(Case.objects.get(pk=known.case_id), other_way, cast["elin"])
    assert [found("Pryce"), found("Quill")] == [True, False], "nobody sent them that name"


def test_a_partner_never_learns_a_name_that_was_put_away_before(cast: Cast, signed_in: SignIn) -> None:
    """Whoever was sent a case after the merge, and tries a name, would learn that the person has two."""
    drugs = adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    cannabis = [crime("possession-of-cannabis")]
    stays = left_open(cast["amara"], crimes=[crime("possession-of-cannabis")])
    moved = left_open(cast["amara"], person=person(given_names="Zed", family_name="Quill"), crimes=cannabis)
    merge(stays, moved, cast["elin"])
    given = said_again(Case.objects.get(pk=moved.pk)) | {"submission": uuid.uuid4(), "decision": decision()}
    given |= {"support": Support(scheme_version=drugs, conditions=[condition()] * 2)}
    said = answers(given)
    said["facts"] |= {"small_quantity": True, "offence_area": "avonford"}
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        sent = deciding.decide_case(**grouped(given | {"answers": said}), by=cast["amara"]).referrals.get()
        hugh = signed_in(cast["hugh"])
        shown = [text_of(hugh.get(hugh.post("/inbox/", {"q": typed})["Location"])) for typed in ("Price", "Quill")]
    assert [sent.reference in page for page in shown] == [True, False]
