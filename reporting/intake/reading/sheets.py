"""Reading a sheet of a workbook (.xlsx, .xlsm, .xlsb, .ods) as if it had been saved as text."""

import csv
import io
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from reporting.intake.mappings.parts import FileShape
from reporting.intake.reading import table
from reporting.intake.reading.header import FEWEST
from reporting.intake.reading.table import Row, Table, UnreadableFile, check_no_column_twice
from reporting.intake.reading.text import MOST_ABOVE
from reporting.intake.values import of_cell

#: What a workbook may unpack to, and how many files may be in it. A few kilobytes can unpack to any size.
MOST_BYTES, MOST_FILES = 1 << 30, 10_000
#: How a spreadsheet program keeps its sheets: a zip archive with one of these in it.
SHEETS = ("xl/", "content.xml")


class SheetTable(Table):
    """The rows of one sheet below its header, each cell as the text that it shows."""

    encoding = "text"

    def __init__(
        self, name: str, sheet: str, rows: Sequence[Sequence[object]], above: int, dates: Mapping[str, str]
    ) -> None:
        header = [of_cell(cell, "").strip() for cell in rows[above]]
        super().__init__(name, header)
        self._rows, self._above, self._read = rows, above, 0
        self._forms = [dates.get(column, "") for column in header]
        self.notes.append(f"The rows are those of the sheet '{sheet}'.")
        if above:
            self.notes.append(f"The header is not on line 1 but on line {above + 1}: what is above it was left out.")

    @property
    def share_read(self) -> float:
        return self._read / max(len(self._rows), 1)

    def chunks(self) -> Iterator[list[Row]]:
        rows = enumerate(islice(self._rows, self._above + 1, None), self._above + 2)
        while chunk := list(islice(rows, table.LINES_AT_ONCE)):
            self._read = chunk[-1][0]
            yield [self._row(line, cells) for line, cells in chunk]

    def _row(self, line: int, cells: Sequence[object]) -> Row:
        fields = [of_cell(cell, form) for cell, form in zip(cells, self._forms, strict=False)]
        fields += [of_cell(cell, "") for cell in cells[len(fields) :]]
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(fields)
        return line, fields, text.getvalue()


def opened_sheet(raw: BinaryIO, name: str, shape: FileShape | None, dates: Mapping[str, str]) -> SheetTable:
    """The sheet that the mapping names, else the first that has its columns. UnreadableFile where there is none."""
    _check_archive(raw, name)
    try:
        book = CalamineWorkbook.from_filelike(raw)
        wanted = tuple(shape.columns) if shape else ()
        names = _sheets_to_try(book.sheet_names, shape.sheet if shape else "", name)
        best: tuple[int, str, list[list[object]], int] | None = None
        for sheet in names:
            rows: list[list[object]] = [[*cells] for cells in book.get_sheet_by_name(sheet).iter_rows()]
            likeness, above = _header_of(rows, wanted)
            if best is None or likeness > best[0]:
                best = (likeness, sheet, rows, above)
            if wanted and likeness == len(set(wanted)):
                break
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile(
            f"{name} is a spreadsheet that cannot be read ({error}): save it anew, or as CSV."
        ) from None
    if best is None or not best[2]:
        raise UnreadableFile(f"{name} is empty: none of its sheets has a header.")
    if shape is None:
        header = [of_cell(cell, "").strip() for cell in best[2][best[3]]]
        check_no_column_twice(name, header, header)
    return SheetTable(name, best[1], best[2], best[3], dates)


def _check_archive(raw: BinaryIO, name: str) -> None:
    try:
        with zipfile.ZipFile(raw) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise UnreadableFile(f"{name} is a damaged zip archive or spreadsheet ({error}): fetch it again.") from None
    raw.seek(0)
    if not any(one.filename.startswith(SHEETS) for one in inside):
        raise UnreadableFile(f"{name} is a zip archive: unpack it and give the file in it.")
    if len(inside) > MOST_FILES:
        raise UnreadableFile(f"{name} holds over {MOST_FILES} files, as no workbook does: save the sheet as CSV.")
    if sum(one.file_size for one in inside) > MOST_BYTES:
        raise UnreadableFile(f"{name} unpacks to over {MOST_BYTES >> 30} GB: save the sheet as CSV.")


def _sheets_to_try(there: Sequence[str], named: str, name: str) -> Sequence[str]:
    if named and named not in there:
        raise UnreadableFile(f"{name} has no sheet '{named}': its sheets are {', '.join(map(repr, there))}.")
    return [named] if named else there


def _header_of(rows: Sequence[Sequence[object]], wanted: Collection[str]) -> tuple[int, int]:
    """How like a header the likeliest row is, and which it is: by the columns wanted, else by how many are named."""
    found = (0, 0)
    for above, cells in enumerate(rows[:MOST_ABOVE]):
        names = {of_cell(cell, "").strip() for cell in cells} - {""}
        likeness = len(names & set(wanted)) if wanted else len(names) * (len(names) >= FEWEST)
        if likeness > found[0]:
            found = (likeness, above)
    return found
