"""A table as it stands in a file, and which of its columns is what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.recomputation import values
from reporting.intake.mappings.parts import FileShape
from reporting.intake.reading import UnreadableFile, opened
from reporting.intake.reading.table import check_no_column_twice


@dataclass(frozen=True)
class Asked:
    """What is asked of a table: a category, and which column is what."""

    category: str = ""
    group: str = ""
    reference: str = ""
    stratum: str = ""
    events: str = ""
    total: str = ""
    others: str = ""
    outcome: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    count: str = ""
    time: str = ""
    start: str = ""
    end: str = ""
    p: str = ""
    encoding: str = ""
    names: tuple[str, ...] = ()

    def columns(self) -> dict[str, str]:
        """What each column named is for."""
        roles = ("group", "stratum", "events", "total", "others", "outcome", "count", "time", "start", "end", "p")
        return {role: getattr(self, role) for role in roles if getattr(self, role)}


@dataclass
class Sheet:
    """The rows of a file, each a mapping of column to text, with the line on which it stands."""

    name: str
    header: list[str]
    rows: list[tuple[int, dict[str, str]]]
    separator: str = ","
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, column: str) -> None:
        self.left_out[column] = self.left_out.get(column, 0) + 1

    def number(self, row: Mapping[str, str], column: str, line: int) -> float:
        return values.number(row[column], f"line {line}, {column}", separator=self.separator)

    def count(self, row: Mapping[str, str], column: str, line: int) -> int:
        return values.count(row[column], f"line {line}, {column}", separator=self.separator)


def read(path: Path, asked: Asked) -> Sheet:
    """Every row of the file, with the columns that are named."""
    columns = asked.columns()
    shape = FileShape(columns=tuple(columns.values()) or ("category",), encoding=asked.encoding)
    rows: list[tuple[int, dict[str, str]]] = []
    with opened(path, shape) as table:
        header = [name.strip() for name in table.header]
        check_no_column_twice(path.name, header, header)
        if missing := [name for name in columns.values() if name not in header]:
            raise UnreadableFile(
                f"{path.name} has no column {missing[0]!r}: its columns are {', '.join(header)[:300]}."
            )
        for chunk in table.chunks():
            rows += [(line, _row(header, fields, line)) for line, fields, _text in chunk if fields]
        sheet = Sheet(path.name, header, rows, getattr(table, "delimiter", ","))
    sheet.rows = [(line, row) for line, row in rows if any(value.strip() for value in row.values())]
    if not sheet.rows:
        raise UnreadableFile(f"{path.name} has a header and no rows.")
    return sheet


def _row(header: list[str], fields: list[str] | str, line: int) -> dict[str, str]:
    if isinstance(fields, str):
        raise UnreadableFile(f"Line {line} cannot be read: {fields}.")
    if any("\udc80" <= letter <= "\udcff" for text in fields for letter in text):
        raise UnreadableFile(f"Line {line} is not UTF-8. Say how it is written, as with --encoding cp1252 (Excel's).")
    if len(fields) != len(header):
        raise UnreadableFile(f"Line {line} has {len(fields)} fields, and the header {len(header)}: mend the line.")
    return dict(zip(header, fields, strict=True))
