"""A service of its own for bench/chaos.py, and what belongs to it: started, found by its folder, ended by number."""

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from diversion.embedded.addresses import set_environment

ROOT = Path(__file__).resolve().parents[2]
MEGABYTES = 1500
STARTS_WITHIN = 240
#: How a worker is called, so that its own are told from others of the same machine.
NAMED = ("--hostname", "{}@%h")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Service:
    """`manage.py run_services` in an empty folder, on a free port, with a clock that can be set."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.local, self.port = folder, folder / "local", free_port()
        self.clock = folder / "clock"
        self.disk: Path | None = None
        self.log = (folder / "service.log").open("ab")
        ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        self.environment = {name: value for name, value in os.environ.items() if name not in ours} | {
            "DIVERSION_LOCAL": str(self.local),
            "DIVERSION_ENV": "development",
            "DJANGO_SETTINGS_MODULE": "bench.beside.skewed",
            "CHAOS_CLOCK": str(self.clock),
            "PYTHONPATH": str(ROOT),
            "PORT": str(self.port),
        }
        self.running: subprocess.Popen[bytes] | None = None
        self.second_port = free_port()
        self.second: dict[str, subprocess.Popen[bytes]] = {}  # web and worker of another host, and a third worker
        self.set_clock(0)

    def set_clock(self, seconds: float) -> None:
        draft = self.clock.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(self.clock)

    def mount(self) -> bool:
        """Give PostgreSQL a small file system of its own to fill; False where this machine lets us mount none."""
        place = self.local / "postgres"
        place.mkdir(parents=True)
        size = f"size={MEGABYTES}m,mode=700"
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)], capture_output=True, check=False
        )
        if done.returncode == 0:
            self.disk = place
        else:
            place.rmdir()
        return self.disk is not None

    def start(self) -> float:
        """Start it and wait until all of it is there; the seconds that took."""
        began = time.monotonic()
        command = [sys.executable, "manage.py", "run_services"]
        self.running = self.begin(command, self.environment)
        while not self.is_whole():
            if self.running.poll() is not None or time.monotonic() - began > STARTS_WITHIN:
                raise SystemExit(f"The service did not start: see {self.folder}/service.log")
            time.sleep(0.2)
        return time.monotonic() - began

    def start_second(self) -> None:
        """Web and worker of another host, on a port of their own, which share database and queue with the first; and
        a third worker. What of them runs already stays."""
        programs = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
        own = self.environment | self.addresses() | {"GUNICORN_CMD_ARGS": f"--bind=127.0.0.1:{self.second_port}"}
        for name, program, more in (("web", "web", ()), ("second", "worker", NAMED), ("third", "worker", NAMED)):
            if name not in self.second:
                command = [sys.executable, "-m", *shlex.split(programs[program])]
                self.second[name] = self.begin([*command, *(one.format(name) for one in more)], own)

    def kill_second(self, *names: str) -> None:
        """All of that host, or the ones named."""
        for name in names or list(self.second):
            if one := self.second.pop(name, None):
                os.killpg(one.pid, signal.SIGKILL)
                one.wait()

    def kill_web(self, *, second: bool) -> None:
        """The whole web of the second host, or of the first, whose supervisor starts it again."""
        if second:
            self.kill_second("web")
        else:
            self._kill_children("gunicorn")

    def kill_worker(self, name: str) -> None:
        """The worker that calls itself so, with its pool."""
        own = name.partition("@")[0]
        if own in self.second:
            self.kill_second(own)
        elif name:
            self._kill_children(" worker ")

    def _kill_children(self, word: str) -> None:
        for one in self.children(word):
            for pid in (*below(one), one):
                kill(pid)

    def begin(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    def addresses(self) -> dict[str, str]:
        found = {"DIVERSION_LOCAL": str(self.local)}
        set_environment(found)
        return found

    def stop(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.running.wait(60)
        self.kill_second()
        for pid in self.all():
            kill(pid)
        self.log.close()
        if self.disk is not None:
            wait_until(lambda: not self.all(), 15)
            subprocess.run(["umount", str(self.disk)], check=False)

    def all(self) -> list[int]:
        """Every process that belongs to the folder, but this one."""
        return [pid for pid in pids() if pid != os.getpid() and str(self.local) in said(pid, "cmdline", "environ")]

    def children(self, word: str) -> list[int]:
        """The supervisor's own processes in whose command the word stands."""
        pid = self.running.pid if self.running else 0
        return [one for one in below(pid) if word in said(one, "cmdline")]

    def postgres(self) -> int | None:
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.local / "postgres/data/postmaster.pid").read_text().splitlines()[0])
            return pid if str(self.local) in said(pid, "cmdline") else None
        return None

    def redis(self) -> int | None:
        socket_of = str(self.local / "run/redis.sock")
        found = [pid for pid in pids() if "redis-server" in (words := said(pid, "cmdline")) and socket_of in words]
        return found[0] if found else None

    def first_host(self) -> list[int]:
        """All of the folder's processes but those of the second host, which are groups of their own."""
        groups = {one.pid for one in self.second.values()}
        return [pid for pid in self.all() if group_of(pid) not in groups]

    def keepers(self) -> list[int]:
        return [pid for pid in self.all() if "keeper import main" in said(pid, "cmdline")]

    def is_whole(self) -> bool:
        """Whether pages, database and queue answer, and worker and beat run."""
        names = ("gunicorn", " worker ", " beat ")
        return self.answers("health", "database", "queue") and all(self.children(name) for name in names)

    def answers(self, page: str, *checks: str, port: int = 0) -> bool:
        found = self.page(page, port)
        return bool(found) and all(found.get(name) for name in checks)

    def page(self, page: str, port: int = 0) -> dict[str, Any]:
        try:
            with OPENER.open(f"http://localhost:{port or self.port}/{page}", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error, suppress(ValueError, OSError):
                return dict(json.load(error))
        except (OSError, ValueError):
            pass
        return {}

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)


@contextmanager
def service() -> Iterator[Service]:
    folder = Path(tempfile.mkdtemp(prefix="diversion-chaos-"))
    folder.chmod(0o711)  # the user that root runs the servers as walks through
    found = Service(folder)
    try:
        yield found
    finally:
        found.stop()
        if not os.environ.get("KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def pids() -> list[int]:
    return [int(one) for one in os.listdir("/proc") if one.isdecimal()]


def said(pid: int, *files: str) -> str:
    """What a process was started with; "" once it has ended."""
    found = ""
    for name in files:
        with suppress(OSError):
            found += Path(f"/proc/{pid}/{name}").read_bytes().replace(b"\0", b" ").decode(errors="replace") + " "
    return found


def group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def below(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(one) for one in file.read_text().split()]
    return found


def kill(pid: int | None, number: signal.Signals = signal.SIGKILL) -> None:
    if pid:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
