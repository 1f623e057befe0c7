"""How many statements a page costs, whatever it lists: each is a wait, and one for each row has no end."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from diversion.accounts.models import User
from tests.conftest import Cast

SignIn = Callable[[User], Client]


def statements(client: Client, address: str) -> list[str]:
    """Without those that begin and end the request's own transaction, which is a savepoint in a test."""
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200, address
    first, *found, last = [query["sql"] for query in asked.captured_queries]
    assert first.startswith("SAVEPOINT")
    assert last.startswith("RELEASE")
    return found


@pytest.mark.parametrize("who", ["amara", "elin", "george", "jo"])
def test_an_empty_page_asks_for_the_session_and_the_user_and_says_who_it_is_for(
    cast: Cast, signed_in: SignIn, who: str
) -> None:
    """Every page of every user pays for what an empty one asks."""
    assert len(statements(signed_in(cast[who]), "/accounts/logout/")) <= 3
