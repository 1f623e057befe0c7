"""Who delivers: what each hands over, to a server that is really there, and what its answers mean."""

import json
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from threading import Thread
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs

import jwt
import pytest
from django.core.mail.backends.locmem import EmailBackend

from diversion.notifications.kinds import Letter
from diversion.notifications.senders import GatewaySender, MailSender, NotifySender, can_send
from diversion.notifications.senders.base import BrokeOff, NotTaken

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
LETTER = Letter("07700 900123", "News", 'You have "an appointment" {to}\nat 9am')


class Deliverer:
    """A server of whoever delivers: keeps what was posted and answers as it is told."""

    def __init__(self) -> None:
        self.answers, self.posts = 201, list[tuple[str, Any, str]]()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.posts.append((self.path, self.headers, body))
                self.send_response(outer.answers)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def deliverer() -> Iterator[Deliverer]:
    made = Deliverer()
    Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def senders(deliverer: Deliverer, settings: Any) -> dict[str, Callable[[], None]]:
    """Each of the two that send by HTTP, set to that server: hands `LETTER` over as message 7."""
    settings.NOTIFY_URL, settings.NOTIFY_API_KEY = deliverer.url, f"our-live-key-{SERVICE}-{SECRET}"
    settings.NOTIFY_TEXT_TEMPLATE = settings.NOTIFY_EMAIL_TEMPLATE = "template"
    settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_KEY = f"{deliverer.url}/texts", "key of the gateway"
    settings.TEXT_GATEWAY_BODY = '{"messages": [{"to": "{to}", "body": "{text}", "of": "{from}", "x": "{what}"}]}'
    settings.TEXT_FROM = "Appointment"
    return {
        "notify": lambda: NotifySender("text").send(LETTER, reference="7"),
        "gateway": lambda: GatewaySender().send(LETTER, reference="7"),
    }


def test_notify_is_asked_as_it_documents(deliverer: Deliverer, senders: dict[str, Callable[[], None]]) -> None:
    """A key or a field that is a letter off and no person ever hears of an appointment."""
    senders["notify"]()
    NotifySender("email").send(LETTER, reference="8")
    (path, headers, text), (other, _headers, email) = deliverer.posts
    assert (path, other) == ("/v2/notifications/sms", "/v2/notifications/email")
    token = jwt.decode(headers["Authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"], issuer=SERVICE)
    assert set(token) == {"iss", "iat"}
    assert json.loads(text) == {
        "phone_number": "07700 900123",
        "template_id": "template",
        "personalisation": {"body": LETTER.text},
        "reference": "7",
    }
    assert json.loads(email)["personalisation"] == {"subject": "News", "body": LETTER.text}


def test_a_gateway_gets_the_document_it_was_set_to(
    deliverer: Deliverer, senders: dict[str, Callable[[], None]], settings: Any
) -> None:
    """Quotation marks in a text would break the document, or a text could fill in a number of its own."""
    senders["gateway"]()
    settings.TEXT_GATEWAY_FORM, settings.TEXT_GATEWAY_BODY = True, '{"number": "{to}", "words": "{text}"}'
    senders["gateway"]()
    (path, headers, body), (_path, _headers, form) = deliverer.posts
    assert (path, headers["Authorization"], headers["Idempotency-Key"]) == ("/texts", "Bearer key of the gateway", "7")
    whole = {"to": LETTER.address, "body": LETTER.text, "of": "Appointment", "x": "{what}"}
    assert json.loads(body) == {"messages": [whole]}
    assert parse_qs(form) == {"number": [LETTER.address], "words": [LETTER.text]}


@pytest.mark.parametrize("sender", ["notify", "gateway"])
def test_a_sender_that_is_not_there_has_taken_nothing(
    sender: str, deliverer: Deliverer, senders: dict[str, Callable[[], None]], settings: Any
) -> None:
    """While it is away each beat would burn one message for good: a warning before a limit, or a call for help."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refused
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        settings.NOTIFY_URL = settings.TEXT_GATEWAY_URL = away
        with pytest.raises(NotTaken) as raised:
            senders[sender]()
    assert not raised.value.for_good


@pytest.mark.parametrize("sender", ["notify", "gateway"])
@pytest.mark.parametrize(
    ("status", "error", "for_good"),
    [
        (400, NotTaken, True),
        (429, NotTaken, False),
        (403, NotTaken, False),
        (503, NotTaken, False),
        (302, BrokeOff, None),
        (500, BrokeOff, None),
        (504, BrokeOff, None),
    ],
)
def test_what_an_answer_means(
    sender: str,
    status: int,
    error: type[Exception],
    for_good: bool | None,
    deliverer: Deliverer,
    senders: dict[str, Callable[[], None]],
) -> None:
    """A text that may have gone would be sent again, or one that was refused for a minute never."""
    deliverer.answers = status
    with pytest.raises(error) as raised:
        senders[sender]()
    assert getattr(raised.value, "for_good", None) == for_good
    assert LETTER.address not in str(raised.value)
    assert len(deliverer.posts) == 1


@pytest.mark.parametrize(
    ("fails", "error", "for_good"),
    [
        (SMTPRecipientsRefused({"a@b.example": (550, b"No such user")}), NotTaken, True),
        (SMTPRecipientsRefused({"a@b.example": (451, b"Greylisted, try again")}), NotTaken, False),
        (SMTPDataError(554, b"Looks like spam"), NotTaken, True),
        (SMTPSenderRefused(550, b"Not you", "us@here.example"), NotTaken, False),
        (SMTPServerDisconnected("Connection unexpectedly closed"), BrokeOff, None),
        (TimeoutError(), BrokeOff, None),
    ],
    ids=["no-such-user", "greylisted", "spam", "our-own-address", "disconnected", "silence"],
)
def test_what_a_mail_server_may_answer(
    fails: Exception, error: type[Exception], for_good: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Greylisting, which each new sender meets, would lose the first message to everybody; and a wrong setting of our
    own would lose all of them for good.
    """
    monkeypatch.setattr(EmailBackend, "send_messages", Mock(side_effect=fails))
    with pytest.raises(error) as raised:
        MailSender().send(LETTER, reference="7")
    assert getattr(raised.value, "for_good", None) == for_good
    assert "b.example" not in str(raised.value)


def test_without_a_sender_nothing_is_sent_by_text(settings: Any) -> None:
    """A service whose texts go nowhere would say that people were reminded."""
    settings.TEXT_SENDER = "none"
    assert (can_send("text"), can_send("email")) == (False, True)
