"""Sends every form as its own page gives it, filled in plausibly: as those who may, and then as everybody else.

A POST that skips the check that its page has would be found by nobody who sends it empty: it is refused as a mistake.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.db import connection

from tests.integration.matrix.asking import (
    CODES,
    LEADS_ON,
    MADE_UP,
    MIXED,
    OPENS,
    POST,
    REFUSALS,
    VISITOR,
    Asking,
    Row,
    asking_order,
    code_of,
    refused_in_front,
)
from tests.integration.matrix.filling import Form, bodies, choices, forms_of, with_value
from tests.integration.matrix.world import World

WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
#: What a refusal may write: that it was one, and that a session is in use.
OF_A_REFUSAL = frozenset({"audit_event", "accounts_session", "django_session"})
#: How many records of a route are tried for a form that can be sent, and by how many of those who may.
MOST = 3
Cells = dict[tuple[Row, str], str]
Look = Callable[[Any, Row, str, str], None]


@dataclass(frozen=True)
class Filled:
    """What ``who`` would send to an address, and what they were answered; ``form`` is what the page showed."""

    who: str
    body: str
    code: str
    form: Form

    @property
    def is_done(self) -> bool:
        return self.code == LEADS_ON


@dataclass
class Sending:
    """Each line of POST with a body; ``cells`` is what the reviewed file says of it when it is sent empty."""

    world: World
    asking: Asking
    cells: Cells
    look: Look
    sent: int = 0
    wrong: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    formless: set[str] = field(default_factory=set)
    foreign: int = 0
    _pages: dict[tuple[str, str], list[Form]] = field(default_factory=dict)
    _own: dict[Row, Filled | None] = field(default_factory=dict)
    _last: dict[str, Filled] = field(default_factory=dict)

    def send(self, row: Row) -> None:
        """Fill in the form of ``row`` as somebody who may, and send the same as everybody else.

        But not as those whom the rule in front of the view refuses before anything reads what was sent.
        """
        filled = self._own[row] = self._fill(row)
        filled = filled or self._last.get(row.path)
        if filled is None:
            self.formless.add(row.path)
            return
        self._last[row.path] = filled
        for who in self.asking.clients:
            if who == VISITOR or refused_in_front(row, self.world.cast[who]) is None:
                self._send_as(row, who, filled)

    def _send_as(self, row: Row, who: str, filled: Filled) -> None:
        expected = self.cells[row, who]
        with _writes() as written:
            code = self._post(row, who, filled.body)
        if code not in CODES:
            self.wrong.append(f"{who}, POST {row.path} ({row.name}): {code} to {filled.body}")
        if not self._is_outside(row, who, expected):
            return
        if code != expected:
            self.wrong.append(f"{who}, POST {row.path} ({row.name}): {expected} when empty, {code} when filled in")
        if written:
            self.wrong.append(f"{who}, POST {row.path} ({row.name}): {code}, and wrote {', '.join(sorted(written))}")

    def _is_outside(self, row: Row, who: str, expected: str) -> bool:
        """Whether ``who`` is refused what is sent empty, or it is no record of their organisation."""
        if expected in REFUSALS:
            return True
        return row.of is not None and who != VISITOR and self.world.cast[who].organisation.slug not in row.of

    def _fill(self, row: Row) -> Filled | None:
        """The first way of filling in a form that is done, by somebody who may; else the last that was tried."""
        found = None
        for who in self._who_may(row)[:MOST]:
            for form in self._forms(who, row.address)[:1]:
                self.tried.add(row.path)
                for body in bodies(form):
                    found = Filled(who, body, self._post(row, who, body, form.address), form)
                    if found.is_done:
                        self.done.add(row.path)
                        return found
        return found

    def _who_may(self, row: Row) -> list[str]:
        may = [who for who in self.world.cast if not self._is_outside(row, who, self.cells[row, who])]
        return sorted(may, key=lambda who: self.cells[row, who] != LEADS_ON)

    def _forms(self, who: str, address: str) -> list[Form]:
        """The forms that lead to an address: on its own page, on one above it, or else on any that ``who`` has read."""
        path = urlsplit(address).path
        found = [form for page in above(path) for form in self._on(who, page) if form.path == path]
        found = found or [form for form in self._read_by(who) if form.path == path]
        return sorted(found, key=lambda form: len(form.inputs), reverse=True)

    def _read_by(self, who: str) -> list[Form]:
        return [form for (reader, _page), forms in self._pages.items() if reader == who for form in forms]

    def _on(self, who: str, page: str) -> list[Form]:
        if (who, page) not in self._pages:
            answer = self.asking.get(who, page)
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")  # and no paper or workbook
            shows = code_of(answer) == OPENS and not answer.streaming and is_page
            self._pages[who, page] = forms_of(answer.content, page) if shows else []
        return self._pages[who, page]

    def _post(self, row: Row, who: str, body: str, address: str = "") -> str:
        """What is answered. That the page asks for a password again is no answer that something was done."""
        answer = self.asking.post(who, address or row.address, body)
        self.sent += 1
        self.look(answer, row, who, body)
        return code_of(answer)

    def send_choices_of_others(self, row: Row) -> None:
        """Send what the page offers to others, and not to who sends it: another force's scheme, another's worker."""
        own = self._own.get(row)
        if own is None or not own.is_done:
            return
        mine = choices(own.form)
        for name, values in self._offered(row.path, name_of=mine).items():
            for value in sorted(values - mine[name])[:MOST]:
                self.foreign += 1
                tampered = [self._post(row, own.who, body) for body in bodies(with_value(own.form, name, value))]
                if LEADS_ON in tampered:
                    self.wrong.append(
                        f"{own.who}, POST {row.path} ({row.name}): took {name}={value}, which is not offered"
                    )

    def _offered(self, path: str, name_of: Iterable[str]) -> dict[str, set[str]]:
        """What the pages that were read offer for each field to anybody."""
        found: dict[str, set[str]] = {name: set() for name in name_of}
        for forms in self._pages.values():
            for form in forms:
                for name, values in choices(form).items():
                    if name in found:
                        found[name] |= values
        return found


def above(path: str) -> Iterator[str]:
    """An address, and those above it: where a record's own forms stand."""
    parts = path.strip("/").split("/")
    yield path
    for end in range(len(parts) - 1, 0, -1):
        yield "/" + "/".join(parts[:end]) + "/"
        yield "/" + "/".join(parts[:end])


@contextmanager
def _writes() -> Iterator[set[str]]:
    """The tables that are written to within the block, but for what a refusal writes of itself."""
    written: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(str(sql))
        if found and found[1] not in OF_A_REFUSAL:
            written.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


def some_of(rows: Iterable[Row], paths: Iterable[str]) -> list[Row]:
    """The lines of ``paths``, of each no more than two records, and what is no record."""
    found = []
    for path in paths:
        here = sorted((row for row in rows if row.path == path), key=asking_order)
        real = [row for row in here if row.name not in (MIXED, MADE_UP)]
        found += [*real[:2], *(row for row in here if row not in real)]
    return found


def sendable(rows: Iterable[Row]) -> list[Row]:
    """The lines that are sent by POST by somebody signed in, and not of one's own account."""
    return [
        row
        for row in rows
        if row.method == POST and row.route.rule and not row.route.rule.public and not row.path.startswith("/accounts/")
    ]
