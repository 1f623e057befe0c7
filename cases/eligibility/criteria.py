"""A criterion: one test, how much it matters, why in plain English, and where it comes from.

Criteria are data. The browser editor, the database and the TOML files all hold exactly these models, and the models
go to JSON and back without loss.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cases.sources import in_words

from .base import Context, Data, Same
from .codes import Rank, Severity
from .formula import And, Atom, Formula, Not, Or, atoms
from .kinds_coded import (
    Admission,
    AppropriateAdult,
    Area,
    Authority,
    Consent,
    DomesticAbuse,
    Drug,
    Evidence,
    Flag,
    Interpreter,
    ModeOfTrial,
    Offence,
    Origin,
    Sex,
    VictimView,
)
from .kinds_counted import Gravity, History, Needs, NoSimilar, NumberAtMost
from .kinds_dates import Age, EntryWindow, InForce, TimeLimit

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]


class AllOf(Data):
    """Every one of these tests is met."""

    kind: Literal["all_of"] = "all_of"
    tests: tuple["AnyTest", ...] = Field(min_length=1)

    def formula(self, context: Context) -> Formula:
        return And(tuple(test.formula(context) for test in self.tests))


class AnyOf(Data):
    """At least one of these tests is met."""

    kind: Literal["any_of"] = "any_of"
    tests: tuple["AnyTest", ...] = Field(min_length=1)

    def formula(self, context: Context) -> Formula:
        return Or(tuple(test.formula(context) for test in self.tests))


class NotTest(Data):
    """The test is not met."""

    kind: Literal["not"] = "not"
    test: "AnyTest"

    def formula(self, context: Context) -> Formula:
        return Not(self.test.formula(context))


AnyTest = Annotated[
    Admission | Age | AllOf | AnyOf | AppropriateAdult | Area | Authority | Consent | DomesticAbuse | Drug
    | EntryWindow | Evidence | Flag | Gravity | History | InForce | Interpreter | ModeOfTrial | Needs | NoSimilar
    | NotTest | NumberAtMost | Offence | Origin | Sex | TimeLimit | VictimView,
    Field(discriminator="kind"),
]  # fmt: skip

KINDS: tuple[type[Data], ...] = (
    Admission, Age, AllOf, AnyOf, AppropriateAdult, Area, Authority, Consent, DomesticAbuse, Drug, EntryWindow,
    Evidence, Flag, Gravity, History, InForce, Interpreter, ModeOfTrial, Needs, NoSimilar, NotTest, NumberAtMost,
    Offence, Origin, Sex, TimeLimit, VictimView,
)  # fmt: skip
"""Every kind, by name: what the editor offers and docs/policy.md lists."""


@dataclass(frozen=True)
class Stated:
    """What a test says on a day: its formula, the statements inside it, and the facts that they read, by name."""

    formula: Formula
    atoms: tuple[Atom, ...]
    facts: tuple[str, ...]

    @cached_property
    def read(self) -> frozenset[str]:
        """The facts, as a set."""
        return frozenset(self.facts)


@lru_cache(maxsize=8192)
def _same_stated(test: Same[AnyTest], context: Context) -> Stated:
    return stated(test.it, context)


@lru_cache(maxsize=4096)
def stated(test: AnyTest, context: Context) -> Stated:
    """``test`` as it reads in ``context``: worked out once, because every page weighs the same rules on the same day.

    It holds nothing of a person: a context has the day, and what somebody gave outright in place of dates.
    """
    formula = test.formula(context)
    found = tuple(sorted(atoms(formula), key=repr))
    return Stated(formula, found, tuple(sorted({fact for atom in found for fact in atom.facts})))


class Source(Data):
    """Where a rule comes from: a KEY of the source list, and how sure we are that it says so.

    ``found``: read in the source; ``known``: background knowledge, not re-read; ``proposal``: ours; ``unsure``: must be
    checked before anybody relies on it.
    """

    key: str = Field(min_length=2)
    tag: Literal["found", "known", "proposal", "unsure"] = "found"

    @property
    def in_words(self) -> str:
        """Its name, as pages show it."""
        return in_words(self.key)


@lru_cache(maxsize=1024)
def _in_words(sources: tuple[Source, ...]) -> str:
    return ", ".join(dict.fromkeys(source.in_words for source in sources))


class Criterion(Data):
    """One line of a policy.

    ``reason`` is shown when the test is not met, ``question`` when it is unknown (by default the question of the fact).
    ``rank`` is who may authorise (needs_authority); ``override_by`` is who may set a block aside with a recorded
    reason, nobody if absent. ``unsure`` marks what must be checked with the force before it is relied on.
    ``same_as`` names a rule of another book that says the same ("law.admission"): it is then shown once.
    """

    id: Slug
    severity: Severity = Severity.BLOCKS
    rank: Rank | None = None
    override_by: Rank | None = None
    reason: str = Field(min_length=10)
    question: str = ""
    sources: tuple[Source, ...] = Field(min_length=1)
    unsure: bool = False
    same_as: str = ""
    test: AnyTest

    def stated(self, context: Context) -> Stated:
        """What the test says on the day of ``context``."""
        return _same_stated(Same(self.test), context)

    @property
    def sources_in_words(self) -> str:
        """Where it comes from, as pages show it."""
        return _in_words(self.sources)

    @model_validator(mode="after")
    def _ranks_fit_the_severity(self) -> Self:
        if (self.severity is Severity.NEEDS_AUTHORITY) != (self.rank is not None):
            raise ValueError("a rank goes with severity needs_authority, and only with it")
        if self.rank is Rank.CONSTABLE:
            raise ValueError("needs_authority starts at sergeant: a constable needs nobody's authority to record")
        if self.override_by is not None and self.severity is not Severity.BLOCKS:
            raise ValueError("override_by goes with severity blocks only: a rank already says who may authorise")
        if any(source.tag == "unsure" for source in self.sources) and not self.unsure:
            raise ValueError("a source tagged unsure makes the criterion unsure: add unsure = true")
        return self
