"""Whether two extracts' words about one decision can both be true. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Word:
    """What an extract says came after a decision, and to which day it was followed."""

    followed_to: date
    reoffence_on: date | None
    proven_on: date | None
    reoffences: int | None = None
    person: UUID | None = None
    scope: str = "unknown"


def contradiction(one: Word, other: Word) -> str:
    """Why not both can be true, or ''. A longer follow-up may find what a shorter one could not know, and no more.

    One that searched national records may also find what a force's own do not hold.
    """
    earlier, later = sorted((one, other), key=lambda word: word.followed_to)
    if earlier.person and later.person and earlier.person != later.person:
        return "the person's key is another one"
    if earlier.reoffence_on and not later.reoffence_on:
        return "the reoffence of an earlier extract is gone"
    wider = later.scope == "national" != earlier.scope
    first, then = (earlier.reoffence_on, earlier.proven_on), (later.reoffence_on, later.proven_on)
    if first != then and not wider and later.proven_on and later.proven_on <= earlier.followed_to:
        return "a reoffence was proven that an earlier extract ought to have had"
    if first != then and earlier.reoffence_on and later.reoffence_on and earlier.reoffence_on <= later.reoffence_on:
        return "the first reoffence is another one, and no earlier"
    if None not in (earlier.reoffences, later.reoffences) and (later.reoffences or 0) < (earlier.reoffences or 0):
        return "there are fewer reoffences than in an earlier extract"
    return ""
