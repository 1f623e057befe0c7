"""Records that many tests begin from, made once and left standing while the tests that want them follow one another.

A decision and its referral take longer to make than what most tests then do with them. Each test finds them as they
were made: they stand in savepoints below the test's own transaction, which is rolled back as ever.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.db.models import Model

from diversion import clock

Maker = Callable[..., Model | None]
CAST, MARK = "cast", "_made_once"
#: Whoever commits, or looks from another connection, stands on no savepoint: they make their own.
COMMITS = {"transactional_db", "live_server"}


class Standing(NamedTuple):
    make: Maker
    savepoint: ExitStack
    record: Model | None


_standing: list[Standing] = []


def made_once(make: Maker) -> Any:
    """A fixture of the record that ``make`` makes, at the hour of `frozen`, from the cast and others made once.

    A test is given the record as it is in the database: also with what another of them, made from it, did to it.
    """

    def fixture(frozen: datetime, **needs: Any) -> Model | None:
        found = [_fresh(one.record) for one in _standing if one.make is make]
        return found[0] if found else make(**needs)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(name, kind) for name in ("frozen", *_needs(make))]
    vars(fixture).update({MARK: make, "__signature__": inspect.Signature(parameters), "__doc__": make.__doc__})
    return pytest.fixture(name=make.__name__)(fixture)


def in_order(items: list[pytest.Item]) -> None:
    """Within each module those after one another that want the same, and those first that want nothing."""
    modules = [list(own) for _module, own in groupby(items, key=lambda item: item.path)]
    items[:] = [item for own in modules for item in sorted(own, key=lambda item: list(_wanted(item)))]


def stand_for(item: Any, cast: Callable[[], Any], at: datetime) -> None:
    """Take down what ``item`` does not want, and make what it does, before its own transaction begins."""
    wanted = _wanted(item)
    same = [one.make is make for one, make in zip(_standing, wanted.values(), strict=False)]
    take_down(to=[*same, False].index(False))
    for make in list(wanted.values())[len(_standing) :]:
        there = {one.make.__name__: _fresh(one.record) for one in _standing}
        with ExitStack() as stack, clock.set_to(at):
            stack.enter_context(transaction.atomic())
            record = make(**{name: cast() if name == CAST else there[name] for name in _needs(make)})
            _standing.append(Standing(make, stack.pop_all(), record))


def take_down(to: int = 0) -> None:
    while len(_standing) > to:
        transaction.set_rollback(True)
        _standing.pop().savepoint.close()


def _needs(make: Maker) -> list[str]:
    return list(inspect.signature(make).parameters)


def _fresh(record: Model | None) -> Model | None:
    return record and type(record)._base_manager.get(pk=record.pk)


def _wanted(item: Any) -> dict[str, Maker]:
    """By name, the records that ``item`` is to find, each after those that it is made from."""
    marker, names = item.get_closest_marker("django_db"), set(getattr(item, "fixturenames", ()))
    if COMMITS & names or (marker and marker.kwargs.get("transaction")):
        return {}
    fixtures = {name: found[-1] for name, found in item._fixtureinfo.name2fixturedefs.items() if name in names}
    makers = {name: getattr(one.func, MARK) for name, one in fixtures.items() if hasattr(one.func, MARK)}
    return {name: makers[name] for wanted in sorted(makers) for name in _with_needs(makers, wanted)}


def _with_needs(makers: Mapping[str, Maker], name: str) -> Iterator[str]:
    """``name`` after all that it is made from; nothing where a module has a fixture of its own for one of those."""
    below = [list(_with_needs(makers, need)) for need in _needs(makers[name]) if need != CAST and need in makers]
    if all(below) and len(below) == len([need for need in _needs(makers[name]) if need != CAST]):
        yield from (each for one in below for each in one)
        yield name
