"""What a policy allows for the facts that are known, and which unknown facts still matter.

A *completion* gives every unknown fact a value. For a completion each criterion is simply met or not, and the worst
unmet one decides the option (``Level``). What is reported is what all completions agree on:

- a finding is met, not met, or unknown if completions differ;
- an option has its status when all completions give it the same one, and is undetermined otherwise;
- a fact is open when two completions that differ only in it give some option a different status, or when its answer
  would also answer such a fact.

Where no fact appears in two criteria this is Kleene's strong logic; where one does, it never calls undetermined what is
already certain (supervaluation). Warnings never change a status, so a fact that only feeds a warning is not asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Self

from .base import Context, Same, nearest
from .codes import Level, Result, Severity
from .criteria import Criterion, Stated
from .diagram import Diagrams, Node
from .domains import domain
from .facts import VOCABULARY, Fact, in_order
from .formula import Atom, OneOf, holds
from .knowledge import Knowledge, know
from .policy import Option, Policy
from .reading import Facts
from .results import Assessment, OptionResult, Outcome, Pairs, Question


def assess(facts: Facts | Mapping[str, Any], policy: Policy, at: date) -> Assessment:
    """Every option of ``policy`` on the day ``at``, its findings and the open questions.

    ``facts`` may be a plain mapping as docs/policy.md describes. Raises FactError for facts that are not understood or
    contradict each other.
    """
    read = facts if isinstance(facts, Facts) else Facts.read(facts)
    knowledge = know(read, at)
    assessed = [AssessedOption.of(option, knowledge) for option in policy.options(at)]
    questions = open_questions(assessed, knowledge)
    asked = {question.fact for question in questions}
    return Assessment(
        policy=policy.name,
        version=policy.version,
        at=at,
        options=tuple(option.result() for option in assessed),
        open_questions=questions,
        monitoring=tuple(_question(fact, (), 0) for fact in _monitoring(read, knowledge) if fact.name not in asked),
        derived={name: value for name, value in knowledge.derived.items()},
        notes=_notes(policy, knowledge, assessed),
    )


MET, NOT_MET = Outcome(Result.MET), Outcome(Result.NOT_MET)


@dataclass(frozen=True)
class Said:
    """What criteria say together on a day: each of them, and how far an option is from being offered where it is not
    met (``worst``); the statements in all, and the facts that these read, in the order of the vocabulary."""

    each: tuple[Stated, ...]
    worst: tuple[Level, ...]
    tests: tuple[Atom, ...]
    facts: tuple[str, ...]

    @classmethod
    def of(cls, criteria: Sequence[Criterion], context: Context) -> Self:
        each = tuple(criterion.stated(context) for criterion in criteria)
        tests = tuple(dict.fromkeys(test for one in each for test in one.atoms))
        facts = in_order({fact for test in tests for fact in test.facts})
        return cls(each, tuple(map(level_when_unmet, criteria)), tests, facts)


@lru_cache(maxsize=1024)
def _said_of(criteria: Same[tuple[Criterion, ...]], context: Context) -> Said:
    """The same of the criteria of an option, which are those of every case of the day."""
    return Said.of(criteria.it, context)


@dataclass(frozen=True)
class Weighed:
    """Criteria as diagrams over the facts that are still unknown: whether each is met, and the level they add up to."""

    criteria: tuple[Criterion, ...]
    diagrams: Diagrams
    met: tuple[Node, ...]
    level: Node

    @classmethod
    def of(cls, criteria: tuple[Criterion, ...], knowledge: Knowledge, said: Said | None = None) -> Self:
        """``criteria`` for what is known; ``said`` is what they say in its context, where that is worked out."""
        said = said or Said.of(criteria, knowledge.context)
        domains = domains_of(said, knowledge)
        diagrams, known = Diagrams(domains), {fact: found[0] for fact, found in domains.items() if len(found) == 1}
        truths = {truth: diagrams.leaf(truth) for truth in (True, False)}
        met = tuple(_met(diagrams, each, known, truths) for each in said.each)
        return cls(criteria, diagrams, met, _level(diagrams, said.worst, met, truths))

    @property
    def levels(self) -> frozenset[Level]:
        """Every level some completion gives."""
        return self.diagrams.leaves(self.level)

    @property
    def support(self) -> frozenset[str]:
        """The unknown facts on which the level depends."""
        return self.diagrams.support(self.level)

    def settles(self, fact: str) -> bool:
        """Whether some answer to ``fact`` alone leaves a single level."""
        return self.diagrams.settles(self.level, fact)

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What came of each criterion, in their order."""
        return tuple(self._outcome(criterion, node) for criterion, node in zip(self.criteria, self.met, strict=True))

    def _outcome(self, criterion: Criterion, node: Node) -> Outcome:
        truths = self.diagrams.leaves(node)
        if len(truths) == 1:
            return MET if True in truths else NOT_MET
        waits = in_order(self.diagrams.support(node))
        return Outcome(Result.UNKNOWN, waits, criterion.question or VOCABULARY[waits[0]].question)


@dataclass(frozen=True)
class AssessedOption:
    """One option and its criteria, weighed."""

    option: Option
    weighed: Weighed

    @classmethod
    def of(cls, option: Option, knowledge: Knowledge) -> Self:
        """``option`` for what is known."""
        said = _said_of(Same(option.criteria), knowledge.context)
        return cls(option, Weighed.of(option.criteria, knowledge, said))

    @property
    def pairs(self) -> Pairs:
        """Each criterion with what came of it."""
        return list(zip(self.option.criteria, self.weighed.outcomes, strict=True))

    def result(self) -> OptionResult:
        """What is shown."""
        return OptionResult.of(self.option, self.pairs, self.weighed.levels)


def _met(diagrams: Diagrams, said: Stated, known: Mapping[str, Any], truths: Mapping[bool, Node]) -> Node:
    """A test as a diagram. Most read only facts that are known once a decision is recorded: those hold, or do not."""
    return truths[holds(said.formula, known)] if known.keys() >= said.read else diagrams.formula(said.formula)


def _level(diagrams: Diagrams, worst: Iterable[Level], met: Iterable[Node], truths: Mapping[bool, Node]) -> Node:
    """The worst level of those that are not met: first of what fails for certain, which often leaves nothing to add."""
    unmet = [(one, node) for one, node in zip(worst, met, strict=True) if node != truths[True]]
    least = max((one for one, node in unmet if node == truths[False]), default=Level.ELIGIBLE)
    level = diagrams.leaf(least)
    for one, node in unmet:
        if one > least:
            own = diagrams.map(node, {True: Level.ELIGIBLE, False: one}.__getitem__)
            level = diagrams.combine(level, own, max)
    return level


def domains_of(said: Said, knowledge: Knowledge) -> dict[str, tuple[Any, ...]]:
    """For each fact that the tests read, the values that stand for all it may still have, in vocabulary order."""
    return {fact: domain(fact, said.tests, knowledge) for fact in said.facts}


def level_when_unmet(criterion: Criterion) -> Level:
    """How far the option is from being offered when this criterion is not met."""
    if criterion.severity is Severity.BLOCKS:
        return Level.INELIGIBLE
    return Level.ELIGIBLE if criterion.rank is None else Level(criterion.rank.level)


def open_questions(assessed: Iterable[AssessedOption], knowledge: Knowledge) -> tuple[Question, ...]:
    """The open facts, most decisive first.

    Decisive: the number of options that some answer to this fact alone would settle; then the number of options it can
    change; then the order of the vocabulary.
    """
    supports = [(option, option.weighed.support) for option in assessed]
    found = {}
    for name in VOCABULARY:
        changed = [option for option, support in supports if name in support]
        if changed:
            settles = sum(option.weighed.settles(name) for option in changed)
            found[name] = _question(VOCABULARY[name], tuple(option.option.key for option in changed), settles)
    for question in _answering(found, knowledge):
        found.setdefault(question.fact, question)
    order = list(VOCABULARY)
    ranked = sorted(found.values(), key=lambda q: (-q.could_settle, -len(q.could_change), order.index(q.fact)))
    return tuple(ranked)


def _answering(found: dict[str, Question], knowledge: Knowledge) -> list[Question]:
    """Unknown facts whose answer would also answer an open one (an offence date says that an offence is alleged)."""
    return [
        _question(fact, found[fact.implies[1]].could_change, 0)
        for fact in VOCABULARY.values()
        if fact.implies and fact.implies[1] in found and fact.name not in knowledge.known
    ]


def _question(fact: Fact, changes: tuple[str, ...], settles: int) -> Question:
    return Question(
        fact=fact.name,
        question=fact.question,
        type=fact.type,
        values=dict(fact.values),
        could_change=changes,
        could_settle=settles,
        monitoring=fact.monitoring,
    )


def _monitoring(facts: Facts, knowledge: Knowledge) -> list[Fact]:
    """The monitoring facts not yet known: the short set that no settled option removes."""
    met = {*knowledge.known, *facts.recorded}
    if "age" in facts.shorthands:
        met.add("date_of_birth")
    if "offence_code" in met or knowledge.context.no_offence:
        met.add("offence_group")
    if knowledge.listed is not None:
        met.add("earlier_outcomes")
    return [fact for fact in VOCABULARY.values() if fact.monitoring and fact.name not in met]


def _notes(policy: Policy, knowledge: Knowledge, assessed: Iterable[AssessedOption]) -> tuple[str, ...]:
    """What a reader should know about the reading itself: a policy outside its dates, a place that no option names."""
    notes = [] if policy.covers(knowledge.at) else [f"The policy is not in force on {knowledge.at}."]
    places = {place for option in assessed for place in _places(option.option, knowledge)}
    for fact in ("home_area", "offence_area"):
        place = knowledge.known.get(fact)
        if place is not None and places and place not in places | {"in_area", "elsewhere"}:
            notes.append(f"{fact}: no option names {place!r}, so it is outside every area{nearest(place, places)}")
    return tuple(notes)


def _places(option: Option, knowledge: Knowledge) -> set[str]:
    tests = {test for criterion in option.criteria for test in criterion.stated(knowledge.context).atoms}
    named = [test.values for test in tests if isinstance(test, OneOf) and test.fact in {"home_area", "offence_area"}]
    return {str(place) for values in named for place in values}
