"""A report and a release as papers (`diversion.documents`): their charts, tables and what to know about them, in words.

Each figure of a chart stands in the table beside it; one too tall for a page is left to its table.
"""

import html
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from diversion.design_system.svg import PAPER_HEIGHT, Drawing, render_for_paper
from diversion.design_system.tables import Table
from diversion.design_system.wording import date_and_time, long_date
from diversion.documents import Block, Chart, Grid, Heading, Items, Text
from reporting.door import Audience, Leaving, checked
from reporting.presenters import charts, schedules
from reporting.presenters.report import quality_lines, sections
from reporting.releases import telling


def of_report(report: Leaving) -> list[Block]:
    """Exact and for use within the force: it says so first."""
    return [*_about_report(report), *_figures(report), *_to_know(checked(report, Audience.OPERATIONAL)["footnotes"])]


def _about_report(report: Leaving) -> Iterator[Block]:
    told = checked(report, Audience.OPERATIONAL)
    yield Text(
        _("Small numbers can identify people."),
        strong=_("These are exact counts for use within the force: not for release."),
    )
    days = [long_date(date.fromisoformat(told[name])) for name in ("from", "to")]
    yield Text(_("%(first)s to %(last)s") % {"first": days[0], "last": days[1]})
    yield Text(str(told["source_title"]))
    if scheme := told.get("scheme"):
        yield Text(_("Of one scheme alone: %(scheme)s.") % {"scheme": scheme})
    yield Text(_("Made %(when)s") % {"when": date_and_time(datetime.fromisoformat(told["made_at"]))})


def _figures(report: Leaving) -> Iterator[Block]:
    for section in sections(report):
        yield Heading(section.title)
        yield from _chart(section.chart_title, section.chart_words, section.drawing)
        yield _grid(section.table)
        yield Text(section.unknown)
        for table in (section.detail, section.disposals):
            if table is not None:
                yield Text("", strong=str(table.caption))
                yield _grid(table)
    yield from _noted(report)
    if lines := quality_lines(report):
        yield Heading(_("What is doubtful in these figures"))
        yield _points(lines)


def _noted(report: Leaving) -> Iterator[Block]:
    """What the force wrote to differences, in a report for the equality duty."""
    if "notes" not in checked(report, Audience.OPERATIONAL):
        return
    yield Heading(_("Explain or reform: what was written to these figures"))
    lines = schedules.notes(report)
    yield _points(lines) if lines else Text(_("No note was written on figures of these days."))


def of_release(document: Leaving) -> list[Block]:
    """What has left, made of its document alone."""
    checked(document, Audience.SHARED, Audience.PUBLISHED)
    about = [Text(row["value"], strong=row["key"]) for row in telling.about(document)]
    notes = telling.footnotes(document)
    return [*about, *_in_words(document), *_tables(document), *_compared(document), *_to_know(notes)]


def _in_words(document: Leaving) -> Iterator[Block]:
    yield Heading(_("In words"))
    yield _points(telling.sentences(document))


def _tables(document: Leaving) -> Iterator[Block]:
    for one, picture in charts.told(document):
        yield Heading(one.title)
        if picture is not None:
            yield from _chart(picture.title, picture.description, picture.drawing)
        yield _grid(one.table)
        if one.nobody:
            yield Text(_("Nobody is counted (every count a true zero) in: %(groups)s.") % {"groups": one.nobody})


def _compared(document: Leaving) -> Iterator[Block]:
    table, without = telling.ratio_table(document), telling.without_ratio(document)
    if table is None and not without:
        return
    yield Heading(_("Groups compared"))
    if table is not None:
        yield _grid(table)
    yield from map(Text, without)


def _chart(title: str, description: str, drawing: Drawing | None) -> Iterator[Block]:
    if drawing is not None and drawing.height <= PAPER_HEIGHT:
        yield Chart(title, description, render_for_paper(drawing))


def _to_know(notes: Iterable[Any]) -> Iterator[Block]:
    yield Heading(_("How to read it"))
    yield _points(map(str, notes))


def _points(lines: Iterable[str]) -> Items:
    return Items(tuple((line, "") for line in lines), numbered=False)


def _grid(table: Table) -> Grid:
    rows = [*table.rows, *([table.foot] if table.foot else [])]
    return Grid(
        head=tuple(str(column.heading) for column in table.columns),
        rows=tuple(tuple(map(_words, row)) for row in rows),
        numeric=tuple(column.numeric for column in table.columns),
    )


def _words(cell: Any) -> str:
    """A cell's words: what stands under another line on a page stands in brackets here."""
    if cell is None:
        return "–"
    if not isinstance(cell, SafeString):
        return str(cell)
    first, *under = (html.unescape(strip_tags(line)) for line in str(cell).split("<br>"))
    return f"{first} ({under[0]})" if under else first
