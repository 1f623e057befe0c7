"""Many at once against gunicorn as the Procfile starts it: officers who record, navigators, an inspector.

    make bench

A database of SIZE cases (10k) is filled, gunicorn answers from it, and USERS (40) of Locust's come for SECONDS (60),
each with one to five seconds between two pages. Printed for each page: how often, failures, the median and the 95th and
99th percentile in milliseconds; then pages a second, and memory of each web worker. The last line is JSON. A failure
ends it with exit status 1. Locust is fetched into a folder of its own (bench/requirements.txt).
"""

import json
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")

import django  # noqa: E402

from diversion.postgres.wall import begin_as_service  # noqa: E402

begin_as_service()
django.setup()

from django.test import Client  # noqa: E402

from bench.beside.rows import cases_in, number_of  # noqa: E402
from diversion import clock  # noqa: E402
from diversion.accounts.models import User  # noqa: E402
from tests.factories.decisions import posted  # noqa: E402

SIZE, USERS, SECONDS = os.environ.get("SIZE", "10k"), os.environ.get("USERS", "40"), os.environ.get("SECONDS", "60")
PACKAGES = ROOT / ".local/bench"
WHO = ("amara", "elin", "george", "hugh", "ian")


def main() -> None:
    _install()
    with cases_in(f"load_{SIZE}", number_of(SIZE)) as database, tempfile.TemporaryDirectory() as folder:
        cookies = {who: _signed_in(who) for who in WHO}
        with _gunicorn(database, Path(folder)) as (address, workers):
            found = _locust(address, cookies)
            megabytes = [_megabytes(pid) for pid in workers()]
    pages = [_line(one) for one in found]
    print(f"{'':28}{'asked':>8}{'failed':>8}{'ms':>8}{'p95':>8}{'p99':>8}")
    for one in pages:
        print(f"{one['page']:28}" + "".join(f"{one[name]:>8}" for name in ("asked", "failed", "ms", "p95", "p99")))
    rate = round(sum(one["asked"] for one in pages) / float(SECONDS), 1)
    told = {"size": SIZE, "users": int(USERS), "pages_a_second": rate, "megabytes": megabytes, "pages": pages}
    print(json.dumps(told), flush=True)
    if any(one["failed"] for one in pages):
        raise SystemExit(1)


def _install() -> None:
    if not (PACKAGES / "locust").is_dir():
        packages = ["--target", str(PACKAGES), "--upgrade", "-r", str(ROOT / "bench/requirements.txt")]
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", *packages], check=True)


def _signed_in(who: str) -> dict[str, str]:
    """The cookies of a session that has just begun."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email__startswith=f"{who}@"))
    return {name: one.value for name, one in client.cookies.items()}


def _decision() -> dict[str, Any]:
    today = clock.today()
    days = {"crimes-0-committed_on": today.isoformat()}
    return posted(**days, **{"conditions-0-due_on": (today + timedelta(days=28)).isoformat()})


@contextmanager
def _gunicorn(database: str, folder: Path) -> Iterator[tuple[str, Any]]:
    """The web of the Procfile, over that database: its address, and who its workers are."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = next(line for line in (ROOT / "Procfile").read_text("utf-8").splitlines() if line.startswith("web:"))
    command = [sys.executable, "-m", *shlex.split(web.removeprefix("web:")), "--bind", f"127.0.0.1:{port}"]
    own = {"DJANGO_SETTINGS_MODULE": "bench.beside.loaded", "BENCH_DATABASE": database, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen(command, cwd=ROOT, env=os.environ | own)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    try:
        _wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://localhost:{port}", lambda: [int(pid) for pid in children.read_text().split()]
    finally:
        running.terminate()
        running.wait(timeout=60)


def _wait_for(address: str) -> None:
    for _second in range(120):
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(1)
    raise SystemExit("gunicorn did not answer within two minutes.")


def _locust(address: str, cookies: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "bench/beside/visitors.py"), "--headless", "--json"]
    command += ["--host", address, "-u", USERS, "-r", "10", "-t", f"{SECONDS}s", "--loglevel", "WARNING"]
    own = {"PYTHONPATH": str(PACKAGES), "VISITORS": json.dumps(cookies), "DECISION": json.dumps(_decision())}
    own["CASES"] = str(number_of(SIZE))
    done = subprocess.run(command, env=os.environ | own, text=True, stdout=subprocess.PIPE, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _line(one: dict[str, Any]) -> dict[str, Any]:
    """Locust counts answers by their milliseconds: the percentiles are told from that."""
    times = sorted((float(ms), count) for ms, count in one["response_times"].items())

    def at(share: float) -> float:
        left = share * sum(count for _ms, count in times)
        for ms, count in times:
            left -= count
            if left <= 0:
                return ms
        return 0.0

    told = {"page": one["name"], "asked": one["num_requests"], "failed": one["num_failures"]}
    return told | {"ms": at(0.5), "p95": at(0.95), "p99": at(0.99)}


def _megabytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return round(int(status.split("VmRSS:")[1].split()[0]) / 1024)


if __name__ == "__main__":
    main()
