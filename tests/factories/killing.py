"""A process that works on the database of the test and is ended in the middle of it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def killed_half_way(script: str, *arguments: str, local: Path, number: signal.Signals = signal.SIGKILL) -> None:
    """Run ``script`` until it says "half-way" on its first line, and end it with the signal ``number`` there."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        env=environment_of_this_database() | {"DIVERSION_LOCAL": str(local)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "half-way\n"
        child.send_signal(number)
        assert child.wait(timeout=120) != 0
    finally:
        child.kill()
        child.communicate()


def environment_of_this_database() -> dict[str, str]:
    """The environment of a process that uses the database of this test, and no more secrets than it needs."""
    name = connection.settings_dict["NAME"]
    environment = dict(os.environ)
    for variable in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        if address := environment.get(variable):
            before, slash, database = address.partition("?")[0].rpartition("/")
            environment[variable] = f"{before}{slash}{name}{address[len(before + slash + database) :]}"
    return environment | {"DJANGO_SETTINGS_MODULE": "diversion.settings"}
