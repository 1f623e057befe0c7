"""The cache that all processes share, and what counts for it while Redis does not answer."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Hung
from redis.retry import Retry

logger = logging.getLogger(__name__)
SECONDS_LEFT_ALONE = 10.0
MOST_KEPT = 10_000  # a guesser must not push their own failures out


class JsonSerializer:
    """Values as JSON: whoever can write to Redis must not have web and worker run what they wrote, as pickles do."""

    def dumps(self, value: Any) -> Any:
        return value if type(value) is int else json.dumps(value)  # Redis itself adds to whole numbers

    def loads(self, kept: bytes) -> Any:
        return json.loads(kept)


class SharedCache(RedisCache):
    """Redis; while it is away, each process's own memory, so that signing in goes on and failed sign-ins still count.

    A guesser then has the allowance of each web process, and no more: throttling loosens by that factor and never
    stops. An error that Redis answers with is a failure too: each signed-in page counts something. After a failure
    Redis is left alone for some seconds, so that nobody waits for it again and again.
    """

    _hung_until = 0.0  # by what sends to the queue too: a page that waits for both would wait twice
    _away_until = 0.0  # for the whole process: each thread has an instance of its own

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {
            "socket_connect_timeout": 0.5,
            "socket_timeout": 1.0,
            "retry": Retry(NoBackoff(), 0),
            "serializer": JsonSerializer,
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": options})
        self._own = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {"MAX_ENTRIES": MOST_KEPT}})

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("add", super().add, args, kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", super().get, args, kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("set", super().set, args, kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("incr", super().incr, args, kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("delete", super().delete, args, kwargs)

    def _ask(self, name: str, shared: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if time.monotonic() >= max(self._away_until, self._hung_until):
            try:
                return shared(*args, **kwargs)
            except RedisError as error:  # away, or full, or a copy that takes no writes
                SharedCache._away_until = time.monotonic() + SECONDS_LEFT_ALONE
                if isinstance(error, Hung):
                    leave_alone()
                logger.warning(
                    "Redis is of no use (%s): each process counts failed sign-ins itself.", type(error).__name__
                )
        return getattr(self._own, name)(*args, **kwargs)


def leave_alone() -> None:
    """Ask Redis nothing for some seconds: it takes connections, and does not answer."""
    SharedCache._hung_until = time.monotonic() + SECONDS_LEFT_ALONE


def is_left_alone() -> bool:
    return time.monotonic() < SharedCache._hung_until
