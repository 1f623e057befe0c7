"""Telling people at a terminal what is being done and how long it took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import OutputWrapper


@contextmanager
def step(out: OutputWrapper, what: str) -> Iterator[None]:
    """One line: ``what``, and the seconds that the block took."""
    out.write(f"  {what:<48}", ending="")
    out.flush()
    started = time.monotonic()
    yield
    out.write(f"{time.monotonic() - started:4.0f} s")
