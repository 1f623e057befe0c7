"""The addresses of the embedded servers, and the passwords in them."""

import json
import os
import secrets
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.locks import holding, private_file
from diversion.embedded.places import Places, places, settle

DATABASE = "diversion"
SUPERUSER = "postgres"
OWNER = "diversion_owner"
APP = "diversion_app"
#: Each may stand in a file instead: ``NAME_FILE``.
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def settled(environ: Mapping[str, str] = os.environ) -> Places:
    """This checkout's places with their folders made, even when two commands come first at the same moment."""
    here = places(environ)
    try:
        here.local.mkdir(mode=0o700, parents=True, exist_ok=True)
        with holding(here.local / "settling.lock"):
            settle(here)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename or here.local} belongs to another user of this machine: run this as that user, "
            "or set DIVERSION_LOCAL to a folder of your own."
        ) from None
    return here


def read_files(environ: MutableMapping[str, str] = os.environ) -> None:
    """Put each address that stands in a file, ``NAME_FILE``, into ``environ``: they hold passwords.

    Raises EmbeddedError for a file that cannot be read, and where both are set: which one is meant nobody can tell.
    """
    for name in ADDRESSES:
        path = environ.get(f"{name}_FILE")
        if not path:
            continue
        if name in environ:
            raise EmbeddedError(f"{name} and {name}_FILE are both set: unset one.")
        try:
            environ[name] = Path(path).read_text().strip()
            del environ[f"{name}_FILE"]  # the processes that this one starts are given the address itself
        except (OSError, UnicodeDecodeError) as error:
            raise EmbeddedError(f"{name}_FILE names {path}, which cannot be read: {error}.") from None


def set_environment(environ: MutableMapping[str, str] = os.environ) -> Places:
    """Put the embedded servers' addresses into ``environ`` where it holds none; starts nothing.

    A ``DATABASE_URL`` from outside replaces PostgreSQL, a ``REDIS_URL`` Redis.
    """
    read_files(environ)
    here = settled(environ)
    if "DATABASE_URL" not in environ:
        environ["DATABASE_URL"] = database_url(here, APP)
        environ["DATABASE_OWNER_URL"] = database_url(here, OWNER)
    environ.setdefault("REDIS_URL", redis_url(here))
    return here


def database_url(here: Places, role: str, database: str = DATABASE) -> str:
    """The address of the embedded PostgreSQL for ``role``."""
    return f"postgresql://{role}:{passwords(here)[role]}@/{database}?host={quote(str(here.sockets), safe='')}"


def redis_url(here: Places) -> str:
    """The address of the embedded Redis, as redis-py takes it."""
    return f"unix://{quote(str(redis_socket(here)))}"


def redis_socket(here: Places) -> Path:
    return here.sockets / "redis.sock"


def passwords(here: Places) -> dict[str, str]:
    """Each role's password, made once and kept in a file that only the owner of the checkout can read."""
    path = here.local / "passwords.json"
    if not path.exists():
        with holding(here.local / "settling.lock"):
            if not path.exists():
                _write_passwords(path)
    return dict(json.loads(path.read_text()))


def celery_url(redis_url: str) -> str:
    """``redis_url`` as Celery takes it, which has its own scheme for a Unix socket and its own name for its number.

    Over TLS it would believe any certificate, unless it is told to ask for a good one.
    """
    parts = urlsplit(redis_url)
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in parse_qs(parts.query):
        return f"{redis_url}{'&' if parts.query else '?'}ssl_cert_reqs=required"
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={number}"


def numbered_redis_url(redis_url: str, number: int) -> str:
    """``redis_url`` with another of the server's numbered databases."""
    parts = urlsplit(redis_url)
    if parts.scheme == "unix":
        return f"{redis_url.partition('?')[0]}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def _write_passwords(path: Path) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(private_file(draft, os.O_WRONLY), "w") as file:
        json.dump({role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}, file)
    draft.replace(path)
