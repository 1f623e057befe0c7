"""Two versions of the rules against the same facts: what certainly differs, and what could.

The unknown facts of a case are the same under both versions, so the two are compared completion by completion, in one
diagram: a case has certainly changed when its answer differs whatever the unknown facts are, and could have changed
when it differs for some value of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from .assess import Said, domains_of, level_when_unmet
from .base import Context, Data
from .codes import Level
from .criteria import Criterion, Stated
from .diagram import Diagrams, Node
from .knowledge import Knowledge, know
from .policy import Policy
from .reading import FactError, Facts

Criteria = tuple[Criterion, ...]
Case = tuple[Knowledge, ...]
"""What is known of each crime of a case."""

Pair = tuple[Level, Level]
"""What an option comes to before and after."""

MOST_TOGETHER = 4
"""So many options at most are compared in one diagram; of more, each by itself, which is sound and quick."""


@dataclass(frozen=True, eq=False)
class OptionChange:
    """The criteria of one option in two versions; None where a version does not have the option."""

    key: str
    title: str
    before: Criteria | None
    after: Criteria | None

    @cached_property
    def shared(self) -> Criteria:
        """What both versions ask."""
        if self.before is self.after:
            return self.after or ()
        return tuple(each for each in self.before or () if each in (self.after or ()))

    @cached_property
    def own(self) -> tuple[Criteria | None, Criteria | None]:
        """What only the version before asks, and what only the one after does."""
        if self.before is self.after and self.after is not None:
            return (), ()
        return self._without_shared(self.before), self._without_shared(self.after)

    def _without_shared(self, side: Criteria | None) -> Criteria | None:
        return None if side is None else tuple(each for each in side if each not in self.shared)


class CriterionChange(Data):
    """One criterion that differs between two versions; ``before`` or ``after`` is absent if it was added or removed."""

    option: str
    title: str
    before: Criterion | None = None
    after: Criterion | None = None


@dataclass(frozen=True)
class Effect:
    """What a new version does to one case under one option, or under all of them (``options`` empty)."""

    pairs: frozenset[Pair]

    @property
    def certain(self) -> bool:
        """It differs whatever the unknown facts are."""
        return all(before != after for before, after in self.pairs)

    @property
    def possible(self) -> bool:
        """It differs for some value of the unknown facts."""
        return any(before != after for before, after in self.pairs)


ANYTHING = Effect(frozenset(product(Level, Level)))
"""Of a case whose facts contradict each other nothing can be said: it may have changed, and need not have."""


def option_changes(before: Policy | None, after: Policy, on: date) -> list[OptionChange]:
    """The options whose criteria differ, on the day ``on``, in the order of the new version and then of the old."""
    old = {option.key: option for option in before.options(on)} if before else {}
    new = {option.key: option for option in after.options(on)}
    found = []
    for key in dict.fromkeys([*new, *old]):
        sides = [side[key].criteria if key in side else None for side in (old, new)]
        if sides[0] != sides[1]:
            found.append(OptionChange(key=key, title=(new.get(key) or old[key]).title, before=sides[0], after=sides[1]))
    return found


def criterion_changes(changes: Sequence[OptionChange]) -> list[CriterionChange]:
    """The single criteria that were added, changed or removed."""
    found = []
    for change in changes:
        old = {criterion.id: criterion for criterion in change.before or ()}
        new = {criterion.id: criterion for criterion in change.after or ()}
        for name in dict.fromkeys([*new, *old]):
            if old.get(name) != new.get(name):
                found.append(
                    CriterionChange(option=change.key, title=change.title, before=old.get(name), after=new.get(name))
                )
    return found


def known_case(crimes: Iterable[Mapping[str, Any]], at: date) -> Case | None:
    """What is known of each crime of a case on the day ``at``; None where its facts contradict each other."""
    try:
        return tuple(know(Facts.read(facts), at) for facts in crimes)
    except FactError:
        return None


def effect_on_case(case: Case | None, change: OptionChange) -> Effect:
    """What ``change`` does to a case of one or more crimes; the worst crime decides.

    Exact for one crime. For several, unknown facts are let differ from crime to crime, so the bounds are sound and may
    be wider than they need be.
    """
    if case is None:
        return ANYTHING
    try:
        each = [_pairs(knowledge, change) for knowledge in case]
    except FactError:
        return ANYTHING
    return Effect(
        frozenset((max(before for before, _ in row), max(after for _, after in row)) for row in product(*each))
    )


def effect_of_all(case: Case | None, changes: Sequence[OptionChange]) -> tuple[bool, bool, dict[str, Effect]]:
    """Whether the case has certainly changed, whether it could have, and the effect on each option by its key.

    Several options that each could change, and none of which must, may still change between them whatever the unknown
    facts are. That is worked out for a single crime and up to ``MOST_TOGETHER`` options; beyond, "certainly" may be
    said of fewer cases than deserve it, never of more.
    """
    effects = {change.key: effect_on_case(case, change) for change in changes}
    certain = any(effect.certain for effect in effects.values())
    open_still = [change for change in changes if effects[change.key].possible and not effects[change.key].certain]
    if not certain and case is not None and len(case) == 1 and 1 < len(open_still) <= MOST_TOGETHER:
        certain = _one_of_them_must(case[0], open_still)
    return certain, any(effect.possible for effect in effects.values()), effects


def levels_of_case(case: Case | None, criteria: Criteria) -> frozenset[Level]:
    """Every level that these criteria can come to in a case, whatever the unknown facts are."""
    effect = effect_on_case(case, OptionChange("", "", criteria, criteria))
    return frozenset(after for _, after in effect.pairs)


def _pairs(knowledge: Knowledge, change: OptionChange) -> frozenset[Pair]:
    diagrams = _diagrams([change], knowledge)
    return diagrams.leaves(_pair_node(diagrams, change, knowledge.context))


def _one_of_them_must(knowledge: Knowledge, changes: Sequence[OptionChange]) -> bool:
    diagrams = _diagrams(changes, knowledge)
    node = diagrams.leaf(False)
    for change in changes:
        differs = diagrams.map(_pair_node(diagrams, change, knowledge.context), lambda pair: pair[0] != pair[1])
        node = diagrams.combine(node, differs, lambda left, right: left or right)
    return diagrams.leaves(node) == {True}


def _diagrams(changes: Sequence[OptionChange], knowledge: Knowledge) -> Diagrams:
    lists = (side for change in changes for side in (change.shared, *change.own) if side)
    said = Said.of([criterion for criteria in lists for criterion in criteria], knowledge.context)
    return Diagrams(domains_of(said, knowledge))


def _pair_node(diagrams: Diagrams, change: OptionChange, context: Context) -> Node:
    """(level before, level after). What both versions ask is worked out once, and first: it often settles both."""
    common = _level_node(diagrams, diagrams.leaf(Level.ELIGIBLE), change.shared, context)
    none = diagrams.leaf(Level.INELIGIBLE)  # an option that a version does not have cannot be offered
    sides = [none if own is None else _level_node(diagrams, common, own, context) for own in change.own]
    return diagrams.combine(sides[0], sides[1], lambda before, after: (before, after))


def _level_node(diagrams: Diagrams, level: Node, criteria: Criteria, context: Context) -> Node:
    """``level``, or the level that the worst unmet criterion gives if that is worse. Cheap criteria come first."""
    asked = [(criterion.stated(context), level_when_unmet(criterion)) for criterion in criteria]
    for said, worst in sorted(asked, key=lambda pair: _size(diagrams, pair[0])):
        if diagrams.leaves(level) == {Level.INELIGIBLE}:
            return level
        if worst is not Level.ELIGIBLE:
            own = diagrams.map(diagrams.formula(said.formula), {True: Level.ELIGIBLE, False: worst}.__getitem__)
            level = diagrams.combine(level, own, max)
    return level


def _size(diagrams: Diagrams, said: Stated) -> int:
    """How many combinations of values the facts of a test have: one for what is already known."""
    return prod(len(diagrams.domains[fact]) for fact in said.facts)
