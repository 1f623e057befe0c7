"""Leaving in good order when told to, even in the middle of a long query."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGHUP)
#: How long a command may take to unwind after SIGTERM before the process ends without it.
GRACE_SECONDS = 3.0


@contextmanager
def ended_by_signals(last_act: Callable[[], None]) -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind the block as Ctrl-C does, unless something within it handles them itself.

    Python runs no handler while its main thread waits for the database, so a second thread listens too: if the block
    has not ended by the end of the grace, it does ``last_act`` and ends the process.
    """
    before = {number: signal.signal(number, _leave) for number in NUMBERS}
    unwound = threading.Event()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    descriptor_before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    me = os.getpid()
    os.register_at_fork(after_in_child=_stop_telling)
    threading.Thread(target=_listen, args=(reading, unwound, last_act), daemon=True).start()
    try:
        yield
    finally:
        if os.getpid() == me:
            signal.set_wakeup_fd(descriptor_before)
        unwound.set()
        os.close(writing)
        for number, handler in before.items():
            if signal.getsignal(number) is _leave:
                signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _stop_telling() -> None:
    """In a forked child, which would otherwise report its own signals to its parent's listener."""
    signal.set_wakeup_fd(-1)


def _listen(reading: int, unwound: threading.Event, last_act: Callable[[], None]) -> None:
    """Wait for a signal that nobody but us handles, then for the block to end, and end the process if it does not."""
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        while heard := pipe.read(1):
            number = heard[0]
            if number not in NUMBERS or signal.getsignal(number) is not _leave:
                continue
            if not unwound.wait(GRACE_SECONDS):
                last_act()
                os._exit(128 + number)
            return
