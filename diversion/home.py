"""The first page of somebody at police: what waits for them, in the order in which it is seen to.

Each app says what waits in its rooms: a function of the user in ``settings.HOME``, which gives sections.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.db.models import Model
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from diversion.accounts.models import User
from diversion.accounts.permissions import Permission as P

#: No section shows more at once: the next come up as these are seen to.
LISTED = 10
LOOKED_FOR = LISTED + 1

T = TypeVar("T")


class Shown(list[T]):
    """The first of what waits, and how many there are of it: ``total``."""

    def __init__(self, rows: Iterable[T] = (), total: int | None = None) -> None:
        super().__init__(rows)
        self.total = len(self) if total is None else total


def first(rows: Any) -> Shown[Any]:
    """The first of ``rows`` (a query or a list), no more than a section shows; all are counted where there are more."""
    counted = (lambda: len(rows)) if isinstance(rows, list) else (lambda: rows.order_by().count())
    return cut(list(rows[:LOOKED_FOR]), counted)


def cut(found: list[Any], counted: Callable[[], int]) -> Shown[Any]:
    """No more of ``found`` than a section shows, where no more than `LOOKED_FOR` were read; the rest is ``counted``."""
    return Shown(found) if len(found) <= LISTED else Shown(found[:LISTED], counted())


@dataclass(frozen=True)
class Line:
    """One thing that waits: the link to where it is seen to, and what is said of it.

    ``words`` follow the link, ``tag`` is a clock in words with its ``colour``, ``quiet`` says who asked, and when.
    """

    text: str
    href: str
    words: str = ""
    tag: str = ""
    colour: str = ""
    quiet: str = ""


@dataclass(frozen=True)
class Section:
    """Things of one kind that wait, as ``template`` shows them; ``subjects`` are the records that the log names.

    ``more`` is (words, address) of where all of them are, ``total`` how many wait where that is more than are shown,
    ``empty`` what is said where nothing waits. Without that a section of nothing is not shown.
    """

    heading: str
    lines: Sequence[Any] = ()
    subjects: Sequence[Model] = ()
    more: tuple[str, str] | None = None
    total: int = 0
    empty: str = ""
    template: str = "diversion/home_lines.html"

    @property
    def cut(self) -> str:
        """How many are shown of how many; "" where all are."""
        if self.total <= len(self.lines):
            return ""
        words = _("%(shown)d of %(total)d are shown, and the next once one of them is seen to.")
        return words % {"shown": len(self.lines), "total": self.total}


class Waits(Protocol):
    """What one app says of a user."""

    def __call__(self, user: User) -> Iterable[Section]: ...


def sections_for(user: User) -> Iterator[Section]:
    """The sections in which something waits for ``user``, in the order of ``settings.HOME``."""
    for name in settings.HOME:
        waits: Waits = import_string(name)
        yield from (one for one in waits(user) if one.lines or one.empty)


@dataclass(frozen=True)
class Beside:
    """What another app has for the inbox and the board of a provider: ``rows`` say whether there is any of its ``kind``
    for ``by``, ``sections`` then what, and the page called ``name`` is where it is seen to."""

    kind: str
    rows: Callable[..., Any]
    sections: Waits
    name: str


def beside() -> list[Beside]:
    """All of them, in the order of ``settings.BESIDE``."""
    return [import_string(name) for name in settings.BESIDE]


def ways_of(user: User) -> list[tuple[str, str]]:
    """(words, URL name) of what somebody arranges about their own work, and has no entry in the navigation."""
    ways = [
        (_("Say when you are away, and who covers"), "absence_list", (P.RECORD_DECISION, P.SUPPORT_PEOPLE)),
        (_("See who is on call"), "on_call_rota", (P.RECORD_DECISION,)),
        (_("Hand over the work of somebody who leaves"), "holder_list", (P.AUTHORISE, P.MANAGE_SCHEMES)),
        (_("What you are told by e-mail"), "notices", (P.RECORD_DECISION, P.VIEW_MONITORING)),
    ]
    return [(words, name) for words, name, permissions in ways if user.can(*permissions)]
