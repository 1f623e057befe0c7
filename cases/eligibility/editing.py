"""Changing a policy one criterion at a time. Every change gives a new policy, checked as a whole."""

from collections.abc import Callable, Sequence

from .areas import moved
from .criteria import AllOf, AnyOf, AnyTest, Criterion, NotTest
from .policy import Policy

Path = tuple[int, ...]
"""Where a test stands inside joined tests: () is the whole test, (1,) the second of its parts, and so on."""

JOINED: dict[str, type[AllOf] | type[AnyOf]] = {"all_of": AllOf, "any_of": AnyOf}


def criteria_of(policy: Policy, key: str) -> tuple[Criterion, ...]:
    """The criteria of ``disposal:…`` or of ``scheme:…`` in its last version. Raises KeyError."""
    kind, _, code = key.partition(":")
    for rules in policy.disposals:
        if kind == "disposal" and rules.disposal == code:
            return rules.criteria
    for entry in policy.schemes:
        if kind == "scheme" and entry.scheme == code:
            return entry.versions[-1].criteria
    raise KeyError(key)


def with_criteria(policy: Policy, key: str, criteria: Sequence[Criterion]) -> Policy:
    """``policy`` with other criteria for one option. Raises ValidationError where the whole would not hold."""
    criteria_of(policy, key)  # KeyError for an option that the policy does not have
    kind, _, code = key.partition(":")
    given = policy.model_dump()
    rows = [criterion.model_dump() for criterion in criteria]
    for rules in given["disposals"]:
        if kind == "disposal" and rules["disposal"] == code:
            rules["criteria"] = rows
    for entry in given["schemes"]:
        if kind == "scheme" and entry["scheme"] == code:
            entry["versions"][-1]["criteria"] = rows
    return Policy.model_validate(given)


def with_criterion(policy: Policy, key: str, criterion: Criterion, *, replacing: str = "") -> Policy:
    """``policy`` with ``criterion`` in place of the one called ``replacing``, or added at the end."""
    criteria = list(criteria_of(policy, key))
    places = [place for place, each in enumerate(criteria) if each.id == replacing]
    if replacing and not places:
        raise KeyError(replacing)
    if places:
        criteria[places[0]] = criterion
    else:
        criteria.append(criterion)
    return with_criteria(policy, key, criteria)


def without_criterion(policy: Policy, key: str, name: str) -> Policy:
    """``policy`` without one criterion. Raises ValidationError for the last: an option cannot be without any."""
    return with_criteria(policy, key, [each for each in criteria_of(policy, key) if each.id != name])


def parts_of(test: AnyTest) -> tuple[AnyTest, ...]:
    """The tests that a joined test holds; none of a single one."""
    if isinstance(test, NotTest):
        return (test.test,)
    return test.tests if isinstance(test, AllOf | AnyOf) else ()


def part_at(test: AnyTest, path: Path) -> AnyTest:
    """The part of ``test`` at ``path``. Raises KeyError."""
    for place in path:
        parts = parts_of(test)
        if not 0 <= place < len(parts):
            raise KeyError(path)
        test = parts[place]
    return test


def with_test(test: AnyTest, path: Path, change: Callable[[AnyTest], AnyTest | None]) -> AnyTest | None:
    """``test`` with the part at ``path`` changed; None takes it out, and a joined test left empty goes with it."""
    if not path:
        return change(test)
    parts = list(parts_of(test))
    if not 0 <= path[0] < len(parts):
        raise KeyError(path)
    changed = with_test(parts[path[0]], path[1:], change)
    parts[path[0] : path[0] + 1] = [] if changed is None else [changed]
    if not parts:
        return None
    if isinstance(test, NotTest):
        return NotTest(test=parts[0])
    return JOINED[test.kind](tests=tuple(parts))


def joined(test: AnyTest, other: AnyTest, how: str) -> AnyTest:
    """Both tests (``all_of``) or either (``any_of``); a test already joined that way takes one more part."""
    kind = JOINED[how]
    own = test.tests if isinstance(test, kind) else (test,)
    return kind(tests=(*own, other))


def turned_round(test: AnyTest) -> AnyTest:
    """The opposite of ``test``."""
    return test.test if isinstance(test, NotTest) else NotTest(test=test)


def in_area(policy: Policy, area: str) -> Policy:
    """``policy`` with every area that a test names replaced by ``area``: what a force that copies it begins with."""
    return Policy.model_validate(moved(policy.model_dump(mode="json"), area))
