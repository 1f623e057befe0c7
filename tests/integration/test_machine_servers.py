"""The embedded servers as people meet them: several commands at once, and commands that end badly."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diversion.embedded.addresses import settled
from diversion.embedded.keeper import keeper_lock, server_named, users_lock
from diversion.embedded.places import CHECKOUT, Places

SERVERS = ("postgres", "redis")
# Whoever runs the tests in the background may have them ignore Ctrl-C, and what they start with them.
HOLDS_THE_SERVERS = """
import signal, sys
from diversion.embedded import servers_for
signal.signal(signal.SIGINT, signal.default_int_handler)
with servers_for(["manage.py", "shell"]):
    print("up", flush=True)
    sys.stdin.readline()
"""
TENDS_THE_SERVERS = """
import select, sys
from diversion.embedded import servers_for
from diversion.embedded.sessions import bring_back
with servers_for(["manage.py", "shell"]):
    print("up", flush=True)
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        bring_back()
"""
WAITS_FOR_THE_DATABASE = """
import os, psycopg2
from diversion.embedded import servers_for
with servers_for(["manage.py", "shell"]):
    cursor = psycopg2.connect(os.environ["DATABASE_OWNER_URL"]).cursor()
    print("up", flush=True)
    cursor.execute("SELECT pg_sleep(60)")
"""


@pytest.fixture(scope="module")
def fresh() -> Iterator[Places]:
    """The places of servers that have never run, away from the checkout's own."""
    folder = Path(tempfile.mkdtemp(prefix="diversion-test-"))
    folder.chmod(0o711)  # the user that root runs the servers as walks through
    yield settled({"DIVERSION_LOCAL": str(folder / "local")})
    shutil.rmtree(folder)


def command(places: Places, program: str = HOLDS_THE_SERVERS) -> subprocess.Popen[str]:
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=environment | {"DIVERSION_LOCAL": str(places.local)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def is_up(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    return process.stdout.readline() == "up\n"


def finish(process: subprocess.Popen[str]) -> int:
    """Let the command end by itself; its exit code."""
    process.communicate("\n", timeout=120)
    return process.returncode


def abandon(process: subprocess.Popen[str]) -> int:
    """Collect a command that was ended by a signal; its exit code."""
    process.communicate(timeout=120)
    return process.returncode


def running(places: Places) -> set[str]:
    """The servers of which anything at all still runs."""
    names = {name for name in SERVERS if not keeper_lock(places, name).is_free()}
    return names | {"postgres" for _ in [0] if postgres_pid(places)}


def postgres_pid(places: Places) -> int | None:
    file = places.home / "postgres" / "data" / "postmaster.pid"
    if not file.exists():
        return None
    pid = int(file.read_text().splitlines()[0])
    return pid if lives(pid) else None


def lives(pid: int) -> bool:
    """Whether the process runs; one that only waits to be collected by its parent has ended."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def soon_nothing_runs(places: Places) -> bool:
    wait_until(lambda: not running(places))
    return True


@pytest.fixture
def made(fresh: Places) -> Places:
    """The same places after a first run, whichever test of this file comes first here."""
    if not (fresh.home / "postgres" / "data" / "PG_VERSION").exists():
        process = command(fresh)
        assert is_up(process)
        assert finish(process) == 0
    return fresh


def test_two_commands_at_once_on_an_empty_folder_share_one_server_each(fresh: Places) -> None:
    """Two terminals on the first day would make the database twice over, and one of them would fail."""
    first, second = command(fresh), command(fresh)
    assert is_up(first)
    assert is_up(second)
    assert finish(first) == 0
    assert running(fresh) == set(SERVERS)
    assert finish(second) == 0
    assert not running(fresh)


def test_ctrl_c_leaves_nothing(fresh: Places) -> None:
    """A database left behind holds memory until somebody finds it."""
    process = command(fresh)
    assert is_up(process)
    process.send_signal(signal.SIGINT)
    assert abandon(process) != 0
    assert not running(fresh)


def test_sigterm_leaves_nothing(fresh: Places) -> None:
    """A stopped container or job must not leave servers behind."""
    process = command(fresh)
    assert is_up(process)
    process.terminate()
    assert abandon(process) == 128 + signal.SIGTERM
    assert not running(fresh)


def test_sigterm_in_the_middle_of_a_query_leaves_nothing(fresh: Places) -> None:
    """Python runs no signal handler while it waits for the database: a long query would make a command unstoppable."""
    process = command(fresh, WAITS_FOR_THE_DATABASE)
    assert is_up(process)
    started = time.monotonic()
    process.terminate()
    assert abandon(process) == 128 + signal.SIGTERM
    assert time.monotonic() - started < 30
    assert not running(fresh)


def test_a_killed_command_takes_its_servers_with_it(fresh: Places) -> None:
    """SIGKILL gives a command no chance to tidy up."""
    process = command(fresh)
    assert is_up(process)
    process.kill()
    abandon(process)
    assert soon_nothing_runs(fresh)


def test_the_next_start_recovers_when_everything_was_killed_at_once(fresh: Places) -> None:
    """After a crash of the machine the data must still be there, and nothing may need mending by hand."""
    process = command(fresh)
    assert is_up(process)
    for pid in [*keepers_of(process), process.pid]:
        os.kill(pid, signal.SIGKILL)
    abandon(process)
    again = command(fresh)
    assert is_up(again)
    assert finish(again) == 0
    assert soon_nothing_runs(fresh)


def test_the_next_start_recovers_from_a_killed_postgresql(fresh: Places) -> None:
    """A machine short of memory kills the largest process first."""
    process = command(fresh)
    assert is_up(process)
    server = postgres_pid(fresh)
    assert server
    os.kill(server, signal.SIGKILL)
    again = command(fresh)
    assert is_up(again)
    assert finish(again) == 0
    assert finish(process) == 0
    assert not running(fresh)


def test_a_killed_server_is_started_again_under_those_who_use_it(fresh: Places) -> None:
    """A service whose database was killed for want of memory stood still until somebody came."""
    process = command(fresh)
    assert is_up(process)
    server = postgres_pid(fresh)
    assert server
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: postgres_pid(fresh) not in (None, server))
    assert finish(process) == 0
    assert not running(fresh)


def test_a_killed_keeper_is_started_again_by_the_service(fresh: Places) -> None:
    """Its server went with it, and nobody would bring back either."""
    process = command(fresh, TENDS_THE_SERVERS)
    assert is_up(process)
    before = keepers_of(process)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: running(fresh) == set(SERVERS) and not set(before) & set(keepers_of(process)))
    wait_until(lambda: all(server_named(name, fresh).answers() for name in SERVERS))
    assert finish(process) == 0
    assert soon_nothing_runs(fresh)


def test_a_damaged_file_of_redis_is_told_of_with_its_mend(fresh: Places) -> None:
    """It answered for a moment while it read its file, ended, and the service came up without a queue."""
    process = command(fresh)
    assert is_up(process)
    assert finish(process) == 0
    damaged = list((fresh.home / "redis").rglob("*.aof"))
    kept = {file: file.read_bytes() for file in damaged}
    assert damaged
    try:
        for file in damaged:
            file.write_bytes(b"*9\r\n$nonsense\r\n" * 9)
        out, _ = command(fresh).communicate("\n", timeout=120)
    finally:
        for file, content in kept.items():
            file.write_bytes(content)
    assert "The embedded redis did not start" in out
    assert f"move {fresh.home / 'redis'} away" in out


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def keepers_of(process: subprocess.Popen[str]) -> list[int]:
    """The keepers that this command started."""
    children = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [pid for file in children for pid in map(int, file.read_text().split()) if lives(pid)]


def test_a_database_of_another_version_is_refused_in_words(made: Places) -> None:
    """PostgreSQL's own message does not say what to do."""
    version = made.home / "postgres" / "data" / "PG_VERSION"
    before = version.read_text()
    version.write_text("15\n")
    try:
        process = command(made)
        out, _ = process.communicate(timeout=120)
    finally:
        version.write_text(before)
    assert "was made by PostgreSQL 15" in out
    assert users_lock(made, "postgres").is_free()


def test_the_folders_are_closed_to_others(made: Places) -> None:
    """Another user of the machine could read people's data straight from the files."""
    for folder in (made.local, made.sockets, made.home / "postgres" / "data", made.home / "redis"):
        assert folder.stat().st_mode & 0o077 == 0, folder
