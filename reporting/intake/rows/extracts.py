"""The rows of an extract: each read or rejected with its reason, none twice, and no key of a person kept."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from reporting.intake.mappings.parts import Codes
from reporting.intake.reading import CsvFile
from reporting.intake.rejects import Rejects

SEPARATOR = "\x1f"
Value = TypeVar("Value")


class Occurrences:
    """Numbers the equal rows of a file, and knows which of them the database holds already.

    The k-th row that says the same is the same fact in every file that holds at least k of them: genuine repeats are
    kept, and a file imported again, or a longer one that overlaps it, adds only what is new.
    """

    def __init__(self, present: set[bytes]) -> None:
        self._present = present
        self._seen: set[bytes] = set()
        self._repeats: dict[bytes, int] = {}

    def of_new(self, digest: bytes) -> int:
        """The occurrence of this row in the file, from 1; 0 if the database holds it already."""
        if digest not in self._seen:
            self._seen.add(digest)
            occurrence = 1
        else:
            self._repeats[digest] = occurrence = self._repeats.get(digest, 1) + 1
        return 0 if self._present and identity(digest, occurrence) in self._present else occurrence


def identity(digest: bytes, occurrence: int) -> bytes:
    """One of the equal rows of a file, as the set of those present knows it."""
    return digest if occurrence == 1 else digest + occurrence.to_bytes(4)


def reason(fault: ValueError) -> str:
    """Why a row was rejected, for whoever mends the file."""
    return "it is not written in UTF-8" if isinstance(fault, UnicodeEncodeError) else str(fault)


def readable(file: CsvFile, read: Callable[[list[str]], Value], rejects: Rejects) -> Iterator[tuple[int, Value]]:
    """(line, what ``read`` made of it) of each row; one that raises ValueError goes to ``rejects`` with the reason.

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
                rejects.add(line, reason(fault), "")
                continue
            yield line, value


def check_fields(fields: list[str], width: int) -> None:
    """ValueError for a row of another width than its header, or with a character that no database keeps."""
    if len(fields) != width:
        raise ValueError(f"it has {len(fields)} fields and the header {width}")
    if any("\0" in word for word in fields):
        raise ValueError("it holds a NUL character")


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
