"""What a provider's pages show: the minimal pack of a referral, and what is due next in words.

Never here: victims, the crime number, police history, the officer's reasons, ethnicity.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.law.dates import age_on
from diversion import clock
from diversion.design_system.tables import Column, Table, link, under
from diversion.design_system.wording import clock_time, date_and_time, long_date, short_weekday, weekday_date
from referrals.forms.support import AttendanceForm, ContactForm
from referrals.models import Agreement, Appointment, Condition, ConditionChange, Referral
from referrals.presenters.births import corrected_words
from referrals.presenters.case import wait_in_words
from referrals.schemes.sessions import sessions_of

Bound = Mapping[str, forms.Form]
SOON = 7  # days


@dataclass(frozen=True)
class Due:
    """One thing that is due on ``day`` (a local date): ``when`` says how soon in words, ``tone`` only repeats it."""

    what: str
    day: date
    when: str
    tone: str = ""

    @property
    def short_day(self) -> str:
        """ "Fri 27 Nov", with the year where it is not this one."""
        return short_weekday(self.day)


def due(what: str, day: date, *, today: date, passed: str = "") -> Due:
    """``passed`` replaces "overdue" where a passed day means something else, such as a result to record."""
    days = (day - today).days
    if days < 0:
        late = ngettext("%(n)d day overdue", "%(n)d days overdue", -days) % {"n": -days}
        return Due(what, day, passed or late, "red")
    if days == 0:
        return Due(what, day, _("today"), "yellow")
    if days == 1:
        return Due(what, day, _("tomorrow"), "yellow")
    left = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days}
    return Due(what, day, left, "yellow" if days <= SOON else "")


def appointment_words(appointment: Appointment) -> str:
    """ "Wednesday 10 June 2026 at 2:30pm, Harbour House"."""
    starts = appointment.starts_at
    words = {"day": weekday_date(starts), "time": clock_time(starts), "place": appointment.place}
    return _("%(day)s at %(time)s, %(place)s") % words


def agreement_of(referral: Referral) -> Agreement | None:
    return getattr(referral, "agreement", None)


def conditions_of(referral: Referral) -> list[Condition]:
    """A list of referrals has asked for theirs already."""
    agreement = agreement_of(referral)
    listed: list[Condition] | None = getattr(agreement, "listed", None)
    return list(agreement.conditions.all()) if agreement and listed is None else listed or []


def everything_due(referral: Referral, planned: Sequence[Appointment], today: date) -> list[Due]:
    """Planned appointments, open conditions of the partner's own and the end of the agreement, the soonest first."""
    return [put() for _, put in _dated(referral, planned, today)]


def first_due(referral: Referral, planned: Sequence[Appointment], today: date) -> Due | None:
    """The soonest of them: a line of a board says no other, and puts no other into words."""
    return next((put() for _, put in _dated(referral, planned, today)), None)


def _dated(referral: Referral, planned: Sequence[Appointment], today: date) -> list[tuple[date, Callable[[], Due]]]:
    """The day of each of them, and what puts it into words; the soonest first."""
    agreement = agreement_of(referral)
    found: list[tuple[date, Callable[[], Due]]] = [
        (clock.local_date(one.starts_at), partial(_appointment_due, one, today)) for one in planned
    ]
    still_open = [one for one in conditions_of(referral) if one.state == Condition.State.OPEN]
    theirs = [one for one in still_open if _waits(one) or (one.is_with_worker and _is_next(one, referral))]
    found += [(one.due_on, partial(_condition_due, one, today)) for one in theirs]
    if agreement and agreement.ends_on:
        waits = _("waits for the police") if any(map(_waits, still_open)) else ""
        found.append(
            (agreement.ends_on, partial(due, _("Agreement ends"), agreement.ends_on, today=today, passed=waits))
        )
    return sorted(found, key=lambda one: one[0])


def _is_next(condition: Condition, referral: Any) -> bool:
    """False for what is due before the next step that is kept of the referral: a facilitator leads that, of whom a
    partner reads nothing."""
    step_on = referral.place.step_on
    return step_on is not None and condition.due_on >= step_on


def waiting_change(condition: Condition) -> ConditionChange | None:
    """The variation of a condition that waits; its changes are prefetched."""
    return next((one for one in condition.changes.all() if one.is_waiting), None)


def _waits(condition: Condition) -> bool:
    """Whether a variation of it waits: a list says so with its rows, a page has loaded the changes."""
    told: bool | None = getattr(condition, "waits", None)
    return waiting_change(condition) is not None if told is None else told


def _condition_due(condition: Condition, today: date) -> Due:
    """While the police decide on a change to it, it is not overdue."""
    if _waits(condition):
        return Due(condition.wording_for_partner, condition.due_on, _("change waits"), "yellow")
    if condition.due_on < today and condition.fell_due_on_list:
        return Due(condition.wording_for_partner, condition.due_on, _("needs another day"), "yellow")
    return due(condition.wording_for_partner, condition.due_on, today=today)


def _appointment_due(appointment: Appointment, today: date) -> Due:
    what = _("Appointment at %(time)s, %(place)s") % {
        "time": clock_time(appointment.starts_at),
        "place": appointment.place,
    }
    return due(what, clock.local_date(appointment.starts_at), today=today, passed=_("result not recorded"))


class InboxRow:
    """A referral that waits for an answer."""

    def __init__(self, referral: Any, now: datetime) -> None:
        person = referral.case.person
        self.referral, self.person = referral, person
        self.age = age_on(person.date_of_birth, clock.local_date(now))
        self.waited = waited_words(referral.sent_at or referral.made_at, now)
        at, place = referral.booked_at, referral.booked_place
        self.booked = f"{date_and_time(at)}, {place}" if at else _("None booked")


def inbox_table(waiting: Iterable[InboxRow]) -> Table:
    """A row for each referral that waits for an answer."""
    headings = [_("Person"), _("Waiting"), _("Scheme"), _("Age"), _("Offence"), _("First appointment")]
    rows = [
        [
            under(link(one.person, reverse("referral_page", args=[one.referral.reference])), one.referral.reference),
            one.waited,
            one.referral.scheme_version.scheme.name,
            one.age,
            one.referral.offence_category,
            one.booked,
        ]
        for one in waiting
    ]
    columns = [Column(heading) for heading in headings]
    caption = _("Referrals waiting for an answer")
    return Table(caption=caption, caption_hidden=True, columns=columns, rows=rows, stacked=True)


def waiting_table(listed: Sequence[Any], now: datetime) -> Table:
    """A row for each who waits for a place, in the order in which places come to them."""
    headings = [_("Person"), _("Scheme"), _("Waits for a place"), _("Has to begin by")]
    rows, before = [], Counter[int]()
    for one in listed:
        scheme = one.scheme_version.scheme
        before[scheme.pk] += 1
        rows.append(
            [
                under(link(one.case.person, reverse("referral_page", args=[one.reference])), one.reference),
                under(scheme.name, place_words(before[scheme.pk], one.helped, one.of)),
                under(waited_words(one.waits_since, now), one.get_wait_reason_display()),
                long_date(one.start_by) if one.start_by else _("No day"),
            ]
        )
    caption, columns = _("Waiting list"), [Column(heading) for heading in headings]
    return Table(caption=caption, caption_hidden=True, columns=columns, rows=rows, stacked=True)


def place_words(place: int, helped: int, of: int | None) -> str:
    """ "Number 1 in order: a place is free", where ``helped`` are helped of ``of`` (None: nobody said how many)."""
    is_free = of is not None and place <= of - helped
    number = _("Number %(n)d in order") % {"n": place}
    return _("%(number)s: a place is free") % {"number": number} if is_free else number


def waited_words(since: datetime, now: datetime) -> str:
    """ "3 days", "5 hours", "less than an hour"."""
    hours = int((now - since).total_seconds() // 3600)
    if hours < 1:
        return _("less than an hour")
    if hours < 24:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = (clock.local_date(now) - clock.local_date(since)).days
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def attendance_key(appointment: Appointment) -> str:
    return f"attendance-{appointment.pk}"


def contact_key(referral: Referral) -> str:
    return f"contact-{referral.reference}"


def attendance_form(appointment: Appointment, data: object = None) -> AttendanceForm:
    return AttendanceForm(data, auto_id=f"{attendance_key(appointment)}-%s")


def reasons_form(appointment: Appointment, bound: Bound) -> AttendanceForm:
    """The list of reasons for an appointment: as it was sent, where it could not be saved."""
    form = bound.get(attendance_key(appointment))
    if not isinstance(form, AttendanceForm):
        form = attendance_form(appointment)
    form.offer_reasons(has_begun=appointment.has_begun)
    return form


def contact_form(referral: Referral, data: object = None) -> ContactForm:
    return ContactForm(data, auto_id=f"{contact_key(referral)}-%s")


class Pack:
    """What the referral page says of the person: the minimum that the help needs."""

    def __init__(self, referral: Referral, today: date) -> None:
        person = referral.case.person
        self.name = str(person)
        # Once it has ended nobody needs to reach the person any more.
        self.is_over = referral.state in (Referral.State.CLOSED, *Referral.ENDED)
        self.safe_contact = "" if self.is_over else person.safe_contact
        self.birth = corrected_words(referral)
        self.interpreter = "" if self.is_over else person.needs_interpreter
        self.rows = _about_person(referral, today, is_over=self.is_over) + _about_referral(referral, today)


def _about_person(referral: Referral, today: date, *, is_over: bool) -> list[dict[str, str]]:
    person = referral.case.person
    age = age_on(person.date_of_birth, today)
    telephone = person.telephone
    rows = [
        {"key": _("Telephone"), "value": telephone, "href": f"tel:{telephone.replace(' ', '')}" if telephone else ""},
        {"key": _("Age"), "value": str(age)},
        {"key": _("Date of birth"), "value": long_date(person.date_of_birth)},
        {"key": _("Interpreter"), "value": person.needs_interpreter or _("Not needed")},
    ]
    return rows[1:] if is_over else rows


def _stands(referral: Referral) -> str:
    return _("On your waiting list") if referral.is_on_list else referral.get_state_display()


def _about_referral(referral: Referral, today: date) -> list[dict[str, str]]:
    version, agreement = referral.scheme_version, agreement_of(referral)
    helper = str(referral.navigator) if referral.navigator else _("Nobody yet")
    rows = [
        {"key": _("Scheme"), "value": version.scheme.name},
        {"key": _("Offence"), "value": referral.offence_category},
        {"key": _("Where the referral stands"), "value": _stands(referral)},
        {"key": capfirst(version.worker_title), "value": helper},
        {"key": _("Officer in the case"), "value": f"{referral.case.officer.full_name}, {referral.case.force.name}"},
    ]
    if referral.is_on_list:
        rows.append({"key": _("Waiting list"), "value": wait_in_words(referral)})
    sessions = sessions_of(referral)
    if sessions.asked:
        words = {"attended": sessions.attended, "asked": sessions.asked}
        rows.append({"key": _("Sessions attended"), "value": _("%(attended)d of %(asked)d") % words})
    if agreement and agreement.ends_on:
        end = due("", agreement.ends_on, today=today)
        rows.append({"key": _("Agreement ends"), "value": f"{long_date(agreement.ends_on)} ({end.when})"})
    return rows
