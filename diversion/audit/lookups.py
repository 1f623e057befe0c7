"""How the access log finds the records behind a reference, though the log stands below the apps that hold them.

Each app registers, when it is ready, a function that turns a reference into keys of the log, and one that turns keys
back into references. Neither shows anything of the record itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diversion.accounts.models import User


@dataclass(frozen=True)
class Found:
    """``keys`` of the log (`subject_key`) that belong to a reference of the searcher's own organisation.

    ``closed_to``: ids of other organisations whose events on these records are not the searcher's to read.
    """

    keys: frozenset[str] = frozenset()
    closed_to: frozenset[int] = frozenset()


Lookup = Callable[[str, "User"], Found]
Namer = Callable[[Iterable[str], "User"], dict[str, str]]

_lookups: list[Lookup] = []
_namers: list[Namer] = []


def register(lookup: Lookup, namer: Namer) -> None:
    """Called once by each app that has references."""
    if lookup not in _lookups:
        _lookups.append(lookup)
        _namers.append(namer)


def find(reference: str, by: "User") -> Found:
    """Everything the log may hold on a reference; empty for one that is not of ``by``'s organisation."""
    found = [lookup(reference.strip().upper(), by) for lookup in _lookups]
    return Found(frozenset().union(*(one.keys for one in found)), frozenset().union(*(one.closed_to for one in found)))


def names(keys: Iterable[str], by: "User") -> dict[str, str]:
    """References of those ``keys`` that have one and are of ``by``'s organisation."""
    wanted = list(keys)
    return {key: name for namer in _namers for key, name in namer(wanted, by).items()}


def ids_of(keys: Iterable[str], label: str) -> list[int]:
    """The ids among ``keys`` that belong to a model: ``ids_of(["cases.case:7"], "cases.case") == [7]``."""
    pairs = (key.rpartition(":") for key in keys)
    return [int(pk) for model, _colon, pk in pairs if model == label and pk.isdecimal()]
