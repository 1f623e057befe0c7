"""PDF/UA-1 files (ISO 14289-1) by Typst, from blocks: tagged, titled and in a named language, for screen readers.

The words are handed over as data and are never Typst's own markup: what somebody typed cannot become an instruction.
Fonts come with the code (DejaVu, static/build/fonts) and no other is used, so that one paper is the same bytes on
every machine. Typst refuses a character that no font has; it is printed as its code, and the document says so.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language

from diversion.documents.blocks import Block, plain

#: White space of other kinds is a space; marks of where text begins are nothing, and PDF/UA forbids them.
AS_SPACE = {ord("\t"): " ", ord("\r"): " ", ord("\v"): " ", ord("\f"): " ", 0xFEFF: None, 0xFFFE: None}
#: Points of the text. Large print begins at 16 (UK Association for Accessible Formats).
USUAL, LARGE = 11, 16
TEMPLATE = Path(__file__).with_name("paper.typ")


@dataclass(frozen=True)
class Document:
    """``content`` is the file, ``unprinted`` the characters of it that stand there by their code."""

    content: bytes
    unprinted: tuple[str, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        return sha256(self.content).hexdigest()


def typeset(*, title: str, caption: str, reference: str, blocks: Iterable[Block], is_large: bool = False) -> Document:
    """A paper of A4 pages with ``reference`` and the number of the page under each; ``is_large``: in large print."""
    import typst  # 80 MB, for those who make a paper

    said: dict[str, Any] = {
        "title": title,
        "caption": caption,
        "reference": reference,
        "blocks": [plain(one) for one in blocks],
    }
    said["points"] = LARGE if is_large else USUAL
    missing: set[str] = set()
    data = _printed(said | {"language": (get_language() or "en").split("-")[0]}, missing)
    content = typst.compile(
        TEMPLATE,
        format="pdf",
        pdf_standards="ua-1",
        font_paths=[fonts()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
    )
    return Document(content, tuple(sorted(missing)))


def _printed(value: Any, missing: set[str]) -> Any:
    """``value`` with each character that no font has as its code; they are added to ``missing``."""
    if isinstance(value, dict):
        return {name: _printed(one, missing) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_printed(one, missing) for one in value]
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").translate(AS_SPACE)
    unknown = set(value) - _printable()
    missing |= unknown
    return value.translate({ord(one): f"[U+{ord(one):04X}]" for one in unknown})


def as_attachment(made: Document, name: str) -> HttpResponse:
    """To be kept under ``name`` by whoever opens its address."""
    answer = HttpResponse(made.content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def fonts() -> Path:
    return settings.BASE_DIR / "static" / "build" / "fonts"


@cache
def _printable() -> frozenset[str]:
    """The characters that the regular font has and the bold one too."""
    from fontTools.ttLib import TTFont

    faces = []
    for path in sorted(fonts().glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            faces.append(set(font.getBestCmap()))
    return frozenset(map(chr, set.intersection(*faces))) | {"\n"}
