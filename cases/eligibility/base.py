"""What every criterion is built of: stored data, spans of time, and the day on which it is read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .dates import add_months

T = TypeVar("T")


class Same(Generic[T]):
    """One object as a key: found again by being the same, not by being equal.

    For what is read once and never changes: to hash a whole policy took longer than to weigh it. Whoever keeps the key
    keeps the object, so that no other can take its place.
    """

    __slots__ = ("it",)

    def __init__(self, it: T) -> None:
        self.it = it

    def __hash__(self) -> int:
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.it is other.it


class Data(BaseModel):
    """Base of everything that is stored as JSON: frozen, and a word it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Context:
    """What is fixed before any fact is read.

    ``at`` is the day of the assessment. ``age_at_offence`` and ``limit`` are set when the caller gave them outright
    (``limit`` is ``"none"`` when the law sets none). ``no_offence`` is true when it is known that none is alleged.
    """

    at: date
    age_at_offence: int | None = None
    limit: date | Literal["none"] | None = None
    no_offence: bool = False


class Span(Data):
    """A length of time: days, weeks or calendar months."""

    amount: int = Field(gt=0)
    unit: Literal["days", "weeks", "months"]

    def after(self, day: date) -> date:
        """The day this span ends when it starts on ``day``; months keep to the last day of a shorter month."""
        if self.unit == "months":
            return add_months(day, self.amount)
        return day + timedelta(days=self.amount * (7 if self.unit == "weeks" else 1))

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


def nearest(word: str, words: Iterable[str]) -> str:
    """A did-you-mean ending for an error message; empty when nothing is close."""
    close = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def check_codes(given: set[str], table: Mapping[str, str], what: str) -> None:
    """Raise ValueError naming the first code that is not in ``table``, with the closest one that is."""
    for code in sorted(given - set(table)):
        raise ValueError(f"{code!r} is not a known {what}{nearest(code, table)}")


def explain(error: ValidationError) -> str:
    """What is wrong with a policy, scheme or criterion, one clause for each fault: where it is, and what to mend."""
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'the whole'}: {fault['msg'].removeprefix('Value error, ')}"
        for fault in error.errors(include_url=False)
    )
