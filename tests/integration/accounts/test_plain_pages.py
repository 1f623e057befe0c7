"""Pages that say what this service is, and what to do without a role."""

from collections.abc import Callable

import pytest
from django.test import Client

from diversion.accounts.models import User
from tests.conftest import Cast


@pytest.mark.parametrize("address", ["/accessibility", "/privacy"])
def test_anybody_may_read_the_statements(address: str, client: Client, db: None) -> None:
    """Somebody who cannot get in must still learn whom to ask, and what is held."""
    assert client.get(address).status_code == 200


def test_a_user_without_a_role_is_told_what_to_do(cast: Cast, signed_in: Callable[[User], Client]) -> None:
    """A bare refusal would send them to the help desk, which cannot help."""
    page = signed_in(cast["lena"]).get("/").content.decode()
    assert "Ask the administrator of your organisation" in page
