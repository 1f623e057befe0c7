"""Which suspects were considered: those of whom a decision is recorded here over the same crime. Pure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Seen:
    """What both records know of somebody: enough to tell two suspects of one crime apart, and no more."""

    gender: str
    age: int | None
    group: str


def likeness(one: Seen, other: Seen) -> int:
    """How well two descriptions agree, 0 to 5. Ages a year apart agree: they are taken on different days."""
    ages = one.age is not None and other.age is not None and abs(one.age - other.age) <= 1
    return 2 * (one.gender == other.gender) + 2 * ages + (one.group == other.group)


def considered(
    suspects: Mapping[Name, tuple[str, Seen]], decided: Mapping[str, Sequence[Seen]]
) -> tuple[set[Name], set[Name]]:
    """The suspects considered, and those of them who could as well have been another suspect of the same crime.

    ``suspects``: name -> (crime number, who); ``decided``: crime number -> whom decisions over it are about. Never more
    suspects of a crime than decisions over it; where there are fewer decisions, those most alike.
    """
    crimes: dict[str, list[Name]] = {}
    for name, (number, _) in suspects.items():
        crimes.setdefault(number, []).append(name)
    found: set[Name] = set()
    doubtful: set[Name] = set()
    for number, names in crimes.items():
        people = decided.get(number, ())
        if len(people) >= len(names):
            found.update(names)
        elif people:
            chosen, tied = _most_alike([(name, suspects[name][1]) for name in names], people)
            found, doubtful = found | chosen, doubtful | tied
    return found, doubtful


def _most_alike(names: Sequence[tuple[Name, Seen]], people: Iterable[Seen]) -> tuple[set[Name], set[Name]]:
    """One suspect for each decision, the most alike pairs first; who of them were chosen among equals."""
    decisions = list(people)
    pairs = sorted(
        (
            (likeness(who, decision), place, at)
            for place, (_, who) in enumerate(names)
            for at, decision in enumerate(decisions)
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken: set[int] = set()
    matched: dict[int, int] = {}
    tied: set[Name] = set()
    for score, place, at in pairs:
        if place in matched or at in taken:
            continue
        rivals = [p for s, p, a in pairs if a == at and s == score and p not in matched and p != place]
        tied |= {names[place][0]} if rivals else set()
        matched[place] = at
        taken.add(at)
    return {names[place][0] for place in matched}, tied
