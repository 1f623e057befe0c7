"""How the access log finds the records behind a reference, though the log stands below the apps that hold them.

Each app registers, when it is ready, a function that turns a reference into keys of the log, and one that turns keys
back into references. Neither shows anything of the record itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from diversion.names.typed import Sought

if TYPE_CHECKING:
    from diversion.accounts.models import User


@dataclass(frozen=True)
class Found:
    """``keys`` of the log (`subject_key`) that belong to a reference of the searcher's own organisation.

    ``closed_to``: ids of other organisations whose events on these records are not the searcher's to read. ``names``
    are the references of those keys that have one, as `names` would tell them.
    """

    keys: frozenset[str] = frozenset()
    closed_to: frozenset[int] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def all_of(cls, found: "Sequence[Found]") -> "Found":
        return cls(
            frozenset().union(*(one.keys for one in found)),
            frozenset().union(*(one.closed_to for one in found)),
            {key: name for one in found for key, name in one.names.items()},
        )


@dataclass(frozen=True)
class Somebody:
    """A person of the searcher's own organisation, by ``pk``, and in words that tell two of one name apart."""

    pk: int
    words: str


class PeopleOnRecord(Protocol):
    """What the app that knows people answers, of the people of ``by``'s own organisation alone."""

    def find(self, sought: Sought, by: "User") -> "People": ...

    def tell(self, pk: int, by: "User") -> Somebody | None: ...

    def references_of(self, pk: int, by: "User") -> list[str]: ...

    def keys_of(self, pk: int, by: "User") -> frozenset[str]: ...


@dataclass(frozen=True)
class People:
    """The people whom a search for a name or a date of birth found; ``more``: there are others."""

    shown: tuple[Somebody, ...] = ()
    more: bool = False


Lookup = Callable[[str, "User"], Found]
Namer = Callable[[Iterable[str], "User"], dict[str, str]]

_lookups: list[Lookup] = []
_namers: list[Namer] = []
_people: list[PeopleOnRecord] = []


def register(lookup: Lookup, namer: Namer) -> None:
    """Called once by each app that has references."""
    if lookup not in _lookups:
        _lookups.append(lookup)
        _namers.append(namer)


def register_people(people: PeopleOnRecord) -> None:
    """Called once by the app that knows people."""
    _people[:] = [people]


def find(reference: str, by: "User") -> Found:
    """Everything the log may hold on a reference; empty for one that is not of ``by``'s organisation."""
    return Found.all_of([lookup(reference.strip().upper(), by) for lookup in _lookups])


def people(sought: Sought, by: "User") -> People:
    """People of ``by``'s organisation who answer what was typed, the best first."""
    return next((on_record.find(sought, by) for on_record in _people), People())


def tell(pk: int, by: "User") -> Somebody | None:
    """Somebody of ``by``'s organisation in words; None for anybody else."""
    return next((on_record.tell(pk, by) for on_record in _people), None)


def of_person(pk: int, by: "User") -> Found:
    """Everything the log may hold on somebody of ``by``'s organisation; empty for anybody else."""
    references = {one for on_record in _people for one in on_record.references_of(pk, by)}
    found = [find(reference, by) for reference in sorted(references)]
    found += [Found(on_record.keys_of(pk, by)) for on_record in _people]
    return Found.all_of(found)


def names(keys: Iterable[str], by: "User", *, known: Found | None = None) -> dict[str, str]:
    """References of those ``keys`` that have one and are of ``by``'s organisation; what is ``known`` is not asked."""
    told = known or Found()
    wanted = sorted(set(keys) - told.keys)
    return {**told.names, **{key: name for namer in _namers for key, name in namer(wanted, by).items()}}


def ids_of(keys: Iterable[str], label: str) -> list[int]:
    """The ids among ``keys`` that belong to a model: ``ids_of(["cases.case:7"], "cases.case") == [7]``."""
    pairs = (key.rpartition(":") for key in keys)
    return [int(pk) for model, _colon, pk in pairs if model == label and pk.isdecimal()]
