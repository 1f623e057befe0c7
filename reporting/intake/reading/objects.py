"""Reading JSON lines: one object on each line, its names being the columns."""

import json
import os
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO

from reporting.intake.reading import table
from reporting.intake.reading.table import Row, Table, UnreadableFile

#: So many objects tell which columns there are: one that holds nothing may be left out of some of them.
FIRST = 1_000
DEEPEST = 8


class ObjectTable(Table):
    """Each object as a row; an object within it as columns with a dot (location.latitude); null as blank."""

    def __init__(self, name: str, raw: BinaryIO, stream: Iterator[str], *, encoding: str) -> None:
        self._raw, self._stream = raw, stream  # which closes the file when nobody holds it
        self._size = max(os.fstat(raw.fileno()).st_size, 1)
        self.encoding = encoding
        first = list(islice(stream, FIRST))
        self._lines = chain(first, stream)
        objects = [found for line in first if isinstance(found := _object(line), dict)]
        if not objects:
            raise UnreadableFile(
                f"{name} is JSON, and its lines are no whole objects: give JSON lines (one object on each), or CSV."
            )
        super().__init__(name, list(dict.fromkeys(column for found in objects for column in found)))

    @property
    def share_read(self) -> float:
        return min(self._raw.tell() / self._size, 1.0)

    def chunks(self) -> Iterator[list[Row]]:
        lines = enumerate(self._lines, 1)
        while chunk := list(islice(lines, table.LINES_AT_ONCE)):
            yield [(number, self._fields(line), line) for number, line in chunk]

    def _fields(self, line: str) -> list[str] | str:
        if not line.strip():
            return []
        found = _object(line)
        return found if isinstance(found, str) else [found.get(column, "") for column in self.header]


def _object(line: str) -> dict[str, str] | str:
    """The object on a line as text by column, numbers as they are written; a string says why there is none."""
    try:
        found = json.loads(line, parse_float=str, parse_int=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return "it is not a JSON object"
    return dict(_flat(found)) if isinstance(found, dict) else "it is not a JSON object"


def _flat(found: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, f"{before}{name}.", depth + 1)
        elif value is None:
            yield f"{before}{name}", ""
        else:
            yield f"{before}{name}", value if isinstance(value, str) else _text(value)


def _text(value: object) -> str:
    return str(value) if isinstance(value, bool) else json.dumps(value, ensure_ascii=False)
