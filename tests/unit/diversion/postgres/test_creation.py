"""Dropping the test database at the end of a run."""

import weakref

import pytest
from django.db import OperationalError, connection
from django.db.backends.postgresql import creation
from psycopg2.errors import ObjectInUse, UndefinedFile

from diversion.postgres.creation import DROP_ATTEMPTS, DatabaseCreation


def refusing(monkeypatch: pytest.MonkeyPatch, cause: Exception, times: int) -> list[str]:
    """PostgreSQL refuses ``times`` times; what it was asked to drop, each time."""
    asked: list[str] = []

    def drop(self: creation.DatabaseCreation, name: str, verbosity: int) -> None:
        asked.append(name)
        if len(asked) <= times:
            raise OperationalError("refused") from cause

    monkeypatch.setattr(creation.DatabaseCreation, "_destroy_test_db", drop)
    return asked


def test_a_session_that_is_still_ending_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine would fail a whole run of tests after the last of them had passed."""
    asked = refusing(monkeypatch, ObjectInUse(), times=2)
    DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert asked == ["test_made_up"] * 3


def test_the_connection_of_a_thread_that_has_ended_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made while a run waits for it, so that nothing would have Python look for what is no more needed."""

    class Kept:
        def __init__(self) -> None:
            self.itself = self

    kept = weakref.ref(Kept())
    refusing(monkeypatch, ObjectInUse(), times=1)
    DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert kept() is None


def test_a_session_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that a test leaves open would go unnoticed."""
    asked = refusing(monkeypatch, ObjectInUse(), times=1000)
    with pytest.raises(OperationalError):
        DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert len(asked) == DROP_ATTEMPTS


def test_any_other_refusal_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for what cannot be mended waits for nothing."""
    asked = refusing(monkeypatch, UndefinedFile(), times=1000)
    with pytest.raises(OperationalError):
        DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert len(asked) == 1
