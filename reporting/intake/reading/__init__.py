"""Opening a file of rows: text in any encoding, plain or gzipped, a sheet of a workbook, or JSON lines."""

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from reporting.intake.mappings.parts import FileShape
from reporting.intake.reading import kinds
from reporting.intake.reading.objects import ObjectTable
from reporting.intake.reading.sheets import opened_sheet
from reporting.intake.reading.table import Progress, Row, Table, UnreadableFile, as_text
from reporting.intake.reading.text import TextTable

__all__ = ["Progress", "Row", "Table", "UnreadableFile", "as_text", "opened"]

#: What a gzipped file may unpack to: a few megabytes can be one line without an end.
MOST_UNPACKED = 1 << 31
#: Characters of a line. Some hundreds of lines are held at once; a row of any form that we know has under a thousand.
LONGEST_LINE = 1 << 20


class Unpacked(gzip.GzipFile):
    """What is gzipped in a file; UnreadableFile once it is more than `MOST_UNPACKED`."""

    def read1(self, size: int = -1) -> bytes:
        if self.tell() > MOST_UNPACKED:
            raise UnreadableFile(f"{self.name} unpacks to over {MOST_UNPACKED >> 30} GB: give it in parts.")
        return super().read1(size)


class ShortLines:
    """The lines of ``stream``; UnreadableFile before one is read that would fill the memory of the machine."""

    def __init__(self, stream: io.TextIOWrapper, name: str) -> None:
        self._stream, self._name, self._number = stream, name, 0  # which closes the file when nobody holds it

    def __iter__(self) -> "ShortLines":
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LONGEST_LINE + 1)
        self._number += 1
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            raise UnreadableFile(
                f"Line {self._number} of {self._name} is longer than {LONGEST_LINE:,} characters: "
                "give each row a line of its own."
            )
        return line


@contextmanager
def opened(path: Path, shape: FileShape | None = None, *, dates: Mapping[str, str] | None = None) -> Iterator[Table]:
    """The table in the file at ``path``. UnreadableFile, with the mend, for what cannot be opened or breaks off.

    ``shape`` says which columns the header must have, and how the file is written where that is known; without it the
    header is what looks most like one. ``dates`` gives the format of each column of days, in which a sheet's own dates
    are written.
    """
    try:
        with path.open("rb") as raw:
            yield _table(raw, path, shape, dates or {})
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"{path.name} is a damaged gzip file ({error}): fetch it again.") from None
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name} breaks off or is damaged: it is not {error.encoding} to its end.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _table(raw: BinaryIO, path: Path, shape: FileShape | None, dates: Mapping[str, str]) -> Table:
    plain = _unpacked(raw, path)
    head = _head_of(plain)
    named = shape.encoding if shape else ""
    if head.startswith(kinds.ZIP):
        return opened_sheet(plain, path.name, shape, dates)
    kinds.refuse_what_is_no_table(head, path.name, named)
    encoding = kinds.encoding_of(head, named)
    # UTF-16 has no bytes that could be escaped: there a half of a pair is let through, for the row's reader to find.
    errors = "surrogatepass" if encoding.lower().replace("_", "-").startswith("utf-16") else "surrogateescape"
    stream = io.TextIOWrapper(plain, encoding=encoding, errors=errors, newline="")
    told = "UTF-8" if encoding == "utf-8-sig" else encoding
    lines = ShortLines(stream, path.name)
    if kinds.is_json(head, encoding):
        return ObjectTable(path.name, raw, lines, encoding=told)
    return TextTable(path.name, raw, lines, shape, encoding=told)


def _unpacked(raw: BinaryIO, path: Path) -> BinaryIO:
    """``raw`` itself or what is gzipped in it."""
    if not _head_of(raw).startswith(kinds.GZIP):
        return raw
    plain: BinaryIO = Unpacked(fileobj=raw)  # type: ignore[assignment]
    if _head_of(plain).startswith(kinds.GZIP):
        raise UnreadableFile(f"{path.name} is gzipped twice (gzip in gzip): unpack it once.")
    return plain


def _head_of(file: BinaryIO) -> bytes:
    head = file.read(kinds.HEAD)
    file.seek(0)
    return head
