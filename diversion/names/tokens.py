"""Under what a name is kept, and what to look for when part of one is typed.

A token is found by its beginning: ``token >= x AND token < following(x)``, in the order of code points (collation C).
So "smi" finds Smith. A name has a token for each of its words, for words written as one (smithjones), and for Mc beside
Mac. For two words at once it has tokens of *pairs*: their letters in turn, so that the beginnings of both words are one
beginning of the pair. Then "jo smi" is one short range too, however many begin with either.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from typing import NamedTuple

from diversion.names.folding import parts, words

PAIR = "+"  # before the letters of a pair: no word begins with it
MOST_PAIRED = 8  # words of one field that pairs are made of: a field of 150 letters may hold 75
LONGEST = 60  # letters of one word that are kept: an index entry has room for so many in any script
MOST_GAPS = 3  # between words of what was typed that are tried with and without
MOST_WAYS = 24  # in which what was typed is looked for: each is asked of the database by itself
MOST_WORDS = 10  # of a name that is looked for: one of Spain or Brazil may have as many

Way = tuple[str, ...]


class _Written(NamedTuple):
    """A word as it may be written: of the words from ``first`` to ``last`` (inclusive) of a name."""

    first: int
    last: int
    word: str


def tokens_of(*fields: str) -> frozenset[str]:
    """All tokens of a name, given as its fields (given names and family name): words are joined only within one."""
    written, paired = _all_written(fields)
    apart = (two for two in combinations(paired, 2) if two[0].last < two[1].first or two[1].last < two[0].first)
    return frozenset(one.word for one in written) | {pair(first.word, second.word) for first, second in apart}


def whole_words(*fields: str) -> frozenset[str]:
    """The words of a name in every way in which they may be written, pairs apart."""
    return frozenset(one.word for one in _all_written(fields)[0])


def keys_shared(*fields: str) -> frozenset[str]:
    """Tokens of which two names that may be one person's share one: pairs, or the words of a name that has no pair."""
    tokens = tokens_of(*fields)
    return frozenset(token for token in tokens if token.startswith(PAIR)) or tokens


def _all_written(fields: tuple[str, ...]) -> tuple[list[_Written], list[_Written]]:
    """The words of all fields, and those of them that are paired."""
    written: list[_Written] = []
    paired: list[_Written] = []
    count = 0
    for field in fields:
        of_field = _written(found := words(field), count)
        written += of_field
        paired += [one for one in of_field if one.first < count + MOST_PAIRED]
        count += len(found)
    return written, paired


def pair(one: str, other: str) -> str:
    """The letters of two words in turn, in the order of the alphabet: "john", "smith" gives "+jsomhinth"."""
    first, second = sorted((one, other))
    return _in_turn(first, second) + first[len(second):] + second[len(first):]  # fmt: skip


def pair_beginnings(one: str, other: str) -> list[str]:
    """What the pair of two words that begin so begins with; two where their words may come either way round."""
    first, second = sorted((one, other))
    both = {_in_turn(first, second)}
    if second.startswith(first):
        both.add(_in_turn(second, first))
    return sorted(both)


def following(beginning: str) -> str:
    """The least text, in the order of code points, after everything that begins with ``beginning`` (not empty)."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def ways(typed: str) -> list[Way]:
    """The words that ``typed`` may be meant as, as typed first, then with neighbours written as one.

    "O Brien" may be OBrien and "Smith-Jones" SmithJones, but nothing is joined over a comma. None for no letter. At
    most `MOST_WAYS`, whatever was typed.
    """
    found = parts(typed)
    every = sum(len(part) - 1 for part in found) <= MOST_GAPS
    joined = [_joined(part, every=every) for part in found]
    whole = product(*joined) if every else _one_at_a_time(joined)
    several = dict.fromkeys(sum(way, ()) for way in whole)
    return sorted((way for way in several if way), key=lambda way: -len(way))[:MOST_WAYS]


def _one_at_a_time(joined: Sequence[list[Way]]) -> Iterator[list[Way]]:
    """All parts as typed, and each in its other ways beside the rest: all with all would double with each comma."""
    typed = [part[0] for part in joined]
    for at, part in enumerate(joined):
        yield from ([*typed[:at], way, *typed[at + 1 :]] for way in part)


def _written(of_field: list[str], offset: int) -> list[_Written]:
    """Each word by itself and, since a token is found by its beginning, joined with all that follow it."""
    last = len(of_field) - 1
    plain = [_Written(offset + at, offset + at, word) for at, word in enumerate(of_field)]
    plain += [_Written(offset + at, offset + last, "".join(of_field[at:])) for at in range(last)]
    return [_Written(one.first, one.last, word[:LONGEST]) for one in plain for word in _mc_and_mac(one.word)]


def _mc_and_mac(word: str) -> list[str]:
    for begins, other in (("mac", "mc"), ("mc", "mac")):
        if word.startswith(begins):
            return [word, other + word[len(begins):]]  # fmt: skip
    return [word]


def _in_turn(first: str, second: str) -> str:
    return PAIR + "".join(one + other for one, other in zip(first, second, strict=False))


def _joined(part: list[str], *, every: bool) -> list[Way]:
    """The words of one part as typed, then with neighbours joined: in every way, or two, or all from one on."""
    gaps = range(1, len(part))
    if every:
        chosen = [frozenset(cut) for size in range(len(part)) for cut in combinations(gaps, size)]
    else:
        two = [frozenset(gaps) - {gap} for gap in gaps]
        chosen = [frozenset(gaps), *two, *(frozenset(range(1, gap)) for gap in gaps)]
    return [_cut(part, cuts) for cuts in chosen]


def _cut(part: list[str], cuts: frozenset[int]) -> tuple[str, ...]:
    edges = [0, *sorted(cuts), len(part)]
    return tuple("".join(part[start:end])[:LONGEST] for start, end in pairwise(edges))
