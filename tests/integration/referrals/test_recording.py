"""The page "Record a decision", as an officer's browser sees it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.recording import CONTACT
from cases.models import Authorisation, Case, Crime, Person
from diversion import clock
from diversion.accounts.models import Team, User
from diversion.audit.models import Event
from referrals.actions.correcting import correct_crime
from referrals.models import Referral, SchemeVersion, SharingAgreement, Slot
from referrals.views import recording
from reporting import outbox
from reporting.models import Fact
from tests.conftest import Cast
from tests.factories.cases import crime as case_crime
from tests.factories.cases import person as case_person
from tests.factories.cases import record
from tests.factories.decisions import crime, posted
from tests.factories.ground import adopt_scheme
from tests.made_once import made_once

pytestmark = pytest.mark.usefixtures("frozen")

SignIn = Callable[[User], Client]
CANNABIS = {"offence": "possession-of-cannabis", "victim_kind": None, "victim_name": None, "victim_stance": None}


@pytest.fixture
def officer(cast: Cast, signed_in: SignIn) -> Client:
    return signed_in(cast["amara"])


@made_once
def drug_diversion(cast: Cast) -> SchemeVersion:
    return adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")


def send(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("record_decision"), data)


def chosen(person: Person, **changes: Any) -> dict[str, Any]:
    """Somebody on record, as the page that shows the record sends them."""
    shown = {"existing": str(person.pk), "person_version": str(person.version)}
    reached = {name: getattr(person, name) for name in CONTACT}
    return shown | reached | changes


def text_of(response: Any) -> str:
    return response.content.decode()


def test_a_community_resolution_is_recorded_on_one_page(officer: Client, cast: Cast) -> None:
    """Without it the officer's minute is lost: one page, one submit, and the case is there."""
    response = send(officer, posted())
    case = Case.objects.get()
    assert response.status_code == 302
    assert response.url == reverse("case_page", args=[case.reference])
    assert case.officer == cast["amara"]
    assert case.decision.disposal == "community_resolution"
    assert case.agreement.conditions.get().wording == "I will write a letter of apology."
    assert case.agreement.conditions.get().object == "reparative"


def test_a_page_sent_again_with_changes_says_that_they_were_not_recorded(officer: Client) -> None:
    """After Back an officer mends the day and sends again: they would believe that it was mended."""
    data = posted()
    send(officer, data)
    again = officer.post(reverse("record_decision"), data | crime(0, victim_stance="objects"), follow=True)
    assert "was recorded already, and sending it again changed nothing" in text_of(again)
    assert Case.objects.get().allegations.get().victim_stance == "agrees"


@pytest.mark.parametrize("name", ["\u200b", "...", "123"])
def test_a_name_without_a_letter_is_asked_for_again(officer: Client, name: str) -> None:
    """Nobody would find that person again, and two of them would look like one."""
    response = send(officer, posted(given_names=name))
    assert response.status_code == 422
    assert "Enter the name in letters" in text_of(response)


def test_the_appointment_that_was_chosen_is_not_pushed_out(
    officer: Client, drug_diversion: SchemeVersion, frozen: datetime
) -> None:
    """While the person is told of a day, the partner publishes earlier ones: the officer would hear that it is gone."""
    days = (14, 3, 4, 5, 6)
    first, *_rest = (
        Slot.objects.create(version=drug_diversion, starts_at=frozen + timedelta(days=day), place="H") for day in days
    )
    response = send(officer, posted(drug_diversion, **crime(0, **CANNABIS), slot=str(first.pk)))
    assert response.status_code == 302, text_of(response)
    assert Referral.objects.get().slot == first


def test_the_assessment_keeps_every_answer_and_which_rules_applied(officer: Client) -> None:
    """A later complaint, or a changed rule, must find what was answered then, and nothing rewritten."""
    send(officer, posted())
    assessment = Case.objects.get().assessments.get()
    assert assessment.answers["ethnicity"] == "B1"
    assert assessment.answers["date_of_birth"] == "2001-03-04"
    assert assessment.answers["crimes"][0]["offence"] == "theft-from-a-shop"
    assert "10 June 2026" in assessment.rules


def test_a_scheme_is_referred_to_with_its_own_conditions(officer: Client, drug_diversion: SchemeVersion) -> None:
    """The officer must not type what the scheme already says, nor leave out what it always asks."""
    slot = Slot.objects.create(
        version=drug_diversion, starts_at=datetime(2026, 6, 12, 9, tzinfo=UTC), place="Harbour House"
    )
    response = send(officer, posted(drug_diversion, **crime(0, **CANNABIS), slot=str(slot.pk)))
    assert response.status_code == 302, text_of(response)
    referral = Referral.objects.get()
    assert referral.state == Referral.State.SENT
    assert referral.slot == slot
    assert referral.appointments.get().place == "Harbour House"
    assert referral.agreement.conditions.count() == 2
    findings = {finding["rule"]: finding["result"] for finding in referral.case.assessments.get().findings}
    assert findings["scheme.adult"] == "met"
    assert findings["scheme.drug-possession"] == "met"
    assert findings["scheme.small-quantity"] == "met"


def test_a_double_submit_makes_one_record_and_both_answers_land_on_it(officer: Client) -> None:
    """A double click at the roadside must not give somebody two records."""
    data = posted()
    first, second = send(officer, data), send(officer, data)
    assert first.url == second.url
    assert Case.objects.count() == 1
    assert Person.objects.count() == 1


def test_a_submission_that_races_its_twin_lands_on_the_same_case(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checked before its twin is recorded and refused after: the officer must see the case, not an error."""
    data = posted()
    first = send(officer, data)
    found = recording.case_of_submission
    calls: list[object] = []

    def late(submission: str, *, by: User) -> Case | None:
        calls.append(submission)
        return None if len(calls) == 1 else found(submission, by=by)

    monkeypatch.setattr(recording, "case_of_submission", late)
    second = send(officer, data)
    assert (second.status_code, second.url) == (302, first.url)
    assert Case.objects.count() == 1


def test_a_mistake_keeps_everything_typed(officer: Client) -> None:
    """An officer who mistypes a date must not type the rest again, in the rain."""
    response = send(officer, posted(date_of_birth="31 Feb 2001", rationale="First time, repaid on the spot"))
    page = text_of(response)
    assert response.status_code == 422
    assert "There is a problem" in page
    assert 'value="31 Feb 2001"' in page
    assert "First time, repaid on the spot" in page
    assert "Corner Shop" in page
    assert "Error: Record a decision" in " ".join(page.split())
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date_of_birth": "2026-06-11"}, "must be today or in the past"),
        (crime(0, committed_on="2026-06-11"), "must be today or in the past"),
        ({"date_of_birth": "2026-06-08"}, "born after"),
        ({"date_of_birth": "2017-01-01"}, "under 10"),
        ({"date_of_birth": "2011-01-01", "disposal": "simple_caution"}, "aged 18 and over"),
        ({"disposal": "conditional_caution", "evidence": "charge_standard", "conditions-0-kind": ""}, "at least one"),
        ({"admission": "denied"}, "accepted responsibility"),
        ({"evidence": "insufficient"}, "sufficient evidence that an offence occurred"),
        ({"evidence": None}, "Choose what the evidence supports"),
        ({"ethnicity": ""}, "Choose the ethnicity that the person gave"),
        ({"ethnicity": "carried"}, "Say which record the answer is carried from"),
        ({"ethnicity": "B1", "carried_answer": "W1"}, "Choose one"),
        ({"result": "not_offered"}, "Choose why nothing was offered"),
        ({"result": "offered_declined"}, "Choose why the person declined"),
        ({"disposal": "none"}, "choose what was offered"),
        ({"conditions-0-due_on": "2026-06-09"}, "today or later"),
        ({"conditions-0-kind": "compensation"}, "how many pounds"),
        ({"crimes-0-victim_kind": None}, "Say who the victim is"),
        ({"crimes-0-victim_stance": None}, "what the victim thinks"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words_that_say_how_to_mend_it(
    officer: Client, changes: dict[str, Any], words: str
) -> None:
    """A record that the law does not allow, or that lacks a monitoring answer, must never be made."""
    response = send(officer, posted(**changes))
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Case.objects.exists()


def test_who_was_not_offered_anything_is_recorded_with_the_reason(officer: Client) -> None:
    """Who is not offered diversion must be counted, or no rate has a denominator."""
    response = send(
        officer,
        posted(result="not_offered", not_offered_reason="history", disposal=None),
    )
    assert response.status_code == 302, text_of(response)
    case = Case.objects.get()
    assert case.decision.not_offered_reason == "history"
    assert case.closed_at is not None


def test_a_declined_offer_is_recorded_even_where_it_should_not_have_been_made(officer: Client) -> None:
    """What happened must be on the record: the law's objection is kept with it instead of hiding it."""
    response = send(officer, posted(result="offered_declined", declined_reason="denies", admission="denied"))
    assert response.status_code == 302, text_of(response)
    findings = Case.objects.get().assessments.get().findings
    unmet = [finding for finding in findings if finding["result"] == "not_met"]
    assert "law.admission" in {finding["rule"] for finding in unmet}
    assert not Authorisation.objects.exists()


def test_what_needs_a_rank_waits_for_it_with_the_reasons(officer: Client) -> None:
    """A simple caution issued by a constable alone would be unlawful."""
    send(
        officer,
        posted(
            disposal="simple_caution",
            evidence="charge_standard",
            **{"conditions-0-kind": "", "fact-specified_offence": "false"},
        ),
    )
    authorisation = Authorisation.objects.get()
    assert authorisation.rank == "sergeant"
    assert len(authorisation.reasons) == len(set(authorisation.reasons))


def test_the_same_person_is_found_before_another_is_made(officer: Client, cast: Cast) -> None:
    """Two records of one person hide what the force already knows of them."""
    known = record(cast["amara"]).person
    response = send(officer, posted(**crime(0, number="AV/9/26"), given_names="SAM"))
    page = text_of(response)
    assert response.status_code == 422
    assert "Someone with this name and date of birth is already recorded" in page
    assert "Use the record of Sam Price" in page
    assert "AV/9/26" in page
    send(officer, posted(**crime(0, number="AV/9/26"), same_person=str(known.pk)))
    assert Person.objects.count() == 1
    assert known.cases.count() == 2


def test_a_different_person_with_the_same_name_gets_a_record_of_their_own(officer: Client, cast: Cast) -> None:
    """Twins, and namesakes born on one day, are two people."""
    record(cast["amara"])
    send(officer, posted(same_person="different"))
    assert Person.objects.count() == 2


def test_a_search_lists_people_of_the_force_and_is_logged(officer: Client, cast: Cast) -> None:
    """The officer looks for the person first; who was found must stand in the access log."""
    known = record(cast["amara"]).person
    stranger = record(cast["ben"]).person
    page = text_of(officer.post(reverse("person_search"), {"q": "pri"}, follow=True))
    assert f"?person={known.pk}" in page
    assert f"?person={stranger.pk}" not in page
    event = Event.objects.get(kind="person.searched")
    assert event.subjects == [f"cases.person:{known.pk}"]


def test_a_person_of_another_force_does_not_exist_here(officer: Client, cast: Cast) -> None:
    """A force must not learn whom another force knows."""
    stranger = record(cast["ben"]).person
    assert officer.get(reverse("record_decision"), {"person": stranger.pk}).status_code == 404
    response = send(officer, posted(existing=str(stranger.pk)))
    assert response.status_code == 422


def test_a_known_person_needs_nothing_typed_again(officer: Client, cast: Cast) -> None:
    """Nothing is keyed twice: the record found brings its answers."""
    known = record(cast["amara"]).person
    page = text_of(officer.get(reverse("record_decision"), {"person": known.pk}))
    assert 'value="Price"' in page
    response = send(officer, posted(existing=str(known.pk), **crime(0, number="AV/9/26")))
    assert response.status_code == 302
    assert known.cases.count() == 2


def test_a_crime_on_record_needs_nothing_typed_again(officer: Client, cast: Cast) -> None:
    """A second person in one crime, or a link from the force's record system, must not mean typing it twice."""
    details = case_crime(
        number="AV/77/26",
        committed_on=date(2026, 6, 7),
        victim_kind="business",
        victim_name="Corner Shop",
        victim_stance="agrees",
    )
    record(cast["amara"], crimes=[details])
    page = text_of(officer.get(reverse("record_decision"), {"crime": "AV/77/26"}))
    assert 'value="AV/77/26"' in page
    assert "Corner Shop" in page
    data = posted(**{"crimes-INITIAL_FORMS": "1"}, **crime(0, number="AV/77/26"), given_names="Ada")
    assert send(officer, data).status_code == 302
    assert Crime.objects.get().allegations.count() == 2


def test_a_crime_of_a_case_that_one_may_not_see_tells_nothing(officer: Client, cast: Cast) -> None:
    """Guessing crime numbers must not give victims' names away."""
    details = case_crime(number="AV/77/26", victim_kind="person", victim_name="Joan Hill", victim_stance="agrees")
    record(cast["elin"], crimes=[details])
    page = text_of(officer.get(reverse("record_decision"), {"crime": "AV/77/26"}))
    assert "Joan Hill" not in page
    assert "Nothing is known here of AV/77/26" in page  # as of a number that nobody has


def test_no_answer_today_does_not_undo_the_answer_once_given(officer: Client, cast: Cast) -> None:
    """Ethnicity already stated must not be lost because an officer was called away this time."""
    known = record(cast["amara"]).person
    send(officer, posted(existing=str(known.pk), ethnicity="N1", **crime(0, number="AV/9/26")))
    known.refresh_from_db()
    assert (known.ethnicity_self_defined, known.ethnicity_not_stated) == ("B1", "")


def test_an_answer_in_person_replaces_one_that_was_carried(officer: Client, cast: Cast) -> None:
    """What the person says today counts; the old source must not stand beside it."""
    data = {"ethnicity": "carried", "carried_answer": "W1", "carried_source": "Custody", "carried_on": "2025-01-02"}
    send(officer, posted(**data))
    known = Person.objects.get()
    assert known.ethnicity_source == "Custody"
    send(officer, posted(**chosen(known), ethnicity="W1", **crime(0, number="AV/9/26")))
    known.refresh_from_db()
    assert (known.ethnicity_self_defined, known.ethnicity_not_stated, known.ethnicity_source) == ("W1", "", "")


def correct(case: Case, by: User) -> None:
    """The day of its crime is put right, and the figures follow."""
    wrong = case.allegations.get()
    right = {"committed_on": date(2026, 6, 2), "offence": wrong.offence, "area": wrong.area}
    correct_crime(allegation=wrong, **right, reason="Mistyped", seen=0, by=by)
    outbox.drain()


def test_an_answer_on_record_is_confirmed_or_marked_carried(officer: Client, cast: Cast) -> None:
    """A value that passes by itself is nobody's answer, and stands for years of decisions as if it had been given."""
    earlier = date(2025, 1, 2)
    known = record(cast["amara"]).person
    Person.objects.filter(pk=known.pk).update(ethnicity_recorded_on=earlier)
    page = text_of(officer.get(reverse("record_decision"), {"person": known.pk}))
    assert "They confirmed it now" in page
    assert 'name="ethnicity_said" value="confirmed" checked' not in " ".join(page.split())
    data = posted(**chosen(known), **crime(0, number="AV/9/26"))
    unsaid = send(officer, data | {"ethnicity_said": ""})
    assert unsaid.status_code == 422
    assert "Ask the person whether the ethnicity on record is right" in text_of(unsaid)
    assert send(officer, data | {"ethnicity_said": "carried"}).status_code == 302
    known.refresh_from_db()
    assert (known.ethnicity_self_defined, known.ethnicity_recorded_on) == ("B1", earlier)
    case = Case.objects.latest("pk")
    assert case.assessments.get().answers["ethnicity_said"] == "carried"
    outbox.drain()
    assert Fact.objects.get(case_id=case.pk).quality == "ethnicity_carried"
    correct(case, by=cast["amara"])
    assert Fact.objects.get(case_id=case.pk).quality == "ethnicity_carried"
    again = posted(**chosen(known), **crime(0, number="AV/10/26"))
    send(officer, again | {"ethnicity_said": "confirmed"})
    known.refresh_from_db()
    assert known.ethnicity_recorded_on == clock.today()
    outbox.drain()
    assert Fact.objects.get(case_id=Case.objects.latest("pk").pk).quality == ""


def test_another_answer_than_that_on_record_is_given_now(officer: Client, cast: Cast) -> None:
    """Nobody is asked to confirm what they have just said."""
    known = record(cast["amara"]).person
    data = posted(**chosen(known), **crime(0, number="AV/9/26"))
    assert send(officer, data | {"ethnicity": "W1", "ethnicity_said": ""}).status_code == 302
    assert Case.objects.latest("pk").assessments.get().answers["ethnicity_said"] == "confirmed"


def test_somebody_chosen_is_not_turned_into_somebody_else(officer: Client, cast: Cast) -> None:
    """Another name typed over the record chosen would give one person the cases, and the cautions, of another."""
    ruth = record(cast["callum"], person=case_person(given_names="Ruth", family_name="Vale")).person
    response = send(officer, posted(**chosen(ruth)))
    assert response.status_code == 422
    assert "not that of the record of Ruth Vale" in text_of(response)
    ruth.refresh_from_db()
    assert (str(ruth), ruth.version) == ("Ruth Vale", 1)


def test_a_wrong_date_of_birth_on_record_is_corrected_on_purpose(officer: Client, cast: Cast) -> None:
    """An officer who finds the record wrong must be able to mend it, and the log must say so."""
    known = record(cast["amara"]).person
    answers = {**chosen(known), "date_of_birth": "2001-03-05", "corrects": "on", **crime(0, number="AV/9/26")}
    assert send(officer, posted(**answers)).status_code == 302
    known.refresh_from_db()
    assert known.date_of_birth == date(2001, 3, 5)
    assert "date_of_birth" in Event.objects.get(kind="person.updated").detail["fields"]


def test_a_warning_that_a_colleague_added_meanwhile_is_not_undone(officer: Client, cast: Cast) -> None:
    """A page opened before it would put back the number on which a violent partner answers."""
    before = record(cast["amara"], person=case_person(telephone="111")).person
    record(cast["callum"], person=case_person(existing=before, telephone="222", safe_contact="Never ring"))
    response = send(officer, posted(**chosen(before), **crime(0, number="AV/9/26")))
    page = text_of(response)
    assert response.status_code == 422
    assert "Telephone: 222; Safe ways to make contact: Never ring" in page
    assert 'name="person_version" value="2"' in page
    before.refresh_from_db()
    assert (before.telephone, before.safe_contact) == ("222", "Never ring")


def test_another_number_is_asked_about_anew(officer: Client, cast: Cast) -> None:
    """Texts that were safe on their own telephone went on to a mother's, or to that of whom they fear."""
    safe = case_person(telephone="07700 900777", safe_contact_texts="day")
    known = record(cast["amara"], person=safe).person
    answers = {**chosen(known, telephone="07700 900779", texts_of="07700 900777"), **crime(0, number="AV/9/26")}
    response = send(officer, posted(**answers))
    assert response.status_code == 422
    page = text_of(response)
    assert "The number has changed: ask again whether a text to it is safe" in page
    assert 'name="texts_of" value="07700 900779"' in page
    assert send(officer, posted(**answers | {"texts_of": "07700 900779"})).status_code == 302
    known.refresh_from_db()
    assert (known.telephone, known.safe_contact_texts) == ("07700 900779", "day")
    met_again = case_person(existing=known, telephone="07700 900780")
    record(cast["callum"], person=met_again, crimes=[case_crime(number="AV/8/26")])
    known.refresh_from_db()
    assert (known.telephone, known.safe_contact_texts) == ("07700 900780", ""), "nobody asked of this number"


def test_a_telephone_that_is_no_longer_theirs_can_be_taken_off(officer: Client, cast: Cast) -> None:
    """A number emptied on the page must not stay on record, to be rung by a partner."""
    details = case_person(telephone="111", safe_contact="Text any time", needs_interpreter="Polish")
    known = record(cast["amara"], person=details).person
    sent = posted(**chosen(known, safe_contact_texts="day"), **crime(0, number="AV/8/26"))
    assert send(officer, sent).status_code == 302
    known.refresh_from_db()
    assert known.safe_contact_texts == "day"
    mostly = chosen(known) | dict.fromkeys(CONTACT, "") | {"safe_contact_texts": "day"}
    assert send(officer, posted(**mostly, **crime(0, number="AV/7/26"))).status_code == 302
    known.refresh_from_db()
    assert known.safe_contact_texts == "", "without a number the page asks nothing of texts"
    emptied = chosen(known) | dict.fromkeys(CONTACT, "")
    assert send(officer, posted(**emptied, **crime(0, number="AV/9/26"))).status_code == 302
    known.refresh_from_db()
    assert {getattr(known, name) for name in CONTACT} == {""}


def test_a_page_typed_for_somebody_new_takes_nothing_off_their_record(officer: Client, cast: Cast) -> None:
    """Whoever answers "it is the same person" was never shown the telephone that is on record."""
    known = record(cast["amara"], person=case_person(telephone="111")).person
    send(officer, posted(same_person=str(known.pk), telephone="", **crime(0, number="AV/9/26")))
    known.refresh_from_db()
    assert (known.telephone, known.cases.count()) == ("111", 2)


def test_another_crime_is_added_without_losing_anything(officer: Client) -> None:
    """Six shop thefts are one case; the page must grow without JavaScript."""
    page = text_of(send(officer, posted(**{"crimes-add": "1"})))
    assert 'name="crimes-1-number"' in page
    added = page.partition('name="crimes-1-committed_on"')[2]
    assert 'value="10 June 2026"' in added.partition(">")[0]
    assert 'value="AV/1/26"' in page
    assert "There is a problem" not in page
    response = send(officer, posted(**{"crimes-TOTAL_FORMS": "2"}, **crime(1)))
    assert response.status_code == 302, text_of(response)
    assert Case.objects.get().allegations.count() == 2


def test_an_empty_row_is_passed_over_and_a_number_stands_once(officer: Client) -> None:
    """A row opened by mistake must not block the record, and one crime must not be counted twice."""
    empty = dict.fromkeys(("number", "offence", "victim_kind", "victim_name", "victim_stance"), "")
    twice = posted(**{"crimes-TOTAL_FORMS": "2"}, **crime(1, number="AV/1/26"))
    assert "twice" in text_of(send(officer, twice))
    response = send(officer, posted(**{"crimes-TOTAL_FORMS": "2"}, **crime(1, **empty, committed_on="2026-06-10")))
    assert response.status_code == 302, text_of(response)
    assert Case.objects.get().allegations.count() == 1


def test_conditions_of_a_scheme_are_shown_before_they_are_agreed(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """Nobody can agree to conditions that the officer never saw."""
    data = posted(**crime(0, **CANNABIS), scheme=str(drug_diversion.pk))
    response = send(officer, data)
    page = text_of(response)
    assert response.status_code == 422
    assert "Read the conditions of Drug diversion" in page
    assert "I will go to my first appointment" in page
    assert "By 8 July 2026" in page
    shown = send(officer, data | {"show": "1"})
    assert shown.status_code == 200
    assert "There is a problem" not in text_of(shown)


def test_a_scheme_that_does_not_take_the_person_says_why(officer: Client, drug_diversion: SchemeVersion) -> None:
    """The officer must hear the scheme's rule now, not from the partner in two days."""
    page = text_of(send(officer, posted(drug_diversion)))
    assert "The scheme is for possession of a controlled drug." in page
    assert not Case.objects.exists()


def test_a_second_time_on_a_scheme_names_who_may_set_the_rule_aside(officer: Client, cast: Cast) -> None:
    """A rule that an inspector may set aside must say so, or the person is turned away for good."""
    checkpoint = adopt_scheme("checkpoint", cast).versions.latest("valid_from")
    answers = {"disposal": "deferred_charge", "evidence": "charge_standard"}
    first = send(officer, posted(checkpoint, **answers))
    assert first.status_code == 302, text_of(first)
    known = Person.objects.get()
    page = text_of(send(officer, posted(checkpoint, **answers, existing=str(known.pk), **crime(0, number="AV/2/26"))))
    assert "The person was on Checkpoint in the last 12 months." in page
    assert "Only the rank of inspector or above can set this aside." in page


def test_a_slot_that_has_just_gone_is_said_and_nothing_is_lost(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Two officers may want the same appointment; the second chooses another without typing again."""
    slot = Slot.objects.create(version=drug_diversion, starts_at=datetime(2026, 6, 12, 9, tzinfo=UTC), place="Here")
    first = posted(drug_diversion, **crime(0, **CANNABIS), slot=str(slot.pk))
    assert send(officer, first).status_code == 302
    response = send(
        officer, posted(drug_diversion, **crime(0, **CANNABIS, number="AV/5/26"), slot=str(slot.pk), given_names="Ada")
    )
    assert "That appointment has just been taken: choose another time" in text_of(response)
    assert "Ada" in text_of(response)


def test_nobody_is_referred_without_a_live_sharing_agreement(officer: Client, drug_diversion: SchemeVersion) -> None:
    """Personal data would go to a provider with no lawful arrangement to receive it."""
    SharingAgreement.objects.update(valid_to="2026-06-09")
    page = text_of(send(officer, posted(drug_diversion, **crime(0, **CANNABIS))))
    assert "There is no live sharing agreement with Harbour Trust" in page


def test_an_agreement_past_the_statutory_limit_is_refused(officer: Client, cast: Cast) -> None:
    """A deferred charge that outlives the time limit could never be enforced."""
    pathfinder = adopt_scheme("pathfinder", cast).versions.latest("valid_from")
    old = crime(0, offence="common-assault", committed_on="2026-03-12", victim_kind="person")
    answers = {"disposal": "deferred_caution", "evidence": "charge_standard"}
    response = send(officer, posted(pathfinder, **old, **answers))
    assert response.status_code == 422
    assert "limit" in text_of(response)


def test_a_child_is_asked_about_an_appropriate_adult(officer: Client) -> None:
    """A child's caution without an appropriate adult would be worthless, and unfair."""
    answers = {"date_of_birth": "2010-01-05", "disposal": "youth_caution", "evidence": "charge_standard"}
    blank = {"conditions-0-kind": ""}
    page = text_of(send(officer, posted(**answers, **blank)))
    assert "Record the appropriate adult before any admission or consent is taken." in page
    response = send(officer, posted(**answers, **blank, follow=["appropriate_adult"], **{"fact-yjs_consulted": "true"}))
    assert response.status_code == 302, text_of(response)


def test_a_wording_that_names_a_victim_never_reaches_the_partner(
    officer: Client, drug_diversion: SchemeVersion
) -> None:
    """A provider must not learn who the victim is from the words of a condition."""
    answers = {"conditions-0-kind": "apology", "conditions-0-wording": "I will apologise to Mrs Hill."}
    send(officer, posted(drug_diversion, **crime(0, **CANNABIS), **answers))
    apology = Case.objects.get().agreement.conditions.get(kind="apology")
    assert apology.wording == "I will apologise to Mrs Hill."
    assert apology.wording_for_partner == "I will write a letter of apology."


@pytest.mark.parametrize("wording", ["I will leave Joan Hill of 3 Mill Lane alone.", "I will not go near HILL"])
def test_words_of_the_officers_own_that_name_a_victim_are_refused_with_a_scheme(
    officer: Client, drug_diversion: SchemeVersion, wording: str
) -> None:
    """Kinds that have no words for the partner would carry the victim's name to the provider."""
    victim = CANNABIS | {"victim_kind": "person", "victim_name": "Joan Hill", "victim_stance": "agrees"}
    answers = {"conditions-0-kind": "no_reoffending", "conditions-0-wording": wording}
    response = send(officer, posted(drug_diversion, **crime(0, **victim), **answers))
    assert response.status_code == 422
    assert "may not learn who the victim is: take out" in text_of(response)
    assert not Referral.objects.exists()
    alone = send(officer, posted(**crime(0, **victim), **answers))
    assert alone.status_code == 302, "without a partner the person's own agreement may name whom it is about"


def test_a_crime_number_is_one_however_it_is_typed(officer: Client) -> None:
    """The victim of one crime would be two, and its outcome counted twice."""
    send(officer, posted(**crime(0, number="AV/7/26")))
    send(officer, posted(**crime(0, number=" av/7/26"), given_names="Ada"))
    assert Crime.objects.get().number == "AV/7/26"
    assert Crime.objects.get().allegations.count() == 2
    assert 'value="AV/7/26"' in text_of(officer.get(reverse("record_decision"), {"crime": "av/7/26"}))


def test_one_crime_of_one_person_is_settled_once(officer: Client, cast: Cast) -> None:
    """Two open cases over one theft would ask the person twice, and count twice in the figures."""
    first = record(cast["amara"], crimes=[case_crime(number="AV/7/26", committed_on=date(2026, 6, 7))])
    again = posted(**chosen(first.person), **crime(0, number="av/7/26"))
    response = send(officer, again)
    assert response.status_code == 422
    assert f"already has an open case over crime AV/7/26: {first.reference}." in text_of(response)
    Case.objects.filter(pk=first.pk).update(closed_at=clock.now())
    assert send(officer, again).status_code == 302


def test_a_case_one_may_not_see_is_not_told_of(officer: Client, cast: Cast) -> None:
    """An officer tries a neighbour's name with a number, and learns that another team deals with them."""
    callum = cast["callum"]
    callum.team = Team.objects.create(organisation=callum.organisation, name="Elsewhere")
    callum.save(update_fields=["team"])
    held = record(callum, crimes=[case_crime(number="AV/8/26", committed_on=date(2026, 6, 7))])
    response = send(officer, posted(same_person=str(held.person_id), **crime(0, number="av/8/26")))
    assert response.status_code == 422
    assert "ask your coordinator" in text_of(response)
    assert "open case" not in text_of(response)
    assert held.reference not in text_of(response)


def test_only_officers_reach_the_page(cast: Cast, signed_in: SignIn) -> None:
    """A provider, a stranger or an administrator must not record decisions about people."""
    for key, status in [("hana", 404), ("lena", 403), ("ian", 403)]:
        assert signed_in(cast[key]).get(reverse("record_decision")).status_code == status


@pytest.mark.parametrize("odd", ["²", "9" * 30, "9" * 5000, "-1", "\x00", "٣"])
@pytest.mark.parametrize("name", ["existing", "person_version", "crimes-TOTAL_FORMS", "crimes-remove", "given_names"])
def test_what_no_page_sends_is_answered_with_the_page(officer: Client, name: str, odd: str) -> None:
    """A hand-made request must not fill the log of failures, nor stop anybody's work."""
    again = {"crimes-add": "1"} if odd == "²" else {}  # the page shown again reads each box anew
    assert send(officer, posted(**{name: odd})).status_code in (200, 302, 422)
    assert not again or send(officer, posted(**{name: odd} | again)).status_code == 200


@pytest.mark.parametrize("odd", ["²", "9" * 30, "x", ""])
def test_a_person_by_no_number_is_the_empty_page(officer: Client, odd: str) -> None:
    """A mistyped link must lead to the search, not to a failure."""
    assert officer.get(reverse("record_decision"), {"person": odd}).status_code == 200


def test_a_page_that_a_colleague_sent_keeps_what_is_typed(officer: Client, cast: Cast, signed_in: SignIn) -> None:
    """Two officers at one computer: the second must not lose the page, nor be shown the first one's case."""
    data = posted()
    send(officer, data)
    colleague = signed_in(cast["callum"])
    again = data | {"given_names": "Other", **crime(0, number="Q/1")}
    response = send(colleague, again)
    assert response.status_code == 422
    assert "A colleague has sent this page already" in text_of(response)
    fresh = re.search(r'name="submission"\s+value="([^"]+)"', text_of(response))
    assert fresh is not None
    assert send(colleague, again | {"submission": fresh[1]}).status_code == 302


def test_an_empty_page_says_only_what_is_missing(cast: Cast, signed_in: SignIn) -> None:
    """An officer in a hurry must not read of "forms": each line says what to enter."""
    response = signed_in(cast["amara"]).post(
        reverse("record_decision"), {"submission": str(uuid4()), "crimes-TOTAL_FORMS": "1", "crimes-INITIAL_FORMS": "0"}
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "at least 1 form" not in text
    assert "Enter the crime number" in text
