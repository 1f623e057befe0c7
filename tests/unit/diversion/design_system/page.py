"""Reads HTML enough to ask which elements it has and whether their references lead anywhere."""

from html.parser import HTMLParser

Element = tuple[str, dict[str, str | None]]

REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "data-aria-controls")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: _read(value) for name, value in attrs}))


def _read(value: str | None) -> str | None:
    """As a browser reads a list of classes or ids: whatever stands between them is one space."""
    return " ".join(value.split()) if value and "\n" in value else value


def elements(html: str, tag: str = "", **attributes: str) -> list[dict[str, str | None]]:
    """Attributes of each element with this tag and these attributes (``class_`` for class, ``_`` for a dash)."""
    reader = _Reader()
    reader.feed(html)
    wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return [
        attrs
        for name, attrs in reader.elements
        if (not tag or name == tag) and all(attrs.get(key) == value for key, value in wanted.items())
    ]


def element(html: str, tag: str = "", **attributes: str) -> dict[str, str | None]:
    """The one element with this tag and these attributes."""
    [found] = elements(html, tag, **attributes)
    return found


def dangling_references(html: str) -> set[str]:
    """Ids that labels, descriptions, controls and links within the page name, and that no element has."""
    found = elements(html)
    ids = {attrs["id"] for attrs in found if attrs.get("id")}
    named = {one for attrs in found for key in REFERENCES for one in (attrs.get(key) or "").split()}
    anchors = {(attrs.get("href") or "")[1:] for attrs in found if (attrs.get("href") or "").startswith("#")}
    return (named | anchors - {""}) - ids


def repeated_ids(html: str) -> set[str]:
    """Ids that more than one element has."""
    ids = [attrs["id"] for attrs in elements(html) if attrs.get("id")]
    return {one for one in ids if one and ids.count(one) > 1}
