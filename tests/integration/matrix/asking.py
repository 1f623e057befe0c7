"""What the matrix asks: every route of the URLconf, by every way it is sent, of every record of the world that fits."""

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urljoin
from zlib import crc32

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from diversion import clock
from diversion.accounts.backend import Backend
from diversion.accounts.models import User
from diversion.design_system import errors
from diversion.requests import LAST_USE, PROVED
from tests.integration.matrix.world import Thing, World
from tests.integration.test_every_url import NOTHING, ROUTES, Route

#: What stands in a cell. A number of HTTP is one of these, and nothing else is answered.
OPENS, LEADS_ON, SIGN_IN, FORBIDDEN, NOT_FOUND, SAYS_WHY, OTHER_WAY = "YES", "on", "in", "no", "·", "why", "-"
CODES = {
    OPENS: "opens: the page, or the file, is shown (200)",
    LEADS_ON: "leads on to another page; after POST: it was done (302)",
    SIGN_IN: "asks to sign in (302 to the sign-in page)",
    FORBIDDEN: "forbidden: a colleague without the right is told so (403)",
    NOT_FOUND: "not found: nothing tells that there is such a record (404)",
    SAYS_WHY: "says in words why not: what was sent, or how the record stands (400, 409, 422, 429)",
    OTHER_WAY: "is not sent in this way (405)",
}
STATUS = {200: OPENS, 302: LEADS_ON, 303: LEADS_ON, 403: FORBIDDEN, 404: NOT_FOUND, 405: OTHER_WAY}
STATUS |= dict.fromkeys((400, 409, 422, 429), SAYS_WHY)
REFUSALS = frozenset({SIGN_IN, FORBIDDEN, NOT_FOUND})

VISITOR = "visitor"
THE_PAGE, MIXED, MADE_UP = "the page", "one’s own, with a part of another", "made up"
#: Parts that are no rows: places in a list and words of the service, the same under every record.
WORDS = frozenset({"place", "files", "needs", "criteria", "name", "parts", "join", "how", "check"})
GET, POST = "GET", "POST"
FORM = "application/x-www-form-urlencoded"
HEADLINE = "?figure=offered_of_considered%3Aof"
#: What a page must be asked for besides its record, or it shows nothing.
QUERIES = {"monthly_return": "?month=2026-05", "figure_cases": HEADLINE, "team_cases": HEADLINE}
#: A record of which page is found by a token in the address: only a made-up one is asked for.
BY_TOKEN = frozenset({"account_confirm_email", "account_reset_password_from_key", "person_check_in", "person_stop"})


@dataclass(frozen=True)
class Row:
    """One page of one record, in one way: a line of the file. ``of`` None: a page that is no record's."""

    route: Route
    method: str
    name: str
    address: str
    of: frozenset[str] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.path, self.method, self.name

    @property
    def path(self) -> str:
        return shown(self.route.pattern)


def shown(pattern: str) -> str:
    """An address as it is read: "/cases/<reference>/explain"."""
    plain = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern)  # the sign-in's own routes are regular expressions
    return "/" + re.sub(r"<\w+:", "<", plain).replace("^", "").rstrip("$")


def kind_of(route: Route) -> str:
    """The beginning of an address, up to what names the record."""
    return route.pattern.partition("<")[0]


def words_of(route: Route) -> dict[str, str]:
    """Each argument of a route -> the word before it, or its own name where none is; "" for the record itself."""
    found, last = {}, ""
    for piece in re.split(r"(<[^>]+>)", route.pattern):
        if piece.startswith("<"):
            name = piece.strip("<>").rpartition(":")[2]
            found[name] = (last or name) if found else ""
            last = ""
        else:
            last = piece.strip("/").rpartition("/")[2]
    return found


def methods_of(route: Route) -> tuple[str, ...]:
    """How a view may be sent, from its own ``require_…``; a view that does not say takes both."""
    view: Any = route.view
    while view is not None:
        named = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        if "request_method_list" in named:
            return tuple(one for one in (GET, POST) if one in named["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return GET, POST


def rows(world: World) -> list[Row]:
    """Every line, in the order of the addresses."""
    found = [
        Row(route, method, name, _address(route, given) + QUERIES.get(route.name, ""), of)
        for route in sorted(ROUTES, key=lambda one: one.pattern)
        for name, of, given in _records(route, world)
        for method in methods_of(route)
    ]
    return sorted(found, key=lambda row: (row.route.pattern, row.method))


def _address(route: Route, given: dict[str, Any]) -> str:
    if route.name in BY_TOKEN:
        return reverse(route.name, kwargs=given)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), route.pattern)


def _records(route: Route, world: World) -> Iterator[tuple[str, frozenset[str] | None, dict[str, Any]]]:
    words = words_of(route)
    if not words or route.name in BY_TOKEN:
        yield THE_PAGE, None, {name: NOTHING.get(name, 0) for name in words or route.arguments}
        return
    kept = world.things.get(kind_of(route), [])
    things = [one for one in kept if all(word in one.parts for word in words.values())]
    assert things, f"The world has no record for {shown(route.pattern)}: add one in tests/integration/matrix/world.py."
    for thing in things:
        yield thing.name, thing.of, {name: thing.parts[word] for name, word in words.items()}
    if mixed := _mixed(words, things):
        yield MIXED, frozenset(), mixed
    yield MADE_UP, frozenset(), {name: NOTHING.get(name, 0) for name in words}


def _mixed(words: dict[str, str], things: list[Thing]) -> dict[str, Any]:
    """The first record's own name, with what hangs on another one; empty where nothing hangs on it."""
    rows_ = [word for word in words.values() if word and word not in WORDS]
    others = [one for one in things[1:] if one.of != things[0].of] or things[1:]
    if not rows_ or not others:
        return {}
    mixed = others[-1].parts | {"": things[0].parts[""]}
    return {name: mixed[word] for name, word in words.items()}


class Asker(Client):
    """A client that keeps nothing of an answer but the answer: copies of every context would cost a tenth of the time.

    Whose session it is, is asked in the database with each request; what its user may do is the same throughout.
    """

    def request(self, **request: Any) -> Any:
        answer = self.handler(self._base_environ(**request))
        assert is_sound(answer), f"{request['PATH_INFO']}: {dict(answer.headers)}"
        return answer


def is_sound(answer: Any) -> bool:
    """Whether a browser is told what an answer is: a page, a few words of JSON, or a file to be kept and not shown."""
    kind, disposition = answer.get("Content-Type", ""), answer.get("Content-Disposition", "")
    if not answer.content:
        return True
    if kind.startswith("text/") and "charset=utf-8" not in kind:
        return False
    is_file = re.fullmatch(r'attachment; filename="[\w.-]+"', disposition) is not None
    return kind.startswith(("text/html", "text/plain", "application/json")) or is_file


class Asking:
    """Sends requests as each member, and leaves the world as it was."""

    def __init__(self, world: World) -> None:
        self.clients = {VISITOR: Asker(raise_request_exception=False)}
        self.clients |= {key: _signed_in(user) for key, user in world.cast.items()}

    def get(self, who: str, address: str) -> Any:
        return self._taken_back(who, GET, address)

    def post(self, who: str, address: str, body: str) -> Any:
        return self._taken_back(who, POST, address, body)

    def search(self, who: str, address: str, body: str) -> Any:
        """What is shown once something was typed to find somebody: the page to which the answer leads."""
        with transaction.atomic():
            client = self.clients[who]
            answer = client.generic(POST, address, body, content_type=FORM)
            if answer.status_code == 302:
                answer = client.generic(GET, urljoin(address, answer["Location"]))
            transaction.set_rollback(True)
        return answer

    def send(self, who: str, row: Row) -> Any:
        return self._taken_back(who, row.method, row.address)

    def _taken_back(self, who: str, method: str, address: str, body: str = "") -> Any:
        """The answer; whatever was written for it is taken back, the session too."""
        with transaction.atomic():
            answer = self.clients[who].generic(method, address, body, content_type=FORM)
            transaction.set_rollback(True)
        return answer


def _signed_in(user: User) -> Asker:
    client = Asker(raise_request_exception=False)
    client.force_login(user)
    session = client.session
    session[LAST_USE] = int(clock.now().timestamp())
    session[PROVED] = "app"  # whoever has a second factor has shown it
    session.save()
    return client


@contextmanager
def quickly() -> Iterator[None]:
    """Look nothing up twice that is the same for every request: who a user is, and the words of a refusal."""
    users: dict[Any, User | None] = {}
    plain, page = Backend.get_user, errors.error_page

    def get_user(backend: Backend, user_id: Any) -> User | None:
        if user_id not in users:
            users[user_id] = plain(backend, user_id)
        return copy(users[user_id])

    @cache
    def rendered(status: int, template: str | None) -> bytes:
        return page(HttpRequest(), status, template).content

    def error_page(request: HttpRequest, status: int, template: str | None = None) -> HttpResponse:
        return HttpResponse(rendered(status, template), status=status)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Backend, "get_user", get_user)
        patch.setattr(errors, "error_page", error_page)
        yield


def refused_in_front(row: Row, user: User | None) -> Any:
    """What decides a cell before a view reads anything of a record or of what was sent; None where the view decides.

    The rule in front of a view (diversion/access.py) refuses by permissions and kind of organisation: each rule is
    tried with each of those, and each route with a visitor and with somebody without a role.
    """
    rule = row.route.rule
    assert rule is not None, f"{row.route.name} has no rule"
    if not rule.public and (rule.closed or user is None):
        return row.route, row.method, user is None
    if user is not None and rule.permissions and not rule.permissions & user.permissions:
        return (rule, user.organisation.kind, user.permissions) if user.permissions else (row.route, row.method)
    return None


def same_as(row: Row, user: User | None) -> Any:
    """What decides a cell, so that it is asked once; None where this record, as it stands, may decide it.

    The rule in front of the view. A public page is the same for everybody who has signed in. To a stranger each page
    is shown of one record of each owner, of another from page to page (`asking_order`), and what does not exist to one
    of each permissions. `make sweep` shows each to all.
    """
    rule = row.route.rule
    if rule and rule.public and not row.path.startswith("/accounts/"):
        return row.key, user is None
    if (refused := refused_in_front(row, user)) is not None or user is None:
        return refused
    if row.name == MADE_UP:
        return row.route, row.method, user.organisation.kind, user.permissions
    if is_stranger(row, user):
        return row.route, row.method, row.of, user.organisation.slug, user.permissions
    return None


def is_stranger(row: Row, user: User) -> bool:
    """Whether a record that there is belongs to other organisations alone."""
    return bool(row.of) and user.organisation.slug not in (row.of or ())


def asking_order(row: Row) -> tuple[str, int]:
    """Page by page, and of each another record first."""
    return row.path, crc32(f"{row.path} {row.name}".encode())


def code_of(answer: Any) -> str:
    """The word for an answer. A status that is none of them is a fault of the page."""
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return SIGN_IN
    return STATUS.get(answer.status_code, str(answer.status_code))
