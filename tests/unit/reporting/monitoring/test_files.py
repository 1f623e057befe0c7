"""The report as files."""

import csv
import io
import json
from pathlib import Path

import pytest

from diversion.accounts.models import Organisation
from reporting.door import Audience, leave
from reporting.facts.sources import source_named
from reporting.monitoring.cube import SETS, Counts, Cube
from reporting.monitoring.files import as_csv, as_json, write
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
