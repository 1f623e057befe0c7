"""What a user still holds, told to the administrator who disables the account.

Accounts stand below cases and referrals: each app that has owners of work registers, when it is ready, a function that
says how much of it a user holds. A number is all that an administrator learns.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diversion.accounts.models import User

#: "46 open cases", "10 open referrals": one phrase for each kind of work that there is.
Told = Callable[["User"], list[str]]

_tellers: list[Told] = []


def register(teller: Told) -> None:
    """Called once by each app in which users own work."""
    if teller not in _tellers:
        _tellers.append(teller)


def held_by(user: "User") -> list[str]:
    """What ``user`` holds that is still open, in words; empty where there is nothing."""
    return [words for teller in _tellers for words in teller(user)]
