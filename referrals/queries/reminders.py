"""Whether somebody may be reminded of an appointment by text, when, and what was sent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.codes import SafeTexts
from cases.law.dates import ADULT_AGE as ADULT
from cases.law.dates import age_on, attains_on
from cases.models import Case, Person
from diversion import clock
from diversion.notifications.models import Message
from diversion.notifications.queries import sent_about
from diversion.unit_of_work import as_service
from referrals.models import Appointment, ParentRule, Referral, TextRule
from referrals.person_words import ENGLISH

REMINDER = "reminder"
#: How many hours before an appointment a text goes, and how long before it it is of no use any more.
BEFORE = {48: timedelta(hours=24), 2: timedelta(minutes=45)}
#: How long a text has to go at least: three beats. One that would have less is not begun.
WINDOW = timedelta(minutes=15)
#: Between which hours of London a text may come (the end is not among them), by what the person agreed to.
HOURS: dict[str, tuple[time, time]] = {
    SafeTexts.WAKING: (time(8), time(20)),
    SafeTexts.DAY: (time(9), time(17)),
    SafeTexts.EVENING: (time(17), time(20)),
}
MOBILE = re.compile(r"07[1-57-9]\d{8}")  # Ofcom's numbering plan: 070 is no mobile, 076 are pagers
# Before it is accepted there is no worker to whom they could say that texts are to stop.
HELPED = (Referral.State.ACCEPTED, Referral.State.STARTED)
STATES = (Referral.State.SENT, Referral.State.ACCEPTED, Referral.State.STARTED)


@dataclass(frozen=True)
class Agreed:
    """What holds for one person: ``texts`` is a code of `SafeTexts`; ``was_childs`` where a parent or carer agreed
    to it while they were under 18, and they are 18 now.
    """

    texts: str
    names_service: bool = False
    with_parent: bool = False
    language: str = ENGLISH
    was_childs: bool = False


@dataclass(frozen=True)
class Texts:
    """What holds for the person of one referral: the mobile ``number`` ("07700900123") that a text could go to, and
    ``why_not`` nothing is sent, for their worker; "" for either where there is none.
    """

    rule: Agreed
    number: str
    why_not: str


def texts_of(referrals: Iterable[Referral]) -> dict[int, Texts]:
    """What holds for each of these, by its id: three queries, however many there are, and one where somebody turned 18.

    What they agreed with their worker; before that, what they told the officer. A no outlives what it was said in:
    whoever told this provider to stop, in whatever support, is sent nothing until they agree anew; and where an officer
    heard since that others read the telephone, or that they want no texts, no worker's older yes stands. Nor does one
    that was said of another number.
    """
    found = list(referrals)
    rules, decided, numbers = _rules_of(found), _decided_on(found), _numbers_at(found)
    texts = {}
    for referral in found:
        person, number = referral.case.person, number_of(referral)
        theirs = rules[referral.provider_id, person.pk]
        own = next((one for one in theirs if one.referral_id == referral.pk), None)
        is_of_another = own is not None and own.texts in HOURS and own.number != number
        stands = None if is_of_another else own
        rule = _holds(theirs, stands, person, decided[person.pk])
        others = numbers[referral.provider_id, number] - {person.pk}
        why_not = _why_not(rule, number, person, is_of_another=is_of_another, is_shared=bool(others))
        texts[referral.pk] = Texts(rule, number, why_not)
    return texts | _grown_up(texts)


def _grown_up(texts: dict[int, Texts]) -> dict[int, Texts]:
    """Those that a parent agreed to and that end as the person turns 18, unless they agreed that they go on."""
    asked = {pk: one for pk, one in texts.items() if one.rule.was_childs and not one.why_not}
    if not asked:
        return {}
    on = set(ParentRule.objects.filter(referral__in=asked, also_after_18=True).values_list("referral", flat=True))
    why_not = _("No: they are 18 now, and a parent or carer agreed to it before. Ask them again")
    return {pk: replace(one, why_not=why_not) for pk, one in asked.items() if pk not in on}


def _holds(rules: list[TextRule], own: TextRule | None, person: Person, decided: list[datetime]) -> Agreed:
    """By the rules of this provider for them, the newest first, that of this support, and when officers decided."""
    if rules and rules[0].texts not in HOURS:
        return Agreed(rules[0].texts)
    if own is None or (_is_no(person.safe_contact_texts) and any(at > own.agreed_at for at in decided)):
        return Agreed(person.safe_contact_texts)
    return Agreed(own.texts, own.names_service, own.with_parent, own.language, _was_childs(own, person))


def _was_childs(rule: TextRule, person: Person) -> bool:
    grown_up = attains_on(person.date_of_birth, ADULT)
    return rule.with_parent and clock.local_date(rule.agreed_at) < grown_up <= clock.today()


def _rules_of(referrals: list[Referral]) -> dict[tuple[int, int], list[TextRule]]:
    """What each person agreed with each provider, the newest first."""
    people, providers = {one.case.person_id for one in referrals}, {one.provider_id for one in referrals}
    rows = TextRule.objects.filter(referral__provider__in=providers, referral__case__person__in=people)
    found = defaultdict[tuple[int, int], list[TextRule]](list)
    for one in rows.select_related("referral__case").order_by("-agreed_at", "-pk"):
        found[one.referral.provider_id, one.referral.case.person_id].append(one)
    return found


@as_service()  # a provider knows of its own referrals alone
def _decided_on(referrals: list[Referral]) -> dict[int, list[datetime]]:
    """When officers decided about each person, on a page that asks how they are reached."""
    found = defaultdict[int, list[datetime]](list)
    rows = Case.objects.filter(person__in={one.case.person_id for one in referrals})
    for person, at in rows.values_list("person", "recorded_at"):
        found[person].append(at)
    return found


def _numbers_at(referrals: list[Referral]) -> dict[tuple[int, str], set[int]]:
    """Who has each number among those with an open referral to each provider. No other is looked at."""
    rows = Referral.objects.filter(provider__in={one.provider_id for one in referrals}, state__in=STATES)
    found = defaultdict[tuple[int, str], set[int]](set)
    for provider, person, telephone in rows.exclude(case__person__telephone="").values_list(
        "provider", "case__person", "case__person__telephone"
    ):
        found[provider, as_dialled(telephone)].add(person)
    return found


def _why_not(rule: Agreed, number: str, person: Person, *, is_of_another: bool, is_shared: bool) -> str:
    if is_of_another and rule.texts not in HOURS:
        return _("No: they agreed to texts to another number. Ask again")
    if rule.texts not in HOURS:
        return str(SafeTexts(rule.texts).label)
    if not number:
        return _("No: there is no mobile number")
    if age_on(person.date_of_birth, clock.today()) < ADULT and not rule.with_parent:
        return _("No: they are under 18, and no parent or carer has agreed")
    if is_shared:
        return _("No: somebody else whom you help has the same number")
    return ""


def _is_no(texts: str) -> bool:
    return texts != SafeTexts.NOT_ASKED and texts not in HOURS


def text_rule(referral: Referral) -> TextRule | None:
    return TextRule.objects.filter(referral=referral).first()


def number_of(referral: Referral) -> str:
    """The person's mobile number as "07700900123"; "" where there is none that a text could go to."""
    return as_dialled(referral.case.person.telephone)


def as_dialled(telephone: str) -> str:
    """ "07700900123" of a mobile number however it is written; "" of anything else."""
    digits = re.sub(r"[\s().-]", "", telephone)
    digits = re.sub(r"^(\+44|0044)0?", "0", digits)
    return digits if MOBILE.fullmatch(digits) else ""


def first_allowed(moment: datetime, texts: str) -> datetime:
    """The first moment (aware, UTC) from ``moment`` on at which a text may come, by the clocks of London."""
    begin, end = HOURS[texts]
    day = clock.local_date(moment)
    if moment >= clock.moments_at(day, end)[0]:
        day += timedelta(days=1)
    return max(moment, clock.moments_at(day, begin)[0])


@dataclass(frozen=True)
class Reminder:
    """A text about one appointment: not before ``at`` and not after ``until``."""

    appointment: Appointment
    about: str
    at: datetime
    until: datetime


def appointments_near() -> QuerySet[Appointment]:
    """Planned appointments of open referrals that are near enough to remind of, with what a text is written from."""
    now = clock.now()
    rows = Appointment.objects.filter(attendance=Appointment.Attendance.PLANNED, referral__state__in=HELPED)
    rows = rows.filter(starts_at__gt=now, starts_at__lte=now + timedelta(hours=max(BEFORE)))
    return rows.select_related("referral__case__person", "referral__provider", "referral__scheme_version__scheme")


def reminders(appointment: Appointment, texts: str) -> Iterator[Reminder]:
    """The texts of an appointment whose time has come, or comes with the next hour at which one may be sent."""
    for hours, useful in BEFORE.items():
        point, until = appointment.starts_at - timedelta(hours=hours), appointment.starts_at - useful
        if point > clock.now():
            continue
        at = first_allowed(clock.now(), texts)
        if at + WINDOW <= until:
            yield Reminder(appointment, about(appointment, hours), at, until)


def about(appointment: Appointment, hours: int) -> str:
    """What a text is about: an appointment at its very time, so that one that was moved has texts of its own."""
    return f"{appointment.pk}:{hours}:{appointment.starts_at:%Y%m%d%H%M}"


def told(appointments: Iterable[Appointment]) -> dict[int, Message]:
    """The last text about each of these appointments, sent or not, by its id."""
    wanted = {about(one, hours): one.pk for one in appointments for hours in BEFORE}
    found = sorted(sent_about(REMINDER, wanted).values(), key=lambda one: one.pk)
    return {wanted[one.about]: one for one in found}
