"""A time that is told again: a revision counts it anew, under a name of its own, beside what was told first.

Pure: names and pairs of names, no counts.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

MARK = ", revision "


def called(time: str, edition: int) -> str:
    """What the ``edition``-th revision calls a time; the first telling, 0, has the plain name."""
    return f"{time}{MARK}{edition}" if edition else time


def plain(time: str) -> str:
    """The time as it was first called."""
    return time.partition(MARK)[0]


def edition(time: str) -> int:
    """0 for what was told first, 1 for its first revision."""
    number = time.partition(MARK)[2]
    return int(number) if number else 0


def pairs(times: Iterable[str]) -> list[tuple[str, str]]:
    """(earlier, later) for each two tellings of one time: whoever holds both lays them side by side."""
    tellings: dict[str, list[str]] = {}
    for time in sorted(set(times), key=lambda one: (plain(one), edition(one))):
        tellings.setdefault(plain(time), []).append(time)
    return [pair for each in tellings.values() for pair in combinations(each, 2)]


def named(of: str, time: str) -> str:
    """The name under which suppression and attacker know a count of a time."""
    return f"{of} in {time}"


def counted(measure: str) -> str:
    """What a measure of that name counts; "" of what is left of one, or of what lies between two tellings."""
    of, _in, time = measure.partition(" in ")
    return of if named(of, time) == measure and " in " not in time else ""


def nested(times: Iterable[str], chain: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(whole, part) of each of the times."""
    return [(named(whole, time), named(part, time)) for time in sorted(times) for whole, part in chain]


def revised(times: Iterable[str], chain: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(earlier, later) of each count that is told twice."""
    counts = dict.fromkeys(name for pair in chain for name in pair)
    return [(named(of, one), named(of, other)) for one, other in pairs(times) for of in counts]


def next_edition(times: Iterable[str]) -> int:
    """The number of a revision made beside tellings of these ``times``."""
    return 1 + max(map(edition, times), default=0)
