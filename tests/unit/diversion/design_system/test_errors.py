from unittest.mock import patch

import pytest
from allauth.core.internal.ratelimit import respond_429
from django.conf import settings
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils.module_loading import import_string
from psycopg2.errors import DiskFull

from diversion.design_system import errors
from tests.unit.diversion.design_system.page import dangling_references, elements

PAGES = [
    (errors.bad_request, 400),
    (errors.permission_denied, 403),
    (errors.page_not_found, 404),
    (errors.too_many_requests, 429),
    (errors.too_many_pages, 429),
    (errors.server_error, 500),
    (errors.csrf_failure, 403),
]


@pytest.mark.parametrize(("view", "status"), PAGES)
def test_an_error_page_needs_no_database_no_session_and_no_user(view: object, status: int) -> None:
    """When the database is what failed, the page that says so must still come. (No mark here: a query would fail.)"""
    request = RequestFactory().get("/anything")
    response = view(request)  # type: ignore[operator]
    html = response.content.decode()
    assert response.status_code == status
    assert len(elements(html, "h1")) == 1
    assert dangling_references(html) == set()
    assert "navigation" not in html.split("<main")[0].lower()


@pytest.mark.parametrize(("view", "status"), PAGES)
def test_an_error_page_says_nothing_of_the_request(view: object, status: int) -> None:
    """An address may hold a name or a reference; and an echo is a way in for markup."""
    html = view(RequestFactory().get("/cases/DIV-SECRET/?q=<script>")).content.decode()  # type: ignore[operator]
    assert "SECRET" not in html
    assert "?q=" not in html


@pytest.mark.parametrize(
    ("status", "view"),
    [
        (400, errors.bad_request),
        (403, errors.permission_denied),
        (404, errors.page_not_found),
        (500, errors.server_error),
    ],
)
def test_django_shows_these_pages(status: int, view: object) -> None:
    """Django's own handlers ask the session who is signed in, and know no nonce."""
    assert get_resolver().resolve_error_handler(status) is view


def test_django_shows_our_page_for_a_stale_form() -> None:
    """Its own speaks of cookies and referrers to people who only took a long lunch."""
    assert import_string(settings.CSRF_FAILURE_VIEW) is errors.csrf_failure


def test_scripts_of_an_error_page_carry_the_nonce() -> None:
    """Without it the policy blocks them, and the menu and the skip link are poorer."""
    request = RequestFactory().get("/")
    request.csp_nonce = "abc123"  # type: ignore[attr-defined]
    inline = [
        attrs for attrs in elements(errors.server_error(request).content.decode(), "script") if "src" not in attrs
    ]
    assert [attrs["nonce"] for attrs in inline] == ["abc123", "abc123"]


def test_who_tries_too_often_reads_our_page(rf: RequestFactory) -> None:
    """allauth's own page goes through the context processors, and asks a database that may be what is overrun."""
    request = rf.get("/accounts/login/")
    with patch.object(errors, "error_page", wraps=errors.error_page) as ours:
        assert respond_429(request).status_code == 429
    assert ours.call_count == 1


TYPED = {"submission": "0b0f", "crimes-0-number": 'AV/1/26" <b>', "bars": ["one", "two"]}


def test_what_was_typed_stands_on_the_page_of_our_own_fault(rf: RequestFactory) -> None:
    """Gone back, the crime number was empty and the page had another number: sent again it was another decision."""
    response = errors.server_error(rf.post("/decisions/record/?crime=AV/1/26", TYPED))
    html = response.content.decode()
    fields = [(one["name"], one["value"]) for one in elements(html, "input")]
    assert fields == [("submission", "0b0f"), ("crimes-0-number", 'AV/1/26" <b>'), ("bars", "one"), ("bars", "two")]
    assert elements(html, "form") == [{"method": "post", "action": ""}]
    assert "<b>" not in html
    assert response.headers["Cache-Control"] == "no-store"
    assert "<form" not in errors.server_error(rf.get("/", TYPED)).content.decode()
    assert "<form" not in errors.page_not_found(rf.post("/", TYPED)).content.decode()


@pytest.mark.parametrize(("path", "name"), [("/accounts/2fa/", "code"), ("/elsewhere/", "password1")])
def test_no_secret_stands_on_it(path: str, name: str, rf: RequestFactory) -> None:
    """A password would lie in the page for whoever comes to the computer next."""
    assert "hush" not in errors.server_error(rf.post(path, {name: "hush", "other": "hush"})).content.decode()


def test_a_full_disk_is_told_in_a_sentence(rf: RequestFactory) -> None:
    """Nobody who reads "try again in a few minutes" goes and makes room."""
    try:
        try:
            raise DiskFull("could not extend file")
        except DiskFull as cause:
            raise OperationalError("could not extend file") from cause
    except OperationalError:
        html = errors.server_error(rf.post("/", TYPED)).content.decode()
    assert "The disk on which records are kept is full" in html
    assert "Send it again" in html
