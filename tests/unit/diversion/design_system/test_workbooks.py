"""Workbooks as they are written for whoever opens them."""

import io
from datetime import UTC, datetime

from python_calamine import CalamineWorkbook

from diversion.design_system.workbooks import Sheet, workbook

MADE = datetime(2026, 6, 10, tzinfo=UTC)


def read(*sheets: Sheet) -> CalamineWorkbook:
    written = workbook(title="T", marking="M", about=["A"], notes=["N"], sheets=sheets, made_at=MADE)
    return CalamineWorkbook.from_filelike(io.BytesIO(written))


def test_headings_that_are_alike_are_told_apart() -> None:
    """Two outcomes of the same name in a mapping would leave a table that no spreadsheet takes for one."""
    (head, row) = (
        read(Sheet("a", "A", ("Group", "Offered", "offered"), [("White", 3, None)]))
        .get_sheet_by_name("a")
        .to_python()[4:]
    )
    assert (head, row) == (["Group", "Offered", "offered (3)"], ["White", 3.0, "[x]"])


def test_what_is_written_like_a_number_a_link_or_a_formula_stays_text() -> None:
    """An address in a scheme's name would become a link, and a collar number lose its noughts."""
    texts = ["https://example.org", "0042", "=1+1", "mailto:a@b.example"]
    book = read(Sheet("a", "A", ("Group",), [(text,) for text in texts]))
    assert [row[0] for row in book.get_sheet_by_name("a").to_python()[5:]] == texts


def test_a_table_without_rows_is_still_a_workbook() -> None:
    """A force without a scheme must get its report."""
    assert read(Sheet("a", "A", ("Group",), [])).get_sheet_by_name("a").to_python()[0] == ["A"]
