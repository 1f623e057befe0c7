"""``DATABASE_URL`` and ``DATABASE_OWNER_URL`` as Django's settings."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from diversion.environment import secret
from diversion.postgres.roles import is_owner_process

SCHEMES = ("postgres", "postgresql", "pgsql")
EXAMPLE = "postgresql://user:password@host:5432/database"
CONNECTION_SECONDS = 60


@dataclass(frozen=True)
class Address:
    """A database address, taken apart; ``host`` is empty or a folder for a Unix socket."""

    user: str
    password: str
    host: str
    port: str
    database: str
    options: Mapping[str, str]

    @property
    def credentials(self) -> dict[str, str]:
        return {"USER": self.user, "PASSWORD": self.password}


def parse(url: str, *, variable: str = "DATABASE_URL") -> Address:
    """``url`` taken apart. Raises ImproperlyConfigured for any database but PostgreSQL."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{variable} is not an address ({error}): write it as {EXAMPLE}.") from None
    if parts.scheme not in SCHEMES:
        raise ImproperlyConfigured(
            f"{variable} names {parts.scheme or 'no'} database, and this service runs on PostgreSQL only: "
            f"set it to {EXAMPLE}, or unset it to use the embedded server."
        )
    options = dict(parse_qsl(parts.query))
    database = unquote(parts.path.removeprefix("/")) or options.pop("dbname", "")
    if not database:
        raise ImproperlyConfigured(f"{variable} names no database: write it as {EXAMPLE}.")
    return Address(
        user=unquote(parts.username or "") or options.pop("user", ""),
        password=unquote(parts.password or "") or options.pop("password", ""),
        host=options.pop("host", "") or unquote(parts.hostname or ""),
        port=options.pop("port", "") or port,
        database=database,
        options=options,
    )


def database_settings(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's ``DATABASES["default"]``.

    With both addresses, ``DATABASE_URL`` is the app role's. With ``DATABASE_URL`` alone it is the owner's, and
    ``manage.py prepare`` makes the app role beside it. With an empty ``DATABASE_OWNER_URL`` this process never holds
    the owner's credentials: production's web and worker.

    ``OWNER`` and ``APP`` hold each role's credentials; ``OWNER`` is None where this process has none.
    """
    if not environ.get("DATABASE_URL"):
        raise ImproperlyConfigured(
            "DATABASE_URL is not set: run this through manage.py, which starts the embedded PostgreSQL, "
            f"or set it to {EXAMPLE}."
        )
    given = parse(environ["DATABASE_URL"])
    owner, app = _roles(given, environ)
    if is_owner_process() and owner is None:
        raise ImproperlyConfigured("This command changes tables: set DATABASE_OWNER_URL to the address of their owner.")
    return {
        "ENGINE": "diversion.postgres",
        "NAME": given.database,
        "HOST": given.host,
        "PORT": given.port,
        **(owner if is_owner_process() and owner else app),
        "OWNER": owner,
        "APP": app,
        "CONN_MAX_AGE": CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(given.options),
    }


def _roles(given: Address, environ: Mapping[str, str]) -> tuple[dict[str, str] | None, dict[str, str]]:
    """The owner's credentials and the app role's."""
    if "DATABASE_OWNER_URL" not in environ:
        return given.credentials, _derived(given, environ)
    if not environ["DATABASE_OWNER_URL"]:
        return None, given.credentials
    owner = parse(environ["DATABASE_OWNER_URL"], variable="DATABASE_OWNER_URL")
    if (owner.database, owner.host, owner.port) != (given.database, given.host, given.port):
        raise ImproperlyConfigured(
            "DATABASE_URL and DATABASE_OWNER_URL name different databases: they must differ in user and password only."
        )
    if owner.user == given.user:
        raise ImproperlyConfigured(
            "DATABASE_URL and DATABASE_OWNER_URL name one user: web and worker must not own the tables. "
            "Give DATABASE_URL another user, or unset DATABASE_OWNER_URL to have one made."
        )
    return owner.credentials, given.credentials


def _derived(given: Address, environ: Mapping[str, str]) -> dict[str, str]:
    """The app role's credentials where only the owner's are given.

    The password follows from the owner's, so that every machine that holds that one finds the same; where the owner
    needs none, from a key kept beside the checkout.
    """
    key = given.password or secret("DATABASE_APP_KEY", kept_in=_local(environ) / "database_app_key")
    password = hmac.digest(key.encode(), b"diversion: the app role's password", hashlib.sha256).hex()
    return {"USER": f"{given.database}_app", "PASSWORD": password}


def _local(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DIVERSION_LOCAL") or Path(__file__).resolve().parents[2] / ".local")
