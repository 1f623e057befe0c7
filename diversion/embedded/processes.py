"""Starting processes that cannot outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO, Any

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(signal_number: signal.Signals) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends the process this signal when its parent ends, even by SIGKILL."""
    return partial(end_with, os.getpid(), signal_number)


def end_with(parent: int, signal_number: signal.Signals) -> None:
    """Have the kernel send this process the signal when ``parent`` ends, which is the process that started it."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent:  # the parent ended before the kernel was told
        os.kill(os.getpid(), signal_number)


def start(
    command: Sequence[str],
    *,
    last_signal: signal.Signals,
    output: IO[Any] | int,
    user: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a session of its own, so that Ctrl-C reaches only the process that manages it."""
    return subprocess.Popen(
        command,
        cwd="/" if user else None,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dies_with_parent(last_signal),
        **(user or {}),
    )


def plain_environment() -> dict[str, str]:
    """The environment of a server: nothing that the caller's shell says about PostgreSQL, libraries or language."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
