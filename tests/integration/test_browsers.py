"""What a browser could be made to do with the service: each by trying (OWASP ASVS 5.0, chapters 1, 3, 4 and 6)."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from diversion.accounts.models import User
from diversion.audit.models import Event
from diversion.demonstration.cast import PASSWORD
from tests.conftest import Cast

SignIn = Callable[[User], Client]
LOGIN, CHANGE = "/accounts/login/", "/accounts/password/change/"
EVIL = "https://evil.example"
CODE = ("diversion", "cases", "referrals", "reporting")


@pytest.fixture(autouse=True)
def _no_earlier_failures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def trees() -> Iterator[tuple[str, ast.AST]]:
    """Each module of the service, by path."""
    for folder in CODE:
        for path in sorted((Path(settings.BASE_DIR) / folder).rglob("*.py")):
            yield str(path.relative_to(settings.BASE_DIR)), ast.parse(path.read_text())


@pytest.mark.parametrize(
    "where", [EVIL, "//evil.example/x", "https:evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_leads_to_no_other_site(where: str, cast: Cast) -> None:
    """A link that somebody sends would lead over our own sign-in page to a copy of it."""
    answer = Client().post(LOGIN, {"login": cast["amara"].email, "password": PASSWORD, "next": where})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_no_other_site_reads_an_answer(cast: Cast, signed_in: SignIn) -> None:
    """A page that an officer has open beside ours would read cases in their name."""
    client = signed_in(cast["amara"])
    for address in ("/cases/", LOGIN, "/health", "/nothing", "/static/app.js"):
        answer = client.get(address, headers={"origin": EVIL})
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
    answer.close()  # of the file


def test_what_another_site_sends_is_refused_and_logged(cast: Cast) -> None:
    """A form of theirs would be sent with an officer's cookie."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["amara"])
    assert client.post("/cases/", {"q": "Price"}, headers={"origin": EVIL}).status_code == 403
    assert Event.objects.get(kind="access.denied").actor_id == cast["amara"].pk


def test_an_image_of_ours_says_how_it_is_written(db: None) -> None:
    """A browser that guesses at the charset of markup can be led to read other markup."""
    answer = Client().get("/static/images/favicon.svg")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    answer.close()


@pytest.mark.parametrize("address", ["/static/", "/static/images/", "/static/../settings.py", "/.git/config"])
def test_no_folder_is_listed(address: str, db: None) -> None:
    """What lies beside a file that is served is nobody's business."""
    assert Client().get(address).status_code == 404


def test_passwords_are_typed_unseen_and_by_managers_too(cast: Cast, signed_in: SignIn) -> None:
    """Whoever cannot paste chooses a short one."""
    for client, address in ((Client(), LOGIN), (signed_in(cast["amara"]), CHANGE)):
        page = client.get(address).content.decode()
        boxes = [part.partition(">")[0] for part in page.split("<input")[1:] if "password" in part.partition(">")[0]]
        assert boxes
        assert all('type="password"' in box and 'autocomplete="' in box for box in boxes)
        assert not any('autocomplete="off"' in box or "onpaste" in box or "maxlength" in box for box in boxes)


@pytest.mark.parametrize(
    "password", ["  a pass phrase with spaces around  ", "ÄÖÜ ß 安全な合言葉 🔑🔑🔑🔑", "aBcDe" * 24]
)
def test_a_password_is_taken_as_it_is_typed(password: str, cast: Cast, signed_in: SignIn) -> None:
    """One that is cut or changed is easier to guess than its user thinks."""
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert signed_in(cast["amara"]).post(CHANGE, given).status_code == 302
    user = User.objects.get(pk=cast["amara"].pk)
    assert user.check_password(password)
    assert not any(map(user.check_password, (password.strip() + "x", password[:64] + "x", password.swapcase())))


def test_each_page_can_be_signed_out_from(cast: Cast, signed_in: SignIn) -> None:
    """Whoever has to look for it leaves the screen open."""
    for address in ("/", "/cases/", "/your-account/", CHANGE):
        assert 'action="/accounts/logout/"' in signed_in(cast["amara"]).get(address).content.decode()


def test_nothing_is_asked_of_other_machines_but_by_those_who_deliver_or_report() -> None:
    """Somebody would have the service fetch what lies behind the wall of the force's network."""
    clients = {
        "requests",
        "urllib3",
        "http.client",
        "urllib.request",
        "smtplib",
        "ftplib",
        "socket",
        "httpx",
        "aiohttp",
        "sentry_sdk",
    }
    using = {
        path
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and clients & {getattr(node, "module", None) or "", *(one.name for one in node.names)}
    }
    of_development = ("diversion/embedded/", "diversion/management/commands/run_services.py")
    assert {path for path in using if not path.startswith(of_development)} == {
        "diversion/error_reports.py",
        "diversion/notifications/senders/http.py",
        "diversion/notifications/senders/mail.py",
    }


def test_one_page_takes_a_file_and_no_form_takes_what_it_does_not_name() -> None:
    """What partners attach is looked into (test_attachments.py); any other file would have to be, before anybody opens
    it. A field of a table would be filled from outside."""
    words = {"FileField", "ImageField", "FilePathField", "ModelForm", "modelform_factory", "FileResponse"}
    found = {
        (path, node.attr if isinstance(node, ast.Attribute) else node.id)
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in words
    }
    shown, taken = "diversion/design_system/gallery_samples.py", "referrals/forms/evidence.py"
    assert found == {(shown, "FileField"), (taken, "FileField")}


def test_the_scripts_of_ours_keep_nothing_and_hear_no_other_window() -> None:
    """What lies in a browser's store is there for whoever sits down at it next."""
    scripts = Path(settings.BASE_DIR) / "static" / "src" / "scripts"
    text = "".join(path.read_text() for path in scripts.glob("*.js"))
    for word in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "postMessage", "eval(", "Function("):
        assert word not in text


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: +4",
        "Content-Length : 4",
        "Transfer-Encoding: xchunked",
    ],
)
def test_a_request_of_which_nobody_can_tell_where_it_ends_is_refused(head: str) -> None:
    """Proxy and service would part it in two places, and somebody else's request begin with a stranger's words."""
    sent = f"POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n0\r\n\r\n".encode()
    with pytest.raises(ParseException):
        next(RequestParser(Config(), iter([sent]), ("127.0.0.1", 1)))
