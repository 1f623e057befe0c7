"""Kinds of test about age and time."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Context, Data, Span
from .dates import earliest_start, latest_birth
from .formula import And, AtMost, Const, Formula, Not, OldEnough, OneOf, Or


def _at_least(fact: str, limit: date) -> Formula:
    return Not(AtMost(fact, limit - timedelta(days=1)))


class Age(Data):
    """Age in whole years, on the day of the assessment (disposal) or of the offence. Both ends count."""

    kind: Literal["age"] = "age"
    minimum: int | None = Field(default=None, ge=0, le=120)
    maximum: int | None = Field(default=None, ge=0, le=120)
    on: Literal["disposal", "offence"] = "disposal"

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("an age test needs a minimum, a maximum or both")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the minimum age is above the maximum")
        return self

    def formula(self, context: Context) -> Formula:
        parts: list[Formula] = []
        if self.minimum is not None:
            parts.append(self._reached(self.minimum, context))
        if self.maximum is not None:
            parts.append(Not(self._reached(self.maximum + 1, context)))
        return And(tuple(parts))

    def _reached(self, years: int, context: Context) -> Formula:
        if self.on == "disposal":
            return AtMost("date_of_birth", latest_birth(context.at, years))
        if context.age_at_offence is not None:
            return Const(context.age_at_offence >= years)
        return OldEnough(years)


class EntryWindow(Data):
    """The offence is no older than this on the day of the assessment; the last day of the window still counts."""

    kind: Literal["entry_window"] = "entry_window"
    window: Span

    def formula(self, context: Context) -> Formula:
        if self.window.unit == "months":
            return _at_least("offence_date", earliest_start(context.at, self.window.amount))
        days = self.window.amount * (7 if self.window.unit == "weeks" else 1)
        return _at_least("offence_date", context.at - timedelta(days=days))


class TimeLimit(Data):
    """Enough time is left before the statutory limit: the day, plus ``plan``, is at least ``days`` before it.

    The limit is six calendar months from the offence for an offence that is summary only (Magistrates' Courts Act 1980
    s.127); for a domestic-abuse common assault, six months from the complainant's first statement or recorded
    interview and at most two years from the offence (Criminal Justice Act 1988 s.39A); otherwise there is none. A
    ``statutory_limit_date`` given with the facts replaces the computed one.
    """

    kind: Literal["time_limit"] = "time_limit"
    days: int = Field(default=28, ge=0)
    plan: Span | None = None

    def formula(self, context: Context) -> Formula:
        start = self.plan.after(context.at) if self.plan else context.at
        needed = start + timedelta(days=self.days)
        if context.limit is not None:
            return Const(context.limit == "none" or context.limit >= needed)
        six_months = earliest_start(needed, 6)
        by_statement = And(
            (_at_least("first_statement_date", six_months), _at_least("offence_date", earliest_start(needed, 24)))
        )
        abuse = And((OneOf("domestic_abuse", frozenset({True})), OneOf("offence_group", frozenset({"common_assault"}))))
        ordinary = Or((abuse, _at_least("offence_date", six_months)))
        special = Or((Not(abuse), by_statement))
        return Or((Not(OneOf("mode_of_trial", frozenset({"summary"}))), And((ordinary, special))))


class InForce(Data):
    """The option is law on the day: from ``starts`` (never, while it is absent) up to and including ``ends``."""

    kind: Literal["in_force"] = "in_force"
    starts: date | None = None
    ends: date | None = None

    def formula(self, context: Context) -> Formula:
        started = self.starts is not None and self.starts <= context.at
        return Const(started and (self.ends is None or context.at <= self.ends))
