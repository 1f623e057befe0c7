"""The outbox: each message once, tried again where it was not taken, told in a log that names nobody's words."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.notifications import kinds, senders
from diversion.notifications.actions import queueing, sending
from diversion.notifications.kinds import Due, Kind, Letter
from diversion.notifications.models import Message
from diversion.notifications.senders.base import NotTaken
from diversion.notifications.tasks import tell
from tests.conftest import Cast

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[User], Client]


class Fake:
    """A sender that keeps what it is handed, and fails as it is told."""

    def __init__(self) -> None:
        self.taken, self.fails = list[Letter](), list[Exception]()

    def open(self) -> None: ...

    def send(self, letter: Letter, *, reference: str) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append(letter)

    def close(self) -> None: ...


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setitem(senders.EMAIL, "backend", lambda: fake)
    return fake


@pytest.fixture
def due(cast: Cast) -> Iterator[list[Due]]:
    """A kind of message, "planned", of which this is what is due."""
    found = [Due("1", cast["amara"].organisation_id, cast["amara"].pk)]
    kind = Kind("planned", "Planned", lambda: list(found), lambda _message: Letter("a@example.org", "News", "Some."))
    kinds.register(kind)
    yield found
    kinds._kinds.pop("planned")


def state() -> tuple[str, int]:
    one = Message.objects.get()
    return one.state, one.attempts


def test_what_was_not_taken_is_tried_again_later_and_later_and_given_up(
    due: list[Due], sender: Fake, frozen: datetime
) -> None:
    """A server that is busy for a minute would lose a message, or be asked four hundred times in an hour."""
    sender.fails = [NotTaken("busy", for_good=False)] * sending.MOST_ATTEMPTS
    assert (tell("planned"), tell("planned"), state()) == (0, 0, ("waiting", 1))
    with clock.set_to(frozen + timedelta(minutes=2)):
        assert (tell("planned"), tell("planned"), state()) == (0, 0, ("waiting", 2))
    for hour in range(1, 40):
        with clock.set_to(frozen + timedelta(hours=2 * hour)):
            tell("planned")
    assert (state(), sender.taken) == (("failed", sending.MOST_ATTEMPTS), [])


def test_a_worker_that_died_between_sending_and_noting_sends_no_second_one(
    due: list[Due], sender: Fake, frozen: datetime
) -> None:
    """The message may have gone: a person who is told twice may be put at risk, and the page says the same."""
    queueing.queue_due(kind="planned")
    assert sending.claim(pk=Message.objects.get().pk)
    assert (tell("planned"), state()) == (0, ("sending", 1))
    with clock.set_to(frozen + timedelta(hours=1)):
        assert (tell("planned"), tell("planned"), state(), sender.taken) == (0, 0, ("failed", 1), [])
    assert "may have gone" in Message.objects.get().reason


def test_what_is_held_or_too_late_does_not_go(due: list[Due], sender: Fake, frozen: datetime) -> None:
    """A text in the night, or a reminder of what is past."""
    [first] = due
    held = Due("2", first.organisation, first.to, at=frozen + timedelta(hours=3), until=frozen + timedelta(hours=5))
    due[:] = [held]
    assert tell("planned") == 0
    with clock.set_to(frozen + timedelta(hours=6)):
        assert (tell("planned"), state()) == (0, ("cancelled", 0))
    due[:] = [Due("3", first.organisation, first.to, at=frozen + timedelta(hours=3))]
    with clock.set_to(frozen + timedelta(hours=3)):
        assert tell("planned") == 1


def test_the_log_shows_ones_own_organisation_and_no_words(
    cast: Cast, due: list[Due], sender: Fake, signed_in: SignIn
) -> None:
    """Whoever answers for the service must see that messages fail, and learn nothing of anybody by it."""
    sender.fails = [NotTaken("The mail server refused it (550)", for_good=True)]
    tell("planned")
    page = signed_in(cast["jo"]).get(reverse("message_log"), {"only": "unsent"}).content.decode()
    shown = ("Planned", cast["amara"].full_name, "Not sent", "The mail server refused it (550)")
    assert [one for one in shown if one not in page] == []
    assert cast["amara"].email not in page
    assert "No messages." in signed_in(cast["hugh"]).get(reverse("message_log")).content.decode()
    assert signed_in(cast["amara"]).get(reverse("message_log")).status_code == 403


def test_a_link_for_a_new_password_is_made_as_it_goes_and_works_once(
    cast: Cast, client: Client, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link in a table is a password in a table; and a mail server that is away would show an error page."""
    address = reverse("account_reset_password")
    with monkeypatch.context() as away:
        away.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(OSError("no route")), raising=False)
        assert client.post(address, {"email": cast["amara"].email}).status_code == 302
        assert tell("new_password") == 0
    assert client.post(address, {"email": "nobody@nowhere.example"}).status_code == 302
    assert (tell("new_password"), tell("new_password")) == (1, 0)
    [mail] = mailoutbox
    assert mail.to == [cast["amara"].email]
    assert cast["amara"].full_name not in mail.body
    [link] = [word for word in mail.body.split() if "/key/" in word]
    page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    sent = {"password1": "a long enough phrase", "password2": "a long enough phrase"}
    assert client.post(page.redirect_chain[-1][0], sent).status_code == 302
    assert User.objects.get(pk=cast["amara"].pk).check_password("a long enough phrase")
