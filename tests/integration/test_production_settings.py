"""Production refuses to start insecure. Each case runs the settings in a process of its own."""

import os
import subprocess
import sys

import pytest

GOOD = {
    "DIVERSION_ENV": "production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "diversion.example",
    "DATABASE_URL": "postgresql://app:secret@db.example/diversion",
    "DATABASE_OWNER_URL": "",
    "REDIS_URL": "redis://queue.example",
}


def load_settings(**changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    values = {name: value for name, value in (GOOD | changes).items() if value}
    code = "import diversion.settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG)"
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | values, capture_output=True, text=True, check=False, timeout=60
    )


def test_production_settings_are_secure() -> None:
    """Session cookies over plain HTTP could be read on the way."""
    ran = load_settings()
    assert ran.stdout.split() == ["True", "True", "False"], ran.stderr


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"DEBUG": "True"}, "unset DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "set it to this service's host names"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": "mysql://db.example/diversion"}, "PostgreSQL"),
    ],
)
def test_production_refuses_what_is_insecure(changes: dict[str, str], mend: str) -> None:
    """A force would otherwise run with error pages that show data, or with a key that anyone can guess."""
    ran = load_settings(**changes)
    assert ran.returncode != 0
    assert mend in ran.stderr
