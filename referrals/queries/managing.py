"""What the manager of a provider sees of its work: what is late, who has how much, how long people wait."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median_high
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from cases import rulebook
from cases.law.workdays import working_days_between
from cases.models import Case
from diversion import clock
from diversion.accounts.models import Organisation, User
from diversion.door import Leaving, leave_own
from referrals.codes import Group
from referrals.judging.contact import days_on_list
from referrals.models import (
    Appointment,
    Condition,
    ConditionChange,
    Contact,
    Referral,
    Scheme,
    SchemeVersion,
    SharingAgreement,
)
from referrals.models.agreement import FELL_DUE_ON_LIST, WITH_WORKER
from referrals.queries.caseload import Place, load_of, places, recorded_today
from referrals.queries.facilitating import facilitated_of

State = Referral.State
#: Over how many days waits are told: enough people for a middle, and recent enough to be about today.
WAITS_OVER = 92
#: Working days to the first appointment. Our default; a force has no setting for it yet.
APPOINTMENT_DAYS = 5
LISTED = 50
#: How many days before a sharing agreement ends somebody is warned.
WARNED = (90, 30, 7)
ACCEPTANCE, CONTACT, APPOINTMENT = "acceptance", "contact", "appointment"
STEPS = (ACCEPTANCE, CONTACT, APPOINTMENT)


@dataclass(frozen=True)
class Late:
    """What should have been done by ``day`` for somebody: ``what`` is a code of `LATE`."""

    what: str
    referral: Referral
    day: date


LATE = ("answer", "contact", "result", "condition")


def late(*, by: User) -> list[Late]:
    """What is late at ``by``'s provider, the longest first: answers, first contacts, results and conditions."""
    today, rows = clock.today(), _rows(by)
    answers = [Late("answer", one, one.contact_by) for one in rows.filter(state=State.SENT, contact_by__lt=today)]
    unseen = rows.open().filter(contact_by__lt=today).exclude(Exists(_reached())).exclude(Exists(_came()))
    found = answers + [Late("contact", one, one.contact_by) for one in unseen]
    meetings = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED, referral__in=rows.open())
    past = meetings.filter(starts_at__lt=_midnight(today)).select_related(*(f"referral__{one}" for one in SHOWN))
    found += [Late("result", one.referral, clock.local_date(one.starts_at)) for one in past]
    waiting = ConditionChange.objects.waiting().filter(condition=OuterRef("pk"))
    undone = Condition.objects.filter(state=Condition.State.OPEN, due_on__lt=today).exclude(Exists(waiting))
    undone = undone.filter(WITH_WORKER, ~FELL_DUE_ON_LIST, agreement__referral__in=rows.open())
    undone = undone.select_related(*(f"agreement__referral__{one}" for one in SHOWN))
    elsewhere = facilitated_of(undone)  # a letter that somebody else takes is not the worker's to be late with
    own = [one for one in undone if one.pk not in elsewhere]
    found += [Late("condition", one.agreement.referral, one.due_on) for one in own if one.agreement.referral]
    return sorted(found, key=lambda one: (one.day, one.referral.pk, one.what))


SHOWN = ("case__person", "navigator", "scheme_version__scheme")


def _rows(by: User) -> Any:
    return Referral.objects.visible_to(by).select_related(*SHOWN)


def _reached() -> QuerySet[Contact]:
    return Contact.objects.filter(referral=OuterRef("pk"), reached=True).order_by("at")


def _came() -> QuerySet[Appointment]:
    came = Appointment.objects.filter(referral=OuterRef("pk"), attendance__in=Appointment.ATTENDED_STATES)
    return came.order_by("starts_at")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.LONDON)


def figures(*, by: User) -> Leaving:
    """``load``: of each worker ``who`` has how many ``people``, how many of them with something ``late`` and how many
    gone ``quiet``. ``waits``: of each scheme and step, in working days, as `_step` gives it.
    """
    load = load_of(by=by)
    told = {"load": _load(places(by=by, load=load, recorded=recorded_today(by=by)), load.workers), "waits": _waits(by)}
    return leave_own(told, provider=by.organisation, by=by)


def _load(board: Iterable[Place], workers: dict[int, tuple[str, int]]) -> list[dict[str, Any]]:
    of: dict[int | None, list[Group]] = defaultdict(list)
    for one in board:
        of[one.navigator if one.navigator in workers else None].append(one.group)
    rows = [
        {
            "pk": pk,
            "who": workers[pk][0] if pk else "",
            "people": len(groups),
            "late": groups.count(Group.OVERDUE),
            "quiet": groups.count(Group.QUIET),
        }
        for pk, groups in of.items()
    ]
    return sorted(rows, key=lambda one: (-one["people"], one["who"]))


def _waits(by: User) -> list[dict[str, Any]]:
    since = clock.now() - timedelta(days=WAITS_OVER)
    rows = _rows(by).filter(sent_at__gte=since).exclude(state=State.WITHDRAWN).select_related(*SHOWN, "case__force")
    rows = rows.annotate(
        reached_at=Subquery(_reached().values("at")[:1]), came_at=Subquery(_came().values("starts_at")[:1])
    )
    of: dict[str, list[Any]] = defaultdict(list)
    for one in rows:
        of[one.scheme_version.scheme.name].append(one)
    return [_step(name, step, of[name]) for name in sorted(of) for step in STEPS]


def _step(scheme: str, step: str, rows: Iterable[Any]) -> dict[str, Any]:
    """How long people waited for a step: ``people`` who came so far, how many ``within`` the clock of ``days`` working
    days (each by their own force's), the ``middle`` and the ``longest`` wait, and how many wait and are ``late``.
    """
    waits, within, waiting, limits = list[int](), 0, 0, set[int]()
    for one in rows:
        begun, done = _from_to(one, step)
        if begun is None:
            continue
        limit = _limit(one, step, begun)
        limits.add(limit)
        days = working_days_between(begun, done or clock.today()) - _on_list(one, step)
        if done:
            waits.append(days)
            within += days <= limit
        else:
            waiting += days > limit
    told = {"scheme": scheme, "step": step, "days": max(limits, default=0), "people": len(waits), "within": within}
    return told | {
        "middle": median_high(waits) if waits else None,
        "longest": max(waits, default=None),
        "late": waiting,
    }


def _from_to(one: Any, step: str) -> tuple[date | None, date | None]:
    """From which day somebody waited for a step, and until which; None where it has not begun, or is waited for.

    Whoever was declined waits for nothing after that; whose support ended without a step waited for it until then.
    """
    accepted = one.decided_at if one.state in (State.ACCEPTED, State.STARTED, State.CLOSED) else None
    if step == ACCEPTANCE:
        return _day(one.sent_at), _day(one.decided_at)
    first = min((at for at in (one.reached_at, one.came_at) if at), default=None)
    done = first if step == CONTACT else one.came_at
    if accepted and done is None and one.state == State.CLOSED:
        return None, None
    return _day(accepted), _day(max(done, accepted)) if done and accepted else None


def _on_list(one: Any, step: str) -> int:
    """How many working days of a wait for an answer were on the waiting list: they are counted there."""
    return days_on_list(one) if step == ACCEPTANCE else 0


def paused(*, by: User) -> list[Referral]:
    """Whoever is on the waiting list of ``by``'s provider, whose days to answer stand still; the longest first."""
    return list(_rows(by).on_list().order_by("waits_since", "pk"))


def _limit(one: Any, step: str, begun: date) -> int:
    settings = rulebook.settings_of(one.case.force, begun)
    return {
        ACCEPTANCE: settings.partner_answer_days,
        CONTACT: settings.partner_contact_days,
        APPOINTMENT: APPOINTMENT_DAYS,
    }[step]


def _day(at: datetime | None) -> date | None:
    return clock.local_date(at) if at else None


#: The columns of the monthly return, each a count of people of one scheme in one month.
RETURN = ("sent", "accepted", "declined", "first_contact", "started", "completed", "not_completed", "open_at_end")


def monthly_return(*, month: date, by: User) -> Leaving:
    """``rows``: what happened in the month that begins on ``month`` in each scheme of ``by``'s provider (`RETURN`).

    Of a voluntary scheme only ``sent``, the rest None: whoever pays for it may tell police, who are told no more.
    """
    begin, end = _midnight(month), _midnight((month + timedelta(days=32)).replace(day=1))
    rows = _rows(by).annotate(
        reached_at=Subquery(_reached().values("at")[:1]), came_at=Subquery(_came().values("starts_at")[:1])
    )
    rows = rows.filter(sent_at__lt=end).filter(Q(closed_at=None) | Q(closed_at__gte=begin))
    of: dict[str, list[Any]] = defaultdict(list)
    for one in rows:
        of[one.scheme_version.scheme.name].append(one)
    told = [{"scheme": name} | _counted(of[name], begin, end) for name in sorted(of)]
    return leave_own({"month": month.isoformat(), "rows": told}, provider=by.organisation, by=by)


def _counted(rows: list[Any], begin: datetime, end: datetime) -> dict[str, int | None]:
    def within(at: datetime | None) -> bool:
        return at is not None and begin <= at < end

    declined = [one for one in rows if one.state == State.DECLINED and within(one.decided_at)]
    ended = [one for one in rows if within(one.closed_at)]
    taken = [one for one in rows if one.decided_at and one.state != State.DECLINED]
    open_ = [one for one in taken if one.state != State.WITHDRAWN and one.decided_at < end and not _over(one, end)]
    first = [min(at for at in (one.reached_at, one.came_at, end) if at) for one in taken]
    counts = {
        "sent": len([one for one in rows if within(one.sent_at)]),
        "accepted": len([one for one in taken if within(one.decided_at)]),
        "declined": len(declined),
        "first_contact": len([at for at in first if within(at)]),
        "started": len([one for one in rows if within(one.started_at)]),
        "completed": len([one for one in ended if one.result == Referral.Result.COMPLETED]),
        "not_completed": len([one for one in ended if one.result == Referral.Result.NOT_COMPLETED]),
        "open_at_end": len(open_),
    }
    voluntary = SchemeVersion.Confidentiality.VOLUNTARY
    if any(one.scheme_version.confidentiality == voluntary for one in rows):
        return {name: counts[name] if name == "sent" else None for name in RETURN}
    return dict(counts)


def _over(one: Any, end: datetime) -> bool:
    return one.closed_at is not None and one.closed_at < end


@dataclass(frozen=True)
class Ending:
    """A sharing agreement that ends on ``last`` with none that follows; ``days`` are left, fewer than 0 once it has."""

    agreement: SharingAgreement
    last: date
    days: int


def agreements_ending(*, within: int = WARNED[0], since: int = 30) -> list[Ending]:
    """Sharing agreements that end within so many days, or did in the last ``since``, and that no other one follows.

    Of all organisations: whoever asks keeps those that are theirs.
    """
    rows = near_their_end(within=within, since=since).select_related("force", "provider").order_by("valid_to", "pk")
    return [Ending(one, one.valid_to, (one.valid_to - clock.today()).days) for one in rows if one.valid_to]


def near_their_end(*, within: int = WARNED[0], since: int = 30) -> QuerySet[SharingAgreement]:
    """The rows of the same."""
    today = clock.today()
    near = SharingAgreement.objects.filter(
        valid_to__range=(today - timedelta(days=since), today + timedelta(days=within))
    )
    after = SharingAgreement.objects.filter(force=OuterRef("force"), provider=OuterRef("provider"))
    after = after.filter(Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")))
    after = after.filter(Q(valid_from__lte=OuterRef("valid_to") + timedelta(days=1)) | Q(valid_from__lte=today))
    return near.exclude(Exists(after))


def own_agreements_ending(*, by: User) -> list[Ending]:
    """Those of ``by``'s organisation, whichever side it is."""
    sides = ("force_id", "provider_id")
    return [
        one for one in agreements_ending() if by.organisation_id in [getattr(one.agreement, side) for side in sides]
    ]


def sharing_until(*, by: User) -> dict[int, date]:
    """The last day of sharing with each provider (id) with which ``by``'s force has an agreement that ends soon."""
    soon = [one for one in own_agreements_ending(by=by) if one.days >= 0]
    return {one.agreement.provider_id: one.last for one in reversed(soon)}


class MoneyEnding(NamedTuple):
    """The money of a scheme that ends on ``last``; ``days`` are left, fewer than 0 once it has."""

    scheme: Scheme
    last: date
    days: int


def money_ending(*, by: User, within: int = WARNED[0], since: int = 30) -> list[MoneyEnding]:
    """Schemes that ``by``'s provider delivers and whose money ends within so many days, or did lately."""
    today = clock.today()
    near = (today - timedelta(days=since), today + timedelta(days=within))
    rows = Scheme.objects.visible_to(by).filter(money_until__range=near).select_related("force")
    ending = rows.order_by("money_until", "pk")
    return [MoneyEnding(one, one.money_until, (one.money_until - today).days) for one in ending if one.money_until]


def left_without_money(one: MoneyEnding, *, by: User) -> list[Referral]:
    """Whom ``by``'s provider helps on that scheme longer than it is paid for, or is asked to; the soonest end first."""
    return _left(_rows(by).filter(scheme_version__scheme=one.scheme), one.last)


def left_at_end(one: Ending, *, by: User) -> list[Referral]:
    """Whom ``by``'s provider helps for that force beyond the end of ``one``, or is asked to; the soonest end first.

    Somebody whose agreement has no end yet is among them.
    """
    rows = _rows(by).filter(case__force=one.agreement.force_id, provider=one.agreement.provider_id)
    return _left(rows, one.last)


def ends_before_long(scheme: Scheme, provider: Organisation, *, by: User) -> date | None:
    """The day on which its money ends, or the sharing agreement with its provider, where that is near; the first of
    them.
    """
    ending = [one.last for one in own_agreements_ending(by=by) if one.agreement.provider_id == provider.pk]
    near = clock.today() + timedelta(days=WARNED[0])
    return min((day for day in (scheme.money_until, *ending) if day and day <= near), default=None)


def going_on_after(scheme: Scheme, last: date, *, by: User) -> list[Referral]:
    """Open referrals to ``scheme`` whose agreement ends after ``last``, or has no end yet; the soonest end first.

    None of voluntary support: police are not told whether it goes on.
    """
    open_ones = (State.HELD, State.SENT, State.ACCEPTED, State.STARTED)
    rows = Referral.objects.filter(scheme_version__scheme=scheme, state__in=open_ones)
    rows = rows.filter(scheme_version__confidentiality=SchemeVersion.Confidentiality.ENFORCEABLE)
    rows = rows.filter(case__in=Case.objects.visible_to(by)).exclude(agreement__ends_on__lte=last)
    rows = rows.select_related("case__officer", "agreement")
    return list(rows.order_by(F("agreement__ends_on").asc(nulls_last=True), "pk"))


def _left(rows: QuerySet[Referral], last: date) -> list[Referral]:
    """Those of ``rows`` that are open and go on after the day ``last``, or have no end yet."""
    rows = rows.filter(state__in=[State.SENT, State.ACCEPTED, State.STARTED]).exclude(agreement__ends_on__lte=last)
    return list(rows.select_related(*SHOWN, "agreement").order_by(F("agreement__ends_on").asc(nulls_last=True), "pk"))
