"""What people outside the team found of a decision, for its officer to learn from.

Such findings stand on the floor above. Whatever has them registers, when it is ready, a function that tells them, and
one that finds whether there are any.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from diversion import clock

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.models import Case
    from diversion.accounts.models import User

#: How long a finding heads the officer's home (our own default); on the page of the case it stays.
FOR = timedelta(days=28)


@dataclass(frozen=True)
class Lesson:
    """What was found of one case: ``title`` and ``words`` as the officer reads them."""

    case: "Case"
    title: str
    words: str
    found_at: datetime


#: What the user may learn from: of one case, or of every case of which they are the officer; the latest first.
Teller = Callable[["User", "Case | None"], list[Lesson]]
#: Rows of what was found, since then, of cases of which the user is the officer: whether there are any is asked first.
Finder = Callable[["User", datetime], "QuerySet[Any]"]

_tellers: list[Teller] = []
_finders: list[Finder] = []


def register(teller: Teller, finder: Finder) -> None:
    """Called once by each app that has findings for officers."""
    if teller not in _tellers:
        _tellers.append(teller)
        _finders.append(finder)


def lessons_of(case: "Case", *, by: "User") -> list[Lesson]:
    """What was found of one case that ``by`` may learn from."""
    return [one for teller in _tellers for one in teller(by, case)]


def new_lessons(*, by: "User") -> list[Lesson]:
    """What was found lately of cases of which ``by`` is the officer."""
    since = clock.now() - FOR
    return [one for teller in _tellers for one in teller(by, None) if one.found_at > since]


def rows_of_new_lessons(*, by: "User") -> "list[QuerySet[Any]]":
    """One query for each app, which has a row where `new_lessons` has something to tell."""
    since = clock.now() - FOR
    return [finder(by, since) for finder in _finders]
