"""What was answered to the lines of the matrix, and what must hold of it whatever the file says."""

import io
import re
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlencode

import pypdf
from django.urls import Resolver404, resolve

from tests.integration.matrix import file, world
from tests.integration.matrix.asking import GET, LEADS_ON, OPENS, VISITOR, Asking, Row, code_of, same_as
from tests.integration.matrix.rules import broken

NONCE = re.compile(rb'nonce="[^"]*"')
#: Where a page leads, but for what is asked of the page.
LINKS = re.compile(rb'href="(/[^"?#]+)')
#: Of how many records of a list it is asked each time whether they open; `make sweep` asks of all.
LED = 3
LISTED = ("amara", "carol", "hugh", "george", "yusuf")
Cells = dict[tuple[Row, str], str]


class Asked:
    """What was answered to ``lines``, and what was wrong with an answer that no cell tells."""

    def __init__(self, made: world.World, *, each: bool) -> None:
        self.world, self.asking, self.each = made, Asking(made), each
        self.who = (VISITOR, *made.cast)
        self.led: dict[str, set[str]] = {who: set() for who in self.who}
        self.sent = 0
        self.cells: Cells = {}
        self.found_marks: list[str] = []
        self.read_marks: set[str] = set()
        self.refusals: dict[int, set[bytes]] = {403: set(), 404: set()}
        self.at: dict[tuple[str, str], str] = {}
        self._known: dict[Any, str] = {}

    def ask(self, lines: Iterable[Row], who: Iterable[str] = ()) -> None:
        """Send each line as each of ``who``, everybody unless told."""
        for row in lines:
            for key in who or self.who:
                self.cells[row, key] = self._cell(row, key)

    def code_at(self, who: str, address: str) -> str:
        """What ``who`` is answered at an address, which is asked only if no line has been."""
        if (who, address) not in self.at:
            self.at[who, address] = code_of(self.asking.get(who, address))
        return self.at[who, address]

    def search(self, who: str, row: Row, typed: dict[str, str]) -> None:
        """Look somebody up on the page of a list, and note each mark in what is shown."""
        self.look(self.asking.search(who, row.address, urlencode(typed)), row, who)

    def _cell(self, row: Row, who: str) -> str:
        same = None if self.each else same_as(row, self.world.cast.get(who))
        if same is not None and same in self._known:
            return self._known[same]
        answer = self.asking.send(who, row)
        self.sent += 1
        self.look(answer, row, who)
        code = code_of(answer)
        if same is not None:
            self._known[same] = code
        if row.method == GET:
            self.at[who, row.address] = code
        return code

    def look(self, answer: Any, row: Row, who: str, sent: str = "") -> None:
        """Note each mark that ``who`` may not read and has not ``sent``, and the words of a refusal."""
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code in self.refusals:
            self.refusals[answer.status_code].add(NONCE.sub(b"", body))
        text = _unpacked(body)
        if answer.status_code == 200 and (row.of is None or self.each):
            self.led[who] |= {found.decode() for found in LINKS.findall(text)}
        for mark, seen_by in self.world.marks.items():
            if mark.encode() not in text or mark in unquote_plus(sent):
                continue
            if who in seen_by:
                self.read_marks.add(mark)
            else:
                self.found_marks.append(f"{who} reads “{mark}” at {row.method} {row.path} ({row.name})")


def _unpacked(body: bytes) -> bytes:
    """The text of a file: what a spreadsheet or a paper holds is packed."""
    if body.startswith(b"%PDF"):
        return _of_pdf(body)
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


@cache
def _of_pdf(body: bytes) -> bytes:
    """The words of a paper, with a space where a line ends."""
    pages = pypdf.PdfReader(io.BytesIO(body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).encode()


def check(asked: Asked, lines: list[Row], *, all_asked: bool = True) -> None:
    """Every rule that needs no file, and then the file."""
    assert not asked.found_marks, "\n".join(asked.found_marks)
    unread = {mark for mark, readers in asked.world.marks.items() if readers} - asked.read_marks
    assert not (all_asked and unread), f"a mark that nobody reads at all shows nothing: {unread}"
    assert not (wrong := broken(asked.cells, asked.world.cast)), "\n".join(wrong)
    for status, words in asked.refusals.items():
        assert len(words) <= 1, f"A page answers {status} in words of its own, which tells more than that it refuses."
    assert not (wrong := differences(asked, lines)), "\n".join([*wrong, f"Where that is right: {file.WRITE}"])


def check_leads(asked: Asked) -> None:
    """A link to what its reader may not open tells that somebody is on record, and sends them to a wall."""
    for who, addresses in asked.led.items():
        records = _of_records(addresses, most=None if asked.each else LED)
        assert records or who not in LISTED, f"{who} is led nowhere"
        found = {one: asked.code_at(who, one) for one in records}
        assert not {one: code for one, code in found.items() if code not in (OPENS, LEADS_ON)}, who


def _of_records(addresses: Iterable[str], *, most: int | None) -> list[str]:
    """Those that lead to a record's page or file, of each page ``most``; what is only sent to is no link."""
    by_route: dict[str, list[str]] = {}
    for one in sorted(addresses):
        with suppress(Resolver404):
            found = resolve(one)
            if found.kwargs:
                by_route.setdefault(found.route, []).append(one)
    return [one for found in by_route.values() for one in found[:most]]


def differences(asked: Asked, lines: list[Row]) -> list[str]:
    """What the file says otherwise, or not at all, or of what is no more."""
    who, kept = file.read(file.PATH.read_text(encoding="utf-8"))
    now = {row.key for row in lines}
    found = [f"The file has no line for {' '.join(key)}" for key in sorted(now - kept.keys())]
    found += [f"The file has a line that nothing leads to: {' '.join(key)}" for key in sorted(kept.keys() - now)]
    if who != tuple(key[:5] for key in asked.who):
        return [*found, f"The columns of the file are {who}"]
    for (row, key), code in asked.cells.items():
        expected = kept.get(row.key, ())
        if len(expected) == len(who) and (said := expected[asked.who.index(key)]) != code:
            found.append(f"{row.method} {row.path} ({row.name}), {key}: “{code}”, and the file says “{said}”")
    return found
