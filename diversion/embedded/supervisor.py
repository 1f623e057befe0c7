"""Runs the processes of the Procfile together: all stop when one ends, and none outlives this one.

honcho and its kin stop their processes only when they end well themselves; killed outright, they leave a web server on
the port. Here the kernel ends the children with the parent.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType, MappingProxyType

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.processes import start

STOP_SECONDS = 10
READ_SECONDS = 2
NOTHING: Mapping[str, list[str]] = MappingProxyType({})
SIGINT_BIT = 1 << (signal.SIGINT - 1)


def commands(procfile: Path) -> dict[str, list[str]]:
    """Each name in the Procfile with its command line."""
    lines = (line.partition(":") for line in procfile.read_text().splitlines() if line.strip())
    return {name.strip(): shlex.split(command) for name, _, command in lines}


class Supervisor:
    """Starts commands, passes on what they print, and stops them all when one ends or it is told to."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.errands: dict[str, subprocess.Popen[bytes]] = {}
        self.readers: list[threading.Thread] = []
        self.stopping = False
        self.impatient = False
        self._make_listens = _make_catches_interrupts()

    def run(
        self,
        commands: Mapping[str, list[str]],
        *,
        when_ready: Callable[[], bool],
        then: Mapping[str, list[str]] = NOTHING,
        errands: Mapping[str, list[str]] = NOTHING,
    ) -> None:
        """Run until told to stop. ``when_ready`` is asked again and again until it answers True.

        ``then`` and ``errands`` are started once it has. Errands may end by themselves, and one that fails is told of
        and stops nothing. Raises EmbeddedError naming the process if any other ends by itself.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            self._start(commands, self.children)
            self._watch(when_ready, then, errands)
        finally:
            self._stop_all()

    def _start(self, commands: Mapping[str, list[str]], among: dict[str, subprocess.Popen[bytes]]) -> None:
        for name, command in commands.items():
            among[name] = start(
                command, last_signal=signal.SIGTERM, output=subprocess.PIPE, environment=self.environment
            )
            self.readers.append(_reader(name, among[name]))

    def _watch(
        self, when_ready: Callable[[], bool], then: Mapping[str, list[str]], errands: Mapping[str, list[str]]
    ) -> None:
        ready = False
        while not self.stopping:
            for name, child in self.children.items():
                if child.poll() is not None:
                    raise EmbeddedError(f"{name} ended with exit code {child.returncode}, so everything was stopped.")
            if not ready and when_ready():
                ready = True
                self._start(then, self.children)
                self._start(errands, self.errands)
            self._see_to_errands()
            time.sleep(0.1)
            self.stopping |= self._make_listens and not _make_catches_interrupts()

    def _see_to_errands(self) -> None:
        for name, errand in list(self.errands.items()):
            if errand.poll() is None:
                continue
            del self.errands[name]
            if errand.returncode:
                code = errand.returncode
                _say(name, f"ended with exit code {code}; the service goes on, and the next start tries again.")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.impatient = self.stopping
        self.stopping = True

    def _stop_all(self) -> None:
        """SIGTERM to each, and SIGKILL to what is left after a while or at a second Ctrl-C, with all it started."""
        everybody = [*self.errands.values(), *self.children.values()]
        for child in everybody:
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.poll() is None for child in everybody):
            if self.impatient or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        for child in everybody:
            _kill_group(child)
        for reader in self.readers:
            reader.join(READ_SECONDS)


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """End whatever is left of the child's own session: a pool that outlived its master."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _reader(name: str, child: subprocess.Popen[bytes]) -> threading.Thread:
    thread = threading.Thread(target=_pass_on, args=(name, child), daemon=True)
    thread.start()
    return thread


def _pass_on(name: str, child: subprocess.Popen[bytes]) -> None:
    assert child.stdout is not None  # noqa: S101 (asked for a pipe)
    with child.stdout:
        for line in child.stdout:
            _say(name, line.decode(errors="replace").rstrip())


def _say(name: str, what: str) -> None:
    sys.stdout.write(f"{name:>6} | {what}\n")
    sys.stdout.flush()


def _make_catches_interrupts() -> bool:
    """Whether ``make`` started us and has not been interrupted yet.

    An interrupt sent to make alone, not to the terminal's whole group, never reaches us: make lets go of its own
    handler and waits for us to end.
    """
    parent = Path(f"/proc/{os.getppid()}")
    try:
        if not os.environ.get("MAKELEVEL") or (parent / "comm").read_text().strip() != "make":
            return False
        fields = dict(line.split(":\t", 1) for line in (parent / "status").read_text().splitlines())
    except OSError:
        return False
    return bool(int(fields["SigCgt"], 16) & SIGINT_BIT)
