"""The world of the matrix, for the tests of one module."""

import logging
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from diversion import clock
from tests.conftest import NOW
from tests.integration.matrix import world
from tests.integration.matrix.asking import quickly


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[world.World]:
    """The world, made once and taken back after these tests."""
    logger = logging.getLogger("django.request")  # writes a traceback for each refusal, of which there are thousands
    with (
        django_db_blocker.unblock(),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
        quickly(),
        clock.set_to(NOW),
    ):
        patch.setattr(logger, "disabled", True)
        patch.setattr("django.conf.settings.ACCOUNT_RATE_LIMITS", False)  # by address, which here is everybody's
        found = world.build()
        found.queued = [task for _savepoints, task, _robust in connection.run_on_commit]
        yield found
        transaction.set_rollback(True)
