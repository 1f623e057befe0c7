"""Telling people at a terminal what is being done and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper


@contextmanager
def step(out: OutputWrapper, what: str) -> Iterator[None]:
    """One line: ``what``, and the seconds that the block took, or that it failed."""
    out.write(f"  {what:<48}", ending="")
    out.flush()
    started = time.monotonic()
    try:
        yield
    except BaseException:
        out.write("failed")
        raise
    out.write(_seconds(started))


class Stopwatch:
    """A step whose line comes at its end, where others may have something to say meanwhile."""

    def __init__(self) -> None:
        self.started = time.monotonic()

    def stop(self, out: OutputWrapper, what: str) -> None:
        out.write(f"  {what:<48}{_seconds(self.started)}")


def _seconds(started: float) -> str:
    return f"{time.monotonic() - started:4.0f} s"
