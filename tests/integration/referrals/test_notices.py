"""What an officer is told by e-mail about whom they sent: as they choose, once, and nothing of anybody."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.audit.models import Event
from diversion.notifications.actions.choosing import choose
from diversion.notifications.tasks import tell
from referrals.actions import closing, partner, support
from referrals.models import Appointment, Referral, SchemeVersion, Undoable
from tests.conftest import Cast
from tests.factories.cases import decision, refer
from tests.factories.ground import adopt_scheme
from tests.factories.schemes import rewrite

pytestmark = pytest.mark.usefixtures("frozen")


def sent_to_george(cast: Cast, shared: str = "enforceable") -> Referral:
    found = SchemeVersion.objects.filter(scheme__slug="drug-diversion").first()
    scheme = found or adopt_scheme("drug-diversion", cast, provider="hugh").versions.latest("valid_from")
    sent = refer(cast["amara"], rewrite(scheme, confidentiality=shared), decision=decision())
    return partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])


def came(referral: Referral, cast: Cast, attendance: str = "attended") -> Appointment:
    met = Appointment.objects.create(referral=referral, starts_at=clock.now(), place="Harbour House")
    given = {"attendance": attendance, "version": met.version, "by": cast["george"]}
    return support.record_attendance(appointment=met, **given)


def told(frozen: datetime, **later: int) -> int:
    with clock.set_to(frozen + timedelta(**later)):
        return tell("news")


def test_the_officer_hears_once_that_there_is_news_and_not_what(
    cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """Nobody refers a second time into silence; and a message that is read on a bus tells nothing of anybody."""
    referral = sent_to_george(cast)
    came(referral, cast)
    assert (told(frozen, minutes=20), told(frozen, minutes=31), told(frozen, minutes=40)) == (0, 1, 0)
    with clock.set_to(frozen + timedelta(hours=2)):
        came(referral, cast)  # not chosen: that they came again
        now = Referral.objects.get(pk=referral.pk)
        ended = {"result": "not_completed", "note": "", "version": now.version}
        closing.close_referral(referral=now, **ended, by=cast["george"])
    undoable = Undoable.objects.get()
    Undoable.objects.update(until=frozen + timedelta(hours=4))
    assert (undoable.referral, told(frozen, hours=3), told(frozen, hours=5)) == (referral, 0, 1)
    assert [one.to for one in mailoutbox] == [[cast["amara"].email]] * 2
    for message in mailoutbox:
        words = f"{message.subject} {message.body}"
        assert referral.case.reference in words
        person = referral.case.person
        marks = (person.family_name, person.given_names, "Harbour", "started", "attended", "completed", "Drug")
        assert not [mark for mark in marks if mark in words]


def test_the_officer_hears_of_a_second_end_after_the_first_was_excused(
    cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """Somebody was let go on and ended once more: the officer went on believing that they came."""
    referral = sent_to_george(cast)
    for day in (0, 10):
        with clock.set_to(frozen + timedelta(days=day)):
            now = Referral.objects.get(pk=referral.pk)
            given = {"result": "not_completed", "note": "", "version": now.version, "by": cast["george"]}
            closing.close_referral(referral=now, **given)
        assert told(frozen, days=day, minutes=40) == 1
        assert told(frozen, days=day, minutes=50) == 0
        again = {"state": "accepted", "result": "", "closed_at": None, "closed_by": None}  # as an excuse leaves it
        Referral.objects.filter(pk=referral.pk).update(**again)
    assert len(mailoutbox) == 2


def test_what_is_taken_back_in_time_and_what_is_voluntary_is_told_to_nobody(
    cast: Cast, frozen: datetime, mailoutbox: list[Any]
) -> None:
    """A slip of the hand would be a message; and police would hear of support of which they hear nothing."""
    met = came(sent_to_george(cast), cast)
    with clock.set_to(frozen + timedelta(minutes=10)):
        support.record_attendance(appointment=met, attendance="planned", version=met.version, by=cast["george"])
    assert (told(frozen, minutes=31), told(frozen, hours=4)) == (0, 0)
    came(sent_to_george(cast, "voluntary"), cast)
    assert (told(frozen, minutes=31), mailoutbox) == (0, [])


def test_each_officer_chooses_of_what(cast: Cast, frozen: datetime, mailoutbox: list[Any]) -> None:
    """A message for each meeting of forty people is read by nobody."""
    client, address = Client(), reverse("notices")
    client.force_login(cast["amara"])
    page = client.get(address).content.decode()
    assert [page.count(f'name="{name}"') for name in ("news_started", "news_attended", "news_ended")] == [1, 1, 1]
    assert address in client.get(reverse("home")).content.decode()
    assert client.post(address, {"news_attended": "on"}).status_code == 302
    chosen = Event.objects.get(kind="notices.chosen")
    assert chosen.detail == {"news_started": False, "news_attended": True, "news_ended": False}
    referral = sent_to_george(cast)
    came(referral, cast)
    assert told(frozen, minutes=31) == 0
    with clock.set_to(frozen + timedelta(hours=1)):
        came(referral, cast)
        now = Referral.objects.get(pk=referral.pk)
        closing.close_referral(referral=now, result="not_completed", note="", version=now.version, by=cast["george"])
    with clock.set_to(frozen + timedelta(minutes=100)):
        assert tell("news") == 1
        choose(wanted=dict.fromkeys(chosen.detail, True), by=cast["amara"])
        assert tell("news") == 2
    type(cast["amara"]).objects.filter(pk=cast["amara"].pk).update(is_active=False)
    came(sent_to_george(cast), cast)
    assert told(frozen, minutes=110) == 0


@pytest.mark.parametrize("who", ["george", "jo", "yusuf", "lena"])
def test_nobody_else_has_that_page(who: str, cast: Cast) -> None:
    """Whoever sends nobody would wait for messages that never come."""
    client = Client()
    client.force_login(cast[who])
    assert client.get(reverse("notices")).status_code in (403, 404)
