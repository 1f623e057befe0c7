"""Every route of the URLconf sent odd input, by those who may open it, with the fields that its own code reads.

What is asked of an answer: it is no fault of the service, it comes soon, it repeats no markup as markup, and a form
that is refused shows in its fields what was typed. What was saved is looked at too. Whatever is made up comes from the
seed: a fault tells route, person and seed, and the smallest data that show it.
"""

import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from random import Random
from typing import Any
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import QueryDict

from diversion.design_system.dates import DateWidget
from tests.integration.matrix import file, odd
from tests.integration.matrix.asking import (
    GET,
    LEADS_ON,
    OPENS,
    OTHER_WAY,
    POST,
    QUERIES,
    REFUSALS,
    Asking,
    Row,
    asking_order,
    code_of,
    rows,
)
from tests.integration.matrix.filling import WAYS, Form, filled, forms_of
from tests.integration.matrix.sending import Cells, above
from tests.integration.matrix.world import World

#: Seconds that a page may take, on a machine on which others work too.
MOST_SECONDS = 5.0
#: Of how many records of a route odd things are sent, each by another of those who may.
RECORDS = 4
#: Bytes of an address; a longer one the web server itself refuses (gunicorn's ``limit_request_line``).
LONGEST = 4_000
#: Who sends what they may not, now and then, and as whom nobody has signed in.
ANYBODY = 0.03
#: Answers by which a form comes back, with what was typed.
COMES_BACK = frozenset({200, 400, 409, 422})
TYPED_IN = frozenset({"text", "email", "tel", "search", "url", "number", "textarea"})


@dataclass(frozen=True)
class Sent:
    """One request: ``pairs`` are its fields, ``body`` and ``kind`` how they are written."""

    row: Row
    who: str
    seed: str
    address: str
    pairs: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    kind: str = odd.FORM
    button: str = ""
    values: int = 1  # of it, that are odd
    is_as_shown: bool = False  # it has the fields of the page, and no others

    @property
    def method(self) -> str:
        return self.row.method

    @property
    def keeps_nothing(self) -> bool:
        """A row that is taken away goes with what was typed in it; the gallery shows fields, and nothing else."""
        return "remove" in self.button or self.row.path.startswith("/gallery/")

    def path(self) -> str:
        if self.method == GET and self.pairs:
            return f"{urlsplit(self.address).path}?{odd.encoded(list(self.pairs)).decode()}"[:LONGEST]
        return self.address

    def content(self) -> bytes:
        return b"" if self.method == GET else odd.encoded(list(self.pairs)) if self.body is None else self.body

    def told(self, why: str) -> str:
        what = f"{self.kind}: {self.content()[:600]!r}" if self.body is not None else repr(list(self.pairs))[:1200]
        where = f"{self.who}, {self.method} {self.row.path} ({self.row.name}), seed {self.seed!r}"
        return f"{where}: {why}\n  {self.path()[:300]}\n  {what}"


@dataclass
class Target:
    """One route in one way, of some of its records by some of those who may; ``names`` are what its code reads."""

    key: tuple[str, str]
    lines: list[tuple[Row, str]]
    names: dict[tuple[Row, str], list[str]] = field(default_factory=dict)
    forms: dict[tuple[Row, str], list[Form]] = field(default_factory=dict)
    queries: dict[tuple[Row, str], list[odd.Pairs]] = field(default_factory=dict)

    def boxes(self, at: tuple[Row, str]) -> set[str]:
        """Where somebody types."""
        inputs = [one for form in self.forms.get(at, ()) for one in form.inputs.values()]
        return {one.name for one in inputs if one.kind in TYPED_IN}

    @property
    def weight(self) -> int:
        """More for a form with more fields."""
        return 6 + max((len(one) for one in self.names.values()), default=0)


@dataclass
class Fuzzing:
    world: World
    asking: Asking
    cells: Cells
    seed: str
    records: int = RECORDS
    sent: int = 0
    values: int = 0  # that are odd, and whole requests that are broken
    wrong: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    _pages: dict[tuple[str, str], list[Form]] = field(default_factory=dict)
    _boxes: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _error: str = ""
    _kinds: set[str] = field(default_factory=set)

    def targets(self, lines: Iterable[Row]) -> list[Target]:
        """Each route in each way in which it is sent, that anybody may open."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in lines:
            found.setdefault((row.path, row.method), []).append(row)
        targets = [Target(key, self._who_may(sorted(rows, key=asking_order))) for key, rows in sorted(found.items())]
        return [one for one in targets if one.lines]

    def _who_may(self, rows: list[Row]) -> list[tuple[Row, str]]:
        found = []
        for at, row in enumerate(rows):
            open_to = [who for who in self.asking.clients if self.cells[row, who] not in (*REFUSALS, OTHER_WAY)]
            found += [(row, open_to[at % len(open_to)])] if open_to else []
        return found[: self.records]

    def learn(self, target: Target) -> None:
        """What the page of each record holds, and which names the code reads, from the address or from a form."""
        for row, who in target.lines:
            at = row, who
            target.forms[at] = self._forms(row, who) if row.method == POST else []
            target.queries[at] = self._queries(row, who) if row.method == GET else []
            base = self._base(target, at, Random(0))
            with self._reading() as names, transaction.atomic():
                self._answer(Sent(row, who, "", row.address, tuple(base)))
                transaction.set_rollback(True)  # else the next finds done what it would do
            target.names[at] = sorted(names - {"csrfmiddlewaretoken"})
            self._boxes.setdefault(target.key, set()).update(target.boxes(at))

    def _forms(self, row: Row, who: str) -> list[Form]:
        """The forms that lead to an address, on its own page or on one above it."""
        path = urlsplit(row.address).path
        return [form for page in above(path) for form in self._page(who, page) if form.path == path]

    def _page(self, who: str, page: str) -> list[Form]:
        if (who, page) not in self._pages:
            answer = self.asking.get(who, page)
            shows = code_of(answer) == OPENS and _is_page(answer)
            self._pages[who, page] = forms_of(answer.content, page) if shows else []
        return self._pages[who, page]

    def _queries(self, row: Row, who: str) -> list[odd.Pairs]:
        """What the page itself would be asked for, by its links."""
        found = [parse_qsl(QUERIES.get(row.route.name, "").lstrip("?"))]
        answer = self.asking.get(who, row.address)
        if _is_page(answer):
            path = urlsplit(row.address).path
            links = {urljoin(path, one) for one in _links(answer.content)}
            found += [parse_qsl(urlsplit(one).query) for one in sorted(links) if urlsplit(one).path == path]
        return [one for one in found if one]

    def _base(self, target: Target, at: tuple[Row, str], chance: Random) -> odd.Pairs:
        """What somebody would send who means well."""
        if forms := target.forms.get(at):
            form, way = chance.choice(forms), chance.choice(WAYS)
            pressed = [one for one in [chance.choice(form.buttons or [("", "")])] if one[0]]
            return [*((one.name, value) for one in form.inputs.values() for value in filled(one, way)), *pressed]
        queries = target.queries.get(at)
        return list(chance.choice(queries)) if queries else []

    def make(self, target: Target, number: int) -> Sent:
        """The input of that number: the same for the same seed."""
        seed = f"{self.seed} {number}"
        chance = Random(f"{seed} {target.key}")
        row, who = at = chance.choice(target.lines)
        if chance.random() < ANYBODY:
            who = chance.choice(list(self.asking.clients))
        how, known = chance.random(), target.names.get(at, [])
        base = self._base(target, at, chance)
        button = next((name for name, _ in base if "remove" in name), "")
        sent = Sent(row, who, seed, row.address, button=button)
        if how < 0.04 and "<" in row.path:
            return replace(sent, address=_elsewhere(row, chance), pairs=tuple(base))
        others = [name for name in known if name not in {one for one, _ in base}]
        pairs = tuple(odd.spoilt(base, others, target.boxes(at), chance))
        is_as_shown = {name for name, _ in pairs} == {name for name, _ in base}
        sent = replace(sent, values=max(1, len(set(pairs) - set(base))), is_as_shown=is_as_shown)
        if row.method == POST and how < 0.06:
            kind, body = chance.choice(odd.BROKEN)
            return replace(sent, kind=kind, body=body)
        files = [name for name in known if name in ("file",)] or (
            [chance.choice(known or ["file"])] if how > 0.99 else []
        )
        if row.method == POST and (how < 0.12 or files):
            return replace(sent, pairs=pairs, kind=odd.PARTS, body=odd.in_parts(list(pairs), files, chance))
        return replace(sent, pairs=pairs)

    def send(self, sent: Sent) -> None:
        """Send it, and note what is wrong with the answer by the smallest data that show it."""
        self.sent, self.values = self.sent + 1, self.values + sent.values
        wrong = self._wrong(sent)
        if not wrong:
            return
        kind = f"{sent.row.path} {sent.method} {wrong.splitlines()[-1][:90]}"
        if kind in self._kinds:
            return  # told already, and made small once
        self._kinds.add(kind)
        self.wrong.append(self._smallest(sent, wrong).told(wrong))

    def _smallest(self, sent: Sent, wrong: str) -> Sent:
        """With each field left out, and each value cut, that it does without."""
        if sent.body is not None:
            return sent
        for at in reversed(range(len(sent.pairs))):
            fewer = replace(sent, pairs=(*sent.pairs[:at], *sent.pairs[at + 1 :]))
            sent = fewer if self._is_as_wrong(fewer, wrong) else sent
        for at in range(len(sent.pairs)):
            name, value = sent.pairs[at]
            while len(value) > 1:
                shorter = replace(
                    sent, pairs=(*sent.pairs[:at], (name, value[: len(value) // 2]), *sent.pairs[at + 1 :])
                )
                if not self._is_as_wrong(shorter, wrong):
                    break
                sent, value = shorter, value[: len(value) // 2]
        return sent

    def _is_as_wrong(self, sent: Sent, wrong: str) -> bool:
        return self._wrong(sent).splitlines()[-1:] == wrong.splitlines()[-1:]

    def _wrong(self, sent: Sent) -> str:
        """What is wrong with the answer; "" for nothing."""
        begun = time.monotonic()
        with transaction.atomic():
            answer, wrong = self._looked_at(sent)
            transaction.set_rollback(True)
        took = time.monotonic() - begun
        self.answers[answer.status_code] += 1
        self.slowest = max(self.slowest, (took, f"{sent.who} {sent.method} {sent.row.path} {sent.seed}"))
        return wrong or (f"it took longer than {MOST_SECONDS} s" if took > MOST_SECONDS else "")

    def _looked_at(self, sent: Sent) -> tuple[Any, str]:
        answer = self._answer(sent)
        if answer.status_code >= 500 and not _is_unready(sent, answer):
            return answer, f"status {answer.status_code}: {self._error}"
        if wrong := repeats_markup(answer):
            return answer, wrong
        if sent.method == POST and code_of(answer) == LEADS_ON:
            return answer, self._after(sent, answer)
        if sent.method == POST and answer.status_code in COMES_BACK and _is_page(answer) and not sent.keeps_nothing:
            return answer, self._lost(sent, answer)
        return answer, ""

    def _after(self, sent: Sent, answer: Any) -> str:
        """What is wrong with the page to which it leads, where what was saved is shown."""
        where = urljoin(sent.address, answer["Location"])
        if urlsplit(where).netloc:
            return f"it leads to another site: {where[:80]}"
        shown = self._asked(sent.who, GET, where, b"", odd.FORM)
        if shown.status_code >= 500:
            return f"it was saved, and {urlsplit(where).path} answers {shown.status_code}: {self._error}"
        return repeats_markup(shown)

    def _lost(self, sent: Sent, answer: Any) -> str:
        """What was typed and the page that comes back does not show: in a field, or, where the form is gone, at all."""
        wrong, gone = lost(sent, answer)
        if not wrong and sent.is_as_shown and (words := gone & self._boxes[sent.row.path, sent.method]):
            return (
                f"lost what was typed in {', '.join(sorted(words))} (status {answer.status_code}): no field is for it"
            )
        return wrong

    def _answer(self, sent: Sent) -> Any:
        return self._asked(sent.who, sent.method, sent.path(), sent.content(), sent.kind)

    def _asked(self, who: str, method: str, path: str, body: bytes, kind: str) -> Any:
        self._error = ""
        with transaction.atomic():
            return self.asking.clients[who].generic(method, path, body, content_type=kind)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """While it sends: a fault that is answered by a page is known by its last line and its place."""
        got_request_exception.connect(self._note)
        try:
            yield
        finally:
            got_request_exception.disconnect(self._note)

    def _note(self, **_: Any) -> None:
        kind, error, at = sys.exc_info()
        places = [one for one in traceback.extract_tb(at) if "site-packages" not in one.filename]
        place = f"{places[-1].filename.rpartition('/')[2]}:{places[-1].name}" if places else ""
        self._error = f"{kind.__name__ if kind else ''} in {place}: {str(error).splitlines()[0] if str(error) else ''}"

    @contextmanager
    def _reading(self) -> Iterator[set[str]]:
        """The names that are looked up in addresses and forms within the block."""
        names: set[str] = set()
        with pytest.MonkeyPatch.context() as patch:
            for method in ("__getitem__", "__contains__", "get", "getlist"):
                patch.setattr(QueryDict, method, _noting(getattr(QueryDict, method), names))
            yield names


def lost(sent: Sent, answer: Any) -> tuple[str, set[str]]:
    """What is wrong with a page that was answered to a form, and the fields of the form that it has no more."""
    said, path = answer.content.decode(), urlsplit(sent.address).path
    missing = {name: one for name, one in _typed(sent).items() if one.strip() and escape(one) not in said}
    if not missing:
        return "", set()
    shown = [form for form in forms_of(answer.content, path) if form.path == path]
    rows = [name for name in missing if not _is_beyond(name, sent, shown)]
    fields = {name: [form.inputs[name] for form in shown if name in form.inputs] for name in rows}
    for name, found in fields.items():
        if any(one.kind in TYPED_IN for one in found) and not any(_shows(one, missing[name]) for one in found):
            return (
                f"lost what was typed in {name} (status {answer.status_code}): it shows {found[0].values!r:.80}",
                set(),
            )
    return "", {name for name, found in fields.items() if not found} if answer.status_code != 200 else set()


def _is_beyond(name: str, sent: Sent, shown: list[Any]) -> bool:
    """Whether a field is of a row that the page's own count leaves out: people type no count, browsers send it."""
    row = re.fullmatch(r"(.+)-(\d+)-[^-]+", name)
    if row is None or not any(f"{row[1]}-TOTAL_FORMS" in form.inputs for form in shown):
        return False
    count = dict(sent.pairs).get(f"{row[1]}-TOTAL_FORMS", "")
    return not re.fullmatch("[0-9]{1,4}", count) or int(row[2]) >= int(count)


def _noting(plain: Callable[..., Any], names: set[str]) -> Callable[..., Any]:
    def noted(self: Any, key: Any, *others: Any, **more: Any) -> Any:
        if isinstance(key, str):
            names.add(key)
        return plain(self, key, *others, **more)

    return noted


def _is_page(answer: Any) -> bool:
    return not answer.streaming and str(answer.headers.get("Content-Type", "")).startswith("text/html")


def _is_unready(sent: Sent, answer: Any) -> bool:
    """`/health` and `/ready` answer 503 where something is missing, which here is the queue's."""
    return answer.status_code == 503 and sent.row.path in ("/health", "/ready")


def _links(page: bytes) -> list[str]:
    return [one.partition('"')[0].replace("&amp;", "&") for one in page.decode().split('href="')[1:]]


def _elsewhere(row: Row, chance: Random) -> str:
    """The address with something odd for one of its arguments."""
    given, wanted = row.address.partition("?")[0].split("/"), row.path.split("/")
    places = [at for at, part in enumerate(wanted) if part.startswith("<") and at < len(given)]
    if places:
        given[chance.choice(places)] = quote(odd.value(chance).encode("utf-8", "surrogatepass")[:2000], safe="")
    return "/".join(given)


def repeats_markup(answer: Any) -> str:
    if not _is_page(answer):
        return ""
    body = answer.content
    for sign in (odd.TAG, f'"{odd.OUT_OF_ATTRIBUTE}', f"'{odd.OUT_OF_ATTRIBUTE}"):
        if sign.encode() in body:
            at = body.index(sign.encode())
            return f"markup is repeated as markup: {body[max(0, at - 80) : at + 20]!r}"
    return ""


def _typed(sent: Sent) -> dict[str, str]:
    """What was typed, as the service reads it: of one name the last, and of bytes that are no UTF-8 a mark."""
    if sent.body is not None:
        return {}
    try:
        read = QueryDict(odd.encoded(list(sent.pairs)))
    except Exception:  # more fields than are read
        return {}
    return {name: str(read.get(name, "")) for name in read}


def _shows(one: Any, value: str) -> bool:
    """Whether a field shows ``value``, a day perhaps in words."""
    wanted = {_flat(value), _flat(DateWidget().format_value(value))}
    return one.kind not in TYPED_IN or _flat(" ".join(one.values)) in wanted


def _flat(value: str) -> str:
    return " ".join(value.split())


def fuzzed(made: World, seed: str, number: int, which: Callable[[list[Target]], list[Target]], **given: int) -> Fuzzing:
    """Send ``number`` odd values to those of the routes and ways that ``which`` chooses, more where more is read."""
    lines, asking = rows(made), Asking(made)
    fuzzing = Fuzzing(made, asking, file.cells(lines, tuple(asking.clients)), f"odd input {seed}", **given)
    chosen = which(fuzzing.targets(lines))
    with fuzzing.noting():
        for one in chosen:
            fuzzing.learn(one)
        whole, share = sum(one.weight for one in chosen), 0.0
        for one in chosen:
            share, at = share + number * one.weight / whole, 0
            while fuzzing.values < share:
                fuzzing.send(fuzzing.make(one, at))
                at += 1
    return fuzzing
