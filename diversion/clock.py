"""The one clock of the service. Nothing else asks the machine for the time.

Moments are aware datetimes in UTC; days are local dates in Europe/London, because a statutory limit ends with a day
in England and Wales, not at a moment in UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)  # noqa: TID251 - the one place


def today() -> date:
    """Today's date in Europe/London."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The date in Europe/London on which ``moment`` (aware) falls."""
    return moment.astimezone(LONDON).date()


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` (aware) within the block: for tests and for demonstration data."""
    if moment.tzinfo is None:
        raise ValueError("The clock needs an aware datetime: give it a time zone.")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)
