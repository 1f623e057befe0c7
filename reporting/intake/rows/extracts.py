"""The rows of an extract: each read or rejected with its reason, none twice, and no key of a person kept."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from reporting.intake.mappings.extracts import ExtractMapping
from reporting.intake.mappings.parts import Codes
from reporting.intake.reading import Table
from reporting.intake.rejects import Rejects

SEPARATOR = "\x1f"
#: What old programs write at the end of a file.
END_MARKS = "\x1a\0"
Value = TypeVar("Value")


class LeftOut(ValueError):
    """A row that is no fault and no fact: one that adds up others, counts nothing or is of another force."""


class Fates:
    """What became of the rows that were not read: rejected, with the commonest reasons, or skipped as empty."""

    def __init__(self, rejects: Rejects) -> None:
        self.rejects = rejects
        self.rejected = self.skipped = self.blank = 0
        self.left_out: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.first: dict[str, tuple[int, str]] = {}  # reason -> line and whole reason of the first such row
        self.windows = 0  # rows that are no UTF-8, and would be text in Windows-1252

    @classmethod
    def merged(cls, several: Iterable["Fates"], rejects: Rejects) -> "Fates":
        """What became of the rows of several forces, in all."""
        total = cls(rejects)
        for fates in several:
            total.rejected += fates.rejected
            total.skipped += fates.skipped
            total.blank += fates.blank
            total.windows += fates.windows
            total.left_out.update(fates.left_out)
            total.reasons.update(fates.reasons)
            for why, first in fates.first.items():
                total.first[why] = min(first, total.first.get(why, first))
        return total

    def failed(self, line: int, fields: list[str] | str, fault: ValueError, text: str, encoding: str) -> None:
        """A row that ``fault`` kept out. One without anything in it is skipped."""
        if not isinstance(fields, str) and is_blank(fields):
            self.skipped += 1
            self.blank += 1
            return
        if isinstance(fault, LeftOut):
            self.skipped += 1
            self.left_out[str(fault)] += 1
            return
        why = reason(fault, encoding)
        kind = re.sub(r"\d[\d-]*", "…", why)  # "the date, 2031-01-01, has not come yet" is one reason
        self.rejected += 1
        self.reasons[kind] += 1
        self.first.setdefault(kind, (line, why))
        if isinstance(fault, UnicodeEncodeError) and encoding == "UTF-8" and not isinstance(fields, str):
            self.windows += all(map(is_windows_1252, fields))
        self.rejects.add(line, why, text)


def is_windows_1252(text: str) -> bool:
    """Whether the bytes of ``text`` that are no UTF-8 (lone surrogates) would be letters in Windows-1252."""
    try:
        text.encode("utf-8", "surrogateescape").decode("cp1252")
    except UnicodeError:
        return False
    return True


class Occurrences:
    """Numbers the equal rows of a file, and knows which of them earlier imports have brought.

    The k-th row that says the same is the same fact in every file that holds at least k of them: genuine repeats are
    kept, and a file imported again, or a longer one that overlaps it, adds only what is new.
    """

    def __init__(self, present: set[bytes], replaced: set[bytes] | None = None) -> None:
        self._present, self._replaced = present, replaced or set()
        self._seen: set[bytes] = set()
        self._repeats: dict[bytes, int] = {}

    def of_new(self, digest: bytes) -> int:
        """The occurrence of this row in the file, from 1; below 0 if the database holds it already, and 0 if it did
        until a later publication of its month replaced it."""
        if digest not in self._seen:
            self._seen.add(digest)
            occurrence = 1
        else:
            self._repeats[digest] = occurrence = self._repeats.get(digest, 1) + 1
        if self._present and identity(digest, occurrence) in self._present:
            return -occurrence
        return 0 if self._replaced and identity(digest, occurrence) in self._replaced else occurrence


def identity(digest: bytes, occurrence: int) -> bytes:
    """One of the equal rows of a file, as the set of those present knows it."""
    return digest if occurrence == 1 else digest + occurrence.to_bytes(4)


def reason(fault: ValueError, encoding: str = "UTF-8") -> str:
    """Why a row was rejected, for whoever mends the file."""
    return f"it is not written in {encoding}" if isinstance(fault, UnicodeEncodeError) else str(fault)


def fitted(fields: list[str], width: int, least: int) -> list[str]:
    """A row of ``width`` fields: empty ones at its end, which spreadsheets add and drop, make no difference.

    ``least`` is how many fields there are up to the header's last named column. ValueError for any other width.
    """
    if len(fields) < least or any(field.strip() for field in fields[width:]):
        raise ValueError(f"it has {len(fields)} fields and the header {width}")
    return fields[:width] + [""] * (width - len(fields))


def is_blank(fields: list[str]) -> bool:
    """Whether a row has fields and nothing in any of them, as spreadsheets leave below their tables."""
    return not any(field.strip().strip(END_MARKS) for field in fields)


def readable(file: Table, read: Callable[[list[str]], Value], fates: Fates) -> Iterator[tuple[int, Value]]:
    """(line, what ``read`` made of it) of each row; one that raises ValueError goes to the rejects with the reason.

    Of a rejected row only line and reason are kept: the row itself holds the force's own key of the person.
    """
    for chunk in file.chunks():
        for line, fields, _ in chunk:
            if not fields:
                continue  # a blank line
            try:
                if isinstance(fields, str):
                    raise ValueError(fields)
                value = read(fields)
            except ValueError as fault:
                fates.failed(line, fields, fault, "", file.encoding)
                continue
            yield line, value


def check_fields(fields: list[str], width: int, least: int) -> list[str]:
    """The fields, fitted. ValueError for a row of another width than its header, or with a character that no database
    keeps."""
    if len(fields) != width:
        fields = fitted(fields, width, least)
    if any("\0" in word for word in fields):
        raise ValueError("it holds a NUL character")
    return fields


class Columns:
    """The fields of a row by column: without spaces around them, and with words that stand for nothing as ""."""

    def __init__(self, mapping: ExtractMapping, places: Sequence[int]) -> None:
        self._place = dict(zip(mapping.file.columns, places, strict=True))
        self._blank = {word.casefold() for word in mapping.file.blank}
        self._named = mapping.words

    def row(self, fields: list[str]) -> dict[str, str]:
        return {column: self._cleaned(column, fields[place].strip()) for column, place in self._place.items()}

    def _cleaned(self, column: str, word: str) -> str:
        blank = word.casefold() in self._blank and word not in self._named.get(column, ())
        return "" if blank else word


def plain_number(text: str) -> str:
    """A crime number as it is compared: capitals, and nothing but letters, digits and the strokes between."""
    return re.sub(r"[^0-9A-Z/-]", "", text.upper())


class Digests:
    """Digests of one force, keyed with a secret so that nobody can try keys out; no two forces' digests agree."""

    def __init__(self, secret: str, force: str) -> None:
        self._key = blake2b(f"{secret}{SEPARATOR}{force}".encode(), digest_size=32).digest()

    def of(self, *parts: str) -> bytes:
        """16 bytes for what ``parts`` say."""
        return blake2b(SEPARATOR.join(parts).encode(), key=self._key, digest_size=16).digest()

    def person(self, key: str) -> UUID:
        """The digest of the force's own key of a person: the same in each extract of that force."""
        return UUID(bytes=self.of(key))


class WordBook:
    """Translates words by a mapping, and counts those that it does not know."""

    def __init__(self) -> None:
        self.unrecognised: Counter[tuple[str, str]] = Counter()  # (column, word)

    def word(self, part: Codes | None, row: dict[str, str], blank: str, unknown: str) -> str:
        """Our word for what ``row`` holds; ``blank`` where it holds nothing or the mapping has no such part."""
        word = row[part.column] if part else ""
        if part is None or (not word and word not in part.values):
            return blank
        if word not in part.values:
            self.unrecognised[part.column, word[:100]] += 1
        return part.values.get(word, unknown)
