"""Every route of the service, found from the URLconf: a new one is in this sweep before anyone thinks of it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from diversion import access
from diversion.accounts.models import User
from referrals.actions import partner
from referrals.actions.deciding import Support
from tests.conftest import Cast
from tests.factories.cases import crime, decision, record, refer
from tests.factories.ground import adopt_scheme
from tests.factories.youth import child_with_knife, serve

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

    @property
    def rule(self) -> access.Rule | None:
        return access.rule_for(self.view, self.name)

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs={name: NOTHING.get(name, 0) for name in self.arguments})


def routes(resolver: URLResolver | None = None) -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry)
        elif isinstance(entry, URLPattern):
            yield Route(entry.name or "", entry.callback, tuple(entry.pattern.converters) or _groups(entry))


def _groups(entry: URLPattern) -> tuple[str, ...]:
    regex = getattr(entry.pattern, "regex", None)
    return tuple(regex.groupindex) if regex is not None else ()


ROUTES = sorted(set(routes()), key=lambda route: route.name)
CLOSED = [route for route in ROUTES if route.rule and not route.rule.public and not route.rule.closed]
SHUT = [route for route in ROUTES if route.rule and route.rule.closed]
PERMITTED = [route for route in CLOSED if route.rule and route.rule.permissions]


def named(route: Route) -> str:
    return route.name


def test_the_sweep_finds_the_routes() -> None:
    """A sweep over nothing would pass for ever."""
    assert {"home", "record_decision", "caseload", "dashboard", "account_login"} <= {route.name for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_route_has_a_name_and_a_rule(route: Route) -> None:
    """A page without a rule would be for everybody."""
    assert route.name
    assert route.rule is not None


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", CLOSED, ids=named)
def test_a_visitor_gets_nowhere(route: Route, method: str, client: Client, db: None) -> None:
    """Anybody on the network could read a record."""
    response = getattr(client, method)(route.path)
    assert response.status_code == 302, route.path
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", SHUT, ids=named)
def test_nobody_changes_the_address_they_sign_in_by(
    route: Route, method: str, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    """An officer could take the address of a colleague to come, or sign in by one that nobody gave them."""
    assert getattr(signed_in(cast["amara"]), method)(route.path).status_code == 404, route.path


def test_the_address_pages_are_among_the_shut_ones() -> None:
    """A sweep over nothing would pass for ever."""
    assert "account_email" in {route.name for route in SHUT}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", PERMITTED, ids=named)
def test_the_stranger_is_forbidden(route: Route, method: str, cast: Cast, signed_in: Callable[[User], Client]) -> None:
    """An account without a role must open nothing: roles, and nothing else, give access."""
    response = getattr(signed_in(cast["lena"]), method)(route.path)
    assert response.status_code == 403, route.path


#: Whoever is given a list of people, or of what was made of them.
LISTS = [route for route in CLOSED if not route.arguments and route.rule and route.rule.people]


def test_whatever_a_list_leads_to_opens(cast: Cast, signed_in: Callable[[User], Client], frozen: None) -> None:
    """A link to what its reader may not open tells that somebody is on record, and sends them to a wall."""
    serve(cast)
    scheme = adopt_scheme("pathfinder", cast, provider="hugh").versions.latest("valid_from")
    sent, held = refer(cast["amara"], scheme), child_with_knife(cast["amara"])
    partner.accept(referral=sent, navigator=cast["george"], version=sent.version, by=cast["hugh"])
    record(cast["amara"], decision=decision(disposal="simple_caution"), support=Support())
    record(cast["callum"], crimes=[crime(victim_kind="person", victim_name="Vera Victim")])
    led: dict[str, set[str]] = {}
    for who, user in cast.items():
        client = signed_in(user)
        for route in LISTS:
            shown = client.get(route.path)
            led[who] = led.get(who, set()) | (records_in(shown.content.decode()) if shown.status_code == 200 else set())
        wrong = {address for address in led[who] if client.get(address).status_code not in (200, 302)}
        assert not wrong, who
    for who, reference in (("amara", held.reference), ("hugh", sent.reference), ("george", sent.reference)):
        assert any(reference in address for address in led[who]), who


def records_in(page: str) -> set[str]:
    """The addresses on a page that name a record."""
    return {
        address for address in re.findall(r'href="(/[^"?#]+)', page) if re.search(r"/[A-Z]{2}-[0-9A-Z]{4}-", address)
    }
