"""How much each worker of a provider has to do, and where it stands on the board: counted in one statement."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.written import written
from referrals.codes import Group
from referrals.models import NextDue, Referral, Scheme

#: Days within which something is of this week, and after which somebody has gone quiet.
WEEK, QUIET_AFTER = 7, 14
#: What a row of the statement tells.
OPEN, WORKER, SCHEME, ANSWER = "open", "worker", "scheme", "answer"


@dataclass
class Load:
    """How many open referrals each worker of a provider has, of those that nobody looks after, and by scheme.

    ``stands`` says how many of a worker and a scheme stand in a group of the board, were their worker still there;
    ``to_answer`` how many referrals wait for the provider's answer, ``on_list`` how many are on its waiting list.
    """

    workers: dict[int, tuple[str, int]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    schemes: dict[int, str] = field(default_factory=dict)
    of_schemes: Counter[int] = field(default_factory=Counter)
    stands: Counter[tuple[int | None, int, Group]] = field(default_factory=Counter)
    nobodys: int = 0
    to_answer: int = 0
    on_list: int = 0

    @property
    def everyones(self) -> int:
        return self.of_schemes.total()

    def is_here(self, worker: int | None) -> bool:
        """Whether somebody looks after the referrals of ``worker``."""
        return worker is not None and worker not in self.left

    def groups(self, scheme: int | None) -> Counter[Group]:
        """How many stand in each group, of one scheme or of all."""
        found = Counter[Group]()
        for (worker, of, group), people in self.stands.items():
            if scheme in (None, of):
                found[group if self.is_here(worker) else Group.NOBODYS] += people
        return found


def load_of(*, by: User) -> Load:
    """How much each worker of ``by``'s provider has to do, and what waits for an answer there."""
    load, names, here = Load(), dict[tuple[str, int], str](), set[int]()
    for what, worker, scheme, group, people, name in _counted(by=by):
        if what == OPEN:
            load.stands[worker, scheme, Group(group)] = people
        elif what == ANSWER:
            load.to_answer, load.on_list = (load.to_answer, people) if scheme else (people, load.on_list)
        else:
            names[what, worker] = name
            here |= {worker} if people else set()
    load.left = {pk for pk, *_ in load.stands if pk is not None} - here
    for (pk, scheme, _group), people in load.stands.items():
        load.of_schemes[scheme] += people
        load.schemes[scheme] = names[SCHEME, scheme]
        load.nobodys += 0 if load.is_here(pk) else people
        if pk is not None:
            load.workers[pk] = (names[WORKER, pk], load.workers.get(pk, ("", 0))[1] + people)
    return load


@written()
def _counted(*, by: User) -> QuerySet[Any, Any]:
    """Referrals by worker, scheme and group; of each worker the name, and 1 if they help somebody here still; of each
    scheme the name; and how many wait for an answer.
    """
    board = NextDue.objects.visible_to(by).order_by()
    parts = [_open(board), *_named(board, by), _to_answer(by)]
    return parts[0].union(*parts[1:], all=True)


COLUMNS = ("what", "of", "in_scheme", "stands", "n", "called")


def _open(board: QuerySet[NextDue]) -> QuerySet[Any, Any]:
    rows = board.annotate(what=Value(OPEN), of=F("navigator"), in_scheme=F("scheme"), stands=_group())
    counted = rows.values("what", "of", "in_scheme", "stands").annotate(n=Count("pk"), called=Value(""))
    return counted.values_list(*COLUMNS)


def _named(board: QuerySet[NextDue], by: User) -> Iterator[QuerySet[Any, Any]]:
    helps = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=True)
    here = Exists(helps.filter(pk=OuterRef("pk"), organisation=by.organisation_id))
    workers = User.objects.filter(pk__in=board.values("navigator")).order_by()
    yield _names(workers, WORKER, F("full_name"), Case(When(here, then=1), default=0))
    yield _names(Scheme.objects.filter(pk__in=board.values("scheme")).order_by(), SCHEME, F("name"), _number(1))


def _names(rows: QuerySet[Any], what: str, name: Any, n: Any) -> QuerySet[Any, Any]:
    nothing = {"in_scheme": _number(0), "stands": Value(0)}
    return rows.annotate(what=Value(what), of=F("pk"), **nothing, n=n, called=name).values_list(*COLUMNS)


def _to_answer(by: User) -> QuerySet[Any, Any]:
    """Apart, those on the waiting list: they have the place of a scheme, 1."""
    rows = Referral.objects.visible_to(by).filter(state=Referral.State.SENT).order_by()
    on_list = Case(When(waits_since__isnull=False, then=_number(1)), default=_number(0))
    nothing = {"of": _number(0), "in_scheme": on_list, "stands": Value(0)}
    counted = rows.annotate(what=Value(ANSWER), **nothing).values("what", "of", "in_scheme", "stands")
    return counted.annotate(n=Count("pk"), called=Value("")).values_list(*COLUMNS)


def _number(n: int) -> Value:
    return Value(n, output_field=BigIntegerField())


def _group() -> Case:
    """In which `Group` a referral stands whose worker is there, as `Place.group` says."""
    today = clock.today()
    ways = [
        When(Q(due_on=today) | Q(meeting_days__contains=[today]), then=Group.TODAY.value),
        When(due_on__lt=today, then=Group.OVERDUE.value),
        When(due_on__lte=today + timedelta(days=WEEK), then=Group.WEEK.value),
        When(seen_at__lt=clock.now() - timedelta(days=QUIET_AFTER), then=Group.QUIET.value),
    ]
    return Case(*ways, default=Group.LATER.value, output_field=IntegerField())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.LONDON)
