"""How many pages somebody may ask for in a minute: more than anybody reads, and few for a program that copies them all.

A program that uses an officer's session would have read every case of the force before anybody looks at the log.
"""

from django.conf import settings
from django.core.cache import cache

from diversion import audit
from diversion.accounts.models import User

MINUTE = 60


def is_too_fast(user: User) -> bool:
    """Count a page of ``user``'s; whether it is more than PAGES_A_MINUTE. The first that is too many is logged."""
    if not settings.PAGES_A_MINUTE:
        return False
    asked = _counted(f"pages:{user.pk}")
    if asked == settings.PAGES_A_MINUTE + 1:
        audit.record("access.too_fast", audit.Nature.SECURITY, by=user, subjects=[user], detail={"count": asked})
    return asked > settings.PAGES_A_MINUTE


def _counted(key: str) -> int:
    """How often this was asked for ``key`` in its minute. Redis may go or come between the two: then it begins anew."""
    cache.add(key, 0, MINUTE)
    try:
        return int(cache.incr(key))
    except ValueError:
        return 1
