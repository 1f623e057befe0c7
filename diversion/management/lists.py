"""A list that somebody sends (teams, users) as a file: its rows by column, and why a row is none."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from reporting.intake.mappings.parts import FileShape
from reporting.intake.near import did_you_mean, printable
from reporting.intake.reading import Table, UnreadableFile, opened
from reporting.intake.reading.header import DELIMITERS
from reporting.intake.reading.table import check_no_column_twice
from reporting.intake.rows.extracts import check_fields, is_blank, is_windows_1252, reason

#: A row's first line in the file, and what it holds, by column.
Row = tuple[int, dict[str, str]]
#: Exit status where the command did its work and left rows out.
SOME_REJECTED = 3


@dataclass(frozen=True)
class Reject:
    """A row that is not taken, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Listed:
    """What a file holds. Blank rows are no rows; ``notes`` say how the file was found to be written."""

    rows: Sequence[Row] = ()
    rejects: Sequence[Reject] = ()
    notes: Sequence[str] = ()


def read_list(path: Path, *, needed: Sequence[str], optional: Sequence[str] = (), encoding: str = "") -> Listed:
    """The rows of the file at ``path``: text in any layout, or a workbook, read as imports read theirs.

    Columns are known by name; capitals, spaces and hyphens make no difference. UnreadableFile, with the mend, for a
    file without a ``needed`` column or with one that is not known: a misspelt column would lose what it says.
    """
    return _listed(path, encoding, lambda table: _header(table, needed, optional), needed)


def read_table(path: Path, fact_of: Callable[[str], str], *, needed: str, encoding: str = "") -> Listed:
    """The rows of the file at ``path`` by fact: ``fact_of`` says which one a column tells, "" for none.

    Such a column is passed over, and the notes say which by its place: an extract holds more than is asked, and a line
    that was taken for the header may name somebody. UnreadableFile where no column tells ``needed``, or two tell the
    same.
    """
    passed: list[str] = []
    listed = _listed(path, encoding, lambda table: _facts(table, fact_of, needed, passed), (needed,))
    notes = [*listed.notes, f"Columns passed over, by their place: {', '.join(passed)}."] if passed else listed.notes
    return Listed(listed.rows, listed.rejects, notes)


def _listed(path: Path, encoding: str, header_of: Callable[[Table], list[str]], needed: Sequence[str] = ()) -> Listed:
    """``header_of`` gives what each column is called here, "" for one that is passed over."""
    try:
        shape = FileShape(columns=tuple(needed), encoding=encoding, multiline=True)
    except ValueError:
        raise UnreadableFile(f"'{encoding}' is no encoding of text: cp1252 is the usual one of Excel.") from None
    with opened(path, shape) as table:
        apart = _delimiter(table.header)
    with opened(path, shape.model_copy(update={"delimiter": apart})) as table:
        found = list(_read(table, header_of(table)))
    rows = [(line, row) for line, row in found if isinstance(row, dict)]
    return Listed(rows, [Reject(line, row) for line, row in found if isinstance(row, str)], table.notes)


def _facts(table: Table, fact_of: Callable[[str], str], needed: str, passed: list[str]) -> list[str]:
    facts = [fact_of(name) for name in table.header]
    if needed not in facts:
        raise UnreadableFile(f"{table.name} has no column that tells the {needed}: name it as a summary would.")
    for fact in filter(None, facts):
        if facts.count(fact) > 1:
            twice = [name for name, one in zip(table.header, facts, strict=True) if one == fact]
            raise UnreadableFile(f"{table.name} tells the same twice, as {' and '.join(twice)}: keep one.")
    columns = enumerate(zip(table.header, facts, strict=True), start=1)
    passed[:] = [str(place) for place, (name, fact) in columns if name and not fact]
    return facts


def _delimiter(header: Sequence[str]) -> str:
    """What separates a header that was taken for one column: the reader knows it only by columns written as ours."""
    return next((mark for mark in DELIMITERS if len(header) == 1 and mark in header[0]), "")


def _header(table: Table, needed: Sequence[str], optional: Sequence[str]) -> list[str]:
    header = ["_".join(name.replace("-", " ").lower().split()) for name in table.header]
    known = [*needed, *optional]
    if not any(
        column in known or did_you_mean(column, known) for column in header
    ):  # the first row is somebody's, and its words are not repeated
        raise UnreadableFile(f"The first row of {table.name} names no column. They may be: {', '.join(known)}.")
    check_no_column_twice(table.name, header, known)
    for column in header:
        if column and column not in known:
            near = did_you_mean(column, known) or f". Remove it, or use one of: {', '.join(known)}"
            raise UnreadableFile(f"{table.name} has a column '{column}' that is not known{near}.")
    if missing := [column for column in needed if column not in header]:
        raise UnreadableFile(f"{table.name} lacks {', '.join(missing)}. Its columns may be: {', '.join(known)}.")
    return header


def _read(table: Table, header: Sequence[str]) -> Iterator[tuple[int, dict[str, str] | str]]:
    """(line, the row by column, or why it is none)."""
    for chunk in table.chunks():
        for line, fields, _text in chunk:
            if not fields or (not isinstance(fields, str) and is_blank(fields)):
                continue
            try:
                yield line, _row(fields, header, table)
            except ValueError as fault:
                yield line, reason(fault, table.encoding) + _mend(fault, fields)


def _row(fields: list[str] | str, header: Sequence[str], table: Table) -> dict[str, str]:
    if isinstance(fields, str):
        raise ValueError(fields)
    fields = check_fields(fields, len(header), table.least)
    for field in fields:
        field.encode()  # UnicodeEncodeError: bytes that are no text in this encoding
    return {column: " ".join(field.split()) for column, field in zip(header, fields, strict=True) if column}


def _mend(fault: ValueError, fields: list[str] | str) -> str:
    is_windows = isinstance(fault, UnicodeEncodeError) and all(map(is_windows_1252, fields))
    return ": save the file as “CSV UTF-8”, or give --encoding cp1252" if is_windows else ""


@contextmanager
def readable() -> Iterator[None]:
    """CommandError, in the same words, for a file that cannot be read."""
    try:
        yield
    except UnreadableFile as fault:
        raise CommandError(printable(str(fault))) from None


class ListCommand(BaseCommand):
    """Remarks go to standard error, and there no word of a file moves the cursor."""

    def say(self, text: str) -> None:
        self.stderr.write(printable(text), str)

    def tell(self, listed: Listed, rejects: Sequence[Reject]) -> None:
        """How the file is written, and each row that is not taken."""
        for note in listed.notes:
            self.say(note)
        for reject in sorted(rejects, key=lambda one: one.line):
            self.say(f"Line {reject.line}: rejected: {reject.reason}.")

    def finish(self, about: Mapping[str, object], fates: Mapping[str, Collection[object]]) -> None:
        """The last line, as JSON: ``about``, and how many rows met each fate. CommandError where some were rejected."""
        counts = {fate: len(rows) for fate, rows in fates.items()}
        self.stdout.write(json.dumps({**about, "rows": sum(counts.values()), **counts}))
        if counts["rejected"]:
            words = f"{counts['rejected']} of {sum(counts.values())} rows were rejected: see above."
            raise CommandError(words, returncode=SOME_REJECTED)

    def add_encoding(self, parser: ArgumentParser) -> None:
        words = (
            "how the file is written, where it is not UTF-8 or UTF-16 with a mark: cp1252 for what Excel saves as CSV"
        )
        parser.add_argument("--encoding", default="", help=words)
