"""What somebody says by the link in a reminder: they come, they cannot, or they choose another time that is free."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.notifications.tasks import tell
from diversion.refusals import Refused
from referrals import person_words
from referrals.actions import check_in_list, slots
from referrals.models import Appointment, CheckIn, MissedStep, Referral, Scheme, Slot, TextRule
from referrals.models.next_due import NextDue
from referrals.queries.check_ins import to_review
from tests.conftest import Cast
from tests.factories.schemes import rewrite
from tests.integration.referrals.test_reminders import Fake, agrees, helped, meets, texts

__all__ = ["texts"]
pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]


def offers(cast: Cast, replies: str) -> None:
    hours = {"opens": time(9), "closes": time(17)}
    of = {"telephone": "01632 960 177", "days": "weekdays", "version": 0}
    check_in_list.say_desk(**of, **hours, replies=replies, by=cast["hugh"])


def booked(cast: Cast, frozen: datetime, *, places: int = 1) -> tuple[Referral, list[Slot]]:
    """Zebedee, whose first appointment is in 40 hours, and two others that are free: one in four days, one too late."""
    referral = helped(cast)
    moments = [frozen + timedelta(hours=40), frozen + timedelta(days=4), frozen + timedelta(days=300)]
    scheme = referral.scheme_version.scheme
    kept = slots.offer_slots(scheme=scheme, moments=moments, place="Harbour House", places=places, by=cast["george"])
    Referral.objects.filter(pk=referral.pk).update(slot=kept[0])
    meets(referral, cast, moments[0])
    return referral, kept


def link(fake: Fake) -> str:
    """The path of the link in the last reminder."""
    assert tell("reminder") == 1
    found = re.search(r"https?://[^/]+(/a/\S+)", fake.sent[-1][1].text)
    assert found
    return found[1]


def test_no_reminder_has_a_link_unless_its_provider_offers_one(cast: Cast, frozen: datetime, texts: Fake) -> None:
    """Nobody reads at a provider that has not said when it does."""
    offers(cast, "")
    meets(helped(cast), cast, frozen + timedelta(hours=40))
    assert tell("reminder") == 1
    assert "http" not in texts.sent[-1][1].text


def test_who_cannot_come_is_rung_and_has_missed_nothing(
    cast: Cast, client: Client, frozen: datetime, texts: Fake, signed_in: SignIn
) -> None:
    """“I told them” is what people say whom nobody heard; it may not stand on a ladder."""
    offers(cast, "ring")
    referral = helped(cast)
    meeting = meets(referral, cast, frozen + timedelta(hours=40))
    path = link(texts)
    page = client.get(path).content.decode()
    assert "You have an appointment on" in page
    assert "Move my appointment" not in page
    assert [one for one in ("Zebedee", "Harbour", "olice", "RF-") if one in page] == []
    before = list(NextDue.objects.values())
    assert "You asked to be rung" in client.post(path, {"reply": "cannot"}).content.decode()
    assert client.post(path, {"reply": "comes"}).status_code == client.get(path).status_code == 422
    assert list(NextDue.objects.values()) == before
    meeting.refresh_from_db()
    assert (meeting.attendance, MissedStep.objects.count()) == ("planned", 0)
    ((one, owner),) = to_review(by=cast["george"])
    assert (one.wants_call, owner.user) == (True, cast["george"])
    queue = signed_in(cast["george"]).get(reverse("check_in_queue")).content.decode()
    assert "They cannot come, and ask to be rung" in queue
    assert Event.objects.filter(kind="reply.call", organisation_id=cast["hugh"].organisation_id).exists()


def test_who_comes_says_so_and_nobody_has_to_see_to_it(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    offers(cast, "ring")
    meets(helped(cast), cast, frozen + timedelta(hours=40))
    assert "You said that you will come" in client.post(link(texts), {"reply": "comes"}).content.decode()
    assert to_review(by=cast["hugh"]) == []


def test_they_move_their_first_appointment_to_one_that_is_free(
    cast: Cast, client: Client, frozen: datetime, texts: Fake, signed_in: SignIn
) -> None:
    """55 of 100 never came to it in one real scheme; nobody is offered a time after something is due."""
    offers(cast, "move")
    referral, (first, free, late) = booked(cast, frozen)
    path = link(texts)
    page = client.get(path).content.decode()
    assert f'value="{free.pk}"' in page
    assert f'value="{late.pk}"' not in page
    assert client.post(path, {"reply": "moves"}).status_code == 422
    assert client.post(path, {"reply": "moves", "slot": str(late.pk)}).status_code == 422
    assert "Your appointment is now on" in client.post(path, {"reply": "moves", "slot": str(free.pk)}).content.decode()
    referral.refresh_from_db()
    meeting = Appointment.objects.get(referral=referral)
    assert (meeting.starts_at, referral.slot, meeting.attendance) == (free.starts_at, free, "planned")
    assert NextDue.objects.get(pk=referral.pk).meeting_at == free.starts_at
    assert client.get(path).status_code == 422
    slots.withdraw_slot(scheme=referral.scheme_version.scheme, slot=first, by=cast["george"])  # nobody has it now
    assert Event.objects.filter(kind="reply.moved", actor_id=None).count() == 1
    ((one, owner),) = to_review(by=cast["george"])
    assert (one.moved_to, owner.user) == (free.starts_at, cast["george"])
    george = signed_in(cast["george"])
    assert "They moved it to" in george.get(reverse("check_in_queue")).content.decode()
    said = {"done": "noted", "note": ""}
    george.post(reverse("check_in_review", args=[referral.reference, one.pk]), said)
    assert to_review(by=cast["george"]) == []


def test_a_time_that_somebody_else_took_meanwhile_is_said_in_words(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """Two people in one room at one hour is one too many."""
    offers(cast, "move")
    referral, (_first, free, _late) = booked(cast, frozen)
    path = link(texts)
    other = helped(cast, given_names="Mara", telephone="07700 900778")
    Referral.objects.filter(pk=other.pk).update(slot=free)
    told = client.post(path, {"reply": "moves", "slot": str(free.pk)})
    assert told.status_code == 422
    assert "That time has just been taken" in told.content.decode()
    assert CheckIn.objects.get(referral=referral).answered_at is None


def test_a_conditional_caution_is_moved_by_nobody_without_a_signature(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """CJA 2003 s.23B: dates too are changed by signed agreement and an authorised person."""
    offers(cast, "move")
    referral, (_first, free, _late) = booked(cast, frozen)
    path = link(texts)
    decision = referral.case.decision
    type(decision).objects.filter(pk=decision.pk).update(disposal="conditional_caution")
    assert "Move my appointment" not in client.get(path).content.decode()
    assert client.post(path, {"reply": "moves", "slot": str(free.pk)}).status_code == 422
    assert "You asked to be rung" in client.post(path, {"reply": "cannot"}).content.decode()


def test_a_link_of_an_appointment_that_was_cancelled_or_is_over_is_dead(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    offers(cast, "ring")
    meeting = meets(helped(cast), cast, frozen + timedelta(hours=40))
    path = link(texts)
    with clock.set_to(meeting.starts_at + timedelta(minutes=1)):
        assert client.post(path, {"reply": "cannot"}).status_code == 422
    Appointment.objects.filter(pk=meeting.pk).update(starts_at=meeting.starts_at + timedelta(days=1))
    assert client.get(path).status_code == 422


def test_voluntary_support_is_answered_as_any_other(cast: Cast, client: Client, frozen: datetime, texts: Fake) -> None:
    offers(cast, "ring")
    referral = helped(cast)
    rewrite(referral.scheme_version, confidentiality="voluntary")
    meets(referral, cast, frozen + timedelta(hours=40))
    assert client.post(link(texts), {"reply": "cannot"}).status_code == 200
    assert not Event.objects.filter(kind__startswith="reply.", organisation_id=cast["amara"].organisation_id).exists()


def test_police_learn_from_no_time_that_somebody_in_voluntary_support_moved_theirs(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """The paper of the case names the time that police booked: another there tells them what became of it."""
    offers(cast, "move")
    referral, (first, free, _late) = booked(cast, frozen)
    rewrite(referral.scheme_version, confidentiality="voluntary")
    path = link(texts)
    assert "Move my appointment" not in client.get(path).content.decode()
    assert client.post(path, {"reply": "moves", "slot": str(free.pk)}).status_code == 422
    referral.refresh_from_db()
    assert referral.slot == first
    assert "You asked to be rung" in client.post(path, {"reply": "cannot"}).content.decode()


def test_who_said_that_they_come_may_fall_ill(cast: Cast, client: Client, frozen: datetime, texts: Fake) -> None:
    """A link that is dead once they said yes leaves them to miss it, and that stands on a ladder."""
    offers(cast, "ring")
    meets(helped(cast), cast, frozen + timedelta(hours=40))
    path = link(texts)
    for _press in range(2):
        assert "You said that you will come" in client.post(path, {"reply": "comes"}).content.decode()
    assert Event.objects.filter(kind="reply.coming").count() == 1
    page = client.get(path).content.decode()
    assert ("You said that you will come" in page, 'value="comes"' in page, 'value="cannot"' in page) == (
        True,
        False,
        True,
    )
    assert "You asked to be rung" in client.post(path, {"reply": "cannot"}).content.decode()
    assert [(one.comes, one.wants_call) for one, _owner in to_review(by=cast["george"])] == [(False, True)]


def test_a_button_that_is_pressed_twice_says_the_same_again(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """“This link cannot be used” reads as if nobody would ring."""
    offers(cast, "move")
    _referral, (_first, free, _late) = booked(cast, frozen)
    path = link(texts)
    for _press in range(2):
        moved = client.post(path, {"reply": "moves", "slot": str(free.pk)})
        assert (moved.status_code, "Your appointment is now on" in moved.content.decode()) == (200, True)
    assert client.post(path, {"reply": "nonsense"}).status_code == client.get(path).status_code == 422
    meets(helped(cast, given_names="Mara", telephone="07700 900778"), cast, frozen + timedelta(hours=40))
    path = link(texts)
    for _press in range(2):
        assert "You asked to be rung" in client.post(path, {"reply": "cannot"}).content.decode()
    with clock.set_to(frozen + timedelta(minutes=11)):
        assert client.post(path, {"reply": "cannot"}).status_code == 422
    assert Event.objects.filter(kind__in=["reply.moved", "reply.call"]).count() == 2


def test_nobody_is_offered_a_time_at_which_they_come_already(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """One meeting would stand there twice, and planning it again would fail for the worker."""
    offers(cast, "move")
    referral, (_first, free, _late) = booked(cast, frozen)
    meets(referral, cast, free.starts_at)
    assert "Move my appointment" not in client.get(link(texts)).content.decode()


def test_nobody_is_moved_to_a_place_that_no_page_tells_them(
    cast: Cast, client: Client, frozen: datetime, texts: Fake
) -> None:
    """They would stand at the right hour before the door that they know, and have missed it."""
    offers(cast, "move")
    referral, (_first, free, _late) = booked(cast, frozen)
    scheme, hour = referral.scheme_version.scheme, timedelta(hours=1)
    moments = [free.starts_at + hour]
    (other,) = slots.offer_slots(scheme=scheme, moments=moments, place="Quay Street", places=1, by=cast["george"])
    page = client.get(link(texts)).content.decode()
    assert (f'value="{free.pk}"' in page, f'value="{other.pk}"' in page) == (True, False)


def test_who_speaks_welsh_is_reminded_and_answers_in_it_once_it_was_reviewed(
    cast: Cast, client: Client, frozen: datetime, texts: Fake, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half in each language is read by nobody; a translation that nobody read may say anything."""
    offers(cast, "move")
    referral, _slots = booked(cast, frozen)
    Scheme.objects.update(telephone="")
    address, said = reverse("texts_agree", args=[referral.reference]), {"texts": "day", "names_service": "on"}
    george, page = signed_in(cast["george"]), reverse("referral_page", args=[referral.reference])
    assert "Cymraeg" not in george.get(page).content.decode()
    with pytest.raises(Refused, match="has reviewed the texts"):
        agrees(referral, cast, "day", language="cy")
    check_in_list.review_welsh(by=cast["george"])
    unsaid = george.post(address, said | {"version": "0"})
    assert (unsaid.status_code, "In which language?" in unsaid.content.decode()) == (422, True)
    assert george.post(address, said | {"language": "cy", "version": "0"}).status_code == 302
    path = link(texts)
    when = "ddydd Gwener 12 Mehefin 2026 am 02:30"
    assert f"Nodyn atgoffa gan Harbour Trust: mae gennych apwyntiad ar {when}." in texts.sent[-1][1].text
    assert texts.sent[-1][1].text.endswith("dywedwch wrth eich gweithiwr.")  # they have no number to ring
    shown = client.get(path).content.decode()
    assert '<html lang="cy"' in shown
    assert f"Mae gennych apwyntiad ar {when}." in shown
    assert not re.search("June|Friday|appointment", shown)
    monkeypatch.setattr(person_words, "welsh_digest", lambda: "another")
    kept = george.post(address, {"texts": "waking", "version": "1"})
    assert (kept.status_code, TextRule.objects.get().language) == (302, "cy")
    meets(referral, cast, frozen + timedelta(hours=46))
    assert tell("reminder") == 1
    assert "Reminder: you have an appointment on Friday 12 June" in texts.sent[-1][1].text
