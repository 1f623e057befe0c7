"""What PostgreSQL and Redis have in common, as their keeper sees them."""

import os
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.locks import private_file
from diversion.embedded.places import Places

LARGEST_LOG = 10_000_000
START_SECONDS = 60
STOP_SECONDS = 30


class Server(ABC):
    """One embedded server of one checkout."""

    name: str

    def __init__(self, places: Places) -> None:
        self.places = places
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def socket(self) -> Path:
        """The Unix socket that the server answers on."""

    @abstractmethod
    def start(self) -> None:
        """Prepare the data folder, start the server and return when it answers."""

    @abstractmethod
    def stop(self) -> None:
        """Stop the server and wait until it has written everything."""

    def answers(self) -> bool:
        """Whether something listens on the socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
        return True

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    @cached_property
    def log(self) -> Path:
        return self.places.logs / f"{self.name}.log"

    def open_log(self) -> BinaryIO:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        return os.fdopen(private_file(self.log, os.O_WRONLY | os.O_APPEND), "ab")

    def wait_for_answer(self) -> None:
        """Wait until the socket answers; say why if the server ends first or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.has_died():
                raise EmbeddedError(self.failure("did not start"))
            if time.monotonic() > deadline:
                raise EmbeddedError(self.failure(f"did not answer within {START_SECONDS} seconds"))
            time.sleep(0.02)

    def wait_for_end(self) -> None:
        """Wait for the server's process, and end it the hard way if it hangs: both servers recover from that."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def failure(self, what: str) -> str:
        """A sentence for people, with the last lines that the server itself wrote."""
        lines = self.log.read_text(errors="replace").splitlines()[-5:] if self.log.exists() else []
        first = f"The embedded {self.name} {what}; the end of {self.log}:"
        return "\n    ".join([first, *lines])
