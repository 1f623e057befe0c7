"""Two versions of the rules against the same facts: what certainly differs, and what could.

The unknown facts of a case are the same under both versions, so the two are compared completion by completion, in one
diagram: a case has certainly changed when its answer differs whatever the unknown facts are, and could have changed
when it differs for some value of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from .assess import domains_of, level_when_unmet
from .base import Context, Data
from .codes import Level
from .criteria import Criterion
from .diagram import Diagrams, Node
from .knowledge import Knowledge, know
from .policy import Policy
from .reading import FactError, Facts

Criteria = tuple[Criterion, ...]
Pair = tuple[Level, Level]
"""What an option comes to before and after."""

MOST_TOGETHER = 4
"""So many options at most are compared in one diagram; of more, each by itself, which is sound and quick."""


class OptionChange(Data):
    """The criteria of one option in two versions; None where a version does not have the option."""

    key: str
    title: str
    before: Criteria | None
    after: Criteria | None


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


def effect_on_case(crimes: Sequence[Mapping[str, Any]], change: OptionChange, at: date) -> Effect:
    """What ``change`` does to a case of one or more crimes, each given by its facts; the worst crime decides.

    Exact for one crime. For several, unknown facts are let differ from crime to crime, so the bounds are sound and may
    be wider than they need be.
    """
    try:
        each = [_pairs(facts, change, at) for facts in crimes]
    except FactError:
        return ANYTHING
    return Effect(
        frozenset((max(before for before, _ in row), max(after for _, after in row)) for row in product(*each))
    )


def effect_of_all(
    crimes: Sequence[Mapping[str, Any]], changes: Sequence[OptionChange], at: date
) -> tuple[bool, bool, dict[str, Effect]]:
    """Whether the case has certainly changed, whether it could have, and the effect on each option by its key.

    Several options that each could change, and none of which must, may still change between them whatever the unknown
    facts are. That is worked out for a single crime and up to ``MOST_TOGETHER`` options; beyond, "certainly" may be
    said of fewer cases than deserve it, never of more.
    """
    effects = {change.key: effect_on_case(crimes, change, at) for change in changes}
    certain = any(effect.certain for effect in effects.values())
    open_still = [change for change in changes if effects[change.key].possible and not effects[change.key].certain]
    if not certain and len(crimes) == 1 and 1 < len(open_still) <= MOST_TOGETHER:
        certain = _one_of_them_must(crimes[0], open_still, at)
    return certain, any(effect.possible for effect in effects.values()), effects


def levels_of_case(crimes: Sequence[Mapping[str, Any]], criteria: Criteria, at: date) -> frozenset[Level]:
    """Every level that these criteria can come to in a case, whatever the unknown facts are."""
    change = OptionChange(key="-", title="-", before=criteria, after=criteria)
    return frozenset(after for _, after in effect_on_case(crimes, change, at).pairs)


def _pairs(facts: Mapping[str, Any], change: OptionChange, at: date) -> frozenset[Pair]:
    knowledge = know(facts if isinstance(facts, Facts) else Facts.read(facts), at)
    diagrams = _diagrams([change], knowledge)
    return diagrams.leaves(_pair_node(diagrams, change, knowledge.context))


def _one_of_them_must(facts: Mapping[str, Any], changes: Sequence[OptionChange], at: date) -> bool:
    knowledge = know(facts if isinstance(facts, Facts) else Facts.read(facts), at)
    diagrams = _diagrams(changes, knowledge)
    node = diagrams.leaf(False)
    for change in changes:
        differs = diagrams.map(_pair_node(diagrams, change, knowledge.context), lambda pair: pair[0] != pair[1])
        node = diagrams.combine(node, differs, lambda left, right: left or right)
    return diagrams.leaves(node) == {True}


def _diagrams(changes: Sequence[OptionChange], knowledge: Knowledge) -> Diagrams:
    criteria = {criterion for change in changes for criterion in (*(change.before or ()), *(change.after or ()))}
    formulas = [criterion.test.formula(knowledge.context) for criterion in criteria]
    return Diagrams(domains_of(formulas, knowledge))


def _pair_node(diagrams: Diagrams, change: OptionChange, context: Context) -> Node:
    sides = [_level_node(diagrams, side, context) for side in (change.before, change.after)]
    return diagrams.combine(sides[0], sides[1], lambda before, after: (before, after))


def _level_node(diagrams: Diagrams, criteria: Criteria | None, context: Context) -> Node:
    """The level that the worst unmet criterion gives. An option that a version does not have cannot be offered."""
    if criteria is None:
        return diagrams.leaf(Level.INELIGIBLE)
    level = diagrams.leaf(Level.ELIGIBLE)
    for criterion in criteria:
        worst = level_when_unmet(criterion)
        if worst is not Level.ELIGIBLE:
            met = diagrams.formula(criterion.test.formula(context))
            level = diagrams.combine(level, diagrams.map(met, {True: Level.ELIGIBLE, False: worst}.__getitem__), max)
    return level
