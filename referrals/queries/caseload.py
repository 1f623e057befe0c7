"""The caseload as a board: who is due today, who is late, who has not been heard of, and who looks after whom."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Value

from cases.models import Absence
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from referrals.codes import Group
from referrals.models import Appointment, Condition, ConditionChange, Contact, NextDue, Referral, Scheme
from referrals.models.next_due import NextDueQuerySet
from referrals.queries.help import waiting_for_help
from referrals.queries.referrals import found
from referrals.queries.reminders import told

#: Days within which something is of this week, and after which somebody has gone quiet.
WEEK, QUIET_AFTER = 7, 14
#: What a board may be ordered by beside its groups.
BY_NAME, BY_SEEN = "name", "seen"
FACTS = ("referral_id", "scheme_id", "navigator_id", "meeting_at", "meeting_days", "step_on", "seen_at")
IN_ORDER = ("due_on", "meeting_at", "pk")  # within a group, and of the indexes of NextDue
#: What may be beside a board.
WAITS, COVERED, RECORDED = "waits", "covered", "recorded"
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


Recorded = Mapping[int, list[datetime]]


@dataclass(frozen=True)
class Place:
    """Where a referral stands on the board, and by what: days are local dates, and each may be missing.

    ``meets_today``: there is a meeting today, whatever was missed before it. ``step_on``: the first condition, or the
    end of what was agreed. ``seen_at`` is when the person last came or was reached; before that, since when the
    provider has had the referral.
    """

    pk: int
    scheme: int
    navigator: int | None
    is_looked_after: bool
    meeting_at: datetime | None
    meets_today: bool
    step_on: date | None
    seen_at: datetime | None

    @cached_property
    def due_on(self) -> date | None:
        meeting_on = clock.local_date(self.meeting_at) if self.meeting_at else None
        return min((day for day in (meeting_on, self.step_on) if day), default=None)

    @cached_property
    def group(self) -> Group:
        today, due = clock.today(), self.due_on or date.max
        if not self.is_looked_after:
            return Group.NOBODYS
        if self.meets_today or due == today:
            return Group.TODAY
        if due <= today + timedelta(days=WEEK):
            return Group.OVERDUE if due < today else Group.WEEK
        quiet = self.seen_at is not None and self.seen_at < clock.now() - timedelta(days=QUIET_AFTER)
        return Group.QUIET if quiet else Group.LATER

    @property
    def order(self) -> tuple[int, date, datetime, int]:
        """By group and day, and on a day by the time of the meeting."""
        return (self.group.value, self.due_on or date.max, self.meeting_at or NEVER, self.pk)


@dataclass
class Load:
    """How many open referrals each worker of a provider has, of those that nobody looks after, and by scheme."""

    workers: dict[int, tuple[str, int]] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    schemes: dict[int, str] = field(default_factory=dict)
    of_schemes: Counter[int] = field(default_factory=Counter)
    nobodys: int = 0

    @property
    def everyones(self) -> int:
        return self.of_schemes.total()


@dataclass(frozen=True)
class Wanted:
    """Which places somebody asks for: of one worker (a user's id), those that nobody looks after, of one scheme, and
    those that answer ``text`` as `found` takes it; ``order`` is the board's own, `BY_NAME`, or `BY_SEEN`: longest
    without contact.
    """

    navigator: int | None = None
    unassigned: bool = False
    scheme: int | None = None
    text: str = ""
    order: str = ""

    @property
    def is_everyones(self) -> bool:
        """Whether it may be so many that only the first are read."""
        return not (self.navigator or self.unassigned or self.text or self.order)


EVERYONES = Wanted()


def places(*, by: User, load: Load, wanted: Wanted = EVERYONES, recorded: Recorded | None = None) -> list[Place]:
    """The open referrals of ``by``'s provider that are asked for, in order.

    What somebody ``recorded`` today still counts as if it were to be recorded: the row stays where it was, with the way
    to take it back.
    """
    rows = _asked_for(wanted, by, load)
    if wanted.order == BY_NAME:
        rows = rows.order_by("referral__case__person__family_name", "referral__case__person__given_names", "pk")
    listed = [_place(one, recorded or {}, load) for one in rows.values_list(*FACTS)]
    if wanted.order == BY_SEEN:
        return sorted(listed, key=lambda one: (one.seen_at or EVER, one.pk))
    return listed if wanted.order == BY_NAME else sorted(listed, key=lambda one: one.order)


class FirstPlaces:
    """The same of everybody, for a paginator: it reads what stands before the end of a page, and nothing after it.

    Each group is a stretch of an index in the order of the board.
    """

    def __init__(self, *, by: User, load: Load, wanted: Wanted, recorded: Recorded) -> None:
        self._by, self._load, self._wanted, self._recorded = by, load, wanted, recorded

    def __len__(self) -> int:
        schemes = self._load.of_schemes
        return schemes.total() if self._wanted.scheme is None else schemes[self._wanted.scheme]

    def __getitem__(self, asked: slice) -> list[Place]:
        own = self._recorded
        rows = _asked_for(self._wanted, self._by, self._load)
        parts = [part for _, part in _groups(rows, self._load)]
        if own:
            parts = [rows.filter(pk__in=own), *(part.exclude(pk__in=own) for part in parts)]
        firsts = [part.order_by(*IN_ORDER).values_list(*FACTS)[: asked.stop] for part in parts]
        listed = [_place(one, own, self._load) for one in firsts[0].union(*firsts[1:], all=True)]
        return sorted(listed, key=lambda one: one.order)[asked]

    def by_group(self) -> Counter[Group]:
        """How many stand in each group: one statement, and one more where somebody recorded something today."""
        rows, own = _asked_for(self._wanted, self._by, self._load), self._recorded
        parts = [
            part.exclude(pk__in=own).order_by().annotate(of=Value(group.value)).values("of").annotate(n=Count("pk"))
            for group, part in _groups(rows, self._load)
        ]
        found = Counter[Group]()
        for of, n in parts[0].union(*parts[1:], all=True).values_list("of", "n"):
            found[Group(of)] += n
        if own:
            found.update(_place(one, own, self._load).group for one in rows.filter(pk__in=own).values_list(*FACTS))
        return found


def by_group(listed: "list[Place] | FirstPlaces") -> Counter[Group]:
    """How many of a board stand in each group, on whichever of its pages."""
    return listed.by_group() if isinstance(listed, FirstPlaces) else Counter(one.group for one in listed)


def everyones_groups(*, by: User, around: set[str]) -> Counter[Group]:
    """How many stand in each group of the whole provider's board, for a page that only leads there."""
    recorded = recorded_today(by=by) if RECORDED in around else {}
    return FirstPlaces(by=by, load=load_of(by=by), wanted=EVERYONES, recorded=recorded).by_group()


def _groups(rows: NextDueQuerySet, load: Load) -> Iterator[tuple[Group, NextDueQuerySet]]:
    """The rows of each `Group`, as `Place.group` says; those of today are in two parts."""
    today = clock.today()
    week, quiet = today + timedelta(days=WEEK), Q(seen_at__lt=clock.now() - timedelta(days=QUIET_AFTER))
    helped = rows.exclude(_nobodys(load))
    late, later = helped.filter(due_on__lt=today), helped.filter(due_on__gt=week)
    meets = Q(meeting_days__contains=[today])
    yield Group.NOBODYS, rows.filter(_nobodys(load))
    yield Group.TODAY, helped.filter(due_on=today)
    yield Group.TODAY, late.filter(meets)
    yield Group.OVERDUE, late.exclude(meets)
    yield Group.WEEK, helped.filter(due_on__gt=today, due_on__lte=week)
    yield Group.QUIET, later.filter(quiet)
    yield Group.LATER, later.exclude(quiet)


def _asked_for(wanted: Wanted, by: User, load: Load) -> NextDueQuerySet:
    rows = NextDue.objects.visible_to(by)
    if wanted.text.strip():
        rows = rows.filter(referral__in=found(Referral.objects.visible_to(by).open(), wanted.text))
    if wanted.unassigned:
        rows = rows.filter(_nobodys(load))
    elif wanted.navigator is not None:
        rows = rows.filter(navigator=wanted.navigator)
    return rows if wanted.scheme is None else rows.filter(scheme=wanted.scheme)


def _nobodys(load: Load) -> Q:
    return Q(navigator=None) | Q(navigator__in=load.left)


def recorded_today(*, by: User) -> Recorded:
    """Of each referral when the meetings began of which ``by`` recorded today what came of them."""
    recorded = defaultdict[int, list[datetime]](list)
    for referral, starts_at in _recorded(by).values_list("referral", "starts_at"):
        recorded[referral].append(starts_at)
    return recorded


def _recorded(by: User) -> QuerySet[Appointment]:
    return Appointment.objects.filter(recorded_by=by, recorded_at__gte=_midnight(clock.today())).order_by()


def _place(facts: Sequence[Any], recorded: Recorded, load: Load) -> Place:
    pk, scheme, navigator, meeting_at, days, step_on, seen_at = facts
    own = recorded.get(pk, [])
    first = min((at for at in (meeting_at, *own) if at), default=None)
    meets_today = clock.today() in (*days, *map(clock.local_date, own))
    here = navigator is not None and navigator not in load.left
    return Place(pk, scheme, navigator, here, first, meets_today, step_on, seen_at)


def rows_at(found_places: list[Place], *, by: User) -> list[Any]:
    """The referrals at these places, in their order, with what a row shows.

    Each carries ``meetings``, its planned appointments and those that ``by`` recorded today, its ``place``, and
    ``texts``, the last text about each meeting.
    """
    at = {one.pk: one for one in found_places}
    shown = Q(attendance=Appointment.Attendance.PLANNED) | Q(recorded_by=by, recorded_at__gte=_midnight(clock.today()))
    meetings = Appointment.objects.filter(shown).order_by("starts_at", "pk")
    rows = Referral.objects.visible_to(by).filter(pk__in=at)
    rows = rows.select_related("case__person", "agreement")
    rows = rows.prefetch_related(Prefetch("appointments", meetings, to_attr="meetings"), _conditions())
    found_rows: dict[int, Any] = {one.pk: one for one in rows}
    texts = told(meeting for one in found_rows.values() for meeting in one.meetings)
    for pk, one in found_rows.items():
        one.place = at[pk]
        one.texts = texts
    return [found_rows[pk] for pk in at if pk in found_rows]


def known_as(reference: str, *, by: User) -> int | None:
    """The id of the referral of this reference that ``by`` may see."""
    return Referral.objects.visible_to(by).filter(reference=reference).values_list("pk", flat=True).first()


def contacts_today(referral: Referral, *, by: User) -> list[Contact]:
    """What ``by`` recorded today of contacts with the person of an opened row, the last first."""
    return list(referral.contacts.filter(recorded_by=by, at__gte=_midnight(clock.today())))


def load_of(*, by: User) -> Load:
    """How much each worker of ``by``'s provider has to do. It is counted in an index alone, and named after that."""
    rows = NextDue.objects.visible_to(by).order_by().values_list("navigator", "scheme")
    counted = list(rows.annotate(Count("pk")))
    names = _named({pk for pk, *_ in counted if pk}, {scheme for _, scheme, _ in counted}, by)
    load = Load()
    for pk, scheme, people in counted:
        load.of_schemes[scheme] += people
        load.schemes[scheme], _ = names["scheme", scheme]
        name, is_here = names.get(("worker", pk), ("", False))
        load.nobodys += 0 if is_here else people
        if pk is not None:
            load.workers[pk] = (name, load.workers.get(pk, ("", 0))[1] + people)
            load.left |= set() if is_here else {pk}
    return load


def _named(workers: set[int], schemes: set[int], by: User) -> dict[tuple[str, int], tuple[str, bool]]:
    """The name of each of these, and of a worker whether they help somebody for ``by``'s provider still."""
    helps = User.objects.who_may(Permission.SUPPORT_PEOPLE, at_once=True)
    here = Exists(helps.filter(pk=OuterRef("pk"), organisation=by.organisation_id))
    of_workers = User.objects.filter(pk__in=workers).order_by().annotate(here=here)
    of_schemes = Scheme.objects.filter(pk__in=schemes).order_by()
    rows = of_schemes.values_list(Value("scheme"), "pk", "name", Value(True)).union(
        of_workers.values_list(Value("worker"), "pk", "full_name", "here"), all=True
    )
    return {(kind, pk): (name, is_here) for kind, pk, name, is_here in rows}


def around(*, by: User) -> set[str]:
    """What there is beside the board: somebody whom nobody helps yet (`WAITS`), a colleague for whom ``by`` covers
    (`COVERED`), and what ``by`` recorded today (`RECORDED`). Mostly none: then nothing more is asked.
    """
    kinds: dict[str, QuerySet[Any]] = {
        WAITS: waiting_for_help(by=by),
        COVERED: Absence.objects.covered_by(by),
        RECORDED: _recorded(by),
    }
    firsts = [rows.order_by().values_list(Value(kind), flat=True)[:1] for kind, rows in kinds.items()]
    return set(firsts[0].union(*firsts[1:], all=True))


def _conditions() -> Prefetch:
    """The conditions as ``listed``, each with whether a change to it waits for a decision (``waits``)."""
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    return Prefetch("agreement__conditions", Condition.objects.annotate(waits=Exists(waiting)), to_attr="listed")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.LONDON)
