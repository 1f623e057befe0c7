"""Who asks, and from where."""

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from diversion.accounts.models import User

if TYPE_CHECKING:
    from diversion.accounts.sessions import SessionStore

#: In the environment of a request that is written in no charset that we read (diversion/wsgi.py).
UNREADABLE = "diversion.unreadable"


LAST_USE = "last_use"  # in a session: seconds since 1970
FIRST_STEP = "first_step"  # in a session: whose password was right, and the hash of their session at that moment
PROVED = "second_factor"  # in a session: with what its user signed in beside the password


class SignedInRequest(HttpRequest):
    """The request of a view that is not public: somebody has signed in (diversion/middleware.py sees to it)."""

    user: User
    session: "SessionStore"
    confirmed: bool  # whether they gave their password again with this request; not there before


def source_of(request: HttpRequest) -> str:
    """The network address that the request comes from; "" where the server was not told one.

    ``X-Forwarded-For`` counts only as far as named proxies (TRUSTED_PROXIES) wrote it: anybody can send one. It is read
    from its end, where the nearest proxy writes, to the first address that is none of them.
    """
    nearest = str(request.META.get("REMOTE_ADDR", ""))
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    for address in [nearest, *reversed(told)]:
        if not _is_address(address):
            return nearest
        if not _is_trusted(address):
            return address
        nearest = address
    return nearest


def _is_address(words: str) -> bool:
    """Whether it is an address and nothing more: a zone behind "%" may be as long as its sender likes."""
    if "%" in words:
        return False
    try:
        ipaddress.ip_address(words)
    except ValueError:
        return False
    return True


def _is_trusted(address: str) -> bool:
    one = ipaddress.ip_address(address)
    return any(one in network for network in settings.TRUSTED_PROXIES)
