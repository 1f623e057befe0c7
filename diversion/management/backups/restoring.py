"""Restoring a backup into an empty database, whole or not at all.

The file is read twice. First to its end, since only there is known that nothing of it is missing; then into pg_restore,
in one transaction. What is there then is compared with the manifest, and thrown away if anything is otherwise. History
and log come as they were: their triggers are made after their rows, and the owner writes them, as nobody else can.
"""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyrage
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql
from pydantic import ValidationError

from diversion.management.backups.keys import Identities
from diversion.management.backups.manifest import Manifest, differences, holdings, without_extensions
from diversion.management.backups.programs import address, program, server_version
from diversion.postgres import grants
from diversion.postgres.owner import alone, as_owner
from diversion.refusals import Refused

LONGEST_MANIFEST = 10_000_000
SHOWN = 3
#: What is there, kind and name, in the order in which it can be removed: tables with all that hangs on them first. What
#: belongs to an extension counts as the server's.
THERE = """
    SELECT kind, name FROM (
        SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, format('%I', relname)
        FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c')
        AND oid NOT IN {pg_class}
        UNION ALL
        SELECT 'TYPE', format('%I', typname) FROM pg_type AS one
        WHERE typnamespace = current_schema()::regnamespace AND typtype NOT IN ('c', 'm')
        AND NOT EXISTS (SELECT FROM pg_type WHERE typarray = one.oid)
        AND oid NOT IN {pg_type}
        UNION ALL
        SELECT 'ROUTINE', oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND oid NOT IN {pg_proc}
    ) AS found (kind, name)
    ORDER BY kind <> 'TABLE', kind = 'ROUTINE', kind, name"""


@dataclass(frozen=True)
class Restored:
    """What was restored, and in words what was compared with the manifest."""

    manifest: Manifest
    compared: Sequence[str]


def read(path: Path, identities: Identities) -> Manifest:
    """The manifest of the backup at ``path``, after all of the file was found to be whole and unaltered.

    Refused, with the mend, for a file that is not.
    """
    splitter = _Splitter(lambda part: None)
    _decrypt(path, identities, splitter)
    return splitter.manifest(path)


def restore(path: Path, manifest: Manifest, identities: Identities) -> Restored:
    """Restore the backup at ``path``, whose manifest `read` gave. Refused where it cannot be; nothing is left then."""
    _refuse_newer(manifest)
    with as_owner():
        alone()
        loader = program("pg_restore")
        _refuse_older_server(manifest)
        _refuse_full()
        grants.ensure_role()
        try:
            _load(loader, path, identities)
            compared = _compare(manifest)
            _analyse()
        except BaseException:
            _empty()
            raise
    return Restored(manifest, compared)


def _decrypt(path: Path, identities: Identities, target: "_Splitter") -> None:
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, target, identities.keys)
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise Refused(
                f"{path} was made for another key than that of {identities.where}: give the secret key whose public "
                "one stood in BACKUP_RECIPIENTS when it was made."
            ) from None
        raise Refused(f"{path} is no backup, or its beginning is damaged ({error}): take another copy.") from None
    except OSError as error:
        if error.errno is not None:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from None
        raise Refused(f"{path} is damaged or cut short ({error}): take another copy, or an earlier backup.") from None


@dataclass
class _Splitter:
    """Keeps the manifest's line of what is written to it, and hands the rest on."""

    hand_on: Callable[[bytes], object]
    first: bytearray = field(default_factory=bytearray)
    is_past: bool = False

    def write(self, part: bytes) -> int:
        if self.is_past:
            self.hand_on(part)
        elif len(self.first) < LONGEST_MANIFEST:
            line, mark, rest = bytes(part).partition(b"\n")
            self.first += line
            self.is_past = bool(mark)
            self.hand_on(rest)
        return len(part)

    def flush(self) -> None: ...

    def manifest(self, path: Path) -> Manifest:
        try:
            return Manifest.model_validate_json(bytes(self.first))
        except ValidationError:
            raise Refused(
                f"{path} can be opened, and holds no manifest of a form that this release knows: it is no backup, or "
                "one of a newer release; install that release."
            ) from None


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app} {name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := [name for name in manifest.holds.migrations if name not in known]:
        raise Refused(
            f"The backup was made by release {manifest.version}, which has migrations that this one lacks "
            f"({_some(unknown)}): install that release or a later one, and restore with it."
        )


def _refuse_older_server(manifest: Manifest) -> None:
    if (server := server_version()) < manifest.postgres:
        raise Refused(
            f"The backup comes from PostgreSQL {manifest.postgres}, and this server is {server}: restore into "
            f"PostgreSQL {manifest.postgres} or later."
        )


def _refuse_full() -> None:
    with connection.cursor() as cursor:
        cursor.execute(without_extensions(THERE))
        found = [name for _kind, name in cursor.fetchall()]
        name, owner = connection.settings_dict["NAME"], connection.settings_dict["OWNER"]["USER"]
    if found:
        raise Refused(
            f"The database {name} is not empty ({_some(found)}), and nothing is restored over it. Make an empty one "
            f"(CREATE DATABASE {name}_restored OWNER {owner}) and name it in DATABASE_URL and DATABASE_OWNER_URL."
        )


def _load(loader: str, path: Path, identities: Identities) -> None:
    """All of the archive, in one transaction. Refused in pg_restore's words: the first line, since others hold rows."""
    dsn, environment = address()
    form = ("--single-transaction", "--no-owner", "--no-privileges", f"--dbname={dsn}")
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen([loader, *form], env=environment, stdin=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            _decrypt(path, identities, _Splitter(partial(_hand_on, process)))
        except BaseException:
            process.kill()  # before its input ends, which it might take for the end of the archive
            raise
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]
        if process.wait():
            said.seek(0)
            words = said.readline().decode(errors="replace").strip() or f"nothing, and ended with {process.returncode}"
            raise Refused(f"Nothing was restored. pg_restore says: {words}")


def _hand_on(process: "subprocess.Popen[bytes]", part: bytes) -> None:
    with suppress(BrokenPipeError):  # it has ended, and its status says why
        process.stdin.write(part)  # type: ignore[union-attr]


def _compare(manifest: Manifest) -> list[str]:
    """What was compared, in words. Refused where anything of the data or of the schema is otherwise."""
    is_same_server = server_version() == manifest.postgres
    with transaction.atomic():
        after = holdings()
    if found := differences(manifest.holds, after, definitions=is_same_server):
        raise Refused(f"What was restored is otherwise than the manifest says, and was removed: {'; '.join(found)}.")
    grants.apply()
    held = manifest.holds
    compared = [
        f"{held.rows} rows of {len(held.tables)} tables, each row",
        f"{len(held.sequences)} sequences",
        f"{len(held.migrations)} migrations",
    ]
    if is_same_server:
        compared.append(f"{len(held.definitions)} triggers, functions, constraints and indexes")
    return compared


def _analyse() -> None:
    """Tell the planner what is there: until it knows, pages are slow."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _empty() -> None:
    """Remove what a restore left that did not come to its end; the database was empty before it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(without_extensions(THERE))
        for kind, name in cursor.fetchall():
            cursor.execute(sql.SQL("DROP {} IF EXISTS {} CASCADE").format(sql.SQL(kind), sql.SQL(name)))


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if names[SHOWN:] else ""
    return ", ".join(names[:SHOWN]) + more
