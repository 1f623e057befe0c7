"""File locks that the kernel lets go of when a process ends, however it ends: nothing here can go stale."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


def private_file(path: Path, flags: int) -> int:
    """A descriptor of the file ``path``, made if missing, closed to others and owned by whoever owns its folder.

    So what root makes in an ordinary user's checkout stays that user's.
    """
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    owner = path.parent.stat()
    if os.geteuid() == 0 and os.fstat(descriptor).st_uid != owner.st_uid:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


class Lock:
    """A lock on ``path``, held from ``take`` or a good ``attempt`` until ``release`` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, kind: int) -> None:
        """Wait for the lock."""
        fcntl.flock(self._open(), kind)

    def attempt(self, kind: int) -> bool:
        """Take the lock if nobody is in the way; say whether it was taken."""
        try:
            fcntl.flock(self._open(), kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = None

    def is_free(self) -> bool:
        """Whether nobody else holds this lock, in either kind, at this moment."""
        other = Lock(self.path)
        try:
            return other.attempt(EXCLUSIVE)
        finally:
            other.release()

    def _open(self) -> int:
        if self._descriptor is None:
            self._descriptor = private_file(self.path, os.O_RDWR)
        return self._descriptor


@contextmanager
def holding(path: Path, kind: int = EXCLUSIVE) -> Iterator[None]:
    """Wait for the lock on ``path`` and hold it for the block."""
    lock = Lock(path)
    lock.take(kind)
    try:
        yield
    finally:
        lock.release()
