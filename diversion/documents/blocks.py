"""What a paper is made of, in its order."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Heading:
    text: str
    kind: str = "heading"


@dataclass(frozen=True)
class Text:
    """A paragraph; ``strong`` stands before it in bold, on a line of its own. ``blank``: a line to write on follows."""

    text: str
    strong: str = ""
    blank: bool = False
    kind: str = "text"


@dataclass(frozen=True)
class Items:
    """A list of (words, words in bold after them)."""

    items: tuple[tuple[str, str], ...]
    numbered: bool = True
    kind: str = "items"


@dataclass(frozen=True)
class Grid:
    """A table: its headings, its rows, of which the first cell is the heading, and which columns are ``numeric``."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    kind: str = "grid"


@dataclass(frozen=True)
class Chart:
    """A drawing (``svg``, a file by itself) under its ``title``; ``description`` says it in words, for whoever does not
    see it. Its figures stand in a table beside it."""

    title: str
    description: str
    svg: str
    kind: str = "chart"


@dataclass(frozen=True)
class Signatures:
    """A line to sign on for each of ``who``, and what to write there."""

    who: tuple[str, ...]
    what: str
    kind: str = "signatures"


Block = Heading | Text | Items | Grid | Chart | Signatures


def plain(block: Block) -> dict[str, Any]:
    """As JSON holds it."""
    return asdict(block)
