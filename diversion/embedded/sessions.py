"""Using the embedded servers for as long as a block runs."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from diversion.embedded.addresses import OWNER, database_url, redis_url, set_environment
from diversion.embedded.errors import EmbeddedError
from diversion.embedded.keeper import READY, keeper_lock, server_named, users_lock
from diversion.embedded.locks import SHARED, Lock, holding
from diversion.embedded.needs import BOTH, servers_needed
from diversion.embedded.places import CHECKOUT, Places, places
from diversion.embedded.signals import ended_by_signals

STOPPING_SECONDS = 60


@contextmanager
def servers_for(argv: Sequence[str]) -> Iterator[None]:
    """Set the addresses and run the servers that the command line ``argv`` needs."""
    here = set_environment()
    use = Use(_embedded(servers_needed(argv), here), here)
    with ended_by_signals(use.end):
        try:
            use.begin()
            yield
        finally:
            use.end()


@contextmanager
def running(names: Sequence[str], here: Places) -> Iterator[None]:
    """Join the servers ``names``, starting those that do not run; the last one out stops them."""
    use = Use(names, here)
    try:
        use.begin()
        yield
    finally:
        use.end()


class Use:
    """This process's use of the servers ``names``."""

    def __init__(self, names: Sequence[str], here: Places) -> None:
        self.names = names
        self.here = here
        self.process = os.getpid()
        self.locks = {name: users_lock(here, name) for name in names}

    def begin(self) -> None:
        for lock in self.locks.values():
            lock.take(SHARED)
        _ensure_started(self.names, self.here)

    def end(self) -> None:
        """Let go, and wait until what nobody else uses has stopped."""
        if os.getpid() != self.process:
            return  # a forked child shares the locks, and must not let go of them for its parent
        for lock in self.locks.values():
            lock.release()
        with suppress(KeyboardInterrupt):  # impatience cannot hurt: the keepers go on without us
            for name in self.names:
                _wait_for_the_stop(name, self.here)


def _embedded(names: Iterable[str], here: Places) -> list[str]:
    """Those of ``names`` whose address in the environment is the embedded server's."""
    ours = {
        "postgres": os.environ.get("DATABASE_OWNER_URL") == database_url(here, OWNER),
        "redis": os.environ["REDIS_URL"].partition("?")[0] == redis_url(here),
    }
    return [name for name in names if ours[name]]


def _ensure_started(names: Sequence[str], here: Places) -> None:
    with ThreadPoolExecutor() as together:
        for _ in together.map(lambda name: _ensure_one_started(name, here), names):
            pass  # taking each result raises what went wrong


def bring_back() -> None:
    """Start the keepers of embedded servers that have gone, which something killed. Their servers went with them.

    For a process that uses those servers already. Raises EmbeddedError where one does not start.
    """
    here = places()
    for name in _embedded(BOTH, here):
        if keeper_lock(here, name).is_free():
            _ensure_one_started(name, here)


def _ensure_one_started(name: str, here: Places) -> None:
    """Start a keeper unless one runs. The shared lock that we hold keeps it from stopping meanwhile."""
    with holding(here.locks / f"{name}.starting"):
        if not _is_kept(name, here):
            _start_keeper(name, here)


def _is_kept(name: str, here: Places) -> bool:
    """Whether a keeper has its server answer. One that brings it back, or that is leaving, is waited for."""
    keeper, server = keeper_lock(here, name), server_named(name, here)
    deadline = time.monotonic() + STOPPING_SECONDS
    while not keeper.is_free():
        if server.answers():
            return True
        if time.monotonic() > deadline:
            raise EmbeddedError(server.failure(f"has not answered for {STOPPING_SECONDS} seconds"))
        time.sleep(0.05)
    return False


def _start_keeper(name: str, here: Places) -> None:
    reading, writing = os.pipe()
    with (here.logs / "keeper.log").open("ab") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-c", "from diversion.embedded.keeper import main; main()", name, str(writing)],
            cwd=CHECKOUT,
            env=os.environ | {"DIVERSION_LOCAL": str(here.local)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[writing],
            start_new_session=True,
        )
    keeper.returncode = 0  # it keeps the server for others too, and is nobody's to wait for
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    if answer != READY:
        raise EmbeddedError(answer or f"The embedded {name} did not start: see {here.logs / 'keeper.log'}.")


def _wait_for_the_stop(name: str, here: Places) -> None:
    """Return when the server has stopped, or at once when somebody else still uses it."""
    deadline = time.monotonic() + STOPPING_SECONDS
    while time.monotonic() < deadline and not keeper_lock(here, name).is_free():
        if not users_lock(here, name).is_free() and _is_shared(users_lock(here, name)):
            return
        time.sleep(0.01)


def _is_shared(lock: Lock) -> bool:
    """Whether the lock can be had with others, that is, whether they are users and not the keeper alone."""
    try:
        return lock.attempt(SHARED)
    finally:
        lock.release()
