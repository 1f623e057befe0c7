"""The values that stand for all values: for each unknown fact, enough of them to show every answer the tests can give.

A yes-or-no or a choice is listed whole. Dates and amounts can only be told apart by the tests at their cuts, so the
first day after each cut stands for every day up to the next. Two dates are tied by age at the offence: their cuts are
carried across, birth to offence and back, until any order of the cuts that can happen does happen. Sets of needs and
lists of earlier outcomes are built up one member at a time until no test can tell a longer one from a shorter one.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

from .codes import EARLIER_OUTCOMES, NEEDS
from .dates import add_months, birthday, latest_birth
from .facts import VOCABULARY
from .formula import AtMost, Atom, Earlier, HasAtLeast, HistoryAtMost, HistoryFilter, OldEnough, OneOf
from .knowledge import Knowledge
from .reading import FactError

ANOTHER = "any other"
"""Stands for every word that no test names."""

_MISFIT = "earlier_outcomes and the numbers of earlier outcomes that are given do not fit together"


def domain(fact: str, tests: Iterable[Atom], knowledge: Knowledge) -> tuple[Any, ...]:
    """Values of ``fact`` that between them show every result ``tests`` can have, given what is known."""
    if fact in knowledge.known:
        return _checked(fact, knowledge)
    match VOCABULARY[fact].type:
        case "yes_no":
            return tuple(value for value in (False, True) if value in knowledge.allowed.get(fact, {False, True}))
        case "choice":
            return tuple(code for code in VOCABULARY[fact].values if code in knowledge.allowed.get(fact, {code}))
        case "date":
            return _dates(fact, list(tests), knowledge)
    reading = [test for test in tests if fact in test.facts]
    match VOCABULARY[fact].type:
        case "word":
            named = {value for test in reading if isinstance(test, OneOf) for value in test.values}
            return (*sorted(named), ANOTHER)
        case "whole" | "number":
            return _numbers(fact, reading)
        case "needs":
            return _needs(reading, knowledge.allowed.get(fact))
        case _:
            return _histories(reading, knowledge)


def _numbers(fact: str, tests: Sequence[Atom]) -> tuple[Any, ...]:
    spec = VOCABULARY[fact]
    if spec.minimum is not None and spec.maximum is not None:
        return tuple(range(spec.minimum, spec.maximum + 1))
    cuts = sorted({test.limit for test in tests if isinstance(test, AtMost)})
    between = [(low + high) / 2 for low, high in pairwise(cuts)]
    values = sorted({float(spec.minimum or 0), *cuts, *between, cuts[-1] + 1})
    return tuple(value for value in values if value >= (spec.minimum or 0))


def _dates(fact: str, tests: Sequence[Atom], knowledge: Knowledge) -> tuple[date, ...]:
    """The first day of every stretch of days that the tests cannot tell apart."""
    years = sorted({test.years for test in tests if isinstance(test, OldEnough)})
    starts = _carried(fact, years, tests, knowledge) if years else _starts(fact, tests, knowledge)
    first, last = knowledge.ranges[fact]
    days = sorted(day for day in starts if first <= day <= last)
    return _fitting(days, knowledge) if fact == "offence_date" else tuple(days)


def _checked(fact: str, knowledge: Knowledge) -> tuple[Any, ...]:
    """The one known value, once the counts given beside a full list of earlier outcomes are seen to agree with it."""
    value = knowledge.known[fact]
    if fact == "earlier_outcomes" and "offence_date" in knowledge.known:
        return _agreeing([value], knowledge)
    return (value,)


def _fitting(days: list[date], knowledge: Knowledge) -> tuple[date, ...]:
    """The offence dates that agree with both a full list of earlier outcomes and the counts given beside it."""
    listed = knowledge.known.get("earlier_outcomes")
    if listed is None:
        return tuple(days)
    kept = tuple(day for day in days if all(count.agrees(listed, day) for count in knowledge.counted))
    if not kept:
        raise FactError(_MISFIT)
    return kept


def _carried(fact: str, years: Sequence[int], tests: Sequence[Atom], knowledge: Knowledge) -> set[date]:
    """Starts of birth and offence with each other's carried across.

    An age at the offence says that one date is no earlier than a rising function of the other, so any order of cuts
    that can happen happens on a least pair of days. Those are reached by carrying offence from birth, birth from that,
    and offence once more: two offence dates with one birth, or two births with one offence date, is the longest chain.
    """
    births = _starts("date_of_birth", tests, knowledge)
    offences = _starts("offence_date", tests, knowledge)
    offences |= {birthday(born, n) for born in births for n in years}
    births |= {latest_birth(day, n) + timedelta(days=1) for day in offences for n in years}
    offences |= {birthday(born, n) for born in births for n in years}
    own = {"date_of_birth": births, "offence_date": offences}
    return own[fact] if fact in own else _starts(fact, tests, knowledge)


def _starts(fact: str, tests: Sequence[Atom], knowledge: Knowledge) -> set[date]:
    first, last = knowledge.ranges[fact]
    limits = [test.limit for test in tests if isinstance(test, AtMost) and test.fact == fact]
    starts = {first, *(limit + timedelta(days=1) for limit in limits)}
    if fact == "offence_date":
        starts |= _history_starts(tests, knowledge)
    return {day for day in starts if first <= day <= last}


def _history_starts(tests: Sequence[Atom], knowledge: Knowledge) -> set[date]:
    """Offence dates about which a dated earlier outcome enters or leaves a window (months end unevenly)."""
    filters = [test.filter for test in tests if isinstance(test, HistoryAtMost)]
    filters += [counted.filter for counted in knowledge.counted]
    dated = [item.on for item in knowledge.listed or () if item.on]
    edges = {add_months(on, wanted.within_months or 0) for on in dated for wanted in filters} | set(dated)
    return {edge + timedelta(days=days) for edge in edges for days in range(-4, 5)}


def _needs(tests: Sequence[Atom], allowed: frozenset[Any] | None) -> tuple[frozenset[str], ...]:
    """Sets of needs that stand for all; ``allowed`` are the smallest and the largest that the known needs leave."""
    sure: frozenset[str] = frozenset.intersection(*allowed) if allowed else frozenset()
    possible: frozenset[str] = frozenset.union(*allowed) if allowed else frozenset(NEEDS)
    wanted = {(test.members, test.minimum) for test in tests if isinstance(test, HasAtLeast)}
    caps = sorted(wanted, key=lambda pair: (sorted(pair[0]), pair[1]))

    def signature(held: frozenset[str]) -> tuple[int, ...]:
        return tuple(min(least, len(held & members if members else held)) for members, least in caps)

    found: dict[tuple[int, ...], frozenset[str]] = {signature(sure): sure}
    frontier = [sure]
    while frontier:
        grown = [held | {need} for held in frontier for need in NEEDS if need in possible - held]
        frontier = []
        for held in grown:
            if signature(held) not in found:
                found[signature(held)] = held
                frontier.append(held)
    return tuple(found.values())


def _histories(tests: Sequence[Atom], knowledge: Knowledge) -> tuple[tuple[Earlier, ...], ...]:
    asked = [(test.filter, test.maximum + 1) for test in tests if isinstance(test, HistoryAtMost)]
    caps = [*asked, *((counted.filter, counted.number + 1) for counted in knowledge.counted)]
    if knowledge.listed is not None:
        return _completed(knowledge.listed, [wanted for wanted, _ in caps], knowledge)
    items = _standing_for([wanted for wanted, _ in caps], knowledge)
    found: dict[tuple[int, ...], tuple[Earlier, ...]] = {_tally((), caps, knowledge.at): ()}
    frontier: list[tuple[Earlier, ...]] = [()]
    while frontier:
        grown = [(*held, item) for held in frontier for item in items]
        frontier = []
        for held in grown:
            tally = _tally(held, caps, knowledge.at)
            if tally not in found:
                found[tally] = held
                frontier.append(held)
    return _agreeing(found.values(), knowledge)


def _tally(held: tuple[Earlier, ...], caps: Sequence[tuple[HistoryFilter, int]], at: date) -> tuple[int, ...]:
    return tuple(min(cap, sum(wanted.matches(item, at) for item in held)) for wanted, cap in caps)


def _agreeing(histories: Iterable[tuple[Earlier, ...]], knowledge: Knowledge) -> tuple[tuple[Earlier, ...], ...]:
    anchor = knowledge.known.get("offence_date", knowledge.at)
    if knowledge.listed is not None and "offence_date" not in knowledge.known:
        return tuple(histories)
    kept = tuple(items for items in histories if all(count.agrees(items, anchor) for count in knowledge.counted))
    if not kept:
        raise FactError(_MISFIT)
    return kept


def _standing_for(filters: Sequence[HistoryFilter], knowledge: Knowledge) -> list[Earlier]:
    """One item for each set of filters that an earlier outcome can pass."""
    named = {outcome for wanted in filters for outcome in wanted.outcomes}
    outcomes = [*sorted(named), *[code for code in EARLIER_OUTCOMES if code not in named][:1]]
    schemes = [None, *sorted({wanted.scheme for wanted in filters if wanted.scheme})]
    found: dict[tuple[bool, ...], Earlier] = {}
    marks = _month_marks(filters, knowledge)
    engaged = (False, True) if any(wanted.unengaged_only for wanted in filters) else (None,)
    for outcome, months, similar, scheme, took_part in product(outcomes, marks, (False, True), schemes, engaged):
        item = Earlier(outcome, similar=similar, scheme=scheme, months_before=months, engaged=took_part)
        found.setdefault(tuple(wanted.matches(item, knowledge.at) for wanted in filters), item)
    return [item for passed, item in found.items() if any(passed)]


def _month_marks(filters: Sequence[HistoryFilter], knowledge: Knowledge) -> list[float]:
    windows = sorted({wanted.within_months for wanted in filters if wanted.within_months})
    inside = [window - 0.5 for window in windows]
    after_offence = [] if knowledge.known.get("offence_date") == knowledge.at else [-0.5]
    return [*after_offence, *inside, (windows[-1] if windows else 0) + 0.5]


def _completed(
    listed: tuple[Earlier, ...], filters: Sequence[HistoryFilter], knowledge: Knowledge
) -> tuple[tuple[Earlier, ...], ...]:
    """Every way in which a list with gaps (no date, no word on similarity or on taking part) may be filled."""
    choices = [_fillings(item, filters, knowledge) for item in listed]
    size = 1
    for choice in choices:
        size *= len(choice)
    if size > 20_000:
        raise FactError("earlier_outcomes: too many entries lack a date or similar; give them for the latest ones")
    return _agreeing(tuple(product(*choices)), knowledge)


def _fillings(item: Earlier, filters: Sequence[HistoryFilter], knowledge: Knowledge) -> list[Earlier]:
    similar = [item.similar] if item.similar is not None else [False, True]
    marks = [None] if item.on is not None else _month_marks(filters, knowledge)
    asked = any(wanted.unengaged_only and wanted.scheme in (None, item.scheme) for wanted in filters)
    engaged = [False, True] if asked and item.engaged is None else [item.engaged]
    filled = [
        Earlier(item.outcome, item.on, same, item.scheme, months, took_part)
        for same, months, took_part in product(similar, marks, engaged)
    ]
    anchor = knowledge.known.get("offence_date")
    if anchor is None and item.on is not None:
        matters = len(engaged) > 1 or any(wanted.similar_only and item.outcome in wanted.outcomes for wanted in filters)
        return filled if matters else filled[:1]
    distinct = {tuple(w.matches(option, anchor or knowledge.at) for w in filters): option for option in filled}
    return list(distinct.values())
