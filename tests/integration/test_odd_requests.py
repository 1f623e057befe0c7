"""Requests that no browser of an officer sends: each is refused in a sentence, and nothing of it stands in a log."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings as live
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.embedded.postgres_server import SETTINGS
from diversion.middleware import WITHOUT_DATABASE
from diversion.wsgi import application
from tests.conftest import NOW, Cast
from tests.factories.cases import person, record
from tests.factories.decisions import posted

SignIn = Callable[[User], Client]
MARK = "Xiomara-Planted"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], str]]:
    """What every logger has written so far."""
    with caplog.at_level(logging.DEBUG):
        yield lambda: caplog.text


@pytest.fixture
def served() -> Iterator[None]:
    """A request to the application itself, as Django's own client makes one: it keeps the connection of other tests."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("charset", ["hex", "rot13", "base64", "zip", "utf-16", "no-such", "\x00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_charset_that_is_no_writing_is_refused(
    charset: str, method: str, logged: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    """The attack that worked: 500, and the query with its names in the server's log."""
    environ: dict[str, Any] = {"CONTENT_TYPE": f"text/plain; charset={charset}", "QUERY_STRING": f"q={MARK}"}
    environ |= {"PATH_INFO": "/cases/", "REQUEST_METHOD": method, "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    answers: list[str] = []
    answer = application(environ, lambda status, headers, *_: answers.append(status))
    assert answers == ["400 Bad Request"]
    assert b"".join(answer)
    assert MARK not in logged() + "".join(capfd.readouterr())


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8"])
def test_what_browsers_send_is_read(charset: str, cast: Cast, signed_in: SignIn) -> None:
    """A rule too many would shut officers out."""
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert signed_in(cast["amara"]).post("/cases/", "q=Price", content_type=kind).status_code == 302


@pytest.mark.parametrize("cookie", ['sessionid="a\\000b"', 'csrftoken="\\000"', 'other="\\000"'])
def test_a_nul_in_a_cookie_is_refused(cookie: str, cast: Cast, logged: Callable[[], str]) -> None:
    """The attack that worked: the database refuses a NUL, and the answer was 500."""
    answer = Client().get(f"/cases/?q={MARK}", headers={"cookie": cookie})
    assert answer.status_code == 400
    assert MARK not in logged()


@pytest.mark.parametrize("address", ["/cases/?q=%00", "/cases/%00/", "/cases/?%00=x"])
def test_a_nul_in_an_address_is_refused(address: str, cast: Cast, signed_in: SignIn) -> None:
    """The same by another way in."""
    assert signed_in(cast["amara"]).get(address).status_code in (400, 404)


@pytest.mark.parametrize("number", ["9223372036854775807", "9223372036854775808", "9" * 60])
def test_a_number_that_no_column_holds_is_no_record(number: str, cast: Cast, signed_in: SignIn) -> None:
    """The database refuses it, and the answer would be 500."""
    for who, address in (
        ("kit", f"/users/{number}/"),
        ("amara", f"/cases/?page={number}"),
        ("amara", f"/changes/{number}/"),
    ):
        assert signed_in(cast[who]).get(address).status_code in (200, 403, 404)
    answer = signed_in(cast["amara"]).get("/decisions/new", {"person": number})
    assert answer.status_code in (200, 404)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"])
def test_methods_that_no_page_has_are_refused(method: str, cast: Cast, signed_in: SignIn) -> None:
    """TRACE answered 200: it sends cookies back to whoever can make a browser send it."""
    for address in ("/cases/", *WITHOUT_DATABASE):
        answer = signed_in(cast["amara"]).generic(method, address)
        assert answer.status_code == 405, address
        assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("address", "field", "who"),
    [
        ("/cases/", "q", "amara"),
        ("/record/", "q", "amara"),
        ("/inbox/", "q", "hugh"),
        ("/asking/", "q", "hugh"),
        ("/caseload/", "q", "hugh"),
        ("/users/", "text", "kit"),
        ("/offences/", "text", "elin"),
        ("/access-log/", "name", "jo"),
    ],
)
def test_fifteen_hundred_words_are_answered_at_once(
    address: str, field: str, who: str, cast: Cast, signed_in: SignIn, logged: Callable[[], str]
) -> None:
    """Over twenty seconds of a worker's time for one request: a few would stop the service."""
    record(cast["amara"])
    words = " ".join(f"{MARK}{number}" for number in range(1500))
    client = signed_in(cast[who])
    for answer in (
        lambda: client.get(address, {field: words}),
        lambda: client.post(address, {field: words}),
        lambda: client.post(address, {field: "a b," * 25}, follow=True),  # as long as the box takes
        lambda: client.post(address, {field: "a b c,d e,f g,h i,j k"[:20]}, follow=True),  # as many as are looked for
    ):
        begun = time.monotonic()
        assert answer().status_code in (200, 302, 404, 405, 422)
        assert time.monotonic() - begun < 5
    assert MARK not in logged()


@pytest.mark.parametrize("name", ["a b," * 37, "a " * 75])
def test_a_name_box_of_many_words_is_answered_at_once(name: str, cast: Cast, signed_in: SignIn) -> None:
    """Who may be meant is looked for while a name is typed: this one held a process of the service for good."""
    record(cast["amara"], person=person(given_names="a b", family_name="a"))
    begun = time.monotonic()
    typed = posted(given_names=name[:150], family_name="a", date_of_birth="1 1 2001", show="1")
    assert signed_in(cast["amara"]).post(reverse("record_decision"), typed).status_code in (200, 422)
    assert time.monotonic() - begun < 5


def test_a_probe_leaves_an_entry(cast: Cast, signed_in: SignIn) -> None:
    """Whoever tries the references of another force must be seen to."""
    case = record(cast["amara"])
    assert signed_in(cast["ben"]).get(reverse("case_page", args=[case.reference])).status_code == 404
    event = Event.objects.get(kind="access.not_found")
    assert (event.actor_id, event.detail["sought"]) == (cast["ben"].pk, [case.reference])
    assert signed_in(cast["ben"]).get("/a-page-that-never-was").status_code == 404
    assert Event.objects.filter(kind="access.not_found").latest("pk") == event


def test_an_entry_of_a_probe_repeats_no_name(cast: Cast, signed_in: SignIn) -> None:
    """The log is kept for years, and an address may hold anything."""
    signed_in(cast["elin"]).get(reverse("scheme_page", args=[MARK.lower()]))
    assert not any(MARK.lower() in str(event.detail) for event in Event.objects.all())


def test_a_choice_that_no_page_offers_leaves_an_entry(cast: Cast, signed_in: SignIn) -> None:
    """Whoever tries other numbers in a form looks for what is not theirs; a mistyped day is a mistake."""
    client, days = signed_in(cast["amara"]), {"from_on": "10 6 2026", "until_on": "31 6 2026"}
    own, elsewhere = cast["callum"].pk, cast["ben"].pk
    assert client.post("/away/", {"user": cast["amara"].pk, "cover": own} | days).status_code == 422
    assert not Event.objects.filter(kind="access.not_offered").exists()
    assert client.post("/away/", {"user": cast["amara"].pk, "cover": elsewhere} | days).status_code == 422
    event = Event.objects.get(kind="access.not_offered")
    assert (event.actor_id, event.detail) == (cast["amara"].pk, {"route": "/away/", "fields": ["cover"]})
    page = signed_in(cast["jo"]).get("/access-log/", {"nature": "unusual"}).content.decode()
    assert "A choice that the page does not offer was sent" in page


@pytest.mark.parametrize("address", ["/privacy", "/accounts/login/", "/static/app.js", "/no-such-page"])
def test_every_answer_says_what_a_browser_may_do(address: str, client: Client, db: None) -> None:
    """A file that is opened by itself is a page like any other."""
    answer = client.get(address)
    assert "base-uri 'none'" in answer["Content-Security-Policy"]
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_signing_out_has_the_browser_forget(cast: Cast, signed_in: SignIn) -> None:
    """The next officer at a shared computer must find nothing of the last."""
    answer = signed_in(cast["amara"]).post("/accounts/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in signed_in(cast["amara"]).get("/cases/")


def test_a_session_ends_after_a_shift_however_busy(cast: Cast, settings: Any, monkeypatch: Any) -> None:
    """A session that was taken over could be kept up for ever by a request a minute."""
    settings.SESSION_MOST_HOURS = 12
    moment = {"now": NOW}
    monkeypatch.setattr("django.contrib.sessions.backends.base.timezone.now", lambda: moment["now"])
    monkeypatch.setattr(clock, "now", lambda: moment["now"])
    client = Client()
    client.force_login(cast["amara"])
    step = timedelta(seconds=live.SESSION_COOKIE_AGE / 2)
    while moment["now"] + step < NOW + timedelta(hours=live.SESSION_MOST_HOURS):
        moment["now"] += step
        assert client.get("/cases/").status_code == 200
    moment["now"] += step + timedelta(seconds=1)
    assert client.get("/cases/").status_code == 302
    assert Event.objects.get(kind="account.session_ended").actor_id == cast["amara"].pk


def test_the_database_logs_no_values() -> None:
    """A statement that fails would stand in PostgreSQL's log with the names in it."""
    expected = {
        "log_min_error_statement": "panic",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
    }
    assert expected.items() <= SETTINGS.items()
