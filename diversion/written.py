"""Questions that are written once a process, and planned once a database session.

To write a question of a page takes Django longer than PostgreSQL takes to answer it, and behind the wall PostgreSQL
plans it longer than it runs it::

    @written(keys=[int])
    def _rows(*, by: User, keys: list[int]) -> QuerySet[Case]:
        return Case.objects.visible_to(by).filter(pk__any=keys)

    cases = _rows(by=request.user, keys=[1, 2])

The function is called for a reader who stands for all of their kind, and for stand-ins of the values that it names:
what came of it is kept, and the next call puts its own values in their places. What else a question depends on is part
of the key under which it is kept: what the reader may do, the day, and every argument that is not named. A moment in it
is told by its distance from this one. What would stay behind from the first reader is refused where it is written: a
question to the database, or anything of a reader beside who they are, where they work and what they may do.
"""

import copy
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property, update_wrapper
from hashlib import sha256
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.signals import setting_changed
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet
from psycopg2.extensions import AsIs

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.unit_of_work import WRITTEN, current

#: Stand-ins: numbers that no row has, and the microsecond of a moment that nobody records.
FIRST, MOMENT = 7_310_585_920_000_000_001, 618_033
READER, WORKS, TEAM = FIRST, FIRST + 1, FIRST + 2
STAND_INS = range(FIRST, FIRST + 30)
LAST_DAY = date(8731, 1, 30).toordinal()
#: So many ways of asking one question are kept; a day has few, and the next begins anew.
MOST = 256


class OneOf(Lookup):
    """``pk__any=[…]``: one of a list, in one place of the statement however long it is."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY (%s)", [*parameters, list(self.rhs)]


Field.register_lookup(OneOf)
ForeignObject.register_lookup(OneOf)


class written:  # noqa: N801 - a decorator
    """Keep what the decorated function asks; ``places`` are its arguments whose values go into it anew each time.

    Each is named with what it holds: ``int``, ``str``, a list of either (``[int]``), or ``date``; none may be None.
    """

    def __init__(self, **places: Any) -> None:
        self._numbers = {name: FIRST + 10 + number for number, name in enumerate(places)}
        self._stand_ins = {name: _stand_in(kind, self._numbers[name]) for name, kind in places.items()}
        self._kept: dict[Hashable, _Question] = {}
        setting_changed.connect(self._forget)  # sent by tests alone: a setting may stand in a question

    def _forget(self, **kwargs: Any) -> None:
        self._kept.clear()

    def __call__(self, ask: "Callable[..., QuerySet[Any, Any]]") -> Callable[..., list[Any]]:
        def answer(*, by: User | None = None, **given: Any) -> list[Any]:
            values = {number: given[name] for name, number in self._numbers.items()}
            rest = {name: value for name, value in given.items() if name not in self._numbers}
            key = (clock.today(), _kind_of(by), *sorted(rest.items()))
            question = self._kept.get(key)
            if question is None:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                question = self._kept[key] = _Question.of(ask, self._stand_ins | rest, by)
            if by is not None:
                values |= {READER: by.pk, WORKS: by.organisation_id, TEAM: by.team_id}
            return question.answered(values)

        return update_wrapper(answer, ask)


def _stand_in(kind: Any, number: int) -> Any:
    if kind is date:
        return date.fromordinal(LAST_DAY + FIRST - number)
    return [_stand_in(kind[0], number)] if isinstance(kind, list) else kind(number)


def _kind_of(by: User | None) -> Hashable:
    """What of a reader says which question it is, and not whose."""
    if by is None:
        return None
    return (by.is_here, by.rank, by.acting_rank, by.organisation.kind, by.team_id is None, by.permissions)


def _anybody_like(by: User) -> User:
    """A reader of the same kind, of whom nothing else can be read: Django would ask for it, and may not."""
    user: User = _with(User, id=READER, organisation_id=WORKS, team_id=None if by.team_id is None else TEAM)
    user.organisation = _with(Organisation, id=WORKS, kind=by.organisation.kind)
    user.rank, user.is_active, user.vetted_until = by.rank, by.is_here, None
    user.__dict__ |= {"permissions": by.permissions, "granted": [*by.permissions], "acting": by.acting_rank}
    return user


def _with(model: type[Model], **known: Any) -> Any:
    """A row with these of its fields; the others are not loaded."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])


def beside(row: Model, name: str, rows: list[Any]) -> None:
    """Let ``row.name.all()`` be ``rows``, as if they were prefetched: what is asked beside a written question."""
    manager = getattr(row, name)
    found = manager.get_queryset() if rows else manager.model._default_manager.none()
    found._result_cache, found._prefetch_done = rows, True
    for one in rows:
        setattr(one, manager.field.name, row)
    row.__dict__.setdefault("_prefetched_objects_cache", {})[manager.field.remote_field.cache_name] = found


class KeepsWhatIsRead(ValueError):
    """A question that would keep what belongs to one reader or one moment."""


@contextmanager
def _unasked() -> Iterator[None]:
    """Nothing may be asked of the database while a question is written: its answer would be kept with it."""

    def refuse(execute: Any, sql: str, *others: Any) -> Any:
        raise KeepsWhatIsRead(f"This is asked while a question is written, and would be kept in it: {sql[:200]}")

    with connection.execute_wrapper(refuse):
        yield


Values = dict[int, Any]


@dataclass(frozen=True)
class _Place:
    """Where something goes into a statement anew: ``put`` makes it of the values, ``kind`` is PostgreSQL's for it."""

    put: Callable[[Values], Any]
    kind: str


def _place(parameter: Any, moment: datetime) -> Any:
    """The place where ``parameter`` stands in for something; a parameter that is the same for all as it is."""
    if isinstance(parameter, datetime) and parameter.microsecond == MOMENT:
        away = parameter - moment
        return _Place(lambda values: clock.now() + away, "timestamptz")
    if isinstance(parameter, date) and (number := FIRST + LAST_DAY - parameter.toordinal()) in STAND_INS:
        return _Place(lambda values: values[number], "date")
    numbers = [number for number in STAND_INS if str(number) in _told(parameter)]
    if not numbers:
        return parameter
    if isinstance(parameter, Jsonb):
        return _Place(lambda values: Jsonb(_put(parameter.adapted, values)), "jsonb")
    kinds = {
        int: "bigint",
        list: "unknown" if isinstance(parameter, list) and isinstance(parameter[0], str) else "bigint[]",
    }
    return _Place(lambda values: _put(parameter, values), kinds.get(type(parameter), "unknown"))


#: What PostgreSQL is told of a place that holds a value and nothing beside; of others it finds it out.
KINDS = {"0": "bigint", "[0]": "bigint[]", "['0']": "text[]"}


def _told(parameter: Any) -> str:
    return repr(parameter.adapted if isinstance(parameter, Jsonb) else parameter)


def _put(parameter: Any, values: Values) -> Any:
    """The same with ``values`` in the places of what stands in for them, also within words and lists."""
    if isinstance(parameter, str):
        for number, value in values.items():
            parameter = parameter.replace(str(number), str(value))
        return parameter
    if isinstance(parameter, list):
        return _in_list(parameter, values)
    if isinstance(parameter, dict):
        return {key: _put(value, values) for key, value in parameter.items()}
    return values.get(parameter, parameter) if isinstance(parameter, int) else parameter


def _in_list(parameter: list[Any], values: Values) -> list[Any]:
    """A list that stands in for a list is that one."""
    if len(parameter) == 1 and str(parameter[0]).isdecimal() and isinstance(values.get(int(parameter[0])), list):
        return list(values[int(parameter[0])])
    return [_put(one, values) for one in parameter]


@dataclass
class _Question:
    """A statement, with `_Place` among its parameters, and what Django needs to read the rows that answer it."""

    rows: "QuerySet[Any, Any]"
    compiler: Any
    sql: str
    parameters: list[Any]

    @classmethod
    def of(cls, ask: "Callable[..., QuerySet[Any, Any]]", given: dict[str, Any], by: User | None) -> "_Question":
        reader = {} if by is None else {"by": _anybody_like(by)}
        moment = datetime.combine(clock.today(), time(12, 0, 0, MOMENT), clock.LONDON).astimezone(UTC)
        with _unasked(), clock.set_to(moment):
            rows: Any = ask(**reader, **given)
            if rows._prefetch_related_lookups:
                raise KeepsWhatIsRead(
                    "What is fetched beside the rows would keep its reader: ask for it with the rows found."
                )
            compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
            try:
                sql, parameters = compiler.as_sql()
            except EmptyResultSet:
                sql, parameters = "", ()
        return cls(rows, compiler, sql, [_place(one, moment) for one in parameters])

    def answered(self, values: Values) -> list[Any]:
        """The rows, with ``values`` in their places."""
        if not self.sql:
            return []
        asked = copy.copy(self.compiler)
        asked.connection, asked.as_sql = connection, lambda: self._statement(values)
        asked.get_converters = lambda expressions: self._converters
        rows: Any = type(self.rows).__new__(type(self.rows))
        rows.__dict__ |= self.rows.__dict__ | {"_query": _Written(self.rows.query, asked)}
        return list(rows)

    def _statement(self, values: Values) -> tuple[str, list[Any]]:
        """Under its name where it is known what the session has prepared (`diversion.unit_of_work`)."""
        prepared = current().prepared
        if prepared is None:
            return self.sql, [one.put(values) if isinstance(one, _Place) else one for one in self.parameters]
        put = [one.put(values) for one in self._places]
        execute = f"EXECUTE {self._name} ({', '.join(['%s'] * len(put))})" if put else f"EXECUTE {self._name}"
        if self._name in prepared:
            return execute, put
        prepared.add(self._name)
        return f"PREPARE {self._name} {self._kinds} AS {self.sql}; {execute}", [*self._numbered, *put]

    @cached_property
    def _converters(self) -> Any:
        """How Django reads the columns; the same for whoever asks."""
        return self.compiler.get_converters([one[0] for one in self.compiler.select[0 : self.compiler.col_count]])

    @cached_property
    def _places(self) -> list[_Place]:
        return [one for one in self.parameters if isinstance(one, _Place)]

    @cached_property
    def _kinds(self) -> str:
        return f"({', '.join(one.kind for one in self._places)})" if self._places else ""

    @cached_property
    def _numbered(self) -> list[Any]:
        """The parameters to prepare it with: what goes in anew has a number."""
        numbers = count(1)
        return [AsIs(f"${next(numbers)}") if isinstance(one, _Place) else one for one in self.parameters]

    @cached_property
    def _name(self) -> str:
        """By what is prepared under it, so that code of two versions may share a session."""
        same = [self._kinds, self.sql, [repr(_same(one)) for one in self._numbered]]
        return WRITTEN + sha256(repr(same).encode()).hexdigest()[:24]


def _same(parameter: Any) -> Any:
    return parameter.adapted if isinstance(parameter, AsIs | Jsonb) else parameter


class _Written:
    """The query of rows that are asked for by what was written."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._whole, self._compiler = query, compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)

    def get_compiler(self, using: str) -> Any:
        return self._compiler
