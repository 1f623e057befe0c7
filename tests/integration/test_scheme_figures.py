"""The schemes of a force beside each other: within what chance gives for their size, or outside it."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from diversion.accounts.models import User
from diversion.audit.models import Event
from tests.conftest import Cast
from tests.factories.facts import live

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("frozen")
YEAR = {"start": "2026-01-01", "end": "2026-06-30"}
DUE: dict[str, Any] = {"referred_on": date(2026, 1, 5), "due_by": date(2026, 5, 1), "happened_on": date(2026, 1, 4)}


def scheme(cast: Cast, name: str, came: int, stayed_away: int) -> None:
    """Everybody who came completed."""
    force = cast["ian"].organisation
    live(force, came, scheme=name, **DUE, started_on=date(2026, 1, 9), result="completed")
    live(force, stayed_away, scheme=name, **DUE, result="breached")


def page(client: Client) -> str:
    response = client.get("/monitoring/schemes", YEAR)
    assert response.status_code == 200
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S).split())


def test_a_scheme_that_stands_out_is_told_from_one_that_is_small(cast: Cast, signed_in: SignIn) -> None:
    """A commissioner who ends the scheme at the foot of a list ends the smallest, and keeps the one that fails."""
    for name, came, away in (("Apple", 80, 20), ("Birch", 60, 60), ("Cedar", 6, 6), ("Dill", 2, 1)):
        scheme(cast, name, came, away)
    client = signed_in(cast["ian"])
    text = page(client)
    assert "Over the limits: Apple. Under the limits: Birch." in text
    assert "Apple 100 80.0% 71.1% to 86.7%" in text
    assert re.search(r"Cedar 12 50\.0% 25\.4% to 74\.6% [^A-Z]* within chance", text)
    assert "Outside the band: 2 of 3." in text
    assert "Fewer than 10 people, so not shown: Dill." in text
    assert "Shares are drawn towards the whole only where 10 or more are compared." in text
    assert "Drawn towards the whole, 95% interval" not in text
    assert Event.objects.filter(kind="monitoring.schemes_viewed", actor_id=cast["ian"].pk).count() == 1
    assert client.get("/monitoring/schemes", {"start": "2026-06-30", "end": "2026-01-01"}).status_code == 422
    assert signed_in(cast["elin"]).get("/monitoring/schemes").status_code == 403


def test_ten_schemes_are_drawn_towards_the_whole_beside_their_own_shares(cast: Cast, signed_in: SignIn) -> None:
    """The best of many small schemes is the luckiest: what is worth believing of it is less than its share."""
    for number in range(10):
        scheme(cast, f"Scheme {number}", 2 + 2 * number, 20 - 2 * number)
    text = page(signed_in(cast["ian"]))
    assert "Drawn towards the whole, 95% interval" in text
    (drawn,) = set(re.findall(r"Scheme 9 22 90\.9% .*? over the 99\.8% limits (\d\d\.\d)% ", text))
    assert 50.0 < float(drawn) < 90.9


def test_two_schemes_make_no_plot_and_none_says_so(cast: Cast, signed_in: SignIn) -> None:
    """Of two, each is half of the whole that it would be held against."""
    client = signed_in(cast["ian"])
    assert "Nobody was offered a scheme in this time." in page(client)
    scheme(cast, "Apple", 80, 20)
    scheme(cast, "Birch", 60, 60)
    assert "too few to set beside each other in a plot" in page(client)
