"""Tables are changed while the service serves: whoever reads goes first."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from diversion.postgres import owner
from diversion.postgres.owner import as_owner, patiently

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner, "LOCK_SECONDS", 0.05)


@contextmanager
def reading() -> Iterator[Any]:
    """Somebody who has read the cases, and whose transaction goes on."""
    reader = connection.owner_copy()  # type: ignore[attr-defined]
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN; SELECT 1 FROM cases_case LIMIT 1")
        yield reader
    finally:
        reader.close()


def change() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_case ALTER closed_at DROP NOT NULL")  # as it is; nobody may be reading


def test_a_change_lets_readers_pass_and_is_made_once_they_are_gone(quick: None, monkeypatch: Any) -> None:
    """A migration that waited for one reader made every page wait behind it, for 13 seconds."""
    waited: list[float] = []
    with reading() as reader, as_owner():

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            reader.close()

        monkeypatch.setattr(owner.time, "sleep", sleep)
        patiently(change, waits=(1, 2))
    assert waited == [1]


def test_it_gives_up_with_the_mend(quick: None, monkeypatch: Any) -> None:
    """Whoever upgrades must learn why, and that running it again is safe."""
    monkeypatch.setattr(owner.time, "sleep", lambda _seconds: None)
    monkeypatch.setattr("diversion.management.commands.prepare._put_right", change)
    with reading(), pytest.raises(CommandError, match=r"let it end, and run this again"):
        call_command("prepare", stdout=StringIO())


def test_another_fault_is_not_tried_again(quick: None, monkeypatch: Any) -> None:
    """A server that went away is no reader who will be gone soon."""
    tried: list[int] = []

    def fail() -> None:
        tried.append(1)
        raise OperationalError("gone")

    with as_owner(), pytest.raises(OperationalError, match="gone"):
        patiently(fail, waits=(1, 2))
    assert tried == [1]
