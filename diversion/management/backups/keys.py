"""The two keys of a backup: the public ones that it is made for, and the secret one that opens it, kept elsewhere."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage
from django.conf import settings

from diversion.environment import kept
from diversion.refusals import Refused

RECIPIENTS, IDENTITY = "BACKUP_RECIPIENTS", "BACKUP_IDENTITY"
MARK = "AGE-SECRET-KEY-"
MAKE = (
    "python -c 'import pyrage; key = pyrage.x25519.Identity.generate(); "
    'print(f"# public key: {key.to_public()}\\n{key}")\''
)


@dataclass(frozen=True)
class Recipients:
    """Public keys, and in words where they were read."""

    keys: Sequence[pyrage.x25519.Recipient]
    where: str


@dataclass(frozen=True)
class Identities:
    """Secret keys, and in words where they were read."""

    keys: Sequence[pyrage.x25519.Identity]
    where: str


def recipients() -> Recipients:
    """Whom a backup is made for: each of them can open it alone. Refused, with the mend, where none is set."""
    text, where = _read(RECIPIENTS)
    if not text and not settings.PRODUCTION:
        own = identities()
        return Recipients([key.to_public() for key in own.keys], own.where)
    if not text:
        raise Refused(
            f"{RECIPIENTS} is not set, and a backup is not made without encryption: make a key on another machine with "
            f"{MAKE}, keep what it prints there, and set {RECIPIENTS} (or {RECIPIENTS}_FILE) here to the public key."
        )
    if MARK in text.upper():
        raise Refused(f"{where} holds a secret key: put the public one there, which begins with age1.")
    try:
        return Recipients([pyrage.x25519.Recipient.from_str(word) for word in text.split()], where)
    except pyrage.RecipientError:
        raise Refused(f"{where} holds something that is no public key: each begins with age1.") from None


def identities() -> Identities:
    """What opens a backup. Refused, with the mend, where none is set."""
    text, where = _read(IDENTITY)
    if not text and not settings.PRODUCTION:
        path = settings.LOCAL_DIR / "backup_identity"
        text, where = kept(path, lambda: str(pyrage.x25519.Identity.generate())), str(path)
    words = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not words:
        raise Refused(f"{IDENTITY}_FILE is not set: set it to the file with the secret key, kept apart from backups.")
    try:
        return Identities([pyrage.x25519.Identity.from_str(word) for word in words], where)
    except pyrage.IdentityError:
        raise Refused(f"{where} holds something that is no secret key: it begins with {MARK}.") from None


def _read(name: str) -> tuple[str, str]:
    """The text of a setting or of the file that it names, and where it stood; two empty words where neither is set."""
    if value := os.environ.get(name):
        return value, name
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return "", ""
    try:
        return Path(path).read_text(), f"{name}_FILE ({path})"
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{name}_FILE names {path}, which cannot be read: {error}.") from None
