"""What leaves is read by programs that others read it with: papers by QPDF, workbooks by openpyxl."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from diversion.accounts.models import User
from reporting import tasks
from reporting.actions import reports
from tests.conftest import Cast
from tests.factories.facts import live
from tests.factories.releases import Q1, left

SignIn = Callable[[User], Client]


def tags(element: Any) -> Iterator[Any]:
    """Each element of the tags of a paper, from the top down; marked content (a number or its reference) apart."""
    inside = element.get("/K", [])
    for one in inside if isinstance(inside, pikepdf.Array) else [inside]:
        if isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            yield from tags(one)


def look_at_paper(content: bytes, title: str, shown: str) -> None:
    """Whole, tagged, in a language, under a title that the window shows; pictures have words, tables their heads."""
    with pikepdf.open(io.BytesIO(content)) as paper:
        assert paper.check_pdf_syntax() == []
        root = paper.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "en-GB"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with paper.open_metadata() as told:
            assert str(told["dc:title"]) == title
            assert str(told["pdfuaid:part"]) == "1"
        every = list(tags(root.StructTreeRoot))
        kinds = [str(one.S) for one in every]
        figures = [one for one in every if str(one.S) == "/Figure"]
        assert figures
        assert all(str(one.get("/Alt", "")).strip() for one in figures)
        assert any(shown in str(one.Alt) for one in figures)
        assert {"/Title", "/H1", "/Table", "/TR", "/TH", "/TD"} <= set(kinds)
        assert kinds.count("/TH") >= 2 * kinds.count("/Table")


def look_at_workbook(content: bytes, shown: str) -> None:
    """Each sheet opens on a name of its own, with a heading over a table whose columns all have one; nothing counts in
    the file, and nothing leads out of it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.properties.title
    assert len(set(book.sheetnames)) == len(book.sheetnames) > 3
    seen = False
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert str(sheet["A1"].value or "").strip(), sheet.title
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert not [cell for cell in cells if cell.data_type == "f"], "a formula"
        assert all(cell.hyperlink is None or not cell.hyperlink.target for cell in cells), "a link out of it"
        for table in sheet.tables.values():
            head = next(iter(sheet[table.ref]))
            names = [str(cell.value) for cell in head]
            assert all(names), sheet.title
            assert len(set(names)) == len(names), sheet.title
        seen = seen or any(str(cell.value) == shown for cell in cells)
    assert seen
    assert any(sheet.tables for sheet in book.worksheets)


@pytest.mark.usefixtures("frozen")
def test_papers_and_workbooks_are_whole_and_told_to_whoever_cannot_see_them(
    cast: Cast, signed_in: SignIn, frozen: datetime
) -> None:
    """What our own maker calls tagged may be read by nobody else; and a workbook that only its maker opens is none."""
    force = cast["ian"].organisation
    for code, offered, not_offered in (("W1", 120, 60), ("B1", 40, 40)):
        live(force, offered, happened_on=Q1["start"], ethnicity_self_code=code)
        live(force, not_offered, happened_on=Q1["start"], ethnicity_self_code=code, decision="not_offered")
    run = reports.ask(force=force, source="live", start=Q1["start"], end=Q1["end"], by=cast["ian"])
    tasks.run_report(run.pk)
    release = left(force, cast, tables=[("ethnicity",), ("disposal",)])
    client = signed_in(cast["ian"])

    def content(name: str, **of: Any) -> bytes:
        answer = client.get(reverse(name, kwargs=of))
        assert answer.status_code == 200, name
        return bytes(answer.content)

    of_run, of_release = {"reference": run.reference}, {"reference": release.reference}
    look_at_paper(content("report_paper", **of_run), "Monitoring report", "White 66.7%")
    look_at_paper(content("release_paper", **of_release), release.name, "White 66.7%")
    look_at_workbook(content("report_file", **of_run, kind="xlsx"), "White")
    look_at_workbook(content("release_workbook", **of_release), "Community resolution")
