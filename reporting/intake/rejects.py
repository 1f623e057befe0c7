"""The rows that were refused, kept beside the import for someone to mend."""

import csv
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

IN_MEMORY = 1 << 20


class Rejects:
    """Line number, reason and text of each row refused. Nameless until ``keep``: a killed import leaves no file."""

    def __init__(self) -> None:
        self._file: IO[str] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 (closed by __exit__)
            IN_MEMORY, "w+", encoding="utf-8", newline=""
        )
        self._writer = csv.writer(self._file)
        self._writer.writerow(("line", "reason", "row"))
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def add(self, line: int, reason: str, text: str) -> None:
        self.count += 1
        self._writer.writerow((line, reason, text))

    def keep(self, path: Path) -> None:
        """Write them to ``path``, whole or not at all, readable by its owner only: rows may concern people."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        self._file.seek(0)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            shutil.copyfileobj(self._file, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
