"""Who may open what: every page of every kind of record, asked by every member, against the file that people review."""

import io
import logging
import os
import random
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from diversion import clock
from diversion.accounts.models import Role
from tests.conftest import NOW
from tests.integration.matrix import file, world
from tests.integration.matrix.asking import GET, POST, VISITOR, Asking, Row, code_of, rows, same_as
from tests.integration.matrix.rules import broken, opened

#: How many lines of POST are sent each time; `make sweep` sends all.
SAMPLE, SEED = 40, "who may open what"
WITHOUT_ROLE = "lena"
NONCE = re.compile(rb'nonce="[^"]*"')
pytestmark = pytest.mark.django_db
#: The address of a record, where a page leads to one.
RECORDS = re.compile(rb'href="(/[^"?#]*/[A-Z]{2}-[0-9A-Z]{4}-[^"?#]+)')
Cells = dict[tuple[Row, str], str]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[world.World]:
    """The world, made once and taken back after these tests."""
    logger = logging.getLogger("django.request")  # writes a traceback for each refusal, of which there are thousands
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic(), clock.set_to(NOW):
        patch.setattr(logger, "disabled", True)
        patch.setattr("django.conf.settings.ACCOUNT_RATE_LIMITS", False)  # by address, which here is everybody's
        yield world.build()
        transaction.set_rollback(True)


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
        self._known: dict[Any, str] = {}

    def ask(self, lines: Iterable[Row], who: Iterable[str] = ()) -> None:
        """Send each line as each of ``who``, everybody unless told."""
        for row in lines:
            for key in who or self.who:
                self.cells[row, key] = self._cell(row, key)

    def _cell(self, row: Row, who: str) -> str:
        same = None if self.each else same_as(row, self.world.cast.get(who))
        if same is not None and same in self._known:
            return self._known[same]
        answer = self.asking.send(who, row)
        self.sent += 1
        self._look(answer, row, who)
        code = code_of(answer)
        if same is not None:
            self._known[same] = code
        return code

    def _look(self, answer: Any, row: Row, who: str) -> None:
        """Note each mark that ``who`` may not read, and the words of a refusal."""
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code in self.refusals:
            self.refusals[answer.status_code].add(NONCE.sub(b"", body))
        text = _unpacked(body)
        if row.of is None and answer.status_code == 200:
            self.led[who] |= {found.decode() for found in RECORDS.findall(text)}
        for mark, seen_by in self.world.marks.items():
            if mark.encode() not in text:
                continue
            if who in seen_by:
                self.read_marks.add(mark)
            else:
                self.found_marks.append(f"{who} reads “{mark}” at {row.method} {row.path} ({row.name})")


def _unpacked(body: bytes) -> bytes:
    """The text of a file: what a spreadsheet holds is packed."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


def check(asked: Asked, lines: list[Row], *, all_asked: bool = True) -> None:
    """Every rule that needs no file, and then the file."""
    assert not asked.found_marks, "\n".join(asked.found_marks)
    assert not all_asked or asked.read_marks == asked.world.marks.keys(), (
        "a mark that nobody reads at all shows nothing"
    )
    assert not (wrong := broken(asked.cells, asked.world.cast)), "\n".join(wrong)
    for status, words in asked.refusals.items():
        assert len(words) <= 1, f"A page answers {status} in words of its own, which tells more than that it refuses."
    assert not (wrong := differences(asked, lines)), "\n".join([*wrong, f"Where that is right: {file.WRITE}"])


def check_leads(asked: Asked) -> None:
    """A link to what its reader may not open tells that somebody is on record, and sends them to a wall."""
    for who, addresses in asked.led.items():
        found = {one: asked.asking.get(who, one).status_code for one in sorted(addresses)}
        assert not {one: status for one, status in found.items() if status not in (200, 302)}, who
    assert all(asked.led[who] for who in ("amara", "carol", "hugh", "george", "yusuf")), "a list led nowhere"


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


def test_every_role_asks(made: world.World) -> None:
    """A role that nobody here holds would open whatever it opens, and no line would tell."""
    held = {role.slug for user in made.cast.values() for role in user.roles.all()}
    assert set(Role.objects.values_list("slug", flat=True)) <= held, "add a member to ALSO in world.py"


def test_who_may_open_what(made: world.World) -> None:
    """Somebody would open another's record, or be told that it is there; or a page would fail before somebody."""
    lines, asked = rows(made), Asked(made, each=False)
    posts = [row for row in lines if row.method == POST]
    asked.ask(row for row in lines if row.method == GET)
    check_leads(asked)
    asked.ask(random.Random(SEED).sample(posts, SAMPLE))
    asked.ask(posts, (VISITOR, WITHOUT_ROLE))
    check(asked, lines)


@pytest.mark.sweep
def test_who_may_open_what_whole(made: world.World, capsys: pytest.CaptureFixture[str]) -> None:
    """Each cell asked by itself, and everything sent; where lines that the file lacks are written, those alone."""
    lines, writing = rows(made), os.environ.get("WRITE_MATRIX", "")
    asked = Asked(made, each=not writing)
    known = file.cells(lines, asked.who) if writing == "new" else {}
    asked.ask(row for row in lines if (row, VISITOR) not in known)
    asked.cells |= known
    if writing and not asked.found_marks and not broken(asked.cells, made.cast):
        file.PATH.write_text(file.as_text(asked.cells, lines, made.cast, asked.who), encoding="utf-8")
    check(asked, lines, all_asked=not known)
    opens = opened(asked.cells)
    with capsys.disabled():
        print(f"\nWho may open what: {len(lines)} pages of records × {len(asked.who)} = {len(asked.cells)} cells;")  # noqa: T201
        print(f"{opens} open or are done, {len(asked.cells) - opens} are refused. {Counter(asked.cells.values())}")  # noqa: T201
