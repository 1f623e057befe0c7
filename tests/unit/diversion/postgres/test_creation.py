"""Dropping the test database at the end of a run."""

import os
import weakref

import psycopg2
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


def test_a_session_that_was_left_open_is_ended_and_said(
    monkeypatch: pytest.MonkeyPatch, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run of which every test has passed would fail for a connection that one of them had forgotten."""
    name = f"test_left_open_{os.getpid()}"
    made = DatabaseCreation(connection)
    with made._nodb_cursor() as owner:
        owner.execute(f"CREATE DATABASE {name}")
    kept = psycopg2.connect(**connection.get_connection_params() | {"dbname": name})
    try:
        kept.cursor().execute("SELECT 'what it last did'")
        monkeypatch.setattr("diversion.postgres.creation.WAITED_FOR", 1)
        made._destroy_test_db(name, verbosity=0)
        assert "It last did: SELECT 'what it last did'" in capsys.readouterr().err
        with pytest.raises(psycopg2.OperationalError):
            kept.cursor().execute("SELECT 1")
    finally:
        kept.close()


def test_a_session_that_never_ends_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that a test leaves open would go unnoticed."""
    asked = refusing(monkeypatch, ObjectInUse(), times=1000)
    monkeypatch.setattr(DatabaseCreation, "end_sessions", lambda _self, _name: None)
    with pytest.raises(OperationalError):
        DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert len(asked) == DROP_ATTEMPTS


def test_any_other_refusal_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for what cannot be mended waits for nothing."""
    asked = refusing(monkeypatch, UndefinedFile(), times=1000)
    with pytest.raises(OperationalError):
        DatabaseCreation(connection)._destroy_test_db("test_made_up", verbosity=0)
    assert len(asked) == 1
