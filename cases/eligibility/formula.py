"""What a criterion says once a date is fixed: and, or, not over single statements about facts.

Every statement (atom) tells three things: the facts it reads, whether it holds for given values, and the *cuts*: the
values at which its answer may change. The cuts are what makes the engine exact: between two cuts no statement can tell
one value from another, so a handful of values stands for all dates, ages and counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .dates import add_months, age_on

Values = Mapping[str, Any]
"""A value for every fact that is read. Dates as ``date``, sets as ``frozenset``, earlier outcomes as a tuple."""


@dataclass(frozen=True)
class Earlier:
    """One earlier outcome. ``on`` None means the date is not known; ``months_before`` stands in for an unknown list.

    ``engaged``: whether the person took part in the scheme that it was; None where nobody has said.
    """

    outcome: str
    on: date | None = None
    similar: bool | None = None
    scheme: str | None = None
    months_before: float | None = None
    engaged: bool | None = None


@dataclass(frozen=True)
class HistoryFilter:
    """Which earlier outcomes count. Months run back from the offence date, or from the assessment if there is none."""

    outcomes: tuple[str, ...] = ()
    within_months: int | None = None
    before_offence_only: bool = False
    similar_only: bool = False
    scheme: str | None = None
    unengaged_only: bool = False

    def matches(self, item: Earlier, anchor: date) -> bool:
        """Whether a complete item counts. An item without any time never falls outside a window."""
        if self.outcomes and item.outcome not in self.outcomes:
            return False
        if self.similar_only and not item.similar:
            return False
        if self.scheme is not None and item.scheme != self.scheme:
            return False
        if self.unengaged_only and item.engaged is not False:
            return False
        return self._in_window(item, anchor)

    def _in_window(self, item: Earlier, anchor: date) -> bool:
        if item.months_before is not None:
            inside = self.within_months is None or item.months_before <= self.within_months
            return inside and not (self.before_offence_only and item.months_before < 0)
        if item.on is None:
            return True
        inside = self.within_months is None or item.on >= add_months(anchor, -self.within_months)
        return inside and not (self.before_offence_only and item.on > anchor)


@dataclass(frozen=True)
class Const:
    """A statement that needs no fact: true or false for everybody on the day."""

    holds: bool


@dataclass(frozen=True)
class OneOf:
    """The fact's value is one of ``values`` (booleans, choices, words)."""

    fact: str
    values: frozenset[Any]

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def holds(self, values: Values) -> bool:
        return values[self.fact] in self.values


@dataclass(frozen=True)
class AtMost:
    """The fact's value (a number or a date) is no more than ``limit``."""

    fact: str
    limit: Any

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def holds(self, values: Values) -> bool:
        return bool(values[self.fact] <= self.limit)


@dataclass(frozen=True)
class OldEnough:
    """The person was at least ``years`` old on the day of the offence. The one statement over two dates."""

    years: int
    facts: tuple[str, ...] = ("date_of_birth", "offence_date")

    def holds(self, values: Values) -> bool:
        return age_on(values["offence_date"], values["date_of_birth"]) >= self.years


@dataclass(frozen=True)
class HasAtLeast:
    """At least ``minimum`` of ``members`` are in the fact's set (any member at all if ``members`` is empty)."""

    fact: str
    members: frozenset[str]
    minimum: int

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.fact,)

    def holds(self, values: Values) -> bool:
        held: frozenset[str] = values[self.fact]
        return len(held & self.members if self.members else held) >= self.minimum


@dataclass(frozen=True)
class HistoryAtMost:
    """No more than ``maximum`` earlier outcomes pass the filter. ``fixed_anchor`` is set when no offence is alleged."""

    filter: HistoryFilter
    maximum: int
    facts: tuple[str, ...] = ("earlier_outcomes", "offence_date")
    fixed_anchor: date | None = None

    def holds(self, values: Values) -> bool:
        anchor = self.fixed_anchor or values["offence_date"]
        return sum(self.filter.matches(item, anchor) for item in values["earlier_outcomes"]) <= self.maximum


Atom = OneOf | AtMost | OldEnough | HasAtLeast | HistoryAtMost


@dataclass(frozen=True)
class And:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Or:
    parts: tuple["Formula", ...]


@dataclass(frozen=True)
class Not:
    part: "Formula"


Formula = Const | OneOf | AtMost | OldEnough | HasAtLeast | HistoryAtMost | And | Or | Not


def atoms(formula: Formula) -> frozenset[Atom]:
    """Every single statement inside ``formula``."""
    match formula:
        case Const():
            return frozenset()
        case And(parts) | Or(parts):
            return frozenset().union(*(atoms(part) for part in parts))
        case Not(part):
            return atoms(part)
        case _:
            return frozenset({formula})


def holds(formula: Formula, values: Values) -> bool:
    """Two-valued truth when every fact read has a value: the plain reading the engine is tested against."""
    match formula:
        case Const(truth):
            return truth
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case _:
            return formula.holds(values)
