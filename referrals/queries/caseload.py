"""The caseload as a board: who is due today, who is late, who has not been heard of, and who looks after whom."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from cases.models import Absence
from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.queries import waiting_requests
from diversion.home import beside
from diversion.written import written
from referrals.codes import Group
from referrals.models import Appointment, CheckIn, Condition, ConditionChange, Contact, NextDue, Question, Referral
from referrals.models.next_due import NextDueQuerySet
from referrals.queries.growing_up import birthdays_near
from referrals.queries.help import waiting_for_help
from referrals.queries.loads import QUIET_AFTER, WEEK, Load, load_of, midnight
from referrals.queries.referrals import found
from referrals.queries.reminders import told

#: What a board may be ordered by beside its groups.
BY_NAME, BY_SEEN = "name", "seen"
FACTS = ("referral_id", "scheme_id", "navigator_id", "meeting_at", "meeting_days", "step_on", "seen_at")
IN_ORDER = ("due_on", "meeting_at", "pk")  # within a group, and of the indexes of NextDue
#: What may be beside a board.
WAITS, COVERED, RECORDED, ACCOUNTS, ADULTS = "waits", "covered", "recorded", "accounts", "adults"
CHECK_INS, QUESTIONS = "check_ins", "questions"
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


__all__ = ["QUIET_AFTER", "Load", "load_of"]

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
        own, scheme = self._recorded, self._wanted.scheme
        places: dict[str, Any] = {"left": list(self._load.left), "own": list(own), "scheme": scheme or 0}
        kind = {"has_own": bool(own), "of_scheme": scheme is not None, "most": asked.stop}
        listed = [_place(one, own, self._load) for one in _firsts(by=self._by, **places, **kind)]
        return sorted(listed, key=lambda one: one.order)[asked]

    def by_group(self) -> Counter[Group]:
        """How many stand in each group: no statement, and one where somebody recorded something today."""
        found, own = self._load.groups(self._wanted.scheme), self._recorded
        if own:
            facts = list(_asked_for(self._wanted, self._by, self._load).filter(pk__in=own).values_list(*FACTS))
            found.subtract(_place(one, {}, self._load).group for one in facts)
            found.update(_place(one, own, self._load).group for one in facts)
        return found


@written(left=[int], own=[int], scheme=int)
def _firsts(
    *, by: User, left: list[int], own: list[int], scheme: int, has_own: bool, of_scheme: bool, most: int
) -> QuerySet[Any, Any]:
    """The facts of the first ``most`` of each group, and of what somebody recorded today (``own``) with ``has_own``."""
    rows = NextDue.objects.visible_to(by)
    rows = rows.filter(scheme=scheme) if of_scheme else rows
    parts = list(_groups(rows, left))
    if has_own:
        parts = [rows.filter(pk__any=own), *(part.exclude(pk__any=own) for part in parts)]
    firsts = [part.order_by(*IN_ORDER).values_list(*FACTS)[:most] for part in parts]
    return firsts[0].union(*firsts[1:], all=True)


def by_group(listed: "list[Place] | FirstPlaces") -> Counter[Group]:
    """How many of a board stand in each group, on whichever of its pages."""
    return listed.by_group() if isinstance(listed, FirstPlaces) else Counter(one.group for one in listed)


def everyones_groups(load: Load, *, by: User, around: set[str]) -> Counter[Group]:
    """How many stand in each group of the whole provider's board, for a page that only leads there."""
    recorded = recorded_today(by=by) if RECORDED in around else {}
    return FirstPlaces(by=by, load=load, wanted=EVERYONES, recorded=recorded).by_group()


def _groups(rows: NextDueQuerySet, left: Sequence[int]) -> Iterator[NextDueQuerySet]:
    """The rows of each `Group`, as `Place.group` says; those of today are in two parts."""
    today = clock.today()
    week, quiet = today + timedelta(days=WEEK), Q(seen_at__lt=clock.now() - timedelta(days=QUIET_AFTER))
    helped = rows.exclude(_nobodys(left))
    late, later = helped.filter(due_on__lt=today), helped.filter(due_on__gt=week)
    meets = Q(meeting_days__contains=[today])
    yield rows.filter(_nobodys(left))
    yield helped.filter(due_on=today)
    yield late.filter(meets)
    yield late.exclude(meets)
    yield helped.filter(due_on__gt=today, due_on__lte=week)
    yield later.filter(quiet)
    yield later.exclude(quiet)


def _asked_for(wanted: Wanted, by: User, load: Load) -> NextDueQuerySet:
    rows = NextDue.objects.visible_to(by)
    if wanted.text.strip():
        rows = rows.filter(referral__in=found(Referral.objects.visible_to(by).open(), wanted.text))
    if wanted.unassigned:
        rows = rows.filter(_nobodys([*load.left]))
    elif wanted.navigator is not None:
        rows = rows.filter(navigator=wanted.navigator)
    return rows if wanted.scheme is None else rows.filter(scheme=wanted.scheme)


def _nobodys(left: Sequence[int]) -> Q:
    return Q(navigator=None) | Q(navigator__any=left)


def recorded_today(*, by: User) -> Recorded:
    """Of each referral when the meetings began of which ``by`` recorded today what came of them."""
    recorded = defaultdict[int, list[datetime]](list)
    for referral, starts_at in _recorded(by).values_list("referral", "starts_at"):
        recorded[referral].append(starts_at)
    return recorded


def _recorded(by: User) -> QuerySet[Appointment]:
    return Appointment.objects.filter(recorded_by=by, recorded_at__gte=midnight(clock.today())).order_by()


def _place(facts: Sequence[Any], recorded: Recorded, load: Load) -> Place:
    pk, scheme, navigator, meeting_at, days, step_on, seen_at = facts
    own = recorded.get(pk, [])
    first = min((at for at in (meeting_at, *own) if at), default=None)
    meets_today = clock.today() in (*days, *map(clock.local_date, own))
    return Place(pk, scheme, navigator, load.is_here(navigator), first, meets_today, step_on, seen_at)


def rows_at(found_places: list[Place], *, by: User) -> list[Any]:
    """The referrals at these places, in their order, with what a row shows.

    Each carries ``meetings``, its planned appointments and those that ``by`` recorded today, its ``place``, and
    ``texts``, the last text about each meeting. Its agreement has the conditions as ``listed``.
    """
    keys = [one.pk for one in found_places]
    found_rows: dict[int, Any] = {one.pk: one for one in _rows(by=by, keys=keys)} if keys else {}
    meetings, conditions = defaultdict[int, list[Any]](list), defaultdict[int, list[Any]](list)
    for meeting in _meetings(by=by, keys=keys) if keys else ():
        meetings[meeting.referral_id].append(meeting)
    agreements = [one.agreement.pk for one in found_rows.values() if hasattr(one, "agreement")]
    for condition in _conditions(agreements=agreements) if agreements else ():
        conditions[condition.agreement_id].append(condition)
    texts = told(meeting for one in meetings.values() for meeting in one)
    for place in found_places:
        if place.pk in found_rows:
            _complete(found_rows[place.pk], place, meetings[place.pk], conditions, texts)
    return [found_rows[pk] for pk in keys if pk in found_rows]


def _complete(
    row: Any, place: Place, meetings: list[Any], conditions: Mapping[int, list[Any]], texts: Mapping[int, Any]
) -> None:
    row.place, row.meetings, row.texts = place, meetings, texts
    for meeting in meetings:
        meeting.referral = row
    if hasattr(row, "agreement"):
        row.agreement.listed = conditions[row.agreement.pk]
        for condition in row.agreement.listed:
            condition.agreement = row.agreement


@written(keys=[int])
def _rows(*, by: User, keys: list[int]) -> QuerySet[Referral]:
    return Referral.objects.visible_to(by).filter(pk__any=keys).select_related("case__person", "agreement")


@written(keys=[int])
def _meetings(*, by: User, keys: list[int]) -> QuerySet[Appointment]:
    shown = Q(attendance=Appointment.Attendance.PLANNED) | Q(recorded_by=by, recorded_at__gte=midnight(clock.today()))
    return Appointment.objects.filter(shown, referral__any=keys).order_by("starts_at", "pk")


@written(agreements=[int])
def _conditions(*, agreements: list[int]) -> QuerySet[Any]:
    """Each with whether a change to it waits for a decision (``waits``)."""
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    return Condition.objects.filter(agreement__any=agreements).annotate(waits=Exists(waiting))


def known_as(reference: str, *, by: User) -> int | None:
    """The id of the referral of this reference that ``by`` may see."""
    return Referral.objects.visible_to(by).filter(reference=reference).values_list("pk", flat=True).first()


def contacts_today(referral: Referral, *, by: User) -> list[Contact]:
    """What ``by`` recorded today of contacts with the person of an opened row, the last first."""
    return list(referral.contacts.filter(recorded_by=by, at__gte=midnight(clock.today())))


def around(*, by: User) -> set[str]:
    """What there is beside the board: somebody whom nobody helps yet (`WAITS`), a colleague for whom ``by`` covers
    (`COVERED`), what ``by`` recorded today (`RECORDED`), changes of accounts that wait for a second person
    (`ACCOUNTS`), answers of a check-in that ask for somebody (`CHECK_INS`), somebody who turns 18 and is to be asked
    (`ADULTS`), questions of police (`QUESTIONS`), and what other apps have (``diversion.home.beside``). Mostly none:
    then nothing more is asked.
    """
    return {kind for (kind,) in _around(by=by)}


@written()
def _around(*, by: User) -> QuerySet[Any, Any]:
    kinds: dict[str, QuerySet[Any]] = {
        WAITS: waiting_for_help(by=by),
        COVERED: Absence.objects.covered_by(by),
        RECORDED: _recorded(by),
        ACCOUNTS: waiting_requests(by=by),
        CHECK_INS: CheckIn.objects.visible_to(by).to_review(),
        ADULTS: birthdays_near(by=by),
        QUESTIONS: Question.objects.asked_of(by),
        **{one.kind: one.rows(by=by) for one in beside()},
    }
    firsts = [rows.order_by().values_list(Value(kind))[:1] for kind, rows in kinds.items()]
    return firsts[0].union(*firsts[1:], all=True)
