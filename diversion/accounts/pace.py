"""How many pages somebody may ask for in a minute: more than anybody reads, and few for a program that copies them all.

A program that uses an officer's session would have read every case of the force before anybody looks at the log.
"""

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from diversion import audit, clock
from diversion.accounts.models import User

MINUTE = 60


def is_too_fast(user: User) -> bool:
    """Count a page of ``user``'s; whether it is more than PAGES_A_MINUTE. The first that is too many is logged."""
    if not settings.PAGES_A_MINUTE:
        return False
    asked = _counted(f"pages:{user.pk}:{_minute()}")
    if asked == settings.PAGES_A_MINUTE + 1:
        audit.record("access.too_fast", audit.Nature.SECURITY, by=user, subjects=[user], detail={"count": asked})
    return asked > settings.PAGES_A_MINUTE


def is_too_fast_at(what: str) -> bool:
    """Count a page behind a link in a text; whether more than LINKS_A_MINUTE were asked for of ``what``.

    That is the digest of a link, or a network address that asks for links that are none.
    """
    most = settings.LINKS_A_MINUTE
    return bool(most) and _counted(f"links:{what}:{_minute()}") > most


def _counted(key: str) -> int:
    """How often this was asked for ``key``; 1 where nothing can be counted: nobody is kept from work by a cache.

    The minute stands in ``key``. Redis adds to a number that has just run out as to a new one, and that one has no end:
    under a key that comes again, its user would be refused for ever.
    """
    try:
        cache.add(key, 0, 2 * MINUTE)
        return int(cache.incr(key))
    except (ValueError, RedisError):
        return 1


def _minute() -> int:
    return int(clock.now().timestamp() // MINUTE)
