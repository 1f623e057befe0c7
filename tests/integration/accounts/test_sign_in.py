"""Signing in: guessing is slowed, the right password passes, and a failure is told to those whom it concerns."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from diversion import clock, environment
from diversion.accounts.models import User
from diversion.accounts.sign_in import LIMITS
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from diversion.requests import source_of
from tests.conftest import NOW, Cast

PAGE = "/accounts/login/"
HERE, ELSEWHERE = "192.0.2.10", "198.51.100.77"
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_earlier_failures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(user: User | str, password: str = PASSWORD, *, source: str = HERE, client: Client | None = None) -> Any:
    address = user if isinstance(user, str) else user.email
    return (client or Client()).post(PAGE, {"login": address, "password": password}, REMOTE_ADDR=source)


def is_in(answer: Any) -> bool:
    return bool(answer.status_code == 302)


def test_a_guesser_is_stopped_and_the_user_signs_in(cast: Cast) -> None:
    """The attack that worked: whoever knew an address kept its account shut by guessing at it."""
    answers = [sign_in(cast["amara"], f"guess {number}", source=ELSEWHERE) for number in range(15)]
    assert "Too many failed" in answers[-1].content.decode()
    assert not is_in(sign_in(cast["amara"], source=ELSEWHERE)), "the guesser is not let in by a lucky guess either"
    assert is_in(sign_in(cast["amara"])), "and its user is"


def test_a_made_up_account_is_no_way_into_production(cast: Cast, settings: Any) -> None:
    """Its password stands in the documents. Who is signed in already is signed out."""
    browser = Client()
    assert is_in(sign_in(cast["amara"], client=browser))
    assert browser.get("/cases/").status_code == 200
    settings.PRODUCTION = True
    assert sign_in(cast["amara"]).url == "/accounts/inactive/"
    assert PAGE in browser.get("/cases/").url


def test_a_known_browser_is_not_shut_out_by_a_guesser_at_the_next_desk(cast: Cast) -> None:
    """Behind the station's one address guesser and user look alike, but for the browser that signed in yesterday."""
    browser = Client()
    assert is_in(sign_in(cast["amara"], client=browser))
    browser.post("/accounts/logout/")
    for number in range(15):
        sign_in(cast["amara"], f"guess {number}")
    assert is_in(sign_in(cast["amara"], client=browser))


def test_a_known_browser_has_a_limit_too(cast: Cast) -> None:
    """A stolen laptop must not be a place from which to guess for ever."""
    browser = Client()
    sign_in(cast["amara"], client=browser)
    browser.post("/accounts/logout/")
    answers = [sign_in(cast["amara"], f"guess {number}", client=browser) for number in range(12)]
    assert "Too many failed" in answers[-1].content.decode()


def test_a_cookie_of_ones_own_making_is_no_known_browser(cast: Cast, settings: Any) -> None:
    """Otherwise each guess would come from a new 'known' browser."""
    answers = []
    for number in range(12):
        browser = Client()
        browser.cookies[settings.KNOWN_BROWSER_COOKIE] = f'{{"{cast["amara"].email}": "{number}"}}'
        answers.append(sign_in(cast["amara"], f"guess {number}", client=browser))
    assert "Too many failed" in answers[-1].content.decode()


def test_a_guesser_with_many_addresses_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """One guess from each of a thousand addresses is a thousand guesses. Where its user has been, they still get in."""
    monkeypatch.setitem(LIMITS, "account", "20/h/key")
    assert is_in(sign_in(cast["amara"]))
    answers = [sign_in(cast["amara"], "guess", source=f"198.51.100.{number}") for number in range(22)]
    assert "Too many failed" in answers[-1].content.decode()
    assert is_in(sign_in(cast["amara"]))


def test_one_password_tried_on_many_accounts_is_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """'Password2026!' opens one account of a hundred."""
    monkeypatch.setitem(LIMITS, "source", "20/h/key")
    answers = [sign_in(f"nobody{number}@avonford.example", source=ELSEWHERE) for number in range(22)]
    assert "Too many failed" in answers[-1].content.decode()
    assert is_in(sign_in(cast["amara"]))


def test_a_station_signs_in_through_one_address(cast: Cast) -> None:
    """The fault that shut a force out behind its proxy: 200 sign-ins in an hour, and some typing mistakes."""
    for number in range(200):
        user = cast[("amara", "callum", "carol", "david")[number % 4]]
        if number % 9 == 0:
            sign_in(user, "a typing mistake")
        assert is_in(sign_in(user)), f"sign-in {number}"


def test_a_new_password_by_a_link_opens_the_way(cast: Cast, settings: Any) -> None:
    """Who forgot the password and tried it ten times must not wait once they have a new one."""
    from diversion.accounts import passwords

    for number in range(12):
        sign_in(cast["amara"], f"forgotten {number}")
    request = RequestFactory().get("/")
    request.session = {}  # type: ignore[assignment]
    passwords.keep_link(request, cast["amara"])
    visitor = Client(REMOTE_ADDR=HERE)
    form = visitor.get(passwords.take_link(request, cast["amara"]), follow=True)
    chosen = {"password1": "a long enough phrase", "password2": "a long enough phrase"}
    visitor.post(form.redirect_chain[-1][0], chosen)
    assert is_in(sign_in(cast["amara"], "a long enough phrase"))


def test_a_failure_stands_in_the_log_of_the_accounts_organisation(cast: Cast, signed_in: SignIn) -> None:
    """An information manager who does not learn of it cannot stop it."""
    sign_in(cast["amara"], "guess", source=ELSEWHERE)
    event = Event.objects.get(kind="account.sign_in_failed")
    assert event.subjects == [f"accounts.user:{cast['amara'].pk}"]
    assert (event.source, event.organisation_id) == (ELSEWHERE, cast["amara"].organisation_id)
    page = signed_in(cast["jo"]).get("/access-log/?nature=security").content.decode()
    assert "Amara Okafor" in page
    assert ELSEWHERE in page


def test_an_information_manager_is_told_on_their_first_page_until_they_look(cast: Cast, signed_in: SignIn) -> None:
    """It said that nothing waits while somebody guessed at her colleagues' passwords all night."""
    for number in range(3):
        sign_in(cast["amara"], f"guess {number}", source=ELSEWHERE)
    sign_in(cast["ben"], "guess", source=ELSEWHERE)
    client, told = signed_in(cast["jo"]), "Unusual access since you last looked at it"
    page = " ".join(client.get("/").content.decode().split())
    assert told in page
    assert 'href="/access-log/?nature=unusual">A sign-in failed</a>: 3' in page
    client.get("/access-log/")
    assert told in client.get("/").content.decode(), "the whole log shows what is newest, and not that"
    client.get("/access-log/?nature=unusual")
    assert told not in client.get("/").content.decode()
    assert told not in signed_in(cast["carol"]).get("/").content.decode()


def test_an_address_without_an_account_is_not_kept(cast: Cast) -> None:
    """People type their password into the wrong box."""
    sign_in("my secret pass phrase", "x")
    sign_in("nobody@avonford.example", "x")
    for event in Event.objects.filter(kind="account.sign_in_failed"):
        assert (event.subjects, event.organisation_id, event.detail) == ([], None, {})


def test_the_owner_is_told_once(cast: Cast) -> None:
    """Only she knows that it was not she."""
    sign_in(cast["amara"])
    for number in range(3):
        sign_in(cast["amara"], f"guess {number}", source=ELSEWHERE)
    browser = Client()
    sign_in(cast["amara"], client=browser)
    page = browser.get("/", follow=True).content.decode()
    assert "3 times since you last signed in, somebody failed to sign in to your account, from 198.51.100.77" in page
    assert "somebody failed" not in browser.get("/", follow=True).content.decode()
    again = Client()
    sign_in(cast["amara"], client=again)
    assert "somebody failed" not in again.get("/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("failures", "other", "minutes", "is_told"),
    [(2, False, 1, False), (4, False, 1, True), (2, True, 1, True), (2, False, 20, True)],
)
def test_a_slip_of_ones_own_fingers_alarms_nobody(
    failures: int, other: bool, minutes: int, is_told: bool, cast: Cast, frozen: datetime
) -> None:
    """Told of each as of a stranger, she does not look when it is one. Many, or another browser's, are no slip."""
    browser = Client()
    browser.get(PAGE)
    sign_in(cast["amara"])
    for number in range(failures):
        sign_in(cast["amara"], f"slip {number}", client=None if other else browser)
    with clock.set_to(NOW + timedelta(minutes=minutes)):
        assert is_in(sign_in(cast["amara"], client=browser))
        page = browser.get("/", follow=True).content.decode()
    assert ("somebody failed to sign in" in page) is is_told
    kept = Event.objects.filter(kind="account.sign_in_failed")
    assert len(kept) == failures, "the log holds it either way"


def test_the_log_tells_sessions_apart_and_gives_none_away(cast: Cast) -> None:
    """What was done in one sitting can be told together; the key itself would let a reader of the log take it over."""
    browser = Client()
    sign_in(cast["amara"], client=browser)
    browser.get("/cases/", REMOTE_ADDR=HERE)
    key = browser.session.session_key
    events = Event.objects.filter(actor_id=cast["amara"].pk)
    assert len({event.session for event in events}) == 1
    assert all(len(event.session) == 32 and event.session not in str(key) for event in events)
    assert {event.source for event in events} == {HERE}


@pytest.mark.parametrize(
    ("proxies", "nearest", "told", "expected"),
    [
        ("", "10.0.0.4", "203.0.113.9", "10.0.0.4"),
        ("10.0.0.4", "10.0.0.4", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.4", "10.0.0.4", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.0/24", "10.0.0.4", "203.0.113.9, 10.0.0.5", "203.0.113.9"),
        ("10.0.0.4", "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("10.0.0.4", "10.0.0.4", "", "10.0.0.4"),
        ("10.0.0.4", "10.0.0.4", "not an address", "10.0.0.4"),
        ("10.0.0.4", "10.0.0.4", "fe80::1%zone", "10.0.0.4"),
        ("2001:db8::/32", "2001:db8::1", "2001:db9::7", "2001:db9::7"),
    ],
)
def test_only_a_named_proxy_says_where_a_request_comes_from(
    proxies: str, nearest: str, told: str, expected: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody can send X-Forwarded-For: a guesser would be from a new address with each guess."""
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    settings.TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
    request = RequestFactory().get("/", REMOTE_ADDR=nearest, HTTP_X_FORWARDED_FOR=told)
    assert source_of(request) == expected


def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name where an address is meant would leave every officer at one address, and nobody would know."""
    monkeypatch.setenv("TRUSTED_PROXIES", "proxy.example")
    with pytest.raises(ImproperlyConfigured, match=r"write it as 10\.0\.0\.4"):
        environment.networks("TRUSTED_PROXIES")
