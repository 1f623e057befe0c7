"""The process that keeps one embedded server for everybody who uses it, and stops it when the last one has gone.

A server that dies meanwhile is started again.

Each user of a server holds a shared lock on ``NAME.users`` for as long as it lives. The keeper starts the server, then
waits for that lock alone: it gets it when no user is left, whichever way the last one ended, SIGKILL included. It holds
``NAME.keeper`` meanwhile, so that there is one. The server in turn ends with the keeper (``dies_with_parent``).
"""

import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.locks import EXCLUSIVE, Lock
from diversion.embedded.places import Places, places
from diversion.embedded.servers import Server

LOOK_EVERY_SECONDS = 0.05
#: A server that died and does not start is tried again after a pause, which doubles each time.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
READY = "ready"


def server_named(name: str, places: Places) -> Server:
    """The server that ``name`` stands for; its wheel is imported only where it is wanted."""
    if name == "postgres":
        from diversion.embedded.postgres_server import PostgresServer

        return PostgresServer(places)
    from diversion.embedded.redis_server import RedisServer

    return RedisServer(places)


def users_lock(places: Places, name: str) -> Lock:
    return Lock(places.locks / f"{name}.users")


def keeper_lock(places: Places, name: str) -> Lock:
    return Lock(places.locks / f"{name}.keeper")


class Keeper:
    """Keeps ``server`` until nobody uses it or the keeper itself is told to stop."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.told_to_stop = False
        self.users = users_lock(server.places, server.name)
        self.alone = keeper_lock(server.places, server.name)

    def keep(self, report: int) -> int:
        """Run; write "ready" or what went wrong to the descriptor ``report``. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop_soon)
        self.alone.take(EXCLUSIVE)
        try:
            self.server.start()
        except EmbeddedError as error:
            return self._give_up(report, str(error))
        except Exception as error:  # whatever it is, whoever waits at the other end must hear of it
            return self._give_up(report, f"The embedded {self.server.name} did not start: {error!r}")
        _write(report, READY)
        while not self._is_over():
            if self.server.has_died():
                self._bring_back()
            time.sleep(LOOK_EVERY_SECONDS)
        self.server.stop()
        self._leave()
        return 0

    def _is_over(self) -> bool:
        return self.told_to_stop or self.users.attempt(EXCLUSIVE)

    def _bring_back(self) -> None:
        """Start the server again, for as long as somebody uses it. Each failure stands in the keeper's log."""
        pause = FIRST_PAUSE
        while self.server.has_died() and not self._is_over():
            try:
                self.server.start()
            except EmbeddedError as error:
                sys.stderr.write(f"{error}\n")
                sys.stderr.flush()
                self._wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_over():
            time.sleep(LOOK_EVERY_SECONDS)

    def _give_up(self, report: int, why: str) -> int:
        self.server.stop()
        _write(report, why)
        self._leave()
        return 1

    def _leave(self) -> None:
        """Let go of the keeper's own lock first: who waits for the users' lock must then find no keeper."""
        self.alone.release()
        self.users.release()

    def _stop_soon(self, _number: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True


def _write(report: int, message: str) -> None:
    with suppress(BrokenPipeError):  # whoever asked has gone; the users' lock will say so
        os.write(report, message.encode())
    os.close(report)


def main() -> None:
    """Keep the server named by the first argument, reporting to the descriptor named by the second."""
    sys.exit(Keeper(server_named(sys.argv[1], places())).keep(int(sys.argv[2])))
