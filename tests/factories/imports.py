"""Running a command that imports a file, as a script would: its last line, what it said, and its exit status."""

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

#: What may become of a row of a file: every command counts some of these, and together they are its rows.
FATES = ("accepted", "rejected", "already_present", "unchanged", "replaced", "skipped")


def run_import(capsys: pytest.CaptureFixture[str], command: str, *args: str, **options: Any) -> dict[str, Any]:
    """The command's counts, with what it told under ``said`` and its exit status under ``status``.

    Every import accounts for each row, and its status says whether a part of the file is missing. CommandError where it
    refused the file.
    """
    status, why = 0, ""
    capsys.readouterr()
    try:
        call_command(command, *args, **options)
    except CommandError as error:
        status, why = error.returncode, str(error)
        out, said = capsys.readouterr()
        if not out:
            raise
    else:
        out, said = capsys.readouterr()
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    assert found["rows"] == sum(found.get(fate, 0) for fate in FATES)
    assert status == status_for(found["rejected"], found["rows"] - found["skipped"])
    return found | {"said": said + why, "status": status}


def status_for(rejected: int, rows: int) -> int:
    """1 where every row was rejected, 3 where more than a twentieth were."""
    return 1 if rejected and rejected == rows else 3 if 20 * rejected > rows else 0
