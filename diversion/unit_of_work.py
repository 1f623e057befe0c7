"""One transaction for each request and for each unit of work within a task, and who it is for.

The user and the organisation stand on the transaction itself as transaction-local settings, so that triggers record
them and row-level security can read them, whatever code issues the SQL.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from diversion.accounts.models import User


@dataclass
class Unit:
    """What is known of the unit of work under way; ``events`` counts the log entries it has written.

    ``source`` is the network address a request comes from, ``session`` a digest of the key of its session.
    """

    id: uuid.UUID = field(default_factory=uuid.uuid4)
    name: str = ""
    user_id: int | None = None
    organisation_id: int | None = None
    source: str = ""
    session: str = ""
    events: int = 0


_current: ContextVar[Unit | None] = ContextVar("unit_of_work", default=None)


def current() -> Unit:
    """The unit of work under way, or an empty one outside any."""
    return _current.get() or Unit()


@contextmanager
def unit_of_work(name: str, *, user: "User | None" = None, named_within: bool = False) -> Iterator[Unit]:
    """Run the block in one transaction that carries ``user`` and their organisation.

    ``named_within``: the block itself calls `identify`, once, before it writes anything.
    """
    unit = Unit(name=name)
    token = _current.set(unit)
    try:
        with transaction.atomic():
            if not named_within:
                identify(unit, user)
            yield unit
    finally:
        _current.reset(token)


def identify(unit: Unit, user: "User | None") -> None:
    """Put ``user`` and their organisation on the unit and on its transaction."""
    if user is not None:
        unit.user_id, unit.organisation_id = user.pk, user.organisation_id
    context = {"user": unit.user_id, "organisation": unit.organisation_id, "unit": str(unit.id), "name": unit.name}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('diversion.user_id', %s, true), set_config('diversion.organisation_id', %s, true),"
            " set_config('pghistory.context_metadata', %s, true)",
            [str(unit.user_id or ""), str(unit.organisation_id or ""), json.dumps(context)],
        )
