"""Decision diagrams: an option's status as a function of the unknown facts, in a form that shows what it depends on.

A diagram is a tree of facts with equal branches merged and needless questions removed (a reduced ordered multi-valued
decision diagram; Bryant 1986, Srinivasan et al. 1990). It is canonical: two functions are the same exactly when their
diagrams are the same, and a fact appears exactly when some values of the other facts make its own value matter. That is
what makes "asks only what still matters" exact rather than a guess.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from .formula import And, Atom, Const, Formula, Not, Or

Node = int


class Diagrams:
    """Diagrams over the same facts, in a fixed order; ``domains`` gives each fact the values that stand for all.

    Nodes are numbers. Building the same function twice gives the same number.
    """

    def __init__(self, domains: dict[str, tuple[Any, ...]]) -> None:
        self.domains = domains
        self.order = {fact: place for place, fact in enumerate(domains)}
        self._facts = list(domains)
        self._nodes: list[tuple[int, Any]] = []
        self._leaves: dict[Node, frozenset[Any]] = {}
        self._numbers: dict[tuple[type, tuple[int, Any]], Node] = {}

    def leaf(self, value: Any) -> Node:
        """The constant ``value``."""
        return self._number((len(self._facts), value), type(value))

    def formula(self, formula: Formula) -> Node:
        """A formula as a diagram with leaves True and False."""
        match formula:
            case Const(truth):
                return self.leaf(truth)
            case And(parts):
                return self._fold(parts, True, lambda left, right: left and right)
            case Or(parts):
                return self._fold(parts, False, lambda left, right: left or right)
            case Not(part):
                return self.map(self.formula(part), lambda truth: not truth)
            case _:
                return self._atom(formula)

    def map(self, node: Node, change: Callable[[Any], Any]) -> Node:
        """The same function with every leaf changed."""
        memo: dict[Node, Node] = {}

        def walk(at: Node) -> Node:
            if at not in memo:
                place, content = self._nodes[at]
                ends = place == len(self._facts)
                memo[at] = self.leaf(change(content)) if ends else self._choose(place, tuple(walk(c) for c in content))
            return memo[at]

        return walk(node)

    def combine(self, left: Node, right: Node, join: Callable[[Any, Any], Any]) -> Node:
        """The function that joins the two values."""
        memo: dict[tuple[Node, Node], Node] = {}

        def both(a: Node, b: Node) -> Node:
            if (a, b) not in memo:
                memo[a, b] = self._joined(a, b, both, join)
            return memo[a, b]

        return both(left, right)

    def leaves(self, node: Node) -> frozenset[Any]:
        """Every value the function takes for some completion of the unknown facts."""
        if node not in self._leaves:
            place, content = self._nodes[node]
            ends = place == len(self._facts)
            self._leaves[node] = frozenset({content}) if ends else frozenset().union(*map(self.leaves, content))
        return self._leaves[node]

    def support(self, node: Node) -> frozenset[str]:
        """The facts the function depends on: for each, some values of the others let two of its values differ."""
        return frozenset(self._facts[place] for place, _ in self._below(node) if place < len(self._facts))

    def settles(self, node: Node, fact: str) -> bool:
        """Whether some answer to ``fact`` alone leaves a single value."""
        place = self.order[fact]
        return any(len(self._leaves_given(node, place, index, {})) == 1 for index in range(len(self.domains[fact])))

    def example(self, node: Node, value: Any) -> dict[str, Any]:
        """Values of the facts on one path to ``value``; a fact that is left out may have any value."""
        place, children = self._nodes[node]
        if place == len(self._facts):
            return {}
        for index, child in enumerate(children):
            if value in self.leaves(child):
                fact = self._facts[place]
                return {fact: self.domains[fact][index], **self.example(child, value)}
        raise LookupError(f"{value!r} is not a value of this function")

    def _number(self, key: tuple[int, Any], kind: type = tuple) -> Node:
        """The number of a node; ``kind`` keeps leaves apart that Python calls equal, such as True and 1."""
        if (kind, key) not in self._numbers:
            self._numbers[kind, key] = len(self._nodes)
            self._nodes.append(key)
        return self._numbers[kind, key]

    def _choose(self, place: int, children: tuple[Node, ...]) -> Node:
        return children[0] if len(set(children)) == 1 else self._number((place, children))

    def _atom(self, atom: Atom) -> Node:
        facts = sorted(atom.facts, key=lambda fact: self.order[fact])
        if all(len(self.domains[fact]) == 1 for fact in facts):  # most are known once a decision is recorded
            return self.leaf(atom.holds({fact: self.domains[fact][0] for fact in facts}))
        truths = iter(
            [atom.holds(dict(zip(facts, row, strict=True))) for row in product(*(self.domains[f] for f in facts))]
        )

        def build(depth: int) -> Node:
            if depth == len(facts):
                return self.leaf(next(truths))
            children = tuple(build(depth + 1) for _ in self.domains[facts[depth]])
            return self._choose(self.order[facts[depth]], children)

        return build(0)

    def _fold(self, parts: Sequence[Formula], start: bool, join: Callable[[Any, Any], Any]) -> Node:
        first, last = self.leaf(start), self.leaf(not start)
        node = first
        for part in parts:
            more = self.formula(part)
            if more == last:  # nothing that follows changes it
                return last
            node = more if node == first else node if more == first else self.combine(node, more, join)
        return node

    def _joined(self, a: Node, b: Node, both: Callable[[Node, Node], Node], join: Callable[[Any, Any], Any]) -> Node:
        place = min(self._nodes[a][0], self._nodes[b][0])
        if place == len(self._facts):
            return self.leaf(join(self._nodes[a][1], self._nodes[b][1]))
        width = len(self.domains[self._facts[place]])
        pairs = zip(self._branches(a, place, width), self._branches(b, place, width), strict=True)
        return self._choose(place, tuple(both(left, right) for left, right in pairs))

    def _branches(self, node: Node, place: int, width: int) -> Sequence[Node]:
        at, children = self._nodes[node]
        return list(children) if at == place else [node] * width

    def _below(self, node: Node) -> list[tuple[int, Any]]:
        seen, waiting, found = {node}, [node], []
        while waiting:
            key = self._nodes[waiting.pop()]
            found.append(key)
            fresh = [child for child in key[1] if child not in seen] if key[0] < len(self._facts) else []
            seen.update(fresh)
            waiting.extend(dict.fromkeys(fresh))
        return found

    def _leaves_given(self, node: Node, place: int, index: int, memo: dict[Node, frozenset[Any]]) -> frozenset[Any]:
        """The values left when the fact at ``place`` has the value at ``index``."""
        if node not in memo:
            at, children = self._nodes[node]
            if at == len(self._facts):
                memo[node] = frozenset({children})
            elif at == place:
                memo[node] = self.leaves(children[index])
            else:
                parts = (self._leaves_given(child, place, index, memo) for child in dict.fromkeys(children))
                memo[node] = frozenset().union(*parts)
        return memo[node]
