"""What a paper says to whoever reads it, by a reader that is not ours."""

import io
from typing import Any

from pypdf import PdfReader


def charts(content: bytes) -> list[str]:
    """The alternative text of each chart of a PDF, in its order."""
    root: Any = PdfReader(io.BytesIO(content)).root_object["/StructTreeRoot"]
    return _described(root["/K"])


def _described(tags: list[Any]) -> list[str]:
    found = []
    for tag in (one.get_object() for one in tags):
        if isinstance(tag, dict):
            found += [str(tag["/Alt"])] if tag.get("/S") == "/Figure" else []
            inside = tag.get("/K", [])
            found += _described(inside if isinstance(inside, list) else [])
    return found
