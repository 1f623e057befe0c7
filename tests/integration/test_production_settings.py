"""Production refuses to start insecure. Each case runs the settings in a process of its own."""

import json
import os
import pickle
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import caches

from diversion import production
from diversion.embedded import addresses
from diversion.settings import SHARED_CACHE

GOOD = {
    "DIVERSION_ENV": "production",
    "SECRET_KEY": "7rq0LwRzK2" * 6,
    "ALLOWED_HOSTS": "diversion.example",
    "DATABASE_URL": "postgresql://app:secret@db.example/diversion",
    "DATABASE_OWNER_URL": "",
    "REDIS_URL": "redis://queue.example",
    "EMAIL_HOST": "mail.example",
}


SHOWN = (
    "import diversion.settings as s;"
    " print(s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.DEBUG, s.SESSION_MOST_HOURS, s.SESSION_COOKIE_AGE,"
    " s.SECOND_FACTOR)"
)


def load_settings(*, code: str = SHOWN, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    values = {name: value for name, value in (GOOD | changes).items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], env=kept | values, capture_output=True, text=True, check=False, timeout=60
    )


def test_production_settings_are_secure() -> None:
    """Session cookies over plain HTTP could be read on the way."""
    ran = load_settings()
    assert ran.stdout.split() == ["True", "True", "False", "12", "900", "required"], ran.stderr


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"DEBUG": "True"}, "unset DEBUG"),
        ({"SECRET_KEY": "x"}, "SECRET_KEY can be guessed"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY can be guessed"),
        ({"METRICS_TOKEN": "guess"}, "METRICS_TOKEN can be guessed"),
        ({"SENTRY_DSN": "http://key@errors.example/1"}, "SENTRY_DSN does not begin with https"),
        ({"SENTRY_DSN": "https://errors.example/1"}, "SENTRY_DSN is no whole one"),
        ({"ALLOWED_HOSTS": "*"}, "name the hosts"),
        ({"ALLOWED_HOSTS": "diversion.example,*.example"}, "name the hosts"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "unset it and set EMAIL_HOST"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}, "unset it and set EMAIL_HOST"),
        ({"EMAIL_HOST": ""}, "set it to the mail server"),
        ({"EMAIL_BACKEND": "smtp"}, "no whole name of a class: unset it and set EMAIL_HOST"),
        ({"EMAIL_TLS": "none"}, "links that set passwords would be read on the way"),
        ({"EMAIL_TLS": "none", "EMAIL_HOST": "mail"}, "links that set passwords would be read on the way"),
        ({"EMAIL_PORT": "465"}, "Set EMAIL_TLS to tls with port 465"),
        ({"EMAIL_TLS": "tls", "EMAIL_PORT": "587"}, "or to starttls with port 587"),
        ({"TEXT_SENDER": "gateway", "TEXT_GATEWAY_URL": "http://texts.example"}, "does not begin with https"),
        ({"PERSON_URL": "http://i.example"}, "PERSON_URL does not begin with https"),
        ({"TEXT_SENDER": "console"}, "TEXT_SENDER writes texts"),
        ({"EMAIL_SENDER": "notify"}, "set NOTIFY_API_KEY and NOTIFY_EMAIL_TEMPLATE too"),
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


@pytest.mark.parametrize("server", ["database", "Redis"])
def test_production_refuses_the_embedded_servers(server: str) -> None:
    """Nobody backs up a folder of the checkout, and its passwords lie beside it."""
    here = addresses.settled()
    own = {"database": addresses.database_url(here, "diversion_app"), "Redis": addresses.redis_url(here)}
    name = {"database": "DATABASE_URL", "Redis": "REDIS_URL"}[server]
    ran = load_settings(**{name: own[server]}, DIVERSION_LOCAL=str(here.local))
    assert ran.returncode != 0
    assert f"the embedded {server} is for development" in ran.stderr


def test_every_fault_is_told_at_once() -> None:
    """Whoever sets a service up would otherwise start it once for each."""
    ran = load_settings(SECRET_KEY="x", ALLOWED_HOSTS="*", EMAIL_HOST="")
    for mend in ("SECRET_KEY can be guessed", "name the hosts", "set it to the mail server"):
        assert mend in ran.stderr


@pytest.mark.parametrize(("changed", "status"), [("", 0), ("settings.SECURE_HSTS_SECONDS = 0; ", 1)])
def test_djangos_own_checks_pass_and_a_warning_stops_the_start(changed: str, status: int) -> None:
    """Nobody reads a warning that does not stop anything."""
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'diversion.settings'; import django; django.setup(); "
        f"from django.conf import settings; from django.core.management import call_command; {changed}"
        "call_command('check', deploy=True)"
    )
    ran = load_settings(code=code)
    assert ran.returncode == status, ran.stderr
    assert ("SECURE_HSTS_SECONDS" in ran.stderr) == bool(status)


def test_mail_and_queue_ask_for_a_good_certificate() -> None:
    """Whoever answers in the place of the mail server would be sent the links that set passwords."""
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'diversion.settings'; "
        "from django.core.mail import get_connection; from diversion.celery import app; mail = get_connection(); "
        "print(mail.use_tls, mail.ssl_context.verify_mode.name, mail.ssl_context.check_hostname); "
        "print(app.connection().ssl['ssl_cert_reqs'].name)"
    )
    ran = load_settings(code=code, REDIS_URL="rediss://queue.example")
    assert ran.stdout.split() == ["True", "CERT_REQUIRED", "True", "CERT_REQUIRED"], ran.stderr


@pytest.mark.parametrize(
    ("host", "options", "redis", "told"),
    [
        ("db.example", {}, "redis://queue.example/0", ["PostgreSQL", "Redis"]),
        ("db.example", {"sslmode": "require"}, "rediss://queue.example/0", ["PostgreSQL"]),
        ("db.example", {"sslmode": "verify-full"}, "rediss://queue.example/0", []),
        ("/run/postgresql", {}, "unix:///run/redis.sock", []),
        ("postgres", {}, "redis://redis:6379/0", []),
        ("127.0.0.1", {}, "redis://127.0.0.1/0", []),
    ],
)
def test_doctor_tells_what_is_said_in_the_clear(
    host: str, options: dict[str, str], redis: str, told: list[str]
) -> None:
    """Names and decisions would be read by whoever sits between two machines."""
    found = production.in_the_clear({"HOST": host, "OPTIONS": options}, redis)
    assert [words.partition(":")[0] for words in found] == told


def test_cookies_are_bound_to_the_host() -> None:
    """Another service on the same domain could set the session of ours."""
    code = "import diversion.settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.KNOWN_BROWSER_COOKIE)"
    assert load_settings(code=code).stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "__Host-known_browser"]


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


def test_nothing_in_redis_is_a_pickle(settings: Any) -> None:
    """Whoever can write to Redis would have web and worker run what they wrote."""
    settings.CACHES = {"default": SHARED_CACHE | {"LOCATION": os.environ["REDIS_URL"]}}
    shared = caches["default"]
    shared.set("failures", [1.5, 2.5], timeout=5)
    assert shared.get("failures") == [1.5, 2.5]
    redis, key = shared._cache.get_client(write=True), shared.make_key("failures")  # type: ignore[attr-defined]
    assert json.loads(redis.get(key)) == [1.5, 2.5]
    redis.set(key, pickle.dumps([1.5]), ex=5)
    with pytest.raises(ValueError, match="decode"):
        shared.get("failures")
