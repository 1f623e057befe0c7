"""The referral page: the minimal pack, and everything a partner records on it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.models import Appointment, Condition, Contact, Referral
from tests.conftest import Cast

SignIn = Callable[[User], Client]


def page_of(referral: Referral) -> str:
    return reverse("referral_page", args=[referral.reference])


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def condition(accepted: Referral) -> Condition:
    return accepted.agreement.conditions.earliest("pk")


def settle(condition: Condition, **data: Any) -> tuple[str, dict[str, Any]]:
    reference = condition.agreement.referral.reference  # type: ignore[union-attr]
    return reverse("condition_settle", args=[reference, condition.pk]), {"version": condition.version, **data}


def test_shows_the_minimal_pack(cast: Cast, accepted: Referral, appointment: Appointment, signed_in: SignIn) -> None:
    """Without the safe way to make contact, a text read by the wrong person could put somebody in danger."""
    page = text_of(signed_in(cast["george"]).get(page_of(accepted)))
    shown = ["Sam Price", "07700 900123", "Text only", "4 March 2001", "25", "Drugs possession", "Amara Okafor"]
    shown += ["I will go to the sessions.", "8 July 2026", "2 September 2026", "Harbour House", "George Tate"]
    for words in shown:
        assert words in page


def test_shows_nothing_else_of_the_case(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Victims, the crime number, police history, the reasons and ethnicity are the police's alone."""
    page = text_of(signed_in(cast["hugh"]).get(page_of(accepted)))
    for hidden in ("Vera", "AV/SECRET/26", "caution", "Caribbean", "admit", accepted.case.reference, "cannabis"):
        assert hidden not in page


def test_the_partner_reads_its_own_wording_of_a_condition(cast: Cast, condition: Condition, signed_in: SignIn) -> None:
    """“I will not go to 4 Elm Road” would tell the charity where the victim lives."""
    Condition.objects.filter(pk=condition.pk).update(wording="Keep away from Elm Road", partner_wording="Keep away")
    page = text_of(signed_in(cast["george"]).get(page_of(condition.agreement.referral)))  # type: ignore[arg-type]
    assert "Keep away" in page
    assert "Elm Road" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("george", 200), ("hugh", 200), ("fatima", 404), ("amara", 404), ("carol", 404), ("lena", 403)]
)
def test_only_the_provider_opens_it(who: str, status: int, cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """For another provider, and for police, this page does not exist."""
    assert signed_in(cast[who]).get(page_of(accepted)).status_code == status


ANSWERING = ["referral_accept", "referral_decline", "referral_assign"]
RECORDING = ["appointment_plan", "contact_record", "referral_close"]


@pytest.mark.parametrize(
    ("who", "name"),
    [(who, name) for who in ("hana", "amara") for name in ANSWERING + RECORDING]
    + [("fatima", name) for name in RECORDING],
)
def test_nobody_else_writes_on_it(who: str, name: str, cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """A refusal that says 403 would tell another organisation that the referral exists."""
    response = signed_in(cast[who]).post(reverse(name, args=[accepted.reference]), {"version": accepted.version})
    assert response.status_code == 404


def test_a_referral_not_yet_authorised_is_not_there(cast: Cast, sent: Referral, signed_in: SignIn) -> None:
    """The provider would hear of a decision that nobody has authorised."""
    Referral.objects.filter(pk=sent.pk).update(state=Referral.State.HELD)
    assert signed_in(cast["hugh"]).get(page_of(sent)).status_code == 404


def test_the_look_is_logged_with_the_person(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Sam asks who has seen this record: the answer must hold the partner's people too."""
    signed_in(cast["george"]).get(page_of(accepted))
    event = Event.objects.filter(kind="referral.opened").latest("pk")
    assert f"cases.person:{accepted.case.person_id}" in event.subjects


@pytest.mark.parametrize(
    "note",
    [
        "He typed ' OR '1'='1 into the kiosk; DROP TABLE cases_case; --",
        "<script>alert(1)</script> was on his screen <b>twice</b>",
        "=1+1, +44 7700 900321 and @home; ../../etc/passwd",
        "100% & {{ 7 * 7 }} {% now %} ${jndi:ldap://localhost/a}",
        "\u202egnitirw\u202c \u200b\U0001f600 \u2028 Zoë",
    ],
)
def test_what_a_firewall_dislikes_is_saved_and_shown_as_typed(
    note: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """A worker who writes down what somebody said would lose it, or read something else next week."""
    client = signed_in(cast["george"])
    sent = {"submission": str(UUID(int=7, version=4)), "channel": "telephone", "reached": "yes", "note": note}
    assert client.post(reverse("contact_record", args=[accepted.reference]), sent).status_code == 302
    assert Contact.objects.get(referral=accepted).note == note
    assert escape(note) in text_of(client.get(page_of(accepted)))


def test_what_was_typed_of_a_condition_that_a_colleague_settled_is_left_over(
    cast: Cast, accepted: Referral, condition: Condition, signed_in: SignIn
) -> None:
    """Its box is gone from the page: what shows that the condition was kept would be typed a second time, or not."""
    address, typed = settle(condition, state="done", evidence="Seen at the first session.")
    client = signed_in(cast["george"])
    assert client.post(address, typed).status_code == 302
    answer = client.post(address, typed | {"evidence": "He brought the letter of the surgery."})
    assert answer.status_code == 422
    assert "What you typed was not saved" in text_of(answer)
    assert "He brought the letter of the surgery." in text_of(answer)


def test_an_appointment_is_planned_in_london_time(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Half past two in July is half past one in UTC: an hour off, and the person is marked absent."""
    address = reverse("appointment_plan", args=[accepted.reference])
    data = {"day": "2026-07-01", "time": "2.30 pm", "place": "Harbour House"}
    response = signed_in(cast["george"]).post(address, data)
    assert response.status_code == 302
    appointment = accepted.appointments.get()
    assert appointment.starts_at.isoformat() == "2026-07-01T13:30:00+00:00"


@pytest.mark.parametrize(
    ("typed", "saved"),
    [("12", "midday"), ("10", "10am"), ("14", "2pm"), ("9", "9am"), ("1430", "2:30pm"), ("24", ""), ("100", "")],
)
def test_a_time_is_saved_as_it_was_meant(
    typed: str, saved: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """ "12" was saved as 1:02am, and the page said that it was saved."""
    data = {"day": "2026-07-01", "time": typed, "place": "Harbour House"}
    response = signed_in(cast["george"]).post(reverse("appointment_plan", args=[accepted.reference]), data)
    assert response.status_code == (302 if saved else 422)
    if saved:
        assert f"Wednesday 1 July 2026 at {saved}, Harbour House" in text_of(
            signed_in(cast["george"]).get(page_of(accepted))
        )
    else:
        assert "Enter a time, like 2:30pm or 14:30" in text_of(response)
        assert not accepted.appointments.exists()


def test_a_time_that_comes_twice_is_asked_about_on_the_page(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """The person would be marked absent an hour early; what was typed stays beside the question."""
    client, address = signed_in(cast["george"]), reverse("appointment_plan", args=[accepted.reference])
    data = {"day": "2026-10-25", "time": "1:30am", "place": "The night shelter"}
    response = client.post(address, data)
    assert response.status_code == 422
    page = text_of(response)
    assert "1:30am comes twice on Sunday 25 October 2026, when the clocks go back. Which is meant?" in page
    assert {"1:30am", "The night shelter"} <= set(re.findall(r'value="([^"]*)"', page))
    assert client.post(address, {**data, "which": "second"}).status_code == 302
    assert accepted.appointments.get().starts_at.isoformat() == "2026-10-25T01:30:00+00:00"


def test_planning_twice_is_planning_once(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """A double click would show the same meeting twice, one of them for ever without a result."""
    client, address = signed_in(cast["george"]), reverse("appointment_plan", args=[accepted.reference])
    data = {"day": "2026-07-01", "time": "14:30", "place": "Harbour House"}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert accepted.appointments.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"time": "half two"}, "Enter a time, like 2:30pm or 14:30"),
        ({"day": "2062-07-01"}, "Date must be on or before"),
        ({"day": ""}, "Enter the date of the appointment"),
        ({"place": ""}, "Enter the place of the appointment"),
        ({"day": "2027-03-28", "time": "1:30am"}, "There is no 1:30am on 28 March 2027"),
    ],
)
def test_a_mistake_in_a_plan_says_how_to_mend_it(
    changes: dict[str, str], words: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """The rest of what was typed stays."""
    data = {"day": "2026-07-01", "time": "14:30", "place": "The blue room"} | changes
    response = signed_in(cast["george"]).post(reverse("appointment_plan", args=[accepted.reference]), data)
    assert response.status_code == 422
    page = text_of(response)
    assert words in page
    assert re.search(r"<title>\s*Error: ", page)
    assert data["place"] in page
    assert not accepted.appointments.exists()


def test_a_condition_done_needs_its_evidence(cast: Cast, condition: Condition, signed_in: SignIn) -> None:
    """A crime would be closed on a tick that nothing stands behind."""
    client = signed_in(cast["george"])
    address, data = settle(condition, state="done")
    response = client.post(address, data)
    assert response.status_code == 422
    assert "Say what shows that the condition was done" in text_of(response)
    assert client.post(address, {**data, "evidence": "Certificate seen"}).status_code == 302
    condition.refresh_from_db()
    assert (condition.state, condition.evidence) == ("done", "Certificate seen")


def test_a_condition_can_be_not_done_and_opened_again(cast: Cast, condition: Condition, signed_in: SignIn) -> None:
    """One wrong click must not decide whether somebody kept their agreement."""
    client = signed_in(cast["george"])
    for state in ("not_done", "open"):
        condition.refresh_from_db()
        address, data = settle(condition, state=state)
        assert client.post(address, data).status_code == 302
    condition.refresh_from_db()
    assert (condition.state, condition.settled_by) == ("open", None)


def test_two_people_never_settle_a_condition_differently(cast: Cast, condition: Condition, signed_in: SignIn) -> None:
    """The second would overwrite “done” without having seen it."""
    address, data = settle(condition, state="done", evidence="Seen")
    signed_in(cast["george"]).post(address, data)
    response = signed_in(cast["hugh"]).post(address, {**data, "state": "not_done"})
    assert response.status_code == 422
    assert "This condition has changed since you opened this page" in text_of(response)
    condition.refresh_from_db()
    assert condition.state == "done"


def test_a_condition_of_another_referral_is_not_there(
    cast: Cast, condition: Condition, sent: Referral, signed_in: SignIn
) -> None:
    """Numbers in an address must not reach somebody else's agreement."""
    address = reverse("condition_settle", args=[sent.reference, condition.pk + 99])
    data = {"version": 1, "state": "not_done"}
    assert signed_in(cast["george"]).post(address, data).status_code == 404


def test_a_contact_sent_twice_is_one_contact(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """Two calls on the record where one was made would count against the person, or for the worker."""
    client, address = signed_in(cast["george"]), reverse("contact_record", args=[accepted.reference])
    data = {"submission": UUID(int=7), "channel": "telephone", "reached": "no", "note": "Rang twice"}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    contact = Contact.objects.get()
    assert (contact.reached, contact.note, contact.recorded_by) == (False, "Rang twice", cast["george"])
    assert "Rang twice" in text_of(client.get(page_of(accepted)))


@pytest.mark.parametrize(
    ("note", "basis", "kept"),
    [("His aunt says he moved.", "third_party", "third_party"), ("", "fact", ""), ("Rang.", "", "")],
)
def test_a_note_says_whose_word_it_is(
    note: str, basis: str, kept: str, cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """What somebody else said of a person would be read as a fact years later."""
    client, address = signed_in(cast["george"]), reverse("contact_record", args=[accepted.reference])
    data = {"submission": UUID(int=7), "channel": "telephone", "reached": "no", "note": note, "basis": basis}
    assert client.post(address, data).status_code == 302
    assert Contact.objects.get().basis == kept
    page = text_of(client.get(page_of(accepted)))
    beside_it = kept == "third_party"
    assert page.count("What somebody else says") == 1 + beside_it  # one of the choices, too


def test_closing_as_completed_lists_what_is_still_open(
    cast: Cast, accepted: Referral, condition: Condition, signed_in: SignIn
) -> None:
    """A crime would be closed as resolved while the person still owes what they agreed to."""
    client, address = signed_in(cast["george"]), reverse("referral_close", args=[accepted.reference])
    data = {"version": accepted.version, "result": "completed", "note": "Went well"}
    response = client.post(address, data)
    assert response.status_code == 422
    page = text_of(response)
    assert "These conditions are not done yet: I will go to the sessions." in page
    assert "Went well" in page
    for one in accepted.agreement.conditions.all():
        client.post(*settle(one, state="done", evidence="Seen"))
    assert client.post(address, data).status_code == 302
    accepted.refresh_from_db()
    assert (accepted.state, accepted.result, accepted.closure_note) == ("closed", "completed", "Went well")


def test_closing_twice_is_closing_once(cast: Cast, accepted: Referral, signed_in: SignIn) -> None:
    """A double click would show an error for something that worked."""
    client, address = signed_in(cast["george"]), reverse("referral_close", args=[accepted.reference])
    data = {"version": accepted.version, "result": "not_completed", "note": ""}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(kind="referral.closed").count() == 1


def test_a_closed_referral_takes_no_more_records(
    cast: Cast, accepted: Referral, appointment: Appointment, signed_in: SignIn
) -> None:
    """What the police were told would change behind their back."""
    client = signed_in(cast["george"])
    client.post(
        reverse("referral_close", args=[accepted.reference]),
        {"version": accepted.version, "result": "not_completed"},
    )
    assert "Plan an appointment" not in text_of(client.get(page_of(accepted)))
    address = reverse("appointment_attendance", args=[accepted.reference, appointment.pk])
    response = client.post(address, {"version": 1, "attendance": "attended"})
    assert response.status_code == 422
    assert "This referral is not open" in text_of(response)
    appointment.refresh_from_db()
    assert appointment.attendance == "planned"


def test_an_address_that_only_takes_records_leads_back_to_the_page(
    cast: Cast, accepted: Referral, signed_in: SignIn
) -> None:
    """After a mistake the browser shows that address: reloading it must not end in an error."""
    response = signed_in(cast["george"]).get(reverse("appointment_plan", args=[accepted.reference]))
    assert (response.status_code, response["Location"]) == (302, page_of(accepted))


def test_a_day_passed_without_a_result_says_so(
    cast: Cast, accepted: Referral, appointment: Appointment, signed_in: SignIn
) -> None:
    """An appointment nobody wrote down looks like one nobody came to."""
    assert "result not recorded" in text_of(signed_in(cast["george"]).get(page_of(accepted)))
    Appointment.objects.filter(pk=appointment.pk).update(starts_at=appointment.starts_at + timedelta(days=3))
    assert "result not recorded" not in text_of(signed_in(cast["george"]).get(page_of(accepted)))
