"""What a new password may not be: one found in a breach, or words of the service with little beside them.

The commonest of those found in breaches come with the code (breached-passwords.txt.gz: of twelve characters or more,
among the million commonest of Mark Burnett's ten million, which he gave to the public, and among Django's). All of them
can be laid beside it: BREACHED_PASSWORDS.
"""

import hashlib
import logging
import os
import re
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)
LIST = Path(__file__).with_name("breached-passwords.txt.gz")
#: Words that whoever guesses at an account of this service tries first; docs/operations.md names them.
WORDS = (
    *("diversion", "outofcourt", "resolution", "caution", "police", "constable", "sergeant", "inspector", "officer"),
    *("navigator", "referral", "offender", "offence", "victim", "justice", "probation", "password", "welcome"),
)
#: Characters that must be left of a password without such words: a year and a mark after them are no secret.
LEAST_OTHER = 8
SHORTEST_WORD = 4
#: Different characters that can be seen; and letters and signs that cannot, though Unicode calls them so.
LEAST_DIFFERENT = 5
UNSEEN = "\u115f\u1160\u2800\u3164\uffa0"
BREACHES = re.compile(r"[0-9A-F]{5}\.txt")
ALL_BREACHES = 16**5
LOOKALIKE = str.maketrans("01l3457@$!", "oiieastasi")


class Visible:
    """Refuses fourteen spaces, or one letter fourteen times: a space bar that was held down opens such an account."""

    def validate(self, password: str, user: Any = None) -> None:
        seen = {one for one in password if unicodedata.category(one)[0] in "LNPS" and one not in UNSEEN}
        if len(seen) < LEAST_DIFFERENT:
            raise ValidationError(
                _("This password has fewer than five different characters that can be seen: add words of your own."),
                code="password_hardly_visible",
            )

    def get_help_text(self) -> str:
        return _("Your password must have at least five different characters that can be seen.")


class OfTheService:
    """Refuses a password that is words of the service, or of its user's own organisation, with little beside them."""

    def validate(self, password: str, user: Any = None) -> None:
        if _without_words(password, user) < min(LEAST_OTHER, len(password)):
            raise ValidationError(
                _("This password is made of words of this service or of your organisation: add words of your own."),
                code="password_of_the_service",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be made of words of this service or of your organisation.")


class Breached:
    """Refuses a password that stands in the files of BREACHED_PASSWORDS, where that is set.

    They are those of Have I Been Pwned, one for each beginning of a digest; nothing is asked of the network. Where one
    is missing nobody is kept from setting a password: the log says it, and `manage.py doctor`.
    """

    def validate(self, password: str, user: Any = None) -> None:
        if not settings.BREACHED_PASSWORDS:
            return
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if digest[5:] in _in_breaches(digest[:5]):
            raise ValidationError(
                _("This password was found in a breach of another service: choose another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be one that was found in a breach.")


def missing_breaches() -> int:
    """How many files the folder of BREACHED_PASSWORDS lacks; of another name is what a download left half-done."""
    if not settings.BREACHED_PASSWORDS:
        return 0
    try:
        with os.scandir(settings.BREACHED_PASSWORDS) as entries:
            return ALL_BREACHES - sum(BREACHES.fullmatch(one.name) is not None for one in entries)
    except OSError:
        return ALL_BREACHES


def _in_breaches(beginning: str) -> set[str]:
    """The ends of digests that begin so; none, and an error in the log, where their file cannot be read."""
    path = Path(settings.BREACHED_PASSWORDS, f"{beginning}.txt")
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError as error:
        log.error("A password was not looked for in breaches: %s cannot be read (%s).", path, error.strerror)
        return set()
    return {line.partition(":")[0] for line in lines}


def _without_words(password: str, user: Any) -> int:
    """How many characters are left of ``password`` without those words, "p0lice" being one of them."""
    left = password.casefold().translate(LOOKALIKE)
    for word in sorted({*WORDS, *_of_the_user(user)}, key=len, reverse=True):
        left = left.replace(word.translate(LOOKALIKE), "")
    return len(left)


def _of_the_user(user: Any) -> set[str]:
    """Words of the organisation and the team, and how the service names it."""
    named = [str(one) for one in (getattr(user, "organisation", ""), getattr(user, "team", "")) if one]
    return {word for word in " ".join(named).casefold().split() if len(word) >= SHORTEST_WORD}
