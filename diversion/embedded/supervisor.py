"""Runs the processes of the Procfile together: one that ends is started again, and none outlives this one.

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
#: What ends is started again after a pause, which doubles each time until something has lived for a while.
FIRST_PAUSE, LONGEST_PAUSE, LONG_LIFE = 0.5, 30.0, 60.0
LOOK_SECONDS, TEND_SECONDS = 0.1, 1.0
#: The kernel's word to the children if this process is killed. Asked to end, Celery's master would stay for ever: it
#: says that it shuts down, and fails because nobody reads that any more.
LAST_SIGNAL = signal.SIGKILL
NOTHING: Mapping[str, list[str]] = MappingProxyType({})
SIGINT_BIT = 1 << (signal.SIGINT - 1)


def commands(procfile: Path) -> dict[str, list[str]]:
    """Each name in the Procfile with its command line."""
    lines = (line.partition(":") for line in procfile.read_text().splitlines() if line.strip())
    return {name.strip(): shlex.split(command) for name, _, command in lines}


class Child:
    """One command of ours, started as often as it takes."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.pause = FIRST_PAUSE
        self.start()

    def start(self) -> None:
        self.process = start(
            self.command, last_signal=LAST_SIGNAL, output=subprocess.PIPE, environment=self.environment
        )
        self.reader = _reader(self.name, self.process)
        self.started_at, self.again_at = time.monotonic(), 0.0

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def keep_up(self) -> None:
        """Start it again where it has ended, once the pause is over."""
        if not self.has_ended():
            return
        if not self.again_at:
            self._pause()
        elif time.monotonic() >= self.again_at:
            self.start()

    def _pause(self) -> None:
        """Say so, end what it left behind, and decide when it is to start again."""
        end_group(self.process)
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > LONG_LIFE else min(self.pause * 2, LONGEST_PAUSE)
        self.again_at = time.monotonic() + self.pause
        _say(self.name, f"ended with exit code {self.process.returncode}; it starts again in {self.pause:g} s")


class Supervisor:
    """Starts commands, passes on what they print, starts again what ends, and stops them all when it is told to."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.children: dict[str, Child] = {}
        self.errands: dict[str, Child] = {}
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
        tend: Callable[[], None] = lambda: None,
    ) -> None:
        """Run until told to stop. ``when_ready`` is asked again and again until it answers True.

        ``then`` and ``errands`` are started once it has. Errands may end by themselves, and one that fails is told of
        and stops nothing. ``tend`` is called each second, in a thread of its own, to see to what the commands need.
        Raises EmbeddedError naming the process if one ends before ``when_ready`` has said True: it cannot run as it is.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        threading.Thread(target=self._tend, args=(tend,), daemon=True).start()
        try:
            self._start(commands, self.children)
            self._wait_until(when_ready)
            self._start(then, self.children)
            self._start(errands, self.errands)
            self._keep_up()
        finally:
            self._stop_all()

    def _start(self, commands: Mapping[str, list[str]], among: dict[str, Child]) -> None:
        if not self.stopping:
            among |= {name: Child(name, command, self.environment) for name, command in commands.items()}

    def _wait_until(self, when_ready: Callable[[], bool]) -> None:
        while not (self._must_stop() or when_ready()):
            for name, child in self.children.items():
                if child.has_ended():
                    code = child.process.returncode
                    raise EmbeddedError(f"{name} ended with exit code {code}, so everything was stopped.")
            time.sleep(LOOK_SECONDS)

    def _keep_up(self) -> None:
        while not self._must_stop():
            for child in self.children.values():
                child.keep_up()
            self._see_to_errands()
            time.sleep(LOOK_SECONDS)

    def _tend(self, tend: Callable[[], None]) -> None:
        while not self.stopping:
            try:
                tend()
            except Exception as error:  # whatever it is, the next time may go well, and nobody else tends
                _say("server", str(error) or repr(error))
            time.sleep(TEND_SECONDS)

    def _must_stop(self) -> bool:
        self.stopping |= self._make_listens and not _make_catches_interrupts()
        return self.stopping

    def _see_to_errands(self) -> None:
        for name, errand in list(self.errands.items()):
            if not errand.has_ended():
                continue
            del self.errands[name]
            if code := errand.process.returncode:
                _say(name, f"ended with exit code {code}; the service goes on, and the next start tries again.")

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.impatient = self.stopping
        self.stopping = True

    def _stop_all(self) -> None:
        """SIGTERM to each, and SIGKILL to what is left after a while or at a second Ctrl-C, with all it started."""
        self.stopping = True
        everybody = [*self.errands.values(), *self.children.values()]
        for child in everybody:
            child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        while any(not child.has_ended() for child in everybody):
            if self.impatient or time.monotonic() > deadline:
                break
            time.sleep(0.05)
        for child in everybody:
            end_group(child.process)
            child.reader.join(READ_SECONDS)


def end_group(child: subprocess.Popen[bytes]) -> None:
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
