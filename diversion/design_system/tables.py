"""Tables sorted on the server: headings are links, so that sorting works over all pages and without JavaScript.

table = Table(
    caption=_("Cases"),
    columns=[Column(_("Reference"), sort="reference"), Column(_("Conditions"), numeric=True)],
    rows=[[Link(case.reference, case.get_absolute_url()), 3] for case in cases],
    order=order_by(request, ["reference", "opened"], default="-opened"),
)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.formats import localize
from django.utils.functional import Promise, cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from diversion.design_system.pagination import with_parameter

Text = str | Promise


@dataclass(frozen=True)
class Column:
    """``sort`` names the order that the heading's link asks for; "" if one cannot sort by it."""

    heading: Text
    numeric: bool = False
    sort: str = ""
    hidden_heading: bool = False


@dataclass(frozen=True)
class Table:
    """``rows`` hold text, numbers or safe HTML, one for each column; the first cell is the row's heading.

    ``order`` is as `order_by` gives it. ``caption_hidden`` where the heading over the table already says it.
    ``foot`` is a last row for totals. ``stacked`` shows each row as a card on a narrow screen, where a wide table
    would have to be scrolled sideways: right for lists of records, not for tables of figures.
    """

    caption: Text
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    order: str = ""
    caption_hidden: bool = False
    caption_size: str = "m"
    row_headings: bool = True
    stacked: bool = False
    foot: Sequence[Any] = field(default_factory=tuple)

    def lines(self) -> list[SafeString]:
        """The cells of each row as HTML. Not by a template: a page of cells is most of what many a page has to draw."""
        return [self._line(row) for row in self.rows]

    def foot_line(self) -> SafeString:
        return self._line(self.foot) if self.foot else SafeString("")

    def _line(self, row: Sequence[Any]) -> SafeString:
        shapes = self._shapes
        return SafeString("".join(shape.format(_cell(value)) for shape, value in zip(shapes, row, strict=True)))

    @cached_property
    def _shapes(self) -> list[str]:
        """Of each column its cell, with a place for the value."""
        return [self._shape(column, self.row_headings and number == 0) for number, column in enumerate(self.columns)]

    def _shape(self, column: Column, is_heading: bool) -> str:
        role = ("rowheader" if is_heading else "cell") if self.stacked else ""
        kind = "header" if is_heading else "cell"
        css = f"govuk-table__{kind}" + (f" govuk-table__{kind}--numeric" if column.numeric else "")
        role = f' role="{role}"' if role else ""
        if is_heading:
            return f'<th scope="row"{role} class="{css}">{{}}</th>'
        label = conditional_escape(str(column.heading)).replace("{", "{{").replace("}", "}}")
        return f'<td{role} class="{css}" data-label="{label}">{{}}</td>'


def _cell(value: Any) -> str:
    """As a template would show it: escaped unless it is HTML already, numbers as the language writes them."""
    return "–" if value is None else conditional_escape(localize(value))


def link(text: Any, href: str, hidden: str = "", about: Any = "") -> SafeString:
    """A link for a cell. Where "View" alone would not say what, ``hidden`` is read out after the text ("View case 2"),
    or ``about`` after a colon ("View: case 2").
    """
    return format_html('<a class="govuk-link" href="{}">{}{}</a>', href, text, spoken(hidden, about))


def spoken(hidden: str, about: Any) -> SafeString:
    """What only a screen reader says after the words of a link or button."""
    if not hidden and not about:
        return SafeString("")
    return format_html('<span class="govuk-visually-hidden">{}{}</span>', " " if hidden else ": ", hidden or about)


def tag(text: Any, colour: str = "") -> SafeString:
    """A status in words; ``colour`` only helps. Not by a template: many a row has one."""
    shade = f" govuk-tag--{colour}" if colour else ""
    return format_html('<strong class="govuk-tag{}">{}</strong>', shade, text)


def under(text: Any, small: Any) -> SafeString:
    """A cell of two lines, the second smaller and quieter."""
    return format_html('{}<br><span class="govuk-body-s app-quiet">{}</span>', text, small)


def order_by(request: HttpRequest, allowed: Iterable[str], default: str, parameter: str = "sort") -> str:
    """The order asked for ("name" or "-name") if it is one of ``allowed``, else ``default``: safe for a query."""
    asked = request.GET.get(parameter, "")
    return asked if asked.removeprefix("-") in set(allowed) else default


def headings(table: Table, request: HttpRequest | None, parameter: str = "sort") -> list[dict[str, Any]]:
    """Context of the table's headings: text, address that sorts by it, and aria-sort."""
    query = request.GET if request else QueryDict()
    return [_heading(column, table.order, query, parameter) for column in table.columns]


def _heading(column: Column, order: str, query: QueryDict, parameter: str) -> dict[str, Any]:
    if not column.sort:
        return {"column": column}
    is_sorted = order.removeprefix("-") == column.sort
    ascending = is_sorted and not order.startswith("-")
    asked = f"-{column.sort}" if ascending else column.sort
    return {
        "column": column,
        "href": with_parameter(query, **{parameter: asked, "page": None}),
        "aria_sort": ("ascending" if ascending else "descending") if is_sorted else "none",
    }
