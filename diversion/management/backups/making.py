"""Making a backup: manifest and dump of one snapshot, encrypted as they come; the file is whole or not there."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyrage
from django.db import connection, transaction

from diversion.embedded.locks import private_file
from diversion.management.backups.keys import Recipients
from diversion.management.backups.manifest import LEFT_OUT, Manifest, manifest
from diversion.management.backups.programs import address, program
from diversion.postgres.wall import AS_SERVICE
from diversion.refusals import Refused


@dataclass(frozen=True)
class Made:
    """A backup: where it is, what it holds, its size in bytes and the SHA-256 of the file in hexadecimal."""

    path: Path
    manifest: Manifest
    size: int
    digest: str


def make(path: Path, recipients: Recipients) -> Made:
    """Write a backup to ``path``, which must not be there yet. Refused, with the mend, where it cannot be made."""
    if path.exists():
        raise Refused(_there_already(path))
    dump = program("pg_dump")
    draft = path.with_name(f"{path.name}.part")
    try:
        with _snapshot() as name, _written(draft) as file:
            held = manifest()
            with _dumped(dump, name) as source:
                pyrage.encrypt_io(_Source(held, source), file, recipients.keys)
        os.link(draft, path)  # unlike a rename, it never takes the place of another backup
    except FileExistsError:
        raise Refused(_there_already(path)) from None
    except (pyrage.EncryptError, OSError) as error:
        raise Refused(f"No backup was made: {error}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return Made(path, held, file.size, file.digest.hexdigest())


def _there_already(path: Path) -> str:
    return f"{path} is there already, and no backup is written over another: give another name."


@contextmanager
def _snapshot() -> Iterator[str]:
    """A transaction that sees one moment, and the name under which pg_dump sees the same."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


@contextmanager
def _dumped(program: str, snapshot: str) -> Iterator["_Dump"]:
    """pg_dump under way, as the service, which the walls between organisations do not hold.

    It names no role: who owns and who may do what is put back by the restore.
    """
    dsn, environment = address()
    environment |= {"PGOPTIONS": AS_SERVICE}
    left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    form = (
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--enable-row-security",
        f"--snapshot={snapshot}",
        *left_out,
    )
    command = [program, *form, f"--dbname={dsn}"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        try:
            yield _Dump(process, said)
        finally:
            process.kill()


@dataclass
class _Dump:
    process: subprocess.Popen[bytes]
    said: IO[bytes]

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end. OSError, in pg_dump's words, where it ended before its work did."""
        part: bytes = self.process.stdout.read(size) if self.process.stdout else b""
        if not part and self.process.wait():
            self.said.seek(0)
            raise OSError(f"pg_dump says: {self.said.read().decode(errors='replace').strip()}")
        return part


class _Source:
    """The manifest's line, then what pg_dump writes."""

    def __init__(self, held: Manifest, dump: _Dump) -> None:
        self._first, self._dump = held.model_dump_json().encode() + b"\n", dump

    def read(self, size: int) -> bytes:
        part, self._first = self._first[:size], self._first[size:]
        return part or self._dump.read(size)


class _Target:
    """A file that counts and digests what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def write(self, part: bytes) -> int:
        self.size += len(part)
        self.digest.update(part)
        return self.file.write(part)

    def flush(self) -> None:
        self.file.flush()


@contextmanager
def _written(path: Path) -> Iterator[_Target]:
    """A new file for this user alone, on the disk when the block has ended."""
    path.unlink(missing_ok=True)
    with os.fdopen(private_file(path, os.O_WRONLY | os.O_EXCL), "wb") as file:
        yield _Target(file)
        file.flush()
        os.fsync(file.fileno())
