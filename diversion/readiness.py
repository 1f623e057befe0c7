"""What a host needs before it may serve: a database with the schema of this code, and the files that its pages name."""

import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from diversion.embedded.postgres_server import WITHOUT_VALUES
from diversion.postgres import grants, triggers, wall

#: Statements that went well, or slowly, hold values too. Of those that are not there nobody is told.
LOGS_NO_STATEMENT = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "auto_explain.log_min_duration": "-1",
    "pgaudit.log": "none",
}

#: What a question spills to the disk that may use this little memory: some 5 MB, gone when it is answered.
LITTLE, SPILL = "SET LOCAL work_mem = '64kB'", "SELECT count(*) FROM generate_series(1, 200000)"
#: Anybody may ask whether a host is ready, and the answer takes some work: it is good for so long.
SECONDS = 10


def what_is_there() -> Mapping[str, bool]:
    """Each thing that a host needs, and whether it is there. An answer is kept for ten seconds."""
    return _looked_at(int(time.monotonic() / SECONDS)) if database_answers() else {"database": False}


@lru_cache(maxsize=1)
def _looked_at(moment: int) -> Mapping[str, bool]:
    needs: dict[str, Callable[[], list[str]]] = {
        "migrations": unapplied,
        "grants": grants.missing,
        "triggers": triggers.missing,
        "walls": wall.missing,
        "static_files": static_files,
        "room": no_room,
    }
    return {"database": True} | {name: not missing() for name, missing in needs.items()}


def unapplied() -> list[str]:
    """The migrations of the code that the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label} {migration.name}" for migration, _ in plan]


def static_files() -> list[str]:
    """The static files that pages name and nobody could be given."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        files = staticfiles_storage.hashed_files
        gone = [name for name, kept in files.items() if not staticfiles_storage.exists(kept)]
        return gone if files else ["the list of them (staticfiles.json)"]
    return [str(folder) for folder in map(Path, settings.STATICFILES_DIRS) if not _holds_files(folder)]


def _holds_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def logged_values() -> list[str]:
    """The settings of PostgreSQL by which its log would hold what statements hold: names."""
    wanted = WITHOUT_VALUES | LOGS_NO_STATEMENT
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(wanted)])
        return [f"{name} is {setting}" for name, setting in cursor.fetchall() if setting != wanted[name]]


def database_answers() -> bool:
    """Whether the database does what it is asked."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return False
    return True


def no_room() -> list[str]:
    """That the database cannot write: one whose disk is full answers questions, and refuses every change."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LITTLE)
            cursor.execute(SPILL)
    except OperationalError as error:
        return [str(error.__cause__ or error).partition("\n")[0].partition(":")[0]]
    return []


def queue_answers() -> bool:
    """Whether the queue takes a connection within two seconds."""
    from kombu.exceptions import OperationalError as QueueError

    from diversion.celery import app

    try:
        with app.connection_for_write() as queue:
            queue.ensure_connection(max_retries=0, timeout=2)
    except (QueueError, OSError, ConnectionError):
        return False
    return True
