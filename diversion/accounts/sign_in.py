"""How often somebody may try to sign in: guessing is slowed, and the right password is not shut out.

Failures are counted, never successes: a station whose officers all come through one address signs in as often as it
likes. What is counted against what follows "device cookies" (OWASP, Slow Down Online Guessing Attacks):

* a browser that has signed in to an account before is known by a signed cookie, and counted by itself: whatever
  others do with that address, its user signs in;
* any other browser is counted with the account and the address it comes from, so that a guesser elsewhere is no
  hindrance; and, unless the account has signed in from there before, with all that are tried on the account;
* and with all failures from its address, against whoever tries one password on many accounts.
"""

import secrets
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from diversion.accounts.models import User
from diversion.requests import source_of

#: Failures in a time, per key: of ten in ten minutes a guesser makes 1,440 in a day from one address.
LIMITS = {"browser": "10/10m/key", "pair": "10/10m/key", "account": "100/h/key", "source": "300/h/key"}
#: Of a second factor, by account: only whoever has the password comes so far, so nobody is shut out by a stranger, and
#: a new password does not give a guesser ten more. Of a million codes two or three are right at a time.
LIMITS |= {"code": "20/h/key"}
KNOWN_FOR = 90 * 24 * 3600  # seconds
MOST_KNOWN = 30  # accounts that one shared browser is known to
SALT = "known-browser"


class TooMany(Exception):
    """More failures than may be made in a time."""


def consume(request: HttpRequest, address: str, *, second: bool = False) -> list[Any]:
    """Count one attempt on the account of ``address`` (e-mail) as failed, until `give_back`. Raises TooMany.

    ``second``: the password was right, and it is the second factor that is tried.
    """
    used: list[Any] = []
    of_codes = [("code", address.lower())] if second else []
    for action, key in [*of_codes, *_counted(request, address.lower())]:
        usage = ratelimit.consume(request, app="diversion", action=action, config=LIMITS, key=key)
        if not usage:
            give_back(used)
            raise TooMany
        used.append(usage)
    return used


def give_back(used: list[Any]) -> None:
    """The attempt was no failure."""
    for usage in used:
        usage.rollback()


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Know this browser, and this address, from now on as one from which ``user`` signs in."""
    known = {key: value for key, value in _known(request).items() if key != user.email}
    kept = dict([*known.items(), (user.email, secrets.token_urlsafe(16))][-MOST_KNOWN:])
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE,
        signing.dumps(kept, salt=SALT, compress=True),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    cache.set(_from_here(request, user.email), True, KNOWN_FOR)


def forgive(request: HttpRequest, user: User) -> None:
    """Whoever set a new password by a link has shown who they are: failures from here count no more against them."""
    cache.set(_from_here(request, user.email), True, KNOWN_FOR)
    key = f"{user.email} {source_of(request)}"
    ratelimit.clear(request, app="diversion", action="pair", config=LIMITS, key=key)


def _counted(request: HttpRequest, address: str) -> list[tuple[str, str]]:
    """What an attempt is counted against: (limit, key)."""
    if browser := _known(request).get(address):
        return [("browser", f"{address} {browser}")]
    source = source_of(request)
    against = [("source", source), ("pair", f"{address} {source}")]
    return against if cache.get(_from_here(request, address)) else [*against, ("account", address)]


def _known(request: HttpRequest) -> dict[str, str]:
    """By account, the name under which this browser is counted; empty for one that is new, or whose cookie is old."""
    try:
        known: dict[str, str] = signing.loads(
            request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""), salt=SALT, max_age=KNOWN_FOR
        )
    except signing.BadSignature:
        return {}
    return known


def _from_here(request: HttpRequest, address: str) -> str:
    return f"signed-in-from:{signing.Signer(salt=SALT).signature(f'{address} {source_of(request)}')}"
