"""The rows of the clock board in words."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import long_date, short_date
from referrals.codes import Clock
from referrals.models import Escalation
from referrals.presenters.case import limit_colour, limit_in_words
from referrals.queries.clocks import running
from referrals.queries.escalations import Waiting


def board(
    cases: list[Any], later: dict[int, date], paused: dict[int, int], *, clock: str, order: str, today: date
) -> Table:
    """One row a case: the clock that is asked for, else the nearest, then the others that run.

    ``paused`` says for how many working days the partner's clock stands still, by the case's id. ``later`` is the next
    limit of each case whose first has passed, by the case's id: of another crime.
    """
    columns = [
        Column(_("Person"), sort="name"),
        Column(_("Days left"), sort="days"),
        Column(_("Other clocks")),
        Column(_("Where it stands")),
        Column(_("Officer"), sort="officer"),
    ]
    rows = [_row(case, later.get(case.pk), paused.get(case.pk), clock, today) for case in cases]
    return Table(_("Clocks"), columns, rows, order=order, caption_hidden=True, stacked=True)


def _row(case: Any, later: date | None, paused: int | None, clock: str, today: date) -> list[Any]:
    clocks = running(case.standing)
    first = Clock(clock) if clock else clocks[0]
    officer = case.officer.full_name
    return [
        under(
            link(case.person, reverse("case_page", args=[case.reference])),
            format_html('<span class="app-nowrap">{}</span>', case.reference),
        ),
        _nearest(case.standing, first, today),
        _others(case.standing, [one for one in clocks if one != first], later, today),
        _stands(case.standing.told.label, paused),
        under(officer, tag(_("Has left"), "red")) if case.officer_has_left else under(officer, case.team or ""),
    ]


def _stands(words: Any, paused: int | None) -> Any:
    if paused is None:
        return words
    still = _("Partner’s contact: %(paused)s")
    return under(words, still % {"paused": paused_in_words(paused)})


def paused_in_words(days: int) -> str:
    """ "paused for 3 working days so far, as the person is on a waiting list"."""
    words = ngettext(
        "paused for %(n)d working day so far, as the person is on a waiting list",
        "paused for %(n)d working days so far, as the person is on a waiting list",
        days,
    )
    return words % {"n": days}


def _nearest(standing: Any, clock: Clock, today: date) -> Any:
    day = getattr(standing, clock)
    left = tag(limit_in_words(day, today), _colour(clock, day, today))
    return under(format_html('<span class="app-nowrap">{}</span>', left), f"{clock.label}: {short_date(day)}")


def _colour(clock: Clock, day: date, today: date) -> str:
    """A clock of a few days is not red from its first day on, as a limit of months is in its last weeks."""
    if clock in (Clock.CHARGE, Clock.FINISH):
        return limit_colour(day, today)
    return "red" if day < today else "yellow" if day == today else ""


def _others(standing: Any, clocks: list[Clock], later: date | None, today: date) -> Any:
    days: list[tuple[Any, date]] = [(one.label, getattr(standing, one)) for one in clocks]
    if later:
        days.append((_("To charge for another crime"), later))
    told = [(label, _within(limit_in_words(day, today))) for label, day in days]
    return format_html_join(mark_safe("<br>"), "{}: {}", told) if told else "–"


def _within(words: str) -> str:
    """Words as they stand within a sentence."""
    return words[:1].lower() + words[1:]


def watched(waiting: Waiting, today: date) -> dict[str, Any]:
    """Time limits to which somebody is to say what is done, above a page's own: those that have passed stand apart."""
    before, after = _("to charge by %(day)s"), _("the last day to charge was %(day)s")
    return {
        "limits": [_watched(one, before, today) for one in waiting.before],
        "passed_limits": [_watched(one, after, today) for one in waiting.after],
    }


def _watched(one: Escalation, words: str, today: date) -> dict[str, Any]:
    day = {"day": long_date(one.limit_on)}
    return {"case": one.case, "person": one.case.person, "words": words % day, **days_left(one, today)}


def days_left(one: Escalation, today: date) -> dict[str, str]:
    """The days that are left in words, and the colour beside them."""
    return {"clock": limit_in_words(one.limit_on, today), "colour": limit_colour(one.limit_on, today)}


def escalation_events(escalations: Iterable[Escalation]) -> list[dict[str, Any]]:
    """The warnings before a time limit, and the answers, for the timeline of a case."""
    escalations = list(escalations)
    raised = [_raised(one) for one in escalations if not one.is_overtaken]
    return raised + [_answered(one) for one in escalations if one.answered_at]


def _raised(one: Escalation) -> dict[str, Any]:
    return {"title": _("Time limit near"), "when": one.raised_at, "by": "", "text": _before(one)}


def _answered(one: Escalation) -> dict[str, Any]:
    return {
        "title": _("Time limit: what is done"),
        "when": one.answered_at,
        "by": str(one.answered_by),
        "text": said(one),
    }


def said(one: Escalation) -> str:
    """What was said: "Charge file is written. (PC Reid, by 12 June 2026)"; after the limit what came of it alone."""
    words = _("%(what)s (%(who)s, by %(day)s)")
    return words % {"what": one.what, "who": one.who, "day": long_date(one.by_day)} if one.by_day else one.what


def warnings_in_words(escalations: list[Escalation]) -> list[dict[str, Any]]:
    """Each warning of a case and what came of it, as rows of a summary."""
    return [{"key": _before(one), "value": _came(one)} for one in escalations]


def _before(one: Escalation) -> str:
    return _("%(n)d days before %(day)s") % {"n": one.days_before, "day": long_date(one.limit_on)}


def _came(one: Escalation) -> str:
    if one.is_overtaken:
        return _("Its day had passed when a nearer one was raised")
    return said(one) or _("No answer")
