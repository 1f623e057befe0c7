"""Which made-up cases are told, and which are still to come. The first start tells a few and then serves."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, connection

from cases.models import Case
from cases.rulebook import ensure_policies
from diversion.accounts.models import Organisation, User
from diversion.demonstration import (
    asking,
    cast,
    checking_in,
    extracts,
    facilitating,
    helping,
    known_crimes,
    panels,
    prosecutors,
    releases,
    remedies,
    schemes,
    stages,
    varying,
    youth,
)
from diversion.demonstration.stories import LONG_AGO, Storyteller, is_recent
from diversion.unit_of_work import unit_of_work
from reporting import outbox

#: How many cases each force has, and by whom they are recorded.
CASES = {"avonford": 260, "northmoor": 40}
#: And how many so long ago that it is known who reoffended.
LONG_AGO_CASES = {"avonford": 120, "northmoor": 0}
OFFICERS = {"avonford": ("amara", "callum"), "northmoor": ("ben",)}
#: How many of them are told before the service answers: of this week, so that queues and inboxes have something.
OPENING = {"avonford": 30, "northmoor": 4}
#: Any number will do that nobody else in this database uses.
ADVISORY_LOCK = 5_212_050


def is_begun() -> bool:
    """Whether this database is one with a demonstration."""
    return Organisation.objects.filter(is_demonstration=True).exists()


def left() -> int:
    """How many cases are still to be told."""
    return sum(max(0, _every(force) - _count(force)) for force in CASES)


def told() -> int:
    """How many cases the made-up forces have."""
    return Case.objects.filter(force__is_demonstration=True).count()


def tell(*, opening: bool = False) -> tuple[int, int]:
    """Tell what is not told yet, or the opening alone; return how many cases and appointments were added.

    One process at a time: another waits, and then finds what there is left to do.
    """
    with _alone():
        with unit_of_work("demonstration"):
            people = cast.assemble()
            ensure_policies()
            schemes.set_up(people["elin"])
            youth.set_up(people["elin"], people["yusuf"])
            remedies.set_up(people["elin"])
            appointments = schemes.offer_appointments()
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")  # many commits of data that can be made anew
        cases = sum(_tell(force, people, opening=opening) for force in CASES) + youth.tell(people["amara"])
        helping.tell(people)
        if not opening:
            cases += stages.tell(people)
        varying.tell(people)
        asking.tell()
        checking_in.tell(people)
        prosecutors.tell(people)
        with unit_of_work("demonstration"):
            known_crimes.tell(people["amara"])
            remedies.tell(people["vera"])
            facilitating.tell(people["vera"], people["hugh"])
            outbox.drain()
            releases.make(people)
            panels.make(people)
        extracts.make(people)
    return cases, appointments


def _tell(force: str, people: dict[str, User], *, opening: bool) -> int:
    if _count(force) >= _every(force):
        return 0  # also where an earlier version told them, in its own words
    officers = [people[key] for key in OFFICERS[force]]
    return Storyteller(people, force, officers).tell(_numbers(force)[: OPENING[force] if opening else None])


def _every(force: str) -> int:
    return CASES[force] + LONG_AGO_CASES[force]


def _count(force: str) -> int:
    return (
        Case.objects.filter(force__slug=force).exclude(submission__in=[*youth.SUBMISSIONS, *stages.SUBMISSIONS]).count()
    )


def _numbers(force: str) -> list[int]:
    """The numbers of the force's cases, those of this week first and those of long ago last."""
    long_ago = range(LONG_AGO, LONG_AGO + LONG_AGO_CASES[force])
    return [*sorted(range(CASES[force]), key=lambda number: not is_recent(number)), *long_ago]


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has let go of it by itself
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
