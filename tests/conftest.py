"""What every test may lean on: the cast, who is signed in, and a clock that stands still."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from diversion import clock
from diversion.accounts.models import User
from diversion.celery import app
from diversion.demonstration import cast as cast_module
from diversion.middleware import LAST_USE

# Playwright's own loop runs in the thread of the test, so the ORM believes itself in asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

NOW = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)

Cast = dict[str, User]


@cache
def password_hash() -> str:
    """One hash for the whole cast: hashing a password fourteen times is slow for nothing."""
    return make_password(cast_module.PASSWORD, hasher="md5")


@pytest.fixture(autouse=True, scope="session")
def _own_queue(worker_id: str) -> None:
    """Tests that run side by side, and a service that runs beside them, must not take each other's tasks."""
    app.conf.task_default_queue = f"test-{worker_id}-{os.getpid()}"


@pytest.fixture(autouse=True)
def _quick(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def frozen() -> Iterator[datetime]:
    """The clock stands at half past ten in the morning (BST) of Wednesday 10 June 2026."""
    with clock.set_to(NOW):
        yield NOW


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast of the demonstration, by key: amara the officer, carol the sergeant, lena the stranger…"""
    from tests.factories.ground import assemble

    return assemble(password_hash())


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """``signed_in(user)``: a test client signed in as that user."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        session = client.session  # as the sign-in page leaves it, or the first page would write that it is in use
        session[LAST_USE] = int(clock.now().timestamp())
        session.save()
        return client

    return sign_in
