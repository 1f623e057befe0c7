"""Every route of the service, found from the URLconf. Who may open each is in tests/integration/matrix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from diversion import access
from diversion.accounts.models import Role, User
from tests.conftest import Cast
from tests.factories.ground import hold

# An argument of each kind that names nothing: who may not enter must be refused before anything is looked up.
NOTHING = {
    "reference": "DV-0000-0000",
    "slug": "nothing",
    "key": "nothing",
    "uidb36": "0",
    "kind": "csv",
    "submission": "00000000-0000-4000-8000-000000000000",
}


@dataclass(frozen=True)
class Route:
    name: str
    view: Callable[..., Any]
    arguments: tuple[str, ...]
    pattern: str

    @property
    def rule(self) -> access.Rule | None:
        return access.rule_for(self.view, self.name)

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs={name: NOTHING.get(name, 0) for name in self.arguments})


def routes(resolver: URLResolver | None = None, under: str = "") -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = f"{under}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, pattern)
        elif isinstance(entry, URLPattern):
            arguments = tuple(entry.pattern.converters) or _groups(entry)
            yield Route(entry.name or "", entry.callback, arguments, pattern)


def _groups(entry: URLPattern) -> tuple[str, ...]:
    regex = getattr(entry.pattern, "regex", None)
    return tuple(regex.groupindex) if regex is not None else ()


ROUTES = sorted(set(routes()), key=lambda route: route.name)


def test_the_sweep_finds_the_routes() -> None:
    """A sweep over nothing would pass for ever."""
    assert {"home", "record_decision", "caseload", "dashboard", "account_login"} <= {route.name for route in ROUTES}


def test_every_route_has_a_name_and_a_rule() -> None:
    """A page without a rule would be for everybody."""
    assert [route for route in ROUTES if not route.name or route.rule is None] == []


def test_roles_given_and_taken_count_from_the_next_request(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    """Whoever was moved to other work would go on reading cases until they sign in again."""
    client, log, cases = signed_in(cast["callum"]), reverse("access_log"), reverse("case_list")
    assert [client.get(one).status_code for one in (log, cases)] == [403, 200]
    hold(cast["callum"], Role.objects.get(slug="information-manager"))
    assert [client.get(one).status_code for one in (log, cases)] == [200, 403]
    hold(cast["callum"])
    assert [client.get(one).status_code for one in (log, cases)] == [403, 403]
