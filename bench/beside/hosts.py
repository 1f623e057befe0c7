"""Two web hosts and three workers: one of each is killed in the middle of a report, while people record decisions.

The report is held up where its files are kept by a lock that lets everybody read, so that it is under way when the
worker that has it dies. Which one has it is asked of the workers themselves.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import psycopg2
from django.db import DatabaseError, connection

from bench.beside.faults import Faults
from bench.beside.journeys import Browser, Ledger, ask_for_report
from bench.beside.service import Service, wait_until
from reporting.models import ReportRun

BEGINS_SECONDS, READY_SECONDS = 60, 240
HELD_UP = "LOCK TABLE reporting_reportartefact IN EXCLUSIVE MODE"


@dataclass
class Killed:
    """What each kill of a web host and a worker came to: seconds from it until the report was ready."""

    workers: list[str] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    never: int = 0
    answered: int = 0  # recordings that were answered between a kill and its report

    def told(self) -> str:
        times, took = len(self.ready) + self.never, sorted(self.ready)
        half, most = (f"{one:.0f}" for one in (took[(len(took) - 1) // 2], took[-1])) if took else ("", "")
        return (
            f"Two web hosts, three workers: {times} times one web and the worker that was at a report "
            f"({', '.join(self.workers)}) were killed in the middle of it. The report was ready {half} s later in half "
            f"of them, {most} s later at most, {self.never} times never; {self.answered} other submissions were "
            "answered meanwhile, and each is in the table above"
        )


def kill_in_the_middle(service: Service, faults: Faults, inspector: Browser, ledger: Ledger, times: int) -> Killed:
    """Do it ``times`` times, the web of either host by turns."""
    found = Killed()
    for number in range(times):
        wait_until(lambda: service.is_whole() and service.answers("health", port=service.second_port), READY_SECONDS)
        with _held_up(service) as let_go:
            reference = _asked(inspector, ledger)
            holder = _holder(faults, reference)
            before = _answered(ledger)
            began = time.monotonic()
            service.kill_web(second=bool(number % 2))
            service.kill_worker(holder)
            let_go()
        found.workers.append(holder or "none had it")
        is_ready = wait_until(lambda asked=reference: _is_ready(asked), READY_SECONDS)  # type: ignore[misc]
        found.answered += _answered(ledger) - before
        if is_ready:
            found.ready.append(time.monotonic() - began)
        else:
            found.never += 1
        service.start_second()
    return found


@contextmanager
def _held_up(service: Service) -> Iterator[object]:
    holds = psycopg2.connect(service.addresses()["DATABASE_OWNER_URL"])
    try:
        with holds.cursor() as cursor:
            cursor.execute(HELD_UP)
        yield holds.rollback
    finally:
        holds.close()


def _asked(inspector: Browser, ledger: Ledger) -> str:
    """The reference of a report that is being made; asked again where it was not answered."""
    today = date.today()  # noqa: DTZ011, TID251 - any days do
    while True:
        ask_for_report(inspector, (today - timedelta(days=60)).isoformat(), today.isoformat())
        asked = [one for one in list(ledger.asks) if one.kind == "report"][-1]
        if asked.answered:
            return asked.answered.strip("/").rpartition("/")[2]
        time.sleep(1)


def _holder(faults: Faults, reference: str) -> str:
    """The worker that has it, by name; "" where none has taken it in a minute."""
    run = ReportRun.objects.get(reference=reference).pk
    names: list[str] = []

    def is_held() -> bool:
        active = faults.app.control.inspect(timeout=1).active() or {}
        names[:] = [name for name, tasks in active.items() for one in tasks if one["args"] == [run]]
        return bool(names)

    return names[0] if wait_until(is_held, BEGINS_SECONDS) else ""


def _answered(ledger: Ledger) -> int:
    return sum(bool(one.answered) for one in list(ledger.asks) if one.kind != "report")


def _is_ready(reference: str) -> bool:
    try:
        return ReportRun.objects.filter(reference=reference, state=ReportRun.State.READY).exists()
    except DatabaseError:
        connection.close()
        return False
