"""When somebody is asked how they are, what they answered, and whose it is to see to."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from statistics import median_high
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from diversion import clock
from diversion.accounts.models import User
from diversion.accounts.permissions import Permission
from diversion.door import Leaving, leave_own
from referrals import person_words
from referrals.codes import Rhythm
from referrals.models import Appointment, CheckIn, CheckInDesk, CheckInPlan, CheckInQuestion, Referral
from referrals.person_words import ENGLISH, WELSH
from referrals.queries.absences import away_today
from referrals.queries.reminders import HELPED, HOURS, WINDOW, Texts, first_allowed, texts_of

CHECK_IN = "check_in"
#: No text goes before this hour of London, whatever the hours agreed.
FROM = time(10)
#: For how long a link can be answered, and no longer than until the next one.
LASTS = timedelta(days=5)
#: A check-in that could not go on its day, because they meet then, goes on the next; after that it is left out. Each
#: further scheme of the same provider that asks the person adds a day: of three due at once the third is asked too.
LATE = timedelta(days=1)
TOKEN_BYTES = 16
#: Over how many days it is told how fast answers are seen to.
OVER = 92


def new_token() -> str:
    """Of 128 bits, so that a plain digest of it tells nobody what it was."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()


def by_token(token: str) -> CheckIn | None:
    """Read as the service: whoever opens a link has not signed in."""
    of = ("referral__case__person", "referral__case__decision", "referral__scheme_version__scheme", "referral__slot")
    rows = CheckIn.objects.select_related("provider", "appointment", "referral__agreement", *of)
    return rows.filter(token_digest=digest_of(token)).first()


def lasts_until(plan: CheckInPlan, made_at: datetime) -> datetime:
    return made_at + min(LASTS, timedelta(days=Rhythm(plan.rhythm).days))


def slot_on(plan: CheckInPlan, day: date, late: timedelta = LATE) -> date | None:
    """The day of the check-in that ``day`` may send, if any: its own, or one that is ``late`` at most."""
    if day < plan.first_on:
        return None
    every = Rhythm(plan.rhythm).days
    slot = plan.first_on + timedelta(days=(day - plan.first_on).days // every * every)
    ended = plan.until_on is not None and slot > plan.until_on
    return None if ended or day - slot > late else slot


def running() -> QuerySet[CheckInPlan]:
    """Plans of people whom somebody helps, that nobody has stopped, with what a text is written from."""
    rows = CheckInPlan.objects.filter(stopped_at=None, referral__state__in=HELPED)
    return rows.select_related("referral__case__person", "referral__provider", "referral__scheme_version__scheme")


@dataclass(frozen=True)
class Asking:
    """A check-in of the day ``slot`` that may go today: not before ``at`` and not after ``until``."""

    plan: CheckInPlan
    slot: date
    at: datetime
    until: datetime

    @property
    def about(self) -> str:
        return f"{self.plan.pk}:{self.slot:%Y%m%d}"


def asking_today(plans: Iterable[CheckInPlan]) -> Iterator[Asking]:
    """Those of ``plans`` whose person is to be asked today, if a text may reach them.

    A person whom one provider helps under two schemes is asked once a day: by the one that was due first, or that has
    asked today already. The other waits for the next day, as it does where they meet (`LATE`).
    """
    wanted = {one.pk for one in plans}
    firsts = _asked_already(clock.today())
    for asking in sorted(_may_ask_today(_of_same_people(wanted)), key=lambda one: (one.slot, one.plan.pk)):
        first = firsts.setdefault(_whom(asking.plan.referral), asking.plan.referral_id)
        if first == asking.plan.referral_id and asking.plan.pk in wanted:
            yield asking


def _whom(referral: Referral) -> tuple[int, int]:
    return referral.provider_id, referral.case.person_id


def _of_same_people(plans: Collection[int]) -> list[CheckInPlan]:
    """The running ones among ``plans``, ids, and those of the same people at the same provider."""
    people = Referral.objects.filter(check_in_plan__in=plans).values("case__person")
    providers = Referral.objects.filter(check_in_plan__in=plans).values("provider")
    return list(running().filter(referral__case__person__in=people, referral__provider__in=providers))


def _asked_already(day: date) -> dict[tuple[int, int], int]:
    """By provider and person, the referral whose check-in was made on ``day``, the first of them."""
    rows = CheckIn.objects.filter(appointment=None, made_at__gte=clock.moments_at(day, time())[0])
    found = rows.order_by("-made_at").values_list("provider", "referral__case__person", "referral")
    return {(provider, person): referral for provider, person, referral in found}


def _gone(due: Iterable[tuple[CheckInPlan, date]]) -> set[tuple[int, date]]:
    """Which of these went already, by referral and day."""
    rows = CheckIn.objects.filter(appointment=None, referral__in=[plan.referral_id for plan, _slot in due])
    return set(rows.exclude(sent_at=None, answered_at=None).values_list("referral", "due_on"))


def _may_ask_today(plans: Collection[CheckInPlan]) -> Iterator[Asking]:
    today, asking = clock.today(), Counter(_whom(one.referral) for one in plans)
    due = [(one, slot) for one in plans if (slot := slot_on(one, today, LATE * asking[_whom(one.referral)]))]
    gone = _gone(due)
    due = [(one, slot) for one, slot in due if (one.referral_id, slot) not in gone]
    referrals = [one.referral for one, _slot in due]
    texts, meet = texts_of(referrals), _meet_on(today, referrals)
    desks = {one.provider_id: one for one in CheckInDesk.objects.all()} if due else {}
    for plan, slot in due:
        held, desk = texts[plan.referral_id], desks.get(plan.referral.provider_id)
        if held.why_not or plan.referral_id in meet or desk is None or plan.language not in languages_of(desk):
            continue
        at, until = _hours(today, held)
        if at + WINDOW <= until:
            yield Asking(plan, slot, at, until)


def _hours(day: date, held: Texts) -> tuple[datetime, datetime]:
    """From when and until when a text may go on ``day``, from now on."""
    end = clock.moments_at(day, HOURS[held.rule.texts][1])[0]
    return first_allowed(max(clock.now(), clock.moments_at(day, FROM)[0]), held.rule.texts), end


def _meet_on(day: date, referrals: Iterable[Referral]) -> set[int]:
    """Of which of these the person has an appointment on ``day``."""
    begin, end = (clock.moments_at(one, time())[0] for one in (day, day + timedelta(days=1)))
    rows = Appointment.objects.filter(referral__in=[one.pk for one in referrals])
    rows = rows.filter(starts_at__gte=begin, starts_at__lt=end)
    return set(rows.exclude(attendance__in=Appointment.CANCELLED_STATES).values_list("referral", flat=True))


def why_not_asked(plan: CheckInPlan, referral: Referral) -> str:
    """Why no check-in of ``plan`` goes to the person of its ``referral``, for their worker; "" where one would."""
    if why := texts_of([referral])[referral.pk].why_not:
        return why
    desk = desk_of(referral.provider_id)
    if desk is None:
        return _("No: your organisation has not said yet when answers are read, and whom to ring")
    if plan.language not in languages_of(desk):
        return _("No: the Welsh of the page has changed, and nobody here who reads it has reviewed it since")
    return ""


def desk_of(provider_id: int) -> CheckInDesk | None:
    return CheckInDesk.objects.select_related("welsh_by").filter(provider=provider_id).first()


def languages_of(desk: CheckInDesk | None) -> list[str]:
    """In which languages the page is there for a provider: Welsh once somebody there reviewed it as it is now."""
    reviewed = desk is not None and desk.welsh_digest == person_words.welsh_digest()
    return [ENGLISH, WELSH] if reviewed else [ENGLISH]


def questions_of(provider_id: int | None, *, live: bool = True) -> QuerySet[CheckInQuestion]:
    """The list of a provider, by its words; ``live`` False: also what waits for review and what is used no more."""
    rows = CheckInQuestion.objects.filter(provider=provider_id).select_related("written_by", "reviewed_by")
    return rows.filter(state=CheckInQuestion.State.LIVE) if live else rows


def asked_by(plan: CheckInPlan) -> list[dict[str, Any]]:
    """What a check-in of ``plan`` asks now, in its language: of its questions those that are in use still."""
    rows = questions_of(plan.referral.provider_id).filter(pk__in=plan.questions)
    found = {one.pk: one for one in rows}
    chosen = [found[pk] for pk in plan.questions if pk in found]
    return [
        {"id": one.pk, "words": text, "english": one.words, "answers": one.answers, "flags": one.flags}
        for one in chosen
        if (text := one.welsh if plan.language == WELSH else one.words)
    ]


def has_welsh_anywhere() -> bool:
    """Whether any provider's page may be shown in Welsh, for what is shown before it is known whose it is."""
    return CheckInDesk.objects.filter(welsh_digest=person_words.welsh_digest()).exists()


def may_be_named(one: CheckIn) -> bool:
    """Whether the person agreed that what they are sent names who helps them."""
    return texts_of([one.referral])[one.referral_id].rule.names_service


@dataclass(frozen=True)
class Owner:
    """Who sees to an answer: ``user``, for ``of`` where that one is away; the manager where ``user`` is None."""

    user: User | None
    of: User | None = None


def to_review(*, by: User) -> list[tuple[CheckIn, Owner]]:
    """Answers that ask for somebody at ``by``'s provider: ``by``'s own first, each group the longest wait first."""
    rows = CheckIn.objects.visible_to(by).to_review().select_related("referral__case__person", "referral__navigator")
    found = list(rows.order_by("answered_at", "pk"))
    owners = _owners(found, by=by)
    return sorted(((one, owners[one.pk]) for one in found), key=lambda pair: not is_own(pair[1], by=by))


def is_own(owner: Owner, *, by: User) -> bool:
    """Whether ``by`` is who sees to it."""
    return by.can(Permission.DECIDE_REFERRALS) if owner.user is None else owner.user.pk == by.pk


def _owners(found: Iterable[CheckIn], *, by: User) -> dict[int, Owner]:
    rows = list(found)
    if not rows:
        return {}
    away = away_today(by=by)
    here = User.objects.who_may(Permission.SUPPORT_PEOPLE).filter(organisation=by.organisation_id)
    helpers = {one.pk: one for one in here}
    return {one.pk: _owner(one.referral.navigator, helpers, away) for one in rows}


def _owner(navigator: User | None, helpers: dict[int, User], away: Any) -> Owner:
    """The worker; while they are away whoever covers, and for that one who covers them; else the manager's."""
    who, seen = navigator, set[int]()
    while who is not None and who.pk in away and who.pk not in seen:
        seen.add(who.pk)
        who = away[who.pk].cover
    if who is None or who.pk not in helpers or who.pk in away:
        return Owner(None, navigator)
    return Owner(who, navigator if navigator is not None and who.pk != navigator.pk else None)


def hours_since(moment: datetime, until: datetime | None = None) -> int:
    """Whole hours, by day and night."""
    return int(((until or clock.now()) - moment).total_seconds() // 3600)


def times(*, by: User) -> Leaving:
    """How fast answers that ask for somebody are seen to at ``by``'s provider, in hours by day and night: how many are
    ``waiting`` and the ``longest`` of these, and of those ``reviewed`` in the last `OVER` days the ``middle``.
    """
    rows = CheckIn.objects.visible_to(by)
    waits = [hours_since(at) for at in rows.to_review().values_list("answered_at", flat=True) if at]
    since = clock.now() - timedelta(days=OVER)
    seen = rows.filter(is_flagged=True, reviewed_at__gte=since).values_list("answered_at", "reviewed_at")
    took = [hours_since(begun, done) for begun, done in seen if begun and done]
    told = {"waiting": len(waits), "longest": max(waits, default=None), "reviewed": len(took)}
    told["middle"] = median_high(took) if took else None
    return leave_own(told, provider=by.organisation, by=by)


def of_referral(referral: Referral, *, by: User) -> list[CheckIn]:
    """What was sent or answered, the last first."""
    rows = CheckIn.objects.visible_to(by).filter(referral=referral).select_related("reviewed_by")
    return [one for one in rows if one.sent_at or one.answered_at]


def plan_of(referral: Referral) -> CheckInPlan | None:
    return CheckInPlan.objects.filter(referral=referral).select_related("set_by", "stopped_by").first()


def question_uses(provider_id: int | None) -> Counter[int]:
    """How many people each question is chosen for, by its id."""
    rows = CheckInPlan.objects.filter(stopped_at=None, referral__provider=provider_id, referral__state__in=HELPED)
    return Counter(pk for plan in rows.values_list("questions", flat=True) for pk in plan)
