"""Commands of whoever starts the service, run as they are typed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command


@dataclass(frozen=True)
class Said:
    """What a command left: its exit status, the last line of standard output, and what it told on standard error."""

    status: int
    last: str
    told: str

    @property
    def counts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.last)
        return found


Typed = Callable[..., Said]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """``typed("add_organisation", "Southmoor Police", …)``: an error counts as told, with its exit status."""

    def run(*words: str) -> Said:
        status, error = 0, ""
        try:
            call_command(*words)
        except CommandError as fault:
            status, error = fault.returncode, str(fault)
        out, told = capsys.readouterr()
        return Said(status, (out.splitlines() or [""])[-1], f"{told}{error}")

    return run


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[str | bytes], str]:
    """``a_file(content)``: the path of a file that holds it."""

    def write(content: str | bytes) -> str:
        path = tmp_path / "list.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write
