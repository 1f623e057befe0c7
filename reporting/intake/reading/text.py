"""Reading a text of rows, one row at a time, whatever is wrong with some of them."""

import csv
import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from reporting.intake.mappings.parts import FileShape
from reporting.intake.reading import header as headers
from reporting.intake.reading import table
from reporting.intake.reading.header import DELIMITERS, Header
from reporting.intake.reading.table import Row, Table, UnreadableFile, check_no_column_twice

#: So many lines are searched for the header.
MOST_ABOVE = 40


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


class TextTable(Table):
    """Rows of fields with a delimiter between. Bytes that are no text become lone surrogates, for the row's reader to
    find; a quotation mark that is never closed costs its own line and not the rest of the file."""

    def __init__(
        self, name: str, raw: BinaryIO, stream: Iterator[str], shape: FileShape | None, *, encoding: str
    ) -> None:
        self._raw, self._multiline = raw, bool(shape and shape.multiline)
        self._size = max(os.fstat(raw.fileno()).st_size, 1)
        self._lines = Lines(stream)
        self.encoding = encoding
        found = self._header(name, shape)
        self.delimiter = found.delimiter
        super().__init__(name, found.names, _notes(found, shape))

    @property
    def share_read(self) -> float:
        return min(self._raw.tell() / self._size, 1.0)

    def chunks(self) -> Iterator[Iterable[Row]]:
        """Every row, some hundreds at a time. Blank lines have no fields.

        Where each line is a row, the csv module splits them without a step in Python for each: twice as fast.
        """
        lines = self._lines
        while block := lines.take(table.LINES_AT_ONCE):
            first = lines.number + 1
            try:
                rows = list(csv.reader(block, delimiter=self.delimiter, strict=True))
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
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while lines.number + 1 < until:
            lines.taken.clear()
            line = lines.number + 1
            fields: list[str] | str
            try:
                fields = next(reader)
            except csv.Error as error:
                fields = f"it is not CSV: {error}"
            whole = self._multiline and not isinstance(fields, str) and len(fields) >= self.least
            if len(lines.taken) > 1 and not whole:
                lines.put_back_all_but_first()
                fields = "a quotation mark is opened and not closed on the line"
            yield line, fields, "".join(lines.taken)

    def _header(self, name: str, shape: FileShape | None) -> Header:
        """The header, with all lines up to its own taken."""
        lines = self._lines
        first = lines.take(MOST_ABOVE)
        delimiters = [shape.delimiter] if shape and shape.delimiter else list(DELIMITERS)
        found = headers.find(first, shape.columns if shape else (), delimiters)
        if found is None:
            if any(line.strip() for line in first):
                raise UnreadableFile(f"{name} has a header that is not CSV: a quotation mark is opened and not closed.")
            raise UnreadableFile(f"{name} is empty: it has not even a header.")
        if shape is None:
            check_no_column_twice(name, found.names, found.names)
        lines.number = found.above + found.lines
        lines.put_back(first[lines.number :])
        return found


def _notes(found: Header, shape: FileShape | None) -> Iterator[str]:
    """What whoever imports should know of how the file is laid out."""
    if shape and not set(shape.columns) <= set(found.names):
        return
    if found.above:
        above = "the line above it was" if found.above == 1 else f"the {found.above} lines above it were"
        yield f"The header is not on line 1 but on line {found.above + 1}: {above} left out."
    if found.delimiter != "," and not (shape and shape.delimiter):
        yield f"The fields are separated by {DELIMITERS[found.delimiter]}."
