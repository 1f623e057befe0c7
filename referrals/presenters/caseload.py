"""The board of a caseload: one line for each person, and what an opened row shows beside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion import clock
from diversion.design_system.tables import button, escaped, link, tag
from diversion.design_system.wording import clock_time, short_weekday
from referrals.codes import Group
from referrals.forms.support import AttendanceForm
from referrals.models import Appointment, Condition, Contact
from referrals.presenters.partner import (
    Bound,
    Due,
    conditions_of,
    contact_form,
    contact_key,
    everything_due,
    first_due,
    reasons_form,
)
from referrals.presenters.reminders import text_words
from referrals.presenters.waiting import anchor
from referrals.queries.caseload import QUIET_AFTER, Load
from referrals.queries.sessions import key_of

PLANNED = Appointment.Attendance.PLANNED


#: A row that is folded: its reference, the line, what to do, the address that opens it and whom it is about.
FOLDED = (
    '<li class="app-board__row" id="{0}" tabindex="-1"><div class="app-board__line">{1}<div class="app-board__do">{2}'
    '<a class="govuk-link" href="?{3}&amp;open={0}#{0}">{4}<span class="govuk-visually-hidden">: {5}</span></a>'
    "</div></div></li>"
)
DONE = '<span class="app-board__done">{}</span> {}'
LINE = (
    '<p class="app-board__when">{}</p><h3 class="app-board__name">{}</h3>'
    '<p class="app-board__what">{} <span class="app-quiet">{}</span></p>'
)


class BoardRow:
    """One person. The forms of a row stand in the page only while it is open."""

    def __init__(self, referral: Any, load: Load) -> None:
        self.referral, self.person = referral, referral.case.person
        self.scheme = load.schemes[referral.place.scheme]
        self.navigator = load.workers[referral.place.navigator][0] if referral.place.navigator else ""
        self.group = referral.place.group
        self.has_left = bool(self.navigator) and self.group == Group.NOBODYS
        self.planned = [one for one in referral.meetings if one.attendance == PLANNED]
        self.meeting: Appointment | None = next(iter(self.planned), None)
        recorded = [one for one in referral.meetings if one.attendance != PLANNED]
        self.recorded = max(recorded, key=lambda one: one.recorded_at, default=None)
        self.due: Due | None = first_due(referral, self.planned, clock.today())
        # What was recorded just now stays beside its own day; the next one stands in the opened row.
        self.may_attend = self.recorded is None and self.meeting is not None and self.meeting.has_begun
        self.quiet = self._quiet()
        self.text = text_words(referral.texts.get(self.meeting.pk)) if self.meeting else ""

    @property
    def href(self) -> str:
        return reverse("referral_page", args=[self.referral.reference])

    def line(self) -> SafeString:
        """How soon, who and what, in HTML. Not by a template: fifty lines are most of what a board has to draw."""
        parts = [_emphasised(self.quiet, "."), _emphasised(self._unhelped(), "."), SafeString(escape(self.what))]
        what = SafeString(" ".join(filter(None, parts)))
        found = (tag(self.when, self.tone), link(self.person, self.href), what, self.scheme)
        return SafeString(LINE.format(*map(escaped, found)))

    def folded(self, query: str) -> SafeString:
        """The whole row while it is not open; ``query`` are the parameters of the board."""
        said = (self.referral.reference, self.line(), self.doing(), query, _("Open"), self.person)
        return SafeString(FOLDED.format(*map(escaped, said)))

    def doing(self) -> SafeString:
        """The button that records the meeting, or what was recorded today with the way to take it back."""
        if self.recorded:
            words = {"result": self.recorded.get_attendance_display(), "day": self.recorded_day}
            done = _("%(result)s, %(day)s") % words
            return format_html(DONE, done, self._button(_("Undo"), "undo", self.recorded, "link", self.person))
        if self.may_attend and self.meeting:
            return self._button(_("Attended"), "attended", self.meeting, "secondary", self.about)
        return SafeString("")

    def _button(self, text: str, name: str, meeting: Appointment, style: str, about: Any) -> SafeString:
        """One form for the buttons of all lines: each says by itself where it goes."""
        address = reverse("appointment_attendance", args=[self.referral.reference, meeting.pk])
        return button(text, name, meeting.version, style, form="board", action=address, about=about)

    def _unhelped(self) -> str:
        if not self.navigator:
            return _("Nobody helps yet")
        return _("%(name)s has left") % {"name": self.navigator} if self.has_left else ""

    @property
    def session(self) -> tuple[datetime, str] | None:
        """The time and place of a meeting that is to be recorded now; none where there is nothing to record."""
        return key_of(self.meeting) if self.may_attend and self.meeting else None

    @property
    def when(self) -> str:
        """ "10:30am" of a meeting today, else how soon it is due."""
        today = clock.today()
        if self.meeting and clock.local_date(self.meeting.starts_at) == today:
            return clock_time(self.meeting.starts_at)
        return self.due.when if self.due else _("No date")

    @property
    def what(self) -> str:
        return f"{self.due.short_day}: {self.due.what}" if self.due else _("Nothing has a date")

    @property
    def tone(self) -> str:
        return self.due.tone or "grey" if self.due else "grey"

    @property
    def about(self) -> str:
        """Whose meeting the button is about, and of which day, for whoever hears the page."""
        return f"{self.person}, {_day(self.meeting)}"

    @property
    def recorded_day(self) -> str:
        return _day(self.recorded)

    @property
    def question(self) -> str:
        words = _("What happened on %(day)s?") if self.meeting and self.meeting.has_begun else _(
            "Who cancelled the appointment on %(day)s?"
        )  # fmt: skip
        return words % {"day": _day(self.meeting)}

    @property
    def progress(self) -> str:
        """ "2 of 3 done", of what is the partner's to record."""
        conditions = [one for one in conditions_of(self.referral) if not one.is_for_police]
        done = [one for one in conditions if one.state == Condition.State.DONE]
        return _("%(done)d of %(n)d done") % {"done": len(done), "n": len(conditions)} if conditions else ""

    def _quiet(self) -> str:
        """ "Last contact Fri 12 Jun" of somebody who has gone quiet."""
        seen = self.referral.place.seen_at
        if seen is None or (clock.now() - seen).days < QUIET_AFTER:
            return ""
        return _("last contact %(day)s") % {"day": short_weekday(clock.local_date(seen))}


def _emphasised(words: str, end: str) -> SafeString:
    return format_html("<strong>{}</strong>{}", words, end) if words else SafeString("")


def _day(meeting: Appointment | None) -> str:
    return short_weekday(clock.local_date(meeting.starts_at)) if meeting else ""


class OpenRow:
    """What unfolds of one row: everything due, how to reach the person, and the forms."""

    def __init__(self, row: BoardRow, contacts: Sequence[Contact], bound: Bound) -> None:
        self.due = everything_due(row.referral, row.planned, clock.today())
        self.contacts = contacts
        self.contact = bound.get(contact_key(row.referral)) or contact_form(row.referral)
        self.attendance: AttendanceForm | None = reasons_form(row.meeting, bound) if row.meeting else None


@dataclass(frozen=True)
class Session:
    """People who meet at one time and place: recorded together."""

    first: Appointment
    people: int


def group_sessions(rows: Sequence[BoardRow]) -> list[Session]:
    """The sessions of more than one person on this page of the board that are to be recorded, the first first."""
    people = Counter(row.session for row in rows if row.session)
    first = {row.session: row.meeting for row in reversed(rows) if row.session and row.meeting}
    return [Session(first[key], n) for key, n in sorted(people.items()) if n > 1]


@dataclass(frozen=True)
class Section:
    """The rows of one group, under its name; ``query`` are the parameters of their board."""

    heading: str
    rows: list[BoardRow]
    query: str
    anchor: str = ""

    def drawn(self) -> list[tuple[BoardRow, SafeString]]:
        """Each row, and how it looks folded."""
        return [(row, row.folded(self.query)) for row in self.rows]


def sections(rows: Sequence[BoardRow], groups: Mapping[Group, int], query: str) -> list[Section]:
    """The rows of a page under the headings of their groups, each with how many it has on all pages.

    Where there are no ``groups`` the board is in another order.
    """
    if not groups:
        return [Section(_("Everybody"), list(rows), query)] if rows else []
    return [
        Section(f"{group.label} ({groups[group]})", list(found), query, anchor(group))
        for group, found in groupby(rows, key=lambda row: row.group)
    ]
