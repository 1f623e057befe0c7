"""One transaction for each request and for each unit of work within a task, and who it is for.

The user and the organisation stand on the transaction itself as transaction-local settings, so that triggers record
them and row-level security can read them, whatever code issues the SQL.
"""

import json
import uuid
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection, transaction

from diversion.postgres.wall import begins_as_service

if TYPE_CHECKING:
    from diversion.accounts.models import User

T = TypeVar("T")


@dataclass
class Unit:
    """What is known of the unit of work under way; ``events`` counts the log entries it has written.

    ``source`` is the network address a request comes from, ``session`` a digest of the key of its session;
    ``not_offered`` are fields for which a choice was sent that no page offers.
    ``prepared`` are the questions whose plans its database session keeps (`diversion.written`), None if nobody looked;
    ``schema`` is the last migration that the database has had.
    ``is_service`` says that it is the service's own work, which the wall in the database does not hold; ``kept`` is
    what `once` has read in it.
    """

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    name: str = ""
    user_id: int | None = None
    organisation_id: int | None = None
    source: str = ""
    session: str = ""
    events: int = 0
    not_offered: list[str] = field(default_factory=list)
    kept: dict[Hashable, Any] = field(default_factory=dict)
    prepared: set[str] | None = None
    schema: int = 0
    is_service: bool = field(default_factory=begins_as_service)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What ``read`` gives, read once in the unit of work under way; whatever changes it calls `read_again`."""
    kept = current().kept
    if key not in kept:
        kept[key] = read()
    return kept[key]


@contextmanager
def nothing_read() -> Iterator[None]:
    """Run the block as if nothing had been read by `once`: what came of it there would outlive the unit of work."""
    token = _current.set(replace(current(), kept={}))
    try:
        yield
    finally:
        _current.reset(token)


def read_again() -> None:
    """Forget what `once` has read: it may have changed."""
    current().kept.clear()


SAY = (
    "SELECT set_config('diversion.user_id', %s, true), set_config('diversion.organisation_id', %s, true),"
    " set_config('pghistory.context_metadata', %s, true), set_config('diversion.service', %s, true)"
)

#: What the names of prepared questions begin with (`diversion.written`).
WRITTEN = "written_"
#: The same, what the session has prepared, and for which schema: PostgreSQL refuses a plan whose columns have another
#: type since, and a pooler's session outlives a deployment. It is asked each time: behind a pooler another answers. A
#: plan is made with nobody in mind: it is for whoever asks next too.
BEGIN = (
    SAY + ", set_config('plan_cache_mode', 'force_generic_plan', true),"  # noqa: S608 - our own words
    " (SELECT max(id) FROM django_migrations),"
    " ARRAY(SELECT name FROM pg_prepared_statements WHERE starts_with(name, 'written_'))"
)

_current: ContextVar[Unit | None] = ContextVar("unit_of_work", default=None)


def current() -> Unit:
    """The unit of work under way, or an empty one outside any."""
    return _current.get() or Unit()


@contextmanager
def unit_of_work(name: str, *, user: "User | None" = None, named_within: bool = False) -> Iterator[Unit]:
    """Run the block in one transaction that carries ``user`` and their organisation, or the service itself.

    ``named_within``: the block itself calls `identify`, once, before it reads or writes anything of anybody.
    """
    unit, outer = Unit(name=name), current()
    token = _current.set(unit)
    try:
        with transaction.atomic():
            if not named_within:
                identify(unit, user, as_service=user is None)
            yield unit
    finally:
        _current.reset(token)
        if outer.prepared is not None:  # the same session, which keeps them also where the unit was rolled back
            outer.prepared = unit.prepared
        if connection.in_atomic_block and not connection.needs_rollback:  # settings outlive a savepoint
            with connection.connection.cursor() as cursor:
                cursor.execute(SAY, _said(outer, as_service=outer.is_service))


def identify(unit: Unit, user: "User | None", *, as_service: bool = False) -> None:
    """Put ``user`` and their organisation on the unit and on its transaction; neither, and no service, is nobody."""
    if user is not None:
        unit.user_id, unit.organisation_id = user.pk, user.organisation_id
    unit.is_service = as_service
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, _said(unit, as_service=as_service))
        *_, schema, prepared = cursor.fetchone()
        unit.schema, unit.prepared = schema or 0, set(prepared)


@contextmanager
def as_service() -> Iterator[None]:
    """Run the block as the service: it reads and writes what the user it works for may not know of.

    For what follows by rule from what somebody did, and is not shown to them.
    """
    unit = current()
    if unit.is_service:
        yield
        return
    unit.is_service = True
    _set_service(on=True)
    try:
        yield
    finally:
        unit.is_service = False
        with suppress(
            DatabaseError, InterfaceError
        ):  # where the database refused something, undoing that undoes this too
            _set_service(on=False)


def _said(unit: Unit, *, as_service: bool) -> list[str]:
    """The parameters of the statement that says on a transaction who it is for."""
    context = {"user": unit.user_id, "organisation": unit.organisation_id, "unit": str(unit.id), "name": unit.name}
    service = "on" if as_service else ""
    return [str(unit.user_id or ""), str(unit.organisation_id or ""), json.dumps(context), service]


def _set_service(*, on: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('diversion.service', %s, true)", ["on" if on else ""])
