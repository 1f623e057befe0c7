"""Production refuses to start insecure. Each case runs the settings in a process of its own."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import caches

from diversion.settings import SHARED_CACHE

GOOD = {
    "DIVERSION_ENV": "production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "diversion.example",
    "DATABASE_URL": "postgresql://app:secret@db.example/diversion",
    "DATABASE_OWNER_URL": "",
    "REDIS_URL": "redis://queue.example",
}


SHOWN = "import diversion.settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG)"


def load_settings(*, code: str = SHOWN, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    values = {name: value for name, value in (GOOD | changes).items() if value}
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


def test_a_service_carries_no_command_that_only_developers_run() -> None:
    """Whoever looks for what a service does would read 800 lines that it never runs."""
    code = "import diversion.settings as s; print([name for name in s.INSTALLED_APPS if name.startswith('bench')])"
    assert load_settings(code=code).stdout.strip() == "[]"
    assert load_settings(code=code, DIVERSION_ENV="development").stdout.strip() == "['bench.recomputation']"


def test_failed_sign_ins_are_counted_for_all_processes_together() -> None:
    """Each process of the service would otherwise give whoever guesses passwords an allowance of its own."""
    ran = load_settings(code="import diversion.settings as s; print(s.CACHES['default'])")
    assert "SharedCache" in ran.stdout, ran.stderr
    assert "redis://queue.example" in ran.stdout


def test_the_shared_cache_counts_on_the_server(settings: Any) -> None:
    """A cache that cannot speak to the embedded server would stop every sign-in."""
    settings.CACHES = {"default": SHARED_CACHE | {"LOCATION": os.environ["REDIS_URL"]}}
    caches["default"].set("counted", 1, timeout=5)
    assert caches["default"].incr("counted") == 2
    caches["default"].delete("counted")
