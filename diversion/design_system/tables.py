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
from html import escape
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
    return "–" if value is None else escaped(value if isinstance(value, str) else localize(value))


def escaped(value: Any) -> str:
    """As `conditional_escape`, which is most of what a long list takes to draw; of plain words at once."""
    if type(value) is str:
        return escape(value)
    return value if type(value) is SafeString else conditional_escape(value)


def link(text: Any, href: str, hidden: str = "", about: Any = "") -> SafeString:
    """A link for a cell. Where "View" alone would not say what, ``hidden`` is read out after the text ("View case 2"),
    or ``about`` after a colon ("View: case 2").
    """
    words = escaped(text) + spoken(hidden, about)
    return SafeString(f'<a class="govuk-link" href="{escaped(href)}">{words}</a>')


def spoken(hidden: str, about: Any) -> SafeString:
    """What only a screen reader says after the words of a link or button."""
    if not hidden and not about:
        return SafeString("")
    return format_html('<span class="govuk-visually-hidden">{}{}</span>', " " if hidden else ": ", hidden or about)


def button(
    text: Text,
    name: str = "",
    value: Any = "1",
    style: str = "",
    form: str = "",
    hidden: str = "",
    about: Any = "",
    css_class: str = "",
    css_id: str = "",
    script: str = "",
    action: str = "",
) -> SafeString:
    """A submit button; ``style`` is "", "secondary", "warning" or "link". A second click at once does nothing.

    ``form`` is the id of a form elsewhere on the page that this button submits, ``action`` the address to which it
    sends it in place of the form's own; ``script`` what follows ``data-app-``
    in the attribute by which a script of ours finds the button. Where "Save" alone would not say what, ``about``
    (": the certificate") or ``hidden`` (" condition 2") is read out after the text.
    """
    looks = {"": "govuk-button", "link": "app-link-button"}.get(style, f"govuk-button govuk-button--{style}")
    given = {"id": css_id, "name": name, "form": form, "formaction": action}
    found = [f' class="{escaped(looks)} {escaped(css_class)}"' if css_class else f' class="{escaped(looks)}"']
    found += [f' {key}="{escaped(one)}"' for key, one in given.items() if one]
    found += [f' value="{_cell(value)}"'] if name else []
    found += [f" data-app-{escaped(script)}"] if script else []
    found += [] if style == "link" else [' data-module="govuk-button" data-prevent-double-click="true"']
    return SafeString(f'<button type="submit"{"".join(found)}>{escaped(text)}{spoken(hidden, about)}</button>')


def tag(text: Any, colour: str = "") -> SafeString:
    """A status in words; ``colour`` only helps. Not by a template: many a row has one."""
    shade = f" govuk-tag--{escaped(colour)}" if colour else ""
    return SafeString(f'<strong class="govuk-tag{shade}">{escaped(text)}</strong>')


def under(text: Any, small: Any) -> SafeString:
    """A cell of two lines, the second smaller and quieter."""
    return SafeString(f'{escaped(text)}<br><span class="govuk-body-s app-quiet">{escaped(small)}</span>')


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
