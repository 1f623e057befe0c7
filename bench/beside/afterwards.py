"""What bench/chaos.py finds afterwards: what was answered beside what is on record, and the page that tells of it."""

import os
import platform
import re
import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from bench.beside.hosts import Killed
from bench.beside.journeys import Ask, Ledger
from bench.beside.service import Service
from cases.models import Case, OutboxEntry
from referrals.models import Appointment, Contact, Referral
from reporting.actions.reports import under_way
from reporting.models import ReportRun

KINDS = ("decision", "acceptance", "meeting", "attendance", "contact", "report")
#: Seconds in which a service that has lost one thing is to be well again.
SOON = 15
#: From here on `doctor` looks among the records.
DEEP = "Submissions that were answered"


@dataclass(frozen=True)
class Kept:
    """What became of everything of one kind: asked, answered, sent more than once; lost and doubled must be none."""

    kind: str
    asked: int
    answered: int
    again: int
    lost: list[str]
    doubled: list[str]


def is_settled() -> bool:
    """Whether nothing is under way any more."""
    try:
        return not OutboxEntry.objects.exists() and not under_way().exists()
    except DatabaseError:
        connection.close()
        return False


def compare(ledger: Ledger) -> list[Kept]:
    connection.close()
    return [_kept(kind, [one for one in ledger.asks if one.kind == kind]) for kind in KINDS]


def _kept(kind: str, asks: list[Ask]) -> Kept:
    times = {"decision": _cases, "acceptance": _accepted, "meeting": _meetings, "attendance": _came}
    count: Callable[[Ask], int] = (times | {"contact": _contacts, "report": _reports})[kind]
    answered = [one for one in asks if one.answered]
    found = {id(one): count(one) for one in asks}
    lost = [one.key for one in answered if found[id(one)] == 0]
    doubled = [one.key for one in asks if found[id(one)] > 1]
    again = (
        sum(one.tries > 1 for one in asks)
        + len(asks)
        - len(
            {one.key for one in asks if one.kind != "report"} | {str(id(one)) for one in asks if one.kind == "report"}
        )
    )
    return Kept(kind, len(asks), len(answered), again, lost, doubled)


def _cases(one: Ask) -> int:
    """How many cases it made; none where its answer led to another one."""
    made = Case.objects.filter(submission=one.key)
    if one.answered and one.answered.strip("/").rpartition("/")[2] not in {case.reference for case in made}:
        return 0
    crimes = [crime for case in made for crime in case.allegations.values_list("crime", flat=True)]
    return Case.objects.filter(allegations__crime__in=crimes).distinct().count()


def _accepted(one: Ask) -> int:
    return int(Referral.objects.open().filter(reference=one.key, navigator__isnull=False).exists())


def _meetings(one: Ask) -> int:
    return Appointment.objects.filter(place=one.key).count()


def _came(one: Ask) -> int:
    number = int(one.key.rstrip("/").split("/")[-2])
    return Appointment.objects.filter(pk=number, attendance=Appointment.Attendance.ATTENDED).count()


def _contacts(one: Ask) -> int:
    return Contact.objects.filter(submission=one.key).count()


def _reports(one: Ask) -> int:
    reference = one.answered.strip("/").rpartition("/")[2]
    return ReportRun.objects.filter(reference=reference, state=ReportRun.State.READY).count()


def named(ledger: Ledger, service: Service) -> list[str]:
    """The logs that hold a name that somebody typed."""
    logs = [service.folder / "service.log", *(service.local / "log").iterdir()]
    held = {log.name: ledger.typed.intersection(re.findall(r"\w+", log.read_text(errors="replace"))) for log in logs}
    return [f"{name} holds {len(names)} names that people typed" for name, names in held.items() if names]


def examined(service: Service, answered: Path | None) -> list[str]:
    """What `doctor --deep` finds amiss among the records."""
    said = service.manage("doctor", "--deep", *(["--submissions", str(answered)] if answered else []))
    lines = said.stdout.splitlines()
    deep = [place for place, line in enumerate(lines) if DEEP in line]
    if not deep:
        return [f"doctor ended early: {said.stderr.strip()[-300:]}"]
    return [line for line in lines[deep[0] :] if line.startswith("MEND")]


@dataclass(frozen=True)
class Told:
    seed: int
    minutes: float
    run: Any
    ledger: Ledger
    found: list[Kept]
    unwell: list[str]
    changes: list[str]
    calm: str
    has_disk: bool
    killed: Killed

    @property
    def is_well(self) -> bool:
        seen = self.ledger.seen
        bad = [one for one in seen if one.startswith(("NO SENTENCE", "DOUBLED"))]
        wrong = [one for one in self.changes if "WRONG" in one]
        amiss = any(one.lost or one.doubled for one in self.found)
        return not (self.unwell or bad or wrong or amiss or self.run.never or self.killed.never)

    def text(self) -> str:
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        lost, doubled = (sum(len(getattr(one, name)) for one in self.found) for name in ("lost", "doubled"))
        answered = sum(one.answered for one in self.found)
        yield "# What faults do to it"
        yield ""
        command = f"python bench/chaos.py {self.run.count} --seed {self.seed} --write"
        yield f"Written by `{command}`, never by hand; its first lines say what is done."
        yield ""
        yield (
            f"**{self.run.count} faults** in {self.minutes:.0f} minutes, {answered} answered submissions: "
            f"**{lost} lost, {doubled} doubled**, {len(self.unwell)} findings of `doctor --deep`."
        )
        machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
        yield f"On {datetime.now(UTC):%-d %B %Y}: {machine}."  # noqa: TID251 - the service's own clock was set ahead
        yield from self._faults()
        yield from self._records()
        yield from self._people()
        yield from self._rest()

    def _faults(self) -> Iterator[str]:
        yield ""
        yield "## Faults, and seconds until the service was over each"
        yield ""
        yield "Each was done by itself first, and then among others, which fell into the same seconds; what is killed"
        yield f"again and again is started anew up to 30 s later. Over it within {SOON} s: {self._soon()}."
        yield ""
        heads = ("Fault", "Times", "Alone, slowest", "Half within", "Slowest", f"Over {SOON} s", "Not over in 120 s")
        yield from table(heads, self._recoveries())

    def _recoveries(self) -> Iterator[tuple[Any, ...]]:
        run = self.run
        for name in sorted({*run.seconds, *run.alone, *run.never}):
            took, alone = run.seconds.get(name, []), run.alone.get(name, [])
            half, most = (f"{how(took):.1f}" if took else "" for how in (statistics.median, max))
            slowest = f"{max(alone):.1f}" if alone else ""
            late = sum(one > SOON for one in (*took, *alone))
            yield name, len(took) + len(alone) + run.never[name], slowest, half, most, late, run.never[name]

    def _soon(self) -> str:
        """How often the service was over a fault as soon as is asked: by itself, and among others."""
        parts = []
        for where, times in (("alone", self.run.alone), ("among others", self.run.seconds)):
            took = [one for found in times.values() for one in found]
            parts.append(f"{sum(one <= SOON for one in took)} of {len(took)} {where}")
        return ", ".join(parts)

    def _records(self) -> Iterator[str]:
        yield ""
        yield "## What was sent, and what is on record"
        yield ""
        rows = ((one.kind, one.asked, one.again, one.answered, len(one.lost), len(one.doubled)) for one in self.found)
        yield from table(("Kind", "Sent", "Of them more than once", "Answered", "Lost", "Doubled"), rows)
        yield ""
        for one in self.found:
            yield from (f"- {what} {one.kind}: {key}" for what in ("lost", "doubled") for key in getattr(one, what))
        yield from self.unwell or [
            "`doctor --deep` finds all records well, before and after the changes of summer time."
        ]

    def _people(self) -> Iterator[str]:
        yield ""
        yield "## What people saw when their form did not go through"
        yield ""
        yield from table(("What", "Times"), self.ledger.seen.most_common())
        yield ""
        yield "The slowest answered submission, by what was wrong meanwhile:"
        yield ""
        slowest = ((what, f"{seconds:.1f}") for what, seconds in sorted(self.ledger.slowest.items()))
        yield from table(("Wrong", "Seconds"), slowest)

    def _rest(self) -> Iterator[str]:
        faults = self.run.faults
        yield ""
        yield "## Also"
        yield ""
        if faults.leftovers:
            longest, times = max(faults.leftovers), len(faults.leftovers)
            yield f"- Nothing of a killed supervisor was left after {longest:.1f} s ({times} times)."
        if self.has_disk:
            yield f"- `/ready` told of a full disk {sum(faults.room_seen)} of {len(faults.room_seen)} times."
        else:
            yield "- Not done: a full disk. This machine lets nobody mount a small one."
        yield f"- {self.killed.told()}."
        yield f"- {self.calm}."
        yield from (f"- Summer time, {one}." for one in self.changes)
        yield f"- {len(self.ledger.typed)} names were typed; a log that holds one of them would stand above."
        yield "- Not done: the machine's own clock. The beat goes by it; the service's clock is what was set."


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"
