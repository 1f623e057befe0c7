"""Second factors: which somebody has, and whether what they show is right. Nothing here sets one up or removes one.

A code of an authenticator app counts for its half minute and `SLACK` on either side, once: the number of the last one
that was taken is kept, and no earlier one counts. A recovery code counts once. Each is checked under a lock, so that of
two who send the same code at the same moment one is refused.
"""

import base64
import hashlib
import json
import logging
import re
import secrets
import struct
from typing import Any

from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from diversion import clock
from diversion.accounts.models import Factor, User
from diversion.accounts.sealing import Unreadable, unseal

logger = logging.getLogger(__name__)

APP, PASSKEY, CODES = Factor.Type.TOTP, Factor.Type.WEBAUTHN, Factor.Type.RECOVERY_CODES
#: As logs and sessions call them.
CALLED = {str(APP): "app", str(PASSKEY): "passkey", str(CODES): "recovery code"}
PERIOD = 30
#: Seconds that a telephone's clock may be out, and that typing takes.
SLACK = 15
HOW_MANY, CODE_BYTES, GROUP = 10, 17, 7
#: What a browser sends for a passkey comes from outside: whatever is wrong with it, it proves nothing.
WRONG = (
    *(ValidationError, InvalidSignature, UnsupportedAlgorithm, NotImplementedError, struct.error),
    *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError),
)
#: Of a new passkey, what is kept of the answer and of the response within it: texts in base64url, and no more.
KEPT, KEPT_WITHIN = ("id", "rawId"), ("clientDataJSON", "attestationObject")
BASE64URL = re.compile(r"[A-Za-z0-9_=-]+")


def factors_of(user: User) -> "QuerySet[Factor]":
    """All of ``user``'s, recovery codes among them, the oldest first."""
    return Factor.objects.filter(user=user).order_by("created_at", "pk")


def locked(user: int) -> "QuerySet[User]":
    """The row of ``user`` (its id), under a lock: of two changes or uses of their factors one waits for the other.

    Taken before any factor is: who signs in writes the factor, and then when this user last signed in.

    Not against rows that only name the user: each of the two has written a session by then, and both would wait.
    """
    return User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user)


def has_passkey(user: User) -> bool:
    return factors_of(user).filter(type=PASSKEY).exists()


def codes_left(user: User) -> int:
    found = factors_of(user).filter(type=CODES).first()
    return len(found.data["codes"]) if found else 0


def new_codes() -> list[str]:
    """Recovery codes to be shown once: of 136 bits, so that a plain digest of one tells nobody what it was."""
    return [_grouped(_letters(secrets.token_bytes(CODE_BYTES))) for _ in range(HOW_MANY)]


def digest_of(code: str) -> str:
    return hashlib.sha256(plain(code).encode()).hexdigest()


def plain(typed: str) -> str:
    """A code as it is compared, however it was spaced."""
    return "".join(one for one in typed.lower() if one.isalnum())


def counter_of(secret: str, typed: str, *, after: int = 0) -> int:
    """Which code of ``secret`` was typed, by its number; 0 for none that counts now, or none later than ``after``."""
    now, found = clock.now().timestamp(), 0
    for counter in sorted({int(now + slack) // PERIOD for slack in (-SLACK, 0, SLACK)}):
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > after and constant_time_compare(plain(typed), expected):
            found = counter
    return found


def accept_code(user: User, typed: str) -> str:
    """Of which kind the code is that ``user`` typed, and use it up; "" where it is none of theirs."""
    with transaction.atomic():
        list(locked(user.pk))
        for factor in factors_of(user).exclude(type=PASSKEY).select_for_update(of=("self",)):
            taken = _take_app_code(factor, typed) if factor.type == APP else _take_recovery_code(factor, typed)
            if taken:
                return str(factor.type)
    return ""


def accept_passkey(user: User, answer: Any) -> str:
    """PASSKEY where ``answer`` is what one of ``user``'s passkeys says to the question that this session was asked."""
    with transaction.atomic():
        list(locked(user.pk))
        try:
            webauthn.parse_authentication_response(answer)
            used = webauthn.complete_authentication(user, answer)
        except WRONG:
            return ""
        used.record_usage()
    return str(PASSKEY)


def passkey_question(user: User) -> str:
    """What a browser is to ask ``user``'s passkeys, as JSON; this session keeps what the answer must hold."""
    return json.dumps(webauthn.begin_authentication(user), default=dict)


def new_passkey_question(user: User) -> str:
    """With what a browser is to have a passkey made, as JSON."""
    return json.dumps(webauthn.begin_registration(user, passwordless=False), default=dict)


def new_passkey(answer: Any) -> dict[str, Any]:
    """What to keep of ``answer``, a passkey made for the question that this session was asked; {} where it is none.

    Whatever else a browser says stays out: the database does not hold every text that JSON does.
    """
    try:
        kept = _texts(answer, KEPT) | {"type": "public-key", "response": _texts(answer["response"], KEPT_WITHIN)}
        webauthn.parse_registration_response(kept)
        webauthn.complete_registration(kept)
    except WRONG:
        return {}
    return kept


def _texts(said: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Those of ``said`` under ``names``. Raises one of WRONG where there is another thing than base64url."""
    found = {name: said[name] for name in names}
    if not all(BASE64URL.fullmatch(text) for text in found.values()):
        raise ValueError("What a passkey says is written in base64url.")
    return found


def _take_app_code(factor: Factor, typed: str) -> bool:
    try:
        secret = unseal(factor.data["secret"])
    except Unreadable:
        logger.error("A second factor was sealed under a key that is gone: run reseal_factors before dropping one.")
        return False
    counter = counter_of(secret, typed, after=factor.data.get("used", 0))
    return bool(counter) and _kept(factor, used=counter)


def _take_recovery_code(factor: Factor, typed: str) -> bool:
    code = digest_of(typed)
    if code not in factor.data["codes"]:
        return False
    return _kept(factor, codes=[one for one in factor.data["codes"] if one != code])


def _kept(factor: Factor, **data: Any) -> bool:
    factor.data |= data
    factor.last_used_at = clock.now()
    factor.save(update_fields=["data", "last_used_at"])
    return True


def _letters(random: bytes) -> str:
    return base64.b32encode(random).decode().lower().rstrip("=")


def _grouped(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
