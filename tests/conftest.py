"""What every test may lean on: the cast, who is signed in, and a clock that stands still."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.test import Client, TransactionTestCase, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as property_settings

from diversion import clock, written
from diversion.accounts.confirming import GIVEN_AT
from diversion.accounts.models import Training, User
from diversion.accounts.sessions import SessionStore
from diversion.audit.recording import BEGAN
from diversion.celery import app
from diversion.demonstration import cast as cast_module
from diversion.requests import LAST_USE
from tests import made_once, put_back

# Playwright's own loop runs in the thread of the test, so the ORM believes itself in asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long an example takes says nothing about whether a rule holds: a busy machine must not fail one.
UNHURRIED: dict[str, Any] = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
property_settings.register_profile("unhurried", **UNHURRIED)
property_settings.load_profile("unhurried")

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


@pytest.fixture(autouse=True, scope="session")
def _quick() -> Iterator[None]:
    """Tests go to and fro between days: the questions of many are kept, where a service keeps those of its own."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers), patch.object(written, "DAYS", 40):
        yield


@pytest.fixture
def frozen() -> Iterator[datetime]:
    """The clock stands at half past ten in the morning (BST) of Wednesday 10 June 2026."""
    with clock.set_to(NOW):
        yield NOW


@pytest.fixture(scope="session")
def django_db_setup(_quick: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database with the ground in it. Laid once, and put back when a test that commits has changed it."""
    with django_db_blocker.unblock():
        _lay_ground()
        again = put_back.keeper()
    last = apps.get_app_config("reporting")
    post_migrate.connect(_lay_ground, sender=last)  # sent by `flush`, for each app in turn
    with pytest.MonkeyPatch.context() as patch:
        if again is not None:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: again())
        yield
    post_migrate.disconnect(_lay_ground, sender=last)


def _lay_ground(**_: object) -> None:
    from tests.factories.ground import assemble

    with clock.set_to(NOW - timedelta(days=1)):
        assemble(password_hash())
    # Made for a standing clock and for that of the wall, and good for both.
    Training.objects.update(counts_until=max(NOW.date(), clock.today()) + timedelta(days=730))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    made_once.in_order(items)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it over and over for what nothing holds took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    """Just before a test's own transaction begins; pytest-django knows no hook for it."""
    if fixturedef.argname == "_django_db_helper":
        from tests.factories.ground import present

        with request.getfixturevalue("django_db_blocker").unblock():
            made_once.stand_for(request.node, present, NOW)
    return (yield)


@pytest.fixture(autouse=True, scope="module")
def _nothing_stands_longer(django_db_blocker: Any) -> Iterator[None]:
    """Than its module: the next may have a world of its own."""
    yield
    with django_db_blocker.unblock():
        made_once.take_down()


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast of the demonstration, by key: amara the officer, carol the sergeant, lena the stranger…"""
    from tests.factories.ground import present

    return present()


@pytest.fixture
def nobody(transactional_db: None) -> None:
    """A database as a new server has it, without ground. It commits: only the owner empties tables."""
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """``signed_in(user)``: a test client with the session that the sign-in page would have left of that user.

    The page itself, with its entry in the log and all that it tells, is the matter of tests/integration/accounts.
    """

    def sign_in(user: User) -> Client:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            client.session.flush()
        now = int(clock.now().timestamp())
        session = SessionStore()
        session.update(
            {
                SESSION_KEY: str(user.pk),
                BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                HASH_SESSION_KEY: user.get_session_auth_hash(),
                **dict.fromkeys((BEGAN, GIVEN_AT, LAST_USE), now),
            }
        )
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return sign_in
