"""The one clock of the service. Nothing else asks the machine for the time.

Moments are aware datetimes in UTC; days are local dates in Europe/London, because a statutory limit ends with a day
in England and Wales, not at a moment in UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
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


def moments_at(day: date, at: time) -> list[datetime]:
    """The moments (aware, UTC) of ``day`` at which clocks in London show ``at``.

    One, but none in the hour that they skip in spring, and two in the hour that they show twice in autumn (Summer Time
    Act 1972), the first of them first.
    """
    shown = datetime.combine(day, at)
    both = {shown.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(one for one in both if one.astimezone(LONDON).replace(tzinfo=None, fold=0) == shown)


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
