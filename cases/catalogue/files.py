"""A CSV file of entries as a stranger may send it: what can be an entry, and of each other row its line and why not."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from cases.catalogue.entry import COLUMNS, NEEDED, Entry
from cases.catalogue.reading import EntryError, read_entry

SHIPPED = Path(__file__).parent / "offences.csv"
LARGEST = 5 * 1024 * 1024
ZIP, UTF_16 = b"PK", (b"\xff\xfe", b"\xfe\xff")


class UnusableFile(ValueError):
    """A file of which nothing can be read. The message says why, and how to mend it."""


@dataclass(frozen=True)
class Reject:
    """A row that is not taken, and why."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True)
class Offered:
    """What a file offers: entries by their line, and the rows that are none. Blank rows are no rows."""

    entries: Sequence[tuple[int, Entry]]
    rejects: Sequence[Reject] = ()

    @property
    def rows(self) -> int:
        return len(self.entries) + len(self.rejects)


def read_file(path: Path) -> Offered:
    """The entries in the CSV file at ``path``, in UTF-8 with or without a byte-order mark. Raises UnusableFile."""
    try:
        if path.stat().st_size > LARGEST:
            raise UnusableFile(f"{path.name} is larger than {LARGEST // 1024 // 1024} MB: this is no catalogue.")
        content = path.read_bytes()
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror or error}.") from None
    return read_content(content, path.name)


@lru_cache(maxsize=1)
def shipped() -> Offered:
    """The catalogue that comes with the service; ValueError names the row if one of it is wrong."""
    offered = read_file(SHIPPED)
    if offered.rejects:
        first = offered.rejects[0]
        raise ValueError(f"{SHIPPED.name}, line {first.line} ({first.code}): {first.reason}.")
    return offered


def read_content(content: bytes, name: str) -> Offered:
    """The entries in the bytes of a CSV file called ``name``."""
    if content.startswith(ZIP):
        raise UnusableFile(f"{name} is a zip archive or a spreadsheet: save it as “CSV UTF-8” and give that file.")
    if content.startswith(UTF_16):
        raise UnusableFile(f"{name} is written in UTF-16: save it as “CSV UTF-8”.")
    text = content.decode("utf-8-sig", "surrogateescape")
    rows = _rows(text, name)
    header = _header(next(rows, (0, [])), name)
    entries, rejects = [], []
    for line, fields in rows:
        if isinstance(fields, list) and not any(field.strip() for field in fields):
            continue
        try:
            row = _row(fields, header)
        except ValueError as fault:
            rejects.append(Reject(line, _code_of(fields, header), str(fault)))
            continue
        try:
            entries.append((line, read_entry(row)))
        except EntryError as fault:
            rejects.append(Reject(line, row["code"].strip()[:80], str(fault)))
    return Offered(tuple(entries), tuple(rejects))


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each row with its first line; in place of the fields, why it is none. UnusableFile for a quote never closed."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise UnusableFile(f"{name}: a quotation mark opened on line {line} is never closed.") from None
            yield line, f"it is not CSV: {error}"


def _header(first: tuple[int, list[str] | str], name: str) -> list[str]:
    """Our names of the columns, in the file's order; capitals, spaces and hyphens make no difference."""
    fields = first[1]
    if isinstance(fields, str) or not any(field.strip() for field in fields):
        raise UnusableFile(f"{name} has no header: its first line names the columns, {', '.join(NEEDED)} at least.")
    header = [re.sub(r"[\s-]+", "_", field.strip().lower()) for field in fields]
    if len(header) == 1 and re.search(r"[;\t]", fields[0]):
        raise UnusableFile(f"{name} is not separated by commas: save it as “CSV UTF-8 (comma delimited)”.")
    for column in header:
        if column and column not in COLUMNS:
            raise UnusableFile(f"{name} has a column “{column}” that is not known.{_meant(column)}")
        if column and header.count(column) > 1:
            raise UnusableFile(f"{name} has two columns called “{column}”: rename or remove one.")
    if missing := [column for column in NEEDED if column not in header]:
        raise UnusableFile(f"{name} lacks {', '.join(missing)}. The columns may be: {', '.join(COLUMNS)}.")
    return header


def _meant(column: str) -> str:
    close = get_close_matches(column, COLUMNS, n=1)
    return f" Did you mean “{close[0]}”?" if close else f" Remove it, or use one of: {', '.join(COLUMNS)}."


def _row(fields: list[str] | str, header: list[str]) -> dict[str, str]:
    """The fields by column. ValueError for what is not a row of this file."""
    if isinstance(fields, str):
        raise ValueError(fields)
    spare = fields[len(header) :]
    if len(fields) < len(header) or any(field.strip() for field in spare):
        raise ValueError(f"it has {len(fields)} fields and the header {len(header)}")
    if any("\0" in field for field in fields):
        raise ValueError("it holds a NUL character")
    if any("\ud800" <= letter <= "\udfff" for field in fields for letter in field):
        raise ValueError("it is not written in UTF-8: save the file as “CSV UTF-8”")
    pairs = list(zip(header, fields, strict=False))
    if any(field.strip() for column, field in pairs if not column):
        raise ValueError("it has something in a column without a name")
    return {column: field for column, field in pairs if column}


def _code_of(fields: list[str] | str, header: list[str]) -> str:
    """The code, as far as it can be told, so that somebody finds the row."""
    place = header.index("code")
    if isinstance(fields, str) or place >= len(fields):
        return ""
    return fields[place].encode("utf-8", "replace").decode()[:80].strip()
