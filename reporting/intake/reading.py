"""Reading a CSV file of rows, plain or gzipped, one row at a time, whatever is wrong with some of them."""

import csv
import gzip
import io
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

GZIP, ZIP = b"\x1f\x8b", b"PK"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFile(Exception):
    """A file of which nothing can be imported. The message says why and how to mend it."""


#: (first line of the row, its fields, its text); in place of the fields, why it is no row at all.
Row = tuple[int, list[str] | str, str]
#: Few enough for their fields to stay in the processor's cache.
LINES_AT_ONCE = 200


class Lines:
    """The lines of a file, which can be put back; ``taken`` are those of the row being read."""

    def __init__(self, stream: Iterator[str]) -> None:
        self.stream = stream
        self.number = 0
        self.taken: list[str] = []
        self._again: deque[str] = deque()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self.stream)
        self.number += 1
        self.taken.append(line)
        return line

    def take(self, number: int) -> list[str]:
        """The next lines, as many as there are; ``number`` of the last line read stays as it is."""
        again = [self._again.popleft() for _ in range(min(number, len(self._again)))]
        return again + list(islice(self.stream, number - len(again)))

    def put_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))

    def put_back_all_but_first(self) -> None:
        self.number -= len(self.taken) - 1
        self.put_back(self.taken[1:])
        del self.taken[1:]


def as_text(line: str) -> str:
    """A row as it stands in the file; bytes that are not UTF-8 as ``\\xe9``."""
    return line.rstrip("\r\n").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class CsvFile:
    """The header and the rows of an open file. Bytes that are not UTF-8 become lone surrogates, for the row's reader
    to find; a quotation mark that is never closed costs its own line and not the rest of the file."""

    def __init__(self, path: Path, raw: BinaryIO, stream: Iterator[str], *, multiline: bool) -> None:
        self.path, self._raw, self._multiline = path, raw, multiline
        self._size = max(os.fstat(raw.fileno()).st_size, 1)
        self._lines = Lines(stream)
        self.header = self._header()

    @property
    def share_read(self) -> float:
        """How much of the file has been read, 0 to 1, near enough to show progress."""
        return min(self._raw.tell() / self._size, 1.0)

    def chunks(self) -> Iterator[Iterable[Row]]:
        """Every row, some hundreds at a time. Blank lines have no fields.

        Where each line is a row, the csv module splits them without a step in Python for each: twice as fast.
        """
        lines = self._lines
        while block := lines.take(LINES_AT_ONCE):
            first = lines.number + 1
            try:
                rows = list(csv.reader(block, strict=True))
            except csv.Error:
                rows = []
            if len(rows) == len(block):
                lines.number += len(block)
                yield zip(range(first, first + len(block)), rows, block, strict=True)
            else:
                lines.put_back(block)
                yield from ([row] for row in self._with_care(first + len(block)))

    def _with_care(self, until: int) -> Iterator[Row]:
        """The rows that begin before the line ``until``, each read by itself."""
        lines = self._lines
        reader = csv.reader(lines, strict=True)
        while lines.number + 1 < until:
            lines.taken.clear()
            line = lines.number + 1
            fields: list[str] | str
            try:
                fields = next(reader)
            except csv.Error as error:
                fields = f"it is not CSV: {error}"
            if len(lines.taken) > 1 and (isinstance(fields, str) or not self._multiline):
                lines.put_back_all_but_first()
                fields = "a quotation mark is opened and not closed on the line"
            yield line, fields, "".join(lines.taken)

    def _header(self) -> list[str]:
        try:
            header = [name.strip() for name in next(csv.reader(self._lines, strict=True))]
        except StopIteration:
            raise UnreadableFile(f"{self.path.name} is empty: it has not even a header.") from None
        except csv.Error as error:
            raise UnreadableFile(f"{self.path.name} has a header that is not CSV: {error}.") from None
        if twice := sorted({name for name in header if header.count(name) > 1}):
            raise UnreadableFile(f"{self.path.name} has two columns called '{twice[0]}': rename or remove one.")
        return header

    def places_of(self, columns: Sequence[str], mapping: str) -> list[int]:
        """Where each of ``columns`` stands in a row. UnreadableFile if the header lacks one."""
        missing = [column for column in columns if column not in self.header]
        if missing:
            raise UnreadableFile(
                f"{self.path.name} lacks {'the column' if len(missing) == 1 else 'the columns'} "
                f"{', '.join(map(repr, missing))}. Its header is: {', '.join(self.header)[:300]}. "
                f"Give a comma-separated file with the columns of the mapping {mapping}, or another mapping."
            )
        return [self.header.index(column) for column in columns]


@contextmanager
def opened(path: Path, *, multiline: bool = False) -> Iterator[CsvFile]:
    """The CSV file at ``path``. UnreadableFile, with the mend, for what cannot be opened or breaks off."""
    try:
        with path.open("rb") as raw, _unpacked(raw, path) as plain:
            stream = io.TextIOWrapper(plain, encoding="utf-8-sig", errors="surrogateescape", newline="")
            yield CsvFile(path, raw, stream, multiline=multiline)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFile(f"{path.name} is a damaged gzip file ({error}): fetch it again.") from None
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _unpacked(raw: BinaryIO, path: Path) -> BinaryIO:
    """``raw`` itself or what is gzipped in it, by its first bytes: names are not to be trusted."""
    start = raw.read(2)
    raw.seek(0)
    if start == ZIP:
        raise UnreadableFile(f"{path.name} is a zip archive or a spreadsheet: give the CSV file in it.")
    if start in UTF_16:
        raise UnreadableFile(f"{path.name} is written in UTF-16: save it as CSV in UTF-8.")
    return gzip.GzipFile(fileobj=raw) if start == GZIP else raw  # type: ignore[return-value]


Progress = Callable[[int, float], None]
