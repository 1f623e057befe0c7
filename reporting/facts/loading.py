"""Streaming the rows of a file into the table of facts."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from reporting.facts.reading import CsvFile, Progress, Row
from reporting.facts.rejects import Rejects
from reporting.facts.rows import COLUMNS, FactText, RowReader
from reporting.models import Fact

ROWS_AT_ONCE = 2000
SECONDS_BETWEEN_PROGRESS = 0.5
#: Kinds of unrecognised words and days remembered; the rest are counted together, so junk cannot fill the memory.
MOST_UNRECOGNISED = 10_000
OTHER_VALUES = "(other values)"


@dataclass
class Counts:
    """What became of the rows of a file: ``rows`` is always accepted + rejected + already_present."""

    accepted: int = 0
    rejected: int = 0
    already_present: int = 0
    unrecognised: Counter[tuple[date, str, str]] = field(default_factory=Counter)  # (day, column, value)

    @property
    def rows(self) -> int:
        return self.accepted + self.rejected + self.already_present

    def note_unrecognised(self, fact: FactText) -> None:
        for column, value in fact.category.unrecognised:
            key = (fact.day, column, value[:100].replace("\0", ""))
            full = len(self.unrecognised) >= MOST_UNRECOGNISED and key not in self.unrecognised
            self.unrecognised[(fact.day, column, OTHER_VALUES) if full else key] += 1


class Occurrences:
    """Numbers the equal rows of a file, and knows which of them the database holds already.

    The k-th row that says the same is the same fact in every file that holds at least k of them: genuine repeats are
    kept, and a file imported again, or a longer one that overlaps it, adds only what is new.
    """

    def __init__(self, present: set[bytes]) -> None:
        self._present = present
        self._seen: set[bytes] = set()
        self._repeats: dict[bytes, int] = {}

    def number(self, digest: bytes) -> int:
        """The occurrence of this row in the file, from 1."""
        if digest not in self._seen:
            self._seen.add(digest)
            return 1
        self._repeats[digest] = occurrence = self._repeats.get(digest, 1) + 1
        return occurrence

    def is_present(self, digest: bytes, occurrence: int) -> bool:
        return bool(self._present) and _key(digest, occurrence) in self._present


def _key(digest: bytes, occurrence: int) -> bytes:
    return digest if occurrence == 1 else digest + occurrence.to_bytes(4)


def already_present(force_id: int, source: str) -> set[bytes]:
    """The identities of all facts that the force has of this source."""
    found = Fact.objects.filter(force_id=force_id, source=source).values_list("digest", "occurrence")
    return {_key(digest.bytes, occurrence) for digest, occurrence in found.iterator(chunk_size=20_000)}


def load(file: CsvFile, reader: RowReader, occurrences: Occurrences, rejects: Rejects, progress: Progress) -> Counts:
    """Copy the facts of ``file`` into the database, within the transaction under way."""
    counts = Counts()
    stream = _Stream(_lines(file, reader, occurrences, rejects, counts, progress))
    with connection.cursor() as cursor:
        columns = ", ".join(connection.ops.quote_name(name) for name in COLUMNS)
        table = connection.ops.quote_name(Fact._meta.db_table)
        try:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", stream, size=1 << 16)
        except Exception:
            if stream.failure is not None:
                raise stream.failure from None
            raise
    progress(counts.rows, 1.0)
    return counts


class _Stream:
    """What COPY reads. It keeps the failure of its source, which the driver would replace by one of its own."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.failure: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            return next(self._chunks, b"")
        except BaseException as failure:
            self.failure = failure
            raise


def _lines(
    file: CsvFile, reader: RowReader, occurrences: Occurrences, rejects: Rejects, counts: Counts, progress: Progress
) -> Iterator[bytes]:
    """The facts' text in pieces of some thousand lines."""
    pending: list[str] = []
    next_progress = time.monotonic()
    for row in file.rows():
        try:
            fact = _fact(row, reader)
        except ValueError as fault:
            counts.rejected += 1
            rejects.add(row.line, _reason(fault), file.original)
            continue
        occurrence = occurrences.number(fact.digest)
        if occurrences.is_present(fact.digest, occurrence):
            counts.already_present += 1
            continue
        counts.accepted += 1
        pending.append(fact.line(occurrence))
        if fact.category.unrecognised:
            counts.note_unrecognised(fact)
        if len(pending) >= ROWS_AT_ONCE:
            yield "".join(pending).encode()
            pending.clear()
        if not counts.rows % ROWS_AT_ONCE and time.monotonic() >= next_progress:
            next_progress = time.monotonic() + SECONDS_BETWEEN_PROGRESS
            progress(counts.rows, file.share_read)
    yield "".join(pending).encode()


def _fact(row: Row, reader: RowReader) -> FactText:
    if row.fault:
        raise ValueError(row.fault)
    return reader.read(row.fields)


def _reason(fault: ValueError) -> str:
    return "it is not written in UTF-8" if isinstance(fault, UnicodeEncodeError) else str(fault)


def unrecognised_total(counts: Counts) -> dict[str, dict[str, int]]:
    """Column -> value -> how often, most frequent first."""
    totals: dict[str, Counter[str]] = {}
    for (_, column, value), number in counts.unrecognised.items():
        totals.setdefault(column, Counter())[value] += number
    return {column: dict(values.most_common()) for column, values in totals.items()}


def none_shown(rows: int, share: float) -> Any:
    """A progress that nobody watches."""
