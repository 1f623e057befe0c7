"""Every page beside Django admin's list of the same cases, and beside the emptiest page of a plain Django.

    make bench

The service and a plain Django (`bench/beside`) each answer in a process of its own, for ten thousand cases and for a
hundred thousand (SIZE=10k,1m for others: a million take an hour to make). The pages are asked for by turns, so that a
busy machine is busy for all of them. AGAINST=folder names another checkout of the service, whose pages are asked for in
the same turns, from the same databases: before a change and after it in one run. Printed for each page: the median and
the 95th percentile in milliseconds at the larger size, ÷ admin's list as it comes (a hundred rows), ÷ an empty page in
admin's frame, statements, kilobytes as sent, and growth: the median at the larger size ÷ that at the smaller; then
milliseconds of processor time, of the process and its database session together, ÷ admin's list and growth, by which a
page is read on a machine that others use too. The last line is JSON.
"""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from bench.beside.rows import cases_in, number_of  # noqa: E402
from diversion import clock  # noqa: E402
from tests.factories.decisions import posted  # noqa: E402

SIZES = os.environ.get("SIZE", "10k,100k").split(",")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
AGAINST = os.environ.get("AGAINST", "")
WARM = 3  # rounds that are not counted: templates, plans and caches fill
COUNTED = 1  # in this round statements are noted; its time is not
AMARA, ELIN, CAROL = "amara@avonford.example", "elin@avonford.example", "carol@avonford.example"
JO, GEORGE, HUGH = "jo@avonford.example", "george@harbour.example", "hugh@harbour.example"


Found = dict[str, dict[str, dict[str, Any]]]


class Page(NamedTuple):
    """A page of one user; ``data`` is posted first, and what it leads to is measured.

    With ``creates`` the sending itself is: each time of somebody and something new, and it is really kept.
    """

    path: str
    user: str
    data: dict[str, Any] | None = None
    plain: bool = False  # of the plain Django
    creates: bool = False


def decision(**changes: Any) -> dict[str, Any]:
    """A community resolution for one shop theft last week, with an apology in four weeks."""
    today = clock.today()
    crime = {"crimes-0-committed_on": (today - timedelta(days=7)).isoformat()}
    due = {"conditions-0-due_on": (today + timedelta(days=28)).isoformat()}
    return posted(**crime, **due, **{"rationale": "Paid back the same day."} | changes)


ADMIN, EMPTY = "admin's list", "empty page, admin"
PAGES = {
    EMPTY: Page("/empty", ELIN, plain=True),
    ADMIN: Page("/admin/cases/case/", ELIN, plain=True),
    "admin's list, 25 rows": Page("/short/cases/case/", ELIN, plain=True),
    "admin's search by name": Page("/admin/cases/case/?q=John+Smith", ELIN, plain=True),
    "empty signed-in page": Page("/accounts/logout/", AMARA),
    "first page, officer": Page("/", AMARA),
    "first page, coordinator": Page("/", ELIN),
    "first page, sergeant": Page("/", CAROL),
    "cases, officer": Page("/cases/", AMARA),
    "cases, coordinator": Page("/cases/", ELIN),
    "cases, coordinator, page 20": Page("/cases/?page=20", ELIN),
    "cases, coordinator, by limit": Page("/cases/?sort=limit", ELIN),
    "cases, coordinator, by name": Page("/cases/?sort=name", ELIN),
    "cases, officer, open ones": Page("/cases/?status=open", AMARA),
    "cases, coordinator, with the partner": Page("/cases/?status=with_partner", ELIN),
    "cases by name, officer": Page("/cases/", AMARA, {"q": "John Smith"}),
    "cases by name, coordinator": Page("/cases/", ELIN, {"q": "John Smith"}),
    "cases by number, officer": Page("/cases/", AMARA, {"q": "AV/7919/1"}),
    "cases by number, coordinator": Page("/cases/", ELIN, {"q": "AV/79"}),
    "a case": Page("/cases/DV-000000001/", ELIN),
    "record a decision, empty": Page("/decisions/new", AMARA),
    "record a decision, narrowing": Page("/decisions/new", AMARA, decision(show="parts"), creates=True),
    "record a decision": Page("/decisions/new", AMARA, decision(), creates=True),
    "caseload, mine": Page("/caseload/", GEORGE),
    "caseload, everyone's": Page("/caseload/?who=everyone", HUGH),
    "inbox": Page("/inbox/", HUGH),
    "authorisations": Page("/authorisations/", CAROL),
    "access log": Page("/access-log/", JO),
    "access log, a reference": Page("/access-log/?reference=DV-000000001", JO),
}


class Worker:
    """A process that answers pages from one database."""

    def __init__(self, database: str, settings: str = "diversion.settings", checkout: Path = ROOT) -> None:
        environment = {"DJANGO_SETTINGS_MODULE": settings, "BENCH_DATABASE": database, "PYTHONPATH": str(checkout)}
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "bench" / "beside" / "worker.py"],
            cwd=checkout, env=os.environ | environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, page: Page, *, counted: bool = False) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        line = {"path": page.path, "user": page.user, "data": page.data, "creates": page.creates, "counted": counted}
        print(json.dumps(line), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    @property
    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return float(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


Workers = dict[str, Worker]  # "now", "plain" and, where there is one to compare with, "before"


def main() -> None:
    with ExitStack() as stack:
        workers = {size: stack.enter_context(at_work(size)) for size in SIZES}
        told(measured(workers), {size: round(one["now"].megabytes) for size, one in workers.items()})


@contextmanager
def at_work(size: str) -> Iterator[Workers]:
    """Processes over a database of so many cases."""
    with cases_in(size, number_of(size)) as database:
        workers = {"now": Worker(database), "plain": Worker(database, "bench.beside.settings")}
        if AGAINST:
            workers["before"] = Worker(database, checkout=Path(AGAINST))
        try:
            yield workers
        finally:
            for one in workers.values():
                one.stop()


def measured(workers: dict[str, Workers]) -> Found:
    """page -> size -> the times of all rounds, and what the counted round found."""
    lists = ("now", "before", "now cpu", "before cpu")
    found: Found = {page: {size: {name: [] for name in lists} for size in SIZES} for page in PAGES}
    for number in range(WARM + ROUNDS):
        for name, page in PAGES.items():
            for size, at in workers.items():
                for who in ["plain"] if page.plain else [who for who in at if who != "plain"]:
                    answer = at[who].ask(page, counted=number == COUNTED)
                    if answer["status"] != 200:  # an earlier checkout may not know what stands in the rows of today
                        assert who == "before", (name, answer["status"])
                        continue
                    if number == COUNTED and who != "before":
                        found[name][size] |= {"queries": len(answer["queries"]), "kb": answer["kb"]}
                    if number >= WARM:
                        kind = "before" if who == "before" else "now"
                        found[name][size][kind].append(answer["ms"])
                        found[name][size][f"{kind} cpu"].append(answer["cpu"])
    return found


def told(found: Found, megabytes: dict[str, int]) -> None:
    medians, processor = (
        {page: {size: statistics.median(one[kind]) for size, one in sizes.items()} for page, sizes in found.items()}
        for kind in ("now", "now cpu")
    )
    lines = {page: line(page, sizes, medians) | spent(page, sizes, processor) for page, sizes in found.items()}
    print(f"{'at ' + SIZES[-1]:38}" + "".join(f"{head:>9}" for head in lines[ADMIN]))
    for page, numbers in lines.items():
        print(f"{page:38}" + "".join(f"{'' if value is None else value:>9}" for value in numbers.values()))
    print("megabytes of the service's process: " + ", ".join(f"{size} {one}" for size, one in megabytes.items()))
    print(json.dumps({"sizes": SIZES, "rounds": ROUNDS, "pages": lines, "megabytes": megabytes}), flush=True)


def line(page: str, sizes: dict[str, dict[str, Any]], medians: dict[str, dict[str, float]]) -> dict[str, float | None]:
    """A row of the table; ``before`` are the milliseconds of the other checkout."""
    small, large = SIZES[0], SIZES[-1]
    ms, one = medians[page][large], sizes[large]
    return {
        "before": round(statistics.median(one["before"]), 1) if one["before"] else None,
        "ms": round(ms, 1),
        "p95": round(statistics.quantiles(one["now"], n=20)[-1], 1),
        "÷ admin": round(ms / medians[ADMIN][large], 2),
        "÷ empty": round(ms / medians[EMPTY][large], 2),
        "queries": one["queries"],
        "KB": round(one["kb"], 1),
        "growth": round(ms / medians[page][small], 2),
    }


def spent(page: str, sizes: dict[str, dict[str, Any]], medians: dict[str, dict[str, float]]) -> dict[str, float | None]:
    """The same of processor time."""
    small, large = SIZES[0], SIZES[-1]
    before = sizes[large]["before cpu"]
    return {
        "cpu bef": round(statistics.median(before), 1) if before else None,
        "cpu": round(medians[page][large], 1),
        "cpu÷adm": round(medians[page][large] / medians[ADMIN][large], 2),
        "cpu grow": round(medians[page][large] / medians[page][small], 2),
    }


if __name__ == "__main__":
    main()
