import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import CHECKOUT
from diversion.embedded.supervisor import Supervisor, commands

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture(autouse=True)
def _own_signal_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def supervise(*, ready: bool = True, **programs: list[str]) -> Supervisor:
    supervisor = Supervisor(os.environ)
    supervisor.run(programs, when_ready=lambda: ready)
    return supervisor


def test_the_procfile_names_web_worker_and_beat() -> None:
    """One process missing there is one missing everywhere."""
    assert set(commands(CHECKOUT / "Procfile")) == {"web", "worker", "beat"}


def test_when_one_ends_all_are_stopped_and_it_is_named() -> None:
    """A service without its worker looks well and never finishes a report."""
    supervisor = Supervisor(os.environ)
    with pytest.raises(EmbeddedError, match="worker ended with exit code 3"):
        supervisor.run(
            {"web": SLEEPER, "worker": [sys.executable, "-c", "raise SystemExit(3)"]}, when_ready=lambda: True
        )
    assert all(child.poll() is not None for child in supervisor.children.values())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(number: signal.Signals) -> None:
    """A web server left behind keeps the port."""
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    supervisor = supervise(web=SLEEPER, beat=SLEEPER)
    assert [child.returncode for child in supervisor.children.values()] == [-signal.SIGTERM, -signal.SIGTERM]


def test_what_a_child_left_behind_is_ended_too(tmp_path: Path) -> None:
    """A worker's pool that outlives its master goes on taking work from the queue."""
    note = tmp_path / "pid"
    orphaning = f"import subprocess, sys; print(subprocess.Popen({SLEEPER!r}).pid, file=open({str(note)!r}, 'w'))"
    with pytest.raises(EmbeddedError, match="web ended"):
        supervise(web=[sys.executable, "-W", "ignore", "-c", orphaning])
    deadline = time.monotonic() + 60
    while alive(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(int(note.read_text()))


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected by its parent has ended."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_an_errand_that_fails_is_told_of_and_stops_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """Made-up cases that cannot be told must not take the service down, nor be missing in silence."""
    supervisor = Supervisor(os.environ)
    threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    fails = [sys.executable, "-c", "print('no more tales'); raise SystemExit(4)"]
    supervisor.run({"web": SLEEPER}, when_ready=lambda: True, errands={"cases": fails})
    assert supervisor.children["web"].returncode == -signal.SIGTERM
    said = capfd.readouterr().out
    assert " cases | no more tales\n" in said
    assert " cases | ended with exit code 4; the service goes on" in said


def test_an_errand_under_way_is_stopped_with_the_rest() -> None:
    """It would go on writing to a database that nobody serves."""
    supervisor = Supervisor(os.environ)
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    supervisor.run({"web": SLEEPER}, when_ready=lambda: True, errands={"cases": SLEEPER})
    assert supervisor.errands["cases"].returncode == -signal.SIGTERM


def test_the_rest_is_started_once_the_first_is_ready_and_then_counts_as_much() -> None:
    """A worker started too early holds up the address; one that ends unseen never finishes a report."""
    supervisor, asked = Supervisor(os.environ), []

    def ready() -> bool:
        asked.append(set(supervisor.children))
        return len(asked) == 3

    worker = [sys.executable, "-c", "raise SystemExit(3)"]
    with pytest.raises(EmbeddedError, match="worker ended with exit code 3"):
        supervisor.run({"web": SLEEPER}, when_ready=ready, then={"worker": worker})
    assert asked == [{"web"}] * 3
