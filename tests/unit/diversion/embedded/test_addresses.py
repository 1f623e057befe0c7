from pathlib import Path

import pytest

from diversion.embedded.addresses import (
    celery_url,
    database_url,
    numbered_redis_url,
    passwords,
    read_files,
    set_environment,
)
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import Places


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/a%20b/redis.sock?db=3", "redis+socket:///run/a%20b/redis.sock?virtual_host=3"),
        ("unix://user:secret@/run/redis.sock", "redis+socket://user:secret@/run/redis.sock?virtual_host=0"),
        ("redis://host:6379/1", "redis://host:6379/1"),
        ("rediss://:secret@host/0", "rediss://:secret@host/0?ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
        ("", ""),
    ],
)
def test_celery_gets_its_own_spelling_of_a_socket(given: str, expected: str) -> None:
    """A worker given redis-py's spelling does not start, and nothing queued is ever done."""
    assert celery_url(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("unix:///run/a%20b/redis.sock", "unix:///run/a%20b/redis.sock?db=2"),
        ("unix:///run/redis.sock?db=1", "unix:///run/redis.sock?db=2"),
        ("redis://:secret@host:6379/0", "redis://:secret@host:6379/2"),
    ],
)
def test_tests_can_have_a_numbered_database_of_their_own(given: str, expected: str) -> None:
    """Tests that share a queue with a running service hand it their work."""
    assert numbered_redis_url(given, 2) == expected


def test_an_address_may_stand_in_a_file(tmp_path: Path) -> None:
    """An address holds a password, and what stands in the environment is read by every process and many logs."""
    file = tmp_path / "database_url"
    file.write_text("postgresql://app:secret@db.example/diversion\n")
    environ = {"DATABASE_URL_FILE": str(file), "DATABASE_OWNER_URL": ""}
    read_files(environ)
    assert environ == {"DATABASE_URL": "postgresql://app:secret@db.example/diversion", "DATABASE_OWNER_URL": ""}


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"REDIS_URL": "redis://one", "REDIS_URL_FILE": "/etc/redis"}, "are both set: unset one"),
        ({"DATABASE_OWNER_URL_FILE": "/nowhere/at/all"}, "names /nowhere/at/all, which cannot be read"),
    ],
)
def test_an_address_in_a_file_is_refused_with_its_mend(environ: dict[str, str], told: str) -> None:
    """A service that took the wrong one of two would write into another force's database."""
    with pytest.raises(EmbeddedError, match=told):
        read_files(environ)


def test_passwords_are_made_once_and_closed_to_others(places: Places) -> None:
    """A second password would lock everyone out of the database; a readable one lets everyone in."""
    first = passwords(places)
    assert passwords(places) == first
    assert len(set(first.values())) == 3
    assert (places.local / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_missing_addresses_are_filled_in_and_given_ones_kept(local: str) -> None:
    """Somebody who names a database of their own must never be given the embedded one instead."""
    environ = {"DIVERSION_LOCAL": local, "DATABASE_URL": "postgresql://me@host/mine"}
    here = set_environment(environ)
    assert environ["DATABASE_URL"] == "postgresql://me@host/mine"
    assert "DATABASE_OWNER_URL" not in environ
    assert environ["REDIS_URL"].startswith("unix://")
    del environ["DATABASE_URL"]
    set_environment(environ)
    assert environ["DATABASE_URL"] == database_url(here, "diversion_app")
    assert environ["DATABASE_OWNER_URL"] == database_url(here, "diversion_owner")
