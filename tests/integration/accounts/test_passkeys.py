"""A passkey as a second factor: what it says counts once, for its own user, on our own pages."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from diversion.accounts import factors
from diversion.accounts.confirming import GIVEN_AT
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.audit.sign_ins import FAILED
from diversion.demonstration.cast import PASSWORD
from tests.conftest import NOW, Cast
from tests.factories.passkeys import Passkey, question_on

pytestmark = pytest.mark.usefixtures("frozen")
STEP, ADD = reverse("mfa_authenticate"), reverse("factor_passkey")


@pytest.fixture(autouse=True)
def _uncounted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def first_step(user: User) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def with_passkey(user: User) -> Passkey:
    client, passkey = first_step(user), Passkey()
    sent = client.post(ADD, {"name": "blue key", "answer": passkey.made(question_on(client.get(ADD)))})
    assert sent.url == reverse("factor_codes")
    return passkey


def shows(client: Client, answer: Callable[[dict[str, Any]], str]) -> Any:
    return client.post(STEP, {"answer": answer(question_on(client.get(STEP))), "by_passkey": "yes"})


def test_it_signs_its_user_in_and_counts_once(cast: Cast) -> None:
    """What went over the line is of no use to whoever heard it."""
    passkey, client, sent = with_passkey(cast["amara"]), first_step(cast["amara"]), []
    assert shows(client, lambda question: sent.append(passkey.shown(question)) or sent[0]).status_code == 302
    assert client.get("/cases/").status_code == 200
    assert Event.objects.filter(kind="account.signed_in").latest("pk").detail == {"with": "passkey"}
    again = first_step(cast["amara"])
    assert shows(again, lambda question: sent[0]).status_code == 422
    assert again.get("/cases/").status_code == 302


def test_a_false_page_gets_nothing_of_use(cast: Cast) -> None:
    """It is why a passkey is better than a code: the browser says on which page it was asked."""
    passkey, client = with_passkey(cast["amara"]), first_step(cast["amara"])
    for origin in ("https://testserver.elsewhere.example", "http://testserver", "https://elsewhere.example"):
        assert shows(client, lambda question, origin=origin: passkey.shown(question, origin=origin)).status_code == 422
    assert client.get("/cases/").status_code == 302
    assert Event.objects.filter(kind=FAILED, detail={"step": "second factor"}).count() == 3


def test_that_of_somebody_else_is_none(cast: Cast) -> None:
    """A colleague with her password would come in with their own."""
    with_passkey(cast["amara"])
    other, client = with_passkey(cast["callum"]), first_step(cast["amara"])
    assert shows(client, other.shown).status_code == 422
    assert shows(client, Passkey().shown).status_code == 422
    assert client.get("/cases/").status_code == 302


def test_a_question_is_answered_once_and_by_whoever_gave_their_password(cast: Cast) -> None:
    """A screen left open would take the passkey of whoever passes by; the same one twice would be two."""
    client, passkey = first_step(cast["amara"]), Passkey()
    made = passkey.made(question_on(client.get(ADD)))
    session = client.session
    session[GIVEN_AT] = int((NOW - timedelta(hours=1)).timestamp())
    session.save()
    assert "Enter your password" in client.post(ADD, {"name": "a", "answer": made}).content.decode()
    assert not factors.has_passkey(cast["amara"])
    made = passkey.made(question_on(client.get(ADD)))
    assert client.post(ADD, {"name": "a", "answer": made, "password": PASSWORD}).status_code == 302
    assert client.post(ADD, {"name": "b", "answer": made}).status_code == 422
    assert factors.factors_of(cast["amara"]).filter(type=factors.PASSKEY).count() == 1


def test_only_what_a_passkey_needs_is_kept(cast: Cast) -> None:
    """What else a browser says, or somebody in its place, may be what the database cannot hold: the page would fail."""
    client = first_step(cast["amara"])
    made = json.loads(Passkey().made(question_on(client.get(ADD))))
    odd = {"more": "\x00", "number": float("inf"), "half": "\ud800", "clientExtensionResults": {"a": "\x00"}}
    within = made["response"] | {"transports": ["\x00"]}
    assert client.post(ADD, {"name": "a", "answer": json.dumps(made | odd | {"response": within})}).status_code == 302
    (kept,) = factors.factors_of(cast["amara"]).filter(type=factors.PASSKEY)
    assert kept.data["credential"] == made


@pytest.mark.parametrize("short", [b"", b"\x00", b"\xa1", b"\xa3\x63fmt", b"\x81" * 3_000, bytes(40), b"\xbf"])
@pytest.mark.parametrize("part", ["attestationObject", "authenticatorData", "signature"])
def test_an_answer_that_breaks_off_proves_nothing_and_breaks_nothing(part: str, short: bytes, cast: Cast) -> None:
    """Whoever has her password would fill the log with failures of the service, each of them a call at night."""
    passkey, client = with_passkey(cast["amara"]), first_step(cast["amara"])
    text = base64.urlsafe_b64encode(short).decode().rstrip("=")

    def broken(whole: str) -> str:
        answer = json.loads(whole)
        return json.dumps(answer | {"response": answer["response"] | {part: text}})

    if part == "attestationObject":
        assert shows(client, passkey.shown).status_code == 302
        sent = {"name": "b", "answer": broken(Passkey().made(question_on(client.get(ADD))))}
        assert client.post(ADD, sent).status_code == 422
    else:
        assert shows(client, lambda question: broken(passkey.shown(question))).status_code == 422
