"""Tables as a workbook (.xlsx) that people can read with a screen reader and programs can read at all.

By the Analysis Function's "Releasing statistics in spreadsheets": a cover, contents and notes; one table on each
sheet, marked as a table, its heading row first; no merged, hidden or empty cells, nothing told by colour.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | None
#: What stands in a cell of which there is nothing to say.
NOT_AVAILABLE = "[x]"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, HEAD = 60, 4
#: Nothing that somebody has named is run, or made a link, by the program that opens it.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True)
class Sheet:
    """One table. ``name``: at most 31 letters, digits and underscores, once in a workbook.

    ``header``: the headings of its columns. ``shares``: the places of columns whose numbers are shares of 1, shown as
    percentages in full precision.
    """

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    shares: frozenset[int] = frozenset()


@dataclass(frozen=True)
class _Styles:
    title: Format
    head: Format
    count: Format
    share: Format
    decimal: Format
    wrapped: Format


def workbook(
    *, title: str, marking: str, about: Sequence[str], notes: Sequence[str], sheets: Sequence[Sheet], made_at: datetime
) -> bytes:
    """The file. The same arguments give the same bytes. ``about`` and ``notes``: a sentence a line."""
    file = io.BytesIO()
    book = Workbook(file, AS_TEXT)
    book.set_properties({"title": title, "subject": marking, "created": made_at})
    styles = _styles(book)
    _page(book, styles, "Cover", title, [marking, *about])
    contents = Sheet("Contents", "Contents", ("Sheet", "Table"), [(sheet.name, sheet.title) for sheet in sheets])
    _sheet(book, styles, contents, marking, links=True)
    _page(book, styles, "Notes", "Notes", notes)
    for sheet in sheets:
        _sheet(book, styles, sheet, marking)
    book.close()
    return file.getvalue()


def _styles(book: Workbook) -> _Styles:
    return _Styles(
        title=book.add_format({"bold": True, "font_size": 14}),
        head=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        count=book.add_format({"num_format": "#,##0"}),
        share=book.add_format({"num_format": "0.0%"}),
        decimal=book.add_format({"num_format": "#,##0.0#"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
    )


def _page(book: Workbook, styles: _Styles, name: str, title: str, lines: Sequence[str]) -> None:
    page = book.add_worksheet(name)
    page.set_column(0, 0, 100)
    page.write_string(0, 0, title, styles.title)
    for number, line in enumerate(lines, 1):
        page.write_string(number, 0, line, styles.wrapped)


def _sheet(book: Workbook, styles: _Styles, sheet: Sheet, marking: str, *, links: bool = False) -> None:
    page = book.add_worksheet(sheet.name)
    page.write_string(0, 0, sheet.title, styles.title)
    page.write_string(1, 0, "This sheet contains one table.")
    page.write_string(2, 0, marking)
    if sheet.rows:
        columns = [{"header": text, "header_format": styles.head} for text in _each_once(sheet.header)]
        options = {"name": f"table_{sheet.name}", "columns": columns, "autofilter": False, "style": None}
        page.add_table(HEAD, 0, HEAD + len(sheet.rows), len(sheet.header) - 1, options)
    for number, row in enumerate(sheet.rows, HEAD + 1):
        for place, value in enumerate(row):
            _write(page, number, place, value, _format(styles, value, is_share=place in sheet.shares))
        if links:
            page.write_url(number, 0, f"internal:'{row[0]}'!A1", string=str(row[0]))
    for place, text in enumerate(sheet.header):
        said = [len(str(row[place])) for row in sheet.rows if isinstance(row[place], str)]
        page.set_column(place, place, min(WIDEST, max([12, min(20, len(text)), *said]) + 1))


def _each_once(header: Sequence[str]) -> list[str]:
    """The headings of a table, of two alike the second with its place: a spreadsheet refuses the table otherwise."""
    before: set[str] = set()
    found = []
    for place, text in enumerate(header, 1):
        found.append(f"{text} ({place})" if text.lower() in before else text)
        before.add(text.lower())
    return found


def _format(styles: _Styles, value: Cell, *, is_share: bool) -> Format:
    if is_share:
        return styles.share
    return styles.decimal if isinstance(value, float) else styles.count


def _write(page: Worksheet, row: int, column: int, value: Cell, number: Format) -> None:
    if value is None:
        page.write_string(row, column, NOT_AVAILABLE)
    elif isinstance(value, str):
        page.write_string(row, column, value)
    else:
        page.write_number(row, column, value, number)
