"""The report as files."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from diversion.accounts.models import Organisation
from reporting.door import Audience, leave
from reporting.facts.sources import source_named
from reporting.monitoring.cube import SETS, Counts, Cube
from reporting.monitoring.files import as_csv, as_json, as_xlsx, write
from reporting.monitoring.report import MARKING, Report
from reporting.monitoring.tables import tables
from tests.unit.reporting.monitoring.test_tables import JUNE, MAY


@pytest.fixture
def report() -> Report:
    cube = Cube({columns: {} for columns in SETS})
    cube.cells["gender", "disposal"] = {("Male", "arrest"): Counts(3, 3, 0, 0), ("Male", "caution"): Counts(4, 4, 4, 0)}
    made = tables(cube, source_named("police-uk-stop-search"), MAY, JUNE)
    about = {"force": "x", "from": "2020-05-01", "to": "2020-06-30", "source": "s", "marking": MARKING}
    force = Organisation(slug="x", name="X")
    return leave(about | {"tables": made}, audience=Audience.OPERATIONAL, force=force)


def test_the_csv_holds_every_row_of_every_table_marked_as_not_for_release(report: Report) -> None:
    """A line copied out of the file still says that its counts are exact and whose they are."""
    lines = list(csv.DictReader(io.StringIO(as_csv(report))))
    assert len(lines) == sum(len(table["rows"]) + 1 for table in report["tables"])
    assert {line["marking"] for line in lines} == {MARKING}
    (male,) = (line for line in lines if line["group"] == "Male")
    assert (male["table"], male["considered"], male["diverted"], male["arrest"]) == ("gender", "7", "4", "3")
    assert float(male["rate"]) == 4 / 7
    (female,) = (line for line in lines if line["group"] == "Female")
    assert (female["rate"], female["interval_low"]) == ("", "")


def test_the_json_is_read_back_as_it_was(report: Report) -> None:
    """Full precision survives the file."""
    assert json.loads(as_json(report)) == report


def test_files_are_replaced_whole_and_closed_to_others(tmp_path: Path) -> None:
    """Someone who reads report.json while it is written sees the old one or the new one."""
    folder = tmp_path / "new" / "folder"
    write(folder, {"report.json": "old"})
    write(folder, {"report.json": "é\n"})
    assert (folder / "report.json").read_text(encoding="utf-8") == "é\n"
    assert (folder / "report.json").stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir()] == ["report.json"]


def test_a_file_that_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path) -> None:
    """A failed report leaves nothing that could be taken for one."""
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OSError, match=r"report\.json"):
        write(tmp_path, {"report.json": "text"})
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\tx", "\rx"])
def test_a_name_that_a_spreadsheet_would_run_is_text(report: Report, name: str) -> None:
    """A scheme named by one person would run a formula on the computer of whoever opens the report."""
    report["tables"][0]["rows"][0]["group"] = name
    lines = list(csv.DictReader(io.StringIO(as_csv(report), newline="")))
    assert "'" + name.replace("\r", " ") in {line["group"] for line in lines}
    assert name not in {line["group"] for line in lines}


@pytest.fixture
def whole(report: Report) -> Report:
    """The report as it is kept: with its words, a sum that is a range, and a name that a spreadsheet would run."""
    words = {
        "considered": "people",
        "diverted": "diverted",
        "rate": "share diverted",
        "disposals": {"arrest": "=Arrest"},
    }
    tables = json.loads(json.dumps(report["tables"]))
    tables[0]["rows"][0] |= {"group": "=HYPERLINK(1)", "considered_range": [12, None]}
    more = {"force_name": "@Force", "source_title": "S", "footnotes": ["+note"], "made_at": "2020-07-01T09:30:00+00:00"}
    force = Organisation(slug="x", name="X")
    return leave(dict(report) | {"words": words, "tables": tables} | more, audience=Audience.OPERATIONAL, force=force)


def test_workbook_csv_and_json_say_the_same(whole: Report, tmp_path: Path) -> None:
    """Two files of one report that differ are two reports; a sum that its source hid is in none of them a number."""
    (tmp_path / "report.xlsx").write_bytes(as_xlsx(whole))
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    lines = list(csv.DictReader(io.StringIO(as_csv(whole), newline="")))
    for table in whole["tables"]:
        head, *rows = book.get_sheet_by_name(table["by"]).to_python()[4:]
        kept = [*table["rows"], table["total"]]
        texts = [line for line in lines if line["table"] == table["by"]]
        for row, line, known in zip(rows, texts, kept, strict=True):
            low, high = known["interval"] or ("[x]", "[x]")
            rate = "[x]" if known["rate"] is None else known["rate"]
            considered = "12 or more" if "considered_range" in known else known["considered"]
            assert row[:3] == [line["group"], considered, known["diverted"]]
            # A workbook keeps 16 digits of a number.
            assert row[3:6] == [each if each == "[x]" else pytest.approx(each, rel=1e-14) for each in (rate, low, high)]
            assert [str(considered), str(known["diverted"])] == [line["considered"], line["diverted"]]
            assert float(line["rate"] or -1) == (-1 if rate == "[x]" else rate)
            codes = [re.sub(r".*\((.*)\)", r"\1", name) for name in head[7:]]
            assert dict(zip(codes, row[7:], strict=True)) == {code: known["disposals"][code] for code in codes}
    assert book.get_sheet_by_name("Cover").to_python()[1] == [MARKING]


def test_a_workbook_can_be_read_by_ear_and_runs_nothing(whole: Report, tmp_path: Path) -> None:
    """A screen reader loses its place in merged and empty cells; a name that is run takes over its reader's machine."""
    (tmp_path / "report.xlsx").write_bytes(as_xlsx(whole))
    with zipfile.ZipFile(tmp_path / "report.xlsx") as file:
        sheets = [file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
        tables = [name for name in file.namelist() if name.startswith("xl/tables/")]
    assert not [one for one in sheets if re.search("<f>|<f |mergeCell|hidden=|externalLink", one)]
    assert len(tables) == len(whole["tables"]) + 2  # the 18+1 codes, and the contents
    book = CalamineWorkbook.from_path(tmp_path / "report.xlsx")
    assert book.sheet_names[:3] == ["Cover", "Contents", "Notes"]
    for name in book.sheet_names[3:]:
        title, _one, marking, _empty, *rows = book.get_sheet_by_name(name).to_python()
        assert title[0]
        assert marking[0] == MARKING
        assert all(cell != "" for row in rows for cell in row), name
    assert as_xlsx(whole) == as_xlsx(whole)
