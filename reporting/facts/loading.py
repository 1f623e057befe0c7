"""Streaming the rows of a file into the table of facts."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from uuid import UUID

from django.db import connection

from diversion.refusals import Refused
from reporting.intake.counts import Hidden
from reporting.intake.periods import Months
from reporting.intake.reading import Progress, Row, Table, as_text
from reporting.intake.rows.extracts import Fates, Occurrences, identity
from reporting.intake.rows.facts import Category, Reading, RowReader, columns_of, hidden_digest, line
from reporting.intake.rows.forces import ForceReader
from reporting.models import Fact, SuppressedCount

SECONDS_BETWEEN_PROGRESS = 0.5
#: Kinds of unrecognised words and days remembered; the rest are counted together, so junk cannot fill the memory.
MOST_UNRECOGNISED = 10_000
OTHER_VALUES = "(other values)"
#: Facts that one file of counts may become.
MOST_EVENTS = 5_000_000


@dataclass
class Counts:
    """What became of the rows of a file: ``rows`` is always the sum of its fates."""

    fates: Fates
    accepted: int = 0
    already_present: int = 0
    replaced: int = 0  # written in the place of older facts of their months
    known_of_old: int = 0  # among those already present: rows of facts that a later publication has replaced
    events: int = 0  # facts written, where a row is many
    hidden: list[SuppressedCount] = field(default_factory=list)
    repeated: Counter[date] = field(default_factory=Counter)  # rows by day that facts stand for already
    unrecognised: Counter[tuple[date, str, str]] = field(default_factory=Counter)  # (day, column, value)

    @classmethod
    def merged(cls, several: Sequence["Counts"]) -> "Counts":
        """What became of the rows of several forces, in all."""
        total = cls(Fates.merged([counts.fates for counts in several], several[0].fates.rejects))
        for counts in several:
            for name in ("accepted", "already_present", "replaced", "known_of_old", "events"):
                setattr(total, name, getattr(total, name) + getattr(counts, name))
            total.hidden += counts.hidden
            total.repeated.update(counts.repeated)
            total.unrecognised.update(counts.unrecognised)
        return total

    @property
    def rejected(self) -> int:
        return self.fates.rejected

    @property
    def skipped(self) -> int:
        return self.fates.skipped

    @property
    def rows(self) -> int:
        return self.accepted + self.rejected + self.already_present + self.replaced + self.skipped

    def note_unrecognised(self, day: date, category: Category, number: int = 1) -> None:
        for column, value in category.unrecognised:
            key = (day, column, value[:100])
            full = len(self.unrecognised) >= MOST_UNRECOGNISED and key not in self.unrecognised
            self.unrecognised[(day, column, OTHER_VALUES) if full else key] += number


def already_present(force_id: int, source: str) -> set[bytes]:
    """The identities of all facts and hidden counts that the force has of this source."""
    facts = Fact.objects.filter(force_id=force_id, source=source)
    hidden = SuppressedCount.objects.filter(force_id=force_id, source=source, replaced_by=None)
    pairs = (found.values_list("digest", "occurrence").iterator(chunk_size=20_000) for found in (facts, hidden))
    return {identity(digest.bytes, occurrence) for digest, occurrence in chain(*pairs) if digest and occurrence}


@dataclass
class Share:
    """One force's share of a file: how its rows are read, which of them are known, and what becomes of them.

    Rows of ``months`` take the place of older facts.
    """

    reader: RowReader
    occurrences: Occurrences
    counts: Counts
    months: Months | None = None


def load(file: Table, shares: Mapping[str, Share], progress: Progress, forces: ForceReader | None = None) -> None:
    """Copy the facts of ``file`` into the database, within the transaction under way.

    ``shares`` are by force; ``forces`` says of which one a row is, where there may be several. ``progress`` is told the
    rows and the share of the file read; the connection is busy then, so it may not use it.
    """
    loaders = {slug: _loader(share, file.encoding) for slug, share in shares.items()}
    first = next(iter(loaders.values()))
    loader = _Sorter(loaders, forces, first) if forces else first
    stream = _Stream(_pieces(file, loader, progress))
    with connection.cursor() as cursor:
        columns = ", ".join(connection.ops.quote_name(name) for name in first.share.reader.columns)
        table = connection.ops.quote_name(Fact._meta.db_table)
        try:
            cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", stream, size=1 << 16)
        except Exception:
            if stream.failure is not None:
                raise stream.failure from None
            raise
    progress(loader.rows, 1.0)


def _loader(share: Share, encoding: str) -> "_Loader":
    return (_CountLoader if share.reader.mapping.count else _Loader)(share, encoding)


def tried(file: Table, share: Share, forces: ForceReader | None = None) -> None:
    """Read every row as ``load`` does, and write none: ``share`` has the counts afterwards."""
    loader = _loader(share, file.encoding)
    for chunk in file.chunks():
        (_Sorter(_Any(loader), forces, loader) if forces else loader).text_of(chunk)


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


def _pieces(file: Table, loader: "_Loader | _Sorter", progress: Progress) -> Iterator[bytes]:
    """The facts' text, some hundred lines at a time."""
    next_progress = time.monotonic()
    for chunk in file.chunks():
        if text := loader.text_of(chunk):
            yield text
        if time.monotonic() >= next_progress:
            next_progress = time.monotonic() + SECONDS_BETWEEN_PROGRESS
            progress(loader.rows, file.share_read)


@dataclass
class _Loader:
    share: Share
    encoding: str

    @property
    def rows(self) -> int:
        return self.share.counts.rows

    def text_of(self, chunk: Iterable[Row]) -> bytes:
        """The new facts of ``chunk`` as COPY reads them; every row of it is counted."""
        counts, months = self.share.counts, self.share.months
        read, occurrence_of_new = self.share.reader.read, self.share.occurrences.of_new
        lines: list[str] = []
        replaced = 0
        for number, fields, text in chunk:
            if not fields:
                continue  # a blank line
            try:
                if isinstance(fields, str):
                    raise ValueError(fields)
                reading = read(fields)
            except ValueError as fault:
                counts.fates.failed(number, fields, fault, as_text(text), self.encoding)
                continue
            if (occurrence := occurrence_of_new(reading[0])) > 0:
                lines.append(line(reading, occurrence))
                category = reading[3]
                category.tally[0] += 1
                if category.words.unrecognised:
                    counts.note_unrecognised(reading[1], category)
                if months is not None and months.hold(reading[1]):
                    replaced += 1
            else:
                self._known(reading[1], occurrence)
        counts.accepted += len(lines) - replaced
        counts.replaced += replaced
        return "".join(lines).encode()

    def _known(self, day: date, occurrence: int) -> None:
        """A row that an earlier import has brought, whether its fact stands or has been replaced."""
        self.share.counts.already_present += 1
        if occurrence:
            self.share.counts.repeated[day] += 1
        else:
            self.share.counts.known_of_old += 1


class _Any(dict[str, "_Loader"]):
    """One loader for every force."""

    def __init__(self, loader: "_Loader") -> None:
        super().__init__()
        self._loader = loader

    def __missing__(self, slug: str) -> "_Loader":
        return self._loader


@dataclass
class _Sorter:
    """Gives each row to its own force's loader. Rows of no force are counted with the first."""

    loaders: Mapping[str, "_Loader"]
    forces: ForceReader
    first: "_Loader"

    @property
    def rows(self) -> int:
        return sum(loader.rows for loader in self.loaders.values())

    def text_of(self, chunk: Iterable[Row]) -> bytes:
        of_force: dict[str, list[Row]] = {}
        for row in chunk:
            number, fields, text = row
            if not fields:
                continue  # a blank line
            try:
                if isinstance(fields, str):
                    raise ValueError(fields)
                slug = self.forces.read(fields)
            except ValueError as fault:
                self.first.share.counts.fates.failed(number, fields, fault, as_text(text), self.first.encoding)
                continue
            of_force.setdefault(slug, []).append(row)
        return b"".join(self.loaders[slug].text_of(rows) for slug, rows in of_force.items())


@dataclass
class _CountLoader(_Loader):
    """Of a file whose rows count: each row becomes as many facts as it counts, so that no figure needs a weight."""

    def text_of(self, chunk: Iterable[Row]) -> bytes:
        pieces = []
        for number, fields, text in chunk:
            if not fields:
                continue  # a blank line
            try:
                if isinstance(fields, str):
                    raise ValueError(fields)
                events = self.share.reader.number(fields)
                reading = self.share.reader.read(fields)
            except ValueError as fault:
                self.share.counts.fates.failed(number, fields, fault, as_text(text), self.encoding)
                continue
            pieces.append(self._hidden(reading, events) if isinstance(events, Hidden) else self._facts(reading, events))
        return "".join(pieces).encode()

    def _facts(self, reading: Reading, events: int) -> str:
        """The new ones of so many facts; a row of which all are known is already present."""
        counts, (_, day, _, category) = self.share.counts, reading
        if counts.events + events > MOST_EVENTS:
            raise Refused(f"The counts add up to over {MOST_EVENTS:,} events: import the file in parts, by period.")
        numbers = [self.share.occurrences.of_new(reading[0]) for _ in range(events)]
        new = [line(reading, number) for number in numbers if number > 0]
        counts.repeated[day] += sum(number < 0 for number in numbers)
        if not new:
            counts.already_present += 1
            counts.known_of_old += 0 in numbers
            return ""
        counts.events += len(new)
        category.tally[0] += len(new)
        if category.words.unrecognised:
            counts.note_unrecognised(day, category, len(new))
        self._written(day)
        return "".join(new)

    def _hidden(self, reading: Reading, events: Hidden) -> str:
        """A count that its publisher hid is kept beside the facts, and is none."""
        digest = hidden_digest(reading[0])
        occurrence = self.share.occurrences.of_new(digest)
        if occurrence <= 0:
            self._known(reading[1], occurrence)
            return ""
        self.share.counts.hidden.append(_suppressed(reading, events, digest, occurrence))
        self._written(reading[1])
        return ""

    def _written(self, day: date) -> None:
        months = self.share.months
        if months is not None and months.hold(day):
            self.share.counts.replaced += 1
        else:
            self.share.counts.accepted += 1


def _suppressed(reading: Reading, events: Hidden, digest: bytes, occurrence: int) -> SuppressedCount:
    words = columns_of(reading)
    flags = {name: words.pop(name) == "t" for name in ("considered", "diverted")}
    day = reading[1]
    return SuppressedCount(
        **words,
        **flags,
        happened_on=day,
        month=day.replace(day=1),
        low=events.low,
        high=events.high,
        digest=UUID(bytes=digest),
        occurrence=occurrence,
    )


def unrecognised_total(counts: Counts) -> dict[str, dict[str, int]]:
    """Column -> value -> how often, most frequent first."""
    totals: dict[str, Counter[str]] = {}
    for (_, column, value), number in counts.unrecognised.items():
        totals.setdefault(column, Counter())[value] += number
    return {column: dict(values.most_common()) for column, values in totals.items()}


def none_shown(rows: int, share: float) -> None:
    """A progress that nobody watches."""
