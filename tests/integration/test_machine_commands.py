"""What people meet when they run a command with something amiss: one plain sentence, and no traceback."""

import os
import socket
import subprocess
import sys

from diversion.embedded.places import CHECKOUT


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=CHECKOUT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_database_that_is_not_postgresql_is_refused_in_one_sentence() -> None:
    """Somebody who tries SQLite first must learn in a line what to write instead."""
    done = run("manage.py", "migrate", DATABASE_URL="sqlite:///db.sqlite3", DATABASE_OWNER_URL="")
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL names sqlite database, and this service runs on PostgreSQL only")
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_refused_in_one_sentence_before_anything_is_started() -> None:
    """A service that prepares for a minute and then finds its port taken wastes that minute."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("-m", "diversion.embedded.ports", PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {port} is taken by another program")
    assert "make run`" in done.stderr
    assert "Traceback" not in done.stderr


def test_asking_for_help_needs_no_server() -> None:
    """Help must come even where the database cannot."""
    done = run(
        "manage.py", "help", "migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", DATABASE_OWNER_URL=""
    )
    assert done.returncode == 0
    assert "usage: manage.py migrate" in done.stdout


def test_the_web_server_loads_all_pages_without_touching_the_database() -> None:
    """It loads them once for all its workers: a connection made meanwhile would be used by several at a time."""
    loading = "import diversion.wsgi, sys; assert 'referrals.urls' in sys.modules"
    done = run("-c", loading, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", DATABASE_OWNER_URL="")
    assert done.returncode == 0, done.stderr
