"""Kinds of test about scores, amounts, needs and earlier outcomes."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .base import Context, Data, check_codes
from .codes import EARLIER_OUTCOMES, NEEDS, SIMILAR_MATTERS
from .formula import And, AtMost, Formula, HasAtLeast, HistoryAtMost, HistoryFilter, Not


class Gravity(Data):
    """The gravity score is within these ends (1 to 5)."""

    kind: Literal["gravity"] = "gravity"
    minimum: int = Field(default=1, ge=1, le=5)
    maximum: int = Field(default=5, ge=1, le=5)

    def formula(self, context: Context) -> Formula:
        return And((Not(AtMost("gravity_score", self.minimum - 1)), AtMost("gravity_score", self.maximum)))


class NumberAtMost(Data):
    """A weight in grams or a value in pounds is no more than ``maximum``."""

    kind: Literal["number"] = "number"
    fact: Literal["drug_weight_grams", "value_pounds"]
    maximum: float = Field(ge=0)

    def formula(self, context: Context) -> Formula:
        return AtMost(self.fact, self.maximum)


class Needs(Data):
    """At least ``at_least`` of these needs have been identified (of any need, if none is named)."""

    kind: Literal["needs"] = "needs"
    any_of: tuple[str, ...] = ()
    at_least: int = Field(default=1, ge=1, le=16)

    @model_validator(mode="after")
    def _known_needs(self) -> Self:
        check_codes(set(self.any_of), NEEDS, "need")
        return self

    def formula(self, context: Context) -> Formula:
        return HasAtLeast("needs", frozenset(self.any_of), self.at_least)


class History(Data):
    """No more than ``maximum`` earlier outcomes of these kinds, within so many months before the offence if given.

    With ``unengaged`` only the times count in which the person did not take part in the scheme.
    """

    kind: Literal["history"] = "history"
    outcomes: tuple[str, ...] = ()
    within_months: int | None = Field(default=None, gt=0)
    maximum: int = Field(default=0, ge=0, le=10)
    scheme: str | None = None
    unengaged: bool = False

    @model_validator(mode="after")
    def _known_outcomes(self) -> Self:
        check_codes(set(self.outcomes), EARLIER_OUTCOMES, "earlier outcome")
        return self

    def formula(self, context: Context) -> Formula:
        wanted = HistoryFilter(self.outcomes, self.within_months, scheme=self.scheme, unengaged_only=self.unengaged)
        return _history(wanted, self.maximum, context)


class NoSimilar(Data):
    """No conviction or caution for a similar offence in the months before this offence (CJCA 2015 s.17(4))."""

    kind: Literal["no_similar"] = "no_similar"
    months: int = Field(default=24, gt=0)

    def formula(self, context: Context) -> Formula:
        wanted = HistoryFilter(SIMILAR_MATTERS, self.months, before_offence_only=True, similar_only=True)
        return _history(wanted, 0, context)


def _history(wanted: HistoryFilter, maximum: int, context: Context) -> Formula:
    if context.no_offence:
        return HistoryAtMost(wanted, maximum, ("earlier_outcomes",), context.at)
    return HistoryAtMost(wanted, maximum)
