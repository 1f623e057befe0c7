"""What bench/chaos.py does to the service, and how it knows that the service is over it.

Each fault gives what is so once the service is over it, or None where there was nothing to do it to.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from random import Random

from celery import Celery

from bench.beside.service import Service, below, kill, wait_until
from diversion.embedded.addresses import celery_url, redis_url
from diversion.embedded.places import Places

Over = Callable[[], bool]
TWICE = (
    *("reporting.tasks.refresh_facts", "reporting.tasks.hand_on_reports", "referrals.tasks.watch_limits"),
    *("reporting.tasks.count_months", "reporting.tasks.run_due_reports", "diversion.celery.hear_beat"),
)
HOUR = 3600
#: How often each is done, beside the others.
WEIGHTS = {
    "a web process killed": 14,
    "a worker's process killed": 12,
    "a task delivered twice": 15,
    "Redis killed": 6,
    "Redis stopped": 4,
    "Redis paused for 1 to 4 s": 5,
    "a connection's process of PostgreSQL killed": 8,
    "PostgreSQL paused for 1 to 4 s": 5,
    "PostgreSQL killed": 3,
    "PostgreSQL stopped": 3,
    "a keeper of a server killed": 2,
    "the clock set ahead by an hour, or back": 6,
    "the worker killed": 2,
    "the beat killed": 2,
    "two beats at once, for 65 s": 1,
    "the web killed": 1.5,
    "the disk full for 3 s": 1.2,
    "the supervisor killed": 0.7,
    "a second host killed, web and worker at once": 3,
}


class Faults:
    def __init__(self, service: Service, chance: Random, reports: Callable[[], list[int]]) -> None:
        self.service, self.chance, self.reports = service, chance, reports
        self.took = 0.0  # seconds of the last fault in which the service was to be well again
        self.leftovers: list[float] = []  # seconds until nothing of a killed supervisor was left
        self.room_seen: list[bool] = []  # whether /ready told of each full disk
        self.beats: list[subprocess.Popen[bytes]] = []
        self.ahead = 0.0
        self.app = Celery("chaos", broker=celery_url(redis_url(Places(service.local))), set_as_current=False)
        self.app.conf.broker_transport_options = {"max_retries": 0, "socket_timeout": 2}
        self.doing = {
            "a web process killed": lambda: self._one_of(self._below("gunicorn")),
            "a worker's process killed": lambda: self._one_of(self._below(" worker ")),
            "a task delivered twice": self._twice,
            "Redis killed": lambda: self._kill(self.service.redis(), self._queue),
            "Redis stopped": lambda: self._kill(self.service.redis(), self._queue, signal.SIGTERM),
            "Redis paused for 1 to 4 s": lambda: self._pause([self.service.redis()], self._queue),
            "a connection's process of PostgreSQL killed": self._backend,
            "PostgreSQL paused for 1 to 4 s": self._pause_postgres,
            "PostgreSQL killed": lambda: self._kill(self.service.postgres(), self._database),
            "PostgreSQL stopped": lambda: self._kill(self.service.postgres(), self._database, signal.SIGINT),
            "a keeper of a server killed": lambda: self._one_of(self.service.keepers()),
            "the clock set ahead by an hour, or back": self._clock,
            "the worker killed": lambda: self._child(" worker "),
            "the beat killed": lambda: self._child(" beat "),
            "two beats at once, for 65 s": self._two_beats,
            "the web killed": lambda: self._child("gunicorn"),
            "the disk full for 3 s": self._full,
            "the supervisor killed": self._supervisor,
            "a second host killed, web and worker at once": self._host,
        }

    def possible(self) -> list[str]:
        return [name for name in WEIGHTS if self.service.disk or "disk" not in name]

    def choose(self) -> str:
        names = self.possible()
        [name] = self.chance.choices(names, [WEIGHTS[one] for one in names])
        return name

    def end(self) -> None:
        for beat in self.beats:
            beat.kill()
            beat.wait()
        self.set_clock(0)

    def set_clock(self, seconds: float) -> None:
        self.ahead = seconds
        self.service.set_clock(seconds)

    def _queue(self) -> bool:
        return self.service.answers("health", "queue")

    def _database(self) -> bool:
        return self.service.answers("health", "database")

    def _below(self, word: str) -> list[int]:
        return [pid for one in self.service.children(word) for pid in below(one)]

    def _one_of(self, found: list[int]) -> Over | None:
        """Kill one; over once there are as many again."""
        return self._kill(self.chance.choice(found), self.service.is_whole) if found else None

    def _kill(self, pid: int | None, over: Over, number: signal.Signals = signal.SIGKILL) -> Over | None:
        kill(pid, number)
        return over if pid else None

    def _child(self, word: str) -> Over | None:
        found = self.service.children(word)
        for pid in found:
            kill(pid)
        return (lambda: bool(set(self.service.children(word)) - set(found)) and self._database()) if found else None

    def _backend(self) -> Over | None:
        """PostgreSQL then ends all others too, and recovers."""
        return (
            self._kill(self.chance.choice(found), self._database)
            if (found := below(self.service.postgres() or 0))
            else None
        )

    def _pause_postgres(self) -> Over | None:
        pid = self.service.postgres()
        return self._pause([pid, *below(pid)], self._database) if pid else None

    def _pause(self, found: list[int | None], over: Over) -> Over | None:
        for pid in found:
            kill(pid, signal.SIGSTOP)
        time.sleep(self.chance.uniform(1, 4))
        for pid in found:
            kill(pid, signal.SIGCONT)
        return over if any(found) else None

    def _twice(self) -> Over | None:
        runs = self.reports()
        name, arguments = self.chance.choice(TWICE), []
        if runs and self.chance.random() < 0.5:
            name, arguments = "reporting.tasks.run_report", [self.chance.choice(runs)]
        try:
            for _time in range(2):
                self.app.send_task(name, arguments, retry=False)
        except Exception:  # the queue is away at the moment
            return None
        return lambda: True

    def _two_beats(self) -> Over | None:
        if self.beats and self.beats[-1].poll() is None:
            return None
        schedule = str(self.service.folder / "second-beat")
        command = [
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "--app",
            "diversion.celery:app",
            "beat",
            "--schedule",
            schedule,
        ]
        own = self.service.environment | self.service.addresses()
        beat = self.service.begin(command, own)
        self.beats.append(beat)
        threading.Timer(65, beat.terminate).start()
        return lambda: True

    def _clock(self) -> Over:
        self.set_clock(0 if self.ahead else self.chance.choice((HOUR, -HOUR)))
        return lambda: True

    def _full(self) -> Over | None:
        """Fill PostgreSQL's own small disk, and make room again."""
        if self.service.disk is None:
            return None
        filler = self.service.disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"\0" * 2**20):
                pass
        with suppress(OSError), filler.open("ab", buffering=0) as file:
            while file.write(b"\0" * 512):
                pass
        self.room_seen.append(wait_until(lambda: self.service.page("ready").get("status") == "not ready", 11))
        time.sleep(3)
        filler.unlink()
        return lambda: self.service.answers("ready", "database", "room")

    def _host(self) -> Over | None:
        """It is there again after some seconds, as a machine that starts."""
        if not self.service.answers("health", port=self.service.second_port):
            return None
        self.service.kill_second("web", "second")
        time.sleep(self.chance.uniform(0, 2))
        self.service.start_second()
        return lambda: self.service.answers("health", "database", port=self.service.second_port)

    def _supervisor(self) -> Over:
        """Nothing may outlive it; then it is started as whoever runs the host would start it."""
        if self.service.running is not None:
            self.service.running.kill()
            self.service.running.wait()
        began = time.monotonic()
        beats = {beat.pid for beat in self.beats}
        wait_until(lambda: not set(self.service.first_host()) - beats, 30)
        self.leftovers.append(time.monotonic() - began)
        self.service.start()
        self.took = time.monotonic() - began
        return self.service.is_whole
