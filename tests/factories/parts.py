"""What the script of the page "Record a decision" takes of a page: its parts whole, and the line of each fold."""

from html.parser import HTMLParser

VOID = frozenset({"input", "br", "hr", "img", "link", "meta", "source", "path"})


class _Taken(HTMLParser):
    """Collects what stands within each part, and each fold's own tag and summary, by id."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self.open: list[tuple[str, str]] = []  # each element that is open, and the part or fold that begins with it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("id") or "" if "data-app-part" in given or "data-app-fold" in given else ""
        if tag == "summary" and self.open:
            name = f"summary of {self.open[-1][1]}"
        if name:
            self.found[name] = []
        if tag not in VOID:
            self.open.append((tag, name))
        self._say(repr((tag, sorted(attrs, key=str))))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self._say(" ".join(data.split()))

    def _say(self, what: str) -> None:
        for _tag, name in self.open:
            if name and not (name.startswith("fold-") and self.found[name]):  # of a fold its own tag alone
                self.found[name].append(what)


def taken(page: str) -> dict[str, list[str]]:
    """What the script takes of this page, by the id of the part or fold."""
    reader = _Taken()
    reader.feed(page)
    return reader.found
