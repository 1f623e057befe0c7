"""The report as files."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from diversion.design_system.workbooks import Cell, Sheet, workbook
from reporting.codes import told, told_disposal
from reporting.door import Audience, checked
from reporting.monitoring.report import Report

# 10-17 would be the seventeenth of October in them.
AGE_RANGE = re.compile(r"^(\d{1,3})-(\d{1,3})$")
# What begins a formula in the usual spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(report: Report) -> str:
    """``report.json``."""
    return json.dumps(checked(report, Audience.OPERATIONAL), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(report: Report) -> str:
    """``report.csv``: one line for each group of each table, marked like the report itself."""
    checked(report, Audience.OPERATIONAL)
    rows = [row for table in report["tables"] for row in table["rows"]]
    disposals = list(
        dict.fromkeys(code for row in rows for code in (*row["disposals"], *row.get("disposals_range", ())))
    )
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    fixed = ("table", "group", "considered", "diverted", "rate", "interval_low", "interval_high", "not_considered")
    about = ("force", *(["scheme"] if "scheme" in report else []), "from", "to", "source", "marking")
    writer.writerow(map(_cell, (*fixed, *disposals, *about)))
    for table in report["tables"]:
        for row in (*table["rows"], table["total"]):
            low, high = row["interval"] or (None, None)
            sums = (told(row, "considered"), told(row, "diverted"))
            figures = (*sums, row["rate"], low, high, told(row, "not_considered"))
            counts = (told_disposal(row, code) for code in disposals)
            told_of = (report[key] for key in about)
            writer.writerow(map(_cell, (table["by"], row["group"], *figures, *counts, *told_of)))
    return text.getvalue()


def as_xlsx(report: Report) -> bytes:
    """``report.xlsx``: each table on a sheet of its own, in the words of the report, marked like the report itself.

    A sum that is a range, because its source hid a count, is the same range in words.
    """
    checked(report, Audience.OPERATIONAL)
    detail = [("ethnicity_self_code", table["detail"]) for table in report["tables"] if "detail" in table]
    tables = [(table["by"], [*table["rows"], table["total"]]) for table in report["tables"]]
    return workbook(
        title=f"Monitoring report, {_of_whom(report)}, {report['from']} to {report['to']}",
        marking=report["marking"],
        about=[f"{words}: {report[key]}" for words, key in ABOUT.items()],
        notes=[*map(str, report["footnotes"]), *NOTES],
        sheets=[_sheet(report, by, rows) for by, rows in (*tables, *detail)],
        made_at=datetime.fromisoformat(report["made_at"]),
    )


def _of_whom(report: Report) -> str:
    """The force, and the scheme where the report is of one alone: nobody must take its figures for all."""
    scheme = report.get("scheme")
    return f"{report['force_name']}, scheme {scheme} alone" if scheme else str(report["force_name"])


ABOUT = {
    "Force": "force_name",
    "Figures from": "source_title",
    "First day": "from",
    "Last day": "to",
    "Made": "made_at",
}
NOTES = (
    "[x]: not available. Where nobody was considered there is no rate.",
    "A range of two numbers is a sum in which the source hid a count.",
    "Rates are shares of those considered, with Wilson's 95% interval.",
)


def _sheet(report: Report, by: str, rows: Sequence[Mapping[str, Any]]) -> Sheet:
    words = report["words"]
    disposals = list(
        dict.fromkeys(code for row in rows for code in (*row["disposals"], *row.get("disposals_range", ())))
    )
    outcomes = [f"{words['disposals'].get(code, code)} ({code})" for code in disposals]
    fixed = ("Group", words["considered"], words["diverted"], words["rate"], "Interval from", "Interval to")
    header = [str(_cell(text)) for text in (*fixed, "Not considered", *outcomes)]
    lines: list[list[Cell]] = []
    for row in rows:
        low, high = row["interval"] or (None, None)
        sums = (told(row, "considered"), told(row, "diverted"), row["rate"], low, high, told(row, "not_considered"))
        line = (row["group"], *sums, *(told_disposal(row, code) for code in disposals))
        lines.append([_cell(value) for value in line])
    title = f"{by.replace('_', ' ').capitalize()}: {words['considered']} and {words['diverted']}"
    return Sheet(by, title, header, lines, shares=frozenset({3, 4, 5}))


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula, marked as text: schemes and forces are named by people.

    Source: OWASP, CSV injection.
    """
    if not isinstance(value, str):
        return value
    value = AGE_RANGE.sub(r"\1 to \2", value)
    line = value.replace("\r", " ")  # the writer leaves it bare, and a reader ends the row at it
    return f"'{line}" if value.startswith(FORMULA) else line


def write(folder: Path, contents: dict[str, str]) -> None:
    """Write each file into ``folder``, whole or not at all, readable by its owner only: the counts are exact."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        descriptor, draft = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(folder / name)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
