"""Warning somebody before a day, once for each of so many days before it: what such letters have in common."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from diversion.accounts.models import User
from diversion.notifications.kinds import Due, Letter
from diversion.notifications.models import Message


@dataclass(frozen=True)
class EndTold:
    """One warning: ``about`` changes with the day and with each warning; who is ``told``, and in which words."""

    about: str
    told: Callable[[], list[User]]
    write: Callable[[User], Letter]


def due(warnings: Iterable[EndTold]) -> Iterator[Due]:
    """The nearest warning of each whose day has come, to each who is told."""
    for one in warnings:
        for user in one.told():
            yield Due(one.about, user.organisation_id, user.pk)


def write(message: Message, warnings: Iterable[EndTold]) -> Letter | None:
    """None where the warning does not stand any more, or is not for them."""
    one = next((each for each in warnings if each.about == message.about), None)
    to = message.to
    return one.write(to) if one and to is not None and to in one.told() else None


def nearest(left: int, warned: Iterable[int]) -> int:
    """Of the numbers of days before the end at which is warned, the one that has come last."""
    return min(days for days in warned if left <= days)
