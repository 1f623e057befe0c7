"""The kinds of message, and of what users choose to be told. Each app registers its own as it is made ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from diversion.accounts.permissions import Permission

if TYPE_CHECKING:
    from diversion.accounts.models import User
    from diversion.notifications.models import Message

Words = str | Promise


@dataclass(frozen=True)
class Letter:
    """A message as it goes: ``address`` is an e-mail address or a telephone number, a text has no ``subject``."""

    address: str
    subject: str
    text: str


@dataclass(frozen=True)
class Due:
    """That somebody is to be told of ``about``: a user by id, or (``to`` None) the person whom it is about.

    ``organisation`` (an id) is whose log it stands in. ``at``: not before that moment; ``until``: not after it.
    """

    about: str
    organisation: int
    to: int | None = None
    channel: str = "email"
    at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """``due`` finds what is to be sent as things stand now, told before or not, the most urgent first.

    ``write`` gives one as it would go at this moment; None where it is not wanted any more. Neither text names anybody.
    ``settled`` is told what came of one that was handed over, by its state; most kinds have nothing to do then.
    """

    name: str
    label: Words
    due: Callable[[], Iterable[Due]]
    write: Callable[["Message"], Letter | None]
    settled: Callable[["Message"], None] = lambda message: None


@dataclass(frozen=True)
class Topic:
    """Something that users who hold ``permission`` may choose to be told of; ``wanted``: who has not chosen is."""

    name: str
    label: Words
    permission: Permission
    wanted: bool


_kinds: dict[str, Kind] = {}
_topics: dict[str, Topic] = {}


def register(*kinds: Kind, topics: Iterable[Topic] = ()) -> None:
    """Called by each app that sends something."""
    _kinds.update({one.name: one for one in kinds})
    _topics.update({one.name: one for one in topics})


def kind(name: str) -> Kind:
    """The kind of that name; KeyError where no app has one."""
    return _kinds[name]


def label(name: str) -> Words:
    """What the log calls a kind; its name where no app has it any more."""
    return _kinds[name].label if name in _kinds else name


def topics_for(user: "User") -> list[Topic]:
    """Of what ``user`` may choose to be told."""
    return [one for one in _topics.values() if user.can(one.permission)]


def topic(name: str) -> Topic:
    return _topics[name]
