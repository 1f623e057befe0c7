"""The queue for authorisation as a table, and what an officer proposes, on the page that decides it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import legal
from cases.codes import Origin
from cases.models import Case
from diversion import clock
from diversion.design_system.tables import Column, Table, link, tag, under
from diversion.design_system.wording import date_and_time, long_date
from referrals.judging.indicated import ByMatrix, indicated
from referrals.presenters.case import SupportView, decision_rows
from referrals.queries.authorising import minutes_there

Waiting = Mapping[str, Any]
MINUTES_COUNTED = 120  # from then on hours


def queue_table(waiting: Iterable[Waiting]) -> Table:
    """A row for each decision that waits.

    ``waiting`` holds authorisation, case, offences, resolution, limit and its colour, the rules to be set aside, the
    question that is open (asked), whether one was answered, and whether the reader may decide it.
    """
    headings = [
        *(_("Person"), _("Time limit"), _("Resolution"), _("Offence")),
        *(_("Rank needed"), _("Officer"), _("Asked")),
    ]
    return Table(
        caption=_("Waiting for authorisation"),
        caption_hidden=True,
        columns=[Column(heading) for heading in headings],
        rows=[_row(one) for one in waiting],
        stacked=True,
    )


def there_in_words(case: Case) -> str:
    """ "In custody, 35 minutes": somebody waits for this beside the officer; "" where nobody does."""
    minutes = minutes_there(case)
    if minutes is None:
        return ""
    long = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes >= MINUTES_COUNTED:
        long = _("%(n)d hours") % {"n": minutes // 60}
    words = _("In custody, %(long)s") if case.origin == Origin.CUSTODY else _("At the roadside, %(long)s")
    return words % {"long": long}


def _row(one: Waiting) -> list[Any]:
    case = one["case"]
    person = under(link(case.person, reverse("authorise", args=[case.reference])), case.reference)
    there = there_in_words(case)
    return [
        format_html('{}<br><span class="app-nowrap">{}</span>', person, tag(there, "orange")) if there else person,
        tag(one["limit"], one["colour"]) if one["colour"] else one["limit"],
        one["resolution"],
        "; ".join(one["offences"]),
        _rank(one),
        case.officer,
        _asked(one),
    ]


def _rank(one: Waiting) -> SafeString:
    above = "" if one["may"] else format_html(' <span class="app-quiet">({})</span>', _("above yours"))
    aside = [_("To be set aside: %(rule)s") % {"rule": rule} for rule in one["set_aside"]]
    lines = format_html_join("", '<br><span class="govuk-body-s">{}</span>', ((words,) for words in aside))
    return format_html("{}{}{}", capfirst(one["authorisation"].get_rank_display()), above, lines)


def _asked(one: Waiting) -> str:
    """When authority was asked for, and how a question to the officer stands."""
    when, question = date_and_time(one["authorisation"].asked_at), one["asked"]
    if question:
        asked = _("asked by %(who)s, %(day)s") % {"who": question.asked_by, "day": long_date(question.asked_at)}
        state = tag(_("with the officer"), "orange")
        return format_html('{}<br>{} <span class="govuk-body-s">{}</span>', when, state, asked)
    return format_html("{}<br>{}", when, tag(_("answered"), "green")) if one["answered"] else when


def proposed_rows(case: Case, views: Iterable[SupportView]) -> list[dict[str, Any]]:
    """What an officer proposes, shortly: that it was offered goes without saying, and where to is a row.

    Where something else was indicated, that stands beside the resolution, in a row of its own.
    """
    rows = [row for row in decision_rows(case) if row["key"] != _("Decision")]
    differs = [{"key": _("Differs from what was indicated"), "value": words} for words in _differs(case)]
    schemes = [{"key": _("Scheme"), "value": _support(one)} for one in views]
    return [*rows[:1], *differs, *schemes, *rows[1:]]


def _differs(case: Case) -> Iterator[str]:
    """ "Indicated: A community resolution, by gravity score 2 on … Proposed: Simple caution. Why: she asks for it."."""
    found = indicated(case)
    if found is None:
        return
    decision = case.decision
    words = {
        "proposed": legal.disposal_label(decision.disposal, clock.local_date(decision.decided_at)),
        "why": decision.rationale or _("the officer gave no reason"),
    }
    if isinstance(found, ByMatrix):
        said = {"indicated": found.words, "score": found.score, "matrix": found.matrix.label}
        yield _("Indicated: %(indicated)s, by gravity score %(score)d on the %(matrix)s.") % said + _why(words)
    else:
        yield _("Indicated: %(label)s, which the rules left open.") % {"label": found.label} + _why(words)


def _why(words: dict[str, str]) -> str:
    return " " + _("Proposed: %(proposed)s. Why: %(why)s") % words


def _support(view: SupportView) -> str:
    """ "Checkpoint, Bridgeway: held until authorised; 30 November 2026 at 10am"."""
    words = f"{view.scheme}, {view.referral.provider}: {view.state.lower()}"
    return "; ".join([words, *(date_and_time(one.starts_at) for one in view.appointments)])
