"""Complaints in words: for the page of a case, its history, and the first page of whoever answers them."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Complaint
from diversion import clock
from diversion.design_system.wording import date_and_time, long_date
from diversion.home import Line

Row = dict[str, Any]


def complaint_rows(one: Complaint) -> list[Row]:
    """What was complained of, and what became of it."""
    came = _("%(day)s, %(how)s") % {"day": long_date(one.received_on), "how": _how(one)}
    rows = [
        (_("Who complains"), one.get_who_display()),
        (_("About"), one.get_about_display()),
        (_("In their words"), _in_lines(one.words)),
        (_("Came"), came),
        (_("Recorded by"), f"{one.recorded_by}, {date_and_time(one.recorded_at)}"),
        (_("Professional standards"), one.standards_reference),
        (_("Answer"), _in_lines(one.answer) or open_in_words(one)),
    ]
    if one.answered_by and one.answered_at:
        rows.append((_("Answered by"), f"{one.answered_by}, {date_and_time(one.answered_at)}"))
    return [{"key": key, "value": str(value)} for key, value in rows if value]


def _in_lines(text: str) -> SafeString:
    """As it was typed, line by line."""
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in text.splitlines()))


def open_in_words(one: Complaint) -> str:
    """ "Not answered yet: 3 days since it came"."""
    return _("Not answered yet: %(since)s") % {"since": since_in_words(one)}


def since_in_words(one: Complaint) -> str:
    """ "3 days since it came"."""
    days = one.days_since(clock.today())
    if days < 1:
        return _("came today")
    return ngettext("%(n)d day since it came", "%(n)d days since it came", days) % {"n": days}


def complaint_events(complaints: Iterable[Complaint]) -> list[Row]:
    """For the history of a case; the words of them stand under the complaint alone."""
    events = []
    for one in complaints:
        words = _("%(who)s, about: %(what)s. Came %(day)s, %(how)s.") % {
            "who": one.get_who_display(),
            "what": str(one.get_about_display()).lower(),
            "day": long_date(one.received_on),
            "how": _how(one),
        }
        events.append(_event(_("Complaint recorded"), one.recorded_at, one.recorded_by, words))
        if one.answered_at:
            events.append(_event(_("Complaint answered"), one.answered_at, one.answered_by, one.answer))
    return events


def home_line(one: Complaint, *, address: str) -> Line:
    """Whose case it is, of what was complained, and for how long it has been here."""
    words = _("%(who)s, about: %(what)s") % {
        "who": one.get_who_display(),
        "what": str(one.get_about_display()).lower(),
    }
    case = f"{one.case.person}, {one.case.reference}"
    return Line(case, address, words=words, tag=since_in_words(one), colour="yellow")


def _how(one: Complaint) -> str:
    return str(one.get_channel_display()).lower()


def _event(title: str, when: Any, who: Any, text: str) -> Row:
    return {"title": title, "when": when, "by": str(who), "text": text}
