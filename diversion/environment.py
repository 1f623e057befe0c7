"""Reading the environment, strictly: a value that cannot be meant is refused, not guessed at."""

import ipaddress
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MISSING = object()


def text(name: str, *, default: object = MISSING) -> str:
    value = os.environ.get(name, default)
    if value is MISSING:
        raise ImproperlyConfigured(f"{name} is not set: set it in the environment.")
    return str(value)


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to True or False.")
    return value == "True"


def integer(name: str, *, default: int, least: int = 0) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a whole number.")
    if int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value}: set it to {least} or more.")
    return int(value)


def choice(name: str, choices: tuple[str, ...], *, default: str) -> str:
    value = os.environ.get(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to one of {', '.join(choices)}.")
    return value


def kind_of_service(root: Path) -> str:
    """DIVERSION_ENV, which may be left out in a checkout that somebody develops in, and nowhere else.

    A host whose file of settings was not read would otherwise open to the demonstration's passwords. Hosts have no
    tests (`make bundle`), or have code that the service only reads (docs/deploy.md).
    """
    is_checkout = (root / "tests").is_dir() and os.access(root, os.W_OK)
    if "DIVERSION_ENV" not in os.environ and not is_checkout:
        raise ImproperlyConfigured(
            f"DIVERSION_ENV is not set, and {root} is no checkout to develop in: set it to production, and the other "
            "settings of docs/operations.md with it; or to development, where nobody real is on record."
        )
    return choice("DIVERSION_ENV", ("development", "test", "production"), default="development")


def listed(name: str, *, default: list[str]) -> list[str]:
    value = os.environ.get(name)
    return default if value is None else [item.strip() for item in value.split(",") if item.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks, separated by commas: ``10.0.0.4, 10.1.0.0/24``."""
    try:
        return [ipaddress.ip_network(one) for one in listed(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} holds something that is no address or network ({error}): write it as 10.0.0.4,10.1.0.0/24."
        ) from None


def secret(name: str, *, kept_in: Path | None) -> str:
    """The secret in ``NAME`` or in the file ``NAME_FILE``; else one made once and kept in ``kept_in`` (mode 0600)."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    if kept_in is None:
        raise ImproperlyConfigured(f"{name} is not set: set it, or {name}_FILE, to a long random value.")
    return kept(kept_in, lambda: secrets.token_urlsafe(50))


def optional_secret(name: str) -> str:
    """The secret in ``NAME`` or in the file ``NAME_FILE``; "" where neither is set."""
    return secret(name, kept_in=None) if {name, f"{name}_FILE"} & set(os.environ) else ""


def secrets_listed(name: str) -> list[str]:
    """The secrets in ``NAME``, separated by commas, or in the file ``NAME_FILE``, one a line; none where neither is."""
    path = os.environ.get(f"{name}_FILE")
    if os.environ.get(name) or not path:
        return listed(name, default=[])
    return Path(path).read_text().split()


def kept(path: Path, make: Callable[[], str]) -> str:
    """The content of ``path``, made once by ``make``: whole, mode 0600, even when several start at the same moment."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A draft of its own for each thread too: one that two write would be linked, and then written again.
        descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return path.read_text()
