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
question to the database, or anything of a reader beside who they are, where they work and what they may do. It is
written twice, with other stand-ins at another hour: whatever was worked out of a stand-in or of the hour differs, and
is refused too (ADR 25).
"""

import copy
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property, update_wrapper
from hashlib import sha256
from itertools import count
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.signals import setting_changed
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.backends.postgresql.psycopg_any import Jsonb
from django.db.models import Field, ForeignObject, Lookup, Model, QuerySet, Subquery
from psycopg2.extensions import AsIs

from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.stand_ins import (
    FIRST,
    KINDS,
    READER,
    TEAM,
    TURNS,
    WORKS,
    KeepsWhatIsRead,
    Place,
    Turn,
    Values,
    place_of,
    shape_of,
)
from diversion.unit_of_work import WRITTEN, current, nothing_read

#: So many ways of asking one question are kept, of so many days: what was asked yesterday is asked no more.
MOST, DAYS = 256, 1
#: So many plans a database session keeps: those of the next day are others, and behind a pooler it lives for long.
MOST_PREPARED = 600


class OneOf(Lookup):
    """``pk__any=[…]``: one of a list, in one place of the statement however long it is; or of an `ArraySubquery`, which
    is read first, and whose rows are then looked up one by one: of a plan that is made for any value PostgreSQL does
    not know how few they are, and would read all of the table beside them.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Subquery):
            found, others = compiler.compile(self.rhs)
            return f"{left} = ANY ({found})", [*parameters, *others]
        return f"{left} = ANY (%s)", [*parameters, list(self.rhs)]


Field.register_lookup(OneOf)
ForeignObject.register_lookup(OneOf)


class written:  # noqa: N801 - a decorator
    """Keep what the decorated function asks; ``places`` are its arguments whose values go into it anew each time.

    Each is named with what it holds: ``int``, ``str``, a list of either (``[int]``), or ``date``; none may be None.
    Nothing may be worked out of them in Python, nor asked about them: not ``text.upper()``, not ``if keys``.
    """

    def __init__(self, **places: Any) -> None:
        if odd := [name for name, kind in places.items() if kind not in KINDS]:
            raise TypeError(f"Nothing stands in for what {odd} hold: only for one of {KINDS}.")
        self._places = places
        self._numbers = {name: FIRST + 10 + number for number, name in enumerate(places)}
        self._days: dict[date, dict[Hashable, _Question]] = {}
        setting_changed.connect(self._forget)  # sent by tests alone: a setting may stand in a question

    def _forget(self, **kwargs: Any) -> None:
        self._days = {}

    def __call__(self, ask: "Callable[..., QuerySet[Any, Any]]") -> Callable[..., list[Any]]:
        def answer(*, by: User | None = None, **given: Any) -> list[Any]:
            values = {number: given[name] for name, number in self._numbers.items()}
            if None in values.values():
                raise TypeError(f"{ask.__qualname__} was asked with None, which would be looked for as a word.")
            rest = {name: value for name, value in given.items() if name not in self._numbers}
            question = self._question(ask, rest, by)
            if by is not None:
                values |= {READER: by.pk, WORKS: by.organisation_id, TEAM: by.team_id}
            return question.answered(values)

        return update_wrapper(answer, ask)

    def _question(self, ask: "Callable[..., QuerySet[Any, Any]]", rest: dict[str, Any], by: User | None) -> "_Question":
        kept, key = self._today(), (_kind_of(by), *sorted(rest.items()))
        if key not in kept:
            kept[key] = _Question.of(ask, self._places, rest, by)
        return kept[key]

    def _today(self) -> "dict[Hashable, _Question]":
        kept = self._days.setdefault(clock.today(), {})
        if len(self._days) > DAYS or len(kept) >= MOST:
            kept = {}
            self._days = {clock.today(): kept}
        return kept


def _kind_of(by: User | None) -> Hashable:
    """What of a reader says which question it is, and not whose."""
    if by is None:
        return None
    return (by.is_here, by.rank, by.acting_rank, by.organisation.kind, by.team_id is None, by.permissions)


def _anybody_like(by: User, turn: Turn) -> User:
    """A reader of the same kind, of whom nothing else can be read: Django would ask for it, and may not."""
    reader, works, team = map(turn.number, (READER, WORKS, TEAM))
    user: User = _with(User, id=reader, organisation_id=works, team_id=None if by.team_id is None else team)
    user.organisation = _with(Organisation, id=works, kind=by.organisation.kind)
    user.rank, user.is_active, user.vetted_until = by.rank, by.is_here, None
    user.__dict__ |= {"permissions": by.permissions, "acting": by.acting_rank}
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


@contextmanager
def _unasked() -> Iterator[None]:
    """Nothing may be asked of the database while a question is written: its answer would be kept with it."""

    def refuse(execute: Any, sql: str, *others: Any) -> Any:
        raise KeepsWhatIsRead(f"This is asked while a question is written, and would be kept in it: {sql[:200]}")

    with nothing_read(), connection.execute_wrapper(refuse):
        yield


def _sql_of(rows: Any) -> tuple[Any, str, Sequence[Any]]:
    """The compiler of ``rows``, and its statement with the parameters; "" for what has no rows whoever asks."""
    if rows._prefetch_related_lookups:
        raise KeepsWhatIsRead("What is fetched beside the rows would keep its reader: ask for it with the rows found.")
    compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
    try:
        return (compiler, *compiler.as_sql())
    except EmptyResultSet:
        return compiler, "", ()


@dataclass
class _Question:
    """A statement, with `Place` among its parameters, and what Django needs to read the rows that answer it."""

    rows: "QuerySet[Any, Any]"
    compiler: Any
    sql: str
    parameters: list[Any]

    @classmethod
    def of(
        cls,
        ask: "Callable[..., QuerySet[Any, Any]]",
        places: dict[str, Any],
        rest: dict[str, Any],
        by: User | None,
    ) -> "_Question":
        written = []
        for turn in TURNS:
            stand_ins = {
                name: turn.stand_in(kind, FIRST + 10 + number) for number, (name, kind) in enumerate(places.items())
            }
            reader = {} if by is None else {"by": _anybody_like(by, turn)}
            with _unasked(), clock.set_to(turn.moment()):
                rows: Any = ask(**reader, **stand_ins, **rest)
                written.append((rows, *_sql_of(rows)))
        (rows, compiler, sql, parameters), (*_, again, others) = written
        if (sql, shape_of(parameters, TURNS[0])) != (again, shape_of(others, TURNS[1])):
            raise KeepsWhatIsRead(
                f"{ask.__qualname__} works something out of a value, a reader or the hour, which would be kept in it:"
                " have the database do it, or give what comes of it as a value."
            )
        return cls(rows, compiler, sql, [place_of(one, TURNS[0].moment()) for one in parameters])

    def answered(self, values: Values) -> list[Any]:
        """The rows, with ``values`` in their places."""
        if not self.sql:
            return []
        asked = copy.copy(self.compiler)
        asked.connection, asked.as_sql = connection, lambda: self._statement(values)
        asked.get_converters = lambda expressions: self._converters
        rows: Any = type(self.rows).__new__(type(self.rows))
        rows.__dict__ |= self.rows.__dict__ | {"_query": _Written(self.rows.query, asked)}
        try:
            return list(rows)
        except DatabaseError:
            current().prepared = None  # nobody knows whether it was prepared before it failed
            raise

    def _statement(self, values: Values) -> tuple[str, list[Any]]:
        """Under its name where it is known what the session has prepared (`diversion.unit_of_work`)."""
        unit = current()
        if unit.prepared is None:
            return self.sql, [one.put(values) if isinstance(one, Place) else one for one in self.parameters]
        put, name = [one.put(values) for one in self._places], f"{WRITTEN}{unit.schema}_{self._digest}"
        execute = f"EXECUTE {name} ({', '.join(['%s'] * len(put))})" if put else f"EXECUTE {name}"
        if name in unit.prepared:
            return execute, put
        prepare = f"PREPARE {name} {self._kinds} AS {self.sql}; {execute}"
        if len(unit.prepared) >= MOST_PREPARED:
            unit.prepared.clear()
            prepare = f"DEALLOCATE ALL; {prepare}"
        unit.prepared.add(name)
        return prepare, [*self._numbered, *put]

    @cached_property
    def _converters(self) -> Any:
        """How Django reads the columns; the same for whoever asks."""
        return self.compiler.get_converters([one[0] for one in self.compiler.select[0 : self.compiler.col_count]])

    @cached_property
    def _places(self) -> list[Place]:
        return [one for one in self.parameters if isinstance(one, Place)]

    @cached_property
    def _kinds(self) -> str:
        return f"({', '.join(one.kind for one in self._places)})" if self._places else ""

    @cached_property
    def _numbered(self) -> list[Any]:
        """The parameters to prepare it with: what goes in anew has a number."""
        numbers = count(1)
        return [AsIs(f"${next(numbers)}") if isinstance(one, Place) else one for one in self.parameters]

    @cached_property
    def _digest(self) -> str:
        """Of what is prepared under its name, so that code of two versions may share a session."""
        same = [self._kinds, self.sql, [repr(_same(one)) for one in self._numbered]]
        return sha256(repr(same).encode()).hexdigest()[:24]


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
