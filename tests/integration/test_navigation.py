"""The links at the head of every page: each leads somewhere, and nobody lacks one that they may follow."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from diversion.context import navigation_for
from diversion.demonstration.cast import CAST
from tests.conftest import Cast


class Everybody:
    """Somebody who may do everything: what they see is all there is."""

    is_police = True

    def can(self, *permissions: str) -> bool:
        return True


EVERY = [name for _words, name in navigation_for(Everybody())]


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("who", [member.key for member in CAST])
def test_a_link_is_shown_to_whoever_may_follow_it_and_to_nobody_else(
    who: str, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    """Partners could read releases and were never led to them; a link that answers "not for you" is a dead end."""
    client, user = signed_in(cast[who]), cast[who]
    shown = {name for _words, name in navigation_for(user)}
    ways = EVERY if shown else [name for name in EVERY if name != "home"]  # which says that there is nothing to do
    assert {name for name in ways if client.get(reverse(name)).status_code == 200} == shown


@pytest.mark.parametrize(("who", "first"), [("george", "caseload"), ("yusuf", "youth_inbox")])
def test_workers_and_youth_justice_start_at_the_list_that_is_their_work(
    who: str, first: str, cast: Cast, signed_in: Callable[[User], Client]
) -> None:
    """Their board says by itself what waits: a page before it would be one more click for nothing."""
    assert signed_in(cast[who]).get("/")["Location"] == reverse(first)
