"""People at work while everything fails: is anything lost, doubled or half written, and how soon is it well again?

    python bench/chaos.py [FAULTS] [--seed 1] [--minutes 20] [--gap 0.6] [--alone 2] [--hosts 4] [--write]

Two officers, a partner and an inspector work with a service of their own (`manage.py run_services`, in an empty folder
under /tmp) and of a second web and two workers beside it, while each fault is done to it ALONE times by itself, and
then FAULTS (20) at random moments, or as many as MINUTES allow. Then HOSTS times one web and the worker that is at a
report are killed in the middle of it. Then its clock goes over both changes of summer time, each task of the time
limits twice. What was answered is compared with the records, and `doctor --deep` looks among them. Exit status 1 if
anything is lost, doubled or unwell. With --write the tables become docs/reliability.md. It ends only processes of that
folder. Root may mount a small disk to be filled; without one that fault is left out, and said so. KEEP=1 leaves the
folder and its log.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.beside.faults import Faults  # noqa: E402
from bench.beside.journeys import Ledger  # noqa: E402
from bench.beside.service import Service, service, wait_until  # noqa: E402

OVER_SECONDS, SETTLE_SECONDS = 120, 240


class Run:
    """The faults of one run, each with the seconds until the service was over it."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.seconds: dict[str, list[float]] = {}
        self.alone: dict[str, list[float]] = {}  # with nothing else wrong
        self.never: Counter[str] = Counter()
        self.active: Counter[str] = Counter()
        self.watching: list[threading.Thread] = []

    @property
    def count(self) -> int:
        return sum(len(one) for times in (self.seconds, self.alone) for one in times.values()) + sum(
            self.never.values()
        )

    def wrong(self) -> str:
        """What is wrong at the moment, in a word."""
        names = [name for name, times in self.active.items() if times > 0]
        if not names:
            return "nothing"
        return "Redis alone" if all("Redis" in name for name in names) else "something else"

    def one_by_one(self, times: int) -> None:
        """Each fault while nothing else is wrong: how soon the service is over that one."""
        for name in self.faults.possible() * times:
            wait_until(self.faults.service.is_whole, OVER_SECONDS)
            self.faults.took = 0.0
            if over := self.faults.doing[name]():
                began = time.monotonic() - self.faults.took
                if wait_until(over, OVER_SECONDS):
                    self.alone.setdefault(name, []).append(time.monotonic() - began)
                else:
                    self.never[name] += 1

    def go_on(self, wanted: int, minutes: float, gap: float, chance: Random) -> None:
        until, begun = time.monotonic() + minutes * 60, 0
        while begun < wanted and time.monotonic() < until:
            name = self.faults.choose()
            self.active[name] += 1
            self.faults.took = 0.0
            if over := self.faults.doing[name]():
                begun += 1
                watch = threading.Thread(target=self._watch, args=(name, over, time.monotonic() - self.faults.took))
                watch.start()
                self.watching.append(watch)
                if begun % 25 == 0:
                    print(f"{begun} faults", flush=True)
            else:
                self.active[name] -= 1
            time.sleep(chance.expovariate(1 / gap))
        for watch in self.watching:
            watch.join()

    def _watch(self, name: str, over: Any, began: float) -> None:
        if wait_until(over, OVER_SECONDS):
            self.seconds.setdefault(name, []).append(time.monotonic() - began)
        else:
            self.never[name] += 1
        self.active[name] -= 1


def main() -> None:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Told to stop."))  # and what it started with it
    chance = Random(asked.seed)
    with service() as running:
        has_disk = running.mount()
        print(f"Started in {running.start():.0f} s, {'with' if has_disk else 'without'} a small disk.", flush=True)
        running.start_second()
        _join(running)
        from bench.beside import afterwards, hosts, load

        faults = Faults(running, chance, load.reports_under_way)
        run, ledger = Run(faults), Ledger()
        ledger.wrong = run.wrong
        people = load.begin((running.port, running.second_port), ledger, asked.seed)
        wait_until(lambda: sum(bool(one.answered) for one in list(ledger.asks)) > 5, OVER_SECONDS)  # all at work
        began = time.monotonic()
        try:
            run.one_by_one(asked.alone)
            run.go_on(asked.faults, asked.minutes, asked.gap, chance)
        finally:
            faults.end()
        if not wait_until(running.is_whole, OVER_SECONDS):
            print("The service did not come back.", flush=True)
        inspector = load.browser_of("ian", (running.port, running.second_port), ledger)
        killed = hosts.kill_in_the_middle(running, faults, inspector, ledger, asked.hosts)
        ledger.stop.set()
        for person in people:
            person.join()
        minutes = (time.monotonic() - began) / 60
        wait_until(afterwards.is_settled, SETTLE_SECONDS)
        found = afterwards.compare(ledger)
        unwell = afterwards.examined(running, _answered(ledger, running.folder))
        calm = load.while_redis_hangs(running, chance)
        changes = [load.over_a_change(running, faults, ledger, moment, chance) for moment in load.CHANGES]
        unwell += afterwards.named(ledger, running)
        unwell += [f"after the changes of summer time: {one}" for one in afterwards.examined(running, None)]
        told = afterwards.Told(asked.seed, minutes, run, ledger, found, unwell, changes, calm, has_disk, killed)
    print(text := told.text())
    if asked.write:
        (ROOT / "docs/reliability.md").write_text(text)
    if not told.is_well:
        raise SystemExit(1)


def _arguments() -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument("faults", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--gap", type=float, default=0.6, help="seconds between two faults, on average")
    parser.add_argument("--alone", type=int, default=2, help="times each fault is done with nothing else wrong")
    parser.add_argument("--hosts", type=int, default=4, help="times one web and one worker are killed in a report")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def _join(running: Service) -> None:
    """Have this process read that service's database, without keeping its servers alive."""
    from diversion.embedded.addresses import set_environment

    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    own = ("DIVERSION_LOCAL", "DIVERSION_ENV", "DJANGO_SETTINGS_MODULE", "CHAOS_CLOCK")
    os.environ.update({name: running.environment[name] for name in own})
    set_environment()
    import django

    from diversion.postgres.wall import begin_as_service

    begin_as_service()
    django.setup()


def _answered(ledger: Ledger, folder: Path) -> Path:
    """The submissions of all that was answered, for doctor."""
    numbers = {one.key for one in ledger.asks if one.answered and one.kind in ("decision", "contact")}
    path = folder / "answered"
    path.write_text("\n".join(sorted(numbers)))
    return path


if __name__ == "__main__":
    main()
