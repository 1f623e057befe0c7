"""Redis away: whoever sends hears so at once, people sign in, and failed sign-ins still count."""

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as Hung

from diversion import celery, shared_cache
from diversion.accounts.models import Permit
from diversion.settings import SHARED_CACHE
from diversion.shared_cache import SharedCache
from tests.conftest import Cast


@pytest.fixture
def nowhere() -> str:
    """An address at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def away(nowhere: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedCache]:
    monkeypatch.setattr(SharedCache, "_away_until", 0.0)
    settings.CACHES = {"default": SHARED_CACHE | {"LOCATION": nowhere}}
    cache = caches["default"]
    assert isinstance(cache, SharedCache)
    yield cache
    cache._own.clear()


def test_a_change_does_not_wait_for_a_queue_that_is_down(nowhere: str) -> None:
    """Six seconds on each decision would be the officer's, for a nudge that the sweep makes good."""
    queue = Celery("nowhere", broker=nowhere, set_as_current=False)
    queue.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with pytest.raises(Exception, match="refused"):
        queue.send_task("warm", retry=False)
    begun = time.monotonic()
    with pytest.raises(Exception, match="refused"):
        queue.send_task("nudge", retry=False)
    assert time.monotonic() - begun < 2


def test_whoever_sends_a_task_by_name_is_told_whether_it_was_taken(
    nowhere: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision that is recorded must not fail because the figures come a minute later."""
    queue = Celery("nowhere", broker=nowhere, set_as_current=False)
    queue.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(celery, "app", queue)
    assert celery.send("warm") is False


def test_a_queue_that_hangs_is_waited_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each task of a decision waited anew, and the cache before them: three seconds on every save."""
    monkeypatch.setattr(SharedCache, "_hung_until", 0.0)
    monkeypatch.setattr(celery, "HANGS_SECONDS", 0.05)
    asked: list[str] = []

    class Hanging:
        def send_task(self, task: str, *_: Any, **__: Any) -> None:
            asked.append(task)
            time.sleep(0.1)
            raise TimeoutError

    monkeypatch.setattr(celery, "app", Hanging())
    assert [celery.send("one"), celery.send("two")] == [False, False]
    assert asked == ["one"]
    monkeypatch.setattr(SharedCache, "_hung_until", time.monotonic() - 1)
    assert celery.send("three") is False
    assert asked == ["one", "three"]


def test_what_hangs_for_the_cache_hangs_for_the_queue(away: SharedCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are one Redis, and one page asks for both. One that is merely away refuses at once, and may be back."""
    monkeypatch.setattr(SharedCache, "_hung_until", 0.0)
    away.get("counted")
    assert not shared_cache.is_left_alone()

    def hang(*args: object, **kwargs: object) -> None:
        raise Hung

    monkeypatch.setattr(RedisCache, "get", hang)
    monkeypatch.setattr(SharedCache, "_away_until", 0.0)
    away.get("counted")
    assert shared_cache.is_left_alone()


def test_what_is_counted_while_redis_is_away_is_counted_here(away: SharedCache) -> None:
    """Without a count nothing would slow down whoever guesses passwords."""
    assert away.add("counted", 1, timeout=60)
    assert not away.add("counted", 1, timeout=60)
    away.set("counted", 5, timeout=60)
    assert away.get("counted") == 5
    away.delete("counted")
    assert away.get("counted") is None


def test_redis_is_left_alone_for_a_while_and_then_asked_again(
    away: SharedCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sign-in would otherwise wait for it anew; and its return must be noticed."""
    away.get("counted")
    assert SharedCache._away_until > time.monotonic()
    monkeypatch.setattr(SharedCache, "_away_until", 0.0)
    away.get("counted")
    assert SharedCache._away_until > time.monotonic()


@pytest.mark.parametrize("error", [OutOfMemoryError, ReadOnlyError, ResponseError])
def test_an_error_that_redis_answers_with_is_no_error_of_a_page(
    error: type[Exception], away: SharedCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Redis that is full, or cannot write its disk, would make every page of everybody signed in a failure."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise error("MISCONF Redis is configured to save RDB snapshots, but cannot")

    for name in ("get", "incr"):
        monkeypatch.setattr(RedisCache, name, refuse)
    away._own.set("counted", 5)
    assert away.get("counted") == 5
    monkeypatch.setattr(SharedCache, "_away_until", 0.0)
    assert away.incr("counted") == 6


def test_somebody_signs_in_and_a_guesser_is_still_stopped(away: SharedCache, cast: Cast, client: Client) -> None:
    """A force whose queue is down must not be shut out, nor open to guessing."""
    user = cast["amara"]
    user.keep_password("a long enough password", Permit.Grounds.LINK, user)
    page = "/accounts/login/"
    wrong = [client.post(page, {"login": "carol@avonford.example", "password": "wrong"}) for _ in range(12)]
    assert "Too many failed" in wrong[-1].content.decode()
    right = {"login": user.email, "password": "a long enough password"}
    answer = client.post(page, right, REMOTE_ADDR="10.0.0.9")  # not the guesser’s own address
    assert answer.status_code == 302
