"""The caseload as a board: who is due today, who is late, who has not been heard of, and who looks after whom."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from diversion import clock
from diversion.accounts.models import User
from referrals.codes import Group
from referrals.models import Appointment, Breach, Condition, ConditionChange, Contact, Referral
from referrals.models.referral import ReferralQuerySet, is_looked_after
from referrals.queries.referrals import found
from referrals.queries.reminders import told

#: Days within which something is of this week, and after which somebody has gone quiet.
WEEK, QUIET_AFTER = 7, 14
#: What a board may be ordered by beside its groups.
BY_NAME, BY_SEEN = "name", "seen"
FACTS = ("is_looked_after", "meeting_at", "meets_today", "condition_on", "ends_on", "waits", "seen_at", "navigator_id")
EVER, NEVER = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """Where a referral stands on the board, and by what: days are local dates, and each may be missing.

    ``meets_today``: there is a meeting today, whatever was missed before it. ``seen_at`` is when the person last came
    or was reached; before that, since when the provider has had the referral.
    """

    pk: int
    reference: str
    is_looked_after: bool
    meeting_at: datetime | None
    meets_today: bool
    condition_on: date | None
    ends_on: date | None
    waits: bool
    seen_at: datetime | None
    navigator: int | None = None

    @cached_property
    def due_on(self) -> date | None:
        """What is due next; the end of an agreement of which anything waits for a decision is not."""
        meeting_on = clock.local_date(self.meeting_at) if self.meeting_at else None
        days = (meeting_on, self.condition_on, None if self.waits else self.ends_on)
        return min((day for day in days if day), default=None)

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
    nobodys: int = 0
    everyones: int = 0


def places(
    *,
    by: User,
    navigator: int | None = None,
    unassigned: bool = False,
    scheme: int | None = None,
    text: str = "",
    order: str = "",
) -> list[Place]:
    """The open referrals of ``by``'s provider in the order of the board, or by name or longest without contact.

    ``navigator`` (a user's id) keeps those of one worker, ``unassigned`` those that nobody looks after, ``scheme``
    those of one scheme; ``text`` is as `found` takes it. What ``by`` recorded today still counts as if it were to be
    recorded: the row stays where it was, with the way to take it back.
    """
    rows = found(Referral.objects.visible_to(by).open(), text)
    if unassigned:
        rows = rows.nobodys()
    elif navigator is not None:
        rows = rows.filter(navigator=navigator)
    if scheme is not None:
        rows = rows.filter(scheme_version__scheme=scheme)
    facts = _with_facts(rows, by, at_once=not text)
    if order == BY_NAME:
        facts = facts.order_by("case__person__family_name", "case__person__given_names", "pk")
    listed = [Place(*one) for one in facts.values_list("pk", "reference", *FACTS)]
    if order == BY_SEEN:
        return sorted(listed, key=lambda one: (one.seen_at or EVER, one.pk))
    return listed if order == BY_NAME else sorted(listed, key=lambda one: one.order)


def rows_at(found_places: list[Place], *, by: User) -> list[Any]:
    """The referrals at these places, in their order, with what a row shows.

    Each carries ``meetings``, its planned appointments and those that ``by`` recorded today, its ``place``, and
    ``texts``, the last text about each meeting.
    """
    at = {one.pk: one for one in found_places}
    shown = Q(attendance=Appointment.Attendance.PLANNED) | Q(recorded_by=by, recorded_at__gte=_midnight(clock.today()))
    meetings = Appointment.objects.filter(shown).order_by("starts_at", "pk")
    rows = Referral.objects.visible_to(by).filter(pk__in=at)
    rows = rows.select_related("case__person", "scheme_version__scheme", "navigator", "agreement")
    rows = rows.prefetch_related(Prefetch("appointments", meetings, to_attr="meetings"), _conditions())
    found_rows: dict[int, Any] = {one.pk: one for one in rows}
    texts = told(meeting for one in found_rows.values() for meeting in one.meetings)
    for pk, one in found_rows.items():
        one.place = at[pk]
        one.texts = texts
    return [found_rows[pk] for pk in at if pk in found_rows]


def contacts_today(referral: Referral, *, by: User) -> list[Contact]:
    """What ``by`` recorded today of contacts with the person of an opened row, the last first."""
    return list(referral.contacts.filter(recorded_by=by, at__gte=_midnight(clock.today())))


def load_of(*, by: User) -> Load:
    """How much each worker of ``by``'s provider has to do, in one query."""
    rows = Referral.objects.visible_to(by).open().order_by().annotate(here=is_looked_after(at_once=True))
    names = ("navigator", "navigator__full_name", "here", "scheme_version__scheme", "scheme_version__scheme__name")
    load = Load()
    for pk, name, here, scheme, title, people in rows.values_list(*names).annotate(Count("pk")):
        load.everyones += people
        load.nobodys += 0 if here else people
        load.schemes[scheme] = title
        if pk is not None:
            load.workers[pk] = (name, load.workers.get(pk, ("", 0))[1] + people)
            load.left |= set() if here else {pk}
    return load


def _with_facts(rows: ReferralQuerySet, by: User, *, at_once: bool) -> QuerySet[Any]:
    """With what `Place` is made of. ``at_once`` as for `who_may`: not in a search of people."""
    midnight = _midnight(clock.today())
    tomorrow = _midnight(clock.today() + timedelta(days=1))
    to_record = Q(attendance=Appointment.Attendance.PLANNED) | Q(recorded_by=by, recorded_at__gte=midnight)
    meetings = Appointment.objects.filter(to_record, referral=OuterRef("pk"))
    waiting = ConditionChange.objects.waiting()
    to_do = Condition.objects.filter(agreement__referral=OuterRef("pk"), state=Condition.State.OPEN)
    asked = Breach.objects.live().filter(referral=OuterRef("pk"))
    due = to_do.exclude(Exists(waiting.filter(condition=OuterRef("pk")))).order_by("due_on").values("due_on")
    return rows.order_by("pk").annotate(
        is_looked_after=is_looked_after(at_once=at_once),
        meeting_at=Subquery(meetings.order_by("starts_at").values("starts_at")[:1]),
        meets_today=Exists(meetings.filter(starts_at__gte=midnight, starts_at__lt=tomorrow)),
        condition_on=Subquery(due[:1]),
        ends_on=F("agreement__ends_on"),
        waits=Exists(waiting.filter(condition__agreement__referral=OuterRef("pk"))) | Exists(asked),
        seen_at=_seen(),
    )


def _seen() -> Greatest:
    """When the person was last reached or came; before that, since when the provider has had the referral."""
    reached = Contact.objects.filter(referral=OuterRef("pk"), reached=True).order_by().values("referral")
    came = Appointment.objects.filter(referral=OuterRef("pk"), attendance__in=Appointment.ATTENDED_STATES)
    last_came = came.order_by().values("referral").annotate(at=Max("starts_at")).values("at")
    return Greatest(Subquery(reached.annotate(at_last=Max("at")).values("at_last")), Subquery(last_came), "decided_at")


def _conditions() -> Prefetch:
    """The conditions, each with whether a change to it waits for a decision (``waits``)."""
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    return Prefetch("agreement__conditions", Condition.objects.annotate(waits=Exists(waiting)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.LONDON)
