"""Secrets that must be read again, encrypted in the database: whoever reads a table signs in as nobody.

The key comes from SECRET_KEY. What was sealed under one of SECRET_KEY_FALLBACKS is opened too, so that a key is changed
with nobody shut out; `manage.py reseal_factors` seals all anew before the old one is dropped.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

SALT = "diversion.accounts.sealing"


class Unreadable(Exception):
    """Sealed under a key that this service has not."""


def seal(text: str) -> str:
    return _lock(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises Unreadable."""
    keys = MultiFernet([_lock(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])
    try:
        return keys.decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def is_current(sealed: str) -> bool:
    """Whether it opens with SECRET_KEY itself."""
    try:
        _lock(settings.SECRET_KEY).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _lock(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac(SALT, "", secret=key, algorithm="sha256").digest()))
