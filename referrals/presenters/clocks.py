"""The rows of the clock board in words."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import short_date
from referrals.codes import CaseStatus, Clock
from referrals.presenters.case import limit_colour, limit_in_words
from referrals.queries.clocks import running


def board(cases: list[Any], *, clock: str, order: str, today: date) -> Table:
    """One row a case: the clock that is asked for, else the nearest, then the others that run."""
    columns = [
        Column(_("Person"), sort="name"),
        Column(_("Days left"), sort="days"),
        Column(_("Other clocks")),
        Column(_("Where it stands")),
        Column(_("Officer"), sort="officer"),
    ]
    rows = [_row(case, clock, today) for case in cases]
    return Table(_("Clocks"), columns, rows, order=order, caption_hidden=True, stacked=True)


def _row(case: Any, clock: str, today: date) -> list[Any]:
    clocks = running(case.standing)
    first = Clock(clock) if clock else clocks[0]
    officer = case.officer.full_name
    return [
        under(
            link(case.person, reverse("case_page", args=[case.reference])),
            format_html('<span class="app-nowrap">{}</span>', case.reference),
        ),
        _nearest(case.standing, first, today),
        _others(case.standing, [one for one in clocks if one != first], today),
        CaseStatus(case.standing.status).label,
        under(officer, tag(_("Has left"), "red")) if case.officer_has_left else under(officer, case.team or ""),
    ]


def _nearest(standing: Any, clock: Clock, today: date) -> Any:
    day = getattr(standing, clock)
    return under(tag(limit_in_words(day, today), _colour(clock, day, today)), f"{clock.label}: {short_date(day)}")


def _colour(clock: Clock, day: date, today: date) -> str:
    """A clock of a few days is not red from its first day on, as a limit of months is in its last weeks."""
    if clock in (Clock.CHARGE, Clock.FINISH):
        return limit_colour(day, today)
    return "red" if day < today else "yellow" if day == today else ""


def _others(standing: Any, clocks: list[Clock], today: date) -> Any:
    told = [(one.label, _within(limit_in_words(getattr(standing, one), today))) for one in clocks]
    return format_html_join(mark_safe("<br>"), "{}: {}", told) if told else "–"


def _within(words: str) -> str:
    """Words as they stand within a sentence."""
    return words[:1].lower() + words[1:]
