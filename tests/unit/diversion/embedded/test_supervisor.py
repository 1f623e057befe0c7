import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.places import CHECKOUT
from diversion.embedded.supervisor import Child, Supervisor, commands, end_group

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
ENDS = [sys.executable, "-c", "raise SystemExit(3)"]


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


def test_one_that_cannot_run_is_named_and_all_are_stopped() -> None:
    """A port that is taken or a wrong setting would be tried for ever, and nobody told."""
    supervisor = Supervisor(os.environ)
    with pytest.raises(EmbeddedError, match="web ended with exit code 3"):
        supervisor.run({"beat": SLEEPER, "web": ENDS}, when_ready=lambda: False)
    assert all(child.has_ended() for child in supervisor.children.values())


def test_one_that_ends_is_started_again_and_the_others_go_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A worker out of memory must take neither the officers' pages down nor the reports with it."""
    lives = tmp_path / "lives"
    ends_once = (
        f"import pathlib, time; p = pathlib.Path({str(lives)!r}); a = p.exists(); p.touch(); a and time.sleep(60)"
    )
    supervisor = Supervisor(os.environ)
    worker = [sys.executable, "-c", f"{ends_once}; raise SystemExit(3)"]
    seen: list[int] = []

    def stop_once_it_is_back() -> None:
        if "worker" not in supervisor.children:
            return
        seen.append(supervisor.children["worker"].process.pid)
        if len(set(seen)) == 2:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor.run({"web": SLEEPER}, when_ready=lambda: True, then={"worker": worker}, tend=stop_once_it_is_back)
    assert "worker | ended with exit code 3; it starts again in 1 s" in capfd.readouterr().out
    assert supervisor.children["web"].process.returncode == -signal.SIGTERM
    assert supervisor.children["worker"].process.returncode == -signal.SIGTERM


def test_what_goes_wrong_once_in_tending_is_told_and_tried_again(capfd: pytest.CaptureFixture[str]) -> None:
    """A killed database would stay away for ever because there was once no room for a file."""
    tried: list[int] = []

    def fails_once() -> None:
        tried.append(1)
        if len(tried) == 1:
            raise OSError("No space left on device")
        os.kill(os.getpid(), signal.SIGTERM)

    Supervisor(os.environ).run({"web": SLEEPER}, when_ready=lambda: True, tend=fails_once)
    assert "server | No space left on device" in capfd.readouterr().out
    assert len(tried) == 2


def test_what_never_lives_long_is_tried_ever_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that fails at once must not take the processor from the others."""
    child = Child("worker", ENDS, os.environ)
    pauses = []
    for _ in range(7):
        child.process.wait()
        child.keep_up()
        pauses.append(child.pause)
        monkeypatch.setattr(child, "again_at", 1e-9)
        child.keep_up()
    end_group(child.process)
    child.reader.join()
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    monkeypatch.setattr(child, "started_at", child.started_at - 61)
    child.keep_up()
    assert child.pause == 0.5


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """What will not end when it is asked would go on taking work, with the code of yesterday."""
    note = tmp_path / "pid"
    stubborn = (
        "import os, signal, time; signal.signal(signal.SIGTERM, lambda *_: print('shutting down', flush=True));"
        f"open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60); time.sleep(60)"
    )
    code = (
        "import os, sys; from diversion.embedded.supervisor import Supervisor;"
        f"Supervisor(os.environ).run({{'worker': [sys.executable, '-c', {stubborn!r}]}}, when_ready=lambda: True)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    wait_until(lambda: note.exists() and note.read_text() != "")
    supervisor.kill()
    supervisor.wait()
    wait_until(lambda: not alive(int(note.read_text())))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(number: signal.Signals) -> None:
    """A web server left behind keeps the port."""
    threading.Timer(0.3, os.kill, (os.getpid(), number)).start()
    supervisor = supervise(web=SLEEPER, beat=SLEEPER)
    assert [child.process.returncode for child in supervisor.children.values()] == [-signal.SIGTERM, -signal.SIGTERM]


def test_what_a_child_left_behind_is_ended_too(tmp_path: Path) -> None:
    """A worker's pool that outlives its master goes on taking work from the queue."""
    note = tmp_path / "pid"
    orphaning = f"import subprocess, sys; print(subprocess.Popen({SLEEPER!r}).pid, file=open({str(note)!r}, 'w'))"
    with pytest.raises(EmbeddedError, match="web ended"):
        supervise(ready=False, web=[sys.executable, "-W", "ignore", "-c", orphaning])
    wait_until(lambda: not alive(int(note.read_text())))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


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
    assert supervisor.children["web"].process.returncode == -signal.SIGTERM
    said = capfd.readouterr().out
    assert " cases | no more tales\n" in said
    assert " cases | ended with exit code 4; the service goes on" in said


def test_an_errand_under_way_is_stopped_with_the_rest() -> None:
    """It would go on writing to a database that nobody serves."""
    supervisor = Supervisor(os.environ)
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGTERM)).start()
    supervisor.run({"web": SLEEPER}, when_ready=lambda: True, errands={"cases": SLEEPER})
    assert supervisor.errands["cases"].process.returncode == -signal.SIGTERM


def test_the_rest_is_started_once_the_first_is_ready() -> None:
    """A worker started too early holds up the address."""
    supervisor, asked = Supervisor(os.environ), []

    def ready() -> bool:
        asked.append(set(supervisor.children))
        return len(asked) == 3

    def stop_once_it_is_there() -> None:
        if "worker" in supervisor.children:
            os.kill(os.getpid(), signal.SIGTERM)

    supervisor.run({"web": SLEEPER}, when_ready=ready, then={"worker": SLEEPER}, tend=stop_once_it_is_there)
    assert asked == [{"web"}] * 3
    assert set(supervisor.children) == {"web", "worker"}
