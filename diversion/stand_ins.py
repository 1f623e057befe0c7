"""What stands in a question in the place of somebody's own values while it is written (`diversion.written`)."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db.backends.postgresql.psycopg_any import Jsonb

from diversion import clock

#: Stand-ins: numbers that no row has, and the microsecond of a moment that nobody records.
FIRST, MOMENT = 7_310_585_920_000_000_001, 618_033
READER, WORKS, TEAM = FIRST, FIRST + 1, FIRST + 2
STAND_INS = range(FIRST, FIRST + 30)
#: As far from the first of a list is what stands in beside it; and how every stand-in begins as Python prints it.
NEXT, SIGN_OF_NUMBER, SIGN_OF_DAY = len(STAND_INS), "7310", "datetime.date(8"
LAST_DAY = date(8731, 1, 30).toordinal()


#: What a value may be.
KINDS: tuple[Any, ...] = (int, str, date, [int], [str])


class KeepsWhatIsRead(ValueError):
    """A question that would keep what belongs to one reader or one moment."""


@dataclass(frozen=True)
class Turn:
    """One of the two times that a question is written: which stand-ins are given, and what time of the day it is.

    Those of the second stand further apart and look otherwise, so that whatever is worked out of one is no other.
    """

    at: time
    is_second: bool = False

    def number(self, number: int) -> int:
        """The stand-in ``number``, as it is this time."""
        return number + 10**12 * (1 + 3 * (number - FIRST)) if self.is_second else number

    def stand_in(self, kind: Any, number: int) -> Any:
        if kind is date:
            ordinal = LAST_DAY + FIRST - number
            return date.fromordinal(ordinal - 400 * (1 + number - FIRST) if self.is_second else ordinal)
        if isinstance(kind, list):  # of another length the second time
            return [self.stand_in(kind[0], each) for each in (number, number + NEXT)[: 1 + self.is_second]]
        # What is cut, trimmed, escaped for a pattern or put in capitals looks otherwise then.
        return f" a%{self.number(number)}_z " if kind is str and self.is_second else kind(self.number(number))

    def moment(self) -> datetime:
        return datetime.combine(clock.today(), self.at, clock.LONDON).astimezone(UTC)


#: Both later than the hour at which clocks are put forward or back.
TURNS = (Turn(time(12, 0, 0, MOMENT)), Turn(time(23, 7, 41, MOMENT), is_second=True))

Values = dict[int, Any]


@dataclass(frozen=True)
class Place:
    """Where something goes into a statement anew: ``put`` makes it of the values, ``kind`` is PostgreSQL's for it."""

    put: Callable[[Values], Any]
    kind: str


def place_of(parameter: Any, moment: datetime) -> Any:
    """The place where ``parameter`` stands in for something; a parameter that is the same for all as it is."""
    if isinstance(parameter, datetime) and parameter.microsecond == MOMENT:
        away = parameter - moment
        return Place(lambda values: clock.now() + away, "timestamptz")
    if isinstance(parameter, date) and (number := FIRST + LAST_DAY - parameter.toordinal()) in STAND_INS:
        return Place(lambda values: values[number], "date")
    told = _told(parameter)
    holds = any(str(number) in told for number in STAND_INS)
    if SIGN_OF_DAY in told or (holds and not isinstance(parameter, int | str | list | Jsonb)):
        raise KeepsWhatIsRead(f"What stands in for a value would be kept within a {type(parameter).__name__}.")
    if not holds:
        return parameter
    if isinstance(parameter, Jsonb):
        return Place(lambda values: Jsonb(_put(parameter.adapted, values)), "jsonb")
    is_number = isinstance(parameter, int)
    are_numbers = isinstance(parameter, list) and not isinstance(parameter[0], str)
    kind = "bigint" if is_number else "bigint[]" if are_numbers else "unknown"
    return Place(lambda values: _put(parameter, values), kind)


def _told(parameter: Any) -> str:
    return repr(parameter.adapted if isinstance(parameter, Jsonb) else parameter)


def _put(parameter: Any, values: Values) -> Any:
    """The same with ``values`` in the places of what stands in for them, also within words and lists.

    Words are gone through once: what somebody typed may itself look like a stand-in.
    """
    if isinstance(parameter, str):
        return STAND_IN.sub(lambda found: str(values[int(found[0])]), parameter)
    if isinstance(parameter, list):
        return _in_list(parameter, values)
    if isinstance(parameter, dict):
        return {key: _put(value, values) for key, value in parameter.items()}
    return values.get(parameter, parameter) if isinstance(parameter, int) else parameter


#: A stand-in within words.
STAND_IN = re.compile("|".join(map(str, STAND_INS)))


def _in_list(parameter: list[Any], values: Values) -> list[Any]:
    """A list that stands in for a list is that one."""
    if len(parameter) == 1 and str(parameter[0]).isdecimal() and isinstance(values.get(int(parameter[0])), list):
        return list(values[int(parameter[0])])
    return [_put(one, values) for one in parameter]


def shape_of(parameters: Sequence[Any], turn: Turn) -> list[str]:
    """The parameters, with the same words for what stands in for the same in either turn."""
    return [_shaped(one, turn) for one in parameters]


def _shaped(parameter: Any, turn: Turn) -> str:
    if isinstance(parameter, datetime) and parameter.microsecond == MOMENT:
        return f"<now {(parameter - turn.moment()) / timedelta(microseconds=1)}>"
    told = _told(parameter)
    if SIGN_OF_NUMBER in told or SIGN_OF_DAY in told:
        for looks, same in _looks(turn):
            told = told.replace(looks, same)
    return f"{type(parameter).__name__} {told}"


@cache
def _looks(turn: Turn) -> list[tuple[str, str]]:
    """How each stand-in may look in either turn, and the words that are put for it, in the order in which they go."""
    return [pair for number in reversed(range(FIRST, FIRST + 2 * NEXT)) for pair in _looks_of(number, turn)]


def _looks_of(number: int, turn: Turn) -> Iterator[tuple[str, str]]:
    same, beside, own = f"<{number}>", f"<{number + NEXT}>", str(turn.number(number))
    yield turn.stand_in(str, number), own
    yield own, same
    yield repr(turn.stand_in(date, number)), same
    yield f"{same}, {beside}]", f"{same}]"
    yield f"'{same}', '{beside}']", f"'{same}']"
