"""What people outside the team found of a decision, for its officer to learn from.

Such findings stand on the floor above. Whatever has them registers, when it is ready, a function that tells those of
one case for its page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.models import Case
    from diversion.accounts.models import User


@dataclass(frozen=True)
class Lesson:
    """What was found of one case: ``title`` and ``words`` as the officer reads them."""

    case: "Case"
    title: str
    words: str
    found_at: datetime


#: What the user may learn from one case, the latest first.
Teller = Callable[["User", "Case"], list[Lesson]]

_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Called once by each app that has findings for officers."""
    if teller not in _tellers:
        _tellers.append(teller)


def lessons_of(case: "Case", *, by: "User") -> list[Lesson]:
    """What was found of one case that ``by`` may learn from."""
    return [one for teller in _tellers for one in teller(by, case)]
