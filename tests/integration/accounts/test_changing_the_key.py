"""SECRET_KEY is changed on two hosts while people work: believed everywhere, then used, then the old one dropped."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings

from diversion.accounts import sign_in
from diversion.accounts.passwords import link_path
from diversion.environment import secrets_listed
from tests.conftest import Cast

OLD, NEW = "7rq0LwRzK2" * 6, "Zp4vXk9TqB" * 6
#: What a host has before, at each of the three steps, and at last: its key, and those that it believes too.
BEFORE, BELIEVED, SWAPPED, DROPPED = (OLD, ()), (OLD, (NEW,)), (NEW, (OLD,)), (NEW, ())
Keys = tuple[str, Sequence[str]]


@contextmanager
def on_a_host(keys: Keys) -> Iterator[None]:
    with override_settings(SECRET_KEY=keys[0], SECRET_KEY_FALLBACKS=list(keys[1])):
        yield


def opens(client: Client, keys: Keys) -> bool:
    with on_a_host(keys):
        return client.get("/cases/").status_code == 200


@pytest.fixture
def amara(cast: Cast, client: Client) -> Client:
    """Signed in before anything changes."""
    with on_a_host(BEFORE):
        client.force_login(cast["amara"])
    return client


def test_nobody_is_signed_out_in_any_order_of_hosts(amara: Client, cast: Cast) -> None:
    """At each step one host is ahead, and the proxy sends a browser to either: an officer's page goes on."""
    for one, other in ((BEFORE, BELIEVED), (BELIEVED, SWAPPED), (SWAPPED, DROPPED)):
        for keys in (one, other, one, other, other):
            assert opens(amara, keys), (one, other)
        fresh = Client()
        with on_a_host(other):
            fresh.force_login(cast["carol"])
        assert opens(fresh, one)


def test_a_key_that_nobody_was_told_of_signs_everybody_out(amara: Client) -> None:
    """Why it takes three steps."""
    assert not opens(amara, DROPPED)


@pytest.mark.parametrize(("made", "opened"), [(BEFORE, SWAPPED), (SWAPPED, BELIEVED), (BELIEVED, SWAPPED)])
def test_links_and_known_browsers_last_through_it(made: Keys, opened: Keys, cast: Cast, client: Client) -> None:
    """A link that somebody was handed, and the browser that keeps a guesser from shutting them out."""
    user, answer = cast["amara"], HttpResponse()
    with on_a_host(made):
        link = link_path(user)
        sign_in.remember(RequestFactory().get("/"), answer, user)
    asked = RequestFactory().get("/")
    asked.COOKIES = {name: morsel.value for name, morsel in answer.cookies.items()}
    with on_a_host(opened):
        assert 'name="password1"' in client.get(link, follow=True).content.decode()
        assert sign_in._known(asked).keys() == {user.email}
    with on_a_host(("Qs8" * 20, ())):
        assert 'name="password1"' not in Client().get(link, follow=True).content.decode()
        assert sign_in._known(asked) == {}


def test_keys_are_read_from_a_file_one_a_line(monkeypatch: Any, tmp_path: Path) -> None:
    """A key in the environment is read by whoever lists processes or inspects a container."""
    assert secrets_listed("SECRET_KEY_FALLBACKS") == []
    (tmp_path / "keys").write_text(f"{OLD}\n{NEW}\n")
    monkeypatch.setenv("SECRET_KEY_FALLBACKS_FILE", str(tmp_path / "keys"))
    assert secrets_listed("SECRET_KEY_FALLBACKS") == [OLD, NEW]
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{NEW}, {OLD}")
    assert secrets_listed("SECRET_KEY_FALLBACKS") == [NEW, OLD]
