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
    """A numbered list of (words, words in bold after them)."""

    items: tuple[tuple[str, str], ...]
    kind: str = "items"


@dataclass(frozen=True)
class Signatures:
    """A line to sign on for each of ``who``, and what to write there."""

    who: tuple[str, ...]
    what: str
    kind: str = "signatures"


Block = Heading | Text | Items | Signatures


def plain(block: Block) -> dict[str, Any]:
    """As JSON holds it."""
    return asdict(block)
