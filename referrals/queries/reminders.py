"""Whether somebody may be reminded of an appointment by text, when, and what was sent."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.codes import SafeTexts
from cases.law.dates import age_on
from cases.models import Case, Person
from diversion import clock
from diversion.notifications.models import Message
from diversion.notifications.queries import sent_about
from diversion.unit_of_work import as_service
from referrals.models import Appointment, Referral, TextRule

REMINDER = "reminder"
ADULT = 18
#: How many hours before an appointment a text goes, and how many before it it is of no use any more.
BEFORE = {48: 24, 2: 1}
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
    """What holds for one person: ``texts`` is a code of `SafeTexts`."""

    texts: str
    names_service: bool = False
    with_parent: bool = False


def agreed(referral: Referral) -> Agreed:
    """What they agreed with their worker; before that, what they told the officer. A no outlives what it was said in.

    Whoever told this provider to stop, in whatever support, is sent nothing until they agree anew; and where an
    officer heard since that others read the telephone, or that they want no texts, no worker's older yes stands.
    """
    person = referral.case.person
    rows = TextRule.objects.filter(referral__provider=referral.provider_id, referral__case__person=person)
    rules = list(rows.order_by("-agreed_at", "-pk"))
    own = next((one for one in rules if one.referral_id == referral.pk), None)
    if rules and rules[0].texts not in HOURS:
        return Agreed(rules[0].texts)
    if own is None or (_is_no(person.safe_contact_texts) and _asked_since(own, person)):
        return Agreed(person.safe_contact_texts)
    return Agreed(own.texts, own.names_service, own.with_parent)


def _is_no(texts: str) -> bool:
    return texts != SafeTexts.NOT_ASKED and texts not in HOURS


def _asked_since(rule: TextRule, person: Person) -> bool:
    """Whether an officer decided about the person after ``rule``, on a page that asks how they are reached."""
    with as_service():  # a provider knows of its own referrals alone
        return Case.objects.filter(person=person, recorded_at__gt=rule.agreed_at).exists()


def text_rule(referral: Referral) -> TextRule | None:
    return TextRule.objects.filter(referral=referral).first()


def number_of(referral: Referral) -> str:
    """The person's mobile number as "07700900123"; "" where there is none that a text could go to."""
    return _as_dialled(referral.case.person.telephone)


def why_no_text(referral: Referral) -> str:
    """Why nothing is sent to this person, for their worker; "" where texts are sent."""
    rule = agreed(referral)
    if rule.texts not in HOURS:
        return str(SafeTexts(rule.texts).label)
    if not number_of(referral):
        return _("No: there is no mobile number")
    if age_on(referral.case.person.date_of_birth, clock.today()) < ADULT and not rule.with_parent:
        return _("No: they are under 18, and no parent or carer has agreed")
    if _is_shared(referral):
        return _("No: somebody else whom you help has the same number")
    return ""


def _is_shared(referral: Referral) -> bool:
    """Whether another person with an open referral to the same provider has the same number. No other is looked at."""
    others = Referral.objects.filter(provider=referral.provider_id, state__in=STATES)
    others = others.exclude(case__person=referral.case.person_id).exclude(case__person__telephone="")
    number = number_of(referral)
    return any(_as_dialled(one) == number for one in others.values_list("case__person__telephone", flat=True))


def _as_dialled(telephone: str) -> str:
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


def reminders(appointment: Appointment) -> Iterator[Reminder]:
    """The texts of an appointment whose time has come, or comes with the next hour at which one may be sent."""
    texts = agreed(appointment.referral).texts
    for hours, useful in BEFORE.items():
        point = appointment.starts_at - timedelta(hours=hours)
        until = appointment.starts_at - timedelta(hours=useful)
        if point > clock.now() or until < clock.now():
            continue
        at = first_allowed(clock.now(), texts)
        if at <= until:
            yield Reminder(appointment, about(appointment, hours), at, until)


def about(appointment: Appointment, hours: int) -> str:
    """What a text is about: an appointment at its very time, so that one that was moved has texts of its own."""
    return f"{appointment.pk}:{hours}:{appointment.starts_at:%Y%m%d%H%M}"


def told(appointments: Iterable[Appointment]) -> dict[int, Message]:
    """The last text about each of these appointments, sent or not, by its id."""
    wanted = {about(one, hours): one.pk for one in appointments for hours in BEFORE}
    found = sorted(sent_about(REMINDER, wanted).values(), key=lambda one: one.pk)
    return {wanted[one.about]: one for one in found}
