"""A backup is made, lost data are put back from it, and nothing is otherwise than before."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg2
import pyrage
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from cases.models import Case
from diversion import clock
from diversion.accounts.actions.users import disable_user
from diversion.accounts.models import Session, User
from diversion.audit.models import Event
from diversion.embedded import addresses
from diversion.management import doctor
from diversion.management.backups import BACKED_UP, keys, manifest, programs, restoring
from diversion.refusals import Refused
from tests.conftest import NOW, Cast
from tests.factories.cases import record
from tests.integration.starting.conftest import Typed

KEY = pyrage.x25519.Identity.generate()
OWN = keys.Identities([KEY], "the test")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "identity").write_text(f"# made by the test\n{KEY}\n")
    monkeypatch.setenv("BACKUP_RECIPIENTS", str(KEY.to_public()))
    monkeypatch.setenv("BACKUP_IDENTITY_FILE", str(tmp_path / "identity"))


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """The service with another database, as DATABASE_URL would point it there."""
    connection.close()
    before, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def empty(transactional_db: None) -> Iterator[str]:
    """The name of another database of the same owner, with nothing in it."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.owner_copy()._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield name
        cursor.execute(f'DROP DATABASE "{name}"')


def rows() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT one::text FROM "{table}" AS one ORDER BY 1')
            found[table] = [text for (text,) in cursor.fetchall()]
        return found


def sequences() -> dict[str, int]:
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return dict(cursor.fetchall())


def schema() -> list[str]:
    """Tables, triggers, functions, owners and grants in pg_dump's words; casts move about when they are read again."""
    with connection.as_owner():
        dsn, environment = programs.address()
        command = [programs.program("pg_dump"), "--schema-only", f"--dbname={dsn}"]
        told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return [
        re.sub(r"::(character varying|text)(\[\])?|[()\s]", "", line) for line in told.split("\n") if line[:1] != "\\"
    ]


def test_a_restored_database_is_equal_to_the_lost_one(empty: str, cast: Cast, typed: Typed, tmp_path: Path) -> None:
    """A bare pg_restore left 146 grants out: pages failed, and history and log were anybody's to write."""
    call_command("seed_reference", stdout=StringIO())
    record(cast["amara"])
    Session.objects.create(session_key="somebody", session_data="", expire_date=clock.now())
    before, counted, made_of = rows(), sequences(), schema()
    file, listed = tmp_path / "one.backup", tmp_path / "list.csv"
    assert typed("backup", str(file)).status == 0
    disable_user(user=User.objects.get(pk=cast["amara"].pk), by=User.objects.get(pk=cast["kit"].pk))
    with listed.open("w") as out:
        call_command("disabled_accounts", stdout=out)

    with pointed_at(empty):
        _what_was_there_before_stays(file, typed)
        _as_administrator("CREATE EXTENSION vector")
        _nothing_is_left_of_what_disagrees(file, typed)
        said = typed("restore", str(file), "--disabled", str(listed))
        assert said.status == 0, said.told
        assert "found equal to the manifest" in said.told
        assert said.counts["disabled_again"] == 1
        call_command("prepare", stdout=(prepared := StringIO()))
        assert prepared.getvalue().split()[:2] == ["Reference", "data"]
        assert not User.objects.get(pk=cast["amara"].pk).is_active
        kinds = Event.objects.order_by("-pk").values_list("kind", flat=True)
        assert list(kinds[:2]) == ["service.restored", "user.disabled"]
        assert [finding.line for finding in islice(doctor.examine(), 5) if finding.faults] == []
        assert "is not empty (account_emailaddress" in typed("restore", str(file)).told
        _as_administrator("DROP EXTENSION vector")
        after, counted_after, made_of_after = rows(), sequences(), schema()
        _the_record_is_guarded()

    assert made_of_after == made_of
    assert before["accounts_session"]
    assert not after.pop("accounts_session")
    changed = {"accounts_user", "audit_event"}
    assert {table: after[table] for table in after if table not in changed} == {
        table: before[table] for table in after if table not in changed
    }
    assert set(before["audit_event"]) < set(after["audit_event"])
    assert len(set(before["accounts_user"]) - set(after["accounts_user"])) == 1
    assert {name for name in counted if counted[name] != counted_after[name]} == {"audit_event_id_seq"}


THEIRS = {
    "theirs()": ("FUNCTION", "RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    "their_kind": ("TYPE", "AS ENUM ('one')"),
    "their_pair": ("TYPE", "AS (one int, other int)"),
    "their_view": ("VIEW", "AS SELECT 1 AS one"),
}


def _what_was_there_before_stays(file: Path, typed: Typed) -> None:
    """A function that somebody else had made there was removed by a restore that failed."""
    for name, (kind, what) in THEIRS.items():
        _as_owner(f"CREATE {kind} {name} {what}")
        said = typed("restore", str(file))
        assert (said.status, f"is not empty ({name})" in said.told) == (1, True), said.told
        _as_owner(f"DROP {kind} {name}")


def _as_administrator(statement: str) -> None:
    """What the owner may not: on the embedded server, since who that is on another is not known here."""
    here, name = addresses.settled(), connection.settings_dict["NAME"]
    if connection.settings_dict["HOST"] == str(here.sockets):
        with closing(psycopg2.connect(addresses.database_url(here, addresses.SUPERUSER, name))) as server:
            server.autocommit = True
            server.cursor().execute(statement)


def _as_owner(statement: str) -> None:
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)


def _nothing_is_left_of_what_disagrees(file: Path, typed: Typed) -> None:
    """Neither of a manifest that says otherwise, nor of an archive that pg_restore cannot read to its end."""
    line, mark, archive = pyrage.decrypt(file.read_bytes(), [KEY]).partition(b"\n")
    held = manifest.Manifest.model_validate_json(line)
    more = held.holds.tables | {"cases_case": manifest.Rows(count=2, digest="0")}
    otherwise = held.model_copy(update={"holds": held.holds.model_copy(update={"tables": more})})
    for name, content, told in (
        ("otherwise", otherwise.model_dump_json().encode() + mark + archive, "tables: cases_case."),
        (
            "half",
            line + mark + archive[: len(archive) // 2],
            "Nothing was restored. pg_restore says: pg_restore: error",
        ),
    ):
        other = file.with_name(name)
        other.write_bytes(pyrage.encrypt(content, [KEY.to_public()]))
        said = typed("restore", str(other))
        assert said.status == 1
        assert told in said.told
        assert rows() == {}


def _the_record_is_guarded() -> None:
    """As web and worker: no history of one's own making, no rank without a permit, and each change leaves history."""
    person = Case.objects.get().person
    person.telephone = "07700 900199"
    person.save()
    history = apps.get_model("cases", "PersonEvent").objects.filter(pgh_obj=person)
    assert history.latest("pgh_id").telephone == "07700 900199"
    for statement in (
        "DELETE FROM audit_event",
        'INSERT INTO "cases_caseevent" DEFAULT VALUES',
        "UPDATE accounts_user SET rank = 'superintendent'",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A file as backup writes it, of a database that nobody has."""
    held = manifest.Holdings(
        tables={}, sequences={}, definitions={}, grants={}, migrations=("cases 9999_later",), last_event=None
    )
    about = manifest.Manifest(made_at=NOW, version="9.0", postgres=99, holds=held)
    return pyrage.encrypt(about.model_dump_json().encode() + b"\n" + bytes(200_000), [KEY.to_public()])


SPOILT = {
    "cut short": (lambda whole: whole[:-1], "is damaged or cut short"),
    "cut at a piece": (lambda whole: whole[: len(whole) - 70_000], "is damaged or cut short"),
    "one byte": (lambda whole: whole[:90_000] + bytes([whole[90_000] ^ 1]) + whole[90_001:], "is damaged or cut short"),
    "its head": (lambda whole: whole[50:], "is no backup, or its beginning is damaged"),
    "nothing": (lambda whole: b"", "is no backup, or its beginning is damaged"),
    "a dump": (lambda whole: b"PGDMP" + bytes(500), "is no backup, or its beginning is damaged"),
    "other content": (lambda whole: pyrage.encrypt(b"{}", [KEY.to_public()]), "holds no manifest"),
    "another key": (
        lambda whole: pyrage.encrypt(b"{}", [pyrage.x25519.Identity.generate().to_public()]),
        "was made for another key than that of the test: give the secret key",
    ),
}


@pytest.mark.parametrize("how", list(SPOILT))
def test_a_file_that_is_not_whole_is_refused_before_anything_is_restored(
    how: str, whole: bytes, tmp_path: Path
) -> None:
    """Half a register that looks whole is worse than none."""
    spoil, told = SPOILT[how]
    (tmp_path / "file").write_bytes(spoil(whole))
    with pytest.raises(Refused, match=told):
        restoring.read(tmp_path / "file", OWN)


@pytest.mark.django_db
def test_what_this_release_or_server_cannot_hold_is_refused(whole: bytes, tmp_path: Path) -> None:
    """Columns that the code does not know would be lost without a word."""
    (tmp_path / "file").write_bytes(whole)
    held = restoring.read(tmp_path / "file", OWN)
    with pytest.raises(Refused, match=r"release 9.0, which has migrations that this one lacks \(cases 9999_later\)"):
        restoring.restore(tmp_path / "file", held, OWN)
    with pytest.raises(Refused, match="restore into PostgreSQL 99 or later"):
        restoring._refuse_older_server(held)


def test_keys_are_refused_in_one_sentence(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that nobody can open, or that holds its own key, is none."""
    assert keys.recipients().where == "BACKUP_RECIPIENTS"
    assert "BACKUP_IDENTITY_FILE (" in keys.identities().where
    for value, told in {str(KEY): "holds a secret key: put the public one", "age1": "no public key"}.items():
        monkeypatch.setenv("BACKUP_RECIPIENTS", value)
        with pytest.raises(Refused, match=told):
            keys.recipients()
    settings.PRODUCTION = True
    monkeypatch.delenv("BACKUP_RECIPIENTS")
    monkeypatch.setenv("BACKUP_IDENTITY_FILE", "/nowhere")
    with pytest.raises(Refused, match="a backup is not made without encryption: make a key on another machine"):
        keys.recipients()
    with pytest.raises(Refused, match="names /nowhere, which cannot be read"):
        keys.identities()


@pytest.mark.django_db
def test_nothing_is_written_over_and_nothing_half_made_stays(typed: Typed, tmp_path: Path) -> None:
    """The last good backup must outlive a bad night."""
    (tmp_path / "old").write_text("the last good one")
    assert "is there already" in typed("backup", str(tmp_path / "old")).told
    assert "There is no folder" in typed("backup", str(tmp_path / "none" / "x")).told
    assert (tmp_path / "old").read_text() == "the last good one"
    assert not (tmp_path / "old.part").exists()


@pytest.mark.usefixtures("frozen", "db")
def test_an_old_backup_is_noticed_in_production(settings: Any) -> None:
    """The timer stops, and nobody hears of it until the day it is needed."""

    def line() -> str:
        return next(finding.line for finding in doctor._records() if finding.what.startswith("A backup"))

    settings.PRODUCTION = True
    assert line().startswith("MEND")
    Event.objects.create(kind=BACKED_UP, at=clock.now(), nature="administration", unit_id=uuid.uuid4())
    assert line().startswith("ok")
