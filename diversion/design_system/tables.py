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
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
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

    def lines(self) -> list[list[dict[str, Any]]]:
        """Rows of cells, each with its column, for the template."""
        return [self._line(row) for row in self.rows]

    def foot_line(self) -> list[dict[str, Any]]:
        return self._line(self.foot) if self.foot else []

    def _line(self, row: Sequence[Any]) -> list[dict[str, Any]]:
        pairs = zip(self.columns, row, strict=True)
        return [
            {"column": column, "value": value, "is_heading": self.row_headings and number == 0}
            for number, (column, value) in enumerate(pairs)
        ]


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
    """A status for a cell, as the template tag of that name draws it."""
    return SafeString(render_to_string("components/tag.html", {"text": text, "colour": colour}).strip())


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
