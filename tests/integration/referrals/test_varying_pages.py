"""The pages on which a missed step is seen to and a change is asked for and decided."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from referrals.actions import support, varying
from referrals.models import Appointment, Condition, ConditionChange, MissedStep, Referral
from tests.conftest import Cast

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def owed(accepted: Referral) -> Condition:
    """What the person owes a victim, of whom the partner may know nothing."""
    one = Condition.objects.filter(agreement__referral=accepted).earliest("pk")
    Condition.objects.filter(pk=one.pk).update(
        kind="compensation", wording="I will pay £80 to Vera Victim.", partner_wording="I will pay compensation."
    )
    return Condition.objects.get(pk=one.pk)


def typed(one: Condition, way: str, **more: str) -> dict[str, str]:
    return {"version": "0", "condition_version": str(one.version), "reason": "money", "way": way, **more}


def test_a_missed_appointment_is_seen_to_on_its_page(
    cast: Cast, accepted: Referral, appointment: Appointment, signed_in: SignIn
) -> None:
    """Nobody would be asked why, and a first missed appointment would be the last that anybody hears."""
    client, address = signed_in(cast["george"]), reverse("referral_page", args=[accepted.reference])
    support.record_attendance(
        appointment=appointment, attendance="unacceptable_absence", version=appointment.version, by=cast["george"]
    )
    page = reverse("appointment_missed", args=[accepted.reference, appointment.pk])
    assert page in client.get(address).content.decode()
    first = client.post(page, {"version": "0", "reason": "not_known", "way": "later"})
    assert first.status_code == 302
    assert "Not known yet" in client.get(address).content.decode()
    wrong = client.post(page, {"version": "1", "reason": "not_known", "way": "excused"})
    assert (wrong.status_code, "Ask for the reason" in wrong.content.decode()) == (422, True)
    done = client.post(page, {"version": "1", "reason": "transport", "way": "excused"})
    assert done["Location"].endswith("?plan=1#plan")
    assert "Not known yet" in client.get(page).content.decode()  # said before, and kept
    assert MissedStep.objects.get().way == "excused"


def test_a_condition_is_given_a_new_date_in_one_step(cast: Cast, owed: Condition, signed_in: SignIn) -> None:
    """Spreading a payment must not cost a meeting with a sergeant."""
    client, reference = signed_in(cast["george"]), owed.agreement.referral.reference
    page = reverse("condition_change", args=[reference, owed.pk])
    shown = client.get(page).content.decode()
    assert "You set a new date until" in shown
    assert "Vera" not in shown
    missing = client.post(page, typed(owed, "new_day"))
    assert (missing.status_code, "Enter the new date" in missing.content.decode()) == (422, True)
    day = owed.due_on + timedelta(days=7)
    assert client.post(page, typed(owed, "new_day", new_day=day.isoformat())).status_code == 302
    owed.refresh_from_db()
    assert owed.due_on == day
    after = client.get(reverse("referral_page", args=[reference])).content.decode()
    assert "Made by the worker" in after


def test_a_variation_goes_from_the_worker_to_the_victim_to_the_sergeant(
    cast: Cast, owed: Condition, signed_in: SignIn
) -> None:
    """Somebody who lost their job would be broken for want of a way to ask, or let off with nobody to answer for it."""
    reference, case = owed.agreement.referral.reference, owed.agreement.case
    client = signed_in(cast["george"])
    page = reverse("condition_change", args=[reference, owed.pk])
    wrong = client.post(page, typed(owed, "other", other="I will pay £40."))
    assert wrong.status_code == 422
    assert "Say when and how the person agreed" in wrong.content.decode()
    assert "I will pay £40." in wrong.content.decode()
    agreed = {"agreed_on": clock.today().isoformat(), "agreed_how": "in_person", "because": "Lost the job."}
    assert client.post(page, typed(owed, "other", other="I will pay £40.", **agreed)).status_code == 302
    partners = client.get(reverse("referral_page", args=[reference])).content.decode()
    assert "a change waits for the police" in partners
    assert "change waits" in client.get(reverse("caseload"), {"open": reference}).content.decode()
    change = ConditionChange.objects.get()
    address = reverse("change_page", args=[change.pk])
    assert client.get(address).status_code == 404

    assert address in signed_in(cast["elin"]).get(reverse("home")).content.decode()
    assert "Vera Victim" in client.get(address).content.decode()
    assert client.post(reverse("change_victim", args=[change.pk]), {"answer": "disagrees"}).status_code == 302

    assert address in signed_in(cast["carol"]).get(reverse("authorisation_list")).content.decode()
    decided = {
        "seen": "0",
        "decision": "authorise",
        "evidence_met": "on",
        "rationale": "Vera would rather have the £80; it is fair.",
    }
    assert client.post(address, decided).status_code == 302
    assert client.post(address, decided).status_code == 302  # a browser that had no answer
    assert client.post(address, decided | {"rationale": "After all."}).status_code == 422
    history = client.get(reverse("case_page", args=[case.reference])).content.decode()
    assert "“I will pay £40.” instead of “I will pay £80 to Vera Victim.”" in history

    partners = signed_in(cast["george"]).get(reverse("referral_page", args=[reference])).content.decode()
    assert "I will pay £40." in partners
    assert "Authorised" in partners
    assert not any(word in partners for word in ("Vera", "rather", "Does not agree", "£80"))


def test_more_changes_than_are_shown_are_told_of(
    cast: Cast, owed: Condition, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that no list shows waits for nobody, and whoever decides believes that they are done."""
    other = Condition.objects.create(
        agreement=owed.agreement, kind="course", object="rehabilitative", wording="I will go.", due_on=owed.due_on
    )
    agreed = {"agreed_on": clock.today(), "agreed_how": "in_person", "because": "Lost the job."}
    supervisor, more = signed_in(cast["carol"]), "More changes wait"
    for one in (owed, other):
        change = varying.Change("other", "money", wording="I will do half.", **agreed)
        varying.change_condition(condition=one, change=change, version=one.version, by=cast["george"])
    assert more not in supervisor.get(reverse("authorisation_list")).content.decode()
    monkeypatch.setattr("referrals.views.authorising.ON_A_PAGE", 1)
    assert more in supervisor.get(reverse("authorisation_list")).content.decode()


def test_what_is_put_to_police_is_answered_on_the_case_page(
    cast: Cast, accepted: Referral, appointment: Appointment, signed_in: SignIn
) -> None:
    """The worker would wait for an answer that nobody was asked for."""
    support.record_attendance(
        appointment=appointment, attendance="unacceptable_absence", version=appointment.version, by=cast["george"]
    )
    client = signed_in(cast["george"])
    page = reverse("appointment_missed", args=[accepted.reference, appointment.pk])
    asked = {"version": "0", "reason": "none", "way": "escalated", "note": "No answer to three calls."}
    assert client.post(page, asked).status_code == 302
    step = MissedStep.objects.get()
    case_page = reverse("case_page", args=[accepted.case.reference])
    answer = reverse("case_step", args=[accepted.case.reference, step.pk])
    assert client.post(answer, {"answer": "Carry on."}).status_code == 404
    officer = signed_in(cast["amara"])
    assert case_page in officer.get(reverse("home")).content.decode()
    assert "No answer to three calls." in officer.get(case_page).content.decode()
    assert officer.post(answer, {"answer": ""}).status_code == 422
    assert officer.post(answer, {"answer": "Carry on."}).status_code == 302
    told = signed_in(cast["george"]).get(reverse("referral_page", args=[accepted.reference])).content.decode()
    assert "Carry on." in told


def test_nobody_else_reaches_these_pages(cast: Cast, owed: Condition, signed_in: SignIn) -> None:
    """Another provider's worker, or an officer, could read what a person told their own worker."""
    reference = owed.agreement.referral.reference
    owed.agreement.case.allegations.update(victim=None)
    change = varying.change_condition(
        condition=owed,
        change=varying.Change("let_go", "money", because="x", agreed_on=clock.today(), agreed_how="signed"),
        version=owed.version,
        by=cast["george"],
    )
    pages = [
        reverse("condition_change", args=[reference, owed.pk]),
        reverse("change_take_back", args=[reference, change.pk]),
    ]
    for who in ("hana", "amara"):
        client = signed_in(cast[who])
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert [client.post(page, {}).status_code for page in pages] == [404, 404]
    assert signed_in(cast["amara"]).get(reverse("change_page", args=[change.pk])).status_code == 403
    change.refresh_from_db()
    assert change.is_waiting
    assert signed_in(cast["george"]).post(pages[1]).status_code == 302
    change.refresh_from_db()
    assert change.state == "taken_back"
