"""What cannot have happened yet cannot be recorded: an appointment still to come is kept or missed by nobody."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.refusals import Refused
from referrals.actions import support
from referrals.models import Appointment, Referral
from tests.conftest import Cast

SignIn = Callable[[User], Client]
Attendance = Appointment.Attendance
HAPPENED = ("attended", "attended_late", "acceptable_absence", "unacceptable_absence", "failed_to_comply")


@pytest.fixture
def to_come(cast: Cast, accepted: Referral, frozen: datetime) -> Appointment:
    """Planned for half past two this afternoon."""
    return support.plan_appointment(
        referral=accepted, starts_at=frozen + timedelta(hours=4), place="Harbour House", by=cast["george"]
    )


def page(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def recorded(appointment: Appointment, attendance: str, by: User) -> Appointment:
    return support.record_attendance(appointment=appointment, attendance=attendance, version=appointment.version, by=by)


@pytest.mark.parametrize("attendance", HAPPENED)
def test_nothing_can_be_said_of_it_before_its_time(cast: Cast, to_come: Appointment, attendance: str) -> None:
    """A start recorded too early would count somebody as supported who has met nobody."""
    with pytest.raises(Refused, match="still to come"):
        recorded(to_come, attendance, cast["george"])
    to_come.referral.refresh_from_db()
    assert to_come.referral.state == Referral.State.ACCEPTED


def test_who_comes_a_little_early_is_not_sent_away(cast: Cast, to_come: Appointment, settings: Any) -> None:
    """People ring the bell ten minutes before; the navigator must not wait to click."""
    settings.ATTENDANCE_GRACE = timedelta(minutes=10)
    with clock.set_to(to_come.starts_at - timedelta(minutes=11)), pytest.raises(Refused):
        recorded(to_come, "attended", cast["george"])
    with clock.set_to(to_come.starts_at - timedelta(minutes=10)):
        assert recorded(to_come, "attended", cast["george"]).attendance == Attendance.ATTENDED


@pytest.mark.parametrize("attendance", ["cancelled_by_provider", "cancelled_by_person"])
def test_it_can_be_cancelled_and_that_undone(cast: Cast, to_come: Appointment, attendance: str) -> None:
    """Somebody who rings to cancel has done so today, whenever the appointment was."""
    cancelled = recorded(to_come, attendance, cast["george"])
    assert recorded(cancelled, "planned", cast["george"]).attendance == Attendance.PLANNED


def test_what_was_recorded_too_early_before_can_be_taken_back(cast: Cast, to_come: Appointment) -> None:
    """A mistake made under the old rule must not stay for want of a button."""
    Appointment.objects.filter(pk=to_come.pk).update(
        attendance="attended", recorded_at=clock.now(), recorded_by=cast["george"]
    )
    to_come.refresh_from_db()
    assert recorded(to_come, "planned", cast["george"]).attendance == Attendance.PLANNED


def test_the_pages_offer_only_what_can_be_true(cast: Cast, signed_in: SignIn, to_come: Appointment) -> None:
    """A button that is always refused is a dead end."""
    client = signed_in(cast["george"])
    reference = to_come.referral.reference
    addresses = (f"{reverse('caseload')}?open={reference}", reverse("referral_page", args=[reference]))
    for address in addresses:
        shown = page(client, address)
        assert "Attended" not in shown
        assert 'value="unacceptable_absence"' not in shown
        assert 'value="cancelled_by_person"' in shown
    with clock.set_to(to_come.starts_at):
        for address in addresses:
            shown = page(client, address)
            assert "Attended" in shown
            assert 'value="unacceptable_absence"' in shown


def test_a_refusal_comes_back_as_a_sentence(cast: Cast, signed_in: SignIn, to_come: Appointment) -> None:
    """A page left open from before the change still has the button."""
    address = reverse("appointment_attendance", args=[to_come.referral.reference, to_come.pk])
    response = signed_in(cast["george"]).post(address, {"attendance": "attended", "version": to_come.version})
    assert response.status_code == 422
    assert "This appointment is still to come" in response.content.decode()
