from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from diversion.postgres.config import database_settings, parse
from diversion.postgres.roles import OWNER_COMMANDS, VARIABLE, declare_role

APP = "postgresql://app:a@db.example:5433/diversion"
OWNER = "postgresql://owner:o@db.example:5433/diversion"


@pytest.fixture(autouse=True)
def _app_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "mysql://u:p@h/d", "oracle://u:p@h/d", "", "diversion"])
def test_any_other_database_is_refused_with_what_to_write(url: str) -> None:
    """The rules that protect people's data stand in PostgreSQL: elsewhere they would be missing without a sound."""
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL .*(postgresql://|manage\.py)"):
        database_settings({"DATABASE_URL": url})


@pytest.mark.parametrize("url", ["postgresql://u:p@h", "postgresql://u:p@h/", "postgresql://u:p@h:port/d"])
def test_half_an_address_is_refused(url: str) -> None:
    """A guess at the missing half could be somebody else's database."""
    with pytest.raises(ImproperlyConfigured, match="write it as"):
        parse(url)


def test_a_socket_a_password_with_marks_and_options_survive() -> None:
    """A password with an @ in it is a good password."""
    address = parse("postgresql://me:p%40ss%2Fword@/diversion?host=%2Fa%20b%2Frun&sslmode=require")
    assert (address.user, address.password, address.host) == ("me", "p@ss/word", "/a b/run")
    assert dict(address.options) == {"sslmode": "require"}
    assert parse("postgres://me@%2Frun%2Fpg/d").host == "/run/pg"


def test_with_both_addresses_the_process_is_the_app_and_knows_the_owner() -> None:
    """Web and worker must not be the owner of the tables."""
    settings = database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER})
    assert (settings["USER"], settings["PASSWORD"]) == ("app", "a")
    assert settings["OWNER"] == {"USER": "owner", "PASSWORD": "o"}
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "5433", "diversion")


@pytest.mark.parametrize("command", sorted(OWNER_COMMANDS))
def test_the_named_commands_are_the_owner(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration as the app role fails half-way."""
    declare_role(["manage.py", command])
    assert database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER})["USER"] == "owner"
    declare_role(["manage.py", "import_facts"])
    assert database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": OWNER})["USER"] == "app"


def test_one_address_alone_is_the_owners_and_an_app_role_is_derived_beside_it() -> None:
    """The shortest way to run on a server of one's own must not make web and worker the owner."""
    first, second = (database_settings({"DATABASE_URL": OWNER}) for _ in range(2))
    assert first["OWNER"]["USER"] == "owner"
    assert first["USER"] == "diversion_app"
    assert first["PASSWORD"] == second["PASSWORD"]
    other = database_settings({"DATABASE_URL": OWNER.replace(":o@", ":another@")})
    assert first["PASSWORD"] not in ("o", other["PASSWORD"])


def test_an_owner_without_password_gives_no_password_that_could_be_guessed(tmp_path: Path) -> None:
    """A password made from nothing is the same for everybody who reads this code."""
    made = [
        database_settings({"DATABASE_URL": "postgresql://owner@/d", "DIVERSION_LOCAL": str(tmp_path / name)})
        for name in ("one", "two")
    ]
    assert made[0]["PASSWORD"] != made[1]["PASSWORD"]


def test_a_process_may_be_kept_from_the_owner_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production, web and worker have no use for the owner's password."""
    settings = database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": ""})
    assert (settings["USER"], settings["OWNER"]) == ("app", None)
    monkeypatch.setenv(VARIABLE, "owner")
    with pytest.raises(ImproperlyConfigured, match="set DATABASE_OWNER_URL"):
        database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": ""})


@pytest.mark.parametrize(
    ("owner", "why"), [(OWNER.replace("5433", "5434"), "different databases"), (APP, "must not own the tables")]
)
def test_two_addresses_that_do_not_belong_together_are_refused(owner: str, why: str) -> None:
    """Migrating one database and serving another, or serving as the owner, would go unnoticed for long."""
    with pytest.raises(ImproperlyConfigured, match=why):
        database_settings({"DATABASE_URL": APP, "DATABASE_OWNER_URL": owner})
