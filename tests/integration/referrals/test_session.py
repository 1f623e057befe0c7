"""A group session recorded at once: seven people in one room are not seven pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.audit.models import Event
from referrals.actions import partner, support
from referrals.models import Appointment, SchemeVersion
from tests.conftest import Cast
from tests.factories.cases import crime, person, refer

SignIn = Callable[[User], Client]
NAMES = ("Ada", "Bo", "Cy")


@pytest.fixture
def room(cast: Cast, version: SchemeVersion, frozen: datetime) -> list[Appointment]:
    """Three people of Harbour Trust, an hour ago in one room."""
    return [_in_room(cast, version, name, frozen - timedelta(hours=1)) for name in NAMES]


def _in_room(cast: Cast, version: SchemeVersion, name: str, at: datetime) -> Appointment:
    who, alleged = person(given_names=name), [crime("possession-of-cannabis", number=f"AV/{name}/26")]
    sent = refer(cast["amara"], version, person=who, crimes=alleged)
    taken = partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    return support.plan_appointment(referral=taken, starts_at=at, place="Harbour House", by=cast["george"])


def sent(**came: tuple[Appointment, str]) -> dict[str, str]:
    data = {}
    for appointment, value in came.values():
        prefix = f"of-{appointment.pk}"
        choice = value if value in ("", "attended") else "other"
        data |= {
            f"{prefix}-version": "1",
            f"{prefix}-came": choice,
            f"{prefix}-result": value if choice == "other" else "",
        }
    return data


def address(appointment: Appointment) -> str:
    return reverse("session", args=[appointment.pk])


def results(room: list[Appointment]) -> list[str]:
    return [Appointment.objects.get(pk=one.pk).attendance for one in room]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_one_page_records_all_of_them_and_leaves_whom_nobody_chose(
    cast: Cast, room: list[Appointment], signed_in: SignIn
) -> None:
    """Ticked beforehand, somebody who was not there would have come, and a missed step be hidden."""
    ada, bo, cy = room
    client = signed_in(cast["george"])
    board = text_of(client.get(reverse("caseload")))
    assert "Harbour House: 3 people" in board
    page = text_of(client.get(address(bo)))
    assert "checked" not in page.partition('<form method="post" novalidate')[2]
    answers = sent(ada=(ada, "attended"), bo=(bo, "unacceptable_absence"), cy=(cy, ""))
    told = text_of(client.post(address(bo), answers, follow=True))
    assert results(room) == ["attended", "unacceptable_absence", "planned"]
    assert "2 people recorded. 1 is left for later." in told
    assert "Recorded already" in text_of(client.get(address(cy)))
    assert Event.objects.filter(kind="appointment.recorded").count() == 2


def test_all_of_it_is_saved_or_nothing(cast: Cast, room: list[Appointment], signed_in: SignIn) -> None:
    """A colleague recorded one of them: half a register would look like a whole one."""
    ada, bo, cy = room
    support.record_attendance(appointment=bo, attendance="acceptable_absence", version=1, by=cast["hugh"])
    answers = sent(ada=(ada, "attended"), bo=(bo, "attended"), cy=(cy, "attended"))
    response = signed_in(cast["george"]).post(address(ada), answers)
    assert response.status_code == 422
    assert "Bo Price: This appointment has changed" in text_of(response)
    assert text_of(response).count("checked") == 3  # what was chosen is there still
    assert results(room) == ["planned", "acceptable_absence", "planned"]


@pytest.mark.parametrize(
    ("value", "words"), [("", "for one person at least"), ("other", "Choose what happened, or leave")]
)
def test_what_is_missing_is_said(
    value: str, words: str, cast: Cast, room: list[Appointment], signed_in: SignIn
) -> None:
    """A register sent empty would seem to be recorded."""
    answers = sent(ada=(room[0], value)) | {f"of-{room[0].pk}-result": ""}
    response = signed_in(cast["george"]).post(address(room[0]), answers)
    assert response.status_code == 422
    assert words in text_of(response)
    assert set(results(room)) == {"planned"}


def test_nobody_else_sees_who_was_in_the_room(
    cast: Cast, room: list[Appointment], version: SchemeVersion, frozen: datetime, signed_in: SignIn
) -> None:
    """One number of an appointment would tell another service, or police, who goes where."""
    for stranger in ("hana", "fatima"):
        assert signed_in(cast[stranger]).get(address(room[0])).status_code == 404
    assert signed_in(cast["amara"]).get(address(room[0])).status_code == 404
    later = _in_room(cast, version, "Di", frozen + timedelta(days=1))
    page = text_of(signed_in(cast["george"]).get(address(later)))
    assert "It is still to come" in page
    assert "Ada" not in page


def test_more_people_in_the_room_need_no_more_statements(
    cast: Cast, room: list[Appointment], signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    """A programme of twenty would be a slow page each week."""
    client = signed_in(cast["george"])
    with django_assert_max_num_queries(9):
        client.get(address(room[0]))


def test_a_session_that_was_cancelled_is_not_there(cast: Cast, room: list[Appointment], signed_in: SignIn) -> None:
    """A link kept from the morning must lead to a page that says so, and not to a failure."""
    for one in room:
        support.record_attendance(appointment=one, attendance="cancelled_by_provider", version=1, by=cast["george"])
    assert signed_in(cast["george"]).get(address(room[0])).status_code == 404
